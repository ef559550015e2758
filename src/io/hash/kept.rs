//! Digests of files that were read before, so that an unchanged tree costs its metadata alone.
//!
//! Each tree has one file in the cache: records of the key of a [`Stamp`], the algorithm and the
//! digest in the order of the tree's files, between a first word and a checksum. A digest is kept only where every later
//! change of the file would show in its stamp. The file is written aside and renamed, so that
//! processes do not disturb each other; one that is damaged counts as absent. When the directory
//! grows too large, the trees that were not asked about for the longest time go.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use rayon::prelude::*;

use super::{Algorithm, Found, Stamp, Tree};
use crate::model::{FileDigest, Sha256Digest};

const MAGIC: &[u8] = b"vhb-digests-1\n";
const CHECKSUM: usize = 4;
/// The key of a stamp, the algorithm.
const KEY: usize = Stamp::KEY + 1;
const RECORD: usize = KEY + 32;
/// How many bytes all trees may have together.
const LARGEST: u64 = 256 << 20;
/// What a file takes on disk, however short it is.
const SMALLEST: u64 = 4096;
/// How often it is noted that a tree was asked about.
const NOTED: Duration = Duration::from_hours(24);

/// The file of one tree in the cache.
pub(super) struct Kept {
    path: PathBuf,
    pub(super) largest: u64,
}

/// The records of a tree.
#[derive(Default)]
pub(super) struct Loaded {
    bytes: Vec<u8>,
    /// The numbers of all records in the order of their keys, once a file is not at its place.
    sorted: OnceLock<Vec<u32>>,
}

impl Kept {
    pub(super) fn new(cache: &Path, tree: &Tree<'_>) -> Self {
        let place = tree.place.canonicalize();
        let place = place.unwrap_or_else(|_| tree.place.to_path_buf());
        let mut name = place.into_os_string().into_encoded_bytes();
        name.push(0);
        name.extend_from_slice(tree.rules.as_bytes());
        Self {
            path: cache.join(Sha256Digest::of(&name).hex()),
            largest: LARGEST,
        }
    }

    /// What is kept of the tree; nothing where its file is missing or damaged.
    pub(super) fn load(&self) -> Loaded {
        self.read().unwrap_or_default()
    }

    fn read(&self) -> Option<Loaded> {
        let length = std::fs::metadata(&self.path).ok()?.len();
        if length > self.largest || !Stamp::IDENTIFIES {
            return None;
        }
        let mut bytes = std::fs::read(&self.path).ok()?;
        let (body, checksum) = bytes.split_at_checked(bytes.len().checked_sub(CHECKSUM)?)?;
        let records = body.strip_prefix(MAGIC)?;
        let whole = records.len() % RECORD == 0 && crc32fast::hash(body).to_le_bytes() == checksum;
        if !whole {
            return None;
        }
        bytes.truncate(bytes.len() - CHECKSUM);
        Some(Loaded {
            bytes,
            sorted: OnceLock::new(),
        })
    }

    /// Notes that the tree was asked about.
    pub(super) fn touch(&self) {
        let now = SystemTime::now();
        let noted = std::fs::metadata(&self.path).and_then(|metadata| metadata.modified());
        let age = noted.map(|noted| now.duration_since(noted).unwrap_or_default());
        if age.is_ok_and(|age| age > NOTED)
            && let Ok(file) = std::fs::File::open(&self.path)
        {
            let _ = file.set_modified(now);
        }
    }

    /// Keeps the digests of those files that had settled before they were read.
    pub(super) fn store(
        &self,
        files: &[Found],
        digests: &[FileDigest],
        began: SystemTime,
    ) -> std::io::Result<()> {
        let settled: Vec<usize> = (0..files.len())
            .filter(|number| files[*number].stamp.is_settled(began))
            .collect();
        let bytes = MAGIC.len() + settled.len() * RECORD + CHECKSUM;
        if bytes as u64 > self.largest || !Stamp::IDENTIFIES {
            return Ok(());
        }
        let directory = self
            .path
            .parent()
            .expect("the path was joined to a directory");
        fs_err::create_dir_all(directory)?;
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        let mut sum = crc32fast::Hasher::new();
        let mut writer = BufWriter::with_capacity(1 << 16, file.as_file_mut());
        let mut put = |bytes: &[u8]| {
            sum.update(bytes);
            writer.write_all(bytes)
        };
        put(MAGIC)?;
        for number in settled {
            put(&key(&files[number]))?;
            put(&value(&digests[number]))?;
        }
        writer.write_all(&sum.finalize().to_le_bytes())?;
        writer.flush()?;
        drop(writer);
        file.persist(&self.path)?;
        self.make_room(directory)
    }

    /// Removes what was not asked about for the longest time, until the rest is small enough.
    fn make_room(&self, directory: &Path) -> std::io::Result<()> {
        let mut others = Vec::new();
        let mut size = 0;
        for entry in std::fs::read_dir(directory)?.flatten() {
            let Ok(metadata) = entry.metadata() else {
                continue;
            };
            let length = metadata.len().max(SMALLEST);
            size += length;
            if entry.path() != self.path {
                others.push((metadata.modified().ok(), length, entry.path()));
            }
        }
        others.sort();
        for (_, length, path) in others {
            if size <= self.largest {
                break;
            }
            std::fs::remove_file(path)?;
            size -= length;
        }
        Ok(())
    }
}

impl Loaded {
    fn records(&self) -> &[[u8; RECORD]] {
        let records = self.bytes.get(MAGIC.len()..).unwrap_or_default();
        records.as_chunks().0
    }

    pub(super) fn len(&self) -> usize {
        self.records().len()
    }

    /// The digest of a file that is exactly as it was when it was read. In a tree where nothing
    /// has changed, the files have the numbers that they had.
    pub(super) fn get(&self, number: usize, file: &Found) -> Option<FileDigest> {
        let (key, records) = (key(file), self.records());
        let in_place = records.get(number).filter(|record| record[..KEY] == key);
        let record = in_place.or_else(|| self.find(&key))?;
        let value = record[KEY..].as_array::<32>()?;
        Some(match file.algorithm {
            Algorithm::Sha256 => FileDigest::Sha256(Sha256Digest::from_bytes(*value)),
            Algorithm::GitBlob => {
                let hex = Sha256Digest::from_bytes(*value).hex();
                FileDigest::GitBlob(hex[..40].parse().ok()?)
            }
        })
    }
}

impl Loaded {
    fn find(&self, key: &[u8; KEY]) -> Option<&[u8; RECORD]> {
        let records = self.records();
        let of = |number: &u32| &records[*number as usize];
        let sorted = self.sorted.get_or_init(|| {
            // So many records that they cannot be counted do not fit into the cache.
            let count = u32::try_from(records.len()).unwrap_or_default();
            let mut sorted: Vec<u32> = (0..count).collect();
            sorted.par_sort_unstable_by(|a, b| of(a)[..KEY].cmp(&of(b)[..KEY]));
            sorted
        });
        let at = sorted.binary_search_by(|number| of(number)[..KEY].cmp(key));
        Some(of(&sorted[at.ok()?]))
    }
}

fn key(file: &Found) -> [u8; KEY] {
    let mut key = [0; KEY];
    key[..Stamp::KEY].copy_from_slice(&file.stamp.key());
    key[Stamp::KEY] = match file.algorithm {
        Algorithm::Sha256 => 0,
        Algorithm::GitBlob => 1,
    };
    key
}

/// The bytes of a digest; a short one is filled with zeros.
fn value(digest: &FileDigest) -> [u8; 32] {
    match digest {
        FileDigest::Sha256(digest) => *digest.as_bytes(),
        FileDigest::GitBlob(oid) => {
            let mut value = [0; 32];
            let digits = oid.as_str().as_bytes();
            for (byte, pair) in value.iter_mut().zip(digits.chunks_exact(2)) {
                let pair = std::str::from_utf8(pair).unwrap_or_default();
                *byte = u8::from_str_radix(pair, 16).unwrap_or_default();
            }
            value
        }
    }
}
