//! What `git ls-remote --symref` says: the references of a remote and its default branch.
//!
//! The answer is kept in the cache as git wrote it, so that the same reading serves both.

use std::path::Path;

use super::GitProgram;
use super::store::{Store, write_whole};
use crate::model::{GitOid, GitRefName, RemoteUrl};
use crate::remote::{RemoteError, RemoteRef, RemoteRefs};

const CACHED: &str = "refs.txt";

impl GitProgram {
    pub(super) fn remote_refs(&self, url: &RemoteUrl) -> Result<RemoteRefs, RemoteError> {
        let store = self.store(url);
        let cached = store.path(CACHED);
        if self.options.offline {
            let answer = fs_err::read(&cached).map_err(|_| not_cached(url))?;
            return Ok(parse(&answer));
        }
        let mut command = self.network(None, url);
        command.args(["ls-remote", "--symref", "--", super::command::REMOTE]);
        let answer = self.ask(command, url, "cannot list the references of")?;
        self.keep(&store, &cached, &answer)?;
        Ok(parse(&answer))
    }

    fn keep(&self, store: &Store, cached: &Path, answer: &[u8]) -> Result<(), RemoteError> {
        store
            .create()
            .and_then(|()| {
                if fs_err::read(cached).is_ok_and(|kept| kept == answer) {
                    return Ok(());
                }
                write_whole(cached, answer)
            })
            .map_err(|error| self.cache_error(&error))
    }
}

fn not_cached(url: &RemoteUrl) -> RemoteError {
    RemoteError::NotCached(format!(
        "cannot list the references of `{url}` offline: the list is not in the cache"
    ))
}

/// Reads the answer; lines that vhb cannot name (a reference that is not UTF-8) are left out.
fn parse(answer: &[u8]) -> RemoteRefs {
    let mut refs = RemoteRefs::default();
    let lines = answer
        .split(|byte| *byte == b'\n')
        .filter_map(|line| str::from_utf8(line).ok());
    // A peeled entry follows its tag, so one pass is enough.
    for (value, name) in lines.filter_map(|line| line.split_once('\t')) {
        if let Some(target) = value.strip_prefix("ref: ") {
            if name == "HEAD" {
                refs.default_branch = GitRefName::try_from(target.to_owned()).ok();
            }
            continue;
        }
        let Ok(object) = value.parse::<GitOid>() else {
            continue;
        };
        let (name, peels) = match name.strip_suffix("^{}") {
            Some(tag) => (tag, true),
            None => (name, false),
        };
        let Ok(name) = GitRefName::try_from(name.to_owned()) else {
            continue;
        };
        if peels {
            if let Some(tag) = refs.by_name.get_mut(&name) {
                tag.peeled = Some(object);
            }
        } else if name.as_str() != "HEAD" {
            let peeled = None;
            refs.by_name.insert(name, RemoteRef { object, peeled });
        }
    }
    refs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_with_their_peeled_commits() {
        let one = "1".repeat(40);
        let two = "2".repeat(40);
        let answer = format!(
            "ref: refs/heads/main\tHEAD\n{one}\tHEAD\n{one}\trefs/heads/main\n\
             {two}\trefs/tags/v1\n{one}\trefs/tags/v1^{{}}\n{one}\trefs/pull/7/head\n"
        );
        let refs = parse(answer.as_bytes());
        let default = refs.default_branch.as_ref().map(GitRefName::as_str);
        assert_eq!(default, Some("refs/heads/main"));
        let listed: Vec<_> = refs
            .by_name
            .iter()
            .map(|(name, found)| (name.as_str(), found.object.short(), found.commit().short()))
            .collect();
        let (one, two) = (&one[..12], &two[..12]);
        assert_eq!(
            listed,
            [
                ("refs/heads/main", one, one),
                ("refs/pull/7/head", one, one),
                ("refs/tags/v1", two, one),
            ]
        );
    }

    #[test]
    fn odd_answers_are_passed_over() {
        let answer = b"warning\n\n\tx\nref: nonsense\tHEAD\nxyz\trefs/heads/a\n\
            1111111111111111111111111111111111111111\trefs/heads/\xff\n\
            1111111111111111111111111111111111111111\trefs/tags/lone^{}\n";
        assert_eq!(parse(answer), RemoteRefs::default());
    }
}
