//! The body of an answer: into memory, or piece by piece; never more of it than was bargained for.

use std::error::Error as _;
use std::io::Read as _;

use reqwest::blocking::Response;

use super::chain;
use super::retry::Failure;

/// Reads a body into memory, up to a limit.
pub(in crate::io) fn read(response: Response, largest: u64) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    response
        .take(largest.saturating_add(1))
        .read_to_end(&mut body)
        .map_err(|error| broken_off(&error))?;
    if u64::try_from(body.len()).is_ok_and(|length| length <= largest) {
        Ok(body)
    } else {
        Err(too_large(largest))
    }
}

/// Reads a body piece by piece, up to a limit.
pub(in crate::io) fn stream(
    mut response: Response,
    largest: u64,
    mut piece: impl FnMut(&[u8]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut buffer = vec![0; 64 * 1024];
    let mut left = largest;
    loop {
        match response.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => {
                left = u64::try_from(length)
                    .ok()
                    .and_then(|length| left.checked_sub(length))
                    .ok_or_else(|| too_large(largest))?;
                piece(&buffer[..length])?;
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(broken_off(&error)),
        }
    }
}

fn too_large(largest: u64) -> Failure {
    Failure::Permanent(format!("the answer is larger than {largest} bytes"))
}

pub(in crate::io) fn broken_off(error: &std::io::Error) -> Failure {
    // The HTTP library's error inside would show the address.
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<reqwest::Error>());
    let reason = match inner {
        Some(inner) if inner.is_timeout() => "timed out".to_owned(),
        Some(inner) => chain(inner.source()),
        None => error.to_string(),
    };
    Failure::transient(format!("the answer broke off: {reason}"))
}
