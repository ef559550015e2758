//! The commits of a repository and the names for them, as git would have them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use sha1::{Digest as _, Sha1};

use crate::common::index_server::sha256;

/// Files of this size lie in LFS, whoever says what.
const LFS_FROM: usize = 64 * 1024;

/// A file of a commit, or that it goes away.
#[derive(Clone, Debug)]
pub(crate) struct File {
    path: String,
    change: Change,
}

#[derive(Clone, Debug)]
enum Change {
    Put(Stored),
    Remove,
}

/// The bytes of a file, and where they lie.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) bytes: Vec<u8>,
    pub(super) lfs: bool,
}

impl File {
    /// Any bytes; in LFS where there are many of them.
    pub(crate) fn new(path: &str, bytes: &[u8]) -> Self {
        Self::put(path, bytes, bytes.len() >= LFS_FROM)
    }

    /// A small text.
    pub(crate) fn text(path: &str, text: &str) -> Self {
        Self::new(path, text.as_bytes())
    }

    /// Bytes that lie in LFS, however few they are.
    pub(crate) fn lfs(path: &str, bytes: &[u8]) -> Self {
        Self::put(path, bytes, true)
    }

    /// The file is deleted.
    pub(crate) fn removed(path: &str) -> Self {
        let path = path.to_owned();
        Self {
            path,
            change: Change::Remove,
        }
    }

    fn put(path: &str, bytes: &[u8], lfs: bool) -> Self {
        let bytes = bytes.to_vec();
        Self {
            path: path.to_owned(),
            change: Change::Put(Stored { bytes, lfs }),
        }
    }
}

impl Stored {
    pub(super) fn sha256(&self) -> String {
        sha256(&self.bytes)
    }

    /// Git's name of what git holds: the bytes, or the pointer to them.
    pub(super) fn blob(&self) -> String {
        if self.lfs {
            object("blob", self.pointer().as_bytes())
        } else {
            object("blob", &self.bytes)
        }
    }

    /// What git holds of a file in LFS.
    pub(super) fn pointer(&self) -> String {
        format!(
            "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize {}\n",
            self.sha256(),
            self.bytes.len()
        )
    }
}

/// The name that git gives an object.
fn object(kind: &str, content: &[u8]) -> String {
    let head = format!("{kind} {}\0", content.len());
    let digest = Sha1::new()
        .chain_update(head.as_bytes())
        .chain_update(content)
        .finalize();
    digest.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[derive(Clone, Debug)]
pub(super) struct Commit {
    pub(super) parent: Option<String>,
    pub(super) date: String,
    pub(super) title: String,
    pub(super) files: BTreeMap<String, Stored>,
}

#[derive(Debug)]
pub(super) struct History {
    pub(super) commits: BTreeMap<String, Commit>,
    /// By full name.
    pub(super) refs: BTreeMap<String, String>,
    made: u32,
}

impl History {
    /// One commit on the branch `main`, as the Hub makes it for a new repository.
    pub(super) fn begun(id: &str) -> Self {
        let mut history = Self {
            commits: BTreeMap::new(),
            refs: BTreeMap::new(),
            made: 0,
        };
        let attributes = format!("# {id}\n*.safetensors filter=lfs diff=lfs merge=lfs -text\n");
        history.commit("main", &[File::text(".gitattributes", &attributes)]);
        history
    }

    /// A commit on top of a branch; its id depends on its content alone.
    pub(super) fn commit(&mut self, branch: &str, files: &[File]) -> String {
        let parent = self.refs.get(&format!("refs/heads/{branch}")).cloned();
        let before = parent.as_ref().map(|parent| &self.commits[parent].files);
        let mut all = before.cloned().unwrap_or_default();
        for File { path, change } in files {
            match change {
                Change::Put(stored) => all.insert(path.clone(), stored.clone()),
                Change::Remove => all.remove(path),
            };
        }
        let title = format!("change {}", self.made);
        self.add(branch, parent, title, all)
    }

    /// One commit in place of the history of a branch. Whatever no name leads to is gone.
    pub(super) fn squash(&mut self, branch: &str) -> String {
        let newest = &self.refs[&format!("refs/heads/{branch}")];
        let files = self.commits[newest].files.clone();
        let squashed = self.add(branch, None, "Super-squash branch".to_owned(), files);
        let mut kept = BTreeSet::new();
        for named in self.refs.values() {
            kept.extend(self.from(named).into_iter().map(str::to_owned));
        }
        self.commits.retain(|id, _| kept.contains(id));
        squashed
    }

    fn add(
        &mut self,
        branch: &str,
        parent: Option<String>,
        title: String,
        files: BTreeMap<String, Stored>,
    ) -> String {
        let (day, hour) = (1 + self.made / 24 % 28, self.made % 24);
        let date = format!("2026-01-{day:02}T{hour:02}:00:00.000Z");
        self.made += 1;
        let mut text = format!("parent {parent:?}\ndate {date}\n\n{title}\n");
        for (path, stored) in &files {
            let _ = writeln!(text, "{} {path}", stored.blob());
        }
        let id = object("commit", text.as_bytes());
        let commit = Commit {
            parent,
            date,
            title,
            files,
        };
        self.commits.insert(id.clone(), commit);
        self.refs.insert(format!("refs/heads/{branch}"), id.clone());
        id
    }

    /// A commit and all that led to it, the newest first.
    pub(super) fn from<'a>(&'a self, id: &'a str) -> Vec<&'a str> {
        let parent = |id: &&'a str| self.commits.get(*id)?.parent.as_deref();
        std::iter::successors(Some(id), parent).collect()
    }

    /// What a revision means: a branch, a tag, a full name, a commit or its beginning.
    pub(super) fn find(&self, revision: &str) -> Option<&str> {
        let named = ["refs/heads/", "refs/tags/"]
            .iter()
            .find_map(|kind| self.refs.get(&format!("{kind}{revision}")));
        let whole = || {
            self.refs
                .get(revision)
                .filter(|_| revision.starts_with("refs/pr/"))
        };
        let by_id = || {
            let mut commits = self.commits.keys().filter(|id| id.starts_with(revision));
            let first = commits.next().filter(|_| revision.len() >= 7);
            first.filter(|_| commits.next().is_none())
        };
        named.or_else(whole).or_else(by_id).map(String::as_str)
    }
}
