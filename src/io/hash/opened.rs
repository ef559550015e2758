//! Files that are opened with care: a regular file that stays what it was found to be.
//!
//! What is found by its name can be something else by the time that it is opened, and change while
//! it is read. A [`Stamp`] tells it: everything that the system says of a file which changes with
//! its bytes.

use std::fs::{File, Metadata};
use std::io::Read;
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::remote::TreeError;

/// How long a file must have been left alone for its stamp to tell every later change: file
/// systems count time in steps, of up to two seconds.
const SETTLED: Duration = Duration::from_secs(2);

/// Where a file lies, how long it is, and when its bytes and its metadata were last changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    size: u64,
    device: u64,
    inode: u64,
    /// Of the bytes and of the metadata, in seconds since 1970 and nanoseconds.
    seconds: [i64; 2],
    nanoseconds: [u32; 2],
}

impl Stamp {
    /// Whether this system tells enough of a file for its digest to be kept.
    pub(super) const IDENTIFIES: bool = cfg!(unix);
    /// The length of [`Stamp::key`].
    pub(super) const KEY: usize = 48;

    /// The stamp of a regular file; none of anything else.
    pub(crate) fn of(metadata: &Metadata) -> Option<Self> {
        metadata.is_file().then(|| Self::read(metadata))
    }

    #[cfg(unix)]
    fn read(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        let part = |nanoseconds: i64| u32::try_from(nanoseconds).unwrap_or(u32::MAX);
        Self {
            size: metadata.len(),
            device: metadata.dev(),
            inode: metadata.ino(),
            seconds: [metadata.mtime(), metadata.ctime()],
            nanoseconds: [part(metadata.mtime_nsec()), part(metadata.ctime_nsec())],
        }
    }

    #[cfg(not(unix))]
    fn read(metadata: &Metadata) -> Self {
        let changed = metadata.modified().ok();
        let since = changed.and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
        let since = since.unwrap_or_default();
        let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
        Self {
            size: metadata.len(),
            device: 0,
            inode: 0,
            seconds: [seconds; 2],
            nanoseconds: [since.subsec_nanos(); 2],
        }
    }

    /// How many bytes the file has.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Whether nothing had changed for so long at some moment that every change since would show.
    pub(super) fn is_settled(&self, at: SystemTime) -> bool {
        let Some(limit) = at.checked_sub(SETTLED) else {
            return false;
        };
        let Ok(limit) = limit.duration_since(SystemTime::UNIX_EPOCH) else {
            return false;
        };
        let limit = (
            i64::try_from(limit.as_secs()).unwrap_or(i64::MAX),
            limit.subsec_nanos(),
        );
        let changes = self.seconds.iter().zip(&self.nanoseconds);
        changes.into_iter().all(|(s, n)| (*s, *n) < limit)
    }

    /// Every field, in a form that can be ordered.
    pub(super) fn key(&self) -> [u8; Self::KEY] {
        let mut key = [0; Self::KEY];
        let fields = [
            self.device.to_be_bytes(),
            self.inode.to_be_bytes(),
            self.size.to_be_bytes(),
            self.seconds[0].to_be_bytes(),
            self.seconds[1].to_be_bytes(),
        ];
        for (part, field) in key.chunks_exact_mut(8).zip(fields) {
            part.copy_from_slice(&field);
        }
        key[40..44].copy_from_slice(&self.nanoseconds[0].to_be_bytes());
        key[44..].copy_from_slice(&self.nanoseconds[1].to_be_bytes());
        key
    }
}

#[cfg(test)]
impl Stamp {
    /// Stamps that differ from this one in one field each.
    pub(super) fn neighbours(self) -> [Self; 7] {
        let mut all = [self; 7];
        all[0].size += 1;
        all[1].device += 1;
        all[2].inode += 1;
        for at in 0..2 {
            all[3 + at].seconds[at] += 1;
            all[5 + at].nanoseconds[at] ^= 1;
        }
        all
    }
}

/// A file that is being read.
#[derive(Debug)]
pub(super) struct Opened {
    file: File,
    stamp: Stamp,
    left: u64,
}

impl Opened {
    /// Opens what was found to be a file with this stamp; `name` is what errors call it.
    pub(super) fn new(path: &Path, name: &str, stamp: Stamp) -> Result<Self, TreeError> {
        let file = open(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => changed(name),
            _ => unreadable(name, &error),
        })?;
        let opened = Self {
            file,
            stamp,
            left: stamp.size,
        };
        opened.same(name)?;
        Ok(opened)
    }

    /// Fills a buffer as far as the file reaches; gives how many bytes came.
    pub(super) fn fill(&mut self, buffer: &mut [u8], name: &str) -> Result<usize, TreeError> {
        let mut filled = 0;
        while filled < buffer.len() && self.left > 0 {
            let left = usize::try_from(self.left).unwrap_or(usize::MAX);
            let end = buffer.len().min(filled.saturating_add(left));
            match self.file.read(&mut buffer[filled..end]) {
                // Shorter than it was found to be.
                Ok(0) => return Err(changed(name)),
                Ok(read) => {
                    filled += read;
                    self.left -= read as u64;
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(name, &error)),
            }
        }
        Ok(filled)
    }

    /// Whether every byte was read.
    pub(super) fn is_read(&self) -> bool {
        self.left == 0
    }

    /// Fails where the file is no longer what it was found to be.
    pub(super) fn same(&self, name: &str) -> Result<(), TreeError> {
        let metadata = self
            .file
            .metadata()
            .map_err(|error| unreadable(name, &error))?;
        if Stamp::of(&metadata) == Some(self.stamp) {
            Ok(())
        } else {
            Err(changed(name))
        }
    }
}

/// Opens for reading; what is no file by now must not make the opener wait, as a named pipe does.
fn open(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY);
    }
    options.open(path)
}

pub(crate) fn unreadable(path: &str, error: &std::io::Error) -> TreeError {
    TreeError::Unreadable {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}

pub(crate) fn changed(path: &str) -> TreeError {
    TreeError::Unreadable {
        path: path.to_owned(),
        reason: "it changed while it was read".to_owned(),
    }
}
