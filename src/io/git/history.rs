//! Questions about the history of a remote: does it still have a commit, which commit is meant.
//!
//! The cache only saves bandwidth here. Each answer rests on what the remote lists and gives
//! now: a commit that merely lies in the cache from earlier proves nothing about the remote.

use super::GitProgram;
use super::store::{Repository, Trouble};
use crate::model::{GitOid, GitRefName, RemoteUrl};
use crate::remote::{Reach, RemoteError};

const HISTORY: &str = "history.git";

/// git resolves no shorter abbreviation.
const SHORTEST_PREFIX: usize = 4;

impl GitProgram {
    pub(super) fn commit_reach(
        &self,
        url: &RemoteUrl,
        commit: &GitOid,
    ) -> Result<Reach, RemoteError> {
        if self.options.offline {
            return Err(RemoteError::NotCached(format!(
                "cannot ask `{url}` offline whether it still has commit `{}`",
                commit.short()
            )));
        }
        let id_length = commit.as_str().len();
        let names = self.with_repair(url, HISTORY, id_length, |repository, again| {
            update(repository, again)?;
            repository.containing(commit, ["refs/heads", "refs/tags"])
        })?;
        if names.is_empty() {
            return self.probe(url, commit);
        }
        let names = names
            .into_iter()
            .filter_map(|name| GitRefName::try_from(name).ok());
        Ok(Reach::From(names.collect()))
    }

    /// Whether the remote gives a commit that no branch or tag leads to.
    ///
    /// In an empty repository, where nothing from earlier can stand in for the remote.
    fn probe(&self, url: &RemoteUrl, commit: &GitOid) -> Result<Reach, RemoteError> {
        let scratch = self
            .store(url)
            .scratch()
            .map_err(|error| self.cache_error(&error))?;
        let path = scratch.path().join("probe.git");
        let answer = Repository::init(self, url, path, commit.as_str().len()).and_then(|probe| {
            let spec = format!("+{commit}:refs/vhb/probe");
            probe.fetch(&["--depth=1", "--filter=tree:0"], &[&spec])?;
            Ok(probe.resolve("refs/vhb/probe^{commit}"))
        });
        match answer {
            Ok(Some(given)) if given == *commit => Ok(Reach::Unreachable),
            Ok(_) => Err(RemoteError::Unreachable(format!(
                "cannot fetch commit `{}` from `{url}`: another object came instead",
                commit.short()
            ))),
            Err(Trouble::Refused(_)) => Ok(Reach::Gone),
            Err(trouble) => Err(trouble.into_error()),
        }
    }

    pub(super) fn commit_expanded(
        &self,
        url: &RemoteUrl,
        prefix: &str,
    ) -> Result<GitOid, RemoteError> {
        let prefix = prefix.to_ascii_lowercase();
        let hexadecimal = prefix.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !hexadecimal || !(SHORTEST_PREFIX..=64).contains(&prefix.len()) {
            return Err(RemoteError::NotFound(format!(
                "`{prefix}` is not the beginning of a commit id \
                 ({SHORTEST_PREFIX} or more hexadecimal digits)"
            )));
        }
        if self.options.offline {
            return self.cached_expansion(url, &prefix);
        }
        let id_length = if prefix.len() > 40 { 64 } else { 40 };
        self.with_repair(url, HISTORY, id_length, |repository, again| {
            update(repository, again)?;
            expand(repository, &prefix)
        })
    }

    /// From the history as it was when it was last asked for; what that does not have, or not
    /// clearly, the remote may have by now.
    fn cached_expansion(&self, url: &RemoteUrl, prefix: &str) -> Result<GitOid, RemoteError> {
        let not_cached = || {
            RemoteError::NotCached(format!(
                "cannot look for commit `{prefix}` offline: the cached history of `{url}` does not have it"
            ))
        };
        let program = self;
        let store = self.store(url);
        let path = store.path(HISTORY);
        if !path.exists() {
            return Err(not_cached());
        }
        let _lock = store
            .lock(HISTORY, false)
            .map_err(|error| self.cache_error(&error))?;
        expand(&Repository { program, url, path }, prefix).map_err(|_| not_cached())
    }
}

/// Brings the history of all branches and tags up to date, and forgets those that are gone.
fn update(repository: &Repository<'_>, again: bool) -> Result<(), Trouble> {
    let specs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
    let mut options = vec!["--prune", "--update-shallow"];
    // Commits without their files, where the server can leave those out; the second attempt is
    // for servers that fail over it.
    if !again {
        options.push("--filter=tree:0");
    }
    repository.fetch(&options, &specs)
}

fn expand(repository: &Repository<'_>, prefix: &str) -> Result<GitOid, Trouble> {
    // Not by `rev-parse --verify`: it would take a branch that is named like an id.
    let candidates = repository.read(["rev-parse", &format!("--disambiguate={prefix}")])?;
    let mut commits = Vec::new();
    for candidate in String::from_utf8_lossy(&candidates).lines() {
        let Some(commit) = repository.resolve(&format!("{candidate}^{{commit}}")) else {
            continue;
        };
        // Not a tag object, nor a commit that stayed from a branch that is gone.
        if commit.as_str() == candidate
            && !repository
                .containing(&commit, ["refs/heads", "refs/tags"])?
                .is_empty()
        {
            commits.push(commit);
        }
    }
    let url = repository.url;
    match <[GitOid; 1]>::try_from(commits) {
        Ok([commit]) => Ok(commit),
        Err(commits) if commits.is_empty() => Err(Trouble::Certain(RemoteError::NotFound(
            format!("no commit of `{url}` begins with `{prefix}`"),
        ))),
        Err(commits) => Err(Trouble::Certain(RemoteError::NotFound(format!(
            "{} commits of `{url}` begin with `{prefix}`",
            commits.len()
        )))),
    }
}
