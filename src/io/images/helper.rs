//! The programs that keep a user's passwords for docker, one question at a time
//! (`docker-credential-<name> get`).
//!
//! A helper may ask its user, or a service that is away: it has only so long.

use std::ffi::OsStr;
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::docker::Login;
use crate::io::index::Credentials;

/// Far more than a token needs.
const LONGEST_ANSWER: u64 = 1024 * 1024;

/// How often a helper that said all it has to say is looked at.
const TICK: Duration = Duration::from_millis(5);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AnswerWire {
    username: String,
    secret: String,
}

/// Asks a helper; none where it knows nothing of the server. Its words are not quoted in errors:
/// they may hold what is secret.
pub(super) fn ask(
    name: &str,
    server: &str,
    path: Option<&OsStr>,
    limit: Duration,
) -> Result<Option<Login>, String> {
    let program = format!("docker-credential-{name}");
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !name.chars().all(plain) {
        return Err(format!("credential helper `{program}` is not a program"));
    }
    let mut command = Command::new(&program);
    command.arg("get");
    if let Some(path) = path {
        command.env("PATH", path);
    }
    let (succeeded, answer) = run(command, server, limit)
        .map_err(|reason| format!("credential helper `{program}` {reason}"))?;
    if !succeeded {
        let text = String::from_utf8_lossy(&answer);
        // The one failure that is none has these words in every helper.
        if text.contains("credentials not found") {
            return Ok(None);
        }
        return Err(format!("credential helper `{program}` failed"));
    }
    let wire: AnswerWire = serde_json::from_slice(&answer)
        .map_err(|_| format!("credential helper `{program}` gave no credentials"))?;
    Ok(Some(if wire.username == "<token>" {
        Login::IdentityToken(wire.secret)
    } else {
        Login::Password(Credentials {
            user: wire.username,
            password: Some(wire.secret),
        })
    }))
}

/// Whether the program succeeded, and what it wrote.
fn run(mut command: Command, input: &str, limit: Duration) -> Result<(bool, Vec<u8>), String> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = command
        .spawn()
        .map_err(|error| format!("cannot be run: {error}"))?;
    let outcome = hear_out(&mut child, input, limit);
    if outcome.is_err() {
        // Both fail only where the child has already ended, which is what they are for.
        let _ = child.kill();
        let _ = child.wait();
    }
    outcome
}

fn hear_out(child: &mut Child, input: &str, limit: Duration) -> Result<(bool, Vec<u8>), String> {
    let begun = Instant::now();
    let too_long = || format!("did not answer within {} s", limit.as_secs_f32());
    if let Some(mut stdin) = child.stdin.take() {
        // A helper that does not want to know the server has its reasons.
        let _ = stdin.write_all(input.as_bytes());
    }
    let (sender, answer) = sync_channel(1);
    if let Some(stdout) = child.stdout.take() {
        // A thread of its own, as a grandchild may keep the pipe open for as long as it likes.
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = stdout.take(LONGEST_ANSWER).read_to_end(&mut bytes);
            let _ = sender.send(read.map(|_| bytes));
        });
    }
    let answer = answer.recv_timeout(limit).map_err(|_| too_long())?;
    let answer = answer.map_err(|error| format!("cannot be heard: {error}"))?;
    loop {
        let status = child.try_wait().map_err(|error| error.to_string())?;
        if let Some(status) = status {
            return Ok((status.success(), answer));
        }
        if begun.elapsed() > limit {
            return Err(too_long());
        }
        thread::sleep(TICK);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Result<(bool, Vec<u8>), String> {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        run(command, "server", limit)
    }

    #[test]
    fn a_helper_hears_the_server_and_is_heard() {
        let patient = Duration::from_secs(20);
        let heard = shell("cat; exit 3", patient).unwrap();
        assert_eq!(heard, (false, b"server".to_vec()));
    }

    #[test]
    fn a_helper_has_only_so_long() {
        for script in [
            "exec sleep 60",
            "exec >&-; exec sleep 60",
            "sleep 60 & exit 0",
        ] {
            let begun = Instant::now();
            let error = shell(script, Duration::from_millis(300)).unwrap_err();
            assert_eq!(error, "did not answer within 0.3 s", "{script}");
            assert!(begun.elapsed() < Duration::from_secs(30), "{script}");
        }
    }

    #[test]
    fn a_helper_is_a_program_and_no_path() {
        let error = ask("../x", "server", None, Duration::from_secs(1)).unwrap_err();
        assert!(error.contains("is not a program"), "{error}");
    }
}
