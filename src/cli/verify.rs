//! `vhb verify`: whether a lock still matches the registries, the files and upstream.

use std::path::{Path, PathBuf};

use super::Result;
use super::args::{Format, VerifyArgs};
use super::error::CliError;
use super::lock_files::{
    manifest_path, read_lock, read_manifest, read_tokens, sbom_path, tokens_path,
};
use super::output::{Output, findings_text};
use super::project::{Project, find_root};
use super::world::{Pages, World, variable};
use crate::bom;
use crate::finding::{Code, Finding, Layer};
use crate::io::hub::{cache_dir_from_env, snapshot_dir};
use crate::lock::Lock;
use crate::model::{GitOid, HubId, HubKind, HubRepo, ModelPin, Pin, Sha256Digest};
use crate::render;
use crate::verify::{Evidence, verify};

pub(super) fn run(args: &VerifyArgs, output: &Output) -> Result {
    let (lock, lock_bytes) = read_lock(&args.lock)?;
    let sbom = read_sbom(&sbom_path(&args.lock))?;
    let project = read_project(args, &lock);
    // A registry that was named but is not there is a usage error, not a gap in the evidence.
    if args.registry.registry.is_some()
        && let Err(error) = project
    {
        return Err(error);
    }
    let root = project.as_ref().ok().map(|project| project.root.clone());
    let registry = match &project {
        Ok(project) => Ok(&project.registry),
        Err(error) => {
            let message = error.to_string();
            let first = message.lines().next().unwrap_or_default().to_owned();
            Err(Finding::new(Code::RegistryUnavailable, first))
        }
    };
    let here = Path::new(".");
    let world = World::new(
        &args.network,
        root.as_deref().unwrap_or(here),
        Pages::Asked,
        args.rehash.rehash,
    )?;
    let copies = Copies::of(args, &lock)?;
    let evidence = Evidence {
        lock_bytes: &lock_bytes,
        sbom: sbom.as_deref(),
        make_sbom: &bom::to_bytes,
        registry,
        root: root.as_deref(),
        manifest: &|digest| read_manifest(&args.lock, digest),
        tokens: &|digest| read_tokens(&args.lock, digest),
        models: &|repo, commit| copies.places(repo, commit),
        data: args.data.as_deref(),
        rehash: args.rehash.rehash,
        offline: args.network.offline,
    };
    let progress = output.progress();
    let mut report = verify(&lock, &evidence, world.ports(&progress));
    drop(progress);
    let altered = altered_lists(&args.lock, &lock);
    if !altered.is_empty() {
        report.check(Layer::Integrity, "lists", altered);
        report.sort();
    }
    if args.strict {
        report.make_strict();
    }
    let skipped: &[Layer] = if args.network.offline {
        &[Layer::Upstream]
    } else {
        &[]
    };
    match args.format {
        Format::Json => {
            let shown = args.lock.display().to_string();
            output.data(&render::json_report(Some(&shown), &report, skipped));
        }
        Format::Text => {
            output.data(&findings_text(&report, root.as_deref().unwrap_or(here)));
            output.data(&render::verification(&report, skipped));
        }
    }
    Ok(report.outcome())
}

/// The lists of files beside the lock that are not what their names say.
fn altered_lists(path: &Path, lock: &Lock) -> Vec<Finding> {
    let mut lists: Vec<PathBuf> = Vec::new();
    for pin in lock
        .datasets
        .values()
        .filter_map(|locked| locked.pin.as_ref().ok())
    {
        lists.push(manifest_path(path, &pin.content));
        lists.extend(pin.origin.tokens().map(|digest| tokens_path(path, digest)));
    }
    for package in lock.packages.values() {
        if let Pin::Local(pin) = &package.pin {
            lists.push(manifest_path(path, &pin.content));
        }
    }
    let altered = lists.into_iter().filter(|list| {
        let bytes = std::fs::read(list).ok();
        let stem = list.file_stem().and_then(|stem| stem.to_str());
        bytes.is_some_and(|bytes| Some(&*Sha256Digest::of(&bytes).hex()) != stem)
    });
    let finding = |list: PathBuf| {
        let message = format!("`{}` is not what its name says", list.display());
        Finding::new(Code::RecordAltered, message)
    };
    altered.map(finding).collect()
}

/// Where copies of models may lie.
struct Copies {
    directory: Option<PathBuf>,
    hub_cache: Option<PathBuf>,
}

impl Copies {
    fn of(args: &VerifyArgs, lock: &Lock) -> Result<Self> {
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

    fn places(&self, repo: &HubId, commit: &GitOid) -> Vec<PathBuf> {
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

fn read_sbom(path: &Path) -> Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(CliError::unreadable("SBOM", path, &error)),
    }
}

fn read_project(args: &VerifyArgs, lock: &Lock) -> Result<Project> {
    let place = args
        .lock
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let root = find_root(
        args.registry.registry.as_deref(),
        place.unwrap_or(Path::new(".")),
    )?;
    // The lock's own mode, whatever RUN_MODE says now: it is the lock that is verified.
    Project::read(root, lock.experiment.run_mode)
}
