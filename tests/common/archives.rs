//! Real wheels and source distributions, made of a few members.

use std::io::{Cursor, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A file inside of an archive: its path and its bytes.
pub(crate) type Member<'a> = (&'a str, &'a [u8]);

/// A zip archive, compressed.
pub(crate) fn zip(members: &[Member<'_>]) -> Vec<u8> {
    zip_by(CompressionMethod::Deflated, members)
}

/// A zip archive whose members are stored as they are.
pub(crate) fn stored_zip(members: &[Member<'_>]) -> Vec<u8> {
    zip_by(CompressionMethod::Stored, members)
}

fn zip_by(method: CompressionMethod, members: &[Member<'_>]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (path, bytes) in members {
        archive.start_file(*path, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A compressed tar archive in the GNU format.
pub(crate) fn tar_gz(members: &[Member<'_>]) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (path, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(u64::try_from(bytes.len()).unwrap());
        header.set_mode(0o644);
        header.set_cksum();
        archive.append_data(&mut header, path, *bytes).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

/// Bytes that no compression makes smaller, the same each time.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}
