//! What a reviewer is told of what people do to an experiment.

use serde_json::{Value as Json, json};
use vhb::lock::diff::Diff;

use crate::setting::{edited, environments, install, lock, rich, take, told};

/// What is told of an edit, line by line.
pub(crate) fn told_of(edit: impl FnOnce(&mut Json)) -> String {
    let [old, new] = [edited(|_| {}), edited(edit)].map(|document| lock(&document).unwrap());
    told(&Diff::of(&old, &new)).join("\n")
}

fn digest(digit: &str) -> Json {
    json!(format!("sha256:{}", digit.repeat(64)))
}

#[test]
fn the_sample_is_what_vhb_writes() {
    assert_eq!(edited(|_| {}), rich());
}

#[test]
fn a_version_that_moves_otherwise_in_another_stage_is_another_change() {
    insta::assert_snapshot!(told_of(|lock| {
        install(lock, "inference", "numpy==1.26.4", "numpy==2.0.1");
        install(lock, "evaluation", "numpy==1.25.2", "numpy==1.24.0");
    }), @r"
    closure distributions/numpy version 1.25.2 -> 1.24.0 (all:evaluation)
    closure distributions/numpy version 1.26.4 -> 2.0.1 (all:inference)
    ");
    // Only for one processor, and from a wheel to another file of the same version.
    insta::assert_snapshot!(told_of(|lock| {
        install(lock, "evaluation-x86_64", "numpy==1.25.2", "numpy==1.25.9");
        for environment in environments(lock, "report-x86_64") {
            environment["distributions"]["helper==1.0"] = json!("helper-1.0.tar.gz");
        }
    }), @r"
    closure distributions/helper file helper-1.0-py3-none-any.whl -> helper-1.0.tar.gz (q_small:report partly)
    closure distributions/numpy version 1.25.2 -> 1.25.9 (all:evaluation partly)
    ");
}

#[test]
fn one_package_more_is_told_with_what_it_takes_along() {
    insta::assert_snapshot!(told_of(|lock| {
        let text = json!({"type": "pypi", "name": "pillow", "version": "10.0"});
        lock["config"]["packages/pillow"] = json!({"name": "pillow", "source": text});
        let pin = json!({"type": "pypi", "name": "pillow", "version": "10.0"});
        lock["packages"]["pillow"] =
            json!({"source": text, "pin": pin, "distribution": "pillow==10.0"});
        let required = &mut lock["config"]["tasks/vqa"]["required_packages"];
        required.as_array_mut().unwrap().push(json!("pillow"));
        for dist in ["pillow==10.0", "libjpeg==9"] {
            lock["distributions"][dist] = json!({"files": {format!("{dist}.whl"): digest("1")}});
        }
        for environment in environments(lock, "inference") {
            environment["roots"].as_array_mut().unwrap().push(json!("pillow"));
            environment["distributions"]["pillow==10.0"] = json!("pillow==10.0.whl");
            environment["distributions"]["libjpeg==9"] = json!("libjpeg==9.whl");
        }
    }), @r"
    direct distributions/pillow  - -> 10.0 (all:inference)
    closure distributions/libjpeg  - -> 9 (all:inference)
    ");
    // One that was there for another stage, and was installed already because others require it.
    insta::assert_snapshot!(told_of(|lock| {
        for environment in environments(lock, "inference") {
            environment["roots"].as_array_mut().unwrap().push(json!("scorer"));
            environment["distributions"]["scorer"] = json!("packages/scorer");
        }
        for environment in environments(lock, "report") {
            environment["roots"].as_array_mut().unwrap().push(json!("textkit"));
        }
    }), @r"
    code packages/scorer root false -> true (all:inference)
    direct packages/textkit root false -> true (q_small:report)
    ");
}

#[test]
fn a_requirement_in_other_words_is_the_same_package() {
    insta::assert_snapshot!(told_of(|lock| {
        let mut package = take(lock, "/packages", "tinylib>=1");
        package["source"]["version"] = json!(">=1.2");
        package["pin"]["version"] = json!("1.2");
        package["distribution"] = json!("tinylib==1.2");
        lock["packages"]["tinylib>=1.2"] = package;
        lock["config"]["tasks/vqa"]["required_packages"][2] = json!("tinylib>=1.2");
        for environment in environments(lock, "inference") {
            let roots = environment["roots"].as_array_mut().unwrap();
            *roots.last_mut().unwrap() = json!("tinylib>=1.2");
        }
        install(lock, "inference", "tinylib==1.1", "tinylib==1.2");
    }), @"direct distributions/tinylib version 1.1 -> 1.2 + requirement tinylib>=1 -> tinylib>=1.2 (all:inference)");
}

#[test]
fn packages_of_the_project_are_their_content() {
    insta::assert_snapshot!(told_of(|lock| {
        let plugin = &mut lock["packages"]["plugin"];
        plugin["source"]["ref"] = json!("v1.3.0");
        plugin["distribution"] = json!("plugin==1.3.0");
        let pin = &mut plugin["pin"];
        pin["ref"] = json!("refs/tags/v1.3.0");
        pin["commit"] = json!("1".repeat(40));
        pin["tree"] = json!("2".repeat(40));
        pin["content"] = digest("3");
        pin["files"] = json!(13);
        lock["config"]["packages/plugin"]["source"]["ref"] = json!("v1.3.0");
        for environment in environments(lock, "inference") {
            let held = environment["distributions"].as_object_mut().unwrap();
            if let Some(from) = held.remove("plugin==1.2.0") {
                held.insert("plugin==1.3.0".to_owned(), from);
            }
        }
        // Committed as it was.
        lock["packages"]["reader"]["pin"]["commit"] = json!("4".repeat(40));
        lock["packages"]["scorer"]["pin"]["content"] = digest("5");
    }), @r"
    code packages/plugin pin.commit 4015b57a -> 11111111 + pin.ref refs/tags/v1.2.0 -> refs/tags/v1.3.0 + pin.files 12 -> 13 + distribution plugin==1.2.0 -> plugin==1.3.0 (q_small:inference)
    code packages/scorer pin.content sha256:c528cab0 -> sha256:55555555 (all:evaluation)
    metadata packages/reader pin.commit 98f54143 -> 44444444 (all:inference,evaluation)
    ");
    insta::assert_snapshot!(told_of(|lock| {
        let source = json!({"type": "pypi", "name": "plugin", "version": "2.0"});
        let pin = json!({"type": "pypi", "name": "plugin", "version": "2.0"});
        lock["packages"]["plugin"] =
            json!({"source": source, "pin": pin, "distribution": "plugin==2.0"});
        lock["config"]["packages/plugin"]["source"] = source;
        lock["distributions"]["plugin==2.0"] = json!({"files": {"plugin-2.0.whl": digest("1")}});
        for environment in environments(lock, "inference") {
            let held = environment["distributions"].as_object_mut().unwrap();
            if held.remove("plugin==1.2.0").is_some() {
                held.insert("plugin==2.0".to_owned(), json!("plugin-2.0.whl"));
            }
        }
    }), @"code packages/plugin pin git 4015b57a -> pypi plugin==2.0 + distribution plugin==1.2.0 -> plugin==2.0 (q_small:inference)");
}

#[test]
fn models_are_told_by_what_answers() {
    insta::assert_snapshot!(told_of(|lock| {
        let pin = &mut lock["models"]["Qwen/Q-2B@v1"]["pin"];
        pin["commit"] = json!("1".repeat(40));
        pin["roles"]["chat_template"] = digest("2");
        pin["files"]["chat_template.jinja"]["digest"] = digest("3");
        pin["files"]["chat_template.jinja"]["size"] = json!(201);
    }), @"model models/Qwen/Q-2B@v1 pin.roles.chat_template sha256:24eca68f -> sha256:22222222 + pin.files.chat_template.jinja gitoid:blob:sha1:7ecde348 -> sha256:33333333 + pin.commit f751b882 -> 11111111 (q_small:)");
    // A commit that touches the card alone.
    insta::assert_snapshot!(told_of(|lock| {
        let pin = &mut lock["models"]["Qwen/Q-2B@v1"]["pin"];
        pin["commit"] = json!("1".repeat(40));
        pin["committed"] = json!("2026-07-07T07:07:07Z");
        pin["roles"]["other"] = digest("2");
        pin["files"]["README.md"]["digest"] = digest("3");
    }), @"metadata models/Qwen/Q-2B@v1 pin.commit f751b882 -> 11111111 + pin.roles.other sha256:0a1ad4f8 -> sha256:22222222 (q_small:)");
    // Another revision is another model, of which only some differs.
    insta::assert_snapshot!(told_of(|lock| {
        let mut model = take(lock, "/models", "Qwen/Q-2B@v1");
        model["source"]["revision"] = json!("v2");
        model["pin"]["ref"] = json!("refs/tags/v2");
        model["pin"]["commit"] = json!("1".repeat(40));
        model["pin"]["roles"]["tokenizer"] = digest("2");
        lock["models"]["Qwen/Q-2B@v2"] = model;
        lock["runs"]["q_small"]["model"] = json!("Qwen/Q-2B@v2");
        for params in ["/runs/q_small", "/config/runs~1q_small/model"] {
            lock.pointer_mut(params).unwrap()["engine_params"]["revision"] = json!("v2");
        }
    }), @r#"model runs/q_small model Qwen/Q-2B@v1 -> Qwen/Q-2B@v2 + pin.roles.tokenizer sha256:dee3553d -> sha256:22222222 + pin.ref refs/tags/v1 -> refs/tags/v2 + engine_params.revision "v1" -> "v2" (q_small:)"#);
    insta::assert_snapshot!(told_of(|lock| {
        lock["runs"]["inline"]["model"] = json!("gpt-5");
        lock["config"]["experiments/bench"]["tasks"][2]["model"]["name"] = json!("gpt-5");
    }), @"model runs/inline model gpt-4o -> gpt-5 (inline:)");
}

#[test]
fn what_is_resolved_now_or_no_longer_is_said_in_words() {
    insta::assert_snapshot!(told_of(|lock| {
        take(lock, "/models/org~1code", "unresolved");
        let source = lock["models"]["org/code"]["source"].clone();
        let mut pin = lock["models"]["Qwen/Q-2B@v1"]["pin"].clone();
        pin["repo"] = source["repo"].clone();
        lock["models"]["org/code"]["pin"] = pin;
        take(lock, "/datasets/receipts", "pin");
        lock["datasets"]["receipts"]["unresolved"] = json!("local-missing");
        lock["datasets"]["web"]["unresolved"] = json!("source-unreachable");
    }), @r"
    model models/org/code pin unresolved (source-unreachable) -> resolved (q_small:)
    dataset datasets/receipts pin resolved -> unresolved (local-missing) (q_large:)
    dataset datasets/web pin unresolved (source-denied) -> unresolved (source-unreachable) (:)
    ");
}

#[test]
fn datasets_and_images_are_told_by_their_bytes() {
    insta::assert_snapshot!(told_of(|lock| {
        let pin = &mut lock["datasets"]["docvqa"]["pin"];
        pin["content"] = digest("1");
        pin["files"] = json!(101);
        pin["origin"]["commit"] = json!("2".repeat(40));
        lock["datasets"]["scans"]["pin"]["origin"]["tokens"] = digest("3");
        let image = &mut lock["images"]["registry.example/vllm:0.6.5"]["pin"];
        image["index"]["digest"] = digest("4");
        image["platforms"]["linux/amd64"]["manifest"]["digest"] = digest("5");
        image["platforms"]["linux/amd64"]["config"]["digest"] = digest("6");
    }), @r#"
    image images/registry.example/vllm:0.6.5 pin.platforms.linux/amd64.manifest sha256:12456879 -> sha256:55555555 (q_small:)
    dataset datasets/docvqa pin.content sha256:1df91e49 -> sha256:11111111 + pin.files 100 -> 101 + pin.origin.commit "6bb1ee6e" -> "22222222" (q_small:)
    metadata datasets/scans pin.origin.tokens "sha256:8690c3af" -> "sha256:33333333" (inline:)
    "#);
    // The name means other images for platforms that nobody locked.
    insta::assert_snapshot!(told_of(|lock| {
        lock["images"]["registry.example/vllm:0.6.5"]["pin"]["index"]["digest"] = digest("4");
    }), @"metadata images/registry.example/vllm:0.6.5 pin.index sha256:1bc04b52 -> sha256:44444444 (q_small:)");
    insta::assert_snapshot!(told_of(|lock| {
        for image in ["/runs/q_small/image", "/config/runs~1q_small/model/docker_image"] {
            *lock.pointer_mut(image).unwrap() = json!("registry.example/vllm:0.7");
        }
        let mut image = take(lock, "/images", "registry.example/vllm:0.6.5");
        image["source"] = json!("registry.example/vllm:0.7");
        image["pin"]["tag"] = json!("0.7");
        image["pin"]["platforms"]["linux/amd64"]["manifest"]["digest"] = digest("5");
        lock["images"]["registry.example/vllm:0.7"] = image;
        lock["runs"]["q_large"]["dataset"] = json!("scans");
        lock["config"]["runs/q_large"]["dataset"] = json!("scans");
        take(lock, "/config", "datasets/receipts");
        take(lock, "/datasets", "receipts");
    }), @r"
    image runs/q_small image registry.example/vllm:0.6.5 -> registry.example/vllm:0.7 + pin.platforms.linux/amd64.manifest sha256:12456879 -> sha256:55555555 + pin.tag 0.6.5 -> 0.7 (q_small:)
    dataset runs/q_large dataset receipts -> scans + pin.content sha256:3619a1d0 -> sha256:5982f892 (q_large:)
    ");
}

#[test]
fn runs_that_come_and_go_are_told_first() {
    insta::assert_snapshot!(told_of(|lock| {
        take(lock, "/runs", "q_small");
        take(lock, "/config", "runs/q_small");
        take(lock, "/config", "datasets/docvqa");
        take(lock, "/config", "reports/summary");
        take(lock, "/config", "packages/plotter");
        take(lock, "/packages", "plotter");
        take(lock, "/datasets", "docvqa");
        take(lock, "/models", "Qwen/Q-2B@v1");
        take(lock, "/images", "registry.example/vllm:0.6.5");
        let tasks = &mut lock["config"]["experiments/bench"]["tasks"];
        tasks.as_array_mut().unwrap().remove(1);
        let reports: Vec<_> = lock["environments"].as_object().unwrap().keys().cloned().collect();
        for id in reports.iter().filter(|id| id.starts_with("report")) {
            take(lock, "/environments", id);
        }
        take(lock, "/distributions", "plotter==2.3");
    }), @r"
    runs runs/q_small  Qwen/Q-2B@v1 -> - (q_small:)
    model models/Qwen/Q-2B@v1  f751b882 -> - (q_small:)
    image images/registry.example/vllm:0.6.5  sha256:1bc04b52 -> - (q_small:)
    dataset datasets/docvqa  sha256:1df91e49 -> - (q_small:)
    code reports/summary  plotter.Summary -> - (q_small:report)
    direct distributions/plotter  2.3 -> - (q_small:report)
    ");
}

#[test]
fn a_run_is_the_same_wherever_it_is_written() {
    insta::assert_snapshot!(told_of(|lock| {
        let tasks = &mut lock["config"]["experiments/bench"]["tasks"];
        let mut run = std::mem::replace(&mut tasks[2], json!("inline"));
        run["model"]["engine_params"]["temperature"] = json!(0.25);
        lock["config"]["runs/inline"] = run;
        lock["runs"]["inline"]["engine_params"]["temperature"] = json!(0.25);
    }), @"engine runs/inline engine_params.temperature 0.0 -> 0.25 (inline:)");
}

#[test]
fn targets_are_as_weighty_as_images() {
    let targets = [
        "/experiment/target/0",
        "/config/experiments~1bench/metadata/lock/0",
    ];
    insta::assert_snapshot!(told_of(|lock| {
        for target in targets {
            lock.pointer_mut(target).unwrap()["python"] = json!("3.12");
        }
        for environment in environments(lock, "") {
            if environment["target"]["platform"] == "x86_64-manylinux_2_28" {
                environment["target"]["python"] = json!("3.12");
            }
        }
    }), @"image experiment target.python 3.11 -> 3.12 (all:)");
    insta::assert_snapshot!(told_of(|lock| {
        lock["experiment"]["target"] = lock["experiment"]["target"][0].clone();
        let all = &mut lock["config"]["experiments/bench"]["metadata"]["lock"];
        *all = all[0].clone();
        let ids: Vec<_> = lock["environments"].as_object().unwrap().keys().cloned().collect();
        for id in ids.iter().filter(|id| id.contains("aarch64")) {
            take(lock, "/environments", id);
        }
        for run in lock["runs"].as_object_mut().unwrap().values_mut() {
            for ids in run["environments"].as_object_mut().unwrap().values_mut() {
                *ids = ids[0].clone();
            }
        }
    }), @r#"
    image experiment target Python 3.11 on aarch64-manylinux_2_28 -> - (all:)
    metadata experiments/bench metadata.lock [{"constraints":["numpy<2"],"exclude_newer":"2026-11-01T00:00:00Z","overrides":["helper==1.0"],"platform":"x86_64-manylinux_2_28","python":"3.11"},{"constraints":["numpy<2"],"exclude_newer":"2026-11-01T00:00:00Z","overrides":["helper==1.0"],"platform":"aarch64-manylinux_2_28","python":"3.11"}] -> {"constraints":["numpy<2"],"exclude_newer":"2026-11-01T00:00:00Z","overrides":["helper==1.0"],"platform":"x86_64-manylinux_2_28","python":"3.11"} (all:)
    "#);
}

#[test]
fn what_the_registry_says_is_told_with_who_uses_it() {
    insta::assert_snapshot!(told_of(|lock| {
        let config = &mut lock["config"];
        config["metrics/cer"]["class_path"] = json!("scorer.Cer2");
        config["metrics/anls"]["params"]["weights"] = json!([1, 0.75]);
        config["reports/summary"]["params"]["format"] = json!("html");
        config["frameworks/vllm"]["default_backend_class"] = json!("plugin.Vllm2");
        config["datasets/docvqa"]["params"]["split"] = json!("validation");
        config["datasets/docvqa"]["description"] = json!("Other words");
        config["experiments/bench"]["parallelism"] = json!(4);
        config["tasks/vqa"]["entry_point"] = json!("reader.main2");
        for run in lock["runs"].as_object_mut().unwrap().values_mut() {
            run["entry_point"] = json!("reader.main2");
        }
    }), @r#"
    engine experiments/bench parallelism 2 -> 4 (all:)
    dataset datasets/docvqa params.split "test" -> "validation" (q_small:)
    code runs entry_point reader.main -> reader.main2 (all:)
    code frameworks/vllm default_backend_class "plugin.Vllm" -> "plugin.Vllm2" (q_large,q_small:)
    code metrics/anls params.weights[1] 0.5 -> 0.75 (all:evaluation)
    code metrics/cer class_path "scorer.Cer" -> "scorer.Cer2" (q_large:evaluation)
    code reports/summary params.format "md" -> "html" (q_small:report)
    metadata datasets/docvqa description "Questions on documents" -> "Other words" (q_small:)
    "#);
    insta::assert_snapshot!(told_of(|lock| {
        lock["runs"]["q_large"]["metrics"] = json!(["anls"]);
        lock["config"]["runs/q_large"]["metrics"] = json!(["anls"]);
        take(lock, "/config", "metrics/cer");
    }), @"code runs/q_large metrics cer -> - (q_large:)");
}

#[test]
fn files_of_releases_count_if_they_are_installed_or_altered() {
    insta::assert_snapshot!(told_of(|lock| {
        let files = &mut lock["distributions"]["numpy==1.26.4"]["files"];
        files["numpy-1.26.4-cp311-cp311-manylinux_2_28_x86_64.whl"] = digest("1");
        files["numpy-1.26.4-cp313-cp313-win_amd64.whl"] = digest("2");
        let files = &mut lock["distributions"]["plotter==2.3"]["files"];
        // Nobody installs it, but no index should ever do that.
        files["plotter-2.3.tar.gz"] = digest("3");
        lock["distributions"]["tinylib==1.1"]["yanked"] = json!("");
    }), @r"
    direct distributions/plotter==2.3 files.plotter-2.3.tar.gz sha256:e5da8f68 -> sha256:33333333 (q_small:report)
    closure distributions/numpy==1.26.4 files.numpy-1.26.4-cp311-cp311-manylinux_2_28_x86_64.whl sha256:31d134ba -> sha256:11111111 (all:inference)
    metadata distributions/numpy==1.26.4 files.numpy-1.26.4-cp313-cp313-win_amd64.whl - -> sha256:22222222 (all:inference)
    metadata distributions/tinylib==1.1 yanked - ->  (all:inference)
    ");
}

#[test]
fn a_lock_of_direct_sources_only_is_told_apart() {
    insta::assert_snapshot!(told_of(|lock| {
        for environment in environments(lock, "") {
            let environment = environment.as_object_mut().unwrap();
            environment.remove("resolver");
            environment.remove("distributions");
        }
        for dist in ["helper==1.0", "numpy==1.25.2", "numpy==1.26.4"] {
            take(lock, "/distributions", dist);
        }
    }), @"closure environments distributions locked -> not locked (all:inference,evaluation,report)");
}
