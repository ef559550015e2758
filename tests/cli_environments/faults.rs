//! An index that fails for some of many packages.

use std::fmt::Write as _;

use crate::Setting;
use crate::common::index_server::{Answer, File, IndexServer, Stated, sha256};

const COUNT: usize = 100;
/// The package whose metadata has another digest than the index states.
const ALTERED: usize = 30;

fn name(number: usize) -> String {
    format!("package-{number:03}")
}

fn page_of(number: usize) -> String {
    format!("/simple/{}/", name(number))
}

fn metadata_of(number: usize) -> String {
    format!("/files/package_{number:03}-1.0-py3-none-any.whl.metadata")
}

/// A hundred requirements of a task.
fn setting() -> Setting {
    let mut setting = Setting::new(&[("root", "1.0")]);
    setting.add("root", "1.0", &[]);
    let mut task = "name: task\nentry_point: demo.run\nsupported_metrics: [metric]\n\
                    supported_reports: [report]\nsupported_frameworks: [plain]\n\
                    required_packages:\n"
        .to_owned();
    for number in 0..COUNT {
        let _ = writeln!(task, "- {}==1.0", name(number));
        setting.add(&name(number), "1.0", &[]);
    }
    setting.project.write("registries/tasks/task.yaml", &task);
    setting.project.set("VHB_TIMEOUT", "1");
    setting.project.set("UV_HTTP_RETRIES", "0");
    setting
}

fn answer(server: &IndexServer, path: String, answer: Answer) {
    server.with(|state| state.at.insert(path, answer));
}

fn cut_short() -> Answer {
    Answer::truncated(
        "application/octet-stream",
        b"Metadata-Version: 2.1\nName: pack",
    )
}

fn altered() -> Stated {
    Stated::Other(sha256(b"something else"))
}

/// Changes what the page says of the metadata of one file.
fn state(setting: &Setting, stated: &Stated) {
    let filename = format!("package_{ALTERED:03}-1.0-py3-none-any.whl");
    let restate = |file: File| file.stated(stated.clone());
    setting.server.change(&filename, restate);
}

fn is_written(setting: &Setting) -> bool {
    ["locks", "sboms"]
        .iter()
        .any(|it| setting.project.root().join(it).exists())
}

#[test]
fn all_that_an_index_fails_at_is_told_in_one_report() {
    let setting = setting();
    answer(&setting.server, page_of(10), Answer::status(500));
    answer(&setting.server, metadata_of(20), cut_short());
    state(&setting, &altered());
    answer(&setting.server, page_of(40), Answer::silence());
    let run = setting.lock(&[]).exits(1);
    run.says("cannot read project `package-010`")
        .says("registries/tasks/task.yaml:17:3")
        .says("cannot read metadata of `package_020-1.0-py3-none-any.whl`")
        .says("registries/tasks/task.yaml:27:3")
        .says("error[file-hash-mismatch]: the metadata of `package_030-1.0-py3-none-any.whl`")
        .says("registries/tasks/task.yaml:37:3")
        .says("cannot read project `package-040`")
        .says("registries/tasks/task.yaml:47:3")
        .says("nothing was locked: 4 problems above");
    assert!(!is_written(&setting));

    // What came is not asked for again.
    setting.server.with(|state| state.at.clear());
    state(&setting, &Stated::Digest);
    setting.server.take_paths();
    setting.lock(&[]).exits(0);
    let asked = setting.server.take_paths();
    let again = asked
        .iter()
        .filter(|path| **path == metadata_of(50))
        .count();
    assert!(
        again <= 1,
        "vhb asks uv to ask, and does not ask itself: {asked:?}"
    );
}

#[test]
fn pages_that_fail_are_told_together_and_then_nothing_else_is_wrong() {
    let setting = setting();
    answer(&setting.server, page_of(10), Answer::status(500));
    answer(&setting.server, page_of(40), Answer::silence());
    let run = setting.lock(&[]).exits(3);
    run.says("cannot read project `package-010`")
        .says("registries/tasks/task.yaml:17:3")
        .says("cannot read project `package-040`")
        .says("registries/tasks/task.yaml:47:3")
        .says("nothing was locked: 2 problems above");
    assert!(!is_written(&setting));
    setting.server.with(|state| state.at.clear());
    setting.lock(&[]).exits(0);
    assert_eq!(setting.held("inference").len(), COUNT + 1);
}

#[test]
fn metadata_that_fail_are_told_together_and_those_that_came_are_kept() {
    let setting = setting();
    let immutable = "max-age=365000000, immutable".to_owned();
    setting
        .server
        .with(|state| state.files_cache_control = Some(immutable));
    // uv has all metadata, vhb has none: what fails from now on, fails for vhb.
    setting.lock(&[]).exits(0);
    for directory in ["locks", "sboms"] {
        std::fs::remove_dir_all(setting.project.root().join(directory)).unwrap();
    }
    setting.project.clear_cache();
    answer(&setting.server, metadata_of(20), cut_short());
    answer(&setting.server, metadata_of(50), Answer::status(500));
    answer(&setting.server, metadata_of(60), Answer::silence());
    state(&setting, &altered());
    let run = setting.lock(&[]).exits(1);
    run.says("cannot read metadata of `package_020-1.0-py3-none-any.whl`")
        .says("registries/tasks/task.yaml:27:3")
        .says("error[file-hash-mismatch]: the metadata of `package_030-1.0-py3-none-any.whl`")
        .says("registries/tasks/task.yaml:37:3")
        .says("cannot read metadata of `package_050-1.0-py3-none-any.whl`")
        .says("500 Internal Server Error")
        .says("cannot read metadata of `package_060-1.0-py3-none-any.whl`")
        .says("timed out")
        .says("nothing was locked: 4 problems above");
    assert!(!is_written(&setting));

    setting.server.with(|state| state.at.clear());
    state(&setting, &Stated::Digest);
    setting.server.take_paths();
    setting.lock(&[]).exits(0);
    let mut asked = setting.server.take_paths();
    asked.retain(|path| path.ends_with(".metadata"));
    asked.sort();
    assert_eq!(asked, [20, ALTERED, 50, 60].map(metadata_of));
}

/// A root that requires something of which the metadata is at `DEEP`.
fn deep() -> Setting {
    let mut setting = Setting::new(&[("root", "1.0"), ("other", "1.0")]);
    setting.add("root", "1.0", &["deep"]);
    setting.add("other", "1.0", &[]);
    setting.add("deep", "1.0", &[]);
    setting.project.set("UV_HTTP_RETRIES", "0");
    setting
}

const DEEP: &str = "/files/deep-1.0-py3-none-any.whl.metadata";

#[test]
fn metadata_that_uv_cannot_fetch_are_no_pass() {
    let setting = deep();
    answer(&setting.server, DEEP.to_owned(), cut_short());
    let run = setting.lock(&[]).exits(3);
    run.says("warning[source-unreachable]")
        .says(DEEP)
        .says("nothing was locked: 1 problem above");
    assert!(!is_written(&setting));
}

#[test]
fn metadata_that_uv_refuses_are_told_with_those_who_may_have_asked() {
    let setting = deep();
    let restate = |file: File| file.stated(altered());
    setting.server.change("deep-1.0-py3-none-any.whl", restate);
    let run = setting.lock(&[]).exits(1);
    run.says("error[resolution-failed]")
        .says(DEEP)
        .says("`root==1.0`: packages/root at registries/packages/root.yaml:")
        .says("nothing was locked: 1 problem above");
    assert!(!is_written(&setting));
}
