//! A file on a server, read where it is needed: range requests (RFC 9110 §14) as `Read + Seek`.
//!
//! The last piece comes first, because a zip archive's directory is at its end. All pieces are of
//! one file: where the size or the entity tag changes, or an answer is not what was asked for, the
//! reading ends, and [`Pieces::ended`] tells why.

use std::io::{Error, Read, Result, Seek, SeekFrom};

use crate::io::http::{Range, Span};
use crate::remote::RemoteError;

/// The first piece: where a zip archive's end record can be at all, and mostly the directory and
/// the `METADATA` before it.
pub(super) const LAST: Range = Range::Last(80 * 1024);
/// The size of the next pieces, which doubles from one to the next.
const SMALLEST: u64 = 64 * 1024;
const LARGEST: u64 = 2 * 1024 * 1024;
/// So much is read of one file, and held in memory.
const MOST: u64 = 64 * 1024 * 1024;

/// Some bytes of a file.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    span: Span,
    etag: Option<String>,
    bytes: Vec<u8>,
}

impl Piece {
    /// None where this is not the range that was asked for.
    pub(super) fn new(
        range: Range,
        span: Span,
        etag: Option<String>,
        bytes: Vec<u8>,
    ) -> Option<Self> {
        let whole = u64::try_from(bytes.len()).is_ok_and(|length| length == span.length());
        (whole && span.answers(range)).then_some(Self { span, etag, bytes })
    }

    fn at(&self, position: u64) -> Option<&[u8]> {
        let at = usize::try_from(position.checked_sub(self.span.first)?).ok()?;
        self.bytes.get(at..).filter(|bytes| !bytes.is_empty())
    }
}

/// Why the reading ended early.
#[derive(Debug)]
pub(super) enum Ended {
    /// The server cannot be read in pieces after all.
    Odd,
    /// A piece could not be had.
    Failed(RemoteError),
}

/// The pieces so far, and how to get more; none is what the server gives of a piece that is odd.
pub(super) struct Pieces<F> {
    fetch: F,
    held: Vec<Piece>,
    position: u64,
    next: u64,
    left: u64,
    ended: Option<Ended>,
}

impl<F: FnMut(Range) -> std::result::Result<Option<Piece>, RemoteError>> Pieces<F> {
    /// Begins with the piece that [`LAST`] gave.
    pub(super) fn new(last: Piece, fetch: F) -> Self {
        Self {
            fetch,
            held: vec![last],
            position: 0,
            next: SMALLEST,
            left: MOST,
            ended: None,
        }
    }

    /// Why a read failed, if one did.
    pub(super) fn ended(self) -> Option<Ended> {
        self.ended
    }

    fn total(&self) -> u64 {
        self.held[0].span.total
    }

    fn held(&self) -> Option<&[u8]> {
        self.held.iter().find_map(|piece| piece.at(self.position))
    }

    /// Gets the bytes at the position, and some that follow: an archive is read forwards.
    fn get(&mut self) -> std::result::Result<(), Ended> {
        let following = self.held.iter().map(|piece| piece.span.first);
        let following = following.filter(|first| *first > self.position).min();
        let end = following
            .unwrap_or_else(|| self.total())
            .min(self.position.saturating_add(self.next));
        self.left = self
            .left
            .checked_sub(end - self.position)
            .ok_or(Ended::Odd)?;
        self.next = (self.next * 2).min(LARGEST);
        let range = Range::Between(self.position, end - 1);
        let piece = (self.fetch)(range).map_err(Ended::Failed)?;
        let known = &self.held[0];
        let same = |piece: &Piece| piece.span.total == known.span.total && piece.etag == known.etag;
        self.held.push(piece.filter(same).ok_or(Ended::Odd)?);
        Ok(())
    }
}

impl<F: FnMut(Range) -> std::result::Result<Option<Piece>, RemoteError>> Read for Pieces<F> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if self.position >= self.total() || buffer.is_empty() {
            return Ok(0);
        }
        // After a failure nothing more is asked for, however often a reader tries.
        if self.held().is_none() && self.ended.is_none() {
            self.ended = self.get().err();
        }
        let mut bytes = self
            .held()
            .ok_or_else(|| Error::other("the answer broke off"))?;
        let count = bytes.read(buffer)?;
        self.position += u64::try_from(count).map_err(Error::other)?;
        Ok(count)
    }
}

impl<F: FnMut(Range) -> std::result::Result<Option<Piece>, RemoteError>> Seek for Pieces<F> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.total().checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or(std::io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(content: &[u8], range: Range, etag: &str) -> Option<Piece> {
        let total = u64::try_from(content.len()).unwrap();
        let (first, last) = match range {
            Range::Last(count) => (total.saturating_sub(count), total - 1),
            Range::From(first) => (first, total - 1),
            Range::Between(first, last) => (first, last.min(total - 1)),
        };
        let span = Span { first, last, total };
        let slice = usize::try_from(first).unwrap()..=usize::try_from(last).unwrap();
        Piece::new(range, span, Some(etag.to_owned()), content[slice].to_vec())
    }

    #[test]
    fn a_piece_is_as_long_as_its_span() {
        let span = Span::read("bytes 5-9/10").unwrap();
        assert!(Piece::new(Range::Last(5), span, None, vec![0; 5]).is_some());
        assert!(Piece::new(Range::Last(5), span, None, vec![0; 4]).is_none());
    }

    #[test]
    fn bytes_are_read_where_they_are_and_once() {
        let content: Vec<u8> = (0..=255).cycle().take(500_000).collect();
        let mut asked = Vec::new();
        let last = piece(&content, LAST, "a").unwrap();
        let mut pieces = Pieces::new(last, |range| {
            asked.push(range);
            Ok(piece(&content, range, "a"))
        });
        let mut read = [0; 10];
        for at in [499_990, 100, 105, 100_000] {
            pieces.seek(SeekFrom::Start(at)).unwrap();
            pieces.read_exact(&mut read).unwrap();
            let at = usize::try_from(at).unwrap();
            assert_eq!(read, content[at..at + 10]);
        }
        let mut rest = Vec::new();
        pieces.seek(SeekFrom::End(-100_000)).unwrap();
        pieces.read_to_end(&mut rest).unwrap();
        assert_eq!(rest, content[400_000..]);
        let expected = [(100, 65_635), (100_000, 231_071), (400_000, 418_079)];
        let expected = expected.map(|(first, last)| Range::Between(first, last));
        assert_eq!(asked, expected);
    }

    #[test]
    fn a_file_that_changes_is_not_read_on() {
        let content = vec![0; 100_000];
        for odd in [
            piece(&content, Range::Between(0, 18_079), "b"),
            piece(&content[..90_000], Range::Between(0, 18_079), "a"),
            None,
        ] {
            let mut asked = 0;
            let last = piece(&content, LAST, "a").unwrap();
            let mut pieces = Pieces::new(last, |_| {
                asked += 1;
                Ok(odd.clone())
            });
            assert!(pieces.read_exact(&mut [0]).is_err());
            assert!(pieces.read_exact(&mut [0]).is_err());
            assert!(matches!(pieces.ended(), Some(Ended::Odd)));
            assert_eq!(asked, 1);
        }
    }

    #[test]
    fn so_much_is_read_and_no_more() {
        let total = 10 * MOST;
        let span = |first, last| Span { first, last, total };
        let last = Piece {
            span: span(total - 1, total - 1),
            etag: None,
            bytes: vec![0],
        };
        let mut read = 0;
        let mut pieces = Pieces::new(last, |range| {
            let Range::Between(first, last) = range else {
                panic!("{range}");
            };
            let bytes = vec![0; usize::try_from(last - first + 1).unwrap()];
            read += last - first + 1;
            Ok(Piece::new(range, span(first, last), None, bytes))
        });
        assert!(std::io::copy(&mut pieces, &mut std::io::sink()).is_err());
        assert!(matches!(pieces.ended(), Some(Ended::Odd)));
        assert!(read <= MOST);
    }
}
