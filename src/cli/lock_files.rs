//! Where a lock's own files lie, and reading a lock.

use std::path::{Path, PathBuf};

use super::Result;
use super::error::CliError;
use crate::lock::{Lock, LockError};
use crate::model::{Manifest, Sha256Digest, Tokens, has_conflict_marks};

/// More bytes than any lock has.
pub(super) const LARGEST: u64 = 256 * 1024 * 1024;

/// The SBOM of a lock: `sboms/ID.cdx.json` for `locks/ID.lock.json`, else beside the lock.
pub(super) fn sbom_path(lock: &Path) -> PathBuf {
    sibling(lock, "sboms", ".cdx.json")
}

/// What is attested of its results: `attestations/ID.intoto.jsonl` by the same rule.
pub(super) fn attestation_path(lock: &Path) -> PathBuf {
    sibling(lock, "attestations", ".intoto.jsonl")
}

/// The page about it: `reports/ID.html` by the same rule.
pub(super) fn page_path(lock: &Path) -> PathBuf {
    sibling(lock, "reports", ".html")
}

/// A file of a lock that has a directory of its own where the lock lies in `locks/`.
fn sibling(lock: &Path, directory: &str, suffix: &str) -> PathBuf {
    // Whether the lock lies in `locks/` must not depend on where the command was called.
    let absolute = std::path::absolute(lock).unwrap_or_else(|_| lock.to_path_buf());
    if lock
        .parent()
        .is_some_and(|parent| parent.as_os_str().is_empty())
        && absolute
            .parent()
            .is_some_and(|parent| parent.ends_with("locks"))
    {
        return sibling(&absolute, directory, suffix);
    }
    let name = lock.file_name().unwrap_or_default().to_string_lossy();
    let stem = name
        .strip_suffix(".lock.json")
        .or_else(|| name.strip_suffix(".json"))
        .unwrap_or(&name);
    let file = format!("{stem}{suffix}");
    match lock.parent() {
        Some(parent) if parent.ends_with("locks") => parent.with_file_name(directory).join(file),
        Some(parent) => parent.join(file),
        None => PathBuf::from(file),
    }
}

/// The lock of an SBOM, by the same rule the other way round.
pub(super) fn lock_of(sbom: &Path) -> PathBuf {
    let name = sbom.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.strip_suffix(".cdx.json").unwrap_or(&name);
    let file = format!("{stem}.lock.json");
    match sbom.parent() {
        Some(parent) if parent.ends_with("sboms") => parent.with_file_name("locks").join(file),
        Some(parent) => parent.join(file),
        None => PathBuf::from(file),
    }
}

/// The directory of the lists that locks name by their digests, beside the lock.
pub(super) fn lists_dir(lock: &Path) -> PathBuf {
    lock.parent().unwrap_or(Path::new("")).join("manifests")
}

/// The manifest that a lock names by its digest.
pub(super) fn manifest_path(lock: &Path, digest: &Sha256Digest) -> PathBuf {
    lists_dir(lock).join(format!("{}.sha256", digest.hex()))
}

/// A manifest that was kept, if it is there and is what its name says.
pub(super) fn read_manifest(lock: &Path, digest: &Sha256Digest) -> Option<Manifest> {
    let text = std::fs::read_to_string(manifest_path(lock, digest)).ok()?;
    Manifest::parse(&text)
        .ok()
        .filter(|manifest| manifest.digest() == *digest)
}

/// What the place of a dataset said of its files, kept beside the lock.
pub(super) fn tokens_path(lock: &Path, digest: &Sha256Digest) -> PathBuf {
    manifest_path(lock, digest).with_extension("tokens")
}

/// What was kept of it, if it is there and is what its name says.
pub(super) fn read_tokens(lock: &Path, digest: &Sha256Digest) -> Option<Tokens> {
    let text = std::fs::read_to_string(tokens_path(lock, digest)).ok()?;
    Tokens::parse(&text)
        .ok()
        .filter(|tokens| tokens.digest() == *digest)
}

/// A lock and its bytes.
pub(super) fn read_lock(path: &Path) -> Result<(Lock, Vec<u8>)> {
    let bytes = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
    let lock = parse_lock(&bytes, &format!("the lock `{}`", path.display()))?;
    Ok((lock, bytes))
}

/// A lock that cannot be read; whoever names an experiment meant its lock.
fn unreadable(path: &Path, error: &std::io::Error) -> CliError {
    let unreadable = CliError::unreadable("lock", path, error);
    let name = path.to_string_lossy();
    let meant = Path::new("locks").join(format!("{name}.lock.json"));
    if error.kind() == std::io::ErrorKind::NotFound && meant.is_file() {
        return unreadable.hint(format!("did you mean `{}`?", meant.display()));
    }
    unreadable
}

/// What to do about a lock in which a merge stopped.
const UNMERGED: &str = "a merge stopped in it: settle the registries, take the lock of one side \
    (`git checkout --ours LOCK`), remove its SBOM, and lock again; where `vhb merge --install` was run, \
    git merges locks by what they say";

/// A lock by its bytes; `what` is what they are in a message.
pub(super) fn parse_lock(bytes: &[u8], what: &str) -> Result<Lock> {
    Lock::from_bytes(bytes).map_err(|error| {
        let hint = match &error {
            LockError::NotJson(_) if has_conflict_marks(bytes) => UNMERGED,
            LockError::NotJson(_) | LockError::NotALock => "name a file that `vhb lock` wrote",
            LockError::UnknownVersion { .. } => "use the vhb that wrote it, or a newer one",
            LockError::Damaged(_) => "restore it from version control, or delete it and lock again",
        };
        CliError::new(format!("cannot use {what}"))
            .because(&error)
            .hint(hint)
    })
}

/// A lock and its bytes, in the form in which vhb writes it: what is made of it names the digest of
/// these bytes, and of which others it should would be a guess.
pub(super) fn read_own_form(path: &Path) -> Result<(Lock, Vec<u8>)> {
    let (lock, bytes) = read_lock(path)?;
    if lock.to_bytes() != bytes {
        let shown = path.display();
        let message = format!("`{shown}` is not in the form in which vhb writes it");
        let hint = "restore it from version control, or run `vhb lock`";
        return Err(CliError::new(message).hint(hint));
    }
    Ok((lock, bytes))
}

/// The bytes of an SBOM; none where there is no such file.
pub(super) fn read_sbom(path: &Path) -> Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(CliError::unreadable("SBOM", path, &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_one_place() {
        for (lock, sbom) in [
            ("locks/a.lock.json", "sboms/a.cdx.json"),
            ("/p/locks/a.lock.json", "/p/sboms/a.cdx.json"),
            ("out/a.lock.json", "out/a.cdx.json"),
            ("a.json", "a.cdx.json"),
            ("a", "a.cdx.json"),
        ] {
            assert_eq!(sbom_path(Path::new(lock)), Path::new(sbom));
            if lock.ends_with(".lock.json") {
                assert_eq!(lock_of(Path::new(sbom)), Path::new(lock));
            }
        }
        for (lock, attestation) in [
            ("locks/a.lock.json", "attestations/a.intoto.jsonl"),
            ("/p/locks/a.lock.json", "/p/attestations/a.intoto.jsonl"),
            ("out/a.lock.json", "out/a.intoto.jsonl"),
            ("a.json", "a.intoto.jsonl"),
        ] {
            assert_eq!(attestation_path(Path::new(lock)), Path::new(attestation));
        }
        let page = page_path(Path::new("/p/locks/a.lock.json"));
        assert_eq!(page, Path::new("/p/reports/a.html"));
    }
}
