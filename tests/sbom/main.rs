//! The SBOM of a lock whose environments are closed: what stands in it, and that it hangs together.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod sample;

use std::collections::BTreeSet;

use serde_json::Value as Json;
use vhb::lock::Lock;

use self::sample::{DIRECT, LINUX, MACOS, closed, with_direct};

fn sbom(lock: &Json) -> Json {
    let lock = Lock::from_bytes(lock.to_string().as_bytes()).unwrap();
    serde_json::from_slice(&vhb::bom::to_bytes(&lock)).unwrap()
}

fn pretty(json: &Json) -> String {
    serde_json::to_string_pretty(json).unwrap()
}

/// Every `bom-ref`, and everything that must be one of them.
fn references(node: &Json, defined: &mut Vec<String>, used: &mut Vec<String>) {
    match node {
        Json::Object(map) => {
            for (key, value) in map {
                let list = value.as_array().into_iter().flatten();
                let mut texts: Vec<_> = list.filter_map(Json::as_str).collect();
                texts.extend(value.as_str());
                let texts = texts.into_iter().map(str::to_owned);
                match key.as_str() {
                    "bom-ref" => defined.extend(texts),
                    "ref" | "dependsOn" | "dependencies" | "assemblies" => used.extend(texts),
                    _ => {}
                }
                references(value, defined, used);
            }
        }
        Json::Array(list) => list.iter().for_each(|it| references(it, defined, used)),
        _ => {}
    }
}

#[track_caller]
fn hangs_together(sbom: &Json) {
    let (mut defined, mut used) = (Vec::new(), Vec::new());
    references(sbom, &mut defined, &mut used);
    let unique: BTreeSet<_> = defined.iter().collect();
    assert_eq!(unique.len(), defined.len(), "{defined:#?}");
    let dangling: Vec<_> = used.iter().filter(|it| !unique.contains(it)).collect();
    assert!(dangling.is_empty(), "{dangling:#?}");
    assert!(used.len() > 10, "{used:#?}");
    let entries = sbom["dependencies"].as_array().unwrap();
    let told: BTreeSet<_> = entries.iter().map(|it| it["ref"].as_str()).collect();
    assert_eq!(told.len(), entries.len(), "{entries:#?}");
    let of = |aggregate: &str| -> BTreeSet<&str> {
        let all = sbom["compositions"].as_array().unwrap().iter();
        all.filter(|it| it["aggregate"] == aggregate)
            .flat_map(|it| it["dependencies"].as_array().unwrap())
            .map(|it| it.as_str().unwrap())
            .collect()
    };
    assert!(of("complete").is_disjoint(&of("unknown")));
    assert!(of("complete").is_disjoint(&of("incomplete")));
    for part in of("complete") {
        assert!(told.contains(&Some(part)), "{part} is complete, and untold");
    }
}

#[track_caller]
fn component<'a>(sbom: &'a Json, name: &str) -> &'a Json {
    let mut all = sbom["components"].as_array().unwrap().iter();
    all.find(|it| it["name"] == name).unwrap()
}

/// What each entry leads to, by names alone.
fn edges(sbom: &Json) -> String {
    let short = |reference: &Json| {
        let text = reference.as_str().unwrap();
        let name = text.split(['/', '?']).nth(1).unwrap();
        name.split('@').next().unwrap().to_owned()
    };
    let entries = sbom["dependencies"].as_array().unwrap().iter();
    let lines = entries.map(|entry| {
        let to = entry["dependsOn"].as_array().unwrap().iter();
        let to: Vec<_> = to.map(short).collect();
        let line = format!("{} -> {}", short(&entry["ref"]), to.join(" "));
        line.trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_closed_lock_tells_all_that_its_environments_hold() {
    let sbom = sbom(&closed());
    hangs_together(&sbom);
    insta::assert_snapshot!(edges(&sbom), @r"
    exp -> plugin python numeric
    plugin -> python numeric
    backport ->
    nothing ->
    numeric -> python backport nothing
    ");
    insta::assert_snapshot!("compositions", pretty(&sbom["compositions"]));
    insta::assert_snapshot!("components", pretty(&sbom["components"]));
}

#[test]
fn a_release_of_one_selected_file_is_that_file() {
    let mut lock = closed();
    lock["environments"].as_object_mut().unwrap().remove(MACOS);
    let sbom = sbom(&lock);
    hangs_together(&sbom);
    let numeric = component(&sbom, "numeric");
    assert!(numeric.get("components").is_none(), "{numeric:#}");
    let file = "numeric-1.5-cp311-cp311-manylinux_2_17_x86_64.whl";
    let index = "repository_url=https://index.example/simple";
    let purl = format!("pkg:pypi/numeric@1.5?file_name={file}&{index}");
    assert_eq!(numeric["purl"], purl);
    assert_eq!(numeric["bom-ref"], purl);
    assert_eq!(numeric["hashes"][0]["content"], "5".repeat(64));
    assert_eq!(numeric["licenses"][0]["expression"], "MIT OR Apache-2.0");
}

#[test]
fn stages_refer_to_all_that_their_environments_hold() {
    let mut lock = closed();
    // Now each of the two holds something that the other does not.
    let linux = &mut lock["environments"][LINUX]["distributions"];
    linux.as_object_mut().unwrap().remove("nothing==1.0");
    let sbom = sbom(&lock);
    let task = &sbom["formulation"][0]["workflows"][0]["tasks"][0];
    let refs = |list: &Json, key: &str| -> BTreeSet<String> {
        let list = list.as_array().unwrap().iter();
        list.map(|it| it[key].as_str().unwrap().to_owned())
            .collect()
    };
    let held = refs(&task["resourceReferences"], "ref");
    assert_eq!(held, refs(&sbom["components"], "bom-ref"));
}

#[test]
fn nothing_is_complete_that_another_environment_holds_unclosed() {
    let sbom = sbom(&with_direct());
    hangs_together(&sbom);
    let held = component(&sbom, "numeric")["properties"]
        .as_array()
        .unwrap();
    for id in [LINUX, MACOS, DIRECT] {
        let there = held
            .iter()
            .any(|it| it["name"] == "vhb:environment" && it["value"] == id);
        assert!(there, "{held:#?}");
    }
    let compositions = sbom["compositions"].as_array().unwrap();
    let unknown = compositions
        .iter()
        .find(|it| it["aggregate"] == "unknown")
        .unwrap();
    insta::assert_snapshot!(pretty(&unknown["dependencies"]), @r#"
    [
      "pkg:generic/python@3.11",
      "pkg:pypi/numeric@1.5?repository_url=https://index.example/simple"
    ]
    "#);
    // What is known of it is told all the same.
    insta::assert_snapshot!(edges(&sbom), @r"
    exp -> plugin python numeric
    plugin -> python numeric
    backport ->
    nothing ->
    numeric -> python backport nothing
    ");
}

#[test]
fn what_says_nothing_of_itself_requires_nobody_knows_what() {
    let mut lock = closed();
    lock["packages"]["plugin"]
        .as_object_mut()
        .unwrap()
        .remove("metadata");
    let sbom = sbom(&lock);
    hangs_together(&sbom);
    insta::assert_snapshot!(edges(&sbom), @r"
    exp -> plugin python numeric
    backport ->
    nothing ->
    numeric -> python backport nothing
    ");
    let compositions = sbom["compositions"].as_array().unwrap();
    let unknown = &compositions.last().unwrap()["dependencies"];
    let plugin = &component(&sbom, "plugin")["bom-ref"];
    let python = &component(&sbom, "python")["bom-ref"];
    assert_eq!(unknown, &serde_json::json!([plugin, python]));
}

#[test]
fn what_says_which_pythons_suit_it_requires_the_one_of_each_environment_that_holds_it() {
    let mut lock = closed();
    lock["environments"][MACOS]["target"]["python"] = "3.12".into();
    let sbom = sbom(&lock);
    hangs_together(&sbom);
    let pythons = |name: &str| -> Vec<&str> {
        let part = &component(&sbom, name)["bom-ref"];
        let mut entries = sbom["dependencies"].as_array().unwrap().iter();
        let entry = entries.find(|it| it["ref"] == *part).unwrap();
        let to = entry["dependsOn"].as_array().unwrap().iter();
        let to = to.map(|it| it.as_str().unwrap());
        to.filter_map(|it| it.strip_prefix("pkg:generic/python@"))
            .collect()
    };
    assert_eq!(pythons("plugin"), ["3.11", "3.12"]);
    // Its file for macOS says nothing of Python.
    assert_eq!(pythons("numeric"), ["3.11"]);
    assert!(pythons("nothing").is_empty());
}

#[test]
fn an_environment_that_is_not_closed_has_an_interpreter_all_the_same() {
    let mut lock = closed();
    lock["environments"].as_object_mut().unwrap().remove(MACOS);
    let linux = lock["environments"][LINUX].as_object_mut().unwrap();
    linux.remove("resolver");
    linux.remove("distributions");
    let sbom = sbom(&lock);
    hangs_together(&sbom);
    insta::assert_snapshot!(edges(&sbom), @r"
    exp -> plugin python numeric
    plugin -> python
    ");
    let python = component(&sbom, "python");
    let held = serde_json::json!([{ "name": "vhb:environment", "value": LINUX }]);
    assert_eq!(python["properties"], held);
    let aggregates = sbom["compositions"].as_array().unwrap().iter();
    let aggregates: Vec<_> = aggregates.map(|it| &it["aggregate"]).collect();
    assert_eq!(aggregates, ["incomplete", "unknown"]);
}

#[test]
fn a_selected_file_speaks_for_itself_where_it_is_the_only_one() {
    let mut lock = closed();
    lock["environments"].as_object_mut().unwrap().remove(LINUX);
    let sbom = sbom(&lock);
    let numeric = component(&sbom, "numeric");
    assert_eq!(numeric["licenses"][0]["expression"], "MIT");
    assert!(numeric.get("supplier").is_none(), "{numeric:#}");
}
