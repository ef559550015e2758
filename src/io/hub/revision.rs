//! What a revision means, and whether a history holds a commit.

use std::ops::ControlFlow;

use serde_json::Value;

use super::ask::{Repository, Thing};
use super::wire::{CommitWire, RefWire, RefsWire, RevisionWire};
use crate::model::{GitOid, GitRefName, Instant, one_line};
use crate::remote::{HubRevision, RemoteError};

/// Every repository of the Hub has this branch, and it is the default one.
const DEFAULT_BRANCH: &str = "main";
/// The Hub lists fifty commits on a page.
const MOST_PAGES_OF_HISTORY: usize = 200;

impl Repository<'_> {
    /// What a revision means now; none is the default branch.
    pub(super) fn revision(&self, asked: Option<&str>) -> Result<HubRevision, RemoteError> {
        let name = asked.unwrap_or(DEFAULT_BRANCH);
        if let Ok(commit) = name.parse::<GitOid>() {
            let (found, stated) = self.look_up(commit.as_str())?;
            if found != commit {
                let named = self.named(Thing::Commit(&commit));
                let message = format!("{named} was answered with commit `{found}`");
                return Err(RemoteError::Mismatch(message));
            }
            return self.described(None, found, &stated);
        }
        if name.starts_with("refs/") {
            let reference = self.reference(name)?;
            let (commit, stated) = self.look_up(&self.asked_by(&reference)?)?;
            return self.described(Some(reference), commit, &stated);
        }
        let (commit, stated) = self.look_up(name)?;
        let reference = match asked {
            None => Some(self.reference(&format!("refs/heads/{name}"))?),
            Some(name) => self.meant(name, &commit)?,
        };
        self.described(reference, commit, &stated)
    }

    /// Whether the history of a branch or a tag holds a commit.
    pub(super) fn leads_to(
        &self,
        reference: &GitRefName,
        commit: &GitOid,
    ) -> Result<bool, RemoteError> {
        let asked = self.asked_by(reference)?;
        let newest = match asked.parse() {
            Ok(newest) => newest,
            Err(_) => self.look_up(&asked)?.0,
        };
        if newest == *commit {
            return Ok(true);
        }
        // Of the newest commit and not of the reference, which may move from one page to the next.
        let first = self
            .access
            .endpoint
            .api(self.repo, &["commits", newest.as_str()]);
        let thing = Thing::History(&newest);
        self.pages(
            thing,
            first,
            MOST_PAGES_OF_HISTORY,
            |page: Vec<CommitWire>| {
                let found = page.iter().any(|listed| listed.id == commit.as_str());
                Ok(if found {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                })
            },
        )
    }

    /// The commit that the Hub finds by a name, and what it says of it.
    fn look_up(&self, name: &str) -> Result<(GitOid, RevisionWire), RemoteError> {
        let thing = Thing::Revision(name);
        if matches!(name, "" | "." | "..") {
            return Err(self.missing(thing));
        }
        let stated: RevisionWire = self.api(thing, &["revision", name])?;
        let commit = stated.sha.parse();
        let commit = commit.map_err(|error| self.senseless(thing, error))?;
        Ok((commit, stated))
    }

    fn references(&self) -> Result<RefsWire, RemoteError> {
        self.api(Thing::References, &["refs"])
    }

    fn reference(&self, name: &str) -> Result<GitRefName, RemoteError> {
        let reference = GitRefName::try_from(name.to_owned());
        reference.map_err(|_| self.missing(Thing::Reference(name)))
    }

    /// The branch or the tag that a short name means; none where it is the beginning of a commit.
    ///
    /// Where there are both, the one that leads to what the Hub found is meant; where both do, the
    /// tag, as git has it. One that is alone is meant even where it has moved since.
    fn meant(&self, name: &str, commit: &GitOid) -> Result<Option<GitRefName>, RemoteError> {
        let references = self.references()?;
        let named = |list: Vec<RefWire>| list.into_iter().find(|listed| listed.name == name);
        let (branch, tag) = (named(references.branches), named(references.tags));
        let leads = |listed: &RefWire| listed.target_commit == commit.as_str();
        let meant = match (branch, tag) {
            (Some(branch), Some(tag)) if leads(&branch) && !leads(&tag) => branch,
            (_, Some(tag)) => tag,
            (Some(branch), None) => branch,
            (None, None) if commit.as_str().starts_with(&name.to_ascii_lowercase()) => {
                return Ok(None);
            }
            (None, None) => {
                let what = "it is neither a branch nor a tag nor the beginning of its commit";
                return Err(self.senseless(Thing::Revision(name), what));
            }
        };
        self.reference(&meant.full_name).map(Some)
    }

    /// What to ask the Hub for to get what a reference names: a branch and a tag of one name
    /// cannot be told apart by it.
    fn asked_by(&self, reference: &GitRefName) -> Result<String, RemoteError> {
        if reference.branch().is_none() && reference.tag().is_none() {
            // Pull requests and conversions go by their full names.
            return Ok(reference.as_str().to_owned());
        }
        let RefsWire { branches, tags } = self.references()?;
        let found = branches
            .iter()
            .chain(&tags)
            .find(|listed| listed.full_name == reference.as_str())
            .ok_or_else(|| self.missing(Thing::Reference(reference.as_str())))?;
        // An annotated tag may be listed by the name of its own object, which is no commit.
        let alone = |tag: &str| branches.iter().all(|branch| branch.name != tag);
        Ok(match reference.tag() {
            Some(tag) if alone(tag) => tag.to_owned(),
            _ => found.target_commit.clone(),
        })
    }

    fn described(
        &self,
        reference: Option<GitRefName>,
        commit: GitOid,
        stated: &RevisionWire,
    ) -> Result<HubRevision, RemoteError> {
        let line = |value: &Value| value.as_str().and_then(one_line);
        Ok(HubRevision {
            reference,
            committed: self.committed(&commit)?,
            commit,
            task: line(&stated.pipeline_tag),
            // Several licences in a list are not one: which holds for what is not said.
            license: stated.card.get("license").and_then(line),
        })
    }

    /// When a commit was made; none where the endpoint, such as a mirror, keeps no histories.
    fn committed(&self, commit: &GitOid) -> Result<Option<Instant>, RemoteError> {
        let thing = Thing::History(commit);
        let listed: Vec<CommitWire> = match self.api(thing, &["commits", commit.as_str()]) {
            Ok(listed) => listed,
            Err(RemoteError::NoRevision(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let newest = listed.into_iter().next();
        let newest = newest.filter(|newest| newest.id == commit.as_str());
        let newest =
            newest.ok_or_else(|| self.senseless(thing, "it begins with another commit"))?;
        let date = newest.date.map(|date| date.parse()).transpose();
        date.map_err(|error| self.senseless(thing, error))
    }
}
