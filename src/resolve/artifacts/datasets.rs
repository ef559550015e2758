//! Datasets: their bytes, wherever they come from.
//!
//! First every place is asked what it has; then, all together, what is not known by its SHA-256
//! yet is read; then each dataset is put together. The same bytes have the same content
//! everywhere.

use std::collections::BTreeMap;
use std::fmt;

use super::super::local::{holds_no_project, is_outside, relative, unread};
use super::models::manifest_of;
use super::stored::{Listing, Unread, list, read};
use super::{Artifacts, Pinned, Request, is_upgraded, kept, outside_project, settled};
use crate::finding::{Code, Finding, Location};
use crate::model::{
    DatasetOrigin, DatasetPin, DatasetSource, FilePins, LocalFiles, Manifest, RunMode,
    Sha256Digest, Tokens,
};
use crate::remote::{DataWanted, Ports};

/// A dataset that is to be pinned.
struct Job<'a> {
    id: &'a str,
    source: &'a DatasetSource,
    location: &'a Location,
}

impl fmt::Display for Job<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "datasets/{}", self.id)
    }
}

/// A dataset once its place was asked.
enum Asked {
    /// Nothing is left to do.
    Pinned(Pinned<DatasetPin>, Option<Manifest>),
    /// Some of its files have to be read.
    Listed(Listing),
}

/// Pins the datasets of a plan.
pub(super) fn pin(request: Request<'_>, ports: Ports<'_>, artifacts: &mut Artifacts) {
    let mut jobs = Vec::new();
    for (id, planned) in &request.plan.datasets {
        let previous = request.previous.and_then(|lock| lock.datasets.get(id));
        match settled(request, previous, &planned.source) {
            Some(locked) => drop(artifacts.datasets.insert(id.clone(), locked.clone())),
            None => jobs.push(Job {
                id,
                source: &planned.source,
                location: &planned.location,
            }),
        }
    }
    let asked = ports.each(jobs, |job: Job<'_>| {
        let asked = ask(request, &job, ports);
        (job, asked)
    });
    let digests = read_all(&asked, ports);
    for ((job, asked), digests) in asked.into_iter().zip(digests) {
        let outcome = asked.and_then(|asked| match asked {
            Asked::Pinned(pinned, manifest) => {
                artifacts.keep(manifest, None);
                Ok(pinned)
            }
            Asked::Listed(listing) => {
                let (pinned, manifest, tokens) = put_together(listing, digests?)?;
                artifacts.keep(Some(manifest), Some(tokens));
                Ok(pinned)
            }
        });
        let subject = job.to_string();
        let asked = (subject.as_str(), job.location, job.source.clone());
        let previous = request.previous.and_then(|lock| lock.datasets.get(job.id));
        let locked = artifacts.take(request, asked, previous, outcome);
        let locked = locked.map(|locked| (job.id.to_owned(), locked));
        artifacts.datasets.extend(locked);
    }
}

impl Artifacts {
    fn keep(&mut self, manifest: Option<Manifest>, tokens: Option<Tokens>) {
        let manifest = manifest.map(|manifest| (manifest.digest(), manifest));
        self.manifests.extend(manifest);
        let tokens = tokens.map(|tokens| (tokens.digest(), tokens));
        self.tokens.extend(tokens);
    }
}

fn ask(request: Request<'_>, job: &Job<'_>, ports: Ports<'_>) -> Result<Asked, Box<Finding>> {
    if let DatasetSource::Local(source) = job.source {
        if request.settled {
            return Err(unread(&source.path));
        }
        let (pinned, manifest) = of_disk(request, source, ports)?;
        return Ok(Asked::Pinned(pinned, Some(manifest)));
    }
    let previous = request.previous.and_then(|lock| lock.datasets.get(job.id));
    let kept = kept(previous, job.source).filter(|_| !is_upgraded(request.upgrade, job.id));
    let Some(pin) = kept else {
        return list(job.source, None, ports).map(Asked::Listed);
    };
    let tokens = pin.origin.tokens();
    let is_kept = (request.manifest)(&pin.content).is_some()
        && tokens.is_some_and(|digest| (request.tokens)(digest).is_some());
    if is_kept {
        let pinned = Pinned {
            pin: pin.clone(),
            findings: moving(job.source, &pin.origin),
        };
        return Ok(Asked::Pinned(pinned, None));
    }
    // The lists of its files are lost: they are made again, of what is pinned.
    list(job.source, Some(pin), ports).map(Asked::Listed)
}

/// The digests of what has to be read, for each dataset.
type Digests = Result<BTreeMap<String, Sha256Digest>, Box<Finding>>;

fn read_all(asked: &[(Job<'_>, Result<Asked, Box<Finding>>)], ports: Ports<'_>) -> Vec<Digests> {
    let listings = asked
        .iter()
        .enumerate()
        .filter_map(|(number, (job, asked))| {
            let Ok(Asked::Listed(listing)) = asked else {
                return None;
            };
            Some((number, job, listing))
        });
    let mut unread = Vec::new();
    for (number, job, listing) in listings {
        for (path, size) in listing.unread() {
            ports.progress.expect_bytes(size);
            unread.push(Unread {
                dataset: number,
                id: job.id,
                source: job.source,
                listing,
                path,
            });
        }
    }
    let mut digests: Vec<Digests> = asked.iter().map(|_| Ok(BTreeMap::new())).collect();
    let answers = ports.each(unread, |unread: Unread<'_>| {
        let digest = read(&unread, ports);
        (unread.dataset, unread.path.to_owned(), digest)
    });
    for (number, path, digest) in answers {
        let Ok(known) = &mut digests[number] else {
            // The first failure of a dataset tells enough.
            continue;
        };
        match digest {
            Ok(digest) => drop(known.insert(path, digest)),
            Err(finding) => digests[number] = Err(finding),
        }
    }
    digests
}

fn put_together(
    listing: Listing,
    mut digests: BTreeMap<String, Sha256Digest>,
) -> Result<(Pinned<DatasetPin>, Manifest, Tokens), Box<Finding>> {
    let invalid = |error: crate::model::ManifestError| {
        Box::new(Finding::new(Code::UnusableTree, error.to_string()))
    };
    let (mut manifest, mut tokens) = (Manifest::default(), Tokens::default());
    let mut bytes = 0_u64;
    for (path, file) in listing.files {
        let digest = file.sha256.or_else(|| digests.remove(&path));
        let digest = digest.expect("what had none was read");
        tokens
            .insert(path.clone(), file.size, &file.token)
            .map_err(invalid)?;
        manifest.insert(path, digest).map_err(invalid)?;
        bytes = bytes.checked_add(file.size).ok_or_else(too_large)?;
    }
    if let Some(expected) = listing.expected
        && expected != manifest.digest()
    {
        let message = "the list of the locked files is lost, and its place has other files now";
        let finding = Finding::new(Code::DatasetChanged, message);
        let hint = "restore `locks/manifests/` from version control, or use `--upgrade-package`";
        return Err(Box::new(
            finding.compare(expected, manifest.digest()).hint(hint),
        ));
    }
    let origin = listing.origin.with_tokens(tokens.digest());
    let pin = DatasetPin {
        content: manifest.digest(),
        files: manifest.files().len() as u64,
        bytes,
        origin,
    };
    let findings = moving(&listing.source, &pin.origin);
    Ok((Pinned { pin, findings }, manifest, tokens))
}

fn too_large() -> Box<Finding> {
    let message = "the sizes that its place tells add up to more than 2^64 bytes";
    Box::new(Finding::new(Code::UnusableTree, message))
}

/// What there is to say of a source that may mean other bytes tomorrow. What a directory, a bucket
/// or a server has may change at any time; that is what verify is for.
fn moving(source: &DatasetSource, origin: &DatasetOrigin) -> Vec<Finding> {
    match (source, origin) {
        (
            DatasetSource::Huggingface(source),
            DatasetOrigin::Huggingface {
                reference, commit, ..
            },
        ) => {
            let moving = super::moving_revision(source, reference.as_ref(), commit);
            moving.into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn of_disk(
    request: Request<'_>,
    source: &LocalFiles,
    ports: Ports<'_>,
) -> Result<(Pinned<DatasetPin>, Manifest), Box<Finding>> {
    holds_no_project(&source.path, request.root)?;
    let path = request.root.join(&source.path);
    let wanted = DataWanted {
        as_git_blob: &|_| false,
        links_lead_out: false,
    };
    let files = ports.trees.data(&path, &wanted, ports.progress);
    let files: FilePins = files.map_err(|error| Box::new(error.finding(Code::DatasetNotFound)))?;
    if files.is_empty() {
        let message = format!("there are no files in `{}`", source.path);
        return Err(Box::new(Finding::new(Code::DatasetNotFound, message)));
    }
    let manifest = manifest_of(&files)?;
    let mut findings = Vec::new();
    if request.plan.mode == RunMode::Prod && is_outside(&source.path, request.root) {
        findings.push(outside_project(&source.path));
    }
    let pin = DatasetPin {
        content: manifest.digest(),
        files: files.len() as u64,
        bytes: files.values().map(|file| file.size).sum(),
        origin: DatasetOrigin::Local {
            path: relative(&path, request.root),
        },
    };
    Ok((Pinned { pin, findings }, manifest))
}
