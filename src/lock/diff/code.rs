//! Git and local packages: their bytes lead, and how they are called follows.

use super::artifacts::number;
use super::change::{Leaf, Value};
use super::heads::Heads;
use super::leaves::leaves_of;
use super::rank::Rank;
use crate::model::{GitOid, GitPin, LocalPin};

/// What differs between two commits of a package.
pub(super) fn git(old: &GitPin, new: &GitPin) -> Heads {
    let GitPin {
        url,
        reference,
        tag_object,
        commit,
        committed,
        tree,
        subdirectory,
        subdirectory_tree,
        content,
        files,
        bytes,
        submodules,
    } = old;
    let rank = Rank::Code;
    let mut heads = Heads::default();
    heads.lead(rank, commits(Some(commit), Some(&new.commit)));
    let leaders = &["commit", "content"];
    heads.imply(
        leaders,
        rank,
        Leaf::digests("content", content, &new.content),
    );
    let reference = Leaf::optional("ref", reference.as_ref(), new.reference.as_ref());
    heads.follow(leaders, rank, reference);
    heads.follow(leaders, rank, number("files", *files, new.files));
    heads.follow(leaders, rank, number("bytes", *bytes, new.bytes));
    let committed = Leaf::words("committed", committed, &new.committed);
    heads.imply(leaders, Rank::Metadata, committed);
    for (field, old, new) in [
        ("tree", Some(tree), Some(&new.tree)),
        ("tag_object", tag_object.as_ref(), new.tag_object.as_ref()),
        (
            "subdirectory_tree",
            subdirectory_tree.as_ref(),
            new.subdirectory_tree.as_ref(),
        ),
    ] {
        let object = Leaf::between(field, old.map(Value::digest), new.map(Value::digest));
        heads.imply(leaders, rank, object);
    }
    heads.lead(rank, Leaf::words("url", url, &new.url));
    let [before, after] = [subdirectory, &new.subdirectory].map(Option::as_ref);
    heads.lead(rank, Leaf::optional("subdirectory", before, after));
    let submodules = leaves_of("submodules", Some(submodules), Some(&new.submodules));
    heads.lead(rank, submodules);
    heads
}

/// What differs between two states of a directory.
pub(super) fn local(old: &LocalPin, new: &LocalPin) -> Heads {
    let LocalPin {
        path,
        content,
        files,
        bytes,
        commit,
        dirty,
        committed,
    } = old;
    let rank = Rank::Code;
    let mut heads = Heads::default();
    let leaders = &["content"];
    heads.lead(rank, Leaf::digests("content", content, &new.content));
    heads.follow(leaders, rank, number("files", *files, new.files));
    heads.follow(leaders, rank, number("bytes", *bytes, new.bytes));
    heads.lead(rank, Leaf::words("path", path, &new.path));
    // Committing a directory does not change it.
    let commit = commits(commit.as_ref(), new.commit.as_ref());
    heads.follow(leaders, Rank::Metadata, commit);
    let [before, after] = [dirty, &new.dirty].map(|it| it.map(|it| Value::Json(it.into())));
    heads.follow(
        leaders,
        Rank::Metadata,
        Leaf::between("dirty", before, after),
    );
    let committed = Leaf::optional("committed", committed.as_ref(), new.committed.as_ref());
    heads.imply(leaders, Rank::Metadata, committed);
    heads
}

fn commits(old: Option<&GitOid>, new: Option<&GitOid>) -> Option<Leaf> {
    let [old, new] = [old, new].map(|commit| commit.cloned().map(Value::Commit));
    Leaf::between("commit", old, new)
}
