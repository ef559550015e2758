//! The versions that a file has had, wherever in the history.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::super::batch::Batch;
use super::{BlobError, Revisions, line};

/// Whoever looks at versions, until it has seen enough.
pub type Looking<'a> = &'a mut dyn FnMut(Vec<u8>) -> ControlFlow<()>;

impl Revisions {
    /// Shows the versions of a file, each once: first those of HEAD, of `starts`, and of the commits
    /// before these; then those of common ancestors; then all in the history of every reference and
    /// of `starts`, the newest first.
    ///
    /// The path is that from the top of the repository. Starts that are no commits here, or may not
    /// be names of any, are passed over, and so are versions of more than `limit` bytes and those
    /// that a partial clone lacks.
    pub fn versions(
        &self,
        path: &str,
        starts: &[String],
        limit: u64,
        look: Looking<'_>,
    ) -> Result<(), BlobError> {
        let mut versions = Versions {
            batch: Batch::start(self.command()).map_err(BlobError::NoGit)?,
            seen: BTreeSet::new(),
            limit,
            look,
        };
        let named = starts.iter().filter(|start| may_be_name(start));
        let mut commits = Vec::new();
        for name in named {
            commits.extend(versions.commit(name)?);
        }
        for commit in std::iter::once("HEAD").chain(commits.iter().map(String::as_str)) {
            for name in [format!("{commit}:{path}"), format!("{commit}^:{path}")] {
                if versions.show(&name)?.is_break() {
                    return Ok(());
                }
            }
        }
        for commit in &commits {
            // Where there is none, it fails without a word.
            let bases = self.read(&["merge-base", "--all", "HEAD", commit]);
            let bases = bases.and_then(line).unwrap_or_default();
            for base in bases.lines() {
                if versions.show(&format!("{base}:{path}"))?.is_break() {
                    return Ok(());
                }
            }
        }
        for id in self.all_versions(path, &commits)? {
            if versions.show(&id)?.is_break() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// The ids of all versions of a file.
    fn all_versions(&self, path: &str, commits: &[String]) -> Result<Vec<String>, BlobError> {
        // `--all` means HEAD as well, and stashes.
        let mut arguments = vec!["rev-list", "--objects", "--in-commit-order"];
        // A side that was merged away may be what is looked for.
        arguments.extend(["--full-history", "--all", "--missing=allow-any"]);
        arguments.extend(commits.iter().map(String::as_str));
        let literally = format!(":(top,literal){path}");
        arguments.extend(["--", &literally]);
        let listed = self.read(&arguments)?;
        let ids = listed.split(|byte| *byte == b'\n').filter_map(|line| {
            let (id, name) = str::from_utf8(line).ok()?.split_once(' ')?;
            (name == path).then(|| id.to_owned())
        });
        Ok(ids.collect())
    }
}

/// Versions on their way to whoever looks at them.
struct Versions<'a> {
    batch: Batch,
    seen: BTreeSet<String>,
    limit: u64,
    look: Looking<'a>,
}

impl Versions<'_> {
    /// The id of a commit.
    fn commit(&mut self, name: &str) -> Result<Option<String>, BlobError> {
        let found = self.batch.request(&format!("{name}^{{commit}}"));
        let Some(found) = found.map_err(|error| stopped(&error))? else {
            return Ok(None);
        };
        self.batch
            .content(found.size, |_| {})
            .map_err(|error| stopped(&error))?;
        Ok(Some(found.id))
    }

    /// Shows a version that was not shown yet.
    fn show(&mut self, name: &str) -> Result<ControlFlow<()>, BlobError> {
        let Some(found) = self.batch.request(name).map_err(|error| stopped(&error))? else {
            return Ok(ControlFlow::Continue(()));
        };
        let wanted = found.kind == "blob" && self.seen.insert(found.id);
        let limit = if wanted { self.limit } else { 0 };
        let bytes = self
            .batch
            .whole(found.size, limit)
            .map_err(|error| stopped(&error))?;
        Ok(match bytes.filter(|_| wanted) {
            Some(bytes) => (self.look)(bytes),
            None => ControlFlow::Continue(()),
        })
    }
}

fn stopped(error: &std::io::Error) -> BlobError {
    BlobError::Failed(format!("it stopped answering: {error}"))
}

/// Whether a text can be an id or the name of a reference, and no option.
fn may_be_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !text.is_empty() && text.bytes().all(plain)
}
