//! An installed Python environment against one environment of a lock.
//!
//! What each distribution lists of itself (`RECORD`) is held against the files, which tells what
//! was edited since it was installed. Who edits a file can edit the list as well: with the lists
//! inside of the locked wheels (`deep`) that is told too.

mod deep;
mod files;
mod origin;
mod seeds;
mod unowned;

use std::collections::{BTreeMap, BTreeSet};

use pep508_rs::PackageName;

use crate::finding::{Code, Finding, Layer, Report, Severity};
use crate::lock::{Closure, Lock, LockedEnvironment, LockedPackage, Selected};
use crate::model::{Dist, Installed, InstalledDist, Manifest, Sha256Digest};
use crate::remote::Ports;

/// An environment of a lock, and what is installed for it.
pub struct InstalledEvidence<'a> {
    /// The environment's id.
    pub id: &'a str,
    /// What is locked.
    pub environment: &'a LockedEnvironment,
    /// What it holds.
    pub closure: &'a Closure,
    /// What is installed.
    pub installed: &'a Installed,
    /// Reads the list of files that was kept of a pinned source.
    pub manifest: &'a (dyn Fn(&Sha256Digest) -> Option<Manifest> + Sync),
    /// Asks for the lists inside of the locked wheels; none leaves them unasked.
    pub wheels: Option<Ports<'a>>,
}

/// Holds what is installed against what is locked.
pub fn installed(lock: &Lock, evidence: &InstalledEvidence<'_>) -> Report {
    let mut report = Report::default();
    let held = Held::of(evidence.installed);
    let owners = files::Owners::of(evidence.installed);
    let subject = format!("environments/{}", evidence.id);
    report.check(
        Layer::Environment,
        &subject,
        surroundings(evidence, &held, &owners),
    );
    if let Some(finding) = python_unknown(evidence.installed) {
        let subject = format!("{subject}/python");
        report.check(Layer::Environment, subject, vec![finding]);
    }
    if evidence.installed.is_base {
        let message = "it is no virtual environment, so Python also imports packages of its user, which were not looked at";
        let finding = Finding::new(Code::NotRecorded, message).hint("set `PYTHONNOUSERSITE=1`");
        let subject = format!("{subject}/user");
        report.check(Layer::Environment, subject, vec![finding]);
    }
    if let Some(finding) = evidence
        .wheels
        .and_then(|_| deep::programs(evidence.installed))
    {
        let subject = format!("{subject}/programs");
        report.check(Layer::Environment, subject, vec![finding]);
    }
    if let Some(finding) = unowned::bytecode(evidence.installed) {
        let subject = format!("{subject}/bytecode");
        report.check(Layer::Environment, subject, vec![finding]);
    }
    let lists = evidence
        .wheels
        .map(|ports| deep::lists(lock, evidence, &held, ports))
        .unwrap_or_default();
    for (dist, selected) in &evidence.closure.distributions {
        let one = One {
            lock,
            evidence,
            dist,
            selected,
            owners: &owners,
            lists: &lists,
        };
        let findings = one.findings(&held);
        report.check(
            Layer::Environment,
            format!("distributions/{dist}"),
            findings,
        );
    }
    for (dist, found) in extras(evidence, &held) {
        let mut findings = vec![seeds::extra(dist)];
        findings.extend(files::findings(evidence.installed, &owners, found));
        report.check(
            Layer::Environment,
            format!("distributions/{dist}"),
            findings,
        );
    }
    report.sort();
    report
}

/// What is installed, by name; those whose names are not known apart.
struct Held<'a> {
    named: BTreeMap<&'a PackageName, Vec<(&'a Dist, &'a InstalledDist)>>,
    nameless: Vec<(&'a InstalledDist, &'a str)>,
}

impl<'a> Held<'a> {
    fn of(installed: &'a Installed) -> Self {
        let mut held = Self {
            named: BTreeMap::new(),
            nameless: Vec::new(),
        };
        for found in &installed.distributions {
            match &found.stated {
                Ok(dist) => held
                    .named
                    .entry(&dist.name)
                    .or_default()
                    .push((dist, found)),
                Err(reason) => held.nameless.push((found, reason)),
            }
        }
        held
    }

    fn of_name(&self, name: &PackageName) -> &[(&'a Dist, &'a InstalledDist)] {
        self.named.get(name).map_or(&[], Vec::as_slice)
    }
}

/// What is said of the environment as a whole.
fn surroundings(
    evidence: &InstalledEvidence<'_>,
    held: &Held<'_>,
    owners: &files::Owners<'_>,
) -> Vec<Finding> {
    let installed = evidence.installed;
    let mut findings = Vec::new();
    let wanted = evidence.environment.asked.target.python();
    if let Some(python) = &installed.python
        && !same_python(wanted, python)
    {
        let message = format!("the environment is for Python {python}");
        findings.push(Finding::new(Code::PythonDiffers, message).compare(wanted, python));
    }
    if installed.sees_base {
        let message = "the environment also imports the packages of its base installation, which were not looked at";
        findings.push(Finding::new(Code::BasePackagesVisible, message));
    }
    for (found, reason) in &held.nameless {
        let message = format!("what `{}` is cannot be read: {reason}", found.place);
        findings.push(Finding::new(Code::DistributionUnreadable, message));
    }
    findings.extend(files::shadowed(owners));
    let locked = evidence.closure.distributions.keys();
    let locked = locked.map(|dist| &dist.name).collect();
    findings.extend(unowned::findings(installed, &locked));
    findings
}

/// As far as both are known: `3.11` is the same as `3.11.4`.
fn same_python(wanted: &str, found: &str) -> bool {
    wanted.split('.').zip(found.split('.')).all(|(a, b)| a == b)
}

fn python_unknown(installed: &Installed) -> Option<Finding> {
    let message = "the directory does not tell for which Python it is";
    installed
        .python
        .is_none()
        .then(|| Finding::new(Code::NotRecorded, message))
}

/// Every distribution that is not locked.
fn extras<'a>(
    evidence: &InstalledEvidence<'_>,
    held: &Held<'a>,
) -> Vec<(&'a Dist, &'a InstalledDist)> {
    let locked = evidence.closure.distributions.keys();
    let locked: BTreeSet<_> = locked.map(|dist| &dist.name).collect();
    let named = held.named.iter();
    named
        .filter(|(name, _)| !locked.contains(*name))
        .flat_map(|(_, found)| found.iter().copied())
        .collect()
}

/// One locked distribution.
struct One<'a> {
    lock: &'a Lock,
    evidence: &'a InstalledEvidence<'a>,
    dist: &'a Dist,
    selected: &'a Selected,
    owners: &'a files::Owners<'a>,
    lists: &'a deep::Lists<'a>,
}

impl<'a> One<'a> {
    fn findings(&self, held: &Held<'_>) -> Vec<Finding> {
        let found = held.of_name(&self.dist.name);
        let mut findings = Vec::new();
        if found.is_empty() {
            let message = format!("`{}` is not installed", self.dist);
            return vec![Finding::new(Code::DistributionMissing, message)];
        }
        if found.len() > 1 {
            let places: Vec<_> = found
                .iter()
                .map(|(_, it)| format!("`{}`", it.place))
                .collect();
            let message = format!(
                "`{}` is installed {} times, and only one of them is imported: {}",
                self.dist.name,
                found.len(),
                places.join(", ")
            );
            findings.push(Finding::new(Code::DistributionDuplicated, message));
        }
        for (dist, it) in found {
            findings.extend(self.version(dist, it));
            findings.extend(origin::findings(self, it));
            findings.extend(files::findings(self.evidence.installed, self.owners, it));
            if let Some(list) = self.lists.get(self.dist) {
                findings.extend(deep::findings(self, it, list));
            }
        }
        findings
    }

    /// Some builds tell their version only when they are built, and the lock then has none.
    fn version(&self, found: &Dist, it: &InstalledDist) -> Option<Finding> {
        let (locked, there) = (self.dist.version.as_ref()?, found.version.as_ref()?);
        (locked != there).then(|| {
            let message = format!("`{}` says that it is `{found}`", it.place);
            let finding = Finding::new(Code::DistributionVersionDiffers, message);
            finding.compare(locked, there)
        })
    }

    /// The package that is installed here, where it is no file of an index.
    fn package(&self) -> Option<&'a LockedPackage> {
        match self.selected {
            Selected::Package(key) => self.lock.packages.get(key),
            Selected::File(_) => None,
        }
    }

    /// The file of an index that is installed here.
    fn file(&self) -> Option<(&'a str, Sha256Digest)> {
        match self.selected {
            Selected::File(name) => {
                let release = self.lock.distributions.get(self.dist)?;
                Some((name, *release.files.get(name)?))
            }
            Selected::Package(_) => None,
        }
    }
}

/// As many names as can be read.
fn named<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    super::differences::names(&names.into_iter().collect())
}

/// A finding of lesser weight, which is no drift by itself.
fn warning(code: Code, message: String) -> Finding {
    let mut finding = Finding::new(code, message).with_severity(Severity::Warning);
    finding.verdict = None;
    finding
}
