//! Models: commits of the Hub and directories of this machine.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::super::local::{holds_no_project, is_outside, relative, unread};
use super::hub::{LONGEST_SMALL_FILE, Snapshot, read_proven, snapshot};
use super::{
    Artifacts, Outcome, Pinned, Request, is_upgraded, kept, moving_revision, outside_project,
    settled,
};
use crate::finding::{Code, Finding, Location};
use crate::lock::LockedModel;
use crate::model::{
    FilePins, HubId, HubKind, HubModelPin, HubSource, LocalFiles, LocalModelPin, Manifest,
    ModelPin, ModelSource, NAMING_CODE, RunMode, named_code, role_digests,
};
use crate::registry::PlannedModel;
use crate::remote::{DataWanted, Ports, TreeError};

/// A model that is to be pinned.
struct Job<'a> {
    key: String,
    source: ModelSource,
    location: Location,
    /// As the plan has it; none for a repository of code.
    planned: Option<&'a PlannedModel>,
    /// Whether what it needs is to move as well.
    moves: bool,
}

impl Job<'_> {
    /// Whether Python of the repositories that it names is run.
    fn runs_code(&self) -> bool {
        self.planned
            .is_some_and(|planned| !planned.code_revisions.is_empty())
    }
}

impl fmt::Display for Job<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "models/{}", self.key)
    }
}

/// Pins the models of a plan, and then the repositories whose Python they run.
pub(super) fn pin(request: Request<'_>, ports: Ports<'_>, artifacts: &mut Artifacts) {
    let unknown = request
        .plan
        .models
        .iter()
        .filter(|(_, planned)| planned.source.is_none());
    artifacts.findings.extend(unknown.map(|(key, planned)| {
        let message = format!(
            "`{key}` is neither a directory nor an id of the Hugging Face Hub, so it is not pinned"
        );
        let hint = "write `org/name` for a repository, `./name` for a directory";
        let finding = Finding::new(Code::NotRecorded, message).hint(hint);
        let subject = format!("models/{key}");
        finding.about(subject).at(planned.location.clone())
    }));
    let planned = request.plan.models.iter().filter_map(|(key, planned)| {
        let source = planned.source.clone()?;
        Some(Job {
            moves: is_upgraded(request.upgrade, key),
            key: key.clone(),
            source,
            location: planned.location.clone(),
            planned: Some(planned),
        })
    });
    let planned: Vec<_> = planned.collect();
    let mut code: BTreeMap<String, Job<'_>> = BTreeMap::new();
    for job in &planned {
        if let Some(Ok(pin)) = settled_model(request, job).map(|locked| &locked.pin) {
            add_code(request, job, pin, &mut code);
        }
    }
    for (job, outcome) in each(request, planned, ports, artifacts) {
        if let Ok(pinned) = &outcome {
            add_code(request, &job, &pinned.pin, &mut code);
        }
        take(request, job, outcome, artifacts);
    }
    code.retain(|key, _| !artifacts.models.contains_key(key));
    for (job, outcome) in each(request, code.into_values().collect(), ports, artifacts) {
        take(request, job, outcome, artifacts);
    }
}

fn settled_model<'a>(request: Request<'a>, job: &Job<'_>) -> Option<&'a LockedModel> {
    let previous = request.previous.and_then(|lock| lock.models.get(&job.key));
    settled(request, previous, &job.source)
}

/// Adds the repositories whose Python a model runs.
fn add_code(
    request: Request<'_>,
    job: &Job<'_>,
    pin: &ModelPin,
    code: &mut BTreeMap<String, Job<'_>>,
) {
    let named = job.planned.map(|planned| planned.code(pin));
    for (key, source) in named.unwrap_or_default() {
        let moves = job.moves || code.get(&key).is_some_and(|other| other.moves);
        let of_code = Job {
            moves: moves || is_upgraded(request.upgrade, &key),
            key: key.clone(),
            source,
            location: job.location.clone(),
            planned: None,
        };
        code.insert(key, of_code);
    }
}

fn take(request: Request<'_>, job: Job<'_>, outcome: Outcome<ModelPin>, artifacts: &mut Artifacts) {
    let subject = job.to_string();
    let previous = request.previous.and_then(|lock| lock.models.get(&job.key));
    let asked = (subject.as_str(), &job.location, job.source);
    let locked = artifacts.take(request, asked, previous, outcome);
    artifacts
        .models
        .extend(locked.map(|locked| (job.key, locked)));
}

/// Asks about all that does not stand as it is.
fn each<'a>(
    request: Request<'_>,
    mut jobs: Vec<Job<'a>>,
    ports: Ports<'_>,
    artifacts: &mut Artifacts,
) -> Vec<(Job<'a>, Outcome<ModelPin>)> {
    jobs.retain(|job| {
        let settled = settled_model(request, job);
        let locked = settled.map(|locked| (job.key.clone(), locked.clone()));
        artifacts.models.extend(locked);
        settled.is_none()
    });
    ports.each(jobs, |job: Job<'a>| {
        let outcome = match &job.source {
            ModelSource::Huggingface(source) => of_hub(request, &job, source, ports),
            ModelSource::Local(source) => of_disk(request, &job, source, ports),
        };
        (job, outcome)
    })
}

fn of_hub(
    request: Request<'_>,
    job: &Job<'_>,
    source: &HubSource,
    ports: Ports<'_>,
) -> Outcome<ModelPin> {
    if job.planned.is_some() && !request.settled {
        is_no_directory(request, source, ports)?;
    }
    let previous = request.previous.and_then(|lock| lock.models.get(&job.key));
    if let Some(ModelPin::Huggingface(pin)) = kept(previous, &job.source).filter(|_| !job.moves) {
        let moving = moving_revision(source, pin.reference.as_ref(), &pin.commit);
        return Ok(Pinned {
            findings: moving.into_iter().collect(),
            pin: ModelPin::Huggingface(pin.clone()),
        });
    }
    let snapshot = snapshot(source, HubKind::Model, ports)?;
    let runs_code = job.runs_code();
    let remote_code = prove(&snapshot, runs_code, ports)?;
    let (reference, commit) = (&snapshot.revision.reference, &snapshot.revision.commit);
    let findings = moving_revision(source, reference.as_ref(), commit);
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

/// A directory of the name of a repository would be taken instead, where it runs.
fn is_no_directory(
    request: Request<'_>,
    source: &HubSource,
    ports: Ports<'_>,
) -> Result<(), Box<Finding>> {
    let path = request.root.join(source.repo.as_str()).join("config.json");
    if let Ok(None) | Err(_) = ports.trees.small_file(&path, LONGEST_SMALL_FILE) {
        return Ok(());
    }
    let repo = &source.repo;
    let message =
        format!("`{repo}` is a repository of the Hub, and a model in the project as well");
    let hint = format!("write `./{repo}` for the directory, or rename it");
    Err(Box::new(
        Finding::new(Code::AmbiguousModel, message).hint(hint),
    ))
}

/// Fetches the files that name other repositories, else the smallest one: the commit is served,
/// and its bytes are those that are listed. Gives the repositories that are named.
fn prove(
    snapshot: &Snapshot,
    runs_code: bool,
    ports: Ports<'_>,
) -> Result<BTreeSet<HubId>, Box<Finding>> {
    let Snapshot {
        repo,
        revision,
        files,
    } = snapshot;
    let is_naming = |path: &String| NAMING_CODE.contains(&path.as_str());
    let mut named = BTreeSet::new();
    for (path, file) in files.iter().filter(|(path, _)| is_naming(path)) {
        let bytes = read_proven(repo, &revision.commit, path, file, ports)?;
        named.extend(named_in(path, &bytes, runs_code)?);
    }
    if !files.keys().any(is_naming)
        && let Some((path, file)) = files.iter().min_by_key(|(_, file)| file.size)
    {
        read_proven(repo, &revision.commit, path, file, ports)?;
    }
    named.remove(&repo.id);
    Ok(named)
}

/// The repositories that a file names; where their code is run, all of them must be known.
fn named_in(path: &str, bytes: &[u8], runs_code: bool) -> Result<BTreeSet<HubId>, Box<Finding>> {
    match named_code(bytes) {
        Some(named) => Ok(named),
        None if !runs_code => Ok(BTreeSet::new()),
        None => {
            let message =
                format!("`{path}` cannot be understood, so the code that it names is not known");
            Err(Box::new(Finding::new(Code::RemoteCodeUnknown, message)))
        }
    }
}

fn of_disk(
    request: Request<'_>,
    job: &Job<'_>,
    source: &LocalFiles,
    ports: Ports<'_>,
) -> Outcome<ModelPin> {
    if request.settled {
        return Err(unread(&source.path));
    }
    holds_no_project(&source.path, request.root)?;
    let path = request.root.join(&source.path);
    let wanted = DataWanted {
        as_git_blob: &|_| false,
        links_lead_out: false,
    };
    let files = ports.trees.data(&path, &wanted, ports.progress);
    let files = files.map_err(|error| Box::new(error.finding(Code::LocalMissing)))?;
    let mut findings = Vec::new();
    if request.plan.mode == RunMode::Prod && is_outside(&source.path, request.root) {
        findings.push(outside_project(&source.path));
    }
    let mut remote_code = BTreeSet::new();
    for name in NAMING_CODE.iter().filter(|name| files.contains_key(**name)) {
        let bytes = ports.trees.small_file(&path.join(name), LONGEST_SMALL_FILE);
        let bytes = bytes.map_err(|error| Box::new(error.finding(Code::LocalMissing)))?;
        let bytes = bytes.unwrap_or_default();
        remote_code.extend(named_in(name, &bytes, job.runs_code())?);
    }
    Ok(Pinned {
        findings,
        pin: ModelPin::Local(LocalModelPin {
            path: relative(&path, request.root),
            content: manifest_of(&files)?.digest(),
            remote_code,
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
