//! One thing in three versions: as it was, as one side has it, and as the other has it.

/// The versions of one thing; none where a lock does not have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Three<T> {
    pub(super) base: Option<T>,
    pub(super) ours: Option<T>,
    pub(super) theirs: Option<T>,
}

impl<T: Copy + PartialEq> Three<T> {
    /// What the versions come to; themselves where both sides changed it, each another way.
    pub(super) fn merged(self) -> Result<Option<T>, Self> {
        if self.ours == self.theirs || self.base == self.theirs {
            Ok(self.ours)
        } else if self.base == self.ours {
            Ok(self.theirs)
        } else {
            Err(self)
        }
    }

    /// What both sides have; themselves where they differ in any way.
    pub(super) fn agreed(self) -> Result<Option<T>, Self> {
        if self.ours == self.theirs {
            Ok(self.ours)
        } else {
            Err(self)
        }
    }

    /// What they come to, but what one side has no more and the other left alone is still given:
    /// whether anything leads to it is not told by itself.
    pub(super) fn candidate(self) -> Result<Option<T>, Self> {
        match (self.ours, self.theirs) {
            (Some(one), None) | (None, Some(one)) => {
                let unchanged = self.base.is_none_or(|base| base == one);
                if unchanged { Ok(Some(one)) } else { Err(self) }
            }
            _ => self.merged(),
        }
    }

    /// The same, but what one side has no more never clashes.
    pub(super) fn needed(self) -> Result<Option<T>, Self> {
        match (self.ours, self.theirs) {
            (Some(one), None) | (None, Some(one)) => Ok(Some(one)),
            _ => self.merged(),
        }
    }
}

impl<T> Three<T> {
    pub(super) fn as_ref(&self) -> Three<&T> {
        Three {
            base: self.base.as_ref(),
            ours: self.ours.as_ref(),
            theirs: self.theirs.as_ref(),
        }
    }

    pub(super) fn map<U>(self, with: impl Fn(T) -> U) -> Three<U> {
        Three {
            base: self.base.map(&with),
            ours: self.ours.map(&with),
            theirs: self.theirs.map(&with),
        }
    }

    pub(super) fn and_then<U>(self, with: impl Fn(T) -> Option<U>) -> Three<U> {
        Three {
            base: self.base.and_then(&with),
            ours: self.ours.and_then(&with),
            theirs: self.theirs.and_then(&with),
        }
    }

    /// What is gone on with after a clash, so that all that clashes is told at once.
    pub(super) fn fallback(self) -> Option<T> {
        self.base.or(self.ours).or(self.theirs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three(text: &'static str) -> Three<char> {
        let mut versions = text.chars().map(|c| (c != '-').then_some(c));
        let mut next = || versions.next().unwrap();
        Three {
            base: next(),
            ours: next(),
            theirs: next(),
        }
    }

    #[test]
    fn what_one_side_changed_is_taken_and_what_both_changed_clashes() {
        for (versions, merged) in [
            ("aaa", Some('a')),
            ("aba", Some('b')),
            ("aab", Some('b')),
            ("abb", Some('b')),
            ("a--", None),
            ("aa-", None),
            ("a-a", None),
            ("-b-", Some('b')),
            ("--b", Some('b')),
            ("-bb", Some('b')),
        ] {
            assert_eq!(three(versions).merged(), Ok(merged), "{versions}");
        }
        for versions in ["abc", "-bc", "ab-", "a-b"] {
            assert_eq!(three(versions).merged(), Err(three(versions)));
        }
    }

    #[test]
    fn sides_agree_only_where_they_are_the_same() {
        assert_eq!(three("-bb").agreed(), Ok(Some('b')));
        assert_eq!(three("a--").agreed(), Ok(None));
        for versions in ["-b-", "--b", "-bc", "aba"] {
            assert_eq!(three(versions).agreed(), Err(three(versions)));
        }
    }

    #[test]
    fn what_one_side_has_no_more_may_still_be_needed() {
        assert_eq!(three("aa-").candidate(), Ok(Some('a')));
        assert_eq!(three("a-a").candidate(), Ok(Some('a')));
        assert_eq!(three("a--").candidate(), Ok(None));
        assert_eq!(three("ab-").candidate(), Err(three("ab-")));
        assert_eq!(three("ab-").needed(), Ok(Some('b')));
        assert_eq!(three("abc").needed(), Err(three("abc")));
    }
}
