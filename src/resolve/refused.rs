//! What is refused before an environment is resolved, because the resolver would accept it.

use std::collections::BTreeMap;

use super::Request;
use crate::finding::{Code, Finding};
use crate::lock::LockedPackage;
use crate::model::Environment;

/// Refuses what a git or local package requires by its address, before anybody goes there.
pub(super) fn addressed(
    request: Request<'_>,
    asked: &Environment,
    packages: &BTreeMap<String, LockedPackage>,
) -> Result<(), Vec<Finding>> {
    let target = asked.target.marker_environment();
    let mut findings = Vec::new();
    for key in &asked.roots {
        let metadata = packages
            .get(key)
            .and_then(|package| package.metadata.as_ref());
        let requires = metadata.into_iter().flat_map(|metadata| &metadata.requires);
        for requirement in requires.filter(|it| it.is_direct() && it.applies(&target, &[])) {
            let message = format!("`{key}` requires `{requirement}`, by its address");
            let location = request.plan.packages.get(key);
            findings.push(
                Finding::new(Code::DirectReference, message)
                    .about(format!("packages/{key}"))
                    .at(location.map(|package| package.location.clone())),
            );
        }
    }
    if findings.is_empty() {
        Ok(())
    } else {
        Err(findings)
    }
}

/// Refuses an override of what is asked for itself: it would replace the pin without a word.
pub(super) fn overridden(
    request: Request<'_>,
    id: &str,
    asked: &Environment,
    packages: &BTreeMap<String, LockedPackage>,
) -> Result<(), Vec<Finding>> {
    let named = |key: &&String| {
        let dist = packages
            .get(*key)
            .and_then(|package| package.distribution.as_ref());
        let mut overrides = asked.target.overrides.iter();
        dist.is_some_and(|dist| overrides.any(|it| *it.name() == dist.name))
    };
    let findings: Vec<_> = asked
        .roots
        .iter()
        .filter(named)
        .map(|key| {
            let message = format!(
                "`metadata.lock.overrides` overrides `{key}`, which is asked for by itself"
            );
            Finding::new(Code::ResolutionFailed, message)
                .about(format!("environments/{id}"))
                .at(request
                    .plan
                    .packages
                    .get(key)
                    .map(|package| package.location.clone()))
                .hint("give the package the version that you want, and drop the override")
        })
        .collect();
    if findings.is_empty() {
        Ok(())
    } else {
        Err(findings)
    }
}
