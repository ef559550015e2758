//! Running the git program: its environment, its output, and when to stop waiting for it.
//!
//! A command that asks a server is watched for silence, not for its length: each byte that it
//! writes is a sign of life, so a slow but living transfer may take as long as it needs. The pipes
//! are read by threads of their own, because a grandchild (ssh, a credential helper) that keeps
//! them open after git itself ended must not keep vhb waiting.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::GitProgram;
use crate::model::RemoteUrl;
use crate::remote::RemoteError;

/// The name under which a command knows the remote it asks; see [`GitProgram::network`].
pub(super) const REMOTE: &str = "vhb-remote";

/// Carries the whole address, credentials included, past the argument list.
const URL_VARIABLE: &str = "VHB_GIT_URL";

/// What a caller inside a git hook or alias would pass on about its own repository.
///
/// `git rev-parse --local-env-vars`, without the variables that hold the user's configuration.
const REPOSITORY_VARIABLES: [&str; 14] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CEILING_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_DEFAULT_HASH",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// How often a silent command is looked at.
const TICK: Duration = Duration::from_millis(50);

/// How long the pipes of a command that has ended may stay open.
const GRACE: Duration = Duration::from_secs(1);

/// More than git ever says about an error; what goes beyond is progress.
const STDERR_KEPT: usize = 128 * 1024;

/// What a command left behind.
pub(super) struct Output {
    pub(super) success: bool,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: String,
}

/// Why a command has no output.
pub(super) enum NoOutput {
    /// Nothing was heard from it for so long.
    Silent(Duration),
    /// It could not be run at all.
    Broken(io::Error),
}

impl GitProgram {
    /// A command that touches nothing but the given repository; none for no repository at all.
    pub(super) fn local(&self, repository: Option<&Path>) -> Command {
        let mut command = Command::new(&self.options.program);
        command.stdin(Stdio::null());
        for variable in REPOSITORY_VARIABLES {
            command.env_remove(variable);
        }
        command
            .envs(self.options.env.iter().map(|(name, value)| (name, value)))
            .env("LC_ALL", "C")
            .env("GIT_TERMINAL_PROMPT", "0")
            // A pinned commit is read as it is, and what a partial clone lacks is absent.
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_NO_LAZY_FETCH", "1");
        if self.variable("GIT_ALLOW_PROTOCOL").is_none() {
            command.env("GIT_ALLOW_PROTOCOL", "file:git:http:https:ssh");
        }
        // Without a repository git would look for one in the current directory, and that one's
        // configuration would decide about remotes that have nothing to do with it.
        let repository = repository.map_or_else(|| self.no_repository(), Path::to_path_buf);
        command.arg("--git-dir").arg(repository);
        command
    }

    /// A command that asks the remote, which its arguments call [`REMOTE`].
    ///
    /// The address travels in the environment as a remote's configuration: it shows in no
    /// process list, is never written to a file, and `insteadOf` applies to it as to any other.
    pub(super) fn network(&self, repository: Option<&Path>, url: &RemoteUrl) -> Command {
        let mut command = self.local(repository);
        let seconds = self.options.timeout.as_secs().max(1);
        command
            .env(URL_VARIABLE, self.address(url))
            .arg(format!("--config-env=remote.{REMOTE}.url={URL_VARIABLE}"))
            .args(["-c", "gc.auto=0", "-c", "maintenance.auto=false"])
            // A transport helper that outlives a git that was stopped ends by itself.
            .args(["-c", "http.lowSpeedLimit=1"])
            .args(["-c", &format!("http.lowSpeedTime={seconds}")]);
        if !self.ssh_is_configured() {
            let ssh = format!("ssh -o BatchMode=yes -o ConnectTimeout={seconds}");
            command.env("GIT_SSH_COMMAND", ssh);
        }
        command
    }

    /// Runs a command that asks a server, for as long as it gives signs of life.
    pub(super) fn watched(&self, command: Command) -> Result<Output, NoOutput> {
        run(command, Some(self.options.timeout))
    }

    /// The error of a program that could not be run.
    pub(super) fn not_run(&self, error: &io::Error) -> RemoteError {
        let program = self.options.program.display();
        if error.kind() == io::ErrorKind::NotFound {
            return RemoteError::NotConfigured(format!(
                "git is not installed (`{program}` was not found on the PATH)"
            ));
        }
        RemoteError::NotConfigured(format!("cannot run `{program}`: {error}"))
    }

    /// A variable as the commands will see it.
    fn variable(&self, name: &str) -> Option<OsString> {
        self.options
            .env
            .iter()
            .rev()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.clone())
            .or_else(|| std::env::var_os(name))
    }

    /// Whether the user says how ssh is to be run, by any of git's three ways.
    fn ssh_is_configured(&self) -> bool {
        *self.ssh_configured.get_or_init(|| {
            let by_variable = ["GIT_SSH_COMMAND", "GIT_SSH"]
                .iter()
                .any(|name| self.variable(name).is_some());
            by_variable || {
                let mut command = self.local(None);
                command.args(["config", "--get", "core.sshCommand"]);
                unwatched(command).is_ok_and(|output| output.success)
            }
        })
    }

    /// The address as git is to see it: relative paths start from the project.
    fn address(&self, url: &RemoteUrl) -> OsString {
        match url.local_path() {
            Some(path) => self.options.project.join(path).into_os_string(),
            None => OsStr::new(url.secret()).to_owned(),
        }
    }
}

/// Runs a command that only this machine can keep waiting.
pub(super) fn unwatched(command: Command) -> Result<Output, NoOutput> {
    run(command, None)
}

/// What a reading thread heard.
enum Heard {
    Stdout(Vec<u8>),
    Stderr(Vec<u8>),
}

fn run(mut command: Command, patience: Option<Duration>) -> Result<Output, NoOutput> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(NoOutput::Broken)?;
    let (sender, heard) = sync_channel(16);
    if let Some(stdout) = child.stdout.take() {
        listen(stdout, sender.clone(), Heard::Stdout);
    }
    if let Some(stderr) = child.stderr.take() {
        listen(stderr, sender, Heard::Stderr);
    }
    let outcome = hear_out(&mut child, &heard, patience);
    if outcome.is_err() {
        // Both fail only where the child has already ended, which is what they are for.
        let _ = child.kill();
        let _ = child.wait();
    }
    outcome
}

/// Forwards a pipe until it closes or nobody listens any more.
fn listen(
    mut pipe: impl Read + Send + 'static,
    sender: SyncSender<Heard>,
    heard: fn(Vec<u8>) -> Heard,
) {
    thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match pipe.read(&mut buffer) {
                Ok(0) => return,
                Ok(read) => {
                    if sender.send(heard(buffer[..read].to_vec())).is_err() {
                        return;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
    });
}

fn hear_out(
    child: &mut Child,
    heard: &Receiver<Heard>,
    patience: Option<Duration>,
) -> Result<Output, NoOutput> {
    let mut stdout = Vec::new();
    let mut stderr = Vec::new();
    let mut last_sign = Instant::now();
    let mut ended = None;
    loop {
        match heard.recv_timeout(TICK) {
            Ok(Heard::Stdout(bytes)) => {
                stdout.extend_from_slice(&bytes);
                last_sign = Instant::now();
            }
            Ok(Heard::Stderr(bytes)) => {
                stderr.extend_from_slice(&bytes);
                keep_tail(&mut stderr);
                last_sign = Instant::now();
            }
            Err(RecvTimeoutError::Timeout) => {}
            // Both pipes are closed: git is about to end, or closed them by mistake.
            Err(RecvTimeoutError::Disconnected) if ended.is_none() => {
                thread::sleep(Duration::from_millis(1));
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if ended.is_none() {
            ended = child
                .try_wait()
                .map_err(NoOutput::Broken)?
                .map(|status| (status, Instant::now()));
        }
        match (ended, patience) {
            (Some((_, at)), _) if at.max(last_sign).elapsed() > GRACE => break,
            (None, Some(patience)) if last_sign.elapsed() > patience => {
                return Err(NoOutput::Silent(patience));
            }
            _ => {}
        }
    }
    Ok(Output {
        success: ended.is_some_and(|(status, _)| status.success()),
        stdout,
        stderr: String::from_utf8_lossy(&stderr).into_owned(),
    })
}

fn keep_tail(stderr: &mut Vec<u8>) {
    if stderr.len() > 2 * STDERR_KEPT {
        stderr.drain(..stderr.len() - STDERR_KEPT);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::null());
        command
    }

    #[test]
    fn signs_of_life_prolong_a_command_and_silence_ends_it() {
        let patience = Some(Duration::from_millis(1500));
        let lively = "for i in 1 2 3 4 5 6 7; do sleep 0.3; echo $i >&2; done; echo done";
        let output = run(shell(lively), patience).ok().unwrap();
        assert!(output.success && output.stdout == b"done\n");

        let begun = Instant::now();
        assert!(matches!(
            run(shell("echo begun; exec sleep 60"), patience),
            Err(NoOutput::Silent(_))
        ));
        assert!(begun.elapsed() < Duration::from_secs(30));
    }

    #[test]
    fn a_grandchild_that_keeps_the_pipes_does_not_keep_us() {
        let begun = Instant::now();
        let output = run(shell("sleep 30 & echo done; exit 3"), None)
            .ok()
            .unwrap();
        assert!(!output.success && output.stdout == b"done\n");
        assert!(begun.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn much_output_on_both_pipes_is_read_and_its_end_kept() {
        let script = "yes out | head -c 3000000; yes err | head -c 3000000 >&2; echo last >&2";
        let output = run(shell(script), None).ok().unwrap();
        assert_eq!(output.stdout.len(), 3_000_000);
        assert!(output.stderr.len() <= 3 * STDERR_KEPT && output.stderr.ends_with("last\n"));
    }
}
