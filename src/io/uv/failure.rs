//! What uv means when it fails, by what it says: it has one exit code for several things.

use crate::remote::{RemoteError, ResolveError};

/// How uv begins to say that versions contradict each other.
const NO_SOLUTION: &str = "No solution found";

/// What it says when something could not be fetched; a conflict may follow from that.
const NO_ANSWER: [&str; 6] = [
    "Failed to fetch",
    "Failed to download",
    "Request failed after",
    "error sending request",
    "Could not connect",
    "operation timed out",
];

/// What it says when it may not ask.
const OFFLINE: [&str; 2] = ["network was disabled", "Network connectivity is disabled"];

/// What it says of a file that has another digest than it should; that it failed to download the
/// file may follow from that.
const OTHER_BYTES: &str = "Hash mismatch for `";

/// The failure in the words of the port, with all that uv said.
pub(super) fn of(said: &str, offline: bool) -> ResolveError {
    let text = said.strip_prefix("error: ").unwrap_or(said).to_owned();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(phrase));
    if offline && says(&OFFLINE) {
        ResolveError::Remote(RemoteError::NotCached(text))
    } else if text.contains(OTHER_BYTES) {
        ResolveError::Remote(RemoteError::Mismatch(text))
    } else if text.starts_with(NO_SOLUTION) {
        ResolveError::Conflict(text)
    } else if says(&["403 Forbidden", "401 Unauthorized"]) {
        ResolveError::Remote(RemoteError::Denied(text))
    } else if says(&NO_ANSWER) {
        ResolveError::Remote(RemoteError::Unreachable(text))
    } else {
        ResolveError::Failed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_uv_says_decides() {
        let conflict = "error: No solution found when resolving dependencies\n  cause: Because a";
        assert!(matches!(of(conflict, false), ResolveError::Conflict(_)));
        let uncached = format!("{conflict}\n\nhint: unavailable because the network was disabled.");
        let failure = of(&uncached, true);
        assert!(matches!(
            failure,
            ResolveError::Remote(RemoteError::NotCached(_))
        ));
        let silent = "error: Request failed after 3 retries in 4.0s\n  cause: Failed to fetch: `x`";
        let failure = of(silent, false);
        assert!(matches!(
            failure,
            ResolveError::Remote(RemoteError::Unreachable(_))
        ));
        let bytes = "error: Failed to download `x==1`\n  cause: Hash mismatch for `x==1`";
        let failure = of(bytes, false);
        assert!(matches!(
            failure,
            ResolveError::Remote(RemoteError::Mismatch(_))
        ));
        let build = "error: Failed to build `x`\n  cause: The build backend returned an error";
        let ResolveError::Failed(text) = of(build, false) else {
            panic!("a failed build is no conflict");
        };
        assert!(text.starts_with("Failed to build"), "{text}");
    }
}
