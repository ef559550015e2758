//! What is done to a repository.

use vhb::model::{HubKind, HubRepo};

use super::history::File;
use super::{HubServer, Repository};

/// What is kept from users who were not admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    /// Nothing.
    Open,
    /// The bytes of files; everybody may read which there are.
    Files,
    /// Everything, as the Hub had it before 2024.
    Everything,
}

/// A repository of a [`HubServer`].
#[derive(Clone, Debug)]
pub(crate) struct Repo<'a> {
    server: &'a HubServer,
    kind: HubKind,
    id: String,
}

impl<'a> Repo<'a> {
    pub(super) fn new(server: &'a HubServer, kind: HubKind, id: &str) -> Self {
        let id = id.to_owned();
        Self { server, kind, id }
    }

    /// Its name.
    pub(crate) fn name(&self) -> HubRepo {
        HubRepo {
            kind: self.kind,
            id: self.id.parse().unwrap(),
        }
    }

    /// Adds a commit to a branch, which is made where it is new; the id of the commit.
    pub(crate) fn commit(&self, branch: &str, files: &[File]) -> String {
        self.with(|repository| repository.history.commit(branch, files))
    }

    /// The commit that a full name leads to now.
    pub(crate) fn target(&self, full_name: &str) -> String {
        self.with(|repository| repository.history.refs[full_name].clone())
    }

    /// Makes or moves a branch.
    pub(crate) fn branch(&self, name: &str, commit: &str) {
        self.name_commit(format!("refs/heads/{name}"), commit);
    }

    /// Makes or moves a tag.
    pub(crate) fn tag(&self, name: &str, commit: &str) {
        self.name_commit(format!("refs/tags/{name}"), commit);
    }

    /// Makes or moves the head of a pull request.
    pub(crate) fn pull_request(&self, number: u32, commit: &str) {
        self.name_commit(format!("refs/pr/{number}"), commit);
    }

    fn name_commit(&self, full_name: String, commit: &str) {
        self.with(|repository| {
            let history = &mut repository.history;
            assert!(history.commits.contains_key(commit), "no commit {commit}");
            history.refs.insert(full_name, commit.to_owned());
        });
    }

    /// Deletes a branch; its commits stay.
    pub(crate) fn delete_branch(&self, name: &str) {
        self.delete_ref(&format!("refs/heads/{name}"));
    }

    /// Deletes a tag; its commit stays.
    pub(crate) fn delete_tag(&self, name: &str) {
        self.delete_ref(&format!("refs/tags/{name}"));
    }

    fn delete_ref(&self, full_name: &str) {
        self.with(|repository| {
            let deleted = repository.history.refs.remove(full_name);
            deleted.expect("it was made before");
        });
    }

    /// Replaces the history of a branch by one commit with the same files; the id of that. The old
    /// commits are gone where nothing else leads to them.
    pub(crate) fn squash(&self, branch: &str) -> String {
        self.with(|repository| repository.history.squash(branch))
    }

    /// Deletes the repository.
    pub(crate) fn delete(self) {
        self.server.with(|state| {
            let deleted = state.repositories.remove(&(self.kind, self.id));
            deleted.expect("it was made before");
        });
    }

    /// Shows it to the user with the token alone.
    pub(crate) fn private(&self) {
        self.with(|repository| repository.private = true);
    }

    /// Keeps something from all but the user with the token, and from that one too where it is not
    /// admitted.
    pub(crate) fn gated(&self, gate: Gate, admitted: bool) {
        self.with(|repository| {
            repository.gate = gate;
            repository.admitted = admitted;
        });
    }

    /// What the card says: `pipeline_tag`, and the front matter of `README.md` as JSON.
    pub(crate) fn card(&self, task: Option<&str>, card: serde_json::Value) {
        self.with(|repository| {
            repository.task = task.map(str::to_owned);
            repository.card = card;
        });
    }

    /// Sends other bytes for a file than it lists.
    pub(crate) fn wrong(&self, path: &str, bytes: &[u8]) {
        self.with(|repository| repository.wrong.insert(path.to_owned(), bytes.to_vec()));
    }

    fn with<T>(&self, act: impl FnOnce(&mut Repository) -> T) -> T {
        self.server.with(|state| {
            let key = (self.kind, self.id.clone());
            let repository = state.repositories.get_mut(&key);
            act(repository.expect("the repository was not deleted"))
        })
    }
}
