//! Local sources: the content of a directory, and how git sees it.

use std::path::{Component, Path, PathBuf};

use super::packages::Resolved;

use crate::finding::{Code, Finding};
use crate::lock::LockedPackage;
use crate::model::{LocalPin, LocalSource, Pin, RunMode};
use crate::remote::{Checkout, Ports, pyproject};

pub(super) fn resolve(
    source: &LocalSource,
    root: &Path,
    mode: RunMode,
    kept: Option<&LockedPackage>,
    ports: Ports<'_>,
) -> Result<Resolved, Box<Finding>> {
    let failed = |error: crate::remote::RemoteError| Box::new(error.finding(Code::LocalMissing));
    let path = root.join(&source.path);
    let content = ports.trees.content(&path, None).map_err(failed)?;
    let checkout = ports.trees.checkout(&path).map_err(failed)?;
    let mut findings = Vec::new();
    if mode == RunMode::Prod {
        let project = ports.trees.checkout(root).map_err(failed)?;
        findings.extend(outside(source, root, project.as_ref(), checkout.as_ref()));
    }
    let commit = checkout
        .as_ref()
        .and_then(|checkout| checkout.commit.clone());
    let dirty = commit
        .as_ref()
        .and(checkout.as_ref().map(|checkout| checkout.dirty));
    if dirty == Some(true) && mode == RunMode::Prod {
        let message = format!(
            "`{}` differs from the commit that is checked out",
            source.path
        );
        findings.push(Finding::new(Code::LocalDirty, message));
    }
    let digest = content.manifest.digest();
    let described = kept.filter(|kept| {
        let same = matches!(&kept.pin, Pin::Local(pin) if pin.content == digest);
        same && kept.metadata.is_some()
    });
    let (distribution, warning) = match described {
        Some(kept) => (kept.distribution.clone(), None),
        None => pyproject::distribution(content.pyproject.as_deref()),
    };
    findings.extend(warning);
    let fresh = LocalPin {
        path: relative(&path, root),
        content: digest,
        files: content.manifest.files().len() as u64,
        bytes: content.bytes,
        committed: commit
            .as_ref()
            .and(checkout.and_then(|checkout| checkout.committed)),
        commit,
        dirty,
    };
    Ok(Resolved {
        pin: Pin::Local(keep_commit(fresh, kept)),
        distribution,
        metadata: described.and_then(|kept| kept.metadata.clone()),
        release: None,
        manifest: Some(content.manifest),
        findings,
    })
}

/// Refuses to read a directory where what it holds may be another side's of a merge.
pub(super) fn unread(path: &str) -> Box<Finding> {
    let message = format!("the files of `{path}` are needed, and a merge reads none");
    Box::new(Finding::new(Code::MergeUnfinished, message))
}

/// The same content keeps the commit that it was first pinned with, or every commit elsewhere in
/// the repository would change the lock. A pin that was dirty is mended once it can be.
fn keep_commit(fresh: LocalPin, kept: Option<&LockedPackage>) -> LocalPin {
    if let Some(Pin::Local(old)) = kept.map(|kept| &kept.pin) {
        let same = (&old.path, old.content, old.files, old.bytes)
            == (&fresh.path, fresh.content, fresh.files, fresh.bytes);
        if same && old.dirty == Some(false) {
            return old.clone();
        }
    }
    fresh
}

fn outside(
    source: &LocalSource,
    root: &Path,
    project: Option<&Checkout>,
    package: Option<&Checkout>,
) -> Option<Finding> {
    let inside = match (project, package) {
        (Some(project), Some(package)) => project.root == package.root,
        (None, _) => normalise(&root.join(&source.path)).starts_with(normalise(root)),
        (Some(_), None) => false,
    };
    (!inside).then(|| {
        let message = format!(
            "`{}` lies outside of the project's own repository",
            source.path
        );
        Finding::new(Code::LocalOutsideProject, message)
    })
}

/// A path without `.` and, where it can be told from the text, without `..`.
fn normalise(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

/// Refuses data that holds the project itself: what vhb writes there would change it each time.
pub(super) fn holds_no_project(path: &str, root: &Path) -> Result<(), Box<Finding>> {
    if !normalise(root).starts_with(normalise(&root.join(path))) {
        return Ok(());
    }
    let message = format!("`{path}` holds the project itself, with the lock that would pin it");
    let finding = Finding::new(Code::InvalidValue, message);
    Err(Box::new(
        finding.hint("move the files into a directory of their own"),
    ))
}

/// Whether a path as written in a registry leads out of the project's directory.
pub(super) fn is_outside(path: &str, root: &Path) -> bool {
    !normalise(&root.join(path)).starts_with(normalise(root))
}

/// A path as seen from the project root, with `/`, so that no machine's own layout is recorded.
pub(super) fn relative(path: &Path, root: &Path) -> String {
    let (path, root) = (normalise(path), normalise(root));
    let shared = path
        .components()
        .zip(root.components())
        .take_while(|(one, two)| one == two)
        .count();
    let up = root.components().skip(shared).map(|_| "..".to_owned());
    let down = path
        .components()
        .skip(shared)
        .map(|part| part.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<_> = up.chain(down).collect();
    if parts.is_empty() {
        ".".to_owned()
    } else {
        parts.join("/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_recorded_as_seen_from_the_project() {
        let root = Path::new("/work/project");
        for (path, expected) in [
            ("plugins/a", "plugins/a"),
            ("./plugins//a/", "plugins/a"),
            ("../shared/a", "../shared/a"),
            ("/work/project/b", "b"),
            ("/srv/c", "../../srv/c"),
            (".", "."),
        ] {
            assert_eq!(relative(&root.join(path), root), expected);
        }
    }
}
