//! Versions of a file out of the history: those of the merged commits first, each once.

use std::ops::ControlFlow;

use vhb::io::git::Revisions;

use crate::setting::Setting;

const PATH: &str = "locks/a b[1].lock.json";

fn history() -> Setting {
    let setting = Setting::new(&[("app", "1.0")]);
    setting.git(&["init", "-q", "-b", "main"]).exits(0);
    for text in ["first", "second", "large".repeat(100).as_str(), "base"] {
        write(&setting, text);
    }
    setting.git(&["branch", "a"]).exits(0);
    write(&setting, "between");
    write(&setting, "ours");
    setting.git(&["checkout", "-q", "a"]).exits(0);
    write(&setting, "theirs before");
    write(&setting, "theirs");
    setting.git(&["checkout", "-q", "main"]).exits(0);
    setting
}

fn write(setting: &Setting, text: &str) {
    setting.project.write(PATH, text);
    setting
        .project
        .write("locks/a b1.lock.json", "another file");
    setting.commit(text);
}

/// The versions up to one.
fn versions(setting: &Setting, starts: &[&str], last: &str) -> Vec<String> {
    let mut revisions = Revisions::around(setting.project.root());
    revisions.env = vec![("GIT_CONFIG_GLOBAL".into(), "/dev/null".into())];
    let starts: Vec<String> = starts.iter().map(|start| (*start).to_owned()).collect();
    let mut seen = Vec::new();
    let mut look = |bytes: Vec<u8>| {
        seen.push(String::from_utf8(bytes).unwrap());
        if seen.last().is_some_and(|text| text == last) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    revisions.versions(PATH, &starts, 100, &mut look).unwrap();
    seen
}

#[test]
fn sides_come_before_their_ancestor_and_that_before_all_others() {
    let setting = history();
    let theirs = setting.git(&["rev-parse", "a"]).exits(0).stdout;
    let starts = ["FETCH_HEAD", "--all", "no-such", theirs.trim()];
    let near = ["ours", "between", "theirs", "theirs before", "base"];
    assert_eq!(versions(&setting, &starts, "base"), near);
    // What is too large is passed over, and nothing comes twice.
    let all = [&near[..], &["second", "first"]].concat();
    assert_eq!(versions(&setting, &starts, "none"), all);
    // Also what only a commit leads to that no reference does.
    setting.git(&["branch", "-q", "-D", "a"]).exits(0);
    assert_eq!(versions(&setting, &starts, "theirs"), near[..3]);
    assert_eq!(versions(&setting, &[], "none").len(), 5);
}
