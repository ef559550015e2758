//! What went wrong at a store of objects, in few words.
//!
//! The errors of the crate quote whole answers, which may be long and of whatever content. Taken
//! from them are the status, or what kind of failure the transport saw.

use std::error::Error as _;

use object_store::Error;
use object_store::client::{HttpError, HttpErrorKind};
use object_store::path::Error as PathError;

use crate::io::http::Failure;
use crate::remote::{RemoteError, TreeError};

/// A key that no file below a directory can have.
pub(super) fn name(bucket: &str, error: &PathError) -> RemoteError {
    let key = match error {
        PathError::EmptySegment { path } | PathError::BadSegment { path, .. } => path.as_str(),
        _ => "",
    };
    let key = key.escape_debug();
    TreeError::Name(format!(
        "object `{key}` of `{bucket}` has a name that no file can have"
    ))
    .into()
}

/// What an error means; `endpoint` is who was asked, and `signed` whether as somebody.
pub(super) fn failure(error: &Error, endpoint: &str, signed: bool) -> Failure {
    let answered = |status: &str| format!("`{endpoint}` answered {status}");
    let status = match error {
        Error::NotFound { .. } => Some("404"),
        Error::PermissionDenied { .. } => Some("403"),
        Error::Unauthenticated { .. } => Some("401"),
        Error::Precondition { .. } => Some("412"),
        _ => None,
    };
    let status = status.map(str::to_owned).or_else(|| stated_status(error));
    match status.as_deref() {
        Some("404") => Failure::Missing,
        Some("412") => Failure::Mismatch(answered("412")),
        Some(status @ ("401" | "403")) => Failure::Denied(if signed {
            format!("{} to the credentials that were sent", answered(status))
        } else {
            format!("{}, and no credentials were sent", answered(status))
        }),
        Some(status) if status.starts_with('5') || matches!(status, "408" | "429") => {
            Failure::transient(answered(status))
        }
        Some(status) => Failure::Permanent(answered(status)),
        None => match transport(error) {
            Some(HttpErrorKind::Timeout) => {
                Failure::transient(format!("`{endpoint}` does not answer: timed out"))
            }
            Some(HttpErrorKind::Decode) => {
                Failure::transient(format!("the answer of `{endpoint}` broke off"))
            }
            Some(_) => Failure::transient(format!("`{endpoint}` does not answer: {}", root(error))),
            None => Failure::Permanent(format!(
                "the answer of `{endpoint}` makes no sense: {}",
                root(error)
            )),
        },
    }
}

/// The status in the text of an error: the crate keeps its type to itself, and that of a listing is
/// in no variant of its own.
fn stated_status(error: &Error) -> Option<String> {
    let text = error.to_string();
    let (_, after) = text.split_once("status code: ")?;
    let status = after.get(..3)?;
    status
        .bytes()
        .all(|digit| digit.is_ascii_digit())
        .then(|| status.to_owned())
}

fn transport(error: &Error) -> Option<HttpErrorKind> {
    let mut next = error.source();
    while let Some(cause) = next {
        if let Some(error) = cause.downcast_ref::<HttpError>() {
            return Some(error.kind());
        }
        next = cause.source();
    }
    None
}

/// The innermost cause, which is the shortest.
fn root(error: &Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}
