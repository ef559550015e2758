//! Models and datasets on this machine, in their own place or as copies, against what was locked.

use std::collections::BTreeSet;
use std::path::Path;

use super::Evidence;
use super::differences::Differences;
use crate::finding::{Code, Finding, Layer, Report};
use crate::lock::Lock;
use crate::model::{
    DatasetOrigin, DatasetPin, FileDigest, FilePins, HubModelPin, LocalModelPin, Manifest,
    ModelPin, Role,
};
use crate::remote::{DataWanted, Ports, RemoteError, TreeError};

pub(super) fn check(lock: &Lock, evidence: &Evidence<'_>, ports: Ports<'_>, report: &mut Report) {
    for (key, locked) in &lock.models {
        let findings = match &locked.pin {
            Ok(ModelPin::Local(pin)) => Some(own_model(pin, evidence, ports)),
            Ok(ModelPin::Huggingface(pin)) => copy_of_model(pin, evidence, ports),
            Err(_) => None,
        };
        if let Some(findings) = findings {
            report.check(Layer::Local, format!("models/{key}"), findings);
        }
    }
    for (id, locked) in &lock.datasets {
        let Ok(pin) = &locked.pin else { continue };
        let mut findings = Vec::new();
        if let DatasetOrigin::Local { path } = &pin.origin {
            findings.extend(own_dataset(path, pin, evidence, ports));
        } else if evidence.data.is_none() {
            continue;
        }
        if let Some(data) = evidence.data {
            findings.extend(copy_of_dataset(&data.join(id), pin, evidence, ports));
        }
        report.check(Layer::Local, format!("datasets/{id}"), findings);
    }
}

/// The project's directory, or why nothing below it can be read.
fn root<'a>(evidence: &Evidence<'a>) -> Result<&'a Path, Vec<Finding>> {
    evidence.root.ok_or_else(|| {
        let message = "the project's directory is not known";
        let finding = Finding::new(Code::LocalUnreadable, message);
        vec![finding.hint("run verify inside the project")]
    })
}

/// The files that are there; none where there is nothing.
fn read(
    path: &Path,
    wanted: &DataWanted<'_>,
    changed: Code,
    ports: Ports<'_>,
) -> Result<Option<FilePins>, Vec<Finding>> {
    match ports.trees.data(path, wanted, ports.progress) {
        Ok(files) => Ok(Some(files)),
        Err(RemoteError::NotFound(_)) => Ok(None),
        // It had an identity when it was locked; now it has a link or a name that gives it none.
        Err(RemoteError::Tree(error)) if !matches!(error, TreeError::Unreadable { .. }) => {
            let message = format!("the files are not what was locked: {error}");
            Err(vec![Finding::new(changed, message)])
        }
        Err(error) => Err(vec![Finding::new(Code::LocalUnreadable, error.to_string())]),
    }
}

fn missing(path: &str) -> Vec<Finding> {
    let message = format!("there is nothing at `{path}`");
    vec![Finding::new(Code::LocalMissing, message)]
}

const BY_SHA256: DataWanted<'static> = DataWanted {
    as_git_blob: &|_| false,
    links_lead_out: false,
};

fn own_model(pin: &LocalModelPin, evidence: &Evidence<'_>, ports: Ports<'_>) -> Vec<Finding> {
    let root = match root(evidence) {
        Ok(root) => root,
        Err(findings) => return findings,
    };
    let now = match read(&root.join(&pin.path), &BY_SHA256, Code::ModelChanged, ports) {
        Ok(Some(now)) => now,
        Ok(None) => return missing(&pin.path),
        Err(findings) => return findings,
    };
    let differences = Differences::of_files(&pin.files, &now);
    if differences.is_empty() {
        return Vec::new();
    }
    vec![model_changed(&differences)]
}

fn model_changed(differences: &Differences<'_>) -> Finding {
    let message = format!(
        "the files are not what was locked: {}",
        differences.by_role()
    );
    Finding::new(Code::ModelChanged, message)
}

/// A copy of a model of the Hub; none where copies are not to be read.
fn copy_of_model(
    pin: &HubModelPin,
    evidence: &Evidence<'_>,
    ports: Ports<'_>,
) -> Option<Vec<Finding>> {
    let places = (evidence.models)(&pin.repo, &pin.commit);
    if places.is_empty() {
        return None;
    }
    let is_blob = |path: &str| {
        let file = pin.files.get(path);
        file.is_some_and(|file| matches!(file.digest, FileDigest::GitBlob(_)))
    };
    // The Hub's cache is made of links to one directory of all files.
    let wanted = DataWanted {
        as_git_blob: &is_blob,
        links_lead_out: true,
    };
    let mut findings = Vec::new();
    let mut found = false;
    for place in &places {
        match read(place, &wanted, Code::ModelChanged, ports) {
            Ok(Some(now)) if !now.is_empty() => {
                found = true;
                findings.extend(held_against(pin, &now));
            }
            Ok(_) => {}
            Err(failures) => {
                found = true;
                findings.extend(failures);
            }
        }
    }
    if !found {
        let places = places.iter().map(|place| format!("`{}`", place.display()));
        let places: Vec<_> = places.collect();
        let places = places.join(", ");
        let message = format!("there is no copy of `{}`: looked for {places}", pin.repo);
        let finding = Finding::new(Code::LocalUnreadable, message);
        findings.push(finding.hint("download the locked commit there"));
    }
    Some(findings)
}

/// Downloads often leave out what is not needed: weights in other formats, and what nothing reads.
/// Without any other file the copy is not all there, and so is no match.
fn held_against(pin: &HubModelPin, now: &FilePins) -> Vec<Finding> {
    let differences = Differences::of_files(&pin.files, now);
    let formats: BTreeSet<_> = now.keys().filter_map(|path| weights_format(path)).collect();
    let is_needed = |path: &&&str| match Role::of(path) {
        Role::Other => false,
        Role::Weights => weights_format(path).is_none_or(|format| formats.contains(format)),
        _ => true,
    };
    let needed = differences.missing.iter().filter(is_needed);
    let lacking = Differences {
        missing: needed.copied().collect(),
        ..Differences::default()
    };
    let changed = Differences {
        missing: BTreeSet::new(),
        ..differences
    };
    let mut findings = Vec::new();
    if !changed.is_empty() {
        findings.push(model_changed(&changed));
    }
    if !lacking.is_empty() || formats.is_empty() && has_weights(pin) {
        let lacks = if lacking.is_empty() {
            "all weights".to_owned()
        } else {
            lacking.by_role()
        };
        let message = format!("the copy lacks files of the locked commit: {lacks}");
        findings.push(Finding::new(Code::ModelIncomplete, message));
    }
    findings
}

fn has_weights(pin: &HubModelPin) -> bool {
    pin.files.keys().any(|path| weights_format(path).is_some())
}

/// The extension of a file of weights.
fn weights_format(path: &str) -> Option<&str> {
    let weights = Role::of(path) == Role::Weights;
    let name = path.strip_suffix(".index.json").unwrap_or(path);
    weights.then(|| name.rsplit('.').next()).flatten()
}

fn own_dataset(
    path: &str,
    pin: &DatasetPin,
    evidence: &Evidence<'_>,
    ports: Ports<'_>,
) -> Vec<Finding> {
    match root(evidence) {
        Ok(root) => dataset(&root.join(path), pin, evidence, ports),
        Err(findings) => findings,
    }
}

fn copy_of_dataset(
    path: &Path,
    pin: &DatasetPin,
    evidence: &Evidence<'_>,
    ports: Ports<'_>,
) -> Vec<Finding> {
    let mut findings = dataset(path, pin, evidence, ports);
    if findings
        .iter()
        .any(|finding| finding.code == Code::LocalMissing)
    {
        let message = format!("there is no copy at `{}`", path.display());
        let finding = Finding::new(Code::LocalUnreadable, message);
        findings = vec![finding.hint("copy the dataset there")];
    }
    findings
}

fn dataset(
    path: &Path,
    pin: &DatasetPin,
    evidence: &Evidence<'_>,
    ports: Ports<'_>,
) -> Vec<Finding> {
    let files = match read(path, &BY_SHA256, Code::DatasetChanged, ports) {
        Ok(Some(files)) => files,
        Ok(None) => return missing(&path.display().to_string()),
        Err(findings) => return findings,
    };
    let sizes = files.values().map(|file| file.size);
    let bytes = sizes.fold(0, u64::saturating_add);
    let mut now = Manifest::default();
    for (path, file) in files {
        let added = file.digest.sha256().map(|digest| now.insert(path, digest));
        if let Some(Err(error)) = added {
            return vec![Finding::new(Code::DatasetChanged, error.to_string())];
        }
    }
    let digest = now.digest();
    if digest == pin.content {
        return counted_otherwise(pin, now.files().len() as u64, bytes);
    }
    let what = match (evidence.manifest)(&pin.content) {
        Some(then) => Differences::of_manifests(&then, &now).named(),
        None => "the list of the locked files is not beside the lock".to_owned(),
    };
    let place = path.display();
    let message = format!("`{place}` is not what was locked: {what}");
    let finding = Finding::new(Code::DatasetChanged, message);
    vec![finding.compare(pin.content, digest)]
}

/// The same files cannot be more or fewer, so it is the lock that is wrong.
fn counted_otherwise(pin: &DatasetPin, files: u64, bytes: u64) -> Vec<Finding> {
    if (files, bytes) == (pin.files, pin.bytes) {
        return Vec::new();
    }
    let message =
        "the files are what was locked, but the lock counts them or their bytes otherwise";
    let finding = Finding::new(Code::LockInconsistent, message);
    let counted = |files, bytes| format!("{files} files, {bytes} bytes");
    vec![finding.compare(counted(pin.files, pin.bytes), counted(files, bytes))]
}
