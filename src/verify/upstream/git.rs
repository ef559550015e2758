//! A git pin: does its ref still name the commit, and does anything still lead there?

use super::content;
use crate::finding::{Code, Finding, Severity};
use crate::model::{GitPin, GitRefName, GitSource};
use crate::remote::{Choice, Ports, Reach, RemoteError, RemoteRefs};

/// Asks what became of the locked commit; only when that matters, for it may take a fetch.
type AskReach<'a> = &'a dyn Fn() -> Result<Reach, RemoteError>;

pub(super) fn ask(
    source: &GitSource,
    pin: &GitPin,
    stated: content::AskStated<'_>,
    ports: Ports<'_>,
) -> Vec<Finding> {
    let url = &source.url;
    let refs = match ports.git.refs(url) {
        Ok(refs) => refs,
        Err(error) => return vec![error.finding(Code::GitRepositoryGone)],
    };
    let reach = || ports.git.reach(url, &pin.commit);
    let mut findings = match &pin.reference {
        None => commit_alone(pin, &refs, &reach),
        Some(name) => match refs.by_name.get(name) {
            None => gone_ref(pin, name, &reach),
            Some(there) if *there.commit() == pin.commit => recreated(pin, name, &refs),
            Some(_) if name.tag().is_some() => moved(pin, name, &refs, &reach),
            Some(_) => branch(pin, name, &refs, &reach),
        },
    };
    findings.extend(asked_otherwise(source, pin, &refs));
    // Whoever must be told that the commit is lost or moved need not be told more.
    if findings
        .iter()
        .all(|finding| finding.severity < Severity::Error)
    {
        findings.extend(content::ask(url, pin, &refs, stated, ports));
    }
    findings
}

/// The locked reference is as it was, but what was asked for now means another one: a tag hides a
/// branch of its name, or the default branch is another.
fn asked_otherwise(source: &GitSource, pin: &GitPin, refs: &RemoteRefs) -> Option<Finding> {
    let Choice::Ref { name, .. } = refs.choose(source.reference.as_deref()) else {
        return None;
    };
    let locked = pin.reference.as_ref()?;
    if name == *locked || !refs.by_name.contains_key(locked) {
        return None;
    }
    let now = refs.by_name[&name].commit();
    let asked = source.reference.as_deref().unwrap_or("the default branch");
    let message = format!("`{asked}` meant `{locked}` when it was locked, and now means `{name}`");
    let finding = Finding::new(Code::GitRefMoved, message);
    let differs = *now != pin.commit;
    differs.then(|| finding.compare(&pin.commit, now))
}

/// The same commit by another tag object: somebody deleted the tag and made it again.
fn recreated(pin: &GitPin, name: &GitRefName, refs: &RemoteRefs) -> Vec<Finding> {
    let there = &refs.by_name[name];
    let object = there.peeled.as_ref().map(|_| &there.object);
    if object == pin.tag_object.as_ref() {
        return Vec::new();
    }
    let text = |object: Option<&crate::model::GitOid>| {
        object.map_or_else(|| "a lightweight tag".to_owned(), ToString::to_string)
    };
    let message = format!("`{name}` was made anew, at the same commit");
    let finding = Finding::new(Code::GitTagRecreated, message);
    vec![finding.compare(text(pin.tag_object.as_ref()), text(object))]
}

fn moved(pin: &GitPin, name: &GitRefName, refs: &RemoteRefs, reach: AskReach<'_>) -> Vec<Finding> {
    let now = refs.by_name[name].commit();
    let (fate, more) = fate(pin, reach);
    let message = format!("`{name}` moved from commit {} to {now}; {fate}", pin.commit);
    let finding = Finding::new(Code::GitRefMoved, message);
    let mut findings = vec![finding.compare(&pin.commit, now)];
    findings.extend(more);
    findings
}

fn gone_ref(pin: &GitPin, name: &GitRefName, reach: AskReach<'_>) -> Vec<Finding> {
    let (fate, more) = fate(pin, reach);
    let message = format!("`{name}` is gone from `{}`; {fate}", pin.url);
    let finding = Finding::new(Code::GitRefGone, message);
    let mut findings = vec![finding.compare(&pin.commit, "no such ref")];
    findings.extend(more);
    findings
}

/// What became of the locked commit, in words, and as a finding where that is bad in itself.
fn fate(pin: &GitPin, reach: AskReach<'_>) -> (String, Option<Finding>) {
    match reach() {
        Ok(Reach::From(names)) => {
            let by = names.first().map_or("another ref", GitRefName::as_str);
            (format!("the locked commit is still there, by `{by}`"), None)
        }
        Ok(Reach::Unreachable) => (
            "no branch or tag leads to the locked commit".to_owned(),
            Some(unreachable(pin)),
        ),
        Ok(Reach::Gone) => (
            "the locked commit is gone".to_owned(),
            Some(commit_gone(pin)),
        ),
        Err(error) => (
            "whether the locked commit is still there could not be asked".to_owned(),
            Some(error.finding(Code::GitRepositoryGone)),
        ),
    }
}

fn branch(pin: &GitPin, name: &GitRefName, refs: &RemoteRefs, reach: AskReach<'_>) -> Vec<Finding> {
    let now = refs.by_name[name].commit();
    match reach() {
        Ok(Reach::From(names)) if names.contains(name) => {
            let message = format!("`{name}` advanced from commit {} to {now}", pin.commit);
            let finding = Finding::new(Code::GitBranchAdvanced, message);
            vec![finding.compare(&pin.commit, now)]
        }
        Ok(Reach::From(names)) => {
            let by = names.first().map_or("another ref", GitRefName::as_str);
            let message = format!(
                "`{name}` was rewritten: it no longer leads to commit {}, but `{by}` does",
                pin.commit
            );
            let finding = Finding::new(Code::GitBranchRewritten, message);
            vec![finding.compare(&pin.commit, now)]
        }
        reach => vec![lost(pin, reach)],
    }
}

fn commit_alone(pin: &GitPin, refs: &RemoteRefs, reach: AskReach<'_>) -> Vec<Finding> {
    if refs
        .by_name
        .values()
        .any(|there| *there.commit() == pin.commit)
    {
        return Vec::new();
    }
    match reach() {
        Ok(Reach::From(_)) => Vec::new(),
        reach => vec![lost(pin, reach)],
    }
}

fn lost(pin: &GitPin, reach: Result<Reach, RemoteError>) -> Finding {
    match reach {
        Ok(Reach::From(_) | Reach::Unreachable) => unreachable(pin),
        Ok(Reach::Gone) => commit_gone(pin),
        Err(error) => error.finding(Code::GitRepositoryGone),
    }
}

fn unreachable(pin: &GitPin) -> Finding {
    let message = format!(
        "no branch or tag of `{}` leads to commit {}",
        pin.url, pin.commit
    );
    Finding::new(Code::GitCommitUnreachable, message)
}

fn commit_gone(pin: &GitPin) -> Finding {
    let message = format!("`{}` no longer gives commit {}", pin.url, pin.commit);
    Finding::new(Code::GitCommitGone, message)
}
