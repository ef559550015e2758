//! The same question is asked once in the life of a command.
//!
//! Many packages may come from one repository, and one project page answers for many releases.
//! Failures are kept too: a server that did not answer is not waited for again. Other credentials
//! are another question.

use std::collections::HashMap;
use std::hash::Hash;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use pep508_rs::PackageName;

use crate::model::{GitOid, IndexUrl, RemoteUrl, Sha256Digest};
use crate::remote::{
    CommitWanted, GitRemote, GitSnapshot, IndexFile, PackageIndex, ProjectPage, Reach, RemoteError,
    RemoteRefs,
};

/// Answers by question; whoever asks second waits for the first.
struct Answers<K, V>(Mutex<HashMap<K, Slot<V>>>);

type Slot<V> = Arc<OnceLock<Result<V, RemoteError>>>;

impl<K, V> Default for Answers<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V: Clone> Answers<K, V> {
    fn get(
        &self,
        question: K,
        ask: impl FnOnce() -> Result<V, RemoteError>,
    ) -> Result<V, RemoteError> {
        let slot = {
            // Nothing is left half-done in the map, whatever a thread that held it did.
            let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(slots.entry(question).or_default())
        };
        slot.get_or_init(ask).clone()
    }
}

/// A [`GitRemote`] that remembers references and reach.
pub struct OnceGit<G> {
    inner: G,
    refs: Answers<String, RemoteRefs>,
    reach: Answers<(String, GitOid), Reach>,
}

impl<G> OnceGit<G> {
    /// Remembers what `inner` answers.
    pub fn new(inner: G) -> Self {
        Self {
            inner,
            refs: Answers::default(),
            reach: Answers::default(),
        }
    }
}

impl<G: GitRemote> GitRemote for OnceGit<G> {
    fn refs(&self, url: &RemoteUrl) -> Result<RemoteRefs, RemoteError> {
        self.refs
            .get(url.secret().to_owned(), || self.inner.refs(url))
    }

    fn snapshot(
        &self,
        url: &RemoteUrl,
        commit: &CommitWanted,
        subdirectory: Option<&str>,
        into: Option<&Path>,
    ) -> Result<GitSnapshot, RemoteError> {
        self.inner.snapshot(url, commit, subdirectory, into)
    }

    fn reach(&self, url: &RemoteUrl, commit: &GitOid) -> Result<Reach, RemoteError> {
        let question = (url.secret().to_owned(), commit.clone());
        self.reach.get(question, || self.inner.reach(url, commit))
    }

    fn expand(&self, url: &RemoteUrl, prefix: &str) -> Result<GitOid, RemoteError> {
        self.inner.expand(url, prefix)
    }
}

/// A [`PackageIndex`] that remembers project pages and core metadata.
pub struct OnceIndex<I> {
    inner: I,
    pages: Answers<(Option<String>, PackageName), ProjectPage>,
    metadata: Answers<(Option<String>, String, Option<Sha256Digest>), String>,
}

impl<I> OnceIndex<I> {
    /// Remembers what `inner` answers.
    pub fn new(inner: I) -> Self {
        Self {
            inner,
            pages: Answers::default(),
            metadata: Answers::default(),
        }
    }
}

impl<I: PackageIndex> PackageIndex for OnceIndex<I> {
    fn project(
        &self,
        index: Option<&IndexUrl>,
        name: &PackageName,
    ) -> Result<ProjectPage, RemoteError> {
        let question = (index.map(|index| index.secret().to_owned()), name.clone());
        self.pages.get(question, || self.inner.project(index, name))
    }

    fn digest(
        &self,
        index: Option<&IndexUrl>,
        file: &IndexFile,
    ) -> Result<Sha256Digest, RemoteError> {
        self.inner.digest(index, file)
    }

    fn metadata(&self, index: Option<&IndexUrl>, file: &IndexFile) -> Result<String, RemoteError> {
        let question = (
            index.map(|index| index.secret().to_owned()),
            file.filename.clone(),
            file.sha256,
        );
        self.metadata
            .get(question, || self.inner.metadata(index, file))
    }

    fn record(&self, index: Option<&IndexUrl>, file: &IndexFile) -> Result<String, RemoteError> {
        self.inner.record(index, file)
    }

    fn download(
        &self,
        index: Option<&IndexUrl>,
        file: &IndexFile,
        into: &Path,
    ) -> Result<(), RemoteError> {
        self.inner.download(index, file, into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn a_question_is_asked_once_even_by_many_at_once() {
        let answers = Answers::<u8, usize>::default();
        let asked = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let answer = answers.get(1, || Ok(asked.fetch_add(1, Ordering::SeqCst)));
                    assert_eq!(answer.unwrap(), 0);
                });
            }
        });
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn failures_are_remembered() {
        let answers = Answers::<u8, usize>::default();
        let fail = || Err(RemoteError::Unreachable("no answer".to_owned()));
        assert!(answers.get(1, fail).is_err());
        assert!(answers.get(1, || Ok(1)).is_err());
    }
}
