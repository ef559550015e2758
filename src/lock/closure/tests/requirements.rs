//! What is reached, and what is missing or left over.

use super::*;

#[test]
fn a_complete_closure_is_clean_and_direct_sources_alone_are_none() {
    let mut lock = app();
    clean(&lock);
    environment(&mut lock).closure = None;
    assert!(closure_findings(&lock).is_empty());
}

#[test]
fn a_removed_distribution_is_missed_by_everyone_who_requires_it() {
    let mut lock = app();
    remove(&mut lock, "numpy==1.26.4");
    insta::assert_snapshot!(said(&lock), @"
    closure-missing: `app==1` requires `numpy`, but no `numpy` is locked
    closure-missing: `torch==2.5.1` requires `numpy<2`, but no `numpy` is locked
    ");
}

#[test]
fn another_version_is_refused_by_who_requires_it() {
    let mut lock = app();
    remove(&mut lock, "torch==2.5.1");
    add(&mut lock, "torch==2.4.0", &["numpy<2"]);
    let finding = &closure_findings(&lock)[ENVIRONMENT][0];
    assert_eq!(finding.expected.as_deref(), Some("torch>=2.5"));
    assert_eq!(finding.actual.as_deref(), Some("torch==2.4.0"));
    insta::assert_snapshot!(said(&lock), @"closure-unsatisfied: `app==1` requires `torch>=2.5`, but `torch==2.4.0` is locked");
}

#[test]
fn a_build_of_a_version_is_that_version() {
    let tree: &[(&str, &[&str])] = &[
        ("app==1", &["torch==2.5.1", "x<=1"]),
        ("torch==2.5.1+cu121", &[]),
        ("x==1+local", &[]),
    ];
    clean(&lock(&["app==1"], tree));
}

#[test]
fn an_orphan_is_no_part_of_the_environment_nor_is_what_it_requires() {
    let mut lock = app();
    add(&mut lock, "miner==1", &["pool"]);
    add(&mut lock, "pool==1", &["miner"]);
    insta::assert_snapshot!(said(&lock), @"
    closure-unreachable: `miner==1` is locked, but nothing here requires it
    closure-unreachable: `pool==1` is locked, but nothing here requires it
    ");
}

#[test]
fn what_does_not_apply_is_not_wanted_and_leads_nowhere() {
    let requires: &[&str] = &[
        "winapi==9; sys_platform == 'win32'",
        "old; python_version < '3.11'",
        "new; python_version >= '3.11' and platform_machine == 'x86_64'",
    ];
    let mut lock = lock(&["app==1"], &[("app==1", requires), ("new==1", &[])]);
    clean(&lock);
    add(&mut lock, "winapi==1", &[]);
    insta::assert_snapshot!(said(&lock), @"closure-unreachable: `winapi==1` is locked, but nothing here requires it");
    let there = Target::default().with_platform("windows").unwrap();
    *target(&mut lock) = there.with_python("3.10").unwrap();
    insta::assert_snapshot!(said(&lock), @"
    closure-missing: `app==1` requires `old; python_version < '3.11'`, but no `old` is locked
    closure-unsatisfied: `app==1` requires `winapi==9; sys_platform == 'win32'`, but `winapi==1` is locked
    closure-unreachable: `new==1` is locked, but nothing here requires it
    ");
}

#[test]
fn an_extra_brings_in_more() {
    let mut lock = lock(&["app==1"], SERVER);
    clean(&lock);
    remove(&mut lock, "http==1");
    insta::assert_snapshot!(said(&lock), @"closure-missing: `server==1` requires `http; extra == 'http'`, but no `http` is locked");
}

#[test]
fn a_root_without_the_extra_or_with_another_one_does_not_reach_as_far() {
    let tree = &SERVER[1..];
    clean(&lock(&["server[http]==1"], tree));
    insta::assert_snapshot!(said(&lock(&["server==1"], tree)), @"closure-unreachable: `http==1` is locked, but nothing here requires it");
    insta::assert_snapshot!(said(&lock(&["server[grpc]==1"], tree)), @"
    closure-missing: `server==1` requires `grpc; extra == 'grpc'`, but no `grpc` is locked
    closure-unreachable: `http==1` is locked, but nothing here requires it
    ");
}

#[test]
fn two_roots_of_one_release_ask_for_the_extras_of_both() {
    let mut lock = lock(&["server[http]==1", "server[grpc]==1"], &SERVER[1..]);
    add(&mut lock, "grpc==1", &[]);
    clean(&lock);
}

#[test]
fn an_extra_may_be_made_of_others() {
    let requires: &[&str] = &[
        "base",
        "app[fast,Pretty_Print]; extra == 'all'",
        "simd; extra == 'fast'",
        "rich; extra == 'pretty-print'",
        "never; extra == 'other'",
    ];
    let tree: &[(&str, &[&str])] = &[
        ("app==1", requires),
        ("base==1", &[]),
        ("simd==1", &[]),
        ("rich==1", &[]),
    ];
    clean(&lock(&["app[all]==1"], tree));
    let mut lacking = lock(&["app[all]==1"], tree);
    remove(&mut lacking, "rich==1");
    insta::assert_snapshot!(said(&lacking), @"closure-missing: `app==1` requires `rich; extra == 'pretty-print'`, but no `rich` is locked");
}

/// As pip and uv do it: nothing needs two extras at once, and nothing is undone by one.
#[test]
fn extras_count_one_by_one() {
    let requires: &[&str] = &["both; extra == 'x' and extra == 'y'", "base; extra != 'x'"];
    let tree: &[(&str, &[&str])] = &[("app==1", requires), ("base==1", &[])];
    clean(&lock(&["app[x,y]==1"], tree));
}

#[test]
fn what_applies_anyway_is_asked_for_once() {
    let requires: &[&str] = &["gone"];
    let lock = lock(&["app[x,y]==1"], &[("app==1", requires)]);
    insta::assert_snapshot!(said(&lock), @"closure-missing: `app==1` requires `gone`, but no `gone` is locked");
}

#[test]
fn a_cycle_ends_and_is_reached_from_its_root() {
    let tree: &[(&str, &[&str])] = &[
        ("app==1", &["a[x]"]),
        ("a==1", &["b; extra == 'x'"]),
        ("b==1", &["c"]),
        ("c==1", &["a[x]", "c"]),
    ];
    clean(&lock(&["app==1"], tree));
}
