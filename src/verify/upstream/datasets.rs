//! A dataset where it came from: are its files still there, with the locked bytes?
//!
//! What a place calls the state of a file (its token) tells which files have to be read again; it
//! never stands for their bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::super::Evidence;
use super::super::differences::Differences;
use super::hub;
use crate::finding::{Code, Finding};
use crate::lock::LockedDataset;
use crate::model::{
    DatasetOrigin, DatasetPin, DatasetSource, FilePin, FilePins, GitOid, HubKind, HubSource,
    Manifest, Sha256Digest, Token, Tokens, counted,
};
use crate::remote::{Place, Ports, StoredFile};

/// Asks about one dataset; `source` may carry credentials that the lock does not hold.
pub(super) fn ask(
    source: &DatasetSource,
    locked: &LockedDataset,
    evidence: &Evidence<'_>,
    ports: Ports<'_>,
) -> Vec<Finding> {
    let Ok(pin) = &locked.pin else {
        return Vec::new();
    };
    let Some(recorded) = Recorded::of(pin, evidence) else {
        let message = "the list of the locked files is not beside the lock";
        return vec![Finding::new(Code::RecordMissing, message)];
    };
    if let Some(finding) = recorded.contradiction(pin) {
        return vec![finding];
    }
    let rehash = evidence.rehash;
    match source {
        DatasetSource::Huggingface(source) => of_hub(source, pin, &recorded, rehash, ports),
        DatasetSource::S3(prefix) => of_store(Place::S3(prefix), &recorded, rehash, ports),
        DatasetSource::Https(file) => of_store(Place::Web(file), &recorded, rehash, ports),
        DatasetSource::Local(_) => Vec::new(),
    }
}

/// What was written beside the lock.
struct Recorded {
    manifest: Manifest,
    tokens: Tokens,
}

impl Recorded {
    fn of(pin: &DatasetPin, evidence: &Evidence<'_>) -> Option<Self> {
        Some(Self {
            manifest: (evidence.manifest)(&pin.content)?,
            tokens: (evidence.tokens)(pin.origin.tokens()?)?,
        })
    }

    /// In what the two lists and the counts of the lock disagree.
    fn contradiction(&self, pin: &DatasetPin) -> Option<Finding> {
        let tokens = self.tokens.files().map(|(path, _)| path);
        let listed = self.manifest.files().map(|(path, _)| path);
        let sizes = self.tokens.files().map(|(_, token)| token.size);
        let bytes = sizes.fold(0, u64::saturating_add);
        let counted = self.tokens.files().len() as u64;
        let agree = tokens.eq(listed) && (counted, bytes) == (pin.files, pin.bytes);
        let message = "the lists of the locked files disagree with each other, or with the lock";
        (!agree).then(|| Finding::new(Code::LockInconsistent, message))
    }
}

fn of_hub(
    source: &HubSource,
    pin: &DatasetPin,
    recorded: &Recorded,
    rehash: bool,
    ports: Ports<'_>,
) -> Vec<Finding> {
    let DatasetOrigin::Huggingface {
        reference, commit, ..
    } = &pin.origin
    else {
        return Vec::new();
    };
    let mut files = FilePins::new();
    for (path, token) in recorded.tokens.files() {
        let Ok(digest) = token.name.parse() else {
            let message = format!("the recorded state of `{path}` is not one of the Hub");
            return vec![Finding::new(Code::LockInconsistent, message)];
        };
        let size = token.size;
        files.insert(path.to_owned(), FilePin { size, digest });
    }
    let contradicted = files.iter().find(|(path, file)| {
        let listed = recorded.manifest.get(path);
        listed.is_none()
            || file
                .digest
                .sha256()
                .is_some_and(|told| Some(&told) != listed)
    });
    if let Some((path, _)) = contradicted {
        let message = format!("the two lists of the locked files disagree about `{path}`");
        return vec![Finding::new(Code::LockInconsistent, message)];
    }
    let meant = |files: FilePins| -> FilePins {
        let below = files.into_iter().filter_map(|(path, file)| {
            let path = source.below(&path)?.to_owned();
            Some((path, file))
        });
        below.collect()
    };
    let locked = hub::Locked {
        repo: source.repo(HubKind::Dataset),
        reference: reference.as_ref(),
        commit,
        meant: &meant,
        files: &files,
        also: &|ports| {
            let reread = || read_small_files(source, commit, recorded, &files, ports);
            rehash.then(reread).flatten()
        },
    };
    hub::ask(&locked, ports)
}

/// Reads the files whose SHA-256 the Hub does not tell.
fn read_small_files(
    source: &HubSource,
    commit: &GitOid,
    recorded: &Recorded,
    files: &FilePins,
    ports: Ports<'_>,
) -> Option<Finding> {
    let repo = source.repo(HubKind::Dataset);
    let unknown = files
        .iter()
        .filter(|(_, file)| file.digest.sha256().is_none());
    let unknown: Vec<_> = unknown.map(|(path, _)| path).collect();
    let answers = ports.each(unknown, |path: &String| {
        let whole = source.above(path);
        let size = files[path].size;
        let read = ports
            .hub
            .digest(&repo, commit, &whole, size, ports.progress);
        (path, read)
    });
    let mut changed = BTreeSet::new();
    for (path, answer) in answers {
        match answer {
            Ok((digest, _)) if recorded.manifest.get(path) == Some(&digest) => {}
            Ok(_) => drop(changed.insert(path.as_str())),
            Err(error) => return Some(error.finding(Code::HubCommitGone)),
        }
    }
    let differences = Differences {
        changed,
        ..Differences::default()
    };
    (!differences.is_empty()).then(|| {
        let message = format!("the files are not what was locked: {}", differences.named());
        Finding::new(Code::DatasetChanged, message)
    })
}

/// A file that may have changed.
struct Doubted {
    path: String,
    file: StoredFile,
}

impl fmt::Display for Doubted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)
    }
}

fn of_store(place: Place<'_>, recorded: &Recorded, rehash: bool, ports: Ports<'_>) -> Vec<Finding> {
    let there = match ports.files.list(place) {
        Ok(there) => there,
        Err(error) => return vec![error.finding(Code::DatasetGone)],
    };
    let mut now = Manifest::default();
    let mut doubted = Vec::new();
    for (path, file) in there {
        let token = recorded.tokens.get(&path);
        let digest = recorded
            .manifest
            .get(&path)
            .filter(|_| !rehash && token.is_some_and(|token| is_unchanged(token, &file)));
        match digest {
            Some(digest) => {
                if let Err(error) = now.insert(path, *digest) {
                    return vec![Finding::new(Code::DatasetChanged, error.to_string())];
                }
            }
            None => doubted.push(Doubted { path, file }),
        }
    }
    // What its place never gave a state cannot have got another one.
    let named = |doubted: &&Doubted| {
        let token = recorded.tokens.get(&doubted.path);
        token.is_some_and(|token| token.name != Token::NONE && !token.is_of(&doubted.file.token))
    };
    let replaced = doubted.iter().filter(named).count();
    match read_again(place, doubted, recorded, &mut now, ports) {
        Ok(()) => {}
        Err(finding) => return vec![*finding],
    }
    let differences = Differences::of_manifests(&recorded.manifest, &now);
    if !differences.is_empty() {
        let message = format!(
            "{} is not what was locked: {}",
            shown(place),
            differences.named()
        );
        let finding = Finding::new(Code::DatasetChanged, message);
        return vec![finding.compare(recorded.manifest.digest(), now.digest())];
    }
    let anew = (replaced > 0).then(|| {
        let files = counted(replaced, "file");
        let message = format!("{files} written anew, with the locked bytes");
        Finding::new(Code::DatasetReplaced, message)
    });
    anew.into_iter().collect()
}

fn shown(place: Place<'_>) -> String {
    match place {
        Place::S3(prefix) => format!("`s3://{}/{}`", prefix.bucket, prefix.prefix),
        Place::Web(file) => format!("`{}`", file.url),
    }
}

/// Whether a file is as it was, by what its place calls its state.
fn is_unchanged(token: &Token, file: &StoredFile) -> bool {
    file.tells_changes() && token.size == file.size && token.is_of(&file.token)
}

/// Reads what may have changed. What is not in the Manifest is extra whatever its bytes are, and
/// so is not read.
fn read_again(
    place: Place<'_>,
    doubted: Vec<Doubted>,
    recorded: &Recorded,
    now: &mut Manifest,
    ports: Ports<'_>,
) -> Result<(), Box<Finding>> {
    let unreadable = |error: crate::model::ManifestError| {
        Box::new(Finding::new(Code::DatasetChanged, error.to_string()))
    };
    let (known, extra): (Vec<_>, Vec<_>) = doubted
        .into_iter()
        .partition(|doubted| recorded.manifest.get(&doubted.path).is_some());
    for doubted in extra {
        now.insert(doubted.path, Sha256Digest::of(b""))
            .map_err(unreadable)?;
    }
    for doubted in &known {
        ports.progress.expect_bytes(doubted.file.size);
    }
    let digests = ports.each(known, |doubted: Doubted| {
        let digest = ports
            .files
            .digest(place, &doubted.path, &doubted.file, ports.progress);
        (doubted.path, digest)
    });
    let digests: BTreeMap<_, _> = digests.into_iter().collect();
    for (path, digest) in digests {
        let digest = digest.map_err(|error| Box::new(error.finding(Code::DatasetGone)))?;
        now.insert(path, digest).map_err(unreadable)?;
    }
    Ok(())
}
