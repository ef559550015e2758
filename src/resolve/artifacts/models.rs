//! Models: commits of the Hub and directories of this machine.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value as Json;

use super::super::local::{is_outside, relative};
use super::hub::{LONGEST_SMALL_FILE, Snapshot, read_proven, snapshot};
use super::{Artifacts, Outcome, Pinned, Request, kept, moving_revision};
use crate::finding::{Code, Finding, Location};
use crate::model::{
    FilePins, HubId, HubKind, HubModelPin, HubSource, LocalFiles, LocalModelPin, Manifest,
    ModelPin, ModelSource, RunMode, role_digests,
};
use crate::remote::{DataWanted, HubRevision, Ports, TreeError};

/// The files in which a model names Python of other repositories (`auto_map`).
const NAMING_CODE: [&str; 4] = [
    "config.json",
    "preprocessor_config.json",
    "processor_config.json",
    "tokenizer_config.json",
];

/// A model that is to be pinned.
struct Job {
    key: String,
    source: ModelSource,
    location: Location,
    /// Whether it runs Python of the repositories that it names.
    runs_code: bool,
    /// At which revision these are asked for.
    code_revision: Option<String>,
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "models/{}", self.key)
    }
}

/// Pins the models of a plan, and then the repositories whose Python they run.
pub(super) fn pin(request: Request<'_>, ports: Ports<'_>, artifacts: &mut Artifacts) {
    let planned = request.plan.models.iter().filter_map(|(key, planned)| {
        Some(Job {
            key: key.clone(),
            source: planned.source.clone()?,
            location: planned.location.clone(),
            runs_code: planned.trust_remote_code,
            code_revision: planned.code_revision.clone(),
        })
    });
    let mut code = BTreeMap::new();
    for (job, outcome) in each(request, planned.collect(), ports) {
        if let (true, Ok(pinned)) = (job.runs_code, &outcome) {
            let revision = job.code_revision.as_deref();
            let repos = remote_code(&pinned.pin).into_iter().map(|repo| {
                let key = ModelSource::key(repo.as_str(), revision);
                (key, job_of_code(repo, revision, &job.location))
            });
            code.extend(repos);
        }
        take(request, job, outcome, artifacts);
    }
    code.retain(|key, _| !artifacts.models.contains_key(key));
    for (job, outcome) in each(request, code.into_values().collect(), ports) {
        take(request, job, outcome, artifacts);
    }
}

fn job_of_code(repo: &HubId, revision: Option<&str>, location: &Location) -> Job {
    Job {
        key: ModelSource::key(repo.as_str(), revision),
        source: ModelSource::Huggingface(HubSource {
            repo: repo.clone(),
            revision: revision.map(str::to_owned),
            path: None,
        }),
        location: location.clone(),
        runs_code: false,
        code_revision: None,
    }
}

fn remote_code(pin: &ModelPin) -> BTreeSet<&HubId> {
    match pin {
        ModelPin::Huggingface(pin) => pin.remote_code.iter().collect(),
        ModelPin::Local(_) => BTreeSet::new(),
    }
}

fn take(request: Request<'_>, job: Job, outcome: Outcome<ModelPin>, artifacts: &mut Artifacts) {
    let subject = job.to_string();
    let locked = artifacts.take(request, &subject, &job.location, job.source, outcome);
    artifacts
        .models
        .extend(locked.map(|locked| (job.key, locked)));
}

fn each(request: Request<'_>, jobs: Vec<Job>, ports: Ports<'_>) -> Vec<(Job, Outcome<ModelPin>)> {
    ports.each(jobs, |job: Job| {
        let outcome = match &job.source {
            ModelSource::Huggingface(source) => of_hub(request, &job, source, ports),
            ModelSource::Local(source) => of_disk(request, source, ports),
        };
        (job, outcome)
    })
}

fn of_hub(
    request: Request<'_>,
    job: &Job,
    source: &HubSource,
    ports: Ports<'_>,
) -> Outcome<ModelPin> {
    let previous = request.previous.and_then(|lock| lock.models.get(&job.key));
    if let Some(ModelPin::Huggingface(pin)) = kept(request.upgrade, previous, &job.key, &job.source)
    {
        let revision = HubRevision {
            reference: pin.reference.clone(),
            commit: pin.commit.clone(),
            committed: pin.committed,
            task: None,
            license: None,
        };
        return Ok(Pinned {
            findings: moving_revision(source, &revision).into_iter().collect(),
            pin: ModelPin::Huggingface(pin.clone()),
        });
    }
    let snapshot = snapshot(source, HubKind::Model, ports)?;
    let named = prove(&snapshot, ports)?;
    let (findings, remote_code) = (moving_revision(source, &snapshot.revision), named);
    let Snapshot {
        revision, files, ..
    } = snapshot;
    Ok(Pinned {
        findings: findings.into_iter().collect(),
        pin: ModelPin::Huggingface(HubModelPin {
            repo: source.repo.clone(),
            reference: revision.reference,
            commit: revision.commit,
            committed: revision.committed,
            task: revision.task,
            license: revision.license,
            remote_code,
            roles: role_digests(&files),
            files,
        }),
    })
}

/// Fetches the files that name other repositories, else the smallest one: the commit is served,
/// and its bytes are those that are listed. Gives the repositories that are named.
fn prove(snapshot: &Snapshot, ports: Ports<'_>) -> Result<BTreeSet<HubId>, Box<Finding>> {
    let Snapshot {
        repo,
        revision,
        files,
    } = snapshot;
    let small = files
        .iter()
        .filter(|(_, file)| file.size <= LONGEST_SMALL_FILE);
    let naming = small
        .clone()
        .filter(|(path, _)| NAMING_CODE.contains(&path.as_str()));
    let mut wanted: Vec<_> = naming.collect();
    if wanted.is_empty() {
        wanted.extend(small.min_by_key(|(_, file)| file.size));
    }
    let mut named = BTreeSet::new();
    for (path, file) in wanted {
        let bytes = read_proven(repo, &revision.commit, path, file, ports)?;
        named.extend(named_code(&bytes));
    }
    named.remove(&repo.id);
    Ok(named)
}

/// The repositories that the `auto_map` of a configuration names: `org/name--module.Class`.
fn named_code(config: &[u8]) -> BTreeSet<HubId> {
    let config: Option<Json> = serde_json::from_slice(config).ok();
    let maps = config.as_ref().and_then(|config| config.get("auto_map"));
    let classes = maps.and_then(Json::as_object).into_iter().flatten();
    let classes = classes.flat_map(|(_, class)| match class {
        Json::Array(several) => several.iter().collect(),
        one => vec![one],
    });
    classes
        .filter_map(|class| class.as_str()?.split_once("--")?.0.parse().ok())
        .collect()
}

fn of_disk(request: Request<'_>, source: &LocalFiles, ports: Ports<'_>) -> Outcome<ModelPin> {
    let path = request.root.join(&source.path);
    let wanted = DataWanted {
        as_git_blob: &|_| false,
        links_lead_out: false,
    };
    let files = ports.trees.data(&path, &wanted, ports.progress);
    let files = files.map_err(|error| Box::new(error.finding(Code::LocalMissing)))?;
    let mut findings = Vec::new();
    if request.plan.mode == RunMode::Prod && is_outside(&source.path, request.root) {
        let message = format!("`{}` lies outside of the project", source.path);
        findings.push(Finding::new(Code::LocalOutsideProject, message));
    }
    Ok(Pinned {
        findings,
        pin: ModelPin::Local(LocalModelPin {
            path: relative(&path, request.root),
            content: manifest_of(&files)?.digest(),
            roles: role_digests(&files),
            files,
        }),
    })
}

/// The Manifest of files that all have a SHA-256.
pub(super) fn manifest_of(files: &FilePins) -> Result<Manifest, Box<Finding>> {
    let mut manifest = Manifest::default();
    for (path, file) in files {
        let Some(digest) = file.digest.sha256() else {
            continue;
        };
        let added = manifest.insert(path.clone(), digest);
        added.map_err(|error| {
            Box::new(Finding::new(
                Code::UnusableTree,
                TreeError::from(error).to_string(),
            ))
        })?;
    }
    Ok(manifest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_of_other_repositories_is_found_in_all_spellings() {
        let config = br#"{"auto_map": {
            "AutoConfig": "a/b--configuration.C",
            "AutoTokenizer": ["c/d--tok.T", null],
            "AutoModel": "modeling.M"
        }}"#;
        let named: Vec<_> = named_code(config).iter().map(ToString::to_string).collect();
        assert_eq!(named, ["a/b", "c/d"]);
        assert!(named_code(b"not json").is_empty());
    }
}
