//! What a refused merge advises, followed to the letter.

use crate::common::project::Run;
use crate::conflicts::moved_twice;
use crate::setting::{LOCK, SBOM, Setting};

/// The commands that are advised for each lock, in the order in which git merged them.
fn advised(run: &Run) -> Vec<String> {
    let mut blocks = run.stderr.split("and lock again:\n");
    blocks.next();
    let block = |text: &str| {
        let commands = text.lines().take_while(|line| line.starts_with("  "));
        commands.map(str::trim).collect::<Vec<_>>().join("\n")
    };
    blocks.map(block).collect()
}

/// The files that git has in conflict.
fn unmerged(setting: &Setting) -> Vec<String> {
    let status = setting.git(&["diff", "--name-only", "--diff-filter=U"]);
    status.exits(0).stdout.lines().map(str::to_owned).collect()
}

#[test]
fn what_is_advised_ends_clean_whichever_side_is_kept() {
    for (side, helper) in [("--ours", "helper==3.0"), ("--theirs", "helper==2.0")] {
        let setting = moved_twice();
        let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
        let [commands] = advised(&run).try_into().unwrap();
        setting
            .shell(&commands.replace("--ours", side))
            .exits(0)
            .says_nothing_of("not kept");
        assert_eq!(unmerged(&setting), Vec::<String>::new());
        setting.git(&["commit", "-q", "--no-edit"]).exits(0);
        assert!(setting.held().contains(&helper.to_owned()), "{side}");
        setting.verifies();
    }
}

/// What is said of one lock leaves the other in conflict.
#[test]
fn each_of_two_locks_is_settled_by_itself() {
    let setting = Setting::outdated();
    let two = "name: two\ntasks: [run]\n";
    setting
        .project
        .write("registries/experiments/two.yaml", two);
    setting.project.vhb(&["lock", "two"]).exits(0);
    setting.commit("two");
    for (branch, version) in [("a", "3.0"), ("b", "4.0")] {
        setting.add("helper", version, &["base"]);
        setting.branch(branch, "main", |setting| {
            let upgrade = ["lock", "exp", "two", "--upgrade-package", "helper"];
            setting.project.vhb(&upgrade).exits(0);
        });
    }
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
    let of_two = ["locks/two.lock.json", "sboms/two.cdx.json"];
    assert_eq!(unmerged(&setting), [LOCK, of_two[0], SBOM, of_two[1]]);
    let mut commands = advised(&run);
    commands.sort_by_key(|text| text.contains("two.lock.json"));
    let [exp, two] = commands.try_into().unwrap();
    setting.shell(&exp.replace("--ours", "--theirs")).exits(0);
    assert_eq!(unmerged(&setting), of_two);
    setting.shell(&two).exits(0);
    assert_eq!(unmerged(&setting), Vec::<String>::new());
    setting.git(&["commit", "-q", "--no-edit"]).exits(0);
    setting.verifies();
    setting.project.vhb(&["verify", of_two[0]]).exits(0);
    assert!(setting.at("HEAD", LOCK).contains("helper==3.0"));
    assert!(setting.at("HEAD", of_two[0]).contains("helper==4.0"));
}

/// An SBOM that git does not have is in no conflict; one that it ignores is not added either.
#[test]
fn a_lock_without_a_tracked_sbom_keeps_the_side_that_was_chosen() {
    for ignored in [false, true] {
        let setting = Setting::outdated();
        let exclude = setting.project.root().join(".git/info/exclude");
        std::fs::write(&exclude, "sboms/\n").unwrap();
        setting
            .git(&["rm", "-q", "-r", "--cached", "sboms"])
            .exits(0);
        setting.git(&["commit", "-q", "-m", "no SBOMs"]).exits(0);
        for (branch, version) in [("a", "3.0"), ("b", "4.0")] {
            setting.add("helper", version, &["base"]);
            // Where it is not tracked, that of the other branch is still there.
            std::fs::remove_dir_all(setting.project.root().join("sboms")).unwrap();
            setting.upgrade(branch, &["helper"]);
        }
        if !ignored {
            std::fs::write(&exclude, "").unwrap();
        }
        let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
        assert_eq!(unmerged(&setting), [LOCK]);
        let [commands] = advised(&run).try_into().unwrap();
        setting
            .shell(&commands.replace("--ours", "--theirs"))
            .exits(0)
            .says_nothing_of("not kept");
        setting.git(&["commit", "-q", "--no-edit"]).exits(0);
        assert!(setting.at("HEAD", LOCK).contains("helper==3.0"));
        let tracked = setting.git(&["ls-files", "sboms"]).exits(0).stdout;
        assert_eq!(tracked.is_empty(), ignored, "{tracked}");
        setting.verifies();
    }
}
