//! Runtime manifests of reruns against the lock, each other and this machine.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::super::Result;
use super::super::error::CliError;
use super::super::record::this_machine;
use crate::finding::Report;
use crate::lock::Lock;
use crate::model::{RuntimeManifest, RuntimeManifestError, Sha256Digest};
use crate::verify::runtime;

/// How messages call the machine that vhb runs on.
const HERE: &str = "this machine";

/// More bytes than any recording has.
const LONGEST: u64 = 64 << 20;

/// One manifest is held against the lock and this machine, two against the lock and each other.
pub(super) fn verify(paths: &[PathBuf], lock: &Lock, lock_bytes: &[u8]) -> Result<Report> {
    let digest = Sha256Digest::of(lock_bytes);
    let mut read = Vec::new();
    let mut report = Report::default();
    for path in paths {
        let manifest = manifest(path)?;
        let name = path.display().to_string();
        report.extend(runtime::recording(lock, &digest, &name, &manifest));
        read.push((name, manifest));
    }
    match &read[..] {
        [(name, one)] => {
            let here = this_machine()?;
            report.extend(runtime::machines((name, &one.machine), (HERE, &here)));
        }
        [(first, one), (second, two)] => {
            report.extend(runtime::recordings((first, one), (second, two)));
        }
        [] => {}
        more => {
            let message = format!("{} runtime manifests were named", more.len());
            return Err(CliError::new(message).hint("name one or two"));
        }
    }
    Ok(report)
}

fn manifest(path: &Path) -> Result<RuntimeManifest> {
    let unreadable = |error| CliError::unreadable("runtime manifest", path, &error);
    let file = opened(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    // One byte more than may be read says that there is too much.
    file.take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > LONGEST {
        let shown = path.display();
        let message =
            format!("cannot use the runtime manifest `{shown}`: it is longer than {LONGEST} bytes");
        return Err(CliError::new(message).hint("name a file that `vhb record` wrote"));
    }
    RuntimeManifest::from_bytes(&bytes).map_err(|error| {
        let hint = match &error {
            RuntimeManifestError::UnknownVersion(_) => "use the vhb that wrote it, or a newer one",
            _ => "name a file that `vhb record` wrote",
        };
        let message = format!("cannot use the runtime manifest `{}`", path.display());
        CliError::new(message).because(&error).hint(hint)
    })
}

/// Opens a regular file; a pipe would be waited for.
fn opened(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY);
    }
    let file = options.open(path)?;
    let kind = file.metadata()?.file_type();
    if kind.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !kind.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    Ok(file)
}
