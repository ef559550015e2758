//! The core metadata inside of an archive: `METADATA` of a wheel, `PKG-INFO` of a source
//! distribution.
//!
//! Nothing is unpacked to disk, and what an archive claims is believed within limits only. A
//! directory counts whose name is that of the release, however it is spelled.

use std::io::{BufReader, Read, Seek, SeekFrom};

use flate2::read::MultiGzDecoder;
use tar::EntryType;
use zip::ZipArchive;
use zip::read::{ArchiveOffset, Config};

use super::filename::same_release;
use crate::remote::IndexFile;

/// No metadata is larger.
pub(super) const LARGEST_METADATA: u64 = 16 * 1024 * 1024;
/// So much of an archive is unpacked in search of the metadata.
const MOST_UNPACKED: u64 = 4 * 1024 * 1024 * 1024;
/// So many entries are believed before they are seen.
const MOST_ENTRIES: u64 = 1_000_000;

/// Why there is no metadata to be had from an archive.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArchiveError {
    #[error("it holds no `{0}`")]
    Missing(String),
    #[error("it holds more than one `{0}`")]
    Several(String),
    #[error("its `{0}` is larger than {LARGEST_METADATA} bytes")]
    TooLarge(String),
    #[error("it unpacks to more than {MOST_UNPACKED} bytes")]
    Unpacked,
    #[error("it states more than {MOST_ENTRIES} entries")]
    Entries,
    #[error("the archive cannot be read: {0}")]
    Damaged(String),
}

impl From<std::io::Error> for ArchiveError {
    fn from(error: std::io::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl From<zip::result::ZipError> for ArchiveError {
    fn from(error: zip::result::ZipError) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// How source distributions are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    TarGz,
    Zip,
}

impl Packing {
    /// By the ending of a file name; none for those that nobody makes any more.
    pub(super) fn of(filename: &str) -> Option<Self> {
        let lower = filename.to_ascii_lowercase();
        let ends = |ending: &str| lower.ends_with(ending);
        if ends(".tar.gz") || ends(".tgz") {
            Some(Self::TarGz)
        } else {
            ends(".zip").then_some(Self::Zip)
        }
    }
}

/// `<name>-<version>.dist-info/<member>` of a wheel.
pub(super) fn of_wheel(
    archive: impl Read + Seek,
    member: &str,
    file: &IndexFile,
) -> Result<Vec<u8>> {
    let ending = format!(".dist-info/{member}");
    of_zip(archive, &format!("*{ending}"), |path| {
        let stem = path.strip_suffix(ending.as_str());
        stem.is_some_and(|stem| names_release(stem, file))
    })
}

/// `METADATA` of a wheel that was just built, whatever its name and version came to.
pub(crate) fn of_built_wheel(archive: impl Read + Seek) -> Result<Vec<u8>> {
    of_zip(archive, "*.dist-info/METADATA", |path| {
        let directory = path.strip_suffix(".dist-info/METADATA");
        directory.is_some_and(|directory| !directory.contains('/'))
    })
}

/// `<name>-<version>/PKG-INFO` of a source distribution.
pub(super) fn of_sdist(
    archive: impl Read + Seek,
    packing: Packing,
    file: &IndexFile,
) -> Result<Vec<u8>> {
    let wanted = |path: &str| {
        let stem = path.strip_suffix("/PKG-INFO");
        stem.is_some_and(|stem| names_release(stem, file))
    };
    match packing {
        Packing::Zip => of_zip(archive, "PKG-INFO", wanted),
        Packing::TarGz => of_tar(archive, "PKG-INFO", wanted),
    }
}

pub(crate) type Result<T> = std::result::Result<T, ArchiveError>;

fn names_release(directory: &str, file: &IndexFile) -> bool {
    !directory.contains('/') && same_release(directory, &file.filename, &file.version)
}

fn of_zip(
    mut archive: impl Read + Seek,
    name: &str,
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<u8>> {
    check_entries(&mut archive)?;
    // Not searched for behind some other bytes: that is where `check_entries` looks.
    let config = Config {
        archive_offset: ArchiveOffset::Known(0),
    };
    let mut archive = ZipArchive::with_config(config, archive)?;
    let mut found = (0..archive.len()).filter(|index| {
        let path = archive.name_for_index(*index);
        matches!(path, Some(Ok(path)) if wanted(&path))
    });
    let index = found
        .next()
        .ok_or_else(|| ArchiveError::Missing(name.to_owned()))?;
    if found.next().is_some() {
        return Err(ArchiveError::Several(name.to_owned()));
    }
    drop(found);
    read_member(archive.by_index(index)?, name)
}

/// Refuses a zip archive that states more entries than there are.
///
/// The zip library makes room for all of them at once. Without the 64-bit extension there are
/// 65535 at most, so only its end record (PKWARE APPNOTE 4.3.14) is looked at, or what may be it.
fn check_entries(archive: &mut (impl Read + Seek)) -> Result<()> {
    const LOCATOR: &[u8; 4] = b"PK\x06\x07";
    const RECORD: &[u8; 4] = b"PK\x06\x06";
    // The longest comment, and more than the end record and the locator before it.
    let length = archive.seek(SeekFrom::End(0))?;
    let start = length.saturating_sub(0x1_0000 + 64);
    archive.seek(SeekFrom::Start(start))?;
    let mut end = Vec::new();
    archive
        .by_ref()
        .take(length - start)
        .read_to_end(&mut end)?;
    let located = end
        .windows(16)
        .filter_map(|window| {
            let rest = window.strip_prefix(LOCATOR)?;
            Some(u64::from_le_bytes(rest[4..].try_into().ok()?))
        })
        .filter(|offset| *offset < length);
    for offset in located {
        let mut record = Vec::new();
        archive.seek(SeekFrom::Start(offset))?;
        archive.by_ref().take(40).read_to_end(&mut record)?;
        let entries = record
            .strip_prefix(RECORD)
            .and_then(|rest| rest.get(28..36)?.try_into().ok())
            .map(u64::from_le_bytes);
        if entries.is_some_and(|entries| entries > MOST_ENTRIES) {
            return Err(ArchiveError::Entries);
        }
    }
    Ok(())
}

fn of_tar(archive: impl Read, name: &str, wanted: impl Fn(&str) -> bool) -> Result<Vec<u8>> {
    let unpacked = MultiGzDecoder::new(BufReader::new(archive)).take(MOST_UNPACKED);
    let mut archive = tar::Archive::new(unpacked);
    let found = find_in_tar(&mut archive, name, wanted);
    if found.is_err() && archive.into_inner().limit() == 0 {
        return Err(ArchiveError::Unpacked);
    }
    found
}

/// Reads as far as the first file that is wanted: an archive that holds it twice is not made by
/// any tool, and its digest holds either way.
///
/// Long names are read here because the tar library would read them whatever their length.
fn find_in_tar<R: Read>(
    archive: &mut tar::Archive<R>,
    name: &str,
    wanted: impl Fn(&str) -> bool,
) -> Result<Vec<u8>> {
    let mut long_path = None;
    for entry in archive.entries()?.raw(true) {
        let mut entry = entry?;
        match entry.header().entry_type() {
            EntryType::GNULongName => {
                let mut path = read_member(&mut entry, "file name")?;
                path.retain(|byte| *byte != 0);
                long_path = Some(path);
            }
            EntryType::XHeader => {
                let header = read_member(&mut entry, "file name")?;
                let mut stated =
                    tar::PaxExtensions::new(&header).filter_map(std::result::Result::ok);
                let path = stated.find(|extension| extension.key_bytes() == b"path");
                long_path = path.map(|path| path.value_bytes().to_vec());
            }
            EntryType::XGlobalHeader => {}
            kind => {
                let path = long_path.take();
                let path = path.unwrap_or_else(|| entry.path_bytes().into_owned());
                let path = String::from_utf8_lossy(path.strip_prefix(b"./").unwrap_or(&path));
                if kind.is_file() && wanted(&path) {
                    return read_member(entry, name);
                }
            }
        }
    }
    Err(ArchiveError::Missing(name.to_owned()))
}

/// Reads one file, whatever size the archive states for it.
fn read_member(member: impl Read, name: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    member.take(LARGEST_METADATA + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= LARGEST_METADATA) {
        Ok(bytes)
    } else {
        Err(ArchiveError::TooLarge(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::MetadataBeside;
    use std::io::{Cursor, Write as _};
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    const MEMBER: &str = "demo-1.0.dist-info/METADATA";

    fn file(filename: &str) -> IndexFile {
        IndexFile {
            filename: filename.to_owned(),
            version: "1.0".parse().unwrap(),
            address: String::new(),
            sha256: None,
            requires_python: None,
            uploaded: None,
            yanked: None,
            metadata: MetadataBeside::No,
        }
    }

    fn wheel(archive: Vec<u8>) -> Result<Vec<u8>> {
        of_wheel(
            Cursor::new(archive),
            "METADATA",
            &file("demo-1.0-py3-none-any.whl"),
        )
    }

    #[test]
    fn archives_with_the_64_bit_extension_are_read() {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default();
        for n in 0..70_000 {
            archive.start_file(format!("{n}"), options).unwrap();
        }
        archive.start_file(MEMBER, options).unwrap();
        archive.write_all(b"text").unwrap();
        let bytes = archive.finish().unwrap().into_inner();
        assert!(bytes.windows(4).any(|window| window == b"PK\x06\x06"));
        assert_eq!(wheel(bytes).unwrap(), b"text");
    }

    #[test]
    fn entries_that_cannot_be_there_get_no_room() {
        let mut archive = b"PK\x06\x06".to_vec();
        let words = |archive: &mut Vec<u8>, words: &[u64]| {
            archive.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        };
        // Its size, versions and disks, the entries here and in all, the directory.
        words(&mut archive, &[44]);
        archive.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        words(&mut archive, &[1 << 40, 1 << 40, 1 << 50, 0]);
        archive.extend(b"PK\x06\x07\0\0\0\0");
        words(&mut archive, &[0]);
        archive.extend(b"\x01\0\0\0PK\x05\x06\0\0\0\0");
        archive.extend([0xff; 12]);
        archive.extend([0, 0]);
        assert!(matches!(wheel(archive), Err(ArchiveError::Entries)));
    }

    #[test]
    fn names_in_extended_headers_are_read() {
        let read = |kind: EntryType| {
            let packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            let mut archive = tar::Builder::new(packed);
            let mut header = tar::Header::new_ustar();
            header.set_path("demo-1.0/cut").unwrap();
            header.set_entry_type(kind);
            header.set_size(0);
            header.set_cksum();
            let extensions = [("mtime", &b"1.5"[..]), ("path", b"demo-1.0/PKG-INFO")];
            archive.append_pax_extensions(extensions).unwrap();
            archive.append(&header, &b""[..]).unwrap();
            header.set_entry_type(EntryType::Regular);
            header.set_cksum();
            archive.append(&header, &b""[..]).unwrap();
            let packed = archive.into_inner().unwrap().finish().unwrap();
            let sdist = file("demo-1.0.tar.gz");
            of_sdist(Cursor::new(packed), Packing::TarGz, &sdist)
        };
        assert_eq!(read(EntryType::Regular).unwrap(), b"");
        // A link is not followed, and its name is not that of the file after it.
        let error = read(EntryType::Symlink).unwrap_err();
        assert!(matches!(error, ArchiveError::Missing(_)), "{error}");
    }
}
