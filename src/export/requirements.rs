//! A requirements file with hashes, as pip and uv read it.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::shell::in_comment;
use super::{ExportError, Origin, held, indexes, repository};
use crate::lock::{Lock, LockedEnvironment};
use crate::model::LocalPin;

/// What would end a value in a fragment, or the line that it is in.
const FRAGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The environment as a requirements file: each release with the SHA-256 of its one file,
/// repositories by commit, directories by their path from the project's root.
pub fn requirements(
    lock: &Lock,
    id: &str,
    environment: &LockedEnvironment,
) -> Result<String, ExportError> {
    let held = held(lock, id, environment)?;
    let indexes = indexes(lock, environment);
    let has = |wanted: fn(&Origin<'_>) -> bool| held.iter().any(|it| wanted(&it.origin));
    let contents = Contents {
        sources: has(|origin| !matches!(origin, Origin::File { .. })),
        directories: has(|origin| matches!(origin, Origin::Local(_))),
        indexes: !indexes.is_empty(),
    };
    let mut text = header(lock, id, environment, &contents);
    for index in indexes {
        let _ = writeln!(text, "--extra-index-url {index}");
    }
    for part in &held {
        let dist = part.dist;
        let _ = match &part.origin {
            Origin::File { digest, .. } => writeln!(text, "{dist} \\\n    --hash={digest}"),
            Origin::Git { pin, .. } => {
                let url = repository(&pin.url)?;
                let _ = write!(text, "{} @ git+{url}@{}", dist.name, pin.commit);
                match &pin.subdirectory {
                    Some(directory) => {
                        let directory = utf8_percent_encode(directory, FRAGMENT);
                        writeln!(text, "#subdirectory={directory}")
                    }
                    None => writeln!(text),
                }
            }
            Origin::Local(pin) => writeln!(text, "{}", path(pin)?),
        };
    }
    Ok(text)
}

/// What the reader of a file must be told of.
struct Contents {
    /// Repositories or directories, of which there are no hashes.
    sources: bool,
    directories: bool,
    /// Indexes beside the default one.
    indexes: bool,
}

fn header(lock: &Lock, id: &str, environment: &LockedEnvironment, contents: &Contents) -> String {
    let experiment = in_comment(&lock.experiment.id);
    let id = in_comment(id);
    let target = in_comment(&environment.asked.target.to_string());
    let strategy = if contents.indexes {
        " --index-strategy unsafe-best-match"
    } else {
        ""
    };
    let hashes = if contents.sources {
        ""
    } else {
        " --require-hashes"
    };
    let mut text = format!(
        "# Environment {id} of the experiment {experiment}: {target}.\n\
         # Written by {} from the lock with the {}.\n\
         # It names all that is to be installed, so nothing is left to resolve:\n\
         #   uv pip install --no-deps{hashes}{strategy} -r FILE\n",
        crate::lock::GENERATOR,
        lock.digest(),
    );
    text.push_str(if contents.sources {
        "# uv checks the hashes that are here; pip takes hashes of all or of none, and there are\n\
         # none of repositories and directories.\n"
    } else {
        "#   pip install --no-deps --require-hashes -r FILE\n"
    });
    if contents.directories {
        text.push_str("# Paths begin at the project's root: install from there.\n");
    }
    if contents.indexes {
        text.push_str("# Any index will do for any file, since its hash is what counts.\n");
    }
    text
}

/// A directory as installers read it, from where they are called.
fn path(pin: &LocalPin) -> Result<String, ExportError> {
    let path = pin.path.as_str();
    // What begins a comment, a marker, extras or a variable cannot be quoted in this format.
    let meant_otherwise = |c: char| c.is_control() || ";#[]$%\\\"'".contains(c);
    if path.contains(meant_otherwise) || path != path.trim() {
        return Err(ExportError::Path(path.to_owned()));
    }
    let plain = path.starts_with('/') || path == "." || path.starts_with("../") || path == "..";
    Ok(if plain {
        path.to_owned()
    } else {
        format!("./{path}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_their_comment_and_directories_in_their_fragment() {
        assert_eq!(
            in_comment("a\n-r evil\r\u{85}"),
            "a\u{fffd}-r evil\u{fffd}\u{fffd}"
        );
        let directory = utf8_percent_encode("a b/c&d#\n-e_1.0", FRAGMENT);
        assert_eq!(directory.to_string(), "a%20b/c%26d%23%0A-e_1.0");
    }
}
