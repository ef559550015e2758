//! What is no lock, or none that can be built upon, and what else a driver can be called with.

use crate::setting::{LOCK, SBOM, Setting};

/// The three versions as files beside the project's lock, as git hands them over.
struct Files {
    setting: Setting,
}

impl Files {
    fn new() -> Self {
        let setting = Setting::outdated();
        setting.upgrade("a", &["helper"]);
        setting.upgrade("b", &["other"]);
        let files = Self { setting };
        for (name, commit) in [("O", "main"), ("A", "b"), ("B", "a")] {
            let lock = files.setting.at(commit, LOCK);
            files.write(name, &lock);
        }
        files
    }

    fn write(&self, name: &str, text: &str) {
        self.setting.project.write(name, text);
    }

    fn ours(&self) -> String {
        std::fs::read_to_string(self.setting.project.root().join("A")).unwrap()
    }

    fn merge(&self, options: &[&str]) -> crate::common::project::Run {
        let files = [
            "merge",
            "O",
            "A",
            "B",
            "--path",
            LOCK,
            "--label=HEAD",
            "--label=a",
        ];
        self.setting.project.vhb(&[&files, options].concat())
    }
}

#[test]
fn a_lock_that_cannot_be_used_is_told_with_its_side_and_ours_is_untouched() {
    let files = Files::new();
    let (ours, theirs) = (files.ours(), files.setting.at("a", LOCK));
    let newer = theirs.replacen("\"lock_version\": 1", "\"lock_version\": 2", 1);
    let torn = &theirs[..theirs.len() / 2];
    let edited = theirs.replacen("\"helper==2.0\"", "\"helper==2.5\"", 1);
    let markers = theirs.replacen("  \"runs\"", "<<<<<<< ours\n  \"runs\"", 1);
    for (name, text, said) in [
        (
            "B",
            newer.as_str(),
            "lock version 2 is not known to this vhb",
        ),
        (
            "B",
            torn,
            "cannot use `locks/exp.lock.json` as theirs (a) has it",
        ),
        ("B", "{\"lockfileVersion\": 3}", "not a lock of vhb"),
        ("B", "", "not a lock: the file is not JSON"),
        ("B", &markers, "not a lock: the file is not JSON"),
        ("B", &edited, "the lock of theirs (a) contradicts itself"),
        (
            "O",
            torn,
            "cannot use `locks/exp.lock.json` as the common ancestor has it",
        ),
    ] {
        files.write("B", &theirs);
        files.write("O", &files.setting.at("main", LOCK));
        files.write(name, text);
        files.merge(&[]).exits(2).says(said).says("hint: ");
        assert_eq!(files.ours(), ours);
    }
    files.write("O", &files.setting.at("main", LOCK));
    files.write("B", &theirs);
    files.write("A", torn);
    files.merge(&[]).exits(2).says("as ours (HEAD) has it");
    assert_eq!(files.ours(), torn);
    files.write("A", &ours);
    files.merge(&[]).exits(0);
    assert_ne!(files.ours(), ours);
}

#[test]
fn git_keeps_a_lock_that_cannot_be_used_in_conflict() {
    let setting = Setting::outdated();
    setting.upgrade("a", &["helper"]);
    let newer = setting
        .at("a", LOCK)
        .replacen("\"lock_version\": 1", "\"lock_version\": 2", 1);
    setting.project.write(LOCK, &newer);
    setting.commit("by a newer vhb");
    setting.upgrade("b", &["other"]);
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
    run.says("lock version 2 is not known to this vhb")
        .says("use the vhb that wrote it, or a newer one");
    let status = setting.git(&["status", "--porcelain"]).exits(0).stdout;
    assert!(status.contains(&format!("UU {LOCK}\n")), "{status}");
    assert_eq!(setting.project.lock_text(), setting.at("b", LOCK));
}

#[test]
fn other_calls_are_refused() {
    let files = Files::new();
    let project = &files.setting.project;
    let ours = files.ours();
    for (arguments, said) in [
        (&["merge"][..], "required"),
        (&["merge", "O", "A"], "required"),
        (&["merge", "O", "A", "absent"], "there is no file `absent`"),
        (&["merge", "O", "A", "registries"], "it is a directory"),
        (
            &["merge", "--install", "O", "A", "B"],
            "cannot be used with",
        ),
        (
            &["merge", "--install", "--uninstall"],
            "cannot be used with",
        ),
        (
            &["merge", "--install", "--index-url", "https://index.example"],
            "cannot be used with",
        ),
        (
            &["merge", "O", "A", "B", "--index-url", "no address"],
            "cannot use `--index-url`",
        ),
    ] {
        project.vhb(arguments).exits(2).says(said);
    }
    assert_eq!(files.ours(), ours);
}

/// By hand, without a repository around: locks merge, SBOMs have no history to look in.
#[test]
fn without_a_history_locks_merge_and_sboms_say_what_to_do() {
    let files = Files::new();
    let setting = &files.setting;
    let sboms = ["main", "b", "a"].map(|commit| setting.at(commit, SBOM));
    std::fs::rename(
        setting.project.root().join(".git"),
        setting.project.home().join("git"),
    )
    .unwrap();
    files.merge(&[]).exits(0);
    for (name, text) in ["O", "A", "B"].iter().zip(&sboms) {
        files.write(name, text);
    }
    let run = setting
        .project
        .vhb(&["merge", "O", "A", "B", "--path", SBOM])
        .exits(1);
    run.says("`sboms/exp.cdx.json` is not merged: the lock of the common ancestor\n(sha256:")
        .says("hint: once `locks/exp.lock.json` is merged, run `vhb sbom locks/exp.lock.json`");
    assert_eq!(files.ours(), sboms[1]);
    files.write("B", "{\"bomFormat\": \"CycloneDX\"}");
    let run = setting
        .project
        .vhb(&["merge", "O", "A", "B", "--path", SBOM])
        .exits(2);
    run.says("`sboms/exp.cdx.json` as theirs has it is no SBOM that vhb wrote");
    files.write("O", "");
    files.write("A", "{\"bomFormat\": \"CycloneDX\"}");
    let run = setting
        .project
        .vhb(&["merge", "O", "A", "B", "--path", SBOM])
        .exits(2);
    run.says("`sboms/exp.cdx.json` as ours has it is no SBOM that vhb wrote");
}

/// What a lock or a label says is shown, and drives nothing.
#[test]
fn hostile_names_drive_no_terminal_and_no_shell() {
    let files = Files::new();
    let text = files.setting.at("a", LOCK);
    files.write("B", &text.replacen("\"prod\"", "\"dev\"", 1));
    let path = "locks/x; rm -rf $HOME \u{1b}[2J.lock.json";
    let files_ = [
        "merge",
        "O",
        "A",
        "B",
        "--path",
        path,
        "--label=\u{1b}[31mred",
    ];
    let run = files.setting.project.vhb(&files_).exits(1);
    assert!(!run.stderr.contains('\u{1b}'), "{}", run.stderr);
    run.says("git checkout --ours 'locks/x; rm -rf $HOME ␛[2J.lock.json'");
}
