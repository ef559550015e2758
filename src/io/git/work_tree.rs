//! The user's own work tree: where it is, and how its clone is configured. Only the settings that
//! are named are ever written.

use std::path::{Path, PathBuf};

use super::command::{Output, unwatched};
use super::revisions::{BlobError, Revisions, failure, line, not_run};

/// The work tree around a directory.
#[derive(Clone, Debug)]
pub struct WorkTree {
    repository: Revisions,
}

impl WorkTree {
    /// The work tree around a directory, by the `git` on the PATH.
    pub fn around(directory: impl Into<PathBuf>) -> Self {
        let repository = Revisions::around(directory);
        Self { repository }
    }

    /// The root of the work tree.
    pub fn top(&self) -> Result<PathBuf, BlobError> {
        let top = self.succeeds(&["rev-parse", "--show-toplevel"])?;
        line(top).map(PathBuf::from)
    }

    /// The file that holds the configuration of the clone.
    pub fn config_file(&self) -> Result<PathBuf, BlobError> {
        let file = self.succeeds(&["rev-parse", "--git-path", "config"])?;
        Ok(self.repository.directory.join(line(file)?))
    }

    /// A setting of the clone; none where the clone does not have it, whatever the user has.
    pub fn setting(&self, key: &str) -> Result<Option<String>, BlobError> {
        let output = self.run(&["config", "--local", "--get", key])?;
        if output.success {
            return line(output.stdout).map(Some);
        }
        if output.stderr.trim().is_empty() {
            return Ok(None);
        }
        Err(failure(&output))
    }

    /// Gives the clone a setting; whether it had another one or none.
    pub fn set(&self, key: &str, value: &str) -> Result<bool, BlobError> {
        if self.setting(key)?.as_deref() == Some(value) {
            return Ok(false);
        }
        self.succeeds(&["config", "--local", "--replace-all", key, value])?;
        Ok(true)
    }

    /// Takes all settings of a section from the clone; whether it had any.
    pub fn unset_section(&self, section: &str) -> Result<bool, BlobError> {
        let output = self.run(&["config", "--local", "--remove-section", section])?;
        // There is no other way to ask whether there is a section.
        if output.success || output.stderr.contains("no such section") {
            return Ok(output.success);
        }
        Err(failure(&output))
    }

    /// What `.gitattributes` say of a path, which need not be there.
    pub fn attribute(&self, name: &str, path: &Path) -> Result<String, BlobError> {
        let mut command = self.repository.command();
        command.args(["check-attr", "-z", name, "--"]).arg(path);
        let output = unwatched(command).map_err(not_run)?;
        if !output.success {
            return Err(failure(&output));
        }
        let mut fields = output.stdout.split(|byte| *byte == 0);
        let value = fields.nth(2).unwrap_or_default();
        Ok(String::from_utf8_lossy(value).into_owned())
    }

    /// Whether git leaves out a path that it does not have yet, when files are added to it.
    pub fn ignores(&self, path: &Path) -> Result<bool, BlobError> {
        let mut command = self.repository.command();
        command.args(["check-ignore", "--quiet", "--"]).arg(path);
        let output = unwatched(command).map_err(not_run)?;
        if output.success || output.stderr.trim().is_empty() {
            return Ok(output.success);
        }
        Err(failure(&output))
    }

    fn succeeds(&self, arguments: &[&str]) -> Result<Vec<u8>, BlobError> {
        let output = self.run(arguments)?;
        if output.success {
            Ok(output.stdout)
        } else {
            Err(failure(&output))
        }
    }

    fn run(&self, arguments: &[&str]) -> Result<Output, BlobError> {
        let mut command = self.repository.command();
        command.args(arguments);
        unwatched(command).map_err(not_run)
    }
}
