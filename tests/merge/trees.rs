//! Directories and datasets: their pins are merged, and nobody looks at their files meanwhile.

use crate::common::index_server::File;
use crate::setting::Setting;

/// A local package beside `app`; both require `y`.
fn local() -> Setting {
    let mut setting = Setting::new(&[("app", "1.0")]);
    setting.add("app", "1.0", &["x", "y"]);
    setting.add("x", "1.0", &[]);
    setting.add("y", "1.0", &[]);
    write(&setting, "one", "y");
    let reader = "type: local\npath: plugins/reader\n";
    setting.project.package("reader", reader);
    setting.begin();
    setting
}

fn write(setting: &Setting, text: &str, requires: &str) {
    let project = format!(
        "[project]\nname = \"reader\"\nversion = \"1.0\"\ndependencies = [\"{requires}\"]\n"
    );
    setting
        .project
        .write("plugins/reader/pyproject.toml", &project);
    setting
        .project
        .write("plugins/reader/reader.py", &format!("TEXT = '{text}'\n"));
    setting.git(&["add", "plugins"]);
}

/// Commits the package before it is locked, so that its pin is of a commit.
fn change(setting: &Setting, branch: &str, text: &str, requires: &str) {
    setting.branch(branch, "main", |setting| {
        write(setting, text, requires);
        setting.commit("reader");
        setting.lock(&[]).exits(0);
    });
}

#[test]
fn a_directory_that_one_side_changed_merges_without_being_read() {
    let setting = local();
    change(&setting, "a", "two", "y>=1");
    setting.add("x", "2.0", &[]);
    setting.upgrade("b", &["x"]);
    // While git merges, the work tree has ours, and may be in any state.
    setting.git(&["merge", "a", "-m", "both"]).exits(0);
    setting.verifies();
    let lists = std::fs::read_dir(setting.project.root().join("locks/manifests")).unwrap();
    assert_eq!(
        lists.count(),
        3,
        "of the dataset, and of the directory then and now"
    );
}

#[test]
fn a_directory_that_both_sides_changed_is_a_conflict_unless_they_agree() {
    let setting = local();
    change(&setting, "a", "two", "y");
    change(&setting, "b", "three", "y");
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
    run.says("both sides moved `packages/reader`, which was content sha256:")
        .says("= ours: content sha256:")
        .says("= theirs: content sha256:");
    setting.conflicts("b");
    setting.git(&["merge", "--abort"]).exits(0);

    change(&setting, "c", "three", "y");
    setting.add("x", "2.0", &[]);
    setting.lock(&["--upgrade-package", "x"]).exits(0);
    setting.commit("more");
    setting.git(&["merge", "b", "-m", "both"]).exits(0);
    setting.verifies();
}

/// A resolution would need what the directory says of itself, and whose files lie there nobody
/// knows.
#[test]
fn a_resolution_that_needs_a_directory_is_refused() {
    let setting = local();
    setting.add("x", "2.0", &["y<2"]);
    setting.upgrade("a", &["x"]);
    setting.add("y", "2.0", &[]);
    setting.upgrade("b", &["y"]);
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
    run.says("error[merge-unfinished]")
        .says("the files of `plugins/reader` are needed, and a merge reads none");
    setting.conflicts("b");
    // By hand, with all files in place, it is resolved.
    setting.lock(&[]).exits(0);
    setting.commit("by hand");
    setting.verifies();
}

/// The directory belongs to another environment than the one that is resolved: its pin is that of
/// the side that moved it, although the work tree has the files of the other.
#[test]
fn a_directory_beside_a_resolution_keeps_its_merged_pin() {
    let setting = Setting::new(&[("app", "1.0")]);
    setting.add("app", "1.0", &["x", "y"]);
    setting.add("x", "1.0", &["y"]);
    setting.add("y", "1.0", &[]);
    write(&setting, "one", "y");
    let entry = "source:\n  type: local\n  path: plugins/reader\nname: reader\n";
    setting
        .project
        .write("registries/packages/reader.yaml", entry);
    let metric = "class_path: demo.Metric\npackage: reader\nname: metric\n";
    setting
        .project
        .write("registries/metrics/metric.yaml", metric);
    setting.begin();
    setting.add("x", "2.0", &["y<2"]);
    setting.branch("a", "main", |setting| {
        write(setting, "two", "y");
        setting.commit("reader");
        setting.lock(&["--upgrade-package", "x"]).exits(0);
    });
    setting.add("y", "2.0", &[]);
    setting.upgrade("b", &["y"]);
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(0);
    run.says("warning[merge-undone]: distributions/y==2.0");
    setting.verifies();
}

#[test]
fn a_dataset_that_both_sides_changed_is_a_conflict() {
    let setting = local();
    for (branch, text) in [("a", "1,two\n"), ("b", "1,three\n")] {
        setting.branch(branch, "main", |setting| {
            setting.project.write("data/samples.csv", text);
            setting.lock(&[]).exits(0);
        });
    }
    let run = setting.git(&["merge", "a", "-m", "both"]).exits(1);
    run.says("both sides moved `datasets/data`");
    setting.conflicts("b");
}

/// What was built once is not built again, and stays where nothing else moves it.
#[test]
fn what_was_built_for_a_lock_stays() {
    let setting = Setting::new(&[("app", "1.0")]);
    setting.add("app", "1.0", &["made", "x", "y"]);
    let dynamic = "Metadata-Version: 2.2\nName: made\nVersion: 1.0\nDynamic: Requires-Dist\n";
    let built = "Metadata-Version: 2.1\nName: made\nVersion: 1.0\n";
    let backend = "[build-system]\nrequires = []\nbackend-path = [\".\"]\n\
                   build-backend = \"backend\"\n";
    let sdist = File::sdist().source(&[
        ("PKG-INFO", dynamic),
        ("METADATA.in", built),
        ("pyproject.toml", backend),
        ("backend.py", include_str!("../cli_environments/backend.py")),
    ]);
    setting.server.add("made", "1.0", &[sdist]);
    setting.add("x", "1.0", &[]);
    setting.add("y", "1.0", &[]);
    setting.begin();
    setting.add("x", "2.0", &["z"]);
    setting.add("z", "1.0", &[]);
    setting.add("y", "2.0", &[]);
    setting.upgrade("a", &["x"]);
    setting.upgrade("b", &["y"]);
    setting.git(&["merge", "a", "-m", "both"]).exits(0);
    assert_eq!(
        setting.held(),
        ["app==1.0", "made==1.0", "x==2.0", "y==2.0", "z==1.0"]
    );
    setting.verifies();
}
