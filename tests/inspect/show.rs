//! A lock at a glance.

use serde_json::{Value as Json, json};
use vhb::model::RunMode;

use crate::setting::{Setting, in_project, run, vhb};

/// Two runs of one setting, and a metric of a package that requires another.
fn small() -> Setting {
    let mut setting = Setting::new();
    let scored = json!({ "class_path": "scorer.Cer", "package": "scorer" });
    let task = json!({ "entry_point": "demo.run", "supported_metrics": ["cer"] });
    setting
        .package("scorer", "scorer==1.2", &["base>=1"])
        .release("base==1.0", &[])
        .entry("metrics/cer", scored)
        .entry("tasks/task", task);
    for (id, model) in [("run", "org/model"), ("other", "./models/mine")] {
        let mut value = run(model);
        value["metrics"] = json!(["cer"]);
        setting.entry(&format!("runs/{id}"), value);
    }
    setting.entry("experiments/exp", experiment(&["run", "other"]));
    setting
}

fn experiment(tasks: &[&str]) -> Json {
    json!({ "description": "What is measured here, and why", "tasks": tasks })
}

#[test]
fn a_small_lock_is_told_on_one_screen() {
    insta::assert_snapshot!(small().vhb(&["show"]).exits(0).stdout, @r"
    exp
      What is measured here, and why
      file        registries/experiments/exp.yaml
      run mode    prod
      target      Python 3.11 on x86_64-manylinux_2_28
      newest pin  not known
      written by  vhb 0.0.0
      holds       2 runs, 1 package, 2 models, 1 dataset, 0 images, 1 environment,
                  2 distributions

    2 runs
      task        task
      framework   plain, packages by pip
      image       none
      metrics     cer
      evaluation  evaluation-x86_64-78c05381 (2 distributions)
      model       ./models/mine (content 965bb103c19a)
        dataset   data (content 3a6eb0790f39)
        runs      other
      model       org/model (commit 0123456789ab)
        dataset   data (content 3a6eb0790f39)
        runs      run

    may mean something else tomorrow (1)
      models/org/model: no revision is given, which means the branch `main`
    not recorded (2)
      the run names no container image, so the lock pins none
        runs/other, runs/run
    ");
}

#[test]
fn what_is_mutable_unresolved_and_yanked_is_told() {
    let mut setting = small();
    let git = |reference: Option<&str>| json!({ "type": "git", "url": "https://git.example/x.git", "ref": reference });
    let ranged = json!({ "type": "pypi", "name": "ranged", "version": ">=1,<2" });
    setting
        .built("branched", &git(Some("main")), "branched", &[])
        .found("packages/branched", "refs/heads/main")
        .built("tagged", &git(Some("v1")), "tagged", &[])
        .entry("packages/ranged", json!({ "source": ranged }))
        .release("ranged==1.5", &[])
        .release("newest==3.0", &[]);
    let packages = ["branched", "tagged", "ranged", "newest"];
    let task = json!({
        "entry_point": "demo.run", "required_packages": packages, "supported_metrics": ["cer"],
    });
    setting.entry("tasks/task", task);
    let mut gated = run("org/gated");
    gated["model"]["docker_image"] = "vllm/vllm-openai:v0.6.5".into();
    gated["model"]["engine_params"] = json!({ "revision": "v1.0", "tokenizer": "org/tokens" });
    let mut unknown = run("gpt-4o");
    let digest = format!("sha256:{}", "1".repeat(64));
    unknown["model"]["docker_image"] = format!("python@{digest}").into();
    setting
        .entry("runs/gated", gated)
        .entry("runs/unknown", unknown)
        .entry("experiments/exp", experiment(&["gated", "unknown"]))
        .unresolved("models/org/gated@v1.0");
    let mut lock = setting.lock();
    let ranged = lock.distributions.get_mut(&"ranged==1.5".parse().unwrap());
    ranged.unwrap().yanked = Some("it is \u{1b}[31mbroken".to_owned());
    let shown = vhb(&in_project(&lock), &["show"]).exits(0).stdout;
    insta::assert_snapshot!(shown, @r"
    exp
      What is measured here, and why
      file        registries/experiments/exp.yaml
      run mode    prod
      target      Python 3.11 on x86_64-manylinux_2_28
      newest pin  2026-01-01T00:00:00Z
      written by  vhb 0.0.0
      holds       2 runs, 4 packages, 1 model, 1 dataset, 2 images, 1 environment,
                  4 distributions

    1 run
      task        task
      framework   plain, packages by pip
      image       python@sha256:1111111111…1111111…1111111111 (digest 111111111111)
      inference   inference-x86_64-51f01fed (4 distributions)
      model       gpt-4o (not recorded)
        dataset   data (content 3a6eb0790f39)
        runs      unknown

    1 run
      task        task
      framework   plain, packages by pip
      image       vllm/vllm-openai:v0.6.5 (digest 92d39492ed0f)
      inference   inference-x86_64-51f01fed (4 distributions)
      model       org/gated@v1.0 (unresolved: hub-gated)
        dataset   data (content 3a6eb0790f39)
        runs      gated

    may mean something else tomorrow (4)
      packages/ranged: `>=1, <2` admits more than one version
      packages/branched: `main` is a branch
      images/vllm/vllm-openai:v0.6.5: `v0.6.5` is a tag
      packages/newest: no `version` is given
    yanked (1)
      ranged==1.5: it is ␛[31mbroken
    not recorded (3)
      runs/gated: `engine_params.tokenizer` names another repository, which the lock
        does not pin
      models/gpt-4o: `gpt-4o` is neither a directory nor a repository of the Hugging
        Face Hub, so the lock does not pin it
      models/org/gated@v1.0: it could not be resolved when the experiment was
        locked: `hub-gated`
    ");
}

#[test]
fn a_dev_lock_of_several_targets_with_limits_is_told() {
    let mut setting = small();
    setting.mode = RunMode::Dev;
    let target = |platform: &str| {
        json!({
            "platform": platform, "python": "3.12", "exclude_newer": "2026-11-01T00:00:00Z",
            "constraints": ["base<2"], "overrides": ["other==1.0"],
        })
    };
    let mut exp = experiment(&["run"]);
    exp["name"] = "The experiment".into();
    exp["metadata"] = json!({
        "lock": [target("x86_64-manylinux_2_28"), target("aarch64-manylinux_2_28")],
    });
    setting.entry("experiments/exp", exp);
    insta::assert_snapshot!(setting.vhb(&["show"]).exits(0).stdout, @r"
    exp
      What is measured here, and why
      name        The experiment
      file        registries/experiments/exp.yaml
      run mode    dev, not publishable
      target      Python 3.12 on x86_64-manylinux_2_28,
                  nothing from 2026-11-01T00:00:00Z on, constraint base<2,
                  override other==1.0
      target      Python 3.12 on aarch64-manylinux_2_28,
                  nothing from 2026-11-01T00:00:00Z on, constraint base<2,
                  override other==1.0
      newest pin  not known
      written by  vhb 0.0.0
      holds       1 run, 1 package, 1 model, 1 dataset, 0 images, 2 environments,
                  2 distributions

    1 run
      task        task
      framework   plain, packages by pip
      image       none
      metrics     cer
      evaluation  evaluation-x86_64-b6443d65 (2 distributions),
                  evaluation-aarch64-44e8e25b (2 distributions)
      model       org/model (commit 0123456789ab)
        dataset   data (content 3a6eb0790f39)
        runs      run

    may mean something else tomorrow (1)
      models/org/model: no revision is given, which means the branch `main`
    not recorded (1)
      runs/run: the run names no container image, so the lock pins none
    ");
}

#[test]
fn a_lock_of_direct_sources_says_so() {
    let mut setting = small();
    setting.direct = true;
    let shown = setting.vhb(&["show"]).exits(0).stdout;
    for line in [
        "  evaluation  evaluation-x86_64-78c05381 (1 package, not what they require)\n",
        "  environments/evaluation-x86_64-78c05381: what the packages require in turn is\n    not pinned by the lock\n",
        "not recorded (3)\n",
    ] {
        assert!(shown.contains(line), "no {line:?} in\n{shown}");
    }
}

/// Twenty models on ten datasets, each with an image of its own kind or none.
fn large() -> Setting {
    let mut setting = small();
    let mut ids = Vec::new();
    for dataset in 0..10 {
        let path = format!("data/set-{dataset}");
        let value = json!({ "type": "demo.Data", "path": path });
        setting.entry(&format!("datasets/set_{dataset}"), value);
        for model in 0..20 {
            let id = format!("model_{model:02}_on_set_{dataset}");
            let mut value = run(&format!("organisation/model-{model:02}"));
            value["dataset"] = format!("set_{dataset}").into();
            setting.entry(&format!("runs/{id}"), value);
            ids.push(id);
        }
    }
    let tasks: Vec<_> = ids.iter().map(String::as_str).collect();
    setting.entry("experiments/exp", experiment(&tasks));
    setting
}

#[test]
fn two_hundred_runs_are_cut_to_a_screen_unless_all_are_asked_for() {
    let project = large().project();
    let brief = vhb(&project, &["show"]).exits(0).stdout;
    insta::assert_snapshot!(brief, @r"
    exp
      What is measured here, and why
      file        registries/experiments/exp.yaml
      run mode    prod
      target      Python 3.11 on x86_64-manylinux_2_28
      newest pin  not known
      written by  vhb 0.0.0
      holds       200 runs, 0 packages, 20 models, 10 datasets, 0 images,
                  0 environments, 0 distributions

    200 runs
      task        task
      framework   plain, packages by pip
      image       none
      model       organisation/model-00 (commit 0123456789ab)
        dataset   set_0 (content 885f19c17b74)
        runs      model_00_on_set_0
        dataset   set_1 (content b96b3fc8e3ff)
        runs      model_00_on_set_1
        dataset   set_2 (content 7f45f1e90286)
        runs      model_00_on_set_2
      model       organisation/model-01 (commit 0123456789ab)
        dataset   set_0 (content 885f19c17b74)
        runs      model_01_on_set_0
        dataset   set_1 (content b96b3fc8e3ff)
        runs      model_01_on_set_1
        dataset   set_2 (content 7f45f1e90286)
        runs      model_01_on_set_2
      model       organisation/model-02 (commit 0123456789ab)
        dataset   set_0 (content 885f19c17b74)
        runs      model_02_on_set_0
        dataset   set_1 (content b96b3fc8e3ff)
        runs      model_02_on_set_1
        dataset   set_2 (content 7f45f1e90286)
        runs      model_02_on_set_2
      model       organisation/model-03 (commit 0123456789ab)
        dataset   set_0 (content 885f19c17b74)
        runs      model_03_on_set_0
        dataset   set_1 (content b96b3fc8e3ff)
        runs      model_03_on_set_1
        dataset   set_2 (content 7f45f1e90286)
        runs      model_03_on_set_2
      ... and 188 more runs (`--all`)

    may mean something else tomorrow (20)
      no revision is given, which means the branch `main`
        models/organisation/model-00, models/organisation/model-01,
        models/organisation/model-02, models/organisation/model-03,
        ... and 16 more (`--all`)
    not recorded (200)
      the run names no container image, so the lock pins none
        runs/model_00_on_set_0, runs/model_00_on_set_1, runs/model_00_on_set_2,
        runs/model_00_on_set_3, ... and 196 more (`--all`)
    ");
    let all = vhb(&project, &["show", "--all"]).exits(0).stdout;
    assert!(!all.contains("--all"), "{all}");
    for dataset in 0..10 {
        for model in 0..20 {
            let id = format!("model_{model:02}_on_set_{dataset}");
            assert!(all.contains(&id), "no {id} in\n{all}");
        }
    }
    for line in brief.lines().chain(all.lines()) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn one_run_that_is_left_out_is_one() {
    let mut setting = small();
    let ids = ["a", "b", "c", "d", "e"];
    for id in ids {
        setting.entry(&format!("runs/{id}"), run(&format!("model-{id}")));
    }
    setting.entry("experiments/exp", experiment(&ids));
    let told = setting.vhb(&["show"]).exits(0).stdout;
    assert!(
        told.contains("\n  ... and 1 more run (`--all`)\n"),
        "{told}"
    );
}

#[test]
fn json_has_all_of_it_in_one_form() {
    let shown = small().vhb(&["show", "--format", "json"]).exits(0).stdout;
    let json: Json = serde_json::from_str(&shown).unwrap();
    let fields: Vec<_> = json.as_object().unwrap().keys().cloned().collect();
    let mut sorted = vec![
        "experiment",
        "description",
        "generator",
        "resolved_at",
        "counts",
        "runs",
        "packages",
        "models",
        "datasets",
        "images",
        "environments",
        "moving",
        "yanked",
        "gaps",
    ];
    sorted.sort_unstable();
    assert_eq!(fields, sorted);
    insta::assert_snapshot!(serde_json::to_string_pretty(&json["runs"]["run"]).unwrap(), @r#"
    {
      "dataset": {
        "identity": {
          "content": "sha256:3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7"
        },
        "name": "data"
      },
      "environments": {
        "evaluation": "evaluation-x86_64-78c05381"
      },
      "framework": "plain",
      "image": null,
      "metrics": [
        "cer"
      ],
      "model": {
        "identity": {
          "commit": "0123456789abcdef0123456789abcdef01234567"
        },
        "name": "org/model"
      },
      "package_manager": "pip",
      "reports": [],
      "task": "task"
    }
    "#);
    assert_eq!(json["counts"]["distributions"], 2);
    let commit = json!({ "commit": "0123456789abcdef0123456789abcdef01234567" });
    assert_eq!(json["models"]["org/model"], commit);
    assert_eq!(json["packages"]["scorer"], json!({ "version": "1.2" }));
    assert_eq!(
        json["moving"],
        json!({ "models/org/model": "no revision is given, which means the branch `main`" })
    );
    let environment = &json["environments"]["evaluation-x86_64-78c05381"];
    assert_eq!(
        (&environment["roots"], &environment["distributions"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(environment["runs"], 2);
    let gaps = json["gaps"].as_array().unwrap().iter();
    let gaps: Vec<_> = gaps.map(|gap| (&gap["code"], &gap["subject"])).collect();
    let (code, other, run) = (
        json!("not-recorded"),
        json!("runs/other"),
        json!("runs/run"),
    );
    assert_eq!(gaps, [(&code, &other), (&code, &run)]);
}
