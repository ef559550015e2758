//! Distributions of which there is no wheel.

use crate::common::index_server::File;
use crate::{BACKEND, PYPROJECT_OF_BACKEND, Setting, wheel};

const PKG_INFO_STATIC: &str = "Metadata-Version: 2.2\nName: native\nVersion: 1.0\nRequires-Dist: helper\n\
                      License: BSD\n";
const PKG_INFO_DYNAMIC: &str =
    "Metadata-Version: 2.2\nName: native\nVersion: 1.0\nDynamic: Requires-Dist\n";

/// What the backend writes into the wheel.
const BUILT: &str = "Metadata-Version: 2.1\nName: native\nVersion: 1.0\nRequires-Dist: helper\n";

const HELD: [&str; 3] = ["app==1.0", "helper==1.0", "native==1.0"];

/// `app` requires `native`, of which there is a source distribution with these files.
fn setting(files: &[(&str, &str)]) -> Setting {
    let setting = Setting::new(&[("app", "1.0")]);
    setting.add("app", "1.0", &["native"]);
    setting.add("helper", "1.0", &[]);
    let native = File::sdist().source(files);
    setting.server.add("native", "1.0", &[native]);
    setting
}

/// What a build has to tell.
const DYNAMIC: [(&str, &str); 4] = [
    ("PKG-INFO", PKG_INFO_DYNAMIC),
    ("METADATA.in", BUILT),
    ("pyproject.toml", PYPROJECT_OF_BACKEND),
    ("backend.py", BACKEND),
];

#[test]
fn static_metadata_of_a_source_distribution_need_no_build() {
    let setting = setting(&[
        ("PKG-INFO", PKG_INFO_STATIC),
        ("pyproject.toml", PYPROJECT_OF_BACKEND),
        ("backend.py", "raise SystemExit('nobody may build this')\n"),
    ]);
    let run = setting.lock(&[]).exits(0);
    run.says("warning[built-on-install]")
        .says("`native==1.0` has no wheel for Python 3.11 on x86_64-manylinux_2_28");
    assert_eq!(setting.held("inference"), HELD);
    let environment = setting.environment("inference");
    assert_eq!(
        environment["distributions"]["native==1.0"],
        "native-1.0.tar.gz"
    );
    let metadata = setting.project.distribution("native==1.0")["metadata"].take();
    assert_eq!(metadata["license"]["text"], "BSD");
    assert!(metadata.get("built").is_none(), "{metadata}");
    setting.verifies();
}

#[test]
fn dynamic_metadata_are_built_and_said_to_be() {
    let setting = setting(&DYNAMIC);
    setting.lock(&[]).exits(0).says("warning[built-on-install]");
    assert_eq!(setting.held("inference"), HELD);
    let metadata = setting.project.distribution("native==1.0")["metadata"].take();
    assert_eq!(metadata["built"], true);
    assert_eq!(metadata["requires"], serde_json::json!(["helper"]));
    setting.verifies();
}

#[test]
fn what_has_no_wheel_is_refused_where_builds_are() {
    let setting = setting(&DYNAMIC);
    let run = setting.lock(&["--no-build"]).exits(1);
    run.says("error[build-forbidden]")
        .says("native==1.0 has no usable wheels")
        .says("`--no-build`")
        .says("nothing was locked: 1 problem above");
    assert!(!setting.project.is_locked());

    // Nor is a build of before kept.
    setting.lock(&[]).exits(0);
    for options in [&["--no-build"][..], &["--no-build", "--check"]] {
        setting
            .lock(options)
            .exits(1)
            .says("error[build-forbidden]");
    }
}

#[test]
fn a_build_that_fails_is_one_error_with_all_that_it_says() {
    let setting = setting(&[
        ("PKG-INFO", PKG_INFO_DYNAMIC),
        ("pyproject.toml", PYPROJECT_OF_BACKEND),
        ("backend.py", "raise SystemExit('no compiler here')\n"),
    ]);
    let run = setting.lock(&[]).exits(1);
    run.says("native==1.0")
        .says("no compiler here")
        .says("nothing was locked: 1 problem above");
    assert!(!setting.project.is_locked());
}

#[test]
fn what_a_build_requires_comes_from_the_index_and_from_before_the_limit() {
    // What is for uv alone is for developers of the package.
    let sources = "[tool.uv.sources]\nhelper = { path = \"../helper\" }\n";
    let pyproject = PYPROJECT_OF_BACKEND.replace("[]", "[\"helper\"]") + sources;
    let backend = format!("import helper\n{BACKEND}");
    let setting = Setting::new(&[("native", "1.0")]);
    let old = |file: File| file.uploaded("2026-05-01T00:00:00Z");
    let native = File::sdist().source(&[
        ("PKG-INFO", PKG_INFO_DYNAMIC),
        ("METADATA.in", BUILT),
        ("pyproject.toml", &pyproject),
        ("backend.py", &backend),
    ]);
    setting.server.add("native", "1.0", &[old(native)]);
    setting.server.add("helper", "1.0", &[old(wheel(&[]))]);
    let late = wheel(&[]).uploaded("2026-07-01T00:00:00Z");
    setting.server.add("helper", "1.1", &[late]);
    let limit = "exclude_newer: \"2026-06-01T00:00:00Z\"\n";
    setting.project.experiment(limit);
    setting.lock(&[]).exits(0);
    assert_eq!(setting.held("inference"), ["helper==1.0", "native==1.0"]);
    let asked = setting.server.take_paths();
    assert!(
        asked.contains(&"/files/helper-1.0-py3-none-any.whl".to_owned()),
        "{asked:?}"
    );
    assert!(
        !asked.contains(&"/files/helper-1.1-py3-none-any.whl".to_owned()),
        "{asked:?}"
    );
}
