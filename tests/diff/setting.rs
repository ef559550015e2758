//! A lock that has something of everything, and what may be done to it.

use serde_json::{Value as Json, json};
use vhb::lock::Lock;
use vhb::lock::diff::{Affected, Change, Diff, Leaf, Rank, Value};
use vhb::model::canonical_digest;

/// Three runs, one of them written inside of the experiment, for two targets: packages, models and
/// datasets of every kind, some of them unresolved, and `numpy` in two versions.
const RICH: &str = include_str!("rich.lock.json");

pub(crate) fn rich() -> Json {
    serde_json::from_str(RICH).unwrap()
}

/// The lock that some JSON is; none where it is none.
pub(crate) fn lock(json: &Json) -> Option<Lock> {
    Lock::from_bytes(json.to_string().as_bytes()).ok()
}

/// `rank subject field old -> new (where)` of every change, with `+` before what follows.
pub(crate) fn told(diff: &Diff) -> Vec<String> {
    let all = diff.groups.iter();
    let all = all.flat_map(|group| group.changes.iter().map(|change| line(group.rank, change)));
    all.collect()
}

fn line(rank: Rank, change: &Change) -> String {
    let also = change.also.iter().map(|leaf| format!(" +{}", words(leaf)));
    let (about, places) = (change.about(), places(&change.affected));
    let leaf = words(&change.leaf);
    format!(
        "{rank} {about}{leaf}{} ({places})",
        also.collect::<String>()
    )
}

fn words(leaf: &Leaf) -> String {
    let side = |value: &Option<Value>| match value {
        None => "-".to_owned(),
        Some(value) => {
            let text = value.to_string();
            let digest = text.trim_matches('"').rsplit([':', ' ']).next().unwrap();
            let long = digest.len() >= 40 && digest.bytes().all(|b| b.is_ascii_hexdigit());
            if long {
                text.replace(digest, &digest[..8])
            } else {
                text
            }
        }
    };
    format!(" {} {} -> {}", leaf.field, side(&leaf.old), side(&leaf.new))
}

fn places(affected: &Affected) -> String {
    let runs = affected.runs.iter().cloned().collect::<Vec<_>>().join(",");
    let runs = if affected.all_runs {
        "all".to_owned()
    } else {
        runs
    };
    let stages: Vec<_> = affected.stages.iter().map(ToString::to_string).collect();
    let partly = if affected.partly { " partly" } else { "" };
    format!("{runs}:{}{partly}", stages.join(","))
}

/// The same with old and new exchanged, and in an order that does not depend on which is which.
pub(crate) fn mirrored(diff: &Diff) -> Vec<String> {
    let turned = |leaf: &Leaf| Leaf {
        field: leaf.field.clone(),
        old: leaf.new.clone(),
        new: leaf.old.clone(),
    };
    ordered(diff, |change| Change {
        subject: change.subject.clone(),
        leaf: turned(&change.leaf),
        also: change.also.iter().map(turned).collect(),
        implied: change.implied.iter().map(turned).collect(),
        affected: change.affected.clone(),
    })
}

/// All that is told, in an order that does not depend on which lock is the old one.
pub(crate) fn in_order(diff: &Diff) -> Vec<String> {
    ordered(diff, Change::clone)
}

fn ordered(diff: &Diff, of: impl Fn(&Change) -> Change) -> Vec<String> {
    let mut lines: Vec<_> = diff
        .groups
        .iter()
        .flat_map(|group| {
            group.changes.iter().map(|change| {
                let mut change = of(change);
                change.also.sort_by_key(words);
                change.implied.sort_by_key(words);
                format!("{:?} {change:?}", group.rank)
            })
        })
        .collect();
    lines.sort();
    lines
}

/// One step of a way into a document.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

pub(crate) type Way = Vec<Step>;

pub(crate) fn at<'a>(value: &'a mut Json, way: &[Step]) -> &'a mut Json {
    way.iter().fold(value, |value, step| match step {
        Step::Key(key) => &mut value[key.as_str()],
        Step::Index(index) => &mut value[*index],
    })
}

pub(crate) fn shown(way: &[Step]) -> String {
    let step = |step: &Step| match step {
        Step::Key(key) => key.clone(),
        Step::Index(index) => index.to_string(),
    };
    way.iter().map(step).collect::<Vec<_>>().join(" ")
}

/// The ways to all values that hold no others.
pub(crate) fn leaves(value: &Json) -> Vec<Way> {
    let inner: Vec<(Step, &Json)> = match value {
        Json::Object(map) if !map.is_empty() => map
            .iter()
            .map(|(key, value)| (Step::Key(key.clone()), value))
            .collect(),
        Json::Array(items) if !items.is_empty() => {
            let items = items.iter().enumerate();
            items.map(|(at, value)| (Step::Index(at), value)).collect()
        }
        _ => return vec![Vec::new()],
    };
    let below = inner.into_iter().flat_map(|(step, value)| {
        leaves(value).into_iter().map(move |mut way| {
            way.insert(0, step.clone());
            way
        })
    });
    below.collect()
}

/// Values that a leaf might have instead; not all of them make a lock.
pub(crate) fn others(leaf: &Json) -> Vec<Json> {
    let mut out = match leaf {
        Json::String(text) => vec![
            other_digit(text),
            json!(format!("{text}x")),
            json!(format!("{text}/x")),
            json!("dev"),
            json!("report"),
            json!("evaluation"),
            json!("aarch64-manylinux_2_31"),
            json!("numpy<3"),
            json!("pip-unreachable"),
            json!("not-cached"),
        ],
        Json::Bool(value) => vec![json!(!value)],
        Json::Number(number) => match number.as_u64() {
            Some(number) => vec![json!(number + 1)],
            None => vec![json!(number.as_f64().unwrap() + 0.25)],
        },
        Json::Null => vec![json!("something:1")],
        _ => vec![json!({"more": 1}), json!(["more"])],
    };
    out.retain(|value| value != leaf);
    out
}

/// With its last digit changed, which keeps digests, ids, versions and instants what they are.
fn other_digit(text: &str) -> Json {
    match text.char_indices().rfind(|(_, c)| c.is_ascii_digit()) {
        Some((at, digit)) => {
            let other = if digit == '0' { '1' } else { '0' };
            json!(format!("{}{other}{}", &text[..at], &text[at + 1..]))
        }
        None => json!(text),
    }
}

/// A lock after an edit, with what follows from the edit as vhb would write it: the digests of
/// entries and the ids of environments.
pub(crate) fn edited(edit: impl FnOnce(&mut Json)) -> Json {
    let mut document = rich();
    edit(&mut document);
    let locked = lock(&document).expect("an edited lock is still one");
    let digests = locked.config.iter().map(|(entry, value)| {
        (
            entry.to_string(),
            json!(canonical_digest(value).to_string()),
        )
    });
    document["registry"] = Json::Object(digests.collect());
    let mut text = document.to_string();
    for (id, environment) in &locked.environments {
        text = text.replace(
            &format!("\"{id}\""),
            &format!("\"{}\"", environment.asked.id()),
        );
    }
    serde_json::from_str(&text).unwrap()
}

/// Takes a key out of a map and gives what it had.
pub(crate) fn take(document: &mut Json, map: &str, key: &str) -> Json {
    let map = document.pointer_mut(map).unwrap().as_object_mut().unwrap();
    map.remove(key).unwrap_or_else(|| panic!("no `{key}`"))
}

/// The environments of a stage by their ids.
pub(crate) fn environments<'a>(
    document: &'a mut Json,
    beginning: &'a str,
) -> impl Iterator<Item = &'a mut Json> {
    let all = document["environments"].as_object_mut().unwrap().iter_mut();
    let some = all.filter(move |(id, _)| id.starts_with(beginning));
    some.map(|(_, environment)| environment)
}

/// Installs another version of a distribution in every environment whose id begins so.
pub(crate) fn install(document: &mut Json, beginning: &str, old: &str, new: &str) {
    let [before, after] = [old, new].map(|dist| dist.split_once("==").unwrap().1);
    for environment in environments(document, beginning) {
        let held = environment["distributions"].as_object_mut().unwrap();
        if let Some(file) = held.remove(old) {
            let file = file.as_str().unwrap().replace(before, after);
            held.insert(new.to_owned(), file.into());
        }
    }
    let release = document["distributions"][old]
        .to_string()
        .replace(before, after);
    document["distributions"][new] = serde_json::from_str(&release).unwrap();
    let mut all = environments(document, "");
    let held = all.any(|environment| environment["distributions"].get(old).is_some());
    drop(all);
    if !held {
        take(document, "/distributions", old);
    }
}
