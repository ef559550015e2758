//! Whether the wheels that environments install say of themselves what the lock says they do.
//!
//! Everything that is concluded from a closure rests on the locked metadata, so it is read again
//! from the bytes that the digests stand for. The index remembers it by these digests.

use std::collections::BTreeSet;

use super::super::stated;
use crate::finding::{Code, Finding};
use crate::lock::Distribution;
use crate::model::{CoreMetadata, Dist, IndexUrl, StatedMetadata};
use crate::remote::{IndexFile, Ports};

pub(super) fn of_wheels(
    index: Option<&IndexUrl>,
    dist: &Dist,
    release: &Distribution,
    wheels: &BTreeSet<&str>,
    ports: Ports<'_>,
) -> Vec<Finding> {
    // That there is no page, no file, or a file with other bytes, is told of the release.
    let Ok(page) = ports.index.project(index, &dist.name) else {
        return Vec::new();
    };
    let same_bytes = |file: &&IndexFile| {
        let locked = release.files.get(&file.filename);
        wheels.contains(file.filename.as_str())
            && Some(&file.version) == dist.version.as_ref()
            && locked.is_some_and(|locked| file.sha256.is_none_or(|digest| digest == *locked))
    };
    let files = page.files.iter().filter(same_bytes);
    files
        .filter_map(|file| {
            let locked = release.metadata_of(&file.filename)?;
            of_wheel(index, dist, file, locked, ports)
        })
        .collect()
}

fn of_wheel(
    index: Option<&IndexUrl>,
    dist: &Dist,
    file: &IndexFile,
    locked: &CoreMetadata,
    ports: Ports<'_>,
) -> Option<Finding> {
    let name = &file.filename;
    let text = match ports.index.metadata(index, file) {
        Ok(text) => text,
        Err(error) => return Some(error.finding(Code::MetadataDiffers)),
    };
    let said = match StatedMetadata::parse(&text) {
        Ok(said) => said,
        Err(error) => {
            let message = format!("`{name}` does not say what the lock says it does: {error}");
            return Some(Finding::new(Code::MetadataDiffers, message));
        }
    };
    let there = Dist {
        name: said.name,
        version: Some(said.version),
    };
    stated::differs(&format!("`{name}`"), (dist, locked), (&there, &said.core))
}
