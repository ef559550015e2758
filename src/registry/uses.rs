//! Who refers to what: the fields by which a run comes to its entries, and these to packages.

use std::collections::{BTreeMap, BTreeSet};

use super::link::{RunLinks, RunPlace};
use crate::model::{EntryRef, Kind};

/// What a run refers to, field by field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunUses {
    /// Whether it is written inside of the experiment, and so is no entry of its own.
    pub inline: bool,
    /// The entries that it names, each with the field that does.
    pub entries: BTreeMap<EntryRef, &'static str>,
    /// The packages that these name.
    pub packages: BTreeSet<PackageUse>,
}

/// A package that an entry names, in one environment of a run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PackageUse {
    /// The entry.
    pub by: EntryRef,
    /// The field of it that names the package: `required_packages`,
    /// `specialized_adapters[0].package`.
    pub field: String,
    /// The package by its key in the plan.
    pub package: String,
    /// The environment by its id.
    pub environment: String,
}

impl RunUses {
    /// The entries of a run, as far as they exist; its packages are added stage by stage.
    pub(super) fn of(place: &RunPlace<'_>, links: &RunLinks<'_>) -> Self {
        let mut entries = BTreeMap::new();
        let mut add = |kind, id: &str, field| entries.insert(EntryRef::new(kind, id), field);
        if let Some(task) = links.task {
            add(Kind::Tasks, &task.id, "ml_task");
        }
        if let Some(dataset) = links.dataset {
            add(Kind::Datasets, &dataset.id, "dataset");
        }
        if let Some(framework) = links.framework {
            add(Kind::Frameworks, &framework.id, "model.framework");
        }
        for metric in &links.metrics {
            add(Kind::Metrics, &metric.id, "metrics");
        }
        for report in &links.reports {
            add(Kind::Reports, &report.id, "reports");
        }
        Self {
            inline: place.holder.kind == Kind::Experiments,
            entries,
            packages: BTreeSet::new(),
        }
    }
}
