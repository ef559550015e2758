//! Overrides, constraints, Pythons and platforms.

use super::*;

#[test]
fn an_override_holds_instead_of_every_requirement() {
    let mut lock = app();
    remove(&mut lock, "torch==2.5.1");
    add(&mut lock, "torch==2.4.0", &["numpy<2"]);
    target(&mut lock).overrides = [requirement("torch==2.4.0")].into();
    clean(&lock);
    target(&mut lock).overrides = [requirement("torch==2.3")].into();
    insta::assert_snapshot!(said(&lock), @"closure-unsatisfied: the override `torch==2.3` holds, but `torch==2.4.0` is locked");
    remove(&mut lock, "torch==2.4.0");
    insta::assert_snapshot!(said(&lock), @"closure-missing: `app==1` requires `torch>=2.5`, for which the override `torch==2.3` holds, but no `torch` is locked");
}

/// As uv has it: the marker of the override counts, that of the requirement does not.
#[test]
fn an_override_has_its_own_marker_and_extras() {
    let requires: &[&str] = &[
        "winapi; sys_platform == 'win32'",
        "torch; extra == 'gpu' and sys_platform == 'win32'",
        "server[grpc]",
    ];
    let mut tree = vec![("app==1", requires), ("winapi==2", &[] as &[&str])];
    tree.extend(&SERVER[1..]);
    let overrides = |lock: &mut Lock| {
        let texts = [
            "winapi>=2; sys_platform == 'linux'",
            "torch==1",
            "server[http]",
        ];
        target(lock).overrides = texts.map(requirement).into();
    };
    let mut lock_without = lock(&["app==1"], &tree);
    overrides(&mut lock_without);
    clean(&lock_without);
    let mut lock_with = lock(&["app[gpu]==1"], &tree);
    overrides(&mut lock_with);
    insta::assert_snapshot!(said(&lock_with), @"closure-missing: `app==1` requires `torch; extra == 'gpu' and sys_platform == 'win32'`, for which the override `torch==1` holds, but no `torch` is locked");
}

#[test]
fn an_override_may_take_a_distribution_away() {
    let mut lock = app();
    remove(&mut lock, "torch==2.5.1");
    target(&mut lock).overrides = [requirement("torch; sys_platform == 'never'")].into();
    clean(&lock);
    add(&mut lock, "torch==2.5.1", &[]);
    insta::assert_snapshot!(said(&lock), @"closure-unreachable: `torch==2.5.1` is locked, but nothing here requires it");
}

#[test]
fn overrides_hold_for_roots_too() {
    let mut lock = lock(&["server[http]==1"], &SERVER[1..2]);
    target(&mut lock).overrides = [requirement("server<2")].into();
    clean(&lock);
    target(&mut lock).overrides = [requirement("server>=2")].into();
    insta::assert_snapshot!(said(&lock), @"closure-unsatisfied: the override `server>=2` holds, but `server==1` is locked");
}

#[test]
fn a_constraint_limits_what_is_there_and_requires_nothing() {
    let mut lock = app();
    let texts = [
        "numpy>=1.26",
        "absent==1",
        "torch<2; sys_platform == 'win32'",
    ];
    target(&mut lock).constraints = texts.map(requirement).into();
    clean(&lock);
    target(&mut lock).constraints = [requirement("numpy<1.26")].into();
    insta::assert_snapshot!(said(&lock), @"closure-unsatisfied: the constraint `numpy<1.26` holds, but `numpy==1.26.4` is locked");
}

#[test]
fn the_python_and_the_platform_must_suit() {
    let mut lock = app();
    let torch = dist("torch==2.5.1");
    let release = lock.distributions.get_mut(&torch).unwrap();
    let file = "torch-2.5.1-cp312-cp312-win_amd64.whl".to_owned();
    release.files.insert(file.clone(), Sha256Digest::of(b""));
    release.metadata.as_mut().unwrap().requires_python = ">=3.12".parse().ok();
    held_in(&mut lock).insert(torch, Selected::File(file));
    insta::assert_snapshot!(said(&lock), @"
    closure-unsatisfied: `torch==2.5.1` requires Python `>=3.12`, but the environment has 3.11
    closure-unsatisfied: `torch-2.5.1-cp312-cp312-win_amd64.whl` of `torch==2.5.1` does not run on Python 3.11 on x86_64-manylinux_2_28
    ");
    let there = Target::default().with_platform("windows").unwrap();
    *target(&mut lock) = there.with_python("3.12").unwrap();
    clean(&lock);
}
