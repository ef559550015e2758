//! The commands for a container: real shells run them, with the real pip and the real uv.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::common::git_server::{GitServer, git};
use crate::setting::{LOCK, Setting, source, tree, wheel};

/// A directory whose name means everything to a shell.
const HOSTILE: &str = "it's \"my\" $HOME `id` ;#\\";

/// A release, a repository and a directory.
fn everything(server: &GitServer) -> Setting {
    let mut setting = Setting::new();
    setting.server.add("helper", "1.0", &[wheel(&[])]);
    for (path, text) in tree("mine", "Requires-Dist: helper\n") {
        setting.project.write(&format!("{HOSTILE}/{path}"), &text);
    }
    let quoted = HOSTILE.replace('\'', "''");
    let local = format!("type: local\npath: '{quoted}'\n");
    setting.project.package("mine", &local);
    let repo = server.repository("code");
    for (path, text) in tree("plugin", "") {
        repo.write(&format!("python/it's/{path}"), text);
    }
    repo.commit("one");
    git(&repo.path, &["tag", "-a", "-m", "release", "v2.1"]);
    let url = server.url("code");
    let text = format!("type: git\nurl: \"{url}\"\nref: v2.1\nsubdirectory: \"python/it's\"\n");
    setting.project.package("plugin", &text);
    setting.lock();
    setting
}

/// A virtual environment with pip.
fn environment(setting: &Setting) -> PathBuf {
    let python = std::env::var("VHB_PYTHON").expect("VHB_PYTHON names the Python of tests");
    let place = setting.path("venv");
    let made = Command::new(python)
        .args(["-m", "venv"])
        .arg(&place)
        .status()
        .unwrap();
    assert!(made.success());
    place
}

/// Runs a script in the root of the project, with nothing configured but the index.
fn sh(setting: &Setting, script: &str, environment: &Path) -> Output {
    sh_with(setting, script, environment, &[])
}

fn sh_with(
    setting: &Setting,
    script: &str,
    environment: &Path,
    variables: &[(&str, &str)],
) -> Output {
    setting.project.write("../install.sh", script);
    let uv = PathBuf::from(std::env::var_os("VHB_UV").unwrap());
    let mut path = vec![uv.parent().unwrap().to_owned()];
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
    Command::new("sh")
        .arg("../install.sh")
        .env_clear()
        .env("PATH", std::env::join_paths(path).unwrap())
        .env("HOME", setting.project.home())
        .env("PYTHON", environment.join("bin/python"))
        .env("PIP_INDEX_URL", setting.server.url())
        .env("UV_DEFAULT_INDEX", setting.server.url())
        .envs(variables.iter().copied())
        .current_dir(setting.project.root())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

#[track_caller]
fn parses(script: &str) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), script).unwrap();
    let checked = Command::new("sh").arg("-n").arg(file.path()).output();
    let checked = checked.unwrap();
    assert!(checked.status.success(), "{checked:?}\n{script}");
}

#[test]
fn scripts_of_pip_and_uv_make_what_is_locked() {
    let server = GitServer::start();
    let setting = everything(&server);
    for installer in ["pip", "uv"] {
        let run = setting.print("script", &["--package-manager", installer]);
        let script = run.exits(0).stdout;
        parses(&script);
        let environment = environment(&setting);
        let output = sh(&setting, &script, &environment);
        assert!(output.status.success(), "{output:?}\n{script}");
        let place = environment.to_str().unwrap();
        let always = ["--offline", "--environment", "inference", "--env", place];
        let report = setting.project.verify(&always).report();
        // The backend writes no module, so nothing of the directory can be compared.
        let unknown = report.finding("distribution-origin-unknown");
        assert_eq!(unknown["subject"], "distributions/mine==0.dev0");
        // pip and setuptools are not locked, and are there.
        let beside = ["distribution-origin-unknown", "distribution-extra"];
        let mut codes = report.codes();
        codes.retain(|code| !beside.contains(code));
        assert_eq!(codes, [] as [&str; 0], "{installer}: {report:#?}");
        std::fs::remove_dir_all(environment).unwrap();
    }
    // What builds leave behind is not left in the project.
    let entries = std::fs::read_dir(setting.path(HOSTILE)).unwrap();
    assert_eq!(entries.count(), 3);
}

#[test]
fn scripts_refuse_what_is_not_what_was_locked() {
    let server = GitServer::start();
    let setting = everything(&server);
    let script = setting.print("script", &["--package-manager", "uv"]);
    let script = script.exits(0).stdout;
    let environment = environment(&setting);
    let refuses = |script: &str, expected: &str| {
        let output = sh(&setting, script, &environment);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{expected}");
        assert!(told.contains(expected), "no `{expected}` in\n{told}");
    };
    let changed = format!("{HOSTILE}/METADATA.in");
    let text = std::fs::read_to_string(setting.path(&changed)).unwrap();
    setting.project.write(&changed, "Name: other\n");
    refuses(&script, "is not what was locked");
    refuses(&script, "METADATA.in: FAILED");
    std::fs::remove_file(setting.path(&changed)).unwrap();
    refuses(&script, "METADATA.in: FAILED to be copied");
    setting.project.write(&changed, &text);

    let pin = setting.project.locked("plugin")["pin"].take();
    let tree = pin["tree"].as_str().unwrap();
    let other = script.replace(tree, &"0".repeat(40));
    refuses(&other, "does not hold the locked tree");
    let other = script.replace("'3.11' 'Linux'", "'3.12' 'Linux'");
    refuses(&other, "locked is Python 3.12");
    setting.server.remove("helper-1.0-py3-none-any.whl");
    setting.server.add("helper", "1.0", &[wheel(&["more"])]);
    refuses(&script, "Hash mismatch");
}

#[test]
fn scripts_copy_what_is_locked_and_nothing_else() {
    let server = GitServer::start();
    let setting = everything(&server);
    // The backend adds this file to what it builds.
    setting
        .project
        .write(&format!("{HOSTILE}/ignored.txt"), "Keywords: secret\n");
    let broken = "raise SystemExit('a file of the project ran')\n";
    for module in ["platform", "base64", "pip", "runpy"] {
        setting.project.write(&format!("{module}.py"), broken);
    }
    let environment = environment(&setting);
    for installer in ["pip", "uv"] {
        let run = setting.print("script", &["--package-manager", installer]);
        let script = run.exits(0).stdout;
        let output = sh(&setting, &script, &environment);
        assert!(output.status.success(), "{output:?}\n{script}");
        let site = environment.join("lib/python3.11/site-packages");
        let metadata = site.join("mine-0.dev0.dist-info/METADATA");
        let metadata = std::fs::read_to_string(metadata).unwrap();
        assert!(!metadata.contains("secret"), "{metadata}");
    }
    let script = setting.print("script", &["--package-manager", "conda"]);
    let script = script.exits(0).stdout;
    let output = sh_with(&setting, &script, &environment, &[("VHB_PREFIX", "venv")]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("venv exists already"), "{told}");
}

#[test]
fn a_limit_holds_for_what_builds_require() {
    let setting = Setting::wheels();
    let text = setting.project.lock_text();
    let limit = "\"exclude_newer\": \"2030-01-01T00:00:00Z\", \"python\": \"3.11\"";
    let edited = text.replace("\"python\": \"3.11\"", limit);
    assert_ne!(edited, text);
    setting.project.write(LOCK, &edited);
    let run = setting.print("script", &["--package-manager", "uv"]);
    let script = run.exits(0).stdout;
    assert!(script.contains("\nexport UV_EXCLUDE_NEWER='2030-01-01T00:00:00Z'\n"));
    assert!(script.contains(" --no-sources "), "{script}");
}

#[test]
fn a_dockerfile_holds_the_same_script() {
    let server = GitServer::start();
    let setting = everything(&server);
    let text = setting.print("dockerfile", &[]).exits(0).stdout;
    let (head, rest) = text.split_once("\nRUN ").unwrap();
    assert!(head.lines().all(|line| line.starts_with('#')), "{head}");
    assert!(head.contains("BuildKit 0.10"), "{head}");
    let (first, rest) = rest.split_once('\n').unwrap();
    let mount = "--mount=type=bind,target=/vhb-context <<'";
    let end = first
        .strip_prefix(mount)
        .and_then(|end| end.strip_suffix('\''));
    let (script, after) = rest.split_once(&format!("\n{}\n", end.unwrap())).unwrap();
    assert_eq!(after, "", "the document ends before its end");
    parses(script);
    let plain = setting.print("script", &[]).exits(0).stdout;
    let from = |text: &str| text[text.find("set -eu").unwrap()..].trim_end().to_owned();
    assert_eq!(from(script), from(&plain));

    // Without directories there is nothing to mount.
    let setting = Setting::wheels();
    let text = setting.print("dockerfile", &[]).exits(0).stdout;
    assert!(
        text.contains("\nRUN <<'") && !text.contains("cd /vhb-context"),
        "{text}"
    );
}

#[test]
fn the_runs_say_what_installs_and_have_to_agree() {
    let setting = Setting::wheels();
    let mut lock = setting.project.lock_json();
    let run = lock["runs"]["run"].clone();
    lock["runs"]["run"]["package_manager"] = "uv".into();
    setting.project.write(LOCK, &lock.to_string());
    let script = setting.print("script", &[]).exits(0).stdout;
    assert!(script.contains("uv pip install"), "{script}");
    lock["runs"]["other"] = run;
    setting.project.write(LOCK, &lock.to_string());
    let refused = setting.print("script", &[]).exits(2);
    refused
        .says("`pip` (other) and `uv` (run)")
        .says("--package-manager");
    let run = setting.print("script", &["--package-manager", "conda"]);
    let script = run.exits(0).stdout;
    parses(&script);
    assert!(script.contains("create --quiet --yes --prefix \"$prefix\" 'python=3.11'"));
}

#[test]
fn what_no_container_can_be_given_is_refused() {
    let mut setting = Setting::new();
    for (path, text) in tree("mine", "") {
        setting.project.write(&format!("../beside/{path}"), &text);
    }
    setting
        .project
        .package("mine", "type: local\npath: ../beside\n");
    setting.lock();
    let run = setting.print("dockerfile", &[]).exits(2);
    run.says("`../beside` lies outside of the project");
    setting.print("script", &[]).exits(0);
    std::fs::remove_dir_all(setting.path("locks/manifests")).unwrap();
    let run = setting.print("script", &[]).exits(2);
    run.says("the list of the locked files of `../beside`");
}

#[test]
fn ids_and_names_stay_in_their_comments() {
    let mut setting = Setting::new();
    setting.server.add("app", "1.0", &[wheel(&[])]);
    setting.project.package("app", &source("app", "1.0"));
    setting.lock();
    let mut lock = setting.project.lock_json();
    lock["experiment"]["id"] = "a\nRUN touch /evil\r# b\u{85}".into();
    setting.project.write(LOCK, &lock.to_string());
    for form in ["script", "dockerfile"] {
        let text = setting.print(form, &[]).exits(0).stdout;
        let evil: Vec<_> = text.lines().filter(|line| line.contains("evil")).collect();
        assert_eq!(evil.len(), 1, "{text}");
        assert!(
            evil[0].starts_with("# ") && !evil[0].contains('\r'),
            "{text}"
        );
    }
}
