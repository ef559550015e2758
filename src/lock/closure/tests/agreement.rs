//! Where the bytes and the metadata come from, and whether the lock agrees with itself there.

use super::*;

#[test]
fn a_selected_file_speaks_for_itself() {
    let mut lock = app();
    let torch = dist("torch==2.5.1");
    let release = lock.distributions.get_mut(&torch).unwrap();
    let says = metadata(&["numpy<2", "cuda"]);
    release.variants = [(wheel(&torch), says)].into();
    insta::assert_snapshot!(said(&lock), @"closure-missing: `torch==2.5.1` requires `cuda`, but no `cuda` is locked");
}

#[test]
fn a_directory_is_a_root_and_meets_requirements_by_address() {
    let requires: &[&str] = &["numpy<2", "reader @ git+https://h.example/reader"];
    // Nobody knows the version of `reader` before it is built.
    let mut lock = lock(&[], &[("numpy==1.26.4", &["reader>=5"])]);
    add_directory(&mut lock, "scorer", "scorer==1", requires);
    add_directory(&mut lock, "reader", "reader", &["scorer>=1"]);
    clean(&lock);
    held_in(&mut lock).remove(&dist("reader"));
    lock.packages.remove("reader");
    environment(&mut lock).asked.roots.remove("reader");
    add(&mut lock, "reader==5", &[]);
    insta::assert_snapshot!(said(&lock), @"closure-unsatisfied: `scorer==1` requires `reader @ git+https://h.example/reader`, but `reader==5` of an index is locked");
}

#[test]
fn a_directory_must_be_the_one_that_was_asked_for() {
    let directory = || {
        let mut lock = lock(&["app==1"], &[("app==1", &[])]);
        add_directory(&mut lock, "reader", "reader==1", &[]);
        lock
    };
    let mut lock = directory();
    add(&mut lock, "reader==1", &[]);
    insta::assert_snapshot!(said(&lock), @"lock-inconsistent: the root `reader` is not among the distributions");
    let mut lock = directory();
    add_directory(&mut lock, "copy", "reader==1", &[]);
    insta::assert_snapshot!(said(&lock), @"lock-inconsistent: the root `reader` is not among the distributions");
    let mut lock = directory();
    environment(&mut lock).asked.roots.remove("reader");
    insta::assert_snapshot!(said(&lock), @"
    lock-inconsistent: `packages/reader` is no root of the environment
    closure-unreachable: `reader==1` is locked, but nothing here requires it
    ");
    let mut lock = directory();
    let package = lock.packages.get_mut("reader").unwrap();
    package.distribution = Some(dist("reader==2"));
    insta::assert_snapshot!(said(&lock), @"
    lock-inconsistent: `packages/reader` does not install `reader==1`
    lock-inconsistent: the root `reader` is not among the distributions
    ");
    let package = lock.packages.get_mut("reader").unwrap();
    package.distribution = None;
    insta::assert_snapshot!(said(&lock), @"
    lock-inconsistent: `packages/reader` does not install `reader==1`
    lock-inconsistent: what the root `reader` installs is not recorded
    closure-unreachable: `reader==1` is locked, but nothing here requires it
    ");
    lock.packages.remove("reader");
    insta::assert_snapshot!(said(&lock), @"
    lock-inconsistent: `packages/reader` is not locked
    lock-inconsistent: the root `reader` is not locked
    closure-unreachable: `reader==1` is locked, but nothing here requires it
    ");
    let mut lock = directory();
    let key = "app==1".to_owned();
    held_in(&mut lock).insert(dist("app==1"), Selected::Package(key));
    insta::assert_snapshot!(said(&lock), @"
    lock-inconsistent: `packages/app==1` has files, and none is selected
    lock-inconsistent: the root `app==1` is not among the distributions
    ");
}

#[test]
fn a_root_must_be_there() {
    let mut lock = app();
    remove(&mut lock, "app==1");
    insta::assert_snapshot!(said(&lock), @"
    lock-inconsistent: the root `app==1` is not among the distributions
    closure-unreachable: `numpy==1.26.4` is locked, but nothing here requires it
    closure-unreachable: `torch==2.5.1` is locked, but nothing here requires it
    ");
}

#[test]
fn a_distribution_has_one_version_a_file_and_metadata() {
    let mut lock = app();
    add(&mut lock, "numpy==2.0.0", &[]);
    insta::assert_snapshot!(said(&lock), @"lock-inconsistent: both `numpy==1.26.4` and `numpy==2.0.0` are locked");
    let mut lock = app();
    let numpy = dist("numpy==1.26.4");
    let file = Selected::File("numpy-2.0.0-py3-none-any.whl".to_owned());
    held_in(&mut lock).insert(numpy.clone(), file);
    insta::assert_snapshot!(said(&lock), @"lock-inconsistent: `numpy-2.0.0-py3-none-any.whl` is no file of `numpy==1.26.4`");
    let mut lock = app();
    lock.distributions.get_mut(&numpy).unwrap().metadata = None;
    insta::assert_snapshot!(said(&lock), @"lock-inconsistent: what `numpy==1.26.4` requires is not recorded");
    lock.distributions.remove(&numpy);
    insta::assert_snapshot!(said(&lock), @"lock-inconsistent: the files of `numpy==1.26.4` are not recorded");
}

/// `numpy` by its source distribution, in a release that has another file.
fn from_source(other: &str) -> Lock {
    let mut lock = app();
    let numpy = dist("numpy==1.26.4");
    let source = "numpy-1.26.4.tar.gz".to_owned();
    let release = lock.distributions.get_mut(&numpy).unwrap();
    let files = [source.clone(), other.to_owned()];
    release.files = files.map(|name| (name, Sha256Digest::of(b""))).into();
    held_in(&mut lock).insert(numpy, Selected::File(source));
    lock
}

#[test]
fn a_source_distribution_is_for_want_of_a_wheel() {
    clean(&from_source(
        "numpy-1.26.4-cp312-cp312-manylinux_2_17_x86_64.whl",
    ));
    clean(&from_source("numpy-1.26.4.zip"));
    let lock = from_source("numpy-1.26.4-cp311-cp311-manylinux_2_17_x86_64.whl");
    insta::assert_snapshot!(said(&lock), @"closure-unsatisfied: `numpy==1.26.4` has a better file for Python 3.11 on x86_64-manylinux_2_28: `numpy-1.26.4-cp311-cp311-manylinux_2_17_x86_64.whl`, but `numpy-1.26.4.tar.gz` is locked");
}
