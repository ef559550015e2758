//! `metadata.lock` of an experiment: what its environments are locked for.

use std::collections::BTreeSet;

use super::decode::Placed;
use super::fields::Fields;
use super::node::{Node, Problem, Value};
use super::shapes::TARGET;
use crate::finding::Code;
use crate::model::{Instant, Requirement, Target};

/// `metadata.lock` of an experiment: one target, or a list of them.
pub(super) fn read_targets(node: &Node, problems: &mut Vec<Problem>) -> Vec<Target> {
    let nodes = match &node.value {
        Value::Sequence(nodes) => nodes.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let mut targets: Vec<Target> = Vec::new();
    for node in nodes {
        let Some(target) = read_target(node, problems) else {
            continue;
        };
        let mut refuse = |message: &str| {
            problems.push(Problem {
                code: Code::InvalidValue,
                mark: node.mark,
                message: message.to_owned(),
                hint: None,
            });
        };
        if targets.iter().any(|other| other.same_place(&target)) {
            refuse("`metadata.lock` has this target twice");
        } else if targets
            .iter()
            .any(|other| other.exclude_newer != target.exclude_newer)
        {
            refuse("the targets of `metadata.lock` have different `exclude_newer`");
        } else {
            targets.push(target);
        }
    }
    if targets.is_empty() {
        targets.push(Target::default());
    }
    targets
}

fn read_target(node: &Node, problems: &mut Vec<Problem>) -> Option<Target> {
    let mut fields = Fields::of(&TARGET, node, problems)?;
    let mut target = Target::default();
    if let Some(text) = fields.text("python")
        && let Some(changed) =
            fields.parse("python", &text, |text| target.clone().with_python(text))
    {
        target = changed;
    }
    if let Some(text) = fields.text("platform")
        && let Some(changed) =
            fields.parse("platform", &text, |text| target.clone().with_platform(text))
    {
        target = changed;
    }
    target.exclude_newer = read_instant(&mut fields);
    target.constraints = read_requirements(&mut fields, "constraints");
    target.overrides = read_requirements(&mut fields, "overrides");
    fields.finish();
    Some(target)
}

fn read_instant(fields: &mut Fields<'_, '_>) -> Option<Instant> {
    let node = fields.node("exclude_newer")?;
    // Unquoted, YAML makes a timestamp of it; both mean the same here.
    let (Value::String(text) | Value::Timestamp(text)) = &node.value else {
        let message = "`exclude_newer` is an instant like `2026-11-22T07:00:00Z`".to_owned();
        fields.problem(Code::WrongType, node.mark, message);
        return None;
    };
    let text = Placed {
        value: text.clone(),
        mark: node.mark,
    };
    fields.parse("exclude_newer", &text, str::parse)
}

fn read_requirements(fields: &mut Fields<'_, '_>, field: &'static str) -> BTreeSet<Requirement> {
    let texts = fields.texts(field);
    texts
        .iter()
        .filter_map(|text| fields.parse(field, text, ranged))
        .collect()
}

/// A requirement on versions. Code by its address is an entry of `packages/`, where it is pinned.
fn ranged(text: &str) -> Result<Requirement, String> {
    let requirement: Requirement = text
        .parse()
        .map_err(|error: crate::model::RequirementError| error.to_string())?;
    if requirement.is_direct() {
        return Err("an address needs a package entry of its own".to_owned());
    }
    Ok(requirement)
}
