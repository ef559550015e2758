//! What stands in the page of each kind of lock.

use serde_json::json;

use crate::locks::{DIRECT, LINUX, MACOS, dev, everything, large, read};
use crate::parsed::Parsed;
use crate::{page_of, receipts};

fn parsed(json: &serde_json::Value) -> Parsed {
    Parsed::of(&page_of(&read(json), None))
}

/// A list with an element on each line.
fn lines(list: &serde_json::Value) -> String {
    let list = list.as_array().unwrap().iter();
    list.map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_same_lock_gives_the_same_bytes() {
    let lock = read(&everything());
    assert_eq!(page_of(&lock, None), page_of(&lock, None));
    let again = vhb::lock::Lock::from_bytes(&lock.to_bytes()).unwrap();
    assert_eq!(page_of(&lock, None), page_of(&again, None));
}

#[test]
fn the_glance_says_what_was_locked_for_what_and_how_much() {
    let lock = read(&everything());
    let page = Parsed::of(&page_of(&lock, None));
    page.says(&[
        "Everything at once",
        "Python 3.11 on x86_64-manylinux_2_28",
        "Python 3.11 on aarch64-apple-darwin",
        "Run mode prod",
        "Verification nothing was verified",
        "2026-01-01T00:00:00Z",
        "2 runs 2 models 3 datasets 1 image 3 packages 3 environments 4 distributions",
    ]);
    // Whole in the document, though a screen shows it short.
    let digest = lock.digest().to_string();
    let whole = page.text.replace(' ', "");
    assert!(whole.contains(&digest), "{whole}");
    page.says_nothing_of("Not publishable");
}

#[test]
fn a_run_says_everything_that_was_chosen_for_it() {
    parsed(&everything()).says(&[
        "task at demo.run",
        "Model org/model@v1 0123456789ab cdef",
        "Dataset hub sha256:eeeeeeeeeeee",
        "Image registry.example/image:1 sha256:111111111111",
        "Framework vllm",
        "max_tokens = 512",
        "Read. Then answer.",
        "LEVEL = \"warning\"",
        "Metrics cer",
        &format!("inference: {LINUX} inference: {MACOS} report: {DIRECT}"),
        "Image none named",
    ]);
}

#[test]
fn what_is_open_is_said_without_any_verification() {
    parsed(&everything()).says(&[
        "Nothing was verified for this page",
        "models/plain: plain is neither a directory nor a repository",
        "runs/second: the run names no container image",
        &format!("environments/{DIRECT}: what the packages require in turn is not pinned"),
        "unresolved It could not be found out what it is",
        "source-unreachable",
        "packages/plugin no ref is given, which means the branch main",
        "packages/numeric_fast >=1 admits more than one version",
        "images/registry.example/image:1 1 is a tag",
        "datasets/hub no revision is given, which means the branch main",
        "nothing==1.0 broken",
        "Licence not declared",
        "2 distributions of those below declare none",
        "changed since that commit",
        "content not part of the digest",
        "of other repositories, not pinned",
        "known only after a build",
        "direct sources only",
    ]);
}

#[test]
fn a_lock_that_leaves_nothing_open_says_so() {
    let mut lock = everything();
    lock["runs"].as_object_mut().unwrap().remove("second");
    lock["models"].as_object_mut().unwrap().remove("org/gone");
    lock["environments"].as_object_mut().unwrap().remove(DIRECT);
    parsed(&lock).says(&["Nothing: the lock pins everything that its runs name."]);
}

#[test]
fn a_lock_of_dev_mode_is_marked() {
    let page = parsed(&dev());
    page.says(&["Not publishable.", "Run mode dev"]);
    assert!(page.has_class("notice bad"));
}

#[test]
fn nothing_at_all_is_a_page_too() {
    let mut lock = everything();
    for section in [
        "registry", "config", "runs", "packages", "models", "datasets", "images",
    ] {
        lock[section] = json!({});
    }
    lock["environments"] = json!({});
    lock["distributions"] = json!({});
    parsed(&lock).says(&[
        "The experiment has no runs.",
        "The lock pins no models.",
        "The lock pins no images.",
        "There is no environment, so nothing depends on anything.",
    ]);
}

#[test]
fn the_graph_has_requirements_on_its_edges_and_environments_in_sets() {
    let graph = parsed(&everything()).graph();
    let names: Vec<_> = graph["environments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["id"])
        .collect();
    assert_eq!(names, [MACOS, LINUX, DIRECT]);
    let key = |place: &serde_json::Value| {
        let place = usize::try_from(place.as_u64().unwrap()).unwrap();
        graph["distributions"][place]["key"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let demands = graph["demands"].as_array().unwrap();
    let demands: Vec<_> = demands
        .chunks(6)
        .map(|demand| {
            let at = |of: &str, place: usize| {
                let place = usize::try_from(demand[place].as_u64().unwrap()).unwrap();
                graph[of][place].to_string()
            };
            let (requirement, set) = (at("requirements", 2), at("sets", 5));
            let (extra, asks) = (at("extras", 3), at("extras", 4));
            let (from, to) = (key(&demand[0]), key(&demand[1]));
            format!("{from}{extra} -> {to}{asks} {requirement} {set}")
        })
        .collect();
    insta::assert_snapshot!(demands.join("\n"), @r#"
    numeric==1.5["fast"] -> backport==2.0[] "backport; extra == 'fast' and sys_platform == 'linux'" [1]
    numeric==1.5["fast"] -> nothing==1.0[] "nothing; extra == 'fast'" [0,1]
    plugin==0.1.0[] -> numeric==1.5[] "numeric>=1; python_version >= '3.9'" [0,1]
    "#);
    insta::assert_snapshot!(lines(&graph["distributions"]), @r#"
    {"built":false,"key":"backport==2.0","kind":"pypi","license":"BSD License; MIT License","name":"backport","set":0,"version":"2.0"}
    {"built":false,"key":"nothing==1.0","kind":"pypi","name":"nothing","set":1,"version":"1.0","yanked":"broken"}
    {"built":false,"key":"numeric==1.5","kind":"pypi","license":"MIT, by another file MIT OR Apache-2.0","name":"numeric","set":2,"version":"1.5"}
    {"built":true,"key":"plugin==0.1.0","kind":"git","name":"plugin","package":"plugin","set":1,"version":"0.1.0"}
    "#);
    insta::assert_snapshot!(graph["environments"][2], @r#"{"closed":false,"id":"report-x86_64-33333333","roots":[{"dist":2,"extras":[],"package":"numeric_fast"},{"dist":null,"extras":[],"package":"tool"}],"stage":"report","target":"Python 3.11 on x86_64-manylinux_2_28"}"#);
}

#[test]
fn the_graph_says_who_names_each_package() {
    let graph = Parsed::of(&page_of(&receipts(), None)).graph();
    let packages = graph["packages"].as_array().unwrap();
    let jiwer = packages.iter().find(|it| it["key"] == "jiwer").unwrap();
    insta::assert_snapshot!(lines(&jiwer["origins"]), @r#"
    {"entry":"metrics/cer","field":"package","run":"receipts_clean_v1","runs":2,"set":0,"uses":"metrics"}
    {"entry":"metrics/wer","field":"package","run":"receipts_clean_v1","runs":2,"set":0,"uses":"metrics"}
    "#);
}

#[test]
fn overrides_say_that_they_are() {
    let mut lock = everything();
    let target = &mut lock["environments"][LINUX]["target"];
    target["overrides"] = json!(["numeric==1.5"]);
    let requirements = parsed(&lock).graph()["requirements"].to_string();
    assert!(
        requirements.contains("numeric==1.5 (override)"),
        "{requirements}"
    );
}

/// What is the same in twenty environments is there once.
#[test]
fn many_environments_cost_little() {
    let size = |environments| parsed(&large(200, environments)).scripts["graph-data"].len();
    let (one, twenty) = (size(1), size(20));
    assert!(twenty < one + 20 * 200, "{one} and {twenty} bytes");
}

#[test]
fn the_page_of_the_example_is_small() {
    let lock = receipts();
    let page = page_of(&lock, None);
    let parsed = Parsed::of(&page);
    let carried = parsed.scripts["lock-bytes"].len() + parsed.scripts["sbom-bytes"].len();
    let own = page.len() - carried;
    assert!(own < 150_000, "{own} bytes");
}
