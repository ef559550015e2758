//! What whoever locks should know: other bytes, or another index, under an unchanged name and
//! version; and what is not the same bytes wherever it is installed.

use crate::finding::{Code, Finding, Severity};
use crate::lock::{Lock, Selected};
use crate::model::{IndexUrl, Pin, is_wheel};

pub(super) fn of(previous: &Lock, lock: &Lock) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (dist, release) in &lock.distributions {
        let Some(old) = previous.distributions.get(dist) else {
            continue;
        };
        for (filename, digest) in &release.files {
            if let Some(before) = old.files.get(filename).filter(|before| *before != digest) {
                let message = format!(
                    "`{filename}` has another SHA-256 than in the lock that is replaced, under \
                     the same name"
                );
                let finding = Finding::new(Code::PypiHashChanged, message)
                    .with_severity(Severity::Warning)
                    .about(format!("distributions/{dist}"))
                    .compare(before, digest);
                findings.push(finding);
            }
        }
    }
    for (key, package) in &lock.packages {
        let old = previous.packages.get(key).map(|package| &package.pin);
        if let (Pin::Pypi(new), Some(Pin::Pypi(old))) = (&package.pin, old)
            && new.dist() == old.dist()
            && new.index != old.index
        {
            let named = |index: Option<&IndexUrl>| {
                index.map_or_else(|| "the default index".to_owned(), ToString::to_string)
            };
            let message = format!("`{}` now comes from another index", new.dist());
            let finding = Finding::new(Code::IndexChanged, message)
                .about(format!("packages/{key}"))
                .compare(named(old.index.as_ref()), named(new.index.as_ref()));
            findings.push(finding);
        }
    }
    findings
}

/// The distributions of which an environment has no wheel.
pub(super) fn built_on_install(lock: &Lock) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (id, environment) in &lock.environments {
        let closure = environment.closure.iter();
        for (dist, selected) in closure.flat_map(|closure| &closure.distributions) {
            if let Selected::File(filename) = selected
                && !is_wheel(filename)
            {
                let target = &environment.asked.target;
                let message = format!("`{dist}` has no wheel for {target}; `{filename}` is locked");
                let finding = Finding::new(Code::BuiltOnInstall, message);
                findings.push(finding.about(format!("environments/{id}")));
            }
        }
    }
    findings
}
