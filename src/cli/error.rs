//! Errors that end a command with exit code 2: usage, or input that cannot be used.

use std::fmt;
use std::path::Path;

/// What failed, why, and what to do.
#[derive(Debug)]
pub(super) struct CliError {
    message: String,
    cause: Option<String>,
    hint: Option<String>,
}

impl CliError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            cause: None,
            hint: None,
        }
    }

    /// Adds the error below and the errors below that.
    pub(super) fn because(mut self, error: &dyn std::error::Error) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            text = format!("{text}: {error}");
            source = error.source();
        }
        self.cause = Some(text);
        self
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A file that could not be read, in the words of a person; `what` is a noun without article.
    pub(super) fn unreadable(what: &str, path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        let shown = path.display();
        match error.kind() {
            ErrorKind::NotFound => Self::new(format!("there is no {what} `{shown}`")),
            ErrorKind::PermissionDenied => Self::new(format!(
                "cannot read the {what} `{shown}`: permission denied"
            )),
            ErrorKind::IsADirectory => Self::new(format!(
                "cannot read the {what} `{shown}`: it is a directory"
            )),
            _ => Self::new(format!("cannot read the {what} `{shown}`: {error}")),
        }
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(cause) = &self.cause {
            write!(f, "\n  cause: {cause}")?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}
