//! Where something was installed from, by what its installer wrote and by its bytes.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::git_server::Repo;
use crate::common::wire::sha256_base64;
use crate::setting::{SITE, Setting};

const BACKEND: &str = include_str!("backend.py");
const PYPROJECT: &str = "[build-system]\nrequires = []\nbackend-path = [\".\"]\nbuild-backend = \"backend\"\n\
                         [project]\nname = \"plugin\"\nversion = \"0.1\"\n";
const CODE: &str = "VALUE = 1\n";

fn files() -> [(&'static str, &'static str); 3] {
    [
        ("pyproject.toml", PYPROJECT),
        ("backend.py", BACKEND),
        ("src/plugin/__init__.py", CODE),
    ]
}

/// A project with the package `plugin` from a source, locked; and an environment of it.
fn with(source: &str) -> (Setting, PathBuf) {
    let mut setting = Setting::of(1);
    for (path, text) in files() {
        setting.project.write(&format!("plugin/{path}"), text);
    }
    setting.project.package("plugin", source);
    setting.lock();
    let place = setting.environment("env");
    (setting, place)
}

fn direct_url(place: &Path) -> PathBuf {
    let info = place.join(SITE).join("plugin-0.1.dist-info");
    info.join("direct_url.json")
}

fn say(place: &Path, text: Option<&str>) {
    say_of(place, "plugin-0.1", text);
}

/// Writes where a distribution came from, and corrects the list of its files.
fn say_of(place: &Path, stem: &str, text: Option<&str>) {
    let site = place.join(SITE);
    let path = format!("{stem}.dist-info/direct_url.json");
    let list = site.join(format!("{stem}.dist-info/RECORD"));
    let lines = fs::read_to_string(&list).unwrap();
    let lines = lines
        .lines()
        .filter(|line| !line.contains("direct_url.json"));
    let mut lines: Vec<_> = lines.map(str::to_owned).collect();
    match text {
        Some(text) => {
            fs::write(site.join(&path), text).unwrap();
            let digest = sha256_base64(text.as_bytes());
            lines.push(format!("{path},sha256={digest},{}", text.len()));
        }
        None => fs::remove_file(site.join(&path)).unwrap(),
    }
    fs::write(list, lines.join("\n") + "\n").unwrap();
}

#[test]
fn a_directory_is_what_was_locked_or_stale_or_editable() {
    let (setting, place) = with("type: local\npath: plugin\neditable: false\n");
    setting.is_clean(&place, &["--deep"]);
    // The directory moves on, is locked anew, and what is installed stays behind.
    setting
        .project
        .write("plugin/src/plugin/__init__.py", "VALUE = 2\n");
    setting.is_clean(&place, &[]);
    setting.lock();
    let (code, report) = setting.verify(&place, &[]);
    let message = report.only("distribution-stale")["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(message.contains("`plugin/__init__.py`"), "{message}");
    assert_eq!(code, Some(1));
    setting.install(&place, &["--reinstall", "./plugin"]);
    setting.is_clean(&place, &[]);
    // A module that was added, and not installed.
    setting
        .project
        .write("plugin/src/plugin/more.py", "MORE = 1\n");
    setting.lock();
    let (_, report) = setting.verify(&place, &[]);
    let message = report.only("distribution-stale")["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(message.contains("`src/plugin/more.py`"), "{message}");
    setting.install(&place, &["--reinstall", "-e", "./plugin"]);
    let (code, report) = setting.verify(&place, &[]);
    assert_eq!(
        report.only("distribution-editable")["subject"],
        "distributions/plugin==0.1"
    );
    assert_eq!(code, Some(1));
    // Also where nobody says so but the list itself.
    say(&place, None);
    let (code, report) = setting.verify(&place, &[]);
    report.only("distribution-editable");
    assert_eq!(code, Some(1));
    fs::remove_dir_all(setting.project.root().join("locks/manifests")).unwrap();
    setting.install(&place, &["--reinstall", "./plugin"]);
    let (code, report) = setting.verify(&place, &[]);
    report.only("distribution-origin-unknown");
    assert_eq!(code, Some(3));
}

/// Whoever asks for an editable package has it so; it is said all the same.
#[test]
fn an_editable_package_that_was_asked_for_is_a_warning() {
    let (setting, place) = with("type: local\npath: plugin\neditable: true\n");
    setting.install(&place, &["--reinstall", "-e", "./plugin"]);
    let (_, report) = setting.verify(&place, &[]);
    assert_eq!(report.only("distribution-editable")["severity"], "warning");
}

#[test]
fn a_commit_is_told_by_who_installed_it() {
    let mut setting = Setting::of(1);
    let repo = Repo::init(setting.place("plugin"), &[]);
    for (path, text) in files() {
        repo.write(path, text);
    }
    let commit = repo.commit("first").to_string();
    // uv does not speak `git://`.
    let url = format!("file://{}", setting.place("plugin").display());
    setting
        .project
        .package("plugin", &format!("type: git\nurl: {url}\n"));
    setting.lock();
    let place = setting.environment("env");
    setting.is_clean(&place, &["--deep"]);
    let said = fs::read_to_string(direct_url(&place)).unwrap();
    assert!(said.contains(&commit), "{said}");
    let other = "0".repeat(40);
    say(&place, Some(&said.replace(&commit, &other)));
    let (code, report) = setting.verify(&place, &[]);
    let finding = report.only("distribution-origin-differs");
    assert_eq!(
        (&finding["expected"], &finding["actual"]),
        (&commit.into(), &other.into())
    );
    assert_eq!(code, Some(1));
    for (text, code, exit) in [
        (
            r#"{"url": "file:///x", "dir_info": {}}"#,
            "distribution-origin-differs",
            1,
        ),
        (
            r#"{"url": "file:///x", "dir_info": {"editable": true}}"#,
            "distribution-editable",
            1,
        ),
        ("{}", "distribution-origin-unknown", 3),
        ("{\"url\"", "distribution-origin-unknown", 3),
    ] {
        say(&place, Some(text));
        let (ended, report) = setting.verify(&place, &[]);
        report.only(code);
        assert_eq!(ended, Some(exit), "{text}");
    }
    say(&place, None);
    let (code, report) = setting.verify(&place, &[]);
    report.only("distribution-origin-unknown");
    assert_eq!(code, Some(3));
}

/// A release that was installed from an address is the locked file if its digest says so.
#[test]
fn a_release_that_did_not_come_from_the_index_is_told() {
    let setting = Setting::of(1);
    let place = setting.environment("env");
    let from = setting.server.file_url("lib0-1.0-py3-none-any.whl");
    setting.install(&place, &["--reinstall", &from]);
    let (code, report) = setting.verify(&place, &["--deep"]);
    let finding = report.only("distribution-origin-unknown");
    assert_eq!(finding["subject"], "distributions/lib0==1.0");
    assert!(
        finding["message"].as_str().unwrap().contains(&from),
        "{finding}"
    );
    assert_eq!(code, Some(3));
    let lock = setting.project.lock_json();
    let files = &lock["distributions"]["lib0==1.0"]["files"];
    let locked = files["lib0-1.0-py3-none-any.whl"].as_str().unwrap();
    let locked = locked.strip_prefix("sha256:").unwrap();
    let other = "0".repeat(64);
    for (digest, codes) in [(locked, 0), (&other, 1)] {
        let said = format!(
            "{{\"url\": \"{from}\", \"archive_info\": {{\"hashes\": {{\"sha256\": \"{digest}\"}}}}}}"
        );
        say_of(&place, "lib0-1.0", Some(&said));
        let (_, report) = setting.verify(&place, &["--deep"]);
        let expected = vec!["distribution-origin-differs"; codes];
        assert_eq!(report.codes(), expected, "{report:#?}");
    }
}
