//! What runs depend on and the lock does not pin, as the lock itself tells.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Code, Finding};
use crate::lock::{Lock, Locked};

/// Everything that runs depend on and that the lock does not pin.
///
/// Each finding names its subject; one subject may have several.
pub fn gaps(lock: &Lock) -> Vec<Finding> {
    let mut gaps = Vec::new();
    let mut gap = |subject: String, message: String| {
        gaps.push(Finding::new(Code::NotRecorded, message).about(subject));
    };
    let environments = lock.environments.iter();
    for (id, _) in environments.filter(|(_, it)| it.closure.is_none()) {
        let message = "what the packages require in turn is not pinned by the lock";
        gap(format!("environments/{id}"), message.to_owned());
    }
    let models: BTreeSet<_> = lock.runs.values().map(|run| &run.model).collect();
    for model in models
        .into_iter()
        .filter(|key| !lock.models.contains_key(*key))
    {
        let message = format!(
            "`{model}` is neither a directory nor a repository of the Hugging Face Hub, so the lock does not pin it"
        );
        gap(format!("models/{model}"), message);
    }
    for (id, run) in &lock.runs {
        if run.image.is_none() {
            let message = "the run names no container image, so the lock pins none";
            gap(format!("runs/{id}"), message.to_owned());
        }
        for (name, what) in NOT_PINNED {
            let named = run.engine_params.get(name);
            let itself = named.is_some_and(|named| is_name_of(named, &run.model));
            if named.is_some() && !itself {
                let message =
                    format!("`engine_params.{name}` names {what}, which the lock does not pin");
                gap(format!("runs/{id}"), message);
            }
        }
    }
    for (subject, code) in unresolved(lock) {
        let message = format!("it could not be resolved when the experiment was locked: `{code}`");
        gaps.push(Finding::new(Code::Unresolved, message).about(subject));
    }
    gaps
}

/// Whether a parameter names the model itself, at whatever revision.
fn is_name_of(named: &serde_json::Value, key: &str) -> bool {
    let name = key.split('@').next();
    named
        .as_str()
        .is_some_and(|named| Some(named) == name || named == key)
}

/// Parameters of engines that name other things.
const NOT_PINNED: [(&str, &str); 10] = [
    ("hf_config_path", "another repository"),
    ("lora_modules", "adapters"),
    ("lora_paths", "adapters"),
    ("speculative_config", "a draft model"),
    ("speculative_draft_model_path", "a draft model"),
    ("speculative_model", "a draft model"),
    ("tokenizer", "another repository"),
    ("tokenizer_path", "another repository"),
    ("tokenizer_revision", "another revision"),
    ("chat_template", "a template"),
];

/// What could not be resolved when the lock was made, and why.
fn unresolved(lock: &Lock) -> impl Iterator<Item = (String, Code)> {
    fn of<'a, S, P>(
        section: &'a str,
        locked: &'a BTreeMap<String, Locked<S, P>>,
    ) -> impl Iterator<Item = (String, Code)> + 'a {
        locked.iter().filter_map(move |(key, locked)| {
            let code = *locked.pin.as_ref().err()?;
            Some((format!("{section}/{key}"), code))
        })
    }
    let models = of("models", &lock.models);
    models
        .chain(of("datasets", &lock.datasets))
        .chain(of("images", &lock.images))
}
