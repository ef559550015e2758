//! `--deep`: who edits a file can edit the list of files as well.

use std::fs;
use std::path::Path;

use crate::common::wire::sha256_base64;
use crate::setting::{SITE, Setting};

/// Edits a file, and its line in the list with it.
fn edit_with_list(site: &Path, path: &str, text: &str) {
    fs::write(site.join(path), text).unwrap();
    let list = site.join("lib0-1.0.dist-info/RECORD");
    let lines = fs::read_to_string(&list).unwrap();
    let digest = sha256_base64(text.as_bytes());
    let edited = format!("{path},sha256={digest},{}", text.len());
    let lines: Vec<_> = lines
        .lines()
        .map(|line| {
            if line.starts_with(&format!("{path},")) {
                &*edited
            } else {
                line
            }
        })
        .collect();
    fs::write(&list, lines.join("\n") + "\n").unwrap();
}

#[track_caller]
fn found_by_deep_only(setting: &Setting, place: &Path, named: &str) {
    setting.is_clean(place, &[]);
    let (code, report) = setting.verify(place, &["--deep"]);
    let finding = report.only("installed-record-differs");
    assert_eq!(finding["subject"], "distributions/lib0==1.0");
    let message = finding["message"].as_str().unwrap();
    assert!(message.contains(named), "{message}");
    assert_eq!(code, Some(1));
}

#[test]
fn a_file_that_was_edited_with_its_list_is_found() {
    let setting = Setting::of(2);
    let untouched = setting.environment("env");
    let site = |place: &Path| place.join(SITE);

    let edited = setting.copy(&untouched, "edited");
    edit_with_list(&site(&edited), "lib0/__init__.py", "evil = 1\n");
    found_by_deep_only(&setting, &edited, "lib0/__init__.py`");

    let added = setting.copy(&untouched, "added");
    let list = site(&added).join("lib0-1.0.dist-info/RECORD");
    let mut lines = fs::read_to_string(&list).unwrap();
    lines.push_str("lib0/evil.py,,\n");
    fs::write(&list, lines).unwrap();
    fs::write(site(&added).join("lib0/evil.py"), "").unwrap();
    let (code, report) = setting.verify(&added, &["--deep"]);
    let message = report.messages("installed-record-differs")[0];
    assert!(message.contains("lib0/evil.py`"), "{message}");
    assert_eq!(code, Some(1));

    let removed = setting.copy(&untouched, "removed");
    let list = site(&removed).join("lib0-1.0.dist-info/RECORD");
    let lines = fs::read_to_string(&list).unwrap();
    let kept: Vec<_> = lines
        .lines()
        .filter(|line| !line.contains("part.py"))
        .collect();
    fs::write(&list, kept.join("\n") + "\n").unwrap();
    fs::remove_dir_all(site(&removed).join("lib0/deep")).unwrap();
    found_by_deep_only(&setting, &removed, "lib0/deep/er/part.py`");

    let data = setting.copy(&untouched, "data");
    edit_with_list(
        &site(&data),
        "../../../share/lib0/notes.txt",
        "other notes\n",
    );
    found_by_deep_only(&setting, &data, "share/lib0/notes.txt`");

    // What ends as a program's name, and lies where no program is.
    let beside = setting.copy(&untouched, "beside");
    let list = site(&beside).join("lib0-1.0.dist-info/RECORD");
    let mut lines = fs::read_to_string(&list).unwrap();
    lines.push_str("lib1/lib0-script.sh,,\n");
    fs::write(&list, lines).unwrap();
    fs::write(site(&beside).join("lib1/lib0-script.sh"), "").unwrap();
    let (code, report) = setting.verify(&beside, &["--deep"]);
    let message = report.messages("installed-record-differs")[0];
    assert!(message.contains("lib1/lib0-script.sh`"), "{message}");
    assert_eq!(code, Some(1));

    setting.is_clean(&untouched, &["--deep"]);
    // Two programs of each of three distributions are in no wheel as they are.
    let (_, report) = setting.verify(&untouched, &["--deep"]);
    let programs = report.messages("not-recorded");
    assert!(
        programs.iter().any(|it| it.starts_with("6 programs")),
        "{programs:?}"
    );
}

/// What cannot be asked is never a match.
#[test]
fn without_an_index_nothing_is_said() {
    let setting = Setting::of(1);
    let place = setting.environment("env");
    let (code, report) = setting.verify(&place, &["--deep", "--offline"]);
    assert_eq!(report.codes(), ["not-cached", "not-cached"], "{report:#?}");
    assert_eq!(code, Some(3));
    setting.server.change("lib0-1.0-py3-none-any.whl", |file| {
        file.content(b"other bytes")
    });
    let (code, report) = setting.verify(&place, &["--deep"]);
    assert_eq!(
        report.only("pypi-hash-changed")["subject"],
        "distributions/lib0==1.0"
    );
    assert_eq!(code, Some(1));
    setting.server.remove("lib0-1.0-py3-none-any.whl");
    let (code, report) = setting.verify(&place, &["--deep"]);
    assert_eq!(report.codes().len(), 1, "{report:#?}");
    assert_eq!(code, Some(1));
}
