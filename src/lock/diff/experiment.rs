//! The experiment, and what its environments are locked for.

use std::collections::BTreeSet;

use super::change::{Leaf, Subject, Value};
use super::heads::Heads;
use super::leaves::list_leaves;
use super::rank::Rank;
use super::sides::{Both, pair_up};
use super::told::Told;
use crate::lock::{Lock, LockedExperiment};
use crate::model::Target;

/// What was told of targets, which environments and the experiment's own entry repeat.
#[derive(Default)]
pub(super) struct TargetsTold {
    leaves: BTreeSet<(String, Option<String>, Option<String>)>,
    whole: Vec<Target>,
}

impl TargetsTold {
    /// Whether the same difference was told.
    pub(super) fn has(&self, leaf: &Leaf) -> bool {
        self.leaves.contains(&Self::key(leaf))
    }

    /// Whether a target was told to have come or gone.
    pub(super) fn has_whole(&self, target: &Target) -> bool {
        self.whole.iter().any(|told| told.same_place(target))
    }

    fn note(&mut self, heads: &Heads) {
        for head in &heads.0 {
            self.leaves.insert(Self::key(&head.leaf));
        }
    }

    fn key(leaf: &Leaf) -> (String, Option<String>, Option<String>) {
        let text = |side: &Option<Value>| side.as_ref().map(Value::bare);
        (leaf.field.clone(), text(&leaf.old), text(&leaf.new))
    }
}

pub(super) fn tell(both: &Both<'_>, told: &mut Told) -> TargetsTold {
    let (old, new) = (&both.old.lock.experiment, &both.new.lock.experiment);
    let LockedExperiment {
        id,
        name,
        file,
        run_mode,
        target,
    } = old;
    let mut heads = Heads::default();
    heads.lead(Rank::Metadata, Leaf::words("id", id, &new.id));
    heads.lead(Rank::Metadata, Leaf::words("name", name, &new.name));
    heads.lead(Rank::Metadata, Leaf::words("file", file, &new.file));
    heads.lead(
        Rank::Engine,
        Leaf::words("run_mode", run_mode, &new.run_mode),
    );
    let all = both.all_runs();
    told.tell(&Subject::Experiment, heads, &all);
    let mut targets = TargetsTold::default();
    for (old, new) in pair_targets(target, &new.target) {
        let heads = match (old, new) {
            (Some(old), Some(new)) => target_leaves(old, new),
            whole => {
                let [old, new]: [Option<&Target>; 2] = whole.into();
                targets.whole.extend(old.or(new).cloned());
                let mut heads = Heads::default();
                let [old, new] = [old, new].map(|target| target.map(Value::text));
                heads.lead(Rank::Image, Leaf::between("", old, new));
                heads
            }
        };
        targets.note(&heads);
        told.tell(&Subject::Experiment, heads.below("target"), &all);
    }
    targets
}

/// Targets belong together where they are for the same place, else for the same platform or
/// Python, else by their order.
fn pair_targets<'a>(
    old: &'a [Target],
    new: &'a [Target],
) -> Vec<(Option<&'a Target>, Option<&'a Target>)> {
    let likenesses =
        [place, platform, python].map(|like| move |target: &Target| Some(like(target)));
    let [place, platform, python] = &likenesses;
    pair_up(old, new, &[place, platform, python])
}

/// Everything of a target but when it was locked, as a text that is the same for equal ones.
pub(super) fn place(target: &Target) -> String {
    let mut words = vec![target.to_string()];
    words.extend(target.constraints.iter().map(|limit| format!("c {limit}")));
    words.extend(target.overrides.iter().map(|limit| format!("o {limit}")));
    words.join("\n")
}

pub(super) fn platform(target: &Target) -> String {
    target.platform().to_string()
}

pub(super) fn python(target: &Target) -> String {
    target.python().to_owned()
}

/// What differs between two targets.
pub(super) fn target_leaves(old: &Target, new: &Target) -> Heads {
    let mut heads = Heads::default();
    heads.lead(
        Rank::Image,
        Leaf::words("python", old.python(), new.python()),
    );
    let platform = Leaf::words("platform", old.platform(), new.platform());
    heads.lead(Rank::Image, platform);
    let constraints = list_leaves("constraints", &old.constraints, &new.constraints);
    heads.lead(Rank::Direct, constraints);
    heads.lead(
        Rank::Direct,
        list_leaves("overrides", &old.overrides, &new.overrides),
    );
    // What it hides is seen in what was locked; by itself it moves nothing.
    let instants = [&old.exclude_newer, &new.exclude_newer].map(|instant| instant.as_ref());
    let exclude_newer = Leaf::optional("exclude_newer", instants[0], instants[1]);
    heads.lead(Rank::Metadata, exclude_newer);
    heads
}

/// What a lock says of itself.
pub(super) fn tell_lock(both: &Both<'_>, told: &mut Told) {
    let instant = |lock: &Lock| lock.resolved_at.as_ref().map(Value::text);
    let (old, new) = (both.old.lock, both.new.lock);
    let mut heads = Heads::default();
    heads.lead(
        Rank::Metadata,
        Leaf::between("resolved_at", instant(old), instant(new)),
    );
    heads.lead(
        Rank::Metadata,
        Leaf::words("generator", &old.generator, &new.generator),
    );
    told.tell(&Subject::Lock, heads, &both.all_runs());
}
