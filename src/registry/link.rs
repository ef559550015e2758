//! Cross-references between entries, and what they must agree on.

use super::decode::{Placed, nearest};
use super::{
    Component, Dataset, Entries, Entry, EntryFiles, Framework, Member, Registry, Run, Task,
};
use crate::finding::{Code, Finding, Severity};
use crate::model::{EntryRef, Kind, without_credentials};

/// A run, wherever it is written.
#[derive(Clone, Copy)]
pub(super) struct RunPlace<'a> {
    /// The entry that holds it: itself, or the experiment around an inline run.
    pub(super) holder: &'a EntryRef,
    pub(super) files: &'a EntryFiles,
    pub(super) id: &'a str,
    pub(super) run: &'a Run,
}

/// The entries that a run refers to, as far as they exist.
#[derive(Default)]
pub(super) struct RunLinks<'a> {
    pub(super) task: Option<&'a Entry<Task>>,
    pub(super) dataset: Option<&'a Entry<Dataset>>,
    pub(super) framework: Option<&'a Entry<Framework>>,
    pub(super) metrics: Vec<&'a Entry<Component>>,
    pub(super) reports: Vec<&'a Entry<Component>>,
}

/// The path that an element of `tasks` names, relative to the project root; none for an id.
pub(super) fn run_path(text: &str) -> Option<String> {
    let is_path = text.contains('/') || text.strip_suffix(".yaml").is_some();
    is_path.then(|| {
        let parts: Vec<_> = text
            .split('/')
            .filter(|part| !matches!(*part, "" | "."))
            .collect();
        parts.join("/")
    })
}

/// The id of the entry that a file holds.
pub(super) fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".yaml").unwrap_or(name)
}

/// The id of the run that an element of `tasks` names.
pub(super) fn run_id(text: &str) -> String {
    run_path(text).map_or_else(|| text.to_owned(), |path| stem(&path).to_owned())
}

/// Where a reference stands, and where to report what is wrong with it.
pub(super) struct Linker<'a, 'out> {
    pub(super) registry: &'a Registry,
    pub(super) holder: &'a EntryRef,
    pub(super) files: &'a EntryFiles,
    pub(super) findings: &'out mut Vec<Finding>,
}

impl<'a> Linker<'a, '_> {
    pub(super) fn report(
        &mut self,
        code: Code,
        text: &Placed<String>,
        message: &str,
    ) -> &mut Finding {
        let finding = Finding::new(code, without_credentials(message))
            .about(self.holder)
            .at(self.files.locate(text.mark));
        self.findings.push(finding);
        self.findings.last_mut().expect("it was pushed just now")
    }

    /// The entry that a reference means: by id, else by a name that only one entry has.
    pub(super) fn find<T>(
        &mut self,
        kind: Kind,
        entries: &'a Entries<T>,
        text: &Placed<String>,
    ) -> Option<&'a Entry<T>> {
        if let Some(entry) = entries.get(&text.value) {
            return Some(entry);
        }
        let reference = EntryRef::new(kind, &text.value);
        if self.registry.broken.contains(&reference) {
            return None;
        }
        let noun = kind.noun();
        let mut named = entries.values().filter(|entry| entry.name == text.value);
        match (named.next(), named.next()) {
            (Some(entry), None) => {
                let message = format!("{noun} `{}` is referred to by name, not by id", text.value);
                let finding = self.report(Code::ReferenceByName, text, &message);
                finding.hint = Some(format!("write `{}`", entry.id));
                Some(entry)
            }
            (Some(one), Some(two)) => {
                let message = format!(
                    "more than one {noun} has the name `{}`: `{}` and `{}`",
                    text.value, one.id, two.id
                );
                self.report(Code::AmbiguousReference, text, &message);
                None
            }
            (None, _) => {
                let near = nearest(&text.value, entries.keys().map(String::as_str));
                let hint = near.map(|near| format!("did you mean `{near}`?"));
                let message = format!("there is no {noun} `{}` in the registry", text.value);
                suggest(self.report(Code::DanglingReference, text, &message), hint);
                None
            }
        }
    }

    fn find_package(&mut self, text: Option<&Placed<String>>) {
        if let Some(text) = text {
            self.find(Kind::Packages, &self.registry.packages, text);
        }
    }
}

impl Registry {
    /// Reports every reference that does not hold, in every entry.
    pub(super) fn link_all(&self, findings: &mut Vec<Finding>) {
        for (id, entry) in &self.experiments {
            self.link_experiment(&EntryRef::new(Kind::Experiments, id), entry, findings);
        }
        self.link_runs(findings);
        self.link_packages(findings);
        self.link_tasks(findings);
    }

    /// What is wrong with an experiment and the runs that are here: references that do not hold,
    /// and what their tasks do not support.
    pub fn experiment_findings(&self, id: &str) -> Vec<Finding> {
        let mut findings = Vec::new();
        let holder = EntryRef::new(Kind::Experiments, id);
        if let Some(entry) = self.experiments.get(id) {
            self.link_experiment(&holder, entry, &mut findings);
        }
        self.link_runs(&mut findings);
        findings
    }

    fn link_runs(&self, findings: &mut Vec<Finding>) {
        for (id, entry) in &self.runs {
            let holder = EntryRef::new(Kind::Runs, id);
            let place = RunPlace {
                holder: &holder,
                files: &entry.files,
                id,
                run: &entry.body,
            };
            self.link_run(place, findings);
        }
    }

    fn link_experiment(
        &self,
        holder: &EntryRef,
        entry: &Entry<super::Experiment>,
        findings: &mut Vec<Finding>,
    ) {
        let mut seen = std::collections::BTreeSet::new();
        for member in &entry.body.tasks {
            let mut linker = Linker {
                registry: self,
                holder,
                files: &entry.files,
                findings,
            };
            let (id, mark) = match member {
                Member::Inline { id, mark, run } => {
                    let place = RunPlace {
                        holder,
                        files: &entry.files,
                        id,
                        run,
                    };
                    self.link_run(place, findings);
                    (id.clone(), *mark)
                }
                Member::Reference(text) => match linker.find_run(text) {
                    Some(run) => (run.id.clone(), text.mark),
                    None => continue,
                },
            };
            if !seen.insert(id.clone()) {
                let message = format!("the experiment has two runs with the id `{id}`");
                let finding = Finding::new(Code::DuplicateRun, message)
                    .about(holder)
                    .at(entry.files.locate(mark));
                findings.push(finding);
            }
        }
    }

    fn link_packages(&self, findings: &mut Vec<Finding>) {
        let components = [
            (Kind::Metrics, &self.metrics),
            (Kind::Reports, &self.reports),
        ];
        for (kind, entries) in components {
            for (id, entry) in entries {
                let holder = EntryRef::new(kind, id);
                self.linker(&holder, &entry.files, findings)
                    .find_package(entry.body.package.as_ref());
            }
        }
        for (id, entry) in &self.datasets {
            let holder = EntryRef::new(Kind::Datasets, id);
            self.linker(&holder, &entry.files, findings)
                .find_package(entry.body.package.as_ref());
        }
        for (id, entry) in &self.frameworks {
            let holder = EntryRef::new(Kind::Frameworks, id);
            let mut linker = self.linker(&holder, &entry.files, findings);
            linker.find_package(Some(&entry.body.default_adapter_package));
            for adapter in &entry.body.specialized_adapters {
                linker.find_package(Some(&adapter.package));
            }
        }
    }

    fn link_tasks(&self, findings: &mut Vec<Finding>) {
        for (id, entry) in &self.tasks {
            let holder = EntryRef::new(Kind::Tasks, id);
            for text in &entry.body.required_packages {
                self.linker(&holder, &entry.files, findings)
                    .find_required(text);
            }
            let before = findings.len();
            let mut linker = self.linker(&holder, &entry.files, findings);
            for text in &entry.body.supported_metrics {
                linker.find(Kind::Metrics, &self.metrics, text);
            }
            for text in &entry.body.supported_reports {
                linker.find(Kind::Reports, &self.reports, text);
            }
            // A task may allow what this registry does not have; only a run that asks is wrong.
            for finding in &mut findings[before..] {
                finding.severity = finding.severity.min(Severity::Warning);
            }
        }
    }

    pub(super) fn linker<'a, 'out>(
        &'a self,
        holder: &'a EntryRef,
        files: &'a EntryFiles,
        findings: &'out mut Vec<Finding>,
    ) -> Linker<'a, 'out> {
        Linker {
            registry: self,
            holder,
            files,
            findings,
        }
    }

    /// Resolves the references of a run and reports those that do not hold or do not agree.
    pub(super) fn link_run<'a>(
        &'a self,
        place: RunPlace<'a>,
        findings: &mut Vec<Finding>,
    ) -> RunLinks<'a> {
        let run = place.run;
        let mut linker = self.linker(place.holder, place.files, findings);
        let links = RunLinks {
            task: linker.find(Kind::Tasks, &self.tasks, &run.ml_task),
            dataset: linker.find(Kind::Datasets, &self.datasets, &run.dataset),
            framework: linker.find_framework(&run.model.framework),
            metrics: linker.find_each(Kind::Metrics, &self.metrics, &run.metrics),
            reports: linker.find_each(Kind::Reports, &self.reports, &run.reports),
        };
        if let Some(task) = links.task {
            linker.check_support(place, task, &links);
        }
        links
    }
}

impl<'a> Linker<'a, '_> {
    fn find_each(
        &mut self,
        kind: Kind,
        entries: &'a Entries<Component>,
        texts: &[Placed<String>],
    ) -> Vec<&'a Entry<Component>> {
        texts
            .iter()
            .filter_map(|text| self.find(kind, entries, text))
            .collect()
    }

    /// A run by id, by the path of its file, or by name.
    pub(super) fn find_run(&mut self, text: &Placed<String>) -> Option<&'a Entry<Run>> {
        let by_id = Placed {
            value: run_id(&text.value),
            mark: text.mark,
        };
        let run = self.find(Kind::Runs, &self.registry.runs, &by_id)?;
        let base = &run.files.base;
        if let Some(path) = run_path(&text.value)
            && !base.as_os_str().is_empty()
            && base.as_path() != std::path::Path::new(&path)
        {
            let message = format!(
                "`{path}` is not read: the run `{}` is already that of `{}`",
                run.id,
                base.display()
            );
            self.report(Code::DuplicateRun, text, &message);
            return None;
        }
        Some(run)
    }

    /// Frameworks may be left out of a registry; then no adapter package is known.
    fn find_framework(&mut self, text: &Placed<String>) -> Option<&'a Entry<Framework>> {
        let entries = &self.registry.frameworks;
        let by_name = || entries.values().any(|entry| entry.name == text.value);
        let broken = EntryRef::new(Kind::Frameworks, &text.value);
        if entries.contains_key(&text.value) || by_name() || self.registry.broken.contains(&broken)
        {
            return self.find(Kind::Frameworks, entries, text);
        }
        let near = nearest(&text.value, entries.keys().map(String::as_str));
        let hint = near.map(|near| format!("did you mean `{near}`?"));
        let message = format!("framework `{}` has no entry in the registry", text.value);
        suggest(self.report(Code::FrameworkUndefined, text, &message), hint);
        None
    }

    /// A name that no registry package has is a requirement; one that is nearly a package's id is
    /// more probably misspelt, and installing what has that name on an index is dangerous.
    fn find_required(&mut self, text: &Placed<String>) {
        let packages = &self.registry.packages;
        let known = packages.contains_key(&text.value)
            || packages.values().any(|entry| entry.name == text.value)
            || self
                .registry
                .broken
                .contains(&EntryRef::new(Kind::Packages, &text.value));
        if known {
            self.find(Kind::Packages, packages, text);
            return;
        }
        if let Err(reason) = super::stages::requirement(&text.value) {
            let message = format!(
                "`{}` is no package and no requirement: {reason}",
                text.value
            );
            self.report(Code::InvalidValue, text, &message);
        }
        if let Some(near) = nearest(&text.value, packages.keys().map(String::as_str)) {
            let message = format!(
                "`{}` is no package of the registry and is taken from the package index",
                text.value
            );
            let finding = self.report(Code::ImplicitRequirement, text, &message);
            finding.hint = Some(format!("did you mean `{near}`?"));
        }
    }
}

/// A suggestion is better than the code's own hint.
fn suggest(finding: &mut Finding, hint: Option<String>) {
    if hint.is_some() {
        finding.hint = hint;
    }
}
