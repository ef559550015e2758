//! A dataset where it came from: are its files still there, with the locked bytes?
//!
//! What a place calls the state of a file (its token) tells which files have to be read again; it
//! never stands for their bytes.

use std::collections::BTreeMap;
use std::fmt;

use super::super::Evidence;
use super::super::differences::Differences;
use super::hub;
use crate::finding::{Code, Finding};
use crate::lock::LockedDataset;
use crate::model::{
    DatasetOrigin, DatasetPin, DatasetSource, FilePin, FilePins, HubKind, HubSource, Manifest,
    Sha256Digest, Tokens,
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
    match source {
        DatasetSource::Huggingface(source) => of_hub(source, pin, &recorded, ports),
        DatasetSource::S3(prefix) => of_store(Place::S3(prefix), &recorded, ports),
        DatasetSource::Https(file) => of_store(Place::Web(file), &recorded, ports),
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
}

fn of_hub(
    source: &HubSource,
    pin: &DatasetPin,
    recorded: &Recorded,
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
    };
    hub::ask(&locked, ports)
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

fn of_store(place: Place<'_>, recorded: &Recorded, ports: Ports<'_>) -> Vec<Finding> {
    let there = match ports.files.list(place) {
        Ok(there) => there,
        Err(error) => return vec![error.finding(Code::DatasetGone)],
    };
    let mut now = Manifest::default();
    let mut doubted = Vec::new();
    for (path, file) in there {
        let token = recorded.tokens.get(&path);
        let digest = recorded.manifest.get(&path).filter(|_| {
            token.is_some_and(|token| {
                token.size == file.size && !file.token.is_empty() && token.name == file.token
            })
        });
        match digest {
            Some(digest) => {
                if let Err(error) = now.insert(path, *digest) {
                    return vec![Finding::new(Code::DatasetChanged, error.to_string())];
                }
            }
            None => doubted.push(Doubted { path, file }),
        }
    }
    let replaced = doubted.len();
    match read_again(place, doubted, recorded, &mut now, ports) {
        Ok(()) => {}
        Err(finding) => return vec![*finding],
    }
    let differences = Differences::of_manifests(&recorded.manifest, &now);
    if !differences.is_empty() {
        let message = format!("the files are not what was locked: {}", differences.named());
        let finding = Finding::new(Code::DatasetChanged, message);
        return vec![finding.compare(recorded.manifest.digest(), now.digest())];
    }
    let anew = (replaced > 0).then(|| {
        let plural = if replaced == 1 { "" } else { "s" };
        let message = format!("{replaced} file{plural} written anew, with the locked bytes");
        Finding::new(Code::DatasetReplaced, message)
    });
    anew.into_iter().collect()
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
