//! A change of every rank, as people and programs are told of it.

use serde_json::{Value as Json, json};

use crate::common::sample::Ran;
use crate::common::terminal::driving;
use crate::desk::Desk;
use crate::setting::{edited, environments, install, take};

/// Does something of every rank.
pub(crate) fn change(lock: &mut Json) {
    let mut fresh = lock["runs"]["q_large"].clone();
    fresh["engine_params"]["seed"] = json!(8);
    lock["runs"]["q_large_8"] = fresh;
    let mut entry = lock["config"]["runs/q_large"].clone();
    entry["model"]["engine_params"]["seed"] = json!(8);
    lock["config"]["runs/q_large_8"] = entry;
    let tasks = lock["config"]["experiments/bench"]["tasks"].as_array_mut();
    tasks.unwrap().push(json!("q_large_8"));

    let pin = &mut lock["models"]["Qwen/Q-2B@v1"]["pin"];
    for (role, file, digit) in [
        ("chat_template", "chat_template.jinja", "1"),
        ("weights", "model.safetensors", "2"),
    ] {
        pin["roles"][role] = json!(format!("sha256:{}", digit.repeat(64)));
        pin["files"][file]["digest"] = json!(format!("sha256:{}", "3".repeat(64)));
    }
    pin["commit"] = json!("4".repeat(40));
    let image = &mut lock["images"]["registry.example/vllm:0.6.5"]["pin"];
    image["platforms"]["linux/amd64"]["manifest"]["digest"] =
        json!(format!("sha256:{}", "5".repeat(64)));
    for run in ["/runs/q_small", "/config/runs~1q_small/model"] {
        let run = lock.pointer_mut(run).unwrap();
        run["engine_params"]["max_tokens"] = json!(512);
        run["env"]["CUDA_VISIBLE_DEVICES"] = json!("0,1");
    }
    lock["datasets"]["docvqa"]["pin"]["content"] = json!(format!("sha256:{}", "6".repeat(64)));
    lock["datasets"]["docvqa"]["pin"]["files"] = json!(101);
    lock["packages"]["reader"]["pin"]["content"] = json!(format!("sha256:{}", "7".repeat(64)));
    lock["packages"]["reader"]["pin"]["dirty"] = json!(true);
    lock["config"]["metrics/anls"]["params"]["threshold"] = json!(0.25);
    for place in [
        "/packages/textkit/source",
        "/packages/textkit/pin",
        "/config/packages~1textkit/source",
    ] {
        lock.pointer_mut(place).unwrap()["version"] = json!("1.5.0");
    }
    lock["packages"]["textkit"]["distribution"] = json!("text-kit==1.5.0");
    install(lock, "", "text-kit==1.4.0", "text-kit==1.5.0");
    install(lock, "inference", "numpy==1.26.4", "numpy==2.0.1");
    install(lock, "evaluation-aarch64", "numpy==1.25.2", "numpy==1.24.0");
    for environment in environments(lock, "report") {
        environment["distributions"]["colours==0.1"] = json!("colours-0.1-py3-none-any.whl");
    }
    let digest = format!("sha256:{}", "8".repeat(64));
    lock["distributions"]["colours==0.1"] =
        json!({"files": {"colours-0.1-py3-none-any.whl": digest}});
    lock["distributions"]["plotter==2.3"]["files"]["plotter-2.3.zip"] = json!(digest);
    lock["config"]["experiments/bench"]["description"] =
        json!("Questions on pictures, and on documents that were photographed with a phone");
    lock["resolved_at"] = json!("2026-11-11T11:11:11Z");
}

fn told(format: &str) -> Ran {
    let desk = Desk::new();
    desk.write("new.json", &edited(change).to_string());
    desk.vhb(&["diff", "old.json", "new.json", "--format", format])
}

#[test]
fn people_are_told_in_text() {
    let ran = told("text");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(ran.stdout, @r#"
    13 changes may move scores: runs 1, model 2, image 1, engine 2, dataset 1,
      code 2, direct 1, closure 3; metadata 3

    runs
      runs/q_large_8: added ./models/large

    model and chat template
      models/Qwen/Q-2B@v1 chat template: 24eca68f2550 -> 111111111111 (q_small)
          also files.chat_template.jinja, commit f751b8828ef2 -> 444444444444
      models/Qwen/Q-2B@v1 weights: ab14ee38f818 -> 222222222222 (q_small)
          also files.model.safetensors

    container image, Python and platform
      images/registry.example/vllm:0.6.5 linux/amd64.manifest:
          12456879bc64 -> 555555555555 (q_small)

    engine parameters
      runs/q_small engine_params.max_tokens: added 512
      runs/q_small env.CUDA_VISIBLE_DEVICES: "0" -> "0,1"

    dataset
      datasets/docvqa content: 1df91e499cc9 -> 666666666666 (q_small)
          also files 100 -> 101

    code
      metrics/anls params.threshold: 0.5 -> 0.25 (all runs: evaluation)
      packages/reader content: 3d0941964aa3 -> 777777777777
          (all runs: inference, evaluation)
          also dirty false -> true

    direct packages
      text-kit 1.4.0 -> 1.5.0, up (all runs: inference, evaluation)

    closure
      colours: added 0.1 (q_small: report)
      numpy 1.25.2 -> 1.24.0, down (all runs: evaluation-aarch64-771ff88f)
      numpy 1.26.4 -> 2.0.1, up (all runs: inference)

    metadata
      experiments/bench description:
          "Visual questions"
          -> "Questions on pictures, and on documents that were photograp…
          (all runs)
      plotter==2.3 files.plotter-2.3.zip: added 888888888888 (q_small: report)
      lock resolved_at: 2026-10-01T12:00:00Z -> 2026-11-11T11:11:11Z (all runs)
    "#);
    for line in ran.stdout.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn pull_requests_are_told_in_markdown() {
    let ran = told("markdown");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(ran.stdout, @r#"
    **13 changes may move scores**: runs 1, model 2, image 1, engine 2, dataset 1, code 2, direct 1, closure 3; metadata 3

    From `old.json` to `new.json`.

    #### Runs (1)

    | what | old | new | where |
    |---|---|---|---|
    | `runs/q_large_8` | – | `./models/large` |  |

    #### Model and chat template (2)

    | what | old | new | where |
    |---|---|---|---|
    | `models/Qwen/Q-2B@v1` `chat template`<br><sub>also `files.chat_template.jinja`, `commit` `f751b8828ef2` → `444444444444`</sub> | `24eca68f2550` | `111111111111` | `q_small` |
    | `models/Qwen/Q-2B@v1` `weights`<br><sub>also `files.model.safetensors`</sub> | `ab14ee38f818` | `222222222222` | `q_small` |

    #### Container image, Python and platform (1)

    | what | old | new | where |
    |---|---|---|---|
    | `images/registry.example/vllm:0.6.5` `linux/amd64.manifest` | `12456879bc64` | `555555555555` | `q_small` |

    #### Engine parameters (2)

    | what | old | new | where |
    |---|---|---|---|
    | `runs/q_small` `engine_params.max_tokens` | – | `512` |  |
    | `runs/q_small` `env.CUDA_VISIBLE_DEVICES` | `"0"` | `"0,1"` |  |

    #### Dataset (1)

    | what | old | new | where |
    |---|---|---|---|
    | `datasets/docvqa` `content`<br><sub>also `files` `100` → `101`</sub> | `1df91e499cc9` | `666666666666` | `q_small` |

    #### Code (2)

    | what | old | new | where |
    |---|---|---|---|
    | `metrics/anls` `params.threshold` | `0.5` | `0.25` | all runs: `evaluation` |
    | `packages/reader` `content`<br><sub>also `dirty` `false` → `true`</sub> | `3d0941964aa3` | `777777777777` | all runs: `inference`, `evaluation` |

    #### Direct packages (1)

    | what | old | new | where |
    |---|---|---|---|
    | `text-kit` `version` | `1.4.0` | `1.5.0` ↑ | all runs: `inference`, `evaluation` |

    <details>
    <summary>Closure (3)</summary>

    | what | old | new | where |
    |---|---|---|---|
    | `colours` | – | `0.1` | `q_small`: `report` |
    | `numpy` `version` | `1.25.2` | `1.24.0` ↓ | all runs: `evaluation-aarch64-771ff88f` |
    | `numpy` `version` | `1.26.4` | `2.0.1` ↑ | all runs: `inference` |

    </details>

    <details>
    <summary>Metadata (3)</summary>

    | what | old | new | where |
    |---|---|---|---|
    | `experiments/bench` `description` | `"Visual questions"` | `"Questions on pictures, and on documents that were photograp…` | all runs |
    | `plotter==2.3` `files.plotter-2.3.zip` | – | `888888888888` | `q_small`: `report` |
    | `lock` `resolved_at` | `2026-10-01T12:00:00Z` | `2026-11-11T11:11:11Z` | all runs |

    </details>
    "#);
}

#[test]
fn programs_are_told_in_json() {
    let ran = told("json");
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let json: Json = serde_json::from_str(&ran.stdout).unwrap();
    let groups = json["groups"].as_array().unwrap().iter();
    let ranks: Vec<_> = groups
        .map(|group| group["rank"].as_str().unwrap())
        .collect();
    let all = [
        "runs", "model", "image", "engine", "dataset", "code", "direct", "closure",
    ];
    assert_eq!(ranks, [&all[..], &["metadata"]].concat());
    insta::assert_snapshot!("everything.json", ran.stdout);
}

#[test]
fn colours_are_for_terminals_and_for_who_asks() {
    let desk = Desk::new();
    desk.write("new.json", &edited(change).to_string());
    for (arguments, variable, coloured) in [
        (&["--color", "always"][..], None, true),
        (&[], None, false),
        (&[], Some("NO_COLOR"), false),
        (&["--color", "never"], None, false),
    ] {
        let mut command = desk.command(&[&["diff", "old.json", "new.json"], arguments].concat());
        command.envs(variable.map(|name| (name, "1")));
        let ran = crate::common::sample::ran(&mut command);
        assert_eq!(
            ran.stdout.contains('\u{1b}'),
            coloured,
            "{arguments:?} {variable:?}"
        );
    }
}

#[test]
fn nothing_of_a_lock_drives_a_terminal() {
    let desk = Desk::new();
    let hostile = "\u{1b}[2J\u{9b}31m\r\nevil\u{202e}";
    let title = "\u{1b}]0;evil\u{7}\n";
    let old = edited(|lock| {
        let dataset = &mut lock["config"]["datasets/web"];
        dataset["roles"] = json!({});
        dataset["pin"] = json!({"roles": {}, "platforms": {}});
        dataset["target"] = json!({});
    });
    desk.write("old.json", &old.to_string());
    let new = edited(|lock| {
        let run = take(lock, "/runs", "q_large");
        lock["runs"][format!("q{hostile}")] = run;
        lock["config"]["metrics/anls"]["params"][hostile] = json!(hostile);
        lock["experiment"]["id"] = json!(hostile);
        let mut experiment = take(lock, "/config", "experiments/bench");
        experiment["description"] = json!(hostile);
        lock["config"][format!("experiments/{hostile}")] = experiment;
        // Named like what pins hold, which is told in fewer words.
        let dataset = &mut lock["config"]["datasets/web"];
        dataset["roles"] = json!({title: 1, format!("a_{hostile}"): {hostile: 2}});
        dataset["pin"] = json!({"roles": {title: hostile}, "platforms": {title: 3}});
        dataset["target"] = json!({title: 4});
    });
    desk.write("new.json", &new.to_string());
    for format in ["text", "markdown", "json"] {
        for colour in ["never", "always"] {
            let arguments = ["diff", "old.json", "new.json", "--format", format];
            let ran = desk.vhb(&[&arguments[..], &["--color", colour]].concat());
            assert_eq!(ran.code, 0, "{ran:#?}");
            let said = &ran.stdout;
            assert!(said.contains("evil"), "{said}");
            let found = driving(said);
            assert!(found.is_empty(), "{format} {colour}: {found:?} in\n{said}");
            let faked = said.lines().any(|line| line.starts_with("evil"));
            assert!(!faked, "{format}: {said}");
        }
    }
}
