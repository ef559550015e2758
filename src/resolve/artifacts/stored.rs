//! What a place that is not this machine has of a dataset, and the reading of it.

use std::collections::BTreeMap;
use std::fmt;

use super::hub::{LONGEST_SMALL_FILE, failed, read_proven, snapshot, snapshot_of};
use crate::finding::{Code, Finding};
use crate::model::{
    DatasetOrigin, DatasetPin, DatasetSource, FilePin, GitOid, HubKind, HubRepo, HubSource,
    Sha256Digest,
};
use crate::remote::{HubRevision, Place, Ports, RemoteError, StoredFile};

/// What a place has of a dataset.
pub(super) struct Listing {
    pub(super) source: DatasetSource,
    pub(super) origin: Origin,
    /// What its files must make together, where that is pinned already.
    pub(super) expected: Option<Sha256Digest>,
    /// By path below what the source names.
    pub(super) files: BTreeMap<String, Listed>,
}

/// A file as its place lists it.
pub(super) struct Listed {
    pub(super) size: u64,
    pub(super) token: String,
    /// Where the place tells it.
    pub(super) sha256: Option<Sha256Digest>,
    /// As it is called in the repository.
    hub: Option<(String, FilePin)>,
}

/// Where a listing is from.
pub(super) enum Origin {
    Hub(HubRepo, HubRevision),
    S3,
    Web,
}

impl Origin {
    pub(super) fn with_tokens(self, tokens: Sha256Digest) -> DatasetOrigin {
        match self {
            Self::Hub(_, revision) => DatasetOrigin::Huggingface {
                reference: revision.reference,
                commit: revision.commit,
                committed: revision.committed,
                license: revision.license,
                tokens,
            },
            Self::S3 => DatasetOrigin::S3 { tokens },
            Self::Web => DatasetOrigin::Https { tokens },
        }
    }
}

impl Listing {
    /// The files that have to be read, with their sizes.
    pub(super) fn unread(&self) -> impl Iterator<Item = (&str, u64)> {
        let unread = self.files.iter().filter(|(_, file)| file.sha256.is_none());
        unread.map(|(path, file)| (path.as_str(), file.size))
    }
}

/// A file that has to be read.
pub(super) struct Unread<'a> {
    /// The number of its dataset.
    pub(super) dataset: usize,
    pub(super) id: &'a str,
    pub(super) source: &'a DatasetSource,
    pub(super) listing: &'a Listing,
    pub(super) path: &'a str,
}

impl fmt::Display for Unread<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "datasets/{} {}", self.id, self.path)
    }
}

/// Asks a place what it has; of what is pinned already, whether it still has that.
pub(super) fn list(
    source: &DatasetSource,
    pin: Option<&DatasetPin>,
    ports: Ports<'_>,
) -> Result<Listing, Box<Finding>> {
    let (origin, files) = match source {
        DatasetSource::Huggingface(hub) => of_hub(hub, pin.map(|pin| &pin.origin), ports)?,
        DatasetSource::S3(prefix) => (Origin::S3, of_store(Place::S3(prefix), ports)?),
        DatasetSource::Https(file) => (Origin::Web, of_store(Place::Web(file), ports)?),
        DatasetSource::Local(_) => unreachable!("files of this machine are read where they lie"),
    };
    if files.is_empty() {
        let message = format!("there are no files at `{source}`");
        return Err(Box::new(Finding::new(Code::DatasetNotFound, message)));
    }
    Ok(Listing {
        source: source.clone(),
        origin,
        expected: pin.map(|pin| pin.content),
        files,
    })
}

type Files = BTreeMap<String, Listed>;

fn of_hub(
    source: &HubSource,
    pinned: Option<&DatasetOrigin>,
    ports: Ports<'_>,
) -> Result<(Origin, Files), Box<Finding>> {
    let snapshot = match pinned {
        Some(DatasetOrigin::Huggingface {
            reference,
            commit,
            committed,
            license,
            ..
        }) => {
            let revision = HubRevision {
                reference: reference.clone(),
                commit: commit.clone(),
                committed: *committed,
                task: None,
                license: license.clone(),
            };
            snapshot_of(source.repo(HubKind::Dataset), revision, ports)?
        }
        _ => snapshot(source, HubKind::Dataset, ports)?,
    };
    let mut files = Files::new();
    for (whole, pin) in snapshot.files {
        let Some(path) = source.below(&whole) else {
            continue;
        };
        let listed = Listed {
            size: pin.size,
            token: pin.digest.to_string(),
            sha256: pin.digest.sha256(),
            hub: Some((whole.clone(), pin)),
        };
        files.insert(path.to_owned(), listed);
    }
    Ok((Origin::Hub(snapshot.repo, snapshot.revision), files))
}

fn of_store(place: Place<'_>, ports: Ports<'_>) -> Result<Files, Box<Finding>> {
    let listed = ports.files.list(place);
    let listed = listed.map_err(|error| Box::new(error.finding(Code::DatasetNotFound)))?;
    let files = listed.into_iter().map(|(path, file)| {
        let listed = Listed {
            size: file.size,
            token: file.token,
            sha256: None,
            hub: None,
        };
        (path, listed)
    });
    Ok(files.collect())
}

/// Reads a file; its SHA-256.
pub(super) fn read(unread: &Unread<'_>, ports: Ports<'_>) -> Result<Sha256Digest, Box<Finding>> {
    let file = &unread.listing.files[unread.path];
    let place = match (&unread.listing.origin, unread.source) {
        (Origin::Hub(repo, revision), _) => {
            return read_hub(repo, &revision.commit, file, ports);
        }
        (_, DatasetSource::S3(prefix)) => Place::S3(prefix),
        (_, DatasetSource::Https(file)) => Place::Web(file),
        _ => unreachable!("no other place lists files without their SHA-256"),
    };
    let stored = StoredFile {
        size: file.size,
        token: file.token.clone(),
    };
    let digest = ports
        .files
        .digest(place, unread.path, &stored, ports.progress);
    digest.map_err(|error: RemoteError| Box::new(error.finding(Code::DatasetNotFound)))
}

fn read_hub(
    repo: &HubRepo,
    commit: &GitOid,
    file: &Listed,
    ports: Ports<'_>,
) -> Result<Sha256Digest, Box<Finding>> {
    let (path, pin) = file.hub.as_ref().expect("it was listed by the Hub");
    if file.size <= LONGEST_SMALL_FILE {
        let bytes = read_proven(repo, commit, path, pin, ports)?;
        ports.progress.read(file.size);
        return Ok(Sha256Digest::of(&bytes));
    }
    let read = ports
        .hub
        .digest(repo, commit, path, file.size, ports.progress);
    let (digest, size) = read.map_err(|error| failed(&error))?;
    if size == file.size {
        return Ok(digest);
    }
    let message = format!("`{path}` of `{repo}` is not as long as the Hub lists");
    let finding = Finding::new(Code::HubFileUnproven, message);
    Err(Box::new(finding.compare(file.size, size)))
}
