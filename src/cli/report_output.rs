//! Where the report of a command goes: to standard output in one format, to files in others.

use std::path::{Path, PathBuf};

use super::Result;
use super::args::{FormatArgs, ReportFormat};
use super::error::CliError;
use super::inputs::{refuse_input, resolved};
use super::lock_files::sbom_path;
use super::output::Output;
use crate::io::write::{FileToWrite, write_all};
use crate::render::{self, Shown};

/// What was asked for, found usable before anything is looked at.
pub(super) struct ReportOutput<'a> {
    args: &'a FormatArgs,
}

impl<'a> ReportOutput<'a> {
    /// Refuses files that cannot all be written, or that are what the report is about, or lie in a
    /// directory that is.
    pub(super) fn of(args: &'a FormatArgs, about: &[PathBuf]) -> Result<Self> {
        let mut files: Vec<PathBuf> = Vec::new();
        for save in &args.save {
            let shown = save.file.display();
            let file = resolved(&save.file);
            // A device or a pipe would be replaced by a file, as any file is.
            if save.file.metadata().is_ok_and(|there| !there.is_file()) {
                let message =
                    format!("cannot write the report to `{shown}`: it is no regular file");
                let hint = "name a file; `--format` says what is printed";
                return Err(CliError::new(message).hint(hint));
            }
            refuse_input(("the report", "--save"), &save.file, about)?;
            if files.contains(&file) {
                let message = format!("two reports cannot both be written to `{shown}`");
                return Err(CliError::new(message).hint("give each `--save` a file of its own"));
            }
            files.push(file);
        }
        Ok(Self { args })
    }

    /// Whether the report is printed as text: then what a command says stands around it.
    fn is_text(&self) -> bool {
        self.format() == ReportFormat::Text
    }

    /// Whether a report is wanted beside the text on standard output.
    pub(super) fn is_wanted(&self) -> bool {
        !self.is_text() || !self.args.save.is_empty()
    }

    /// Writes the files, whole or not at all, and then prints.
    ///
    /// The text is printed by `text`, for what of it goes where differs from command to command.
    pub(super) fn end(
        &self,
        shown: &Shown<'_>,
        output: &Output,
        text: impl FnOnce(),
    ) -> Result<()> {
        let files = self.args.save.iter().map(|save| FileToWrite {
            // A link stays, and what it leads to is written.
            path: if save.file.is_symlink() {
                resolved(&save.file)
            } else {
                save.file.clone()
            },
            bytes: rendered(save.format, shown).into_bytes(),
        });
        write_all(&files.collect::<Vec<_>>()).map_err(|error| CliError::new(error.to_string()))?;
        if self.is_text() {
            text();
        } else {
            output.data(&rendered(self.format(), shown));
        }
        Ok(())
    }

    fn format(&self) -> ReportFormat {
        self.args.format.unwrap_or(ReportFormat::Text)
    }
}

fn rendered(format: ReportFormat, shown: &Shown<'_>) -> String {
    let report = match format {
        ReportFormat::Text => render::text_report,
        ReportFormat::Json => render::json_report,
        ReportFormat::Sarif => render::sarif_report,
        ReportFormat::Junit => render::junit_report,
        ReportFormat::Github => render::github_report,
        ReportFormat::Markdown => render::markdown_report,
    };
    report(shown)
}

/// The directory that CI counts paths from.
pub(super) struct Base {
    root: PathBuf,
    /// The project root from there.
    pub(super) project: PathBuf,
}

impl Base {
    /// The git work tree around a project, else the project itself.
    pub(super) fn around(project: &Path) -> Self {
        let project = resolved(project);
        let repository = |directory: &&Path| directory.join(".git").exists();
        let root = project.ancestors().find(repository).unwrap_or(&project);
        let inner = project.strip_prefix(root).unwrap_or(Path::new(""));
        Self {
            project: inner.to_path_buf(),
            root: root.to_path_buf(),
        }
    }

    /// A file as seen from there; none where it lies elsewhere.
    pub(super) fn file(&self, path: &Path) -> Option<PathBuf> {
        let resolved = resolved(path);
        resolved
            .strip_prefix(&self.root)
            .ok()
            .map(Path::to_path_buf)
    }

    /// The SBOM of a lock as seen from there, where there is one.
    pub(super) fn sbom(&self, lock: &Path) -> Option<PathBuf> {
        let sbom = sbom_path(lock);
        sbom.exists().then(|| self.file(&sbom)).flatten()
    }

    /// What a file is called in a report: its path from there, else its name.
    pub(super) fn name(&self, path: &Path) -> String {
        let file = self.file(path);
        let name = || PathBuf::from(path.file_name().unwrap_or_default());
        file.unwrap_or_else(name).to_string_lossy().into_owned()
    }
}
