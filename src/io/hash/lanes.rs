//! SHA-256 of many files in the lanes of vectors: each lane reads a file of its own.
//!
//! A lane that is through with its file takes the next one, so that long and short files share
//! the vectors; only at the very end do lanes stay empty.

use super::compress::{BLOCK, INITIAL, LANES, States, Vectors};
use super::opened::Opened;
use crate::model::Sha256Digest;
use crate::remote::TreeError;

/// How much of a file is read at once. All lanes together are to stay in the cache of a core.
const PIECE: usize = 1 << 16;
/// What padding needs: the end bit and the length (FIPS 180-4 §5.1.1), and a block that is begun.
const ROOM: usize = PIECE + 2 * BLOCK;

/// Where files come from, and where their digests go.
pub(super) trait Files {
    /// The next file, by a number of its own; none where no more are to be had.
    fn next(&mut self) -> Result<Option<(usize, Opened)>, TreeError>;
    /// What errors call a file.
    fn name(&self, number: usize) -> &str;
    /// So many bytes were read.
    fn read(&mut self, bytes: usize);
    /// Whether nobody waits for digests any more.
    fn is_over(&self) -> bool;
    /// The digest of a file.
    fn done(&mut self, number: usize, digest: Sha256Digest);
}

struct Lane {
    /// The file that is read, by its number.
    file: Option<(usize, Opened)>,
    buffer: Box<[u8]>,
    /// What of the buffer is yet to be compressed.
    from: usize,
    to: usize,
    /// How many bytes the file has.
    size: u64,
    padded: bool,
}

impl Lane {
    fn new() -> Self {
        Self {
            file: None,
            buffer: vec![0; ROOM].into_boxed_slice(),
            from: 0,
            to: 0,
            size: 0,
            padded: false,
        }
    }

    fn blocks(&self) -> usize {
        (self.to - self.from) / BLOCK
    }

    fn begin(&mut self, number: usize, file: Opened) {
        self.file = Some((number, file));
        (self.from, self.to, self.size, self.padded) = (0, 0, 0, false);
    }

    /// Reads on, behind the part of a block that is left; after the last byte comes the padding.
    fn refill(&mut self, files: &mut dyn Files) -> Result<(), TreeError> {
        let Some((number, file)) = &mut self.file else {
            return Ok(());
        };
        self.buffer.copy_within(self.from..self.to, 0);
        (self.from, self.to) = (0, self.to - self.from);
        let room = &mut self.buffer[self.to..PIECE];
        let read = file.fill(room, files.name(*number))?;
        files.read(read);
        self.to += read;
        self.size += read as u64;
        if file.is_read() {
            let end = (self.to + 9).next_multiple_of(BLOCK);
            self.buffer[self.to..end].fill(0);
            self.buffer[self.to] = 0x80;
            let bits = self.size.wrapping_mul(8).to_be_bytes();
            self.buffer[end - bits.len()..end].copy_from_slice(&bits);
            self.to = end;
            self.padded = true;
        }
        Ok(())
    }
}

/// The lanes of one thread.
pub(super) struct Lanes {
    vectors: Vectors,
    states: States,
    all: [Lane; LANES],
    /// What empty lanes compress.
    nothing: Box<[u8]>,
}

impl Lanes {
    pub(super) fn new(vectors: Vectors) -> Self {
        Self {
            vectors,
            states: [[0; LANES]; 8],
            all: std::array::from_fn(|_| Lane::new()),
            nothing: vec![0; ROOM].into_boxed_slice(),
        }
    }

    /// Hashes files until there are no more.
    pub(super) fn run(&mut self, files: &mut dyn Files) -> Result<(), TreeError> {
        while !files.is_over() {
            for lane in 0..LANES {
                self.provide(lane, files)?;
            }
            let busy = self.all.iter().filter(|lane| lane.file.is_some());
            let Some(blocks) = busy.map(Lane::blocks).min() else {
                return Ok(());
            };
            let nothing = &self.nothing;
            let messages = self.all.each_ref().map(|lane| match lane.file {
                Some(_) => &lane.buffer[lane.from..lane.to],
                None => nothing,
            });
            self.vectors.compress(&mut self.states, &messages, blocks);
            for lane in self.all.iter_mut().filter(|lane| lane.file.is_some()) {
                lane.from += blocks * BLOCK;
            }
        }
        Ok(())
    }

    /// Sees to it that a lane has a block to compress, or is empty because no file is left.
    fn provide(&mut self, lane: usize, files: &mut dyn Files) -> Result<(), TreeError> {
        while self.all[lane].blocks() == 0 || self.all[lane].file.is_none() {
            if self.all[lane].padded
                && let Some((number, file)) = self.all[lane].file.take()
            {
                file.same(files.name(number))?;
                files.done(number, self.digest(lane));
            }
            if self.all[lane].file.is_none() {
                let Some((number, file)) = files.next()? else {
                    return Ok(());
                };
                self.all[lane].begin(number, file);
                for (row, initial) in self.states.iter_mut().zip(INITIAL) {
                    row[lane] = initial;
                }
            }
            self.all[lane].refill(files)?;
        }
        Ok(())
    }

    fn digest(&self, lane: usize) -> Sha256Digest {
        let mut bytes = [0; 32];
        for (part, row) in bytes.chunks_exact_mut(4).zip(&self.states) {
            part.copy_from_slice(&row[lane].to_be_bytes());
        }
        Sha256Digest::from_bytes(bytes)
    }
}
