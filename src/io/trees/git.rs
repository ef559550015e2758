//! How the git program sees a directory of this machine. Nothing here asks a server.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{is_cache, utf8};
use crate::model::Instant;
use crate::remote::{Checkout, RemoteError, TreeError};

/// How git sees a directory; none outside of a work tree.
pub(super) fn checkout(path: &Path) -> Result<Option<Checkout>, RemoteError> {
    let Some(root) = work_tree(path) else {
        return Ok(None);
    };
    // Without a commit, `git log` fails; that is no error but an answer.
    let head = run(
        path,
        &[
            "log",
            "-1",
            "--no-show-signature",
            "--format=%H %ct",
            "HEAD",
        ],
    )?;
    let text = head.map(|out| String::from_utf8_lossy(&out).trim().to_owned());
    let (commit, committed) = match text.as_deref().and_then(|text| text.split_once(' ')) {
        Some((commit, time)) => (
            commit.parse().ok(),
            time.parse().ok().and_then(Instant::from_unix_seconds),
        ),
        None => (None, None),
    };
    let status = [
        "status",
        "--porcelain",
        "-z",
        "--untracked-files=all",
        "--",
        ".",
    ];
    let status = run(path, &status)?.ok_or_else(|| not_asked(path, "git status failed"))?;
    let dirty = status
        .split(|byte| *byte == 0)
        .filter(|line| !line.is_empty())
        .any(|line| !(line.starts_with(b"?? ") && is_cache(&String::from_utf8_lossy(line))));
    Ok(Some(Checkout {
        root,
        commit,
        committed,
        dirty,
    }))
}

/// The files that git knows or could know; none where it knows of no file, as in a directory that
/// is itself ignored.
pub(super) fn files(path: &Path) -> Result<Option<BTreeSet<String>>, RemoteError> {
    let list = |arguments: &[&str]| -> Result<BTreeSet<String>, RemoteError> {
        let out = run(path, arguments)?.ok_or_else(|| not_asked(path, "git ls-files failed"))?;
        out.split(|byte| *byte == 0)
            .filter(|name| !name.is_empty())
            .map(|name| utf8(name.to_vec()))
            .collect()
    };
    let mut files = list(&["ls-files", "-z", "--cached"])?;
    let others = list(&["ls-files", "-z", "--others", "--exclude-standard"])?;
    files.extend(others.into_iter().filter(|name| !is_cache(name)));
    // A file that was deleted but not yet committed as such.
    files.retain(|name| path.join(name).symlink_metadata().is_ok());
    // To git, a repository inside of this one is a single name; its files would go unseen.
    if let Some(nested) = files.iter().find(|name| is_directory(&path.join(name))) {
        let path = nested.trim_end_matches('/').to_owned();
        return Err(TreeError::Repository(path).into());
    }
    Ok((!files.is_empty()).then_some(files))
}

fn is_directory(path: &Path) -> bool {
    path.symlink_metadata()
        .is_ok_and(|metadata| metadata.is_dir())
}

/// The work tree around a path: the nearest ancestor that has a `.git`.
pub(super) fn work_tree(path: &Path) -> Option<PathBuf> {
    let path = path.canonicalize().ok()?;
    path.ancestors()
        .find(|ancestor| ancestor.join(".git").exists())
        .map(Path::to_path_buf)
}

/// Runs git in a directory; none where git ran and failed.
fn run(path: &Path, arguments: &[&str]) -> Result<Option<Vec<u8>>, RemoteError> {
    let mut command = Command::new("git");
    command
        .arg("--no-optional-locks")
        .arg("-C")
        .arg(path)
        .args(arguments)
        .env("LC_ALL", "C")
        .stdin(Stdio::null());
    // A hook's environment would point git at the repository of the hook.
    for (name, _) in std::env::vars_os() {
        let inherited = name.to_str().is_some_and(|name| {
            matches!(
                name,
                "GIT_DIR" | "GIT_WORK_TREE" | "GIT_INDEX_FILE" | "GIT_PREFIX"
            )
        });
        if inherited {
            command.env_remove(name);
        }
    }
    let output = command.output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => RemoteError::NotConfigured(format!(
            "`{}` lies in a git work tree, but git is not installed",
            path.display()
        )),
        _ => not_asked(path, &error.to_string()),
    })?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    if stderr.contains("dubious ownership") {
        let reason = "git refuses the work tree because another user owns it; see safe.directory";
        return Err(not_asked(path, reason));
    }
    Ok(output.status.success().then_some(output.stdout))
}

fn not_asked(path: &Path, reason: &str) -> RemoteError {
    RemoteError::Unreachable(format!(
        "cannot ask git about `{}`: {reason}",
        path.display()
    ))
}
