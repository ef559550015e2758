//! Reading the files whose digests are not known, in as many threads as there are processors.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

#[cfg(target_arch = "x86_64")]
use super::compress::Vectors;
#[cfg(target_arch = "x86_64")]
use super::lanes::{Files, Lanes};
use super::opened::Opened;
use super::{Algorithm, Found, Tree};
use crate::model::{FileDigest, Sha256Digest};
use crate::remote::{Progress, TreeError};

/// From here on a file is large: threads share these out evenly and begin with them.
const LARGE: u64 = 4 << 20;
/// How much of a file is read at once by a thread that has one file at a time.
const PIECE: usize = 1 << 17;
/// How many digests a thread gathers before it hands them in.
const HANDFUL: usize = 256;

/// How a thread hashes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Engine {
    /// One file after the other.
    Streams,
    /// Eight files at once.
    #[cfg(target_arch = "x86_64")]
    Lanes(Vectors),
}

impl Engine {
    /// All that this processor can do, the fastest vectors first.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        #[cfg(target_arch = "x86_64")]
        let lanes = Vectors::all().map(Self::Lanes);
        #[cfg(not(target_arch = "x86_64"))]
        let lanes = std::iter::empty();
        lanes.chain([Self::Streams])
    }

    /// What this processor is fastest with.
    pub(super) fn fastest() -> Self {
        // One stream by the processor's own instructions is faster than eight without them.
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("sha") {
            return Self::Streams;
        }
        Self::all().next().unwrap_or(Self::Streams)
    }
}

/// Reads every file that is not known yet.
pub(super) fn read_all(
    tree: &Tree<'_>,
    known: &mut [Option<FileDigest>],
    progress: Option<&dyn Progress>,
    engine: Engine,
) -> Result<(), TreeError> {
    let unknown = known
        .iter()
        .enumerate()
        .filter(|(_, known)| known.is_none());
    let (mut large, small): (Vec<_>, Vec<_>) = unknown
        .map(|(number, _)| number)
        .partition(|number| tree.files[*number].stamp.size() >= LARGE);
    large.sort_by_key(|number| std::cmp::Reverse(tree.files[*number].stamp.size()));
    if let Some(progress) = progress {
        let files = large.iter().chain(&small);
        progress.expect_bytes(files.map(|number| tree.files[*number].stamp.size()).sum());
    }
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = processors.min(large.len() + small.len());
    let reading = Reading {
        tree,
        share: large.len().div_ceil(threads),
        large: Queue::new(large),
        small: Queue::new(small),
        known: Mutex::new(known),
        failed: AtomicBool::new(false),
        progress,
        engine,
    };
    let errors = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads)
            .map(|_| scope.spawn(|| Reader::new(&reading).run()))
            .collect();
        let ended = threads.into_iter().map(|thread| {
            let result = thread.join();
            result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        ended.filter_map(Result::err).collect::<Vec<_>>()
    });
    errors.into_iter().next().map_or(Ok(()), Err)
}

/// Numbers of files that are yet to be read.
struct Queue {
    numbers: Vec<usize>,
    taken: AtomicUsize,
}

impl Queue {
    fn new(numbers: Vec<usize>) -> Self {
        let taken = AtomicUsize::new(0);
        Self { numbers, taken }
    }

    fn next(&self) -> Option<usize> {
        let next = self.taken.fetch_add(1, Ordering::Relaxed);
        self.numbers.get(next).copied()
    }
}

/// What all threads share.
struct Reading<'a> {
    tree: &'a Tree<'a>,
    large: Queue,
    /// How many large files a thread reads at once, so that none takes what another could read.
    share: usize,
    small: Queue,
    known: Mutex<&'a mut [Option<FileDigest>]>,
    /// Whether a thread met an error, so that the others need not go on.
    failed: AtomicBool,
    progress: Option<&'a dyn Progress>,
    engine: Engine,
}

/// One thread.
struct Reader<'a> {
    reading: &'a Reading<'a>,
    /// How many large files it reads right now.
    large: usize,
    done: Vec<(usize, FileDigest)>,
}

impl<'a> Reader<'a> {
    fn new(reading: &'a Reading<'a>) -> Self {
        Self {
            reading,
            large: 0,
            done: Vec::new(),
        }
    }

    fn run(mut self) -> Result<(), TreeError> {
        let result = self.read_files();
        if result.is_err() {
            self.reading.failed.store(true, Ordering::Relaxed);
        }
        self.hand_in();
        result
    }

    fn read_files(&mut self) -> Result<(), TreeError> {
        match self.reading.engine {
            Engine::Streams => self.read_streams(),
            #[cfg(target_arch = "x86_64")]
            Engine::Lanes(vectors) => Lanes::new(vectors).run(self),
        }
    }

    /// One file after the other.
    fn read_streams(&mut self) -> Result<(), TreeError> {
        while let Some((number, file)) = self.open()? {
            let mut hasher = Sha256::new();
            self.stream(number, file, &mut hasher)?;
            let digest = Sha256Digest::from_hasher(hasher);
            self.keep(number, FileDigest::Sha256(digest));
        }
        Ok(())
    }

    /// Whether a thread met an error: then no digest is of use any more.
    fn is_failed(&self) -> bool {
        self.reading.failed.load(Ordering::Relaxed)
    }

    fn file(&self, number: usize) -> &'a Found {
        &self.reading.tree.files[number]
    }

    /// The next file whose SHA-256 is wanted; others are read on the way.
    fn open(&mut self) -> Result<Option<(usize, Opened)>, TreeError> {
        loop {
            if self.is_failed() {
                return Ok(None);
            }
            let mut next = None;
            if self.large < self.reading.share {
                next = self.reading.large.next();
                self.large += usize::from(next.is_some());
            }
            let Some(number) = next.or_else(|| self.reading.small.next()) else {
                return Ok(None);
            };
            let found = self.file(number);
            let path = self.reading.tree.root.join(&found.name);
            let file = Opened::new(&path, &found.name, found.stamp)?;
            match found.algorithm {
                Algorithm::Sha256 => return Ok(Some((number, file))),
                Algorithm::GitBlob => self.read_blob(number, file)?,
            }
        }
    }

    fn read_blob(&mut self, number: usize, file: Opened) -> Result<(), TreeError> {
        let mut hasher = Sha1::new();
        let size = self.file(number).stamp.size();
        hasher.update(format!("blob {size}\0"));
        self.stream(number, file, &mut hasher)?;
        let mut hex = Vec::with_capacity(40);
        for byte in hasher.finalize() {
            let _ = write!(hex, "{byte:02x}");
        }
        let oid = String::from_utf8(hex).ok().and_then(|hex| hex.parse().ok());
        let oid = oid.expect("a SHA-1 has forty digits");
        self.keep(number, FileDigest::GitBlob(oid));
        Ok(())
    }

    fn stream(
        &mut self,
        number: usize,
        mut file: Opened,
        hasher: &mut impl sha2::digest::Update,
    ) -> Result<(), TreeError> {
        let name = &self.file(number).name;
        let mut buffer = vec![0; PIECE];
        while !file.is_read() && !self.is_failed() {
            let read = file.fill(&mut buffer, name)?;
            hasher.update(&buffer[..read]);
            self.tell(read);
        }
        file.same(name)
    }

    fn tell(&self, bytes: usize) {
        if let Some(progress) = self.reading.progress {
            progress.read(bytes as u64);
        }
    }

    fn keep(&mut self, number: usize, digest: FileDigest) {
        self.large -= usize::from(self.file(number).stamp.size() >= LARGE);
        self.done.push((number, digest));
        if self.done.len() >= HANDFUL {
            self.hand_in();
        }
    }

    fn hand_in(&mut self) {
        let known = self.reading.known.lock();
        let mut known = known.unwrap_or_else(PoisonError::into_inner);
        for (number, digest) in self.done.drain(..) {
            known[number] = Some(digest);
        }
    }
}

#[cfg(target_arch = "x86_64")]
impl Files for Reader<'_> {
    fn next(&mut self) -> Result<Option<(usize, Opened)>, TreeError> {
        self.open()
    }

    fn name(&self, number: usize) -> &str {
        &self.file(number).name
    }

    fn read(&mut self, bytes: usize) {
        self.tell(bytes);
    }

    fn is_over(&self) -> bool {
        self.is_failed()
    }

    fn done(&mut self, number: usize, digest: Sha256Digest) {
        self.keep(number, FileDigest::Sha256(digest));
    }
}
