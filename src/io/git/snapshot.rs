//! One commit with all its files and none of its history, from the cache or the remote.
//!
//! Invariant: `refs/vhb/kept/<commit>` exists only for a commit that git fetched and found whole
//! (it checks what it received before it writes a reference). The presence of the commit's object
//! alone says nothing: an interrupted fetch may leave it without its files.

use super::GitProgram;
use super::store::{Repository, Trouble};
use super::tree::{self, Reading};
use crate::model::{GitOid, GitRefName, RemoteUrl};
use crate::remote::{CommitWanted, GitSnapshot, RemoteError};

const SNAPSHOTS: &str = "snapshots.git";

/// Where a fetch puts what may turn out to be another commit than the one wanted.
const INCOMING: &str = "refs/vhb/incoming";

/// What git takes for the whole history, also where it only had a part of it before.
const ALL_HISTORY: &str = "--depth=2147483647";

impl GitProgram {
    pub(super) fn commit_snapshot(
        &self,
        url: &RemoteUrl,
        wanted: &CommitWanted,
        reading: Reading<'_>,
    ) -> Result<GitSnapshot, RemoteError> {
        if let Some(snapshot) = self.cached_snapshot(url, &wanted.commit, reading)? {
            return Ok(snapshot);
        }
        if self.options.offline {
            return Err(RemoteError::NotCached(format!(
                "cannot fetch commit `{}` offline: that commit of `{url}` is not in the cache",
                wanted.commit.short()
            )));
        }
        let id_length = wanted.commit.as_str().len();
        self.with_repair(url, SNAPSHOTS, id_length, |repository, _| {
            if !is_kept(repository, &wanted.commit) {
                obtain(repository, wanted)?;
            }
            tree::read(repository, &wanted.commit, reading)
        })
    }

    /// From the cache under the shared lock, so that many packages of one repository are read at
    /// once; none where the cache does not have it or is in doubt.
    fn cached_snapshot(
        &self,
        url: &RemoteUrl,
        commit: &GitOid,
        reading: Reading<'_>,
    ) -> Result<Option<GitSnapshot>, RemoteError> {
        let store = self.store(url);
        let path = store.path(SNAPSHOTS);
        if !path.exists() {
            return Ok(None);
        }
        let _lock = store
            .lock(SNAPSHOTS, false)
            .map_err(|error| self.cache_error(&error))?;
        let program = self;
        let repository = Repository { program, url, path };
        if !is_kept(&repository, commit) {
            return Ok(None);
        }
        match tree::read(&repository, commit, reading) {
            Ok(snapshot) => Ok(Some(snapshot)),
            Err(Trouble::Unsure(_)) => Ok(None),
            Err(known) => Err(known.into_error()),
        }
    }
}

fn kept(commit: &GitOid) -> String {
    format!("refs/vhb/kept/{commit}")
}

fn is_kept(repository: &Repository<'_>, commit: &GitOid) -> bool {
    repository.resolve(&kept(commit)).as_ref() == Some(commit)
}

/// Fetches the commit, by the cheapest way that the server allows.
fn obtain(repository: &Repository<'_>, wanted: &CommitWanted) -> Result<(), Trouble> {
    let commit = &wanted.commit;
    let by_reference = wanted.by.as_ref().map(GitRefName::as_str);
    let arrived = match by_reference {
        Some(name) => fetch_one(repository, name, commit)?,
        None => false,
    };
    if arrived || fetch_one(repository, commit.as_str(), commit)? || fetch_all(repository, commit)?
    {
        repository.read(["update-ref", &kept(commit), commit.as_str()])?;
        return Ok(());
    }
    let url = repository.url;
    Err(Trouble::Certain(RemoteError::NotFound(format!(
        "commit `{}` is not in `{url}`",
        commit.short()
    ))))
}

/// Whether fetching one reference or id without history brings the commit.
fn fetch_one(repository: &Repository<'_>, what: &str, commit: &GitOid) -> Result<bool, Trouble> {
    let spec = format!("+{what}:{INCOMING}");
    match repository.fetch(&["--depth=1", "--no-prune"], &[&spec]) {
        // A reference may have moved since it was listed.
        Ok(()) => Ok(repository
            .resolve(&format!("{INCOMING}^{{commit}}"))
            .as_ref()
            == Some(commit)),
        Err(Trouble::Refused(_) | Trouble::NoShallow(_)) => Ok(false),
        Err(trouble) => Err(trouble),
    }
}

/// Whether the commit is in the history of any branch or tag.
fn fetch_all(repository: &Repository<'_>, commit: &GitOid) -> Result<bool, Trouble> {
    let heads = "+refs/heads/*:refs/vhb/heads/*";
    let tags = "+refs/tags/*:refs/vhb/tags/*";
    // What earlier fetches left out is asked for again; a server that cannot leave out (dumb
    // http) does not know the option either.
    let options: &[&str] = if repository.path.join("shallow").exists() {
        &["--prune", ALL_HISTORY]
    } else {
        &["--prune", "--update-shallow"]
    };
    repository.fetch(options, &[heads, tags])?;
    let holders = repository.containing(commit, ["refs/vhb/heads", "refs/vhb/tags"])?;
    Ok(!holders.is_empty())
}
