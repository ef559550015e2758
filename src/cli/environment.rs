//! Naming one of the environments of a lock.

use super::Result;
use super::error::CliError;
use crate::lock::{Lock, LockedEnvironment};

/// The environment that is named by its id or the beginning of it, or the only one.
pub(super) fn chosen<'a>(
    lock: &'a Lock,
    named: Option<&str>,
) -> Result<(&'a str, &'a LockedEnvironment)> {
    let all = &lock.environments;
    if let Some((id, environment)) = named.and_then(|id| all.get_key_value(id)) {
        return Ok((id, environment));
    }
    let beginning = named.unwrap_or_default();
    let begins = |id: &str| id.starts_with(beginning);
    let fitting: Vec<_> = all.iter().filter(|(id, _)| begins(id)).collect();
    if let [(id, environment)] = fitting[..] {
        return Ok((id, environment));
    }
    let message = match named {
        Some(named) if fitting.is_empty() => format!("the lock has no environment `{named}`"),
        Some(named) => format!("more than one environment of the lock begins with `{named}`"),
        None if all.is_empty() => "the lock has no environments".to_owned(),
        None => "the lock has more than one environment".to_owned(),
    };
    let error = CliError::new(message);
    if all.is_empty() {
        return Err(error);
    }
    let ids = all.keys().map(|id| format!("`{id}`")).collect::<Vec<_>>();
    Err(error.hint(format!(
        "pass `--environment` with one of {}",
        ids.join(", ")
    )))
}
