//! Findings of a resolution that failed: all that the resolver says, and who asked for what.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::finding::{Code, Finding, Location};
use crate::lock::LockedPackage;
use crate::model::{Environment, Source, VersionAsked};
use crate::registry::Plan;
use crate::remote::ResolveError;

/// How uv says it.
const NO_SUCH_PROJECT: &str = "was not found in the package registry";

/// So many roots are named where none of them is known to be at fault.
const MOST_ASKERS: usize = 8;

/// Why an environment has no closure.
pub(super) fn environment(
    plan: &Plan,
    id: &str,
    asked: &Environment,
    packages: &BTreeMap<String, LockedPackage>,
    error: &ResolveError,
) -> Finding {
    let mut askers = askers(plan, asked, packages);
    let (code, said) = match error {
        // uv takes what must not be built for something that does not exist.
        ResolveError::Conflict(said) if said.contains("--no-build") => (Code::BuildForbidden, said),
        ResolveError::Conflict(said) if said.contains(NO_SUCH_PROJECT) => {
            (Code::ProjectNotFound, said)
        }
        ResolveError::Conflict(said) => (Code::ResolutionConflict, said),
        ResolveError::Failed(said) => (Code::ResolutionFailed, said),
        ResolveError::Remote(error) => {
            let said = error.to_string();
            let named = askers.iter().find(|asker| asker.is_named(&said));
            let finding = error.finding(Code::ResolutionFailed);
            return finding
                .about(format!("environments/{id}"))
                .at(named.map(|asker| asker.location.clone()));
        }
    };
    // A root is at fault where the explanation names it; where it names none, any may be.
    if askers.iter().any(|asker| asker.is_named(said)) {
        askers.retain(|asker| asker.is_named(said));
    } else if askers.len() > MOST_ASKERS {
        askers.clear();
    }
    let what = match code {
        Code::ResolutionConflict => "cannot be installed together",
        Code::BuildForbidden => "cannot be resolved without a build",
        Code::ProjectNotFound => "require what the package index does not have",
        _ => "cannot be resolved",
    };
    let runs: Vec<_> = plan
        .runs
        .iter()
        .filter(|(_, run)| {
            run.environments
                .values()
                .any(|ids| ids.iter().any(|it| it == id))
        })
        .map(|(run, _)| format!("`{run}`"))
        .collect();
    let mut message = format!(
        "the packages for the {} of {} ({}) {what}\n{said}",
        asked.stage,
        runs.join(", "),
        asked.target,
    );
    if !askers.is_empty() {
        message.push_str("\nasked for by:");
    }
    for asker in &askers {
        let Location {
            file, line, column, ..
        } = asker.location;
        let (what, key) = (&asker.what, asker.key);
        let _ = write!(message, "\n  {what}: packages/{key}");
        // What was put together from a lock's own values is written nowhere.
        if !file.as_os_str().is_empty() {
            let _ = write!(message, " at {}:{line}:{column}", file.display());
        }
    }
    let location = askers.first().map(|asker| asker.location.clone());
    let finding = Finding::new(code, message).about(format!("environments/{id}"));
    let finding = finding.at(location);
    if code == Code::ResolutionConflict && askers.iter().any(|asker| asker.mutable) {
        let hint = "name exact versions that go together, or use `metadata.lock.overrides`";
        return finding.hint(hint);
    }
    finding
}

/// A root of an environment, and where it is written.
struct Asker<'a> {
    key: &'a str,
    name: String,
    /// What the addresses of its files hold.
    file: String,
    what: String,
    mutable: bool,
    location: &'a Location,
}

impl Asker<'_> {
    fn is_named(&self, said: &str) -> bool {
        if said.contains(&self.file) {
            return true;
        }
        let boundary =
            |c: Option<char>| !c.is_some_and(|c| c.is_alphanumeric() || "-_.".contains(c));
        said.match_indices(&self.name).any(|(at, name)| {
            let before = said[..at].chars().next_back();
            let mut after = said[at + name.len()..].chars();
            let next = after.next();
            // A full stop may end a sentence.
            let ends = next == Some('.') && !after.next().is_some_and(char::is_alphanumeric);
            boundary(before) && (ends || boundary(next))
        })
    }
}

fn askers<'a>(
    plan: &'a Plan,
    asked: &'a Environment,
    packages: &BTreeMap<String, LockedPackage>,
) -> Vec<Asker<'a>> {
    asked
        .roots
        .iter()
        .filter_map(|key| {
            let planned = plan.packages.get(key)?;
            let dist = packages.get(key)?.distribution.as_ref()?;
            // Of these vhb took the newest, which need not go together with the others.
            let chosen = match &planned.source {
                Source::Pypi(source) => match &source.version {
                    VersionAsked::Exact(_) => None,
                    asked => Some(asked.to_string()),
                },
                Source::Git(_) | Source::Local(_) => None,
            };
            Some(Asker {
                key,
                name: dist.name.to_string(),
                file: format!("/{}-", dist.name.as_dist_info_name()),
                what: match &chosen {
                    Some(asked) => format!("`{dist}` (chosen for `{asked}`)"),
                    None => format!("`{dist}`"),
                },
                mutable: chosen.is_some(),
                location: &planned.location,
            })
        })
        .collect()
}

/// Why something could not be built.
pub(super) fn build(what: &str, error: ResolveError) -> Finding {
    match error {
        ResolveError::Remote(error) => error.finding(Code::BuildFailed),
        ResolveError::Conflict(said) | ResolveError::Failed(said) => {
            let message = format!("`{what}` cannot be built\n{said}");
            Finding::new(Code::BuildFailed, message)
        }
    }
}
