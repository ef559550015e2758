//! The way from an environment's roots to everything that they require.
//!
//! What an installer does is what counts: markers are evaluated for the environment's target. An
//! extra brings in what applies with it alone, also where several extras are asked for; an
//! override takes the place of every requirement on its distribution and leaves nothing of it but
//! the extra that it belongs to (as uv has it). Whether what is required is there, and fits, is
//! not asked here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use pep508_rs::{ExtraName, MarkerEnvironment, PackageName};

use super::{Closure, Lock, LockedEnvironment, LockedPackage, Selected};
use crate::model::{CoreMetadata, Dist, Pin, Requirement};

/// A distribution that an environment holds.
#[derive(Clone, Copy)]
pub(super) struct Held<'a> {
    pub(super) dist: &'a Dist,
    pub(super) selected: &'a Selected,
    /// None where the lock does not have it.
    pub(super) metadata: Option<&'a CoreMetadata>,
}

/// The distributions by name; of two with one name the first.
pub(super) type HeldByName<'a> = BTreeMap<&'a PackageName, Held<'a>>;

/// One requirement on the way: who asked, what for, what holds instead, and what is there.
pub(super) struct Asked<'a> {
    pub(super) by: &'a Dist,
    /// The extra of `by` without which it would not have been asked.
    pub(super) extra: Option<&'a ExtraName>,
    pub(super) requirement: &'a Requirement,
    pub(super) instead: Option<&'a Requirement>,
    /// None where nothing of that name is there.
    pub(super) answer: Option<Held<'a>>,
}

impl<'a> Asked<'a> {
    /// The requirement that counts.
    pub(super) fn in_force(&self) -> &'a Requirement {
        self.instead.unwrap_or(self.requirement)
    }
}

impl fmt::Display for Asked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` requires `{}`", self.by, self.requirement)?;
        match self.instead {
            Some(instead) => write!(f, ", for which the override `{instead}` holds"),
            None => Ok(()),
        }
    }
}

/// A distribution without extras, or what one of its extras adds to it.
type Stop<'a> = (&'a PackageName, Option<&'a ExtraName>);

/// What was met on the way.
pub(super) struct Walk<'a> {
    pub(super) markers: MarkerEnvironment,
    pub(super) held: HeldByName<'a>,
    /// Every requirement that holds, in the order in which they were met.
    pub(super) asked: Vec<Asked<'a>>,
    overrides: BTreeMap<&'a PackageName, Vec<&'a Requirement>>,
    seen: BTreeSet<Stop<'a>>,
    ahead: Vec<Stop<'a>>,
}

impl<'a> Walk<'a> {
    /// Goes all the way.
    pub(super) fn through(
        lock: &'a Lock,
        environment: &'a LockedEnvironment,
        closure: &'a Closure,
    ) -> Self {
        let target = &environment.asked.target;
        let mut overrides: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for requirement in &target.overrides {
            let same = overrides.entry(requirement.name()).or_default();
            same.push(requirement);
        }
        let mut walk = Self {
            markers: target.marker_environment(),
            held: held(lock, closure),
            asked: Vec::new(),
            overrides,
            seen: BTreeSet::new(),
            ahead: Vec::new(),
        };
        for (_, package) in roots(lock, environment) {
            walk.begin(package);
        }
        walk.go_on();
        walk
    }

    /// Whether the way led to a distribution.
    pub(super) fn leads_to(&self, held: &Held<'_>) -> bool {
        self.seen.contains(&(&held.dist.name, None))
    }

    /// Begins at a root.
    fn begin(&mut self, package: &'a LockedPackage) {
        if let (Some(dist), Some(extras)) = (&package.distribution, self.extras_of_root(package)) {
            self.reach(&dist.name, extras);
        }
    }

    /// The extras that are asked for of a root; none where it is not asked for at all. To a
    /// resolver it is a requirement like others, so overrides hold for it.
    pub(super) fn extras_of_root(
        &self,
        package: &'a LockedPackage,
    ) -> Option<BTreeSet<&'a ExtraName>> {
        let dist = package.distribution.as_ref()?;
        let Some(overrides) = self.overrides.get(&dist.name) else {
            return Some(match &package.pin {
                Pin::Pypi(pin) => pin.extras.iter().collect(),
                Pin::Git(_) | Pin::Local(_) => BTreeSet::new(),
            });
        };
        let mut holding = overrides
            .iter()
            .filter(|instead| instead.applies(&self.markers, &[]))
            .peekable();
        holding.peek()?;
        Some(holding.flat_map(|instead| instead.extras()).collect())
    }

    fn reach(&mut self, name: &'a PackageName, extras: impl IntoIterator<Item = &'a ExtraName>) {
        let extras = extras.into_iter().map(Some);
        for extra in std::iter::once(None).chain(extras) {
            if self.seen.insert((name, extra)) {
                self.ahead.push((name, extra));
            }
        }
    }

    fn go_on(&mut self) {
        while let Some((name, extra)) = self.ahead.pop() {
            let Some(held) = self.held.get(name).copied() else {
                continue;
            };
            for requirement in held.metadata.into_iter().flat_map(|it| &it.requires) {
                self.follow(held.dist, requirement, extra);
            }
        }
    }

    /// Goes where a requirement leads, if it applies with this extra and not without any.
    fn follow(&mut self, by: &'a Dist, requirement: &'a Requirement, extra: Option<&'a ExtraName>) {
        let extras = extra.map(std::slice::from_ref).unwrap_or_default();
        let Some(overrides) = self.overrides.get(requirement.name()).cloned() else {
            let again = extra.is_some() && requirement.applies(&self.markers, &[]);
            if !again && requirement.applies(&self.markers, extras) {
                self.ask((by, extra), requirement, None);
            }
            return;
        };
        if requirement.needed_extra().as_ref() != extra {
            return;
        }
        for instead in overrides {
            if instead.applies(&self.markers, extras) {
                self.ask((by, extra), requirement, Some(instead));
            }
        }
    }

    fn ask(
        &mut self,
        (by, extra): (&'a Dist, Option<&'a ExtraName>),
        requirement: &'a Requirement,
        instead: Option<&'a Requirement>,
    ) {
        let holds = instead.unwrap_or(requirement);
        let answer = self.held.get(holds.name()).copied();
        if answer.is_some() {
            self.reach(holds.name(), holds.extras());
        }
        self.asked.push(Asked {
            by,
            extra,
            requirement,
            instead,
            answer,
        });
    }
}

/// The packages that an environment asks for, by their keys.
pub(super) fn roots<'a>(
    lock: &'a Lock,
    environment: &'a LockedEnvironment,
) -> impl Iterator<Item = (&'a str, &'a LockedPackage)> {
    let roots = environment.asked.roots.iter();
    roots.filter_map(|key| Some((key.as_str(), lock.packages.get(key)?)))
}

fn held<'a>(lock: &'a Lock, closure: &'a Closure) -> HeldByName<'a> {
    let mut held = HeldByName::new();
    for (dist, selected) in &closure.distributions {
        held.entry(&dist.name).or_insert_with(|| Held {
            dist,
            selected,
            metadata: lock.metadata_of(dist, selected),
        });
    }
    held
}
