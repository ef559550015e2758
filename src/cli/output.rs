//! Standard output is data, standard error is talk. The only place that prints.

use std::cell::RefCell;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use indicatif::ProgressDrawTarget;

use super::args::ColorWhen;
use super::bar::Bar;
use super::error::CliError;
use crate::finding::{Report, Severity, Verdict};
use crate::io::registry_files;
use crate::io::write::{FileToWrite, write_all};
use crate::render::{self, Style};

/// Where a command's words go.
pub(super) struct Output {
    choice: ColorChoice,
    quiet: bool,
    /// Why data did not get out.
    lost: RefCell<Option<std::io::Error>>,
}

impl Output {
    pub(super) fn new(when: ColorWhen, quiet: bool) -> Self {
        let choice = match when {
            ColorWhen::Auto => ColorChoice::Auto,
            ColorWhen::Always => ColorChoice::AlwaysAnsi,
            ColorWhen::Never => ColorChoice::Never,
        };
        Self {
            choice,
            quiet,
            lost: RefCell::default(),
        }
    }

    /// Prints data. A reader that closed the pipe has what it wanted; a full disk has not.
    pub(super) fn data(&self, text: &str) {
        let mut out = AutoStream::new(std::io::stdout().lock(), self.choice);
        if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush())
            && error.kind() != std::io::ErrorKind::BrokenPipe
        {
            self.lost.replace(Some(error));
        }
    }

    /// Prints data in pieces, byte for byte; only a terminal is spared what would control it.
    pub(super) fn pieces(&self, pieces: impl Iterator<Item = String>) {
        let terminal = std::io::stdout().is_terminal();
        for piece in pieces {
            if terminal {
                self.data(&piece);
            } else if let Err(error) = std::io::stdout().lock().write_all(piece.as_bytes()) {
                if error.kind() != std::io::ErrorKind::BrokenPipe {
                    self.lost.replace(Some(error));
                }
                return;
            }
        }
        if let Err(error) = std::io::stdout().lock().flush()
            && error.kind() != std::io::ErrorKind::BrokenPipe
        {
            self.lost.replace(Some(error));
        }
    }

    /// Fails where data was to be printed and did not get out.
    pub(super) fn all_printed(&self) -> Result<(), CliError> {
        self.lost.take().map_or(Ok(()), |error| {
            Err(CliError::new("cannot write to standard output").because(&error))
        })
    }

    /// Writes a file, unless it is there already as it should be, and says which of the two.
    pub(super) fn write(&self, path: PathBuf, bytes: Vec<u8>) -> Result<(), CliError> {
        self.write_all(&[FileToWrite { path, bytes }])
    }

    /// The same of some files together.
    pub(super) fn write_all(&self, files: &[FileToWrite]) -> Result<(), CliError> {
        let written = write_all(files).map_err(|error| CliError::new(error.to_string()))?;
        if written.is_empty() {
            self.say("nothing changed\n");
        }
        for path in written {
            self.say(&format!("wrote {}\n", path.display()));
        }
        Ok(())
    }

    /// Says something, unless told to be quiet.
    pub(super) fn say(&self, text: &str) {
        if !self.quiet {
            self.stderr(text);
        }
    }

    /// Says what takes some time to put together, unless told to be quiet.
    pub(super) fn say_with(&self, text: impl FnOnce() -> String) {
        if !self.quiet {
            self.stderr(&text());
        }
    }

    /// Says what was found; when told to be quiet, only errors and what could not be asked.
    pub(super) fn talk_findings(&self, report: &Report, root: &Path) {
        self.talk_findings_in(report, &texts_below(root));
    }

    /// The same of files that are not on disk as they are meant.
    pub(super) fn talk_findings_in(&self, report: &Report, read: &dyn Fn(&Path) -> Option<String>) {
        let mut report = report.clone();
        if self.quiet {
            // A question without an answer is no error, but it stops a lock as well as one.
            report.findings.retain(|finding| {
                finding.severity == Severity::Error
                    || finding.verdict == Some(Verdict::Unverifiable)
            });
        }
        self.stderr(&render::findings(&report, Style::Coloured, read));
    }

    /// Says why there is no result, also when told to be quiet.
    pub(super) fn refuse(&self, text: &str) {
        self.stderr(text);
    }

    /// Prints what ended the command.
    pub(super) fn error(&self, error: &CliError) {
        let red = anstyle::AnsiColor::Red.on_default().bold();
        let error = render::visible(&error.to_string());
        self.stderr(&format!("{red}error{red:#}: {error}\n"));
    }

    fn stderr(&self, text: &str) {
        let mut out = AutoStream::new(std::io::stderr().lock(), self.choice);
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// A progress bar on a terminal; nothing elsewhere.
    pub(super) fn progress(&self) -> Bar {
        let visible = !self.quiet && std::io::stderr().is_terminal();
        let target = if visible {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        Bar::new(target)
    }
}

/// The findings of a report, with excerpts of files relative to the project root.
pub(super) fn findings_text(report: &Report, root: &Path) -> String {
    // [`Output`] takes the colours out again where they are not wanted.
    render::findings(report, Style::Coloured, &texts_below(root))
}

/// Reads the texts of files by their path from a project root.
pub(super) fn texts_below(root: &Path) -> impl Fn(&Path) -> Option<String> {
    |path| {
        let file = registry_files::read_file(root, path.to_str()?)?;
        String::from_utf8(file.content.ok()?).ok()
    }
}

/// A path as seen from the working directory, where it lies below it.
pub(super) fn shown(path: &Path) -> PathBuf {
    std::env::current_dir()
        .ok()
        .and_then(|here| path.strip_prefix(here).ok().map(Path::to_path_buf))
        .unwrap_or_else(|| path.to_path_buf())
}
