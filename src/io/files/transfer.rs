//! The digest of a file that is read over a network: a transfer that breaks off goes on where it
//! stopped, and no byte is held longer than it takes to hash it.

use sha2::{Digest as _, Sha256};

use crate::io::http::{Failure, Retries};
use crate::model::Sha256Digest;
use crate::remote::Progress;

/// However little each attempt brings: a server that always breaks off is not read for ever.
const MOST_ATTEMPTS: u32 = 100;

/// The bytes of a file as they come.
pub(super) struct Transfer<'a> {
    size: u64,
    read: u64,
    hasher: Sha256,
    progress: &'a dyn Progress,
}

impl<'a> Transfer<'a> {
    pub(super) fn new(size: u64, progress: &'a dyn Progress) -> Self {
        Self {
            size,
            read: 0,
            hasher: Sha256::new(),
            progress,
        }
    }

    /// How many bytes are there already.
    pub(super) fn read(&self) -> u64 {
        self.read
    }

    /// Takes the next bytes; more than were listed are of another file.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let read = u64::try_from(bytes.len())
            .ok()
            .and_then(|length| self.read.checked_add(length))
            .filter(|read| *read <= self.size)
            .ok_or_else(|| Failure::Mismatch(format!("more than {} bytes came", self.size)))?;
        self.progress.read(read - self.read);
        self.read = read;
        self.hasher.update(bytes);
        Ok(())
    }

    /// Begins anew: what came cannot be told from what another file would begin with.
    pub(super) fn forget(&mut self) {
        self.read = 0;
        self.hasher = Sha256::new();
    }

    /// Attempts until all bytes came. Each attempt reads on from [`Transfer::read`]; those that
    /// bring nothing are counted. The error says how many attempts there were.
    pub(super) fn run(
        mut self,
        retries: &Retries,
        mut attempt: impl FnMut(&mut Self) -> Result<(), Failure>,
    ) -> Result<Sha256Digest, (Failure, u32)> {
        let mut in_vain = 0;
        let mut furthest = 0;
        for done in 1.. {
            let failure = match attempt(&mut self) {
                Ok(()) if self.read == self.size => {
                    return Ok(Sha256Digest::from_hasher(self.hasher));
                }
                Ok(()) => Failure::transient(format!(
                    "the answer ended after {} of {} bytes",
                    self.read, self.size
                )),
                Err(failure) => failure,
            };
            let Failure::Transient { wait, .. } = &failure else {
                return Err((failure, done));
            };
            in_vain = if self.read > furthest { 0 } else { in_vain + 1 };
            furthest = furthest.max(self.read);
            if in_vain > retries.count || done >= MOST_ATTEMPTS {
                return Err((failure, done));
            }
            std::thread::sleep(retries.wait(in_vain, *wait));
        }
        unreachable!("the last attempt returns")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use super::*;

    #[derive(Default)]
    struct Counted(AtomicU64);

    impl Progress for Counted {
        fn expect(&self, _: usize) {}
        fn begin(&self, _: &str) {}
        fn end(&self, _: &str) {}
        fn expect_bytes(&self, _: u64) {}
        fn read(&self, bytes: u64) {
            self.0.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    fn hasty() -> Retries {
        Retries {
            count: 2,
            first_wait: Duration::ZERO,
            longest_wait: Duration::ZERO,
        }
    }

    #[test]
    fn progress_is_rewarded_and_its_absence_is_not() {
        let counted = Counted::default();
        let content = b"0123456789";
        let mut attempts = 0;
        let digest = Transfer::new(10, &counted).run(&hasty(), |transfer| {
            attempts += 1;
            let at = usize::try_from(transfer.read()).unwrap();
            transfer.take(&content[at..=at])?;
            if at == 9 {
                Ok(())
            } else {
                Err(Failure::transient("cut"))
            }
        });
        assert_eq!(digest.unwrap(), Sha256Digest::of(content));
        assert_eq!((attempts, counted.0.into_inner()), (10, 10));

        let counted = Counted::default();
        let failed = Transfer::new(10, &counted).run(&hasty(), |_| Err(Failure::transient("cut")));
        let cut = |failure: &Failure| matches!(failure, Failure::Transient { reason, .. } if reason == "cut");
        assert!(
            matches!(&failed, Err((failure, 3)) if cut(failure)),
            "{failed:?}"
        );
    }

    #[test]
    fn a_file_is_as_long_as_it_was_listed() {
        let counted = Counted::default();
        let long = Transfer::new(1, &counted).run(&hasty(), |transfer| transfer.take(b"ab"));
        assert!(matches!(long, Err((Failure::Mismatch(_), 1))), "{long:?}");
        let short = Transfer::new(3, &counted).run(&hasty(), |transfer| {
            if transfer.read() == 0 {
                transfer.take(b"ab")
            } else {
                Ok(())
            }
        });
        let (failure, attempts) = short.unwrap_err();
        let reason = match failure {
            Failure::Transient { reason, .. } => reason,
            other => panic!("{other:?}"),
        };
        let expected = "the answer ended after 2 of 3 bytes";
        assert_eq!((reason.as_str(), attempts), (expected, 4));
    }
}
