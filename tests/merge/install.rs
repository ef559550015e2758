//! How git comes to merge by vhb, and how it merges where it does not.

use crate::setting::{LOCK, Setting};

const LINES: &str = "locks/*.lock.json merge=vhb\nsboms/*.cdx.json merge=vhb\n";

fn repository() -> Setting {
    let setting = Setting::new(&[("app", "1.0")]);
    setting.add("app", "1.0", &[]);
    setting.git(&["init", "-q", "-b", "main"]).exits(0);
    setting
}

fn attributes(setting: &Setting) -> String {
    std::fs::read_to_string(setting.project.root().join(".gitattributes")).unwrap()
}

fn setting_of(setting: &Setting, key: &str) -> String {
    setting.git(&["config", "--local", "--get", key]).stdout
}

#[test]
fn installing_says_what_it_did_and_does_it_once() {
    let setting = repository();
    let run = setting.project.vhb(&["merge", "--install"]).exits(0);
    insta::assert_snapshot!(run.stderr, @r"
    set merge.vhb.name in .git/config
    set merge.vhb.driver in .git/config
    set merge.vhb.recursive in .git/config
    set merge.vhb-ancestors.name in .git/config
    set merge.vhb-ancestors.driver in .git/config
    added `locks/*.lock.json merge=vhb` to .gitattributes
    added `sboms/*.cdx.json merge=vhb` to .gitattributes
    commit .gitattributes, so that other clones can use the driver too
    ");
    assert_eq!(run.stdout, "");
    assert_eq!(attributes(&setting), LINES);
    let driver = setting_of(&setting, "merge.vhb.driver");
    let rest = " merge --path=%P --label=%X --label=%Y %O %A %B\n";
    assert!(driver.ends_with(rest), "{driver}");
    let again = setting.project.vhb(&["merge", "--install"]).exits(0);
    assert_eq!(again.stderr, "nothing changed\n");
    assert_eq!(attributes(&setting), LINES);
}

#[test]
fn other_lines_and_other_settings_stay() {
    let setting = repository();
    let others = "# ours\nlocks/** text eol=lf\nlocks/*.lock.json text merge=vhb";
    setting.project.write(".gitattributes", others);
    setting
        .git(&["config", "merge.other.driver", "true"])
        .exits(0);
    setting
        .project
        .vhb(&["merge", "--install", "--offline"])
        .exits(0);
    assert_eq!(
        attributes(&setting),
        format!("{others}\nsboms/*.cdx.json merge=vhb\n")
    );
    assert!(setting_of(&setting, "merge.vhb.driver").contains(" merge --offline "));
    // Flags hold until it is installed otherwise.
    let run = setting.project.vhb(&["merge", "--install"]).exits(0);
    run.says("set merge.vhb.driver in .git/config");
    assert!(!setting_of(&setting, "merge.vhb.driver").contains("--offline"));

    let run = setting.project.vhb(&["merge", "--uninstall"]).exits(0);
    run.says("took merge.vhb out of .git/config")
        .says("left .gitattributes to the other clones");
    let left = setting
        .git(&["config", "--local", "--get-regexp", "^merge"])
        .exits(0)
        .stdout;
    assert_eq!(left, "merge.other.driver true\n");
    assert!(attributes(&setting).starts_with(others));
    let again = setting.project.vhb(&["merge", "--uninstall"]).exits(0);
    assert_eq!(again.stderr, "nothing changed\n");
}

/// Whatever is said of servers and of the cache holds for each merge; what a variable says holds by
/// itself.
#[test]
fn options_of_the_network_are_options_of_the_driver() {
    let mut setting = repository();
    let options = [
        "--jobs",
        "4",
        "--timeout",
        "5",
        "--cache-dir",
        "a 100% cache",
    ];
    let install = [
        &["merge", "--install", "--offline", "--strict"],
        &options[..],
    ]
    .concat();
    setting.project.vhb(&install).exits(0);
    let cache = setting.project.root().join("a 100%% cache");
    let cache = format!("--cache-dir='{}'", cache.display());
    let driver = setting_of(&setting, "merge.vhb.driver");
    let expected = format!(" merge --offline --strict --jobs=4 --timeout=5 {cache} --path=%P ");
    assert!(driver.contains(&expected), "{driver}");
    let ancestors = setting_of(&setting, "merge.vhb-ancestors.driver");
    let expected = format!(" merge --ancestors {cache} --path=%P ");
    assert!(ancestors.contains(&expected), "{ancestors}");

    setting.project.set("VHB_TIMEOUT", "7");
    setting.project.vhb(&["merge", "--install"]).exits(0);
    let driver = setting_of(&setting, "merge.vhb.driver");
    assert!(driver.contains(" merge --path=%P "), "{driver}");
    // A variable that cannot be used is overruled in the driver as well.
    setting.project.set("VHB_TIMEOUT", "soon");
    let install = ["merge", "--install", "--timeout", "30"];
    setting.project.vhb(&install).exits(0);
    let driver = setting_of(&setting, "merge.vhb.driver");
    assert!(driver.contains(" --timeout=30 "), "{driver}");
}

#[test]
fn attributes_that_come_later_are_told() {
    let setting = repository();
    setting
        .project
        .write(".gitattributes", &format!("{LINES}*.json merge=binary\n"));
    let run = setting.project.vhb(&["merge", "--install"]).exits(2);
    run.says("git merges `locks/*.lock.json` by another driver all the same: `binary`")
        .says("hint: ");
}

#[cfg(unix)]
#[test]
fn a_link_is_not_written_through() {
    let setting = repository();
    setting.project.write("other", "");
    std::os::unix::fs::symlink("other", setting.project.root().join(".gitattributes")).unwrap();
    let run = setting.project.vhb(&["merge", "--install"]).exits(2);
    run.says("`.gitattributes` is a symbolic link, which git does not read");
    assert_eq!(
        std::fs::read(setting.project.root().join("other")).unwrap(),
        b""
    );
}

#[test]
fn outside_of_a_repository_and_of_a_project() {
    let setting = Setting::new(&[("app", "1.0")]);
    setting
        .project
        .vhb(&["merge", "--install"])
        .exits(2)
        .says("cannot ask git about this clone")
        .says("this is not inside of a git repository");
    std::fs::remove_dir_all(setting.project.root().join("registries")).unwrap();
    setting.git(&["init", "-q"]).exits(0);
    let run = setting.project.vhb(&["merge", "--install"]).exits(2);
    run.says("no `registries/` in");
    assert!(!setting.project.root().join(".gitattributes").exists());
}

/// A project below the top of its repository: everything is found from there.
#[test]
fn a_project_may_lie_anywhere_in_its_repository() {
    let setting = Setting::outdated();
    setting.git(&["checkout", "-q", "-b", "deep"]).exits(0);
    let root = setting.project.root();
    std::fs::create_dir_all(root.join("lab/one")).unwrap();
    for name in ["registries", "locks", "sboms", "data", ".gitattributes"] {
        std::fs::rename(root.join(name), root.join("lab/one").join(name)).unwrap();
    }
    setting.commit("deeper");
    let vhb = |arguments: &[&str]| {
        let mut command = setting.project.command(arguments);
        let status = command.current_dir(root.join("lab/one")).status().unwrap();
        assert!(status.success(), "{arguments:?}");
    };
    vhb(&["merge", "--install"]);
    assert!(!root.join(".gitattributes").exists());
    for (branch, name) in [("a", "helper"), ("b", "other")] {
        setting.branch(branch, "deep", |_| {
            vhb(&["lock", "exp", "--upgrade-package", name]);
        });
    }
    setting
        .git(&["merge", "a", "-m", "both"])
        .exits(0)
        .says("merged `lab/one/locks/exp.lock.json`");
    vhb(&["verify", "locks/exp.lock.json"]);
    setting.add("helper", "3.0", &["base"]);
    setting.branch("c", "b^", |_| {
        vhb(&["lock", "exp", "--upgrade-package", "helper"]);
    });
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
    run.says("git checkout --ours lab/one/locks/exp.lock.json\n")
        .says("rm -f lab/one/sboms/exp.cdx.json\n")
        .says("vhb lock lab/one/registries/experiments/exp.yaml\n")
        .says("git add lab/one/locks/exp.lock.json lab/one/sboms/exp.cdx.json lab/one/locks/man");
}

/// Whoever has not installed the driver gets what git does by itself.
#[test]
fn without_the_driver_git_merges_as_text() {
    let setting = Setting::outdated();
    setting.project.vhb(&["merge", "--uninstall"]).exits(0);
    setting.upgrade("a", &["helper"]);
    setting.upgrade("b", &["other"]);
    setting.git(&["merge", "a", "-m", "both"]).exits(1);
    let text = std::fs::read_to_string(setting.project.root().join(LOCK)).unwrap();
    assert!(!text.is_empty());
    let status = setting.git(&["status", "--porcelain"]).stdout;
    assert!(status.contains("UU sboms/exp.cdx.json"), "{status}");
}

/// A clone that has the attributes and no program: git says so, and nothing looks merged.
#[test]
fn a_program_that_is_gone_leaves_a_conflict() {
    let setting = Setting::outdated();
    setting.upgrade("a", &["helper"]);
    setting.upgrade("b", &["other"]);
    setting
        .git(&["config", "merge.vhb.driver", "no-such-vhb %O %A %B"])
        .exits(0);
    setting.git(&["merge", "a", "-m", "both"]).exits(1);
    setting.conflicts("b");
}

/// A clone may name a program that watches its files: asking for its settings does not run it.
#[cfg(unix)]
#[test]
fn no_program_of_the_clone_is_run() {
    use std::os::unix::fs::PermissionsExt as _;

    let setting = repository();
    setting.commit("first");
    let trap = setting.project.home().join("trap");
    let watcher = setting.project.home().join("watcher");
    let script = format!("#!/bin/sh\ntouch '{}'\nexit 1\n", trap.display());
    std::fs::write(&watcher, script).unwrap();
    std::fs::set_permissions(&watcher, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = watcher.to_str().unwrap();
    setting.git(&["config", "core.fsmonitor", path]).exits(0);
    setting.git(&["update-index", "--fsmonitor"]).exits(0);
    setting.git(&["status"]).exits(0);
    assert!(trap.exists(), "git does not run the watcher");
    std::fs::remove_file(&trap).unwrap();
    setting.project.vhb(&["merge", "--install"]).exits(0);
    assert!(!trap.exists());
}
