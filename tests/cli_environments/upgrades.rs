//! What `--upgrade-package` and `--upgrade` move, and what they leave.

use crate::Setting;

/// A locked setting in which newer releases of everything have come since.
fn outdated() -> Setting {
    let setting = Setting::new(&[("app", "1.0")]);
    setting.add("app", "1.0", &["helper", "other"]);
    setting.add("helper", "1.0", &["base<2", "gone"]);
    for name in ["base", "other", "gone"] {
        setting.add(name, "1.0", &[]);
    }
    setting.lock(&[]).exits(0);
    setting.add("helper", "2.0", &["base>=2", "fresh"]);
    setting.add("base", "2.0", &[]);
    setting.add("base", "2.1", &[]);
    setting.add("other", "2.0", &[]);
    setting.add("fresh", "1.0", &[]);
    setting
}

#[test]
fn a_distribution_that_is_no_root_moves_with_what_must_move_and_the_rest_stays() {
    let setting = outdated();
    let run = setting.lock(&["--upgrade-package", "helper"]).exits(0);
    run.says("helper 1.0 -> 2.0, up\n")
        .says("base 1.0 -> 2.1, up\n")
        .says("fresh: added 1.0\n")
        .says("gone: removed 1.0\n")
        .says_nothing_of("other");
    assert_eq!(
        setting.held("inference"),
        [
            "app==1.0",
            "base==2.1",
            "fresh==1.0",
            "helper==2.0",
            "other==1.0"
        ]
    );
    setting.verifies();
}

#[test]
fn a_distribution_that_cannot_move_stays() {
    let setting = outdated();
    let run = setting.lock(&["--upgrade-package", "base"]).exits(0);
    run.says("nothing changed");
    let held = setting.held("inference");
    assert!(held.contains(&"base==1.0".to_owned()), "{held:?}");
}

#[test]
fn an_upgrade_moves_everything() {
    let setting = outdated();
    setting
        .lock(&["--upgrade"])
        .exits(0)
        .says("other 1.0 -> 2.0");
    assert_eq!(
        setting.held("inference"),
        [
            "app==1.0",
            "base==2.1",
            "fresh==1.0",
            "helper==2.0",
            "other==2.0"
        ]
    );
    setting.verifies();
}

#[test]
fn a_name_that_nothing_has_is_refused_with_a_hint() {
    let setting = outdated();
    let before = setting.project.lock_text();
    let run = setting.lock(&["--upgrade-package", "helpr"]).exits(2);
    run.says("the experiment has no package, model, dataset or image `helpr`")
        .says("hint:");
    assert_eq!(setting.project.lock_text(), before);
}
