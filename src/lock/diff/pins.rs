//! Models, datasets and images: paired by the runs that use them, so that one that takes the
//! place of another is one change, which says what of it differs.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::change::{Affected, Leaf, Subject, Value};
use super::heads::Heads;
use super::leaves::leaves_of;
use super::rank::Rank;
use super::sides::{Both, joined};
use super::told::Told;
use crate::lock::{Lock, Locked};
use crate::model::PlannedRun;

/// What is compared of one kind of things.
pub(super) struct Things<S: 'static, P: 'static> {
    /// How weighty they are.
    pub(super) rank: Rank,
    /// The field of a run that names one.
    pub(super) field: &'static str,
    /// Where a lock has them.
    pub(super) map: fn(&Lock) -> &BTreeMap<String, Locked<S, P>>,
    /// The one that a run names.
    pub(super) named: fn(&PlannedRun) -> Option<&str>,
    /// Who else uses one, beside the runs that name it.
    pub(super) used: fn(&Lock, &PlannedRun, &str) -> bool,
    /// What else of a run differs because it names another one.
    pub(super) follows: fn(&PlannedRun, &PlannedRun) -> Vec<Leaf>,
    /// What a change is about.
    pub(super) subject: fn(String) -> Subject,
    /// What differs between two pins.
    pub(super) pins: fn(&P, &P) -> Heads,
    /// What a pin is, in one value.
    pub(super) identity: fn(&P) -> Value,
}

impl<S, P> Things<S, P>
where
    S: Clone + Serialize,
    P: Clone + Serialize,
{
    pub(super) fn tell(&self, both: &Both<'_>, told: &mut Told) {
        let [before, after] = both.sides().map(|side| (self.map)(side.lock));
        let mut lasting: [BTreeSet<&str>; 2] = Default::default();
        let mut moved: BTreeSet<&str> = BTreeSet::new();
        for (id, old, new) in both.lasting_runs() {
            let names = [(self.named)(old), (self.named)(new)];
            lasting[0].extend(names[0]);
            lasting[1].extend(names[1]);
            if names[0] != names[1] {
                moved.insert(id);
                told.tell_run(id, self.moved([before, after], names, [old, new]));
            }
        }
        let left =
            |at: usize, key: &str| lasting[at].contains(key) && !lasting[1 - at].contains(key);
        for (key, old, new) in joined(before, after) {
            let heads = match [old, new] {
                [Some(old), Some(new)] => self.differing(old, new),
                // What took its place was told.
                [Some(_), None] if left(0, key) => continue,
                [None, Some(_)] if left(1, key) => continue,
                whole => Heads::whole(self.rank, whole, |thing| self.value(thing)),
            };
            if !heads.0.is_empty() {
                let affected = self.users(both, key, &moved);
                told.tell(&(self.subject)(key.clone()), heads, &affected);
            }
        }
    }

    /// The runs that use one, but for those that use another one now.
    fn users(&self, both: &Both<'_>, key: &str, moved: &BTreeSet<&str>) -> Affected {
        let of = |lock: &Lock| {
            let runs = lock.runs.iter();
            let using = runs.filter(|(id, run)| {
                let named = (self.named)(run) == Some(key) && !moved.contains(id.as_str());
                named || (self.used)(lock, run, key)
            });
            Affected::runs(using.map(|(id, _)| id.as_str()))
        };
        of(both.old.lock).and(&of(both.new.lock))
    }

    /// A run that names another one now.
    fn moved(
        &self,
        maps: [&BTreeMap<String, Locked<S, P>>; 2],
        names: [Option<&str>; 2],
        [before, after]: [&PlannedRun; 2],
    ) -> Heads {
        let [old, new] = names.map(|name| name.map(Value::text));
        let at = |side: usize| names[side].and_then(|name| maps[side].get(name));
        let (also, implied) = match (at(0), at(1)) {
            (Some(old), Some(new)) => self.differing(old, new).flattened(),
            (old, new) => (Vec::new(), leaves_of("", old, new)),
        };
        let mut heads = Heads::default();
        heads.lead(self.rank, Leaf::between(self.field, old, new));
        heads.follow(&[self.field], self.rank, also);
        heads.follow(&[self.field], self.rank, (self.follows)(before, after));
        heads.imply(&[self.field], self.rank, implied);
        heads
    }

    fn differing(&self, old: &Locked<S, P>, new: &Locked<S, P>) -> Heads {
        let mut heads = match (&old.pin, &new.pin) {
            (Ok(old), Ok(new)) => (self.pins)(old, new).below("pin"),
            (before, after) => {
                let mut heads = Heads::default();
                heads.lead(self.rank, Leaf::of("pin", state(old), state(new)));
                let pins = [before.as_ref().ok(), after.as_ref().ok()];
                let leaves = leaves_of("pin", pins[0], pins[1]);
                heads.imply(&["pin"], self.rank, leaves);
                heads
            }
        };
        let source = leaves_of("source", Some(&old.source), Some(&new.source));
        heads.follow_rank(self.rank, source);
        heads
    }

    fn value(&self, locked: &Locked<S, P>) -> Value {
        match &locked.pin {
            Ok(pin) => (self.identity)(pin),
            Err(_) => state(locked),
        }
    }
}

/// In words, whether it is resolved.
fn state<S, P>(locked: &Locked<S, P>) -> Value {
    match &locked.pin {
        Ok(_) => Value::text("resolved"),
        Err(code) => Value::Text(format!("unresolved ({code})")),
    }
}
