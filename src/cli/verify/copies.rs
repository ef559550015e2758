//! Where copies of models lie on this machine.

use std::path::PathBuf;

use super::super::Result;
use super::super::args::VerifyArgs;
use super::super::error::CliError;
use super::super::world::variable;
use crate::io::hub::{cache_dir_from_env, snapshot_dir};
use crate::lock::Lock;
use crate::model::{GitOid, HubId, HubKind, HubRepo, ModelPin};

/// Where copies of models may lie.
pub(super) struct Copies {
    directory: Option<PathBuf>,
    hub_cache: Option<PathBuf>,
}

impl Copies {
    pub(super) fn of(args: &VerifyArgs, lock: &Lock) -> Result<Self> {
        let mut models = lock.models.values();
        let has_hub = models.any(|it| matches!(it.pin, Ok(ModelPin::Huggingface(_))));
        if (args.models.is_some() || args.hub_cache) && !has_hub {
            let message =
                "the lock pins no model of the Hugging Face Hub, so there is no copy to read";
            let hint = "models that the lock knows by their directory are read there; leave out `--models` and `--hub-cache`";
            return Err(CliError::new(message).hint(hint));
        }
        for directory in [&args.models, &args.data].into_iter().flatten() {
            if !directory.is_dir() {
                let message = format!("`{}` is not a directory", directory.display());
                return Err(CliError::new(message));
            }
        }
        let hub_cache = if args.hub_cache {
            let found = cache_dir_from_env(variable).ok_or_else(|| {
                CliError::new("no home directory, so no place for the Hugging Face cache")
                    .hint("set HF_HUB_CACHE or HF_HOME")
            });
            Some(found?)
        } else {
            None
        };
        Ok(Self {
            directory: args.models.clone(),
            hub_cache,
        })
    }

    pub(super) fn places(&self, repo: &HubId, commit: &GitOid) -> Vec<PathBuf> {
        let repo_of_hub = HubRepo {
            kind: HubKind::Model,
            id: repo.clone(),
        };
        let named = self.directory.iter().map(|place| place.join(repo.as_str()));
        let caches = self.directory.iter().chain(&self.hub_cache);
        let snapshots = caches.map(|cache| snapshot_dir(cache, &repo_of_hub, commit));
        named.chain(snapshots).collect()
    }
}
