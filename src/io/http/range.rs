//! Range requests (RFC 9110 §14): which bytes of a file are asked for, and which came.

use std::fmt;

/// Which bytes of a file are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::io) enum Range {
    /// So many at the end.
    Last(u64),
    /// From one to the end.
    From(u64),
    /// From one to another, both included.
    Between(u64, u64),
}

/// As the header `Range` has it.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Last(count) => write!(f, "bytes=-{count}"),
            Self::From(first) => write!(f, "bytes={first}-"),
            Self::Between(first, last) => write!(f, "bytes={first}-{last}"),
        }
    }
}

/// Which bytes of how many came: the header `Content-Range`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::io) struct Span {
    pub(in crate::io) first: u64,
    pub(in crate::io) last: u64,
    /// How many bytes there are altogether.
    pub(in crate::io) total: u64,
}

impl Span {
    /// None where the header makes no sense, or does not say how large the file is.
    pub(in crate::io) fn read(header: &str) -> Option<Self> {
        let (unit, stated) = header.trim().split_once(' ')?;
        let (ends, total) = stated.split_once('/')?;
        let (first, last) = ends.split_once('-')?;
        let span = Self {
            first: first.trim().parse().ok()?,
            last: last.trim().parse().ok()?,
            total: total.trim().parse().ok()?,
        };
        let sound = span.first <= span.last && span.last < span.total;
        (unit.eq_ignore_ascii_case("bytes") && sound).then_some(span)
    }

    pub(in crate::io) fn length(self) -> u64 {
        self.last - self.first + 1
    }

    /// Whether a server that was asked for the range of a file of this size answers with this.
    pub(in crate::io) fn answers(self, range: Range) -> bool {
        match range {
            Range::Last(count) => {
                self.last + 1 == self.total && self.first == self.total.saturating_sub(count)
            }
            Range::From(first) => self.first == first && self.last + 1 == self.total,
            Range::Between(first, last) => {
                self.first == first && self.last == last.min(self.total - 1)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_that_make_no_sense_are_none() {
        let span = Span::read("bytes 5-9/10").unwrap();
        assert_eq!((span.first, span.length(), span.total), (5, 5, 10));
        for header in [
            "bytes 9-5/10",
            "bytes 5-10/10",
            "bytes 5-9/*",
            "bytes */10",
            "items 5-9/10",
            "bytes=5-9/10",
            "",
        ] {
            assert_eq!(Span::read(header), None, "{header}");
        }
        assert!(span.answers(Range::Last(5)) && !span.answers(Range::Last(4)));
        assert!(span.answers(Range::From(5)) && !span.answers(Range::From(4)));
        assert!(span.answers(Range::Between(5, 20)) && !span.answers(Range::Between(4, 9)));
    }
}
