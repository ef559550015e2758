//! Floor 2: an environment of a lock in the formats that installers read.
//!
//! A requirements file is a function of the lock alone. A `pylock.toml` also names the addresses
//! of files, which locks do not hold: they are asked of the index, and a file that is not what
//! was locked is a finding. Either names everything that the environment holds, so that an
//! installer has nothing to resolve. `install` hands the same to the installer itself, and
//! `container` writes it as commands.

mod addresses;
mod container;
mod direct_url;
mod install;
mod pylock;
mod requirements;
mod shell;

use std::collections::BTreeSet;

use url::Url;

use crate::lock::{Lock, LockedEnvironment, LockedPackage, Selected};
use crate::model::{
    Dist, GitPin, GitSource, IndexUrl, LocalPin, Pin, RemoteUrl, Sha256Digest, Source,
};

pub use container::{Container, Installer, dockerfile, package_managers, script};
pub use install::{Installation, install};
pub use pylock::{Exported, pylock};
pub use requirements::requirements;
pub use shell::{as_typed, quoted};

/// Why an environment cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Only direct sources are locked.
    #[error("the lock does not say what environment `{0}` holds")]
    Open(String),
    /// The lock contradicts itself.
    #[error("the lock names `{0}`, and does not say what that is")]
    Unknown(String),
    /// A repository that only this project's place makes sense of.
    #[error("`{0}` is a repository by a relative path, which no installer can be told")]
    Repository(RemoteUrl),
    /// A path that the format has no way to write.
    #[error("a requirements file cannot name the path `{0}`")]
    Path(String),
    /// A local package, and no place to begin its path at.
    #[error("where `{0}` lies is not known without the project")]
    Rootless(String),
    /// A local package that no build context holds.
    #[error("`{0}` lies outside of the project, so no container is given it")]
    Outside(String),
    /// A local package whose list of files was lost.
    #[error("the list of the locked files of `{0}` is not beside the lock")]
    Unlisted(String),
}

/// A distribution of an environment, and where an installer finds it.
struct Held<'a> {
    dist: &'a Dist,
    selected: &'a Selected,
    origin: Origin<'a>,
}

enum Origin<'a> {
    /// A file of an index; none is the default one.
    File {
        name: &'a str,
        digest: Sha256Digest,
        index: Option<&'a IndexUrl>,
    },
    Git {
        source: &'a GitSource,
        pin: &'a GitPin,
    },
    Local(&'a LocalPin),
}

/// Everything that an environment holds, by name.
fn held<'a>(
    lock: &'a Lock,
    id: &str,
    environment: &'a LockedEnvironment,
) -> Result<Vec<Held<'a>>, ExportError> {
    let closure = environment.closure.as_ref();
    let closure = closure.ok_or_else(|| ExportError::Open(id.to_owned()))?;
    let distributions = closure.distributions.iter();
    let each = distributions.map(|(dist, selected)| {
        let unknown = || ExportError::Unknown(selected.to_string());
        let origin = match selected {
            Selected::File(name) => file(lock, environment, dist, name),
            Selected::Package(key) => lock.packages.get(key).and_then(package),
        };
        Ok(Held {
            dist,
            selected,
            origin: origin.ok_or_else(unknown)?,
        })
    });
    each.collect()
}

fn file<'a>(
    lock: &'a Lock,
    environment: &'a LockedEnvironment,
    dist: &Dist,
    name: &'a str,
) -> Option<Origin<'a>> {
    let digest = *lock.distributions.get(dist)?.files.get(name)?;
    let mut roots = environment.asked.roots.iter();
    let index = roots.find_map(|key| match &lock.packages.get(key)?.pin {
        Pin::Pypi(pin) if pin.dist() == *dist => pin.index.as_ref(),
        _ => None,
    });
    Some(Origin::File {
        name,
        digest,
        index,
    })
}

fn package(package: &LockedPackage) -> Option<Origin<'_>> {
    match (&package.pin, &package.source) {
        (Pin::Git(pin), Source::Git(source)) => Some(Origin::Git { source, pin }),
        (Pin::Local(pin), _) => Some(Origin::Local(pin)),
        // A release is named by its file.
        (Pin::Git(_) | Pin::Pypi(_), _) => None,
    }
}

/// The indexes that the environment's own packages name.
fn indexes<'a>(lock: &'a Lock, environment: &'a LockedEnvironment) -> BTreeSet<&'a IndexUrl> {
    let roots = environment.asked.roots.iter();
    roots
        .filter_map(|key| match &lock.packages.get(key)?.pin {
            Pin::Pypi(pin) => pin.index.as_ref(),
            Pin::Git(_) | Pin::Local(_) => None,
        })
        .collect()
}

/// The address of a repository as a URL, also where it is a directory of this machine.
fn repository(url: &RemoteUrl) -> Result<String, ExportError> {
    let vcs = url.vcs_url();
    let vcs = vcs.as_deref().and_then(|url| url.strip_prefix("git+"));
    let local = || match url.local_path() {
        Some(path) => Url::from_file_path(path).ok().map(String::from),
        // `file://` already.
        None => Some(url.as_str().to_owned()),
    };
    let url_text = vcs.map(str::to_owned).or_else(local);
    url_text.ok_or_else(|| ExportError::Repository(url.clone()))
}
