//! How far long work is, on a terminal.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::remote::Progress;

/// Shows how many things are done and, where files are read, how many bytes and how fast.
pub(super) struct Bar {
    things: ProgressBar,
    bytes: Arc<Bytes>,
}

#[derive(Default)]
struct Bytes {
    expected: AtomicU64,
    read: AtomicU64,
    /// When the first were read.
    began: OnceLock<Instant>,
}

impl Bytes {
    /// What is shown of them; nothing where none are expected.
    fn show(&self, out: &mut dyn Write) {
        let expected = self.expected.load(Ordering::Relaxed);
        let read = self.read.load(Ordering::Relaxed);
        if expected == 0 && read == 0 {
            return;
        }
        let _ = write!(out, "  {}", HumanBytes(read));
        if expected >= read {
            let _ = write!(out, " of {}", HumanBytes(expected));
        }
        let elapsed = self.began.get().map(Instant::elapsed).unwrap_or_default();
        let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        if let Some(rate) = read.saturating_mul(1000).checked_div(milliseconds) {
            let _ = write!(out, ", {}/s", HumanBytes(rate));
        }
    }
}

impl Bar {
    pub(super) fn new(target: ProgressDrawTarget) -> Self {
        let things = ProgressBar::with_draw_target(Some(0), target);
        let bytes = Arc::new(Bytes::default());
        let shown = Arc::clone(&bytes);
        let show = move |_: &ProgressState, out: &mut dyn Write| shown.show(out);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len}{read} {wide_msg}") {
            things.set_style(style.with_key("read", show));
        }
        things.enable_steady_tick(Duration::from_millis(120));
        Self { things, bytes }
    }
}

impl Progress for Bar {
    fn expect(&self, things: usize) {
        self.things.inc_length(things as u64);
    }

    fn begin(&self, thing: &str) {
        self.things.set_message(thing.to_owned());
    }

    fn end(&self, _thing: &str) {
        self.things.inc(1);
    }

    fn expect_bytes(&self, bytes: u64) {
        self.bytes.began.get_or_init(Instant::now);
        self.bytes.expected.fetch_add(bytes, Ordering::Relaxed);
    }

    // The bar draws itself by the clock, so a piece that was read costs one addition.
    fn read(&self, bytes: u64) {
        self.bytes.began.get_or_init(Instant::now);
        self.bytes.read.fetch_add(bytes, Ordering::Relaxed);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.things.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_their_rate_are_shown_once_any_are_expected() {
        let bar = Bar::new(ProgressDrawTarget::hidden());
        let shown = || {
            let mut text = String::new();
            bar.bytes.show(&mut text);
            text
        };
        bar.expect(2);
        assert_eq!(shown(), "");
        bar.expect_bytes(4096);
        bar.read(1024);
        std::thread::sleep(Duration::from_millis(2));
        let text = shown();
        assert!(text.starts_with("  1.00 KiB of 4.00 KiB, "), "{text}");
        assert!(text.ends_with("/s"), "{text}");
    }
}
