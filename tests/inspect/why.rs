//! Who brought something in.

use serde_json::{Value as Json, json};

use crate::setting::{Setting, in_project, run, vhb};

/// Every kind of reference to a package: a task's, a framework's for some models and for others, a
/// dataset's, a metric's and a report's.
pub(crate) fn referring() -> Setting {
    let mut setting = Setting::new();
    setting
        .package("reader", "reader==0.3", &["images>=2"])
        .package("plain_adapter", "plain-adapter==1.0", &["images[fast]", "numeric>=1.24,<2"])
        .package("tiny_adapter", "tiny-adapter==1.0", &["numeric"])
        .package("Scorer", "scorer==1.2", &["numeric<3; python_version > '3'"])
        .package("plots", "plots==2.0", &["reader", "zipped"])
        .release("images==2.5", &["zipped", "quick; extra == 'fast'"])
        .release("quick==1.0", &[])
        .release("numeric==1.26.4", &[])
        .release("zipped==1.0", &[])
        .release("extra-tool==5.0", &["zipped>=1"])
        .entry(
            "tasks/task",
            json!({
                "entry_point": "demo.run", "required_packages": ["extra-tool>=5"],
                "supported_metrics": ["cer", "wer"], "supported_reports": ["summary"],
                "supported_frameworks": ["plain"],
            }),
        )
        .entry(
            "frameworks/plain",
            json!({
                "default_adapter_package": "plain_adapter", "default_backend_class": "plain.B",
                "specialized_adapters": [
                    { "match_models": ["huge-*"], "package": "reader", "backend_class": "b.H" },
                    { "match_models": ["tiny-*"], "package": "tiny_adapter", "backend_class": "t.B" },
                ],
            }),
        )
        .entry(
            "datasets/data",
            json!({ "type": "reader.Data", "path": "data", "package": "reader" }),
        )
        .entry("metrics/cer", json!({ "class_path": "scorer.Cer", "package": "Scorer" }))
        .entry("metrics/wer", json!({ "class_path": "scorer.Wer", "package": "Scorer" }))
        .entry("reports/summary", json!({ "class_path": "plots.S", "package": "plots" }));
    let mut inline = scored("org/model");
    inline["name"] = "in_place".into();
    setting
        .entry("runs/plain", scored("plain-model"))
        .entry("runs/tiny", scored("tiny-2"))
        .entry(
            "experiments/exp",
            json!({ "tasks": ["plain", "tiny", inline] }),
        );
    setting
}

pub(crate) fn scored(model: &str) -> Json {
    let mut run = run(model);
    run["metrics"] = json!(["cer"]);
    run["reports"] = json!(["summary"]);
    run
}

pub(crate) fn why(setting: &Setting, name: &str) -> String {
    setting.vhb(&["why", name]).exits(0).stdout
}

#[test]
fn a_distribution_is_followed_from_every_reference() {
    insta::assert_snapshot!(why(&referring(), "zipped"), @r"
    zipped==1.0

      experiments/exp
        tasks -> runs/in_place (inline), runs/plain, runs/tiny
        ml_task -> tasks/task
        required_packages -> packages/extra-tool>=5
        installs -> extra-tool==5.0
        zipped>=1 -> zipped==1.0
        in inference-x86_64-54309b27, inference-x86_64-db862eca

      experiments/exp
        tasks -> runs/in_place (inline), runs/plain, runs/tiny
        reports -> reports/summary
        package -> packages/plots
        installs -> plots==2.0
        zipped -> zipped==1.0
        in report-x86_64-18ef02c5

      experiments/exp
        tasks -> runs/in_place (inline), runs/plain, runs/tiny
        dataset -> datasets/data
        package -> packages/reader
        installs -> reader==0.3
        images>=2 -> images==2.5
        zipped -> zipped==1.0
        in evaluation-x86_64-0e8376a3, inference-x86_64-54309b27,
           inference-x86_64-db862eca

      experiments/exp
        tasks -> runs/in_place (inline), runs/plain
        model.framework -> frameworks/plain
        default_adapter_package -> packages/plain_adapter
        installs -> plain-adapter==1.0
        images[fast] -> images==2.5
        zipped -> zipped==1.0
        in inference-x86_64-54309b27
    ");
}

#[test]
fn adapters_are_those_of_the_models_of_runs() {
    insta::assert_snapshot!(why(&referring(), "numeric==1.26.4"), @r"
    numeric==1.26.4

      experiments/exp
        tasks -> runs/in_place (inline), runs/plain, runs/tiny
        metrics -> metrics/cer
        package -> packages/Scorer
        installs -> scorer==1.2
        numeric<3 -> numeric==1.26.4
        in evaluation-x86_64-0e8376a3

      experiments/exp
        tasks -> runs/in_place (inline), runs/plain
        model.framework -> frameworks/plain
        default_adapter_package -> packages/plain_adapter
        installs -> plain-adapter==1.0
        numeric>=1.24,<2 -> numeric==1.26.4
        in inference-x86_64-54309b27

      experiments/exp
        tasks -> runs/tiny
        model.framework -> frameworks/plain
        specialized_adapters[1].package -> packages/tiny_adapter
        installs -> tiny-adapter==1.0
        numeric -> numeric==1.26.4
        in inference-x86_64-db862eca
    ");
}

#[test]
fn packages_are_named_by_their_keys_and_by_what_they_install() {
    let setting = referring();
    insta::assert_snapshot!(why(&setting, "packages/Scorer"), @r"
    packages/Scorer

      experiments/exp
        tasks -> runs/in_place (inline), runs/plain, runs/tiny
        metrics -> metrics/cer
        package -> packages/Scorer
        in evaluation-x86_64-0e8376a3
    ");
    // Its distribution is what leads on, so that is what is told.
    let by_key = why(&setting, "Scorer");
    assert!(by_key.starts_with("scorer==1.2\n"), "{by_key}");
    assert_eq!(by_key, why(&setting, "distributions/scorer==1.2.0"));
    insta::assert_snapshot!(why(&setting, "extra-tool>=5"), @r"
    packages/extra-tool>=5

      experiments/exp
        tasks -> runs/in_place (inline), runs/plain, runs/tiny
        ml_task -> tasks/task
        required_packages -> packages/extra-tool>=5
        in inference-x86_64-54309b27, inference-x86_64-db862eca
    ");
}

#[test]
fn entries_models_and_images_are_followed_from_runs() {
    let mut setting = referring();
    let mut imaged = scored("org/model@main");
    imaged["model"]["name"] = "org/model".into();
    imaged["model"]["engine_params"] = json!({ "revision": "main" });
    imaged["model"]["docker_image"] = "python:3.11".into();
    setting
        .entry("runs/imaged", imaged)
        .entry("experiments/exp", json!({ "tasks": ["plain", "imaged"] }))
        .found("models/org/model@main", "refs/heads/main");
    let project = setting.project();
    let mut told = String::new();
    for name in [
        "metrics/cer",
        "frameworks/plain",
        "datasets/data",
        "org/model",
        "plain-model",
        "python:3.11",
        "runs/imaged",
        "experiments/exp",
    ] {
        told.push_str(&vhb(&project, &["why", name]).exits(0).stdout);
        told.push('\n');
    }
    insta::assert_snapshot!(told, @r"
    metrics/cer

      experiments/exp
        tasks -> runs/imaged, runs/plain
        metrics -> metrics/cer

    frameworks/plain

      experiments/exp
        tasks -> runs/imaged, runs/plain
        model.framework -> frameworks/plain

    datasets/data

      experiments/exp
        tasks -> runs/imaged, runs/plain
        dataset -> datasets/data

    models/org/model@main

      experiments/exp
        tasks -> runs/imaged
        model.name -> models/org/model@main

    models/plain-model

      experiments/exp
        tasks -> runs/plain
        model.name -> models/plain-model

    images/python:3.11

      experiments/exp
        tasks -> runs/imaged
        model.docker_image -> images/python:3.11

    runs/imaged

      experiments/exp
        tasks -> runs/imaged

    experiments/exp

      experiments/exp
        is the experiment itself
    ");
    let unused = vhb(&project, &["why", "metrics/wer"]).exits(2);
    unused.says("the lock has nothing named `metrics/wer`");
}

/// A model of the Hub that runs the Python of another repository.
#[test]
fn code_of_other_repositories_is_told_by_the_model_that_names_it() {
    let mut setting = referring();
    let mut trusting = scored("org/model");
    trusting["model"]["engine_params"] = json!({ "trust_remote_code": true });
    setting
        .entry("runs/trusting", trusting)
        .entry("experiments/exp", json!({ "tasks": ["trusting"] }));
    let mut lock = setting.lock();
    let mut model: Json = serde_json::to_value(&lock.models["org/model"]).unwrap();
    model["pin"]["remote_code"] = json!(["org/code"]);
    let mut code = model.clone();
    code["source"]["repo"] = "org/code".into();
    code["pin"]["repo"] = "org/code".into();
    code["pin"].as_object_mut().unwrap().remove("remote_code");
    for (key, value) in [("org/model", model), ("org/code", code)] {
        lock.models
            .insert(key.to_owned(), serde_json::from_value(value).unwrap());
    }
    let told = vhb(&in_project(&lock), &["why", "org/code"])
        .exits(0)
        .stdout;
    insta::assert_snapshot!(told, @r"
    models/org/code

      experiments/exp
        tasks -> runs/trusting
        model.name -> models/org/model
        auto_map -> models/org/code
    ");
}

#[test]
fn a_name_of_several_things_means_all_of_them() {
    let mut setting = referring();
    setting
        .entry(
            "datasets/reader",
            json!({ "type": "reader.Data", "path": "data" }),
        )
        .entry("runs/reading", {
            let mut run = scored("plain-model");
            run["dataset"] = "reader".into();
            run
        })
        .entry("experiments/exp", json!({ "tasks": ["reading"] }));
    let told = why(&setting, "reader");
    insta::assert_snapshot!(told, @r"
    reader==0.3

      experiments/exp
        tasks -> runs/reading
        reports -> reports/summary
        package -> packages/plots
        installs -> plots==2.0
        reader -> reader==0.3
        in report-x86_64-18ef02c5

    datasets/reader

      experiments/exp
        tasks -> runs/reading
        dataset -> datasets/reader
    ");
}

#[test]
fn what_is_told_of_direct_sources_ends_at_what_they_install() {
    let mut setting = referring();
    setting.direct = true;
    insta::assert_snapshot!(why(&setting, "reader"), @r"
    reader==0.3

      experiments/exp
        tasks -> runs/in_place (inline), runs/plain, runs/tiny
        dataset -> datasets/data
        package -> packages/reader
        installs -> reader==0.3
        in evaluation-x86_64-0e8376a3, inference-x86_64-54309b27,
           inference-x86_64-db862eca
    ");
    setting
        .vhb(&["why", "zipped"])
        .exits(2)
        .says("nothing named `zipped`")
        .says("what packages require in turn is not in this lock; lock without `--direct`");
}

#[test]
fn names_that_are_not_there_are_corrected() {
    let project = referring().project();
    let mut told = String::new();
    for name in [
        "zippd",
        "numeric==2.0",
        "metric/cer",
        "packages/scorer",
        "nothing-like-it",
        "",
        "==1",
        "runs/plan",
    ] {
        told.push_str(&vhb(&project, &["why", name]).exits(2).stderr);
    }
    insta::assert_snapshot!(told, @r"
    error: the lock has nothing named `zippd`
      hint: did you mean `zipped`?
    error: the lock has nothing named `numeric==2.0`
      hint: it has `numeric==1.26.4`
    error: the lock has nothing named `metric/cer`
      hint: did you mean `metrics/cer`?
    error: the lock has nothing named `packages/scorer`
      hint: did you mean `packages/Scorer`?
    error: the lock has nothing named `nothing-like-it`
      hint: `vhb show` and `vhb tree` tell what it has
    error: the lock has nothing named ``
      hint: `vhb show` and `vhb tree` tell what it has
    error: the lock has nothing named `==1`
      hint: `vhb show` and `vhb tree` tell what it has
    error: the lock has nothing named `runs/plan`
      hint: did you mean `runs/plain`?
    ");
}
