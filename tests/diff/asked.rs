//! What is told of packages that are asked for no longer, or newly: these may be installed or not.

use serde_json::{Value as Json, json};
use vhb::lock::diff::Diff;

use crate::cases::told_of;
use crate::setting::{edited, environments, install, lock, take, told};

/// Takes a requirement of the task away, which others may still require; gives the package.
fn ask_no_longer(lock: &mut Json) -> Json {
    lock["config"]["tasks/vqa"]["required_packages"]
        .as_array_mut()
        .unwrap()
        .remove(2);
    for environment in environments(lock, "inference") {
        environment["roots"]
            .as_array_mut()
            .unwrap()
            .retain(|root| root != "tinylib>=1");
    }
    take(lock, "/packages", "tinylib>=1")
}

#[test]
fn what_is_asked_for_no_longer_may_still_be_installed() {
    insta::assert_snapshot!(told_of(|lock| {
        ask_no_longer(lock);
    }), @"direct distributions/tinylib requirement tinylib>=1 -> - (all:inference)");
    // Newly asked for, which was there.
    let [old, new] = [edited(|_| {}), edited(|lock| drop(ask_no_longer(lock)))];
    let [old, new] = [old, new].map(|document| lock(&document).unwrap());
    insta::assert_snapshot!(told(&Diff::of(&new, &old)).join("\n"), @"direct distributions/tinylib requirement - -> tinylib>=1 (all:inference)");
    // Its version moves at the same time, or for one processor only.
    insta::assert_snapshot!(told_of(|lock| {
        ask_no_longer(lock);
        install(lock, "inference", "tinylib==1.1", "tinylib==1.0");
    }), @"direct distributions/tinylib version 1.1 -> 1.0 + requirement tinylib>=1 -> - (all:inference)");
    insta::assert_snapshot!(told_of(|lock| {
        ask_no_longer(lock);
        install(lock, "inference-aarch64", "tinylib==1.1", "tinylib==1.0");
    }), @r"
    direct distributions/tinylib requirement tinylib>=1 -> - (all:inference partly)
    direct distributions/tinylib version 1.1 -> 1.0 + requirement tinylib>=1 -> - (all:inference partly)
    ");
    // It went for one processor, and is there for the other.
    insta::assert_snapshot!(told_of(|lock| {
        ask_no_longer(lock);
        for environment in environments(lock, "inference-aarch64") {
            take(environment, "/distributions", "tinylib==1.1");
        }
    }), @r"
    direct distributions/tinylib  1.1 -> - (all:inference partly)
    direct distributions/tinylib requirement tinylib>=1 -> - (all:inference partly)
    ");
    // It went altogether.
    insta::assert_snapshot!(told_of(|lock| {
        ask_no_longer(lock);
        for environment in environments(lock, "inference") {
            take(environment, "/distributions", "tinylib==1.1");
        }
        take(lock, "/distributions", "tinylib==1.1");
    }), @"direct distributions/tinylib  1.1 -> - (all:inference)");
}

#[test]
fn a_package_that_is_asked_for_elsewhere_went_here_and_came_there() {
    insta::assert_snapshot!(told_of(|lock| {
        let mut package = ask_no_longer(lock);
        package["source"]["version"] = json!(">=1.0");
        package["pin"]["version"] = json!("1.2");
        package["distribution"] = json!("tinylib==1.2");
        lock["packages"]["tinylib>=1.0"] = package;
        lock["config"]["metrics/cer"]["package"] = json!("tinylib>=1.0");
        install(lock, "inference", "tinylib==1.1", "tinylib==1.2");
        for environment in environments(lock, "inference") {
            take(environment, "/distributions", "tinylib==1.2");
        }
        for environment in environments(lock, "evaluation") {
            environment["roots"].as_array_mut().unwrap().push(json!("tinylib>=1.0"));
            environment["distributions"]["tinylib==1.2"] = json!("tinylib-1.2-py3-none-any.whl");
        }
    }), @r#"
    code metrics/cer package "textkit" -> "tinylib>=1.0" (q_large:evaluation)
    direct distributions/tinylib  - -> 1.2 (all:evaluation)
    direct distributions/tinylib  1.1 -> - (all:inference)
    "#);
}

/// Without what packages require, the packages are all that is known to be installed.
#[test]
fn what_is_asked_for_no_longer_is_gone_where_nothing_else_is_known() {
    let unlocked = |lock: &mut Json| {
        for environment in environments(lock, "") {
            let environment = environment.as_object_mut().unwrap();
            environment.remove("resolver");
            environment.remove("distributions");
        }
    };
    let documents = [
        edited(unlocked),
        edited(|lock| {
            ask_no_longer(lock);
            unlocked(lock);
        }),
    ];
    let [old, new] = documents.map(|document| lock(&document).unwrap());
    insta::assert_snapshot!(told(&Diff::of(&old, &new)).join("\n"), @"direct distributions/tinylib  1.1 -> - (all:inference)");
}

/// What others require stays when the one stage that asks for it goes.
#[test]
fn a_stage_that_goes_takes_along_what_it_asks_for_not_what_others_require() {
    let required = |lock: &mut Json| {
        for environment in environments(lock, "evaluation") {
            environment["distributions"]["plotter==2.3"] = json!("plotter-2.3-py3-none-any.whl");
        }
    };
    let without = edited(|lock| {
        required(lock);
        lock["runs"]["q_small"]["reports"] = json!([]);
        lock["config"]["runs/q_small"]["reports"] = json!([]);
        take(lock, "/runs/q_small/environments", "report");
        take(lock, "/config", "reports/summary");
        take(lock, "/config", "packages/plotter");
        take(lock, "/packages", "plotter");
        let ids: Vec<_> = lock["environments"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        for id in ids.iter().filter(|id| id.starts_with("report")) {
            take(lock, "/environments", id);
        }
    });
    let documents = [edited(required), without];
    let [old, new] = documents.map(|document| lock(&document).unwrap());
    insta::assert_snapshot!(told(&Diff::of(&old, &new)).join("\n"), @r"
    code runs/q_small reports summary -> - (q_small:)
    direct distributions/plotter requirement plotter -> - (q_small:report)
    direct environments  2 distributions -> - (q_small:report)
    ");
}
