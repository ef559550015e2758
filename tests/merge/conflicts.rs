//! What both sides changed in different ways is refused, and mended by what is advised.

use crate::setting::{LOCK, SBOM, Setting};

/// `a` moved `helper` to 2.0, `b` moved it to 3.0 and `other` as well; `b` is checked out.
pub(crate) fn moved_twice() -> Setting {
    let setting = Setting::outdated();
    setting.upgrade("a", &["helper"]);
    setting.add("helper", "3.0", &["base"]);
    setting.upgrade("b", &["helper", "other"]);
    setting
}

impl Setting {
    /// Fails unless git has the lock and the SBOM in conflict, and the work tree has ours.
    #[track_caller]
    pub(crate) fn conflicts(&self, ours: &str) {
        let status = self.git(&["status", "--porcelain"]).exits(0).stdout;
        for path in [LOCK, SBOM] {
            assert!(status.contains(&format!("UU {path}\n")), "{status}");
            let there = std::fs::read_to_string(self.project.root().join(path)).unwrap();
            assert_eq!(there, self.at(ours, path), "{path}");
        }
        let stages = self.git(&["ls-files", "-u", LOCK]).exits(0).stdout;
        assert_eq!(stages.lines().count(), 3, "{stages}");
    }
}

#[test]
fn a_pin_that_both_moved_is_told_with_both_versions_and_what_to_do() {
    let setting = moved_twice();
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
    insta::assert_snapshot!(run.stderr, @r"
    `sboms/exp.cdx.json` is not merged, because its lock is not
    error[merge-conflict]: distributions/helper: both sides moved `helper`, which was 1.0
     |
     = ours: 3.0
     = theirs: 2.0
     = hint: `vhb lock --upgrade-package helper` moves it on, once a side is kept

    nothing was merged: 1 problem above; ours (HEAD) is left as it was
    hint: merge the registries, keep the lock of one side, and lock again:
      git checkout --ours locks/exp.lock.json
      rm -f sboms/exp.cdx.json
      vhb lock registries/experiments/exp.yaml
      git add locks/exp.lock.json sboms/exp.cdx.json locks/manifests
    `--theirs` keeps the lock of theirs (a)
    ");
    setting.conflicts("b");
    setting.git(&["merge", "--abort"]).exits(0);
    setting.verifies();
}

#[test]
fn a_rebase_stops_with_the_same_words_and_goes_on() {
    let setting = moved_twice();
    let run = setting.git(&["rebase", "a"]).exits(1);
    run.says("distributions/helper: both sides moved `helper`, which was 1.0")
        .says("ours (HEAD) is left as it was")
        .says("`--theirs` keeps the lock of theirs (")
        .says("(b))\n");
    setting.conflicts("a");
    setting.git(&["checkout", "--theirs", LOCK, SBOM]).exits(0);
    setting.lock(&[]).exits(0);
    setting.git(&["add", "locks", "sboms"]).exits(0);
    setting
        .git(&["-c", "core.editor=true", "rebase", "--continue"])
        .exits(0);
    assert!(setting.held().contains(&"helper==3.0".to_owned()));
    setting.verifies();
}

/// Everything that clashes is told at once.
#[test]
fn entries_and_pins_that_clash_are_told_together() {
    let setting = Setting::outdated();
    let run = |seed: u32| {
        format!(
            "ml_task: task\nmodel:\n  name: plain-model\n  framework: plain\n  engine_params: \
             {{seed: {seed}}}\ndataset: data\nmetrics: [metric]\nreports: [report]\nname: run\n"
        )
    };
    for (branch, seed) in [("a", 1), ("b", 2)] {
        setting.branch(branch, "main", |setting| {
            setting
                .project
                .write("registries/runs/run.yaml", &run(seed));
            setting.lock(&["--upgrade-package", "helper"]).exits(0);
        });
        setting.add("helper", "3.0", &["base"]);
    }
    let said = setting.git(&["merge", "a", "-m", "both"]).exits(1);
    said.says("both sides added `model.engine_params.seed` of `runs/run`, and not the same")
        .says("both sides moved `helper`, which was 1.0")
        .says("2 problems above");
    setting.conflicts("b");
}

#[test]
fn what_one_side_dropped_and_the_other_changed_is_a_conflict() {
    let mut setting = Setting::new(&[("app", "1.0"), ("plot", "1.0")]);
    for name in ["app", "plot"] {
        setting.add(name, "1.0", &[]);
        setting.add(name, "2.0", &[]);
    }
    setting.begin();
    setting.git(&["checkout", "-q", "-b", "a"]).exits(0);
    setting
        .project
        .package("plot", &crate::setting::source("plot", "2.0"));
    setting.lock(&[]).exits(0);
    setting.commit("a");
    setting.git(&["checkout", "-q", "-b", "b", "main"]).exits(0);
    setting.project.drop_package("plot");
    setting.lock(&[]).exits(0);
    setting.commit("b");
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
    run.says("one side changed `packages/plot`; the other has it no more")
        .says("= ours: gone")
        .says("1 problem above");
    setting.conflicts("b");
}

#[test]
fn a_dev_lock_does_not_merge_with_one_for_publishing() {
    let setting = Setting::outdated();
    setting.branch("a", "main", |setting| {
        setting.lock(&["--run-mode", "dev"]).exits(0);
    });
    setting.upgrade("b", &["other"]);
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
    run.says("the sides are locks of another `run_mode`")
        .says("= ours: prod")
        .says("= theirs: dev");
    setting.conflicts("b");
}

#[test]
fn locks_that_both_sides_made_merge_where_they_agree() {
    let setting = Setting::outdated();
    setting.git(&["checkout", "-q", "-b", "empty"]).exits(0);
    setting.git(&["rm", "-q", "-r", "locks", "sboms"]).exits(0);
    setting.git(&["commit", "-q", "-m", "nothing"]).exits(0);
    setting.branch("a", "empty", |setting| {
        setting.lock(&[]).exits(0);
    });
    // The same, but that a release has got another file since.
    let sdist = crate::common::index_server::File::sdist();
    setting.server.add("other", "2.0", &[sdist]);
    setting.branch("b", "empty", |setting| {
        setting.project.clear_cache();
        setting.lock(&[]).exits(0);
    });
    setting.git(&["merge", "a", "-m", "both"]).exits(0);
    assert_eq!(setting.at("HEAD", LOCK), setting.at("b", LOCK));
    setting.verifies();

    // Whether one side added it or the other took it out, nobody can tell.
    setting.branch("c", "empty", |setting| {
        let text = "type: demo.Data\npath: data\nparams: {split: test}\nname: data\n";
        setting.project.write("registries/datasets/data.yaml", text);
        setting.add("other", "2.1", &[]);
        setting.lock(&[]).exits(0);
    });
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
    run.says("of what both sides added, one alone has `params` of `datasets/data`")
        .says("= ours: {\"split\":\"test\"}")
        .says("= theirs: none")
        .says("both sides added `other`, and not the same");
}

/// What is pinned follows from the source, so that both clash; anything else of an entry clashes for
/// itself.
#[test]
fn a_pin_that_clashes_with_its_source_is_told_once() {
    let mut setting = Setting::new(&[("app", "1.0")]);
    for version in ["1.0", "2.0", "3.0"] {
        setting.add("app", version, &[]);
    }
    setting.begin();
    for (branch, version) in [("a", "2.0"), ("b", "3.0")] {
        setting
            .git(&["checkout", "-q", "-b", branch, "main"])
            .exits(0);
        let source = crate::setting::source("app", version);
        setting.project.package("app", &source);
        setting.lock(&[]).exits(0);
        setting.commit(branch);
    }
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
    run.says("both sides changed `source.version` of `packages/app`, which was \"1.0\"")
        .says("nothing was merged: 1 problem above");
    setting.git(&["merge", "--abort"]).exits(0);

    let text = |about: &str| {
        format!("source:\n  type: pypi\n  name: app\n\ndescription: {about}\nname: app\n")
    };
    let path = "registries/packages/app.yaml";
    setting.branch("open", "main", |setting| {
        setting.project.write(path, &text("None"));
        setting.lock(&[]).exits(0);
    });
    for (branch, version) in [("c", "4.0"), ("d", "5.0")] {
        setting.add("app", version, &[]);
        setting.branch(branch, "open", |setting| {
            setting.project.write(path, &text(branch));
            setting.lock(&["--upgrade-package", "app"]).exits(0);
        });
    }
    let run = setting.git(&["merge", "c", "-m", "both"]).exits(1);
    run.says("both sides changed `description` of `packages/app`")
        .says("both sides moved `packages/app`, which was 3.0")
        .says("nothing was merged: 2 problems above");
}
