//! The port to the program that resolves and builds Python environments.

use std::path::{Path, PathBuf};

use pep440_rs::Version;
use pep508_rs::{ExtraName, PackageName};

use super::RemoteError;
use crate::model::{Dist, IndexUrl, Sha256Digest, Target};

/// Finds, for the roots of an environment, everything that is to be installed with them.
pub trait EnvironmentResolver: Sync {
    /// The program and its version: `uv 0.13.9`.
    fn version(&self) -> Result<String, RemoteError>;

    /// One distribution of each name, so that every requirement is met.
    fn resolve(&self, wanted: &EnvironmentWanted<'_>) -> Result<Vec<Chosen>, ResolveError>;

    /// What a resolution will probably come to, as far as former ones are remembered. It is there
    /// to save time, and decides nothing.
    fn likely(&self, wanted: &EnvironmentWanted<'_>) -> Vec<PackageName>;

    /// Builds a wheel from a source tree or a source distribution; gives its `METADATA`.
    fn build(&self, wanted: &BuildWanted<'_>) -> Result<Built, ResolveError>;

    /// The version of an interpreter that is named by its path or by a version.
    fn interpreter(&self, target: &Target, python: &str) -> Result<Version, ResolveError>;

    /// Makes a virtual environment that holds exactly these files, and that can be moved. On an
    /// error, the directory may hold a part of it.
    fn install(&self, wanted: &InstallWanted<'_>) -> Result<(), ResolveError>;
}

/// An environment that is to be resolved.
#[derive(Clone, Debug)]
pub struct EnvironmentWanted<'a> {
    /// Its id, as explanations name it.
    pub name: &'a str,
    /// The interpreter, the platform and the limits.
    pub target: &'a Target,
    /// What to begin with.
    pub roots: Vec<Root>,
    /// Versions to keep where they still suit.
    pub preferred: Vec<Dist>,
    /// Whether source distributions may be built to learn what they require.
    pub may_build: bool,
}

/// A distribution that is asked for by name.
#[derive(Clone, Debug)]
pub struct Root {
    /// Its name.
    pub name: PackageName,
    /// The extras that are asked for.
    pub extras: Vec<ExtraName>,
    /// What exactly it is.
    pub from: RootFrom,
}

/// What a root exactly is.
#[derive(Clone, Debug)]
pub enum RootFrom {
    /// A release of an index; none is the default one.
    Release {
        /// The only version that will do.
        version: Version,
        /// The only index that will do.
        index: Option<IndexUrl>,
    },
    /// A directory, or a wheel made from one.
    Path {
        /// Absolute.
        path: PathBuf,
        /// The version to tell builds that would ask a version control system.
        version: Option<String>,
    },
}

/// What was chosen for an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// The normalised name.
    pub name: PackageName,
    /// The version; none for some that come from a path.
    pub version: Option<Version>,
    /// Where it comes from.
    pub from: ChosenFrom,
}

/// Where something that was chosen comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChosenFrom {
    /// A release: those of its files that suit the target.
    Release(Vec<ChosenFile>),
    /// The path of one of the roots.
    Path(PathBuf),
    /// An address that some distribution requires, in the words of the requirement.
    Address(String),
}

/// A file that suits a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChosenFile {
    /// Its name.
    pub filename: String,
    /// Its digest, as the resolver heard of it.
    pub sha256: Option<Sha256Digest>,
}

/// What is to be built.
#[derive(Clone, Debug)]
pub struct BuildWanted<'a> {
    /// The target whose limits hold for what the build itself requires.
    pub target: &'a Target,
    /// The interpreter, by its path or a version; none is that of the target.
    pub python: Option<&'a str>,
    /// A directory, or an archive.
    pub source: &'a Path,
    /// An empty directory for the wheel.
    pub into: &'a Path,
    /// The version to tell builds that would ask a version control system.
    pub version: Option<&'a str>,
}

/// What was built.
#[derive(Clone, Debug)]
pub struct Built {
    /// The wheel.
    pub wheel: PathBuf,
    /// The SHA-256 of the wheel.
    pub sha256: Sha256Digest,
    /// Its `METADATA`.
    pub metadata: String,
}

/// What is to be installed: nothing is chosen any more.
#[derive(Clone, Debug)]
pub struct InstallWanted<'a> {
    /// The target whose limits hold for what builds require.
    pub target: &'a Target,
    /// The interpreter, by its path or a version; none is that of the target.
    pub python: Option<&'a str>,
    /// The directory, absolute; it is not there yet.
    pub into: &'a Path,
    /// What shells call the environment.
    pub prompt: &'a str,
    /// Files of releases.
    pub releases: Vec<ReleaseWanted<'a>>,
    /// The indexes of releases beside the default one.
    pub indexes: Vec<IndexUrl>,
    /// Wheels of this machine.
    pub wheels: Vec<WheelWanted<'a>>,
}

/// The one file of a release that is to be installed, which is a wheel, or is built.
#[derive(Clone, Debug)]
pub struct ReleaseWanted<'a> {
    /// The distribution, with its version.
    pub dist: &'a Dist,
    /// The SHA-256 of the file.
    pub sha256: Sha256Digest,
}

/// A wheel of this machine that is to be installed.
#[derive(Clone, Debug)]
pub struct WheelWanted<'a> {
    /// The name of the distribution.
    pub name: &'a PackageName,
    /// Absolute.
    pub path: PathBuf,
    /// The SHA-256 of the wheel.
    pub sha256: Sha256Digest,
    /// Where it really comes from: the text of `direct_url.json` (PEP 610).
    pub direct_url: String,
}

/// Why there is no environment, or no wheel.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ResolveError {
    /// No choice of versions meets all requirements; the program's whole explanation.
    #[error("{0}")]
    Conflict(String),
    /// The program ended for another reason, such as a build that failed; its whole explanation.
    #[error("{0}")]
    Failed(String),
    /// It did not get what it needed.
    #[error(transparent)]
    Remote(#[from] RemoteError),
}
