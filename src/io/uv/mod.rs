//! The program `uv`: where it is, which package index it is configured with, and what it resolves.
//!
//! uv reads its own configuration (environment, `uv.toml`, `pyproject.toml`) and stays the one
//! source of truth for the default index. Asking for that resolves nothing and needs no network.
//!
//! | module | holds |
//! |---|---|
//! | `locate` | where the program is |
//! | `index` | which index is the default one |
//! | `environments` | resolving and building, the port [`crate::remote::EnvironmentResolver`] |
//! | `project`, `pylock` | what uv is given, and what it gives back |
//! | `install` | making an environment of files that are known already |
//! | `provenance` | what an installed distribution says of where it comes from |
//! | `remembered` | what former resolutions came to |
//! | `failure` | what uv means when it fails |

mod environments;
mod failure;
mod index;
mod install;
mod locate;
mod project;
mod provenance;
mod pylock;
mod remembered;

use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::remote::RemoteError;

use locate::locate;

pub use environments::{FindUv, SharedIndex, UvEnvironments, UvOptions};
pub use index::{INDEX_VARIABLES, default_index_from_env};

const TIMEOUT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(10);

/// The program `uv`.
#[derive(Clone, Debug)]
pub struct Uv {
    /// The executable.
    pub program: PathBuf,
    /// Variables that it gets on top of the inherited ones.
    pub environment: Vec<(String, String)>,
    /// How long it may take.
    pub timeout: Duration,
}

impl Uv {
    /// The executable that was named, else the one beside this program, else the one on `PATH`.
    pub fn find(explicit: Option<PathBuf>) -> Result<Self, RemoteError> {
        let here = std::env::current_exe().ok();
        let beside = here.as_deref().and_then(Path::parent);
        let path = std::env::var_os("PATH");
        locate(explicit, beside, path.as_deref()).map(Self::at)
    }

    /// The executable at a path.
    pub fn at(program: PathBuf) -> Self {
        Self {
            program,
            environment: Vec::new(),
            timeout: TIMEOUT,
        }
    }

    /// Runs to the end, or until the time is up.
    fn run(&self, mut command: Command) -> Result<Output, RemoteError> {
        let cannot = |error: std::io::Error| {
            RemoteError::NotConfigured(format!("cannot run `{}`: {error}", self.program.display()))
        };
        // Files and not pipes: nothing blocks on a full one, nor on a grandchild that keeps it open.
        let mut stdout = tempfile::tempfile().map_err(cannot)?;
        let mut stderr = tempfile::tempfile().map_err(cannot)?;
        let mut child = command
            .stdin(Stdio::null())
            .stdout(stdout.try_clone().map_err(cannot)?)
            .stderr(stderr.try_clone().map_err(cannot)?)
            .spawn()
            .map_err(cannot)?;
        let status = wait(&mut child, self.timeout)
            .map_err(cannot)?
            .ok_or_else(|| {
                RemoteError::Unreachable(format!(
                    "`uv` did not end within {} s",
                    self.timeout.as_secs_f32()
                ))
            })?;
        Ok(Output {
            status,
            stdout: read_back(&mut stdout).map_err(cannot)?,
            stderr: read_back(&mut stderr).map_err(cannot)?,
        })
    }
}

struct Output {
    status: ExitStatus,
    stdout: String,
    stderr: String,
}

/// None if the time was up, and the child was ended.
fn wait(child: &mut Child, timeout: Duration) -> std::io::Result<Option<ExitStatus>> {
    let end = Instant::now() + timeout;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= end {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(POLL);
    }
}

fn read_back(file: &mut std::fs::File) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    fn script(directory: &Path, body: &str) -> Uv {
        use std::os::unix::fs::PermissionsExt as _;
        let program = directory.join("uv");
        fs_err::write(&program, format!("#!/bin/sh\n{body}\n")).unwrap();
        fs_err::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        Uv::at(program)
    }

    #[cfg(unix)]
    #[test]
    fn failures_are_told_without_credentials() {
        let directory = tempfile::tempdir().unwrap();
        let uv = script(
            directory.path(),
            "echo 'no https://me:s3cret@h/x' >&2; exit 2",
        );
        let error = uv.default_index(directory.path()).unwrap_err();
        assert!(matches!(error, RemoteError::NotConfigured(_)));
        assert!(error.to_string().contains("no https://h/x"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_program_that_does_not_end_is_ended() {
        let directory = tempfile::tempdir().unwrap();
        let mut uv = script(directory.path(), "exec sleep 60");
        uv.timeout = Duration::from_millis(200);
        let error = uv.default_index(directory.path()).unwrap_err();
        assert!(matches!(error, RemoteError::Unreachable(_)), "{error}");
        assert!(error.to_string().contains("0.2 s"), "{error}");
    }

    #[test]
    fn no_index_and_no_program_are_not_configured() {
        let uv = Uv::at("/nowhere/uv".into());
        let error = uv.default_index(Path::new(".")).unwrap_err();
        assert!(matches!(error, RemoteError::NotConfigured(_)), "{error}");
    }
}
