//! Experiments that are locked for more than one place.

use crate::Setting;
use crate::common::index_server::File;

const BOTH: &str = "- platform: x86_64-manylinux_2_28\n- platform: aarch64-manylinux_2_28\n";

fn wheel_for(architecture: &str, requires: &[&str]) -> File {
    let tag = format!("cp311-cp311-manylinux_2_28_{architecture}");
    File::wheel_for(&tag).requires(requires).installable()
}

fn setting() -> Setting {
    let setting = Setting::new(&[("app", "1.0")]);
    setting.add(
        "app",
        "1.0",
        &["native", "arm ; platform_machine == 'aarch64'"],
    );
    let wheels = [
        wheel_for("x86_64", &["gpu"]),
        wheel_for("aarch64", &["neon"]),
    ];
    setting.server.add("native", "1.0", &wheels);
    for name in ["arm", "gpu", "neon"] {
        setting.add(name, "1.0", &[]);
    }
    setting.project.experiment(BOTH);
    setting
}

#[test]
fn each_target_has_an_environment_with_its_own_files() {
    let setting = setting();
    setting.lock(&[]).exits(0);
    let lock = setting.project.lock_json();
    let ids = lock["runs"]["run"]["environments"]["inference"]
        .as_array()
        .unwrap();
    assert_eq!(ids.len(), 2, "{ids:?}");
    assert_eq!(
        setting.held("inference-x86_64"),
        ["app==1.0", "gpu==1.0", "native==1.0"]
    );
    assert_eq!(
        setting.held("inference-aarch64"),
        ["app==1.0", "arm==1.0", "native==1.0", "neon==1.0"]
    );
    for architecture in ["x86_64", "aarch64"] {
        let environment = setting.environment(&format!("inference-{architecture}"));
        let file = format!("native-1.0-cp311-cp311-manylinux_2_28_{architecture}.whl");
        assert_eq!(environment["distributions"]["native==1.0"], file);
    }
    setting.verifies();
    setting.lock(&[]).exits(0).says("nothing changed");
}

#[test]
fn a_wheel_that_says_otherwise_than_another_is_a_variant() {
    let setting = setting();
    setting.lock(&[]).exits(0);
    let native = setting.project.distribution("native==1.0");
    assert_eq!(native["metadata"]["requires"], serde_json::json!(["neon"]));
    let variants = native["variants"].as_object().unwrap();
    assert_eq!(variants.len(), 1);
    let variant = &variants["native-1.0-cp311-cp311-manylinux_2_28_x86_64.whl"];
    assert_eq!(variant["requires"], serde_json::json!(["gpu"]));
}

#[test]
fn a_target_that_comes_later_leaves_the_first_as_it_is() {
    let setting = setting();
    setting
        .project
        .experiment("platform: x86_64-manylinux_2_28\n");
    setting.lock(&[]).exits(0);
    let before = setting.environment("inference-x86_64");
    setting.add("gpu", "2.0", &[]);
    setting.project.experiment(BOTH);
    setting.lock(&[]).exits(0);
    assert_eq!(setting.environment("inference-x86_64"), before);
    assert_eq!(setting.held("inference-aarch64").len(), 4);
    setting.verifies();
}

#[test]
fn a_target_without_a_wheel_is_an_error_of_its_own_environment() {
    let setting = setting();
    setting
        .server
        .remove("native-1.0-cp311-cp311-manylinux_2_28_aarch64.whl");
    let run = setting.lock(&[]).exits(1);
    run.says("error[resolution-conflict]: the packages for the inference of `run` (Python 3.11 on aarch64-manylinux_2_28)")
        .says_nothing_of("on x86_64-manylinux_2_28)")
        .says("nothing was locked: 1 problem above");
    assert!(!setting.project.is_locked());
}

#[test]
fn one_target_twice_is_refused() {
    let setting = setting();
    setting
        .project
        .experiment("- python: \"3.11\"\n- platform: x86_64-manylinux_2_28\n");
    let run = setting.project.vhb(&["check"]).exits(1);
    assert!(
        run.stdout.contains("`metadata.lock` has this target twice"),
        "{run:?}"
    );
    setting
        .lock(&[])
        .exits(1)
        .says("`metadata.lock` has this target twice");
    assert!(!setting.project.is_locked());
}
