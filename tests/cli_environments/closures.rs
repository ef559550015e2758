//! What an environment takes, and what is recorded of it.

use serde_json::json;

use crate::common::index_server::File;
use crate::{Setting, source, wheel};

/// Two roots, one of them with an extra, that share a distribution.
fn setting() -> Setting {
    let mut setting = Setting::new(&[("plot", "2.0")]);
    let app = source("app", "1.0") + "extras: [fast]\n";
    setting.project.package("app", &app);
    let app = [
        "shared>=1",
        "speedup ; extra == 'fast'",
        "docs ; extra == 'docs'",
        "winlib ; sys_platform == 'win32'",
        "backport ; python_version < '3.12'",
        "newer ; python_version >= '3.12'",
    ];
    setting.add("app", "1.0", &app);
    setting.add("plot", "2.0", &["shared<3"]);
    setting.add("speedup", "0.1", &["deep"]);
    for name in ["deep", "docs", "winlib", "backport", "newer"] {
        setting.add(name, "1.0", &[]);
    }
    let shared = [
        wheel(&[]).fields(&[
            "License-Expression: MIT",
            "Author: A U Thor",
            "Summary: Parts",
        ]),
        File::sdist().source(&[("PKG-INFO", "")]),
    ];
    setting.server.add("shared", "2.5", &shared);
    setting.add("shared", "3.0", &[]);
    setting
}

#[test]
fn an_environment_is_everything_that_its_roots_take() {
    let setting = setting();
    setting
        .lock(&[])
        .exits(0)
        .says("locked exp: 1 run, 2 packages")
        .says("wrote sboms/exp.cdx.json")
        .says_nothing_of("warning");
    assert_eq!(
        setting.held("inference"),
        [
            "app==1.0",
            "backport==1.0",
            "deep==1.0",
            "plot==2.0",
            "shared==2.5",
            "speedup==0.1"
        ]
    );
    let environment = setting.environment("inference");
    assert_eq!(environment["roots"], json!(["app", "plot"]));
    let resolver = environment["resolver"].as_str().unwrap();
    assert!(resolver.starts_with("uv "), "{resolver}");
    let selected = &environment["distributions"]["shared==2.5"];
    assert_eq!(selected, "shared-2.5-py3-none-any.whl");
    setting.verifies();
}

#[test]
fn a_distribution_is_recorded_with_all_its_files_and_what_it_says_of_itself() {
    let setting = setting();
    setting.lock(&[]).exits(0);
    let shared = setting.project.distribution("shared==2.5");
    let files: Vec<_> = shared["files"].as_object().unwrap().keys().collect();
    assert_eq!(files, ["shared-2.5-py3-none-any.whl", "shared-2.5.tar.gz"]);
    let metadata = &shared["metadata"];
    assert_eq!(metadata["license"], json!({ "expression": "MIT" }));
    assert_eq!(metadata["author"], "A U Thor");
    assert_eq!(metadata["summary"], "Parts");
    // Also what does not apply to this target: a reader may judge that for themselves.
    let app = setting.project.distribution("app==1.0");
    assert_eq!(app["metadata"]["requires"].as_array().unwrap().len(), 6);
    assert!(app["metadata"].get("built").is_none());
}

#[test]
fn nothing_of_environments_is_left_unrecorded_and_the_sbom_belongs_to_it() {
    let setting = setting();
    setting.lock(&[]).exits(0);
    let run = setting.project.verify_as_text(&["--offline"]).exits(0);
    let gaps = run.stdout.lines();
    let gaps: Vec<_> = gaps.filter(|it| it.starts_with("not recorded:")).collect();
    let beyond = ["not recorded: models/plain-model", "not recorded: runs/run"];
    assert_eq!(gaps, beyond);
    let sbom = setting.project.root().join("sboms/exp.cdx.json");
    let sbom = std::fs::read_to_string(sbom).unwrap();
    for purl in ["pkg:pypi/app@1.0", "pkg:pypi/plot@2.0"] {
        assert!(sbom.contains(purl), "no {purl}");
    }
}
