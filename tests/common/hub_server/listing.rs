//! What the Hub says of references, revisions, commits and files, as JSON.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::history::History;
use super::{Answer, Gate, Repository};
use crate::common::index_server::sha256;

pub(super) fn json_answer(value: &Value) -> Answer {
    Answer::body(
        "application/json; charset=utf-8",
        value.to_string().as_bytes(),
    )
}

pub(super) fn refs(history: &History) -> Value {
    let listed = |kind: &str| -> Value {
        let named = history.refs.iter();
        let named =
            named.filter_map(|(full, commit)| Some((full, full.strip_prefix(kind)?, commit)));
        named
            .map(
                |(full, name, commit)| json!({ "name": name, "ref": full, "targetCommit": commit }),
            )
            .collect()
    };
    json!({
        "branches": listed("refs/heads/"),
        "tags": listed("refs/tags/"),
        "converts": listed("refs/convert/"),
    })
}

pub(super) fn described(repository: &Repository, commit: &str) -> Value {
    let found = &repository.history.commits[commit];
    let files = found.files.keys();
    let siblings: Value = files.map(|path| json!({ "rfilename": path })).collect();
    let gated = match repository.gate {
        Gate::Open => json!(false),
        Gate::Files | Gate::Everything => json!("manual"),
    };
    let mut described = json!({
        "sha": commit,
        "lastModified": found.date,
        "private": repository.private,
        "gated": gated,
        "siblings": siblings,
    });
    if let Some(task) = &repository.task {
        described["pipeline_tag"] = task.as_str().into();
    }
    if !repository.card.is_null() {
        described["cardData"] = repository.card.clone();
    }
    described
}

pub(super) fn commit_entry(history: &History, id: &str) -> Value {
    let commit = &history.commits[id];
    json!({ "id": id, "title": commit.title, "message": "", "authors": [], "date": commit.date })
}

/// The directories and files of a commit, as they are listed.
pub(super) fn entries(history: &History, commit: &str) -> Vec<Value> {
    let files = &history.commits[commit].files;
    let mut directories = BTreeSet::new();
    for path in files.keys() {
        directories.extend(path.match_indices('/').map(|(at, _)| &path[..at]));
    }
    let directories = directories
        .into_iter()
        .map(|path| json!({ "type": "directory", "oid": &sha256(path.as_bytes())[..40], "size": 0, "path": path }));
    let files = files.iter().map(|(path, stored)| {
        let size = stored.bytes.len();
        let mut entry = json!({ "type": "file", "oid": stored.blob(), "size": size, "path": path });
        if stored.lfs {
            entry["lfs"] = json!({
                "oid": stored.sha256(),
                "size": size,
                "pointerSize": stored.pointer().len(),
            });
            entry["xetHash"] = sha256(path.as_bytes()).into();
        }
        entry
    });
    directories.chain(files).collect()
}
