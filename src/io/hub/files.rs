//! The files of a commit.

use std::collections::btree_map::Entry;
use std::ops::ControlFlow;

use super::ask::{Repository, Thing};
use super::wire::EntryWire;
use crate::model::{FileDigest, FilePin, FilePins, GitOid, Sha256Digest, check_path};
use crate::remote::{RemoteError, TreeError};

/// The Hub lists a thousand files on a page.
const MOST_PAGES: usize = 5000;

impl Repository<'_> {
    /// Every file: SHA-256 of what lies in LFS, git's own name of the others.
    pub(super) fn files(&self, commit: &GitOid) -> Result<FilePins, RemoteError> {
        let thing = Thing::Commit(commit);
        let mut address = self
            .access
            .endpoint
            .api(self.repo, &["tree", commit.as_str()]);
        address.query_pairs_mut().append_pair("recursive", "true");
        let mut files = FilePins::new();
        self.pages(thing, address, MOST_PAGES, |entries: Vec<EntryWire>| {
            for entry in entries {
                self.add(&mut files, thing, entry)?;
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(files)
    }

    fn add(
        &self,
        files: &mut FilePins,
        thing: Thing<'_>,
        entry: EntryWire,
    ) -> Result<(), RemoteError> {
        match entry.kind.as_str() {
            "file" => {}
            "directory" => return Ok(()),
            other => {
                let other = other.escape_debug();
                return Err(self.senseless(thing, format!("it lists a `{other}`")));
            }
        }
        check_path(&entry.path).map_err(TreeError::from)?;
        let Some(pin) = pin(&entry) else {
            let path = &entry.path;
            return Err(self.senseless(thing, format!("it lists no digest of `{path}`")));
        };
        // A list that begins again would never end.
        match files.entry(entry.path) {
            Entry::Vacant(place) => {
                place.insert(pin);
                Ok(())
            }
            Entry::Occupied(place) => {
                let path = place.key();
                Err(self.senseless(thing, format!("it lists `{path}` twice")))
            }
        }
    }
}

fn pin(entry: &EntryWire) -> Option<FilePin> {
    match &entry.lfs {
        Some(lfs) => Some(FilePin {
            size: lfs.size,
            digest: FileDigest::Sha256(Sha256Digest::from_hex(&lfs.oid).ok()?),
        }),
        None => Some(FilePin {
            size: entry.size,
            digest: FileDigest::GitBlob(entry.oid.parse().ok()?),
        }),
    }
}
