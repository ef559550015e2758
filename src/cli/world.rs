//! The ports as the program uses them: real git, real indexes, real disks.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::Result;
use super::args::{CacheArgs, NetworkArgs};
use super::bar::Bar;
use super::error::CliError;
use crate::io::files::{FileStoreClient, FileStoreOptions};
use crate::io::git::{GitOptions, GitProgram};
use crate::io::hub::{HubAccess, HubClient, HubOptions, offline_from_env};
use crate::io::images::{RegistryClient, RegistryOptions};
use crate::io::index::{IndexClient, IndexOptions, netrc_path};
use crate::io::once::{OnceGit, OnceIndex};
use crate::io::trees::{DigestOptions, DiskTrees};
use crate::io::uv::{SharedIndex, Uv, UvEnvironments, UvOptions, default_index_from_env};
use crate::model::IndexUrl;
use crate::remote::{Ports, RemoteError};

/// Whether pages of an index are asked for although their server calls the cached ones fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pages {
    /// As little is asked as the servers allow.
    Reused,
    /// What is there now is what matters.
    Asked,
}

/// The adapters of one command.
pub(super) struct World {
    git: OnceGit<GitProgram>,
    index: OnceIndex<IndexClient>,
    trees: DiskTrees,
    hub: HubClient,
    files: FileStoreClient,
    images: RegistryClient,
    environments: UvEnvironments,
    digests: DigestOptions,
    jobs: usize,
}

impl World {
    /// Connects nothing yet; `root` is where relative remotes start. With `rehash` every file is
    /// read again.
    pub(super) fn new(args: &NetworkArgs, root: &Path, pages: Pages, rehash: bool) -> Result<Self> {
        let cache_dir = cache_dir(&args.cache)?;
        let timeout = Duration::from_secs(args.timeout);
        let index_url: Option<IndexUrl> = args
            .index_url
            .as_deref()
            .map(str::parse)
            .transpose()
            .map_err(|error| CliError::new(format!("cannot use `--index-url`: {error}")))?;
        let root = root.to_path_buf();
        let from = root.clone();
        let known = OnceLock::new();
        let default_index: SharedIndex = Arc::new(move || {
            known
                .get_or_init(|| find_default_index(index_url.as_ref(), &from))
                .clone()
        });
        let jobs = args.jobs.into();
        let find = Box::new(found_uv);
        let environments = UvEnvironments::new(UvOptions {
            find,
            default_index: Arc::clone(&default_index),
            offline: args.offline,
            timeout,
            jobs,
            cache_dir: cache_dir.clone(),
        });
        let default_index = Box::new(move || default_index());
        let index = IndexClient::new(IndexOptions {
            offline: args.offline,
            reuse_fresh: pages == Pages::Reused,
            timeout,
            netrc: netrc_path(variable),
            ..IndexOptions::new(cache_dir.clone(), default_index)
        });
        let git = GitProgram::new(GitOptions {
            offline: args.offline,
            timeout,
            ..GitOptions::new(cache_dir.clone(), root)
        });
        Ok(Self {
            git: OnceGit::new(git),
            index: OnceIndex::new(index),
            trees: disk_trees(&cache_dir, rehash),
            digests: digest_options(&cache_dir, rehash),
            hub: HubClient::new(HubOptions {
                offline: args.offline || offline_from_env(variable),
                timeout,
                ..HubOptions::new(HubAccess::from_env(variable))
            }),
            files: file_store(args, &cache_dir, rehash),
            images: registry_client(args.offline, args.timeout),
            environments,
            jobs,
        })
    }

    /// Where digests of files are kept.
    pub(super) fn digests(&self) -> &DigestOptions {
        &self.digests
    }

    pub(super) fn ports<'a>(&'a self, progress: &'a Bar) -> Ports<'a> {
        Ports {
            git: &self.git,
            index: &self.index,
            trees: &self.trees,
            hub: &self.hub,
            files: &self.files,
            images: &self.images,
            environments: &self.environments,
            progress,
            jobs: self.jobs,
        }
    }
}

/// Registries of images, as the user of docker.
pub(super) fn registry_client(offline: bool, seconds: u64) -> RegistryClient {
    RegistryClient::new(RegistryOptions {
        offline,
        timeout: Duration::from_secs(seconds),
        ..RegistryOptions::from_env(variable)
    })
}

/// Buckets and web servers, and what is kept of the digests of what lies there.
fn file_store(args: &NetworkArgs, cache_dir: &Path, rehash: bool) -> FileStoreClient {
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    FileStoreClient::new(FileStoreOptions {
        offline: args.offline,
        timeout: Duration::from_secs(args.timeout),
        cache_dir: Some(cache_dir.to_path_buf()),
        rehash,
        ..FileStoreOptions::new(variables.collect())
    })
}

/// Directories of this machine, and what is kept of their digests.
pub(super) fn disk_trees(cache_dir: &Path, rehash: bool) -> DiskTrees {
    DiskTrees::new(digest_options(cache_dir, rehash))
}

pub(super) fn digest_options(cache_dir: &Path, rehash: bool) -> DigestOptions {
    DigestOptions {
        cache: Some(cache_dir.join("digests")),
        rehash,
    }
}

pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The program uv, which `VHB_UV` may name.
pub(super) fn found_uv() -> std::result::Result<Uv, RemoteError> {
    Uv::find(variable("VHB_UV").map(PathBuf::from))
}

/// `--index-url`, the environment variables of uv and pip, then what uv says.
fn find_default_index(
    index_url: Option<&IndexUrl>,
    root: &Path,
) -> std::result::Result<IndexUrl, RemoteError> {
    if let Some(url) = index_url {
        return Ok(url.clone());
    }
    match default_index_from_env(variable) {
        Some(Ok(url)) => Ok(url),
        Some(Err(error)) => {
            let message = format!("cannot use the index that the environment names: {error}");
            Err(RemoteError::NotConfigured(message))
        }
        None => found_uv()?.default_index(root),
    }
}

pub(super) fn cache_dir(args: &CacheArgs) -> Result<PathBuf> {
    use etcetera::BaseStrategy as _;
    if let Some(named) = &args.cache_dir {
        return std::path::absolute(named)
            .map_err(|error| CliError::unreadable("cache directory", named, &error));
    }
    let strategy = etcetera::choose_base_strategy().map_err(|error| {
        CliError::new("no home directory, so no place for the cache")
            .because(&error)
            .hint("pass `--cache-dir DIR` or set VHB_CACHE_DIR")
    })?;
    Ok(strategy.cache_dir().join("vhb"))
}
