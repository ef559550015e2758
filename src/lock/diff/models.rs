//! What differs between two models: role by role, for their bytes are what answers.

use super::change::{Leaf, Value};
use super::heads::Heads;
use super::leaves::{leaves_of, list_leaves};
use super::rank::Rank;
use super::sides::joined;
use crate::model::{FilePin, HubModelPin, LocalModelPin, ModelPin, Role};

/// What differs between two pins.
pub(super) fn pins(old: &ModelPin, new: &ModelPin) -> Heads {
    let contents = contents(old, new);
    match (old, new) {
        (ModelPin::Huggingface(old), ModelPin::Huggingface(new)) => hub_models(old, new, contents),
        (ModelPin::Local(old), ModelPin::Local(new)) => local_models(old, new, contents),
        (old, new) => {
            let mut heads = Heads::default();
            heads.lead(Rank::Model, leaves_of("", Some(old), Some(new)));
            heads
        }
    }
}

fn hub_models(old: &HubModelPin, new: &HubModelPin, mut heads: Heads) -> Heads {
    let HubModelPin {
        repo,
        reference,
        commit,
        committed,
        task,
        license,
        remote_code,
        roles: _,
        files: _,
    } = old;
    heads.lead(Rank::Model, Leaf::words("repo", repo, &new.repo));
    let code = list_leaves("remote_code", remote_code, &new.remote_code);
    heads.lead(Rank::Model, code);
    let [before, after] = [commit, &new.commit].map(|commit| Value::Commit(commit.clone()));
    let commit = Leaf::of("commit", before, after);
    let committed = Leaf::optional("committed", committed.as_ref(), new.committed.as_ref());
    let (following, alone) = match &commit {
        Some(_) => (committed, None),
        None => (None, committed),
    };
    if heads.0.iter().any(|head| head.rank == Rank::Model) {
        heads.follow_rank(Rank::Model, commit);
        heads.imply_rank(Rank::Model, following);
    } else {
        // A commit that touches nothing that answers moves no score: the bytes are compared.
        let (rest, implied) = std::mem::take(&mut heads).flattened();
        heads.lead(Rank::Metadata, commit);
        heads.follow(&["commit"], Rank::Metadata, rest);
        heads.imply(
            &["commit"],
            Rank::Metadata,
            implied.into_iter().chain(following),
        );
    }
    let card = [
        Leaf::optional("ref", reference.as_ref(), new.reference.as_ref()),
        alone,
        Leaf::optional("task", task.as_ref(), new.task.as_ref()),
        Leaf::optional("license", license.as_ref(), new.license.as_ref()),
    ];
    heads.lead(Rank::Metadata, card.into_iter().flatten());
    heads
}

fn local_models(old: &LocalModelPin, new: &LocalModelPin, mut heads: Heads) -> Heads {
    let LocalModelPin {
        path,
        content,
        remote_code,
        roles: _,
        files: _,
    } = old;
    let content = Leaf::digests("content", content, &new.content);
    // What the roles and files do not tell.
    match heads.0.first_mut() {
        Some(weightiest) => weightiest.implied.extend(content),
        None => heads.lead(Rank::Model, content),
    }
    heads.lead(Rank::Model, Leaf::words("path", path, &new.path));
    let code = list_leaves("remote_code", remote_code, &new.remote_code);
    heads.lead(Rank::Model, code);
    heads
}

/// Role by role, the weightiest first, with the files of each that differ.
fn contents(old: &ModelPin, new: &ModelPin) -> Heads {
    let mut heads = Heads::default();
    for (role, before, after) in joined(old.roles(), new.roles()) {
        let [before, after] = [before, after].map(|digest| digest.map(Value::digest));
        let leaf = Leaf::between(role_field(*role), before, after);
        heads.lead(role_rank(*role), leaf);
    }
    for (path, before, after) in joined(old.files(), new.files()) {
        if before == after {
            continue;
        }
        let (role, field) = (Role::of(path), format!("files.{path}"));
        let (leader, rank) = (role_field(role), role_rank(role));
        let digest = |file: Option<&FilePin>| file.map(|file| Value::digest(&file.digest));
        let leaf = Leaf::between(&field, digest(before), digest(after));
        heads.follow(&[&leader], rank, leaf);
        let size = |file: Option<&FilePin>| file.map(|file| Value::Json(file.size.into()));
        let leaf = Leaf::between(format!("{field}.size"), size(before), size(after));
        heads.imply(&[&leader, &field], rank, leaf);
    }
    heads.0.sort_by_key(|head| head.rank);
    heads
}

fn role_rank(role: Role) -> Rank {
    match role {
        Role::Other => Rank::Metadata,
        Role::ChatTemplate
        | Role::Code
        | Role::Config
        | Role::Processor
        | Role::Tokenizer
        | Role::Weights => Rank::Model,
    }
}

fn role_field(role: Role) -> String {
    format!("roles.{}", role.to_string().replace(' ', "_"))
}
