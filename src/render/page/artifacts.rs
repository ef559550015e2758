//! Models, datasets and container images: what was asked for, and what it is.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::packages::content;
use super::text::{
    MovingNames, bytes, code, counted, digest, facts, gap, instant, licence, list, mark, may_move,
    nothing, prose, shown, table,
};
use crate::finding::Code;
use crate::lock::{Lock, Locked};
use crate::model::{
    DatasetOrigin, DatasetPin, DatasetSource, Descriptor, FilePins, GitOid, HubId, HubSource,
    ImagePin, ImageReference, Instant, ModelPin, ModelSource, PlatformImage, Role, Sha256Digest,
};

type Facts = Vec<(&'static str, Option<Markup>)>;

pub(super) fn models(lock: &Lock, moving: &MovingNames) -> Markup {
    cards("models", &lock.models, moving, model_source, |pin| {
        let (facts, files) = model(pin);
        (facts, Some(model_files(files)))
    })
}

pub(super) fn datasets(lock: &Lock, moving: &MovingNames) -> Markup {
    cards("datasets", &lock.datasets, moving, dataset_source, |pin| {
        (dataset(pin), None)
    })
}

pub(super) fn images(lock: &Lock, moving: &MovingNames) -> Markup {
    cards("images", &lock.images, moving, image_source, |pin| {
        (image(pin), Some(platforms(pin)))
    })
}

/// A card for each; what could not be resolved says so in the place of its pin.
fn cards<S, P>(
    section: &'static str,
    all: &BTreeMap<String, Locked<S, P>>,
    moving: &MovingNames,
    source: impl Fn(&S) -> Markup,
    pin: impl Fn(&P) -> (Facts, Option<Markup>),
) -> Markup {
    if all.is_empty() {
        return nothing(&format!("The lock pins no {section}."));
    }
    html! {
        @for (key, locked) in all {
            article.card {
                h3 { (shown(key)) }
                @let asked = [("Asked for", Some(html! {
                    (source(&locked.source)) (may_move(moving.get(&format!("{section}/{key}"))))
                }))];
                @match &locked.pin {
                    Ok(there) => {
                        @let (known, more) = pin(there);
                        (facts(asked.into_iter().chain(known)))
                        @if let Some(more) = more { (more) }
                    }
                    Err(code) => {
                        @let pinned = [("Pinned", Some(unresolved(*code)))];
                        (facts(asked.into_iter().chain(pinned)))
                    }
                }
            }
        }
    }
}

fn unresolved(code: Code) -> Markup {
    html! {
        (mark("unresolved", "bad"))
        " It could not be found out what it is when the experiment was locked: " code { (code) } ". " (prose(code.means()))
    }
}

fn model_source(source: &ModelSource) -> Markup {
    match source {
        ModelSource::Huggingface(source) => hub(source),
        ModelSource::Local(source) => html! { "directory " (code(&source.path)) },
    }
}

fn dataset_source(source: &DatasetSource) -> Markup {
    match source {
        DatasetSource::Huggingface(source) => hub(source),
        DatasetSource::Local(source) => html! { "path " (code(&source.path)) },
        DatasetSource::S3(_) | DatasetSource::Https(_) => code(&source.to_string()),
    }
}

fn hub(source: &HubSource) -> Markup {
    html! {
        "Hugging Face Hub " (code(source.repo.as_str())) " at "
        @match &source.revision {
            Some(revision) => (code(revision)),
            None => "its default branch",
        }
        @if let Some(path) = &source.path { ", " (code(path)) }
    }
}

fn image_source(source: &ImageReference) -> Markup {
    code(&source.to_string())
}

fn model(pin: &ModelPin) -> (Facts, &FilePins) {
    let mut known = match pin {
        ModelPin::Huggingface(pin) => vec![
            (
                "Found as",
                pin.reference.as_ref().map(|it| code(&it.to_string())),
            ),
            ("Commit", Some(commit(&pin.commit, pin.committed))),
            ("Task", pin.task.as_deref().map(shown)),
            ("Licence", Some(licence(pin.license.as_deref()))),
        ],
        ModelPin::Local(pin) => vec![
            ("Path", Some(code(&pin.path))),
            ("Content", Some(digest(&pin.content))),
            ("Licence", Some(gap("not recorded of a directory"))),
        ],
    };
    known.push(("Python that it names", remote_code(pin.remote_code())));
    known.push(("Roles", roles(pin.roles())));
    (known, pin.files())
}

fn commit(id: &GitOid, committed: Option<Instant>) -> Markup {
    html! { (digest(id)) @if let Some(committed) = committed { " of " (instant(committed)) } }
}

fn remote_code(repositories: &BTreeSet<HubId>) -> Option<Markup> {
    let names = list(repositories.iter().map(HubId::as_str))?;
    Some(html! { (names) (gap("of other repositories, not pinned")) })
}

fn roles(roles: &BTreeMap<Role, Sha256Digest>) -> Option<Markup> {
    (!roles.is_empty()).then(|| {
        html! {
            ul.plain {
                @for (role, sha256) in roles { li { (role.to_string()) ": " (digest(sha256)) } }
            }
        }
    })
}

fn model_files(files: &FilePins) -> Markup {
    let rows = files.iter().map(|(path, file)| {
        html! {
            th scope="row" { (code(path)) }
            td { (Role::of(path).to_string()) }
            td.number { (bytes(file.size)) }
            td { (digest(&file.digest)) }
        }
    });
    html! {
        details {
            summary { (counted(files.len(), "file")) }
            (table("Files of the model", &["File", "Role", "Size", "Digest"], rows))
        }
    }
}

fn dataset(pin: &DatasetPin) -> Facts {
    let mut known = vec![("Content", Some(content(&pin.content, pin.files, pin.bytes)))];
    match &pin.origin {
        DatasetOrigin::Local { path } => known.push(("Path", Some(code(path)))),
        DatasetOrigin::Huggingface {
            reference,
            commit: id,
            committed,
            license,
            ..
        } => known.extend([
            (
                "Found as",
                reference.as_ref().map(|it| code(&it.to_string())),
            ),
            ("Commit", Some(commit(id, *committed))),
            ("Licence", Some(licence(license.as_deref()))),
        ]),
        DatasetOrigin::S3 { .. } | DatasetOrigin::Https { .. } => {}
    }
    known.push(("Said of its files", pin.origin.tokens().map(digest)));
    known
}

fn image(pin: &ImagePin) -> Facts {
    let name = format!("{}/{}", pin.registry, pin.repository);
    vec![
        ("Repository", Some(code(&name))),
        ("Tag", pin.tag.as_deref().map(code)),
        ("Index", pin.index.as_ref().map(descriptor)),
    ]
}

fn descriptor(blob: &Descriptor) -> Markup {
    html! { (digest(&blob.digest)) " " (code(&blob.media_type)) ", " (bytes(blob.size)) }
}

fn platforms(pin: &ImagePin) -> Markup {
    let row = |(platform, image): (&String, &PlatformImage)| {
        let labels = image
            .labels
            .iter()
            .map(|(name, value)| format!("{name} = {value}"));
        let labels: Vec<_> = labels.collect();
        html! {
            th scope="row" { (code(platform)) }
            td { (digest(&image.manifest.digest)) }
            td { (digest(&image.config.digest)) }
            td { @if let Some(created) = image.created { (instant(created)) } }
            td { @if let Some(labels) = list(labels.iter().map(String::as_str)) { (labels) } }
        }
    };
    let columns = ["Platform", "Manifest", "Configuration", "Made", "Labels"];
    table(
        "Platforms of the image",
        &columns,
        pin.platforms.iter().map(row),
    )
}
