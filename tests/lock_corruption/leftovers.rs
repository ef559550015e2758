//! What a lock records and does not use, or should not need to record.

use vhb::lock::{Distribution, Lock};

use crate::closure::{TEXT_KIT, dist, metadata};
use crate::setting::Setting;

/// The errors of the integrity layer on a lock with a change.
fn said(setting: &Setting, change: impl Fn(&mut Lock)) -> String {
    let mut lock = Lock::from_bytes(&setting.lock).unwrap();
    change(&mut lock);
    let report = setting.report_with_fitting_sbom(&lock);
    let errors = report
        .findings
        .iter()
        .filter(|finding| finding.code.as_str().starts_with("lock-"));
    let lines: Vec<_> = errors
        .map(|finding| format!("{}: {}", finding.subject.as_ref().unwrap(), finding.message))
        .collect();
    lines.join("\n")
}

fn release<'a>(lock: &'a mut Lock, text: &str) -> &'a mut Distribution {
    lock.distributions.get_mut(&dist(text)).unwrap()
}

#[test]
fn a_release_is_used_by_a_package_or_an_environment() {
    let setting = Setting::new();
    assert_eq!(said(&setting, |_| ()), "");
    let again = said(&setting, |lock| {
        let other = release(lock, "tinylib==1.0").clone();
        lock.distributions.insert(dist("tinylib==1.1"), other);
    });
    insta::assert_snapshot!(again, @"distributions/tinylib==1.1: no package and no environment of the lock uses `tinylib==1.1`");
    let versionless = said(&setting, |lock| {
        let tinylib = lock.distributions.remove(&dist("tinylib==1.0")).unwrap();
        lock.distributions.insert(dist("tinylib"), tinylib);
        for environment in lock.environments.values_mut() {
            let Some(closure) = &mut environment.closure else {
                continue;
            };
            let selected = closure.distributions.remove(&dist("tinylib==1.0"));
            closure
                .distributions
                .insert(dist("tinylib"), selected.unwrap());
        }
    });
    insta::assert_snapshot!(versionless, @"distributions/tinylib: `tinylib` is a release of an index and has no version");
}

#[test]
fn only_what_environments_install_says_anything_of_itself() {
    let setting = Setting::new();
    let unused = said(&setting, |lock| {
        release(lock, "plotter==2.3").metadata = Some(metadata(&[]));
    });
    insta::assert_snapshot!(unused, @"distributions/plotter==2.3: no environment of the lock uses `metadata` of `plotter==2.3`");
    let lacking = said(&setting, |lock| {
        release(lock, "tinylib==1.0").metadata = None;
    });
    insta::assert_snapshot!(lacking, @"environments/inference-x86_64-7f31b14a: what `tinylib==1.0` requires is not recorded");
    let twice = said(&setting, |lock| {
        lock.packages.get_mut("textkit").unwrap().metadata = Some(metadata(&[]));
    });
    insta::assert_snapshot!(twice, @"packages/textkit: what a release says of itself stands among the distributions");
}

#[test]
fn a_variant_is_of_a_file_that_is_installed_and_says_something_else() {
    let setting = Setting::new();
    let sdist = said(&setting, |lock| {
        let variant = ("text_kit-1.4.0.tar.gz".to_owned(), metadata(&[]));
        release(lock, "text-kit==1.4.0").variants = [variant].into();
    });
    insta::assert_snapshot!(sdist, @"distributions/text-kit==1.4.0: no environment of the lock installs the variant `text_kit-1.4.0.tar.gz`");
    let equal = said(&setting, |lock| {
        let text_kit = release(lock, "text-kit==1.4.0");
        let same = text_kit.metadata.clone().unwrap();
        text_kit.variants = [(TEXT_KIT.to_owned(), same)].into();
    });
    insta::assert_snapshot!(equal, @"distributions/text-kit==1.4.0: the variant `text_kit-1.4.0-py3-none-any.whl` says what `metadata` says");
    let alone = said(&setting, |lock| {
        let text_kit = release(lock, "text-kit==1.4.0");
        let says = text_kit.metadata.take().unwrap();
        text_kit.variants = [(TEXT_KIT.to_owned(), says)].into();
    });
    insta::assert_snapshot!(alone, @"distributions/text-kit==1.4.0: `text-kit==1.4.0` has `variants` and no `metadata`");
}
