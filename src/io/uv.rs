//! The program `uv`: where it is, and which package index it is configured with.
//!
//! uv reads its own configuration (environment, `uv.toml`, `pyproject.toml`) and stays the one
//! source of truth for it. Asking for the default index resolves nothing and needs no network.

use std::ffi::OsStr;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::model::{IndexUrl, UrlError, without_credentials};
use crate::remote::RemoteError;

const TIMEOUT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(10);

/// With no requirements on its standard input this prints the options that its output was made
/// with, and resolves nothing.
const EMIT_INDEX: [&str; 8] = [
    "pip",
    "compile",
    "-",
    "--emit-index-url",
    "--no-deps",
    "--offline",
    "--no-header",
    "--quiet",
];

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

    /// The default index as uv sees it in a directory, whose configuration it reads.
    pub fn default_index(&self, working_directory: &Path) -> Result<IndexUrl, RemoteError> {
        let mut command = Command::new(&self.program);
        command
            .args(EMIT_INDEX)
            .current_dir(working_directory)
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        let output = self.run(command)?;
        if !output.status.success() {
            return Err(RemoteError::NotConfigured(format!(
                "`uv` does not tell the default package index ({}): {}",
                output.status,
                without_credentials(output.stderr.trim())
            )));
        }
        let named = emitted_index(&output.stdout).ok_or_else(|| {
            RemoteError::NotConfigured("`uv` knows no default package index".to_owned())
        })?;
        named.parse().map_err(|error: UrlError| {
            RemoteError::NotConfigured(format!("the default package index of `uv`: {error}"))
        })
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

/// The default index among the options that `--emit-index-url` prints.
fn emitted_index(stdout: &str) -> Option<&str> {
    stdout.lines().find_map(|line| {
        let rest = line
            .strip_prefix("--index-url")
            .or_else(|| line.strip_prefix("--default-index"))?;
        let url = rest.strip_prefix(['=', ' '])?.trim();
        (!url.is_empty()).then_some(url)
    })
}

fn locate(
    explicit: Option<PathBuf>,
    beside: Option<&Path>,
    path: Option<&OsStr>,
) -> Result<PathBuf, RemoteError> {
    if let Some(program) = explicit {
        // Never another one than the one that was asked for.
        return if program.is_file() {
            Ok(program)
        } else {
            Err(RemoteError::NotConfigured(format!(
                "no program `{}`",
                program.display()
            )))
        };
    }
    let name = format!("uv{}", std::env::consts::EXE_SUFFIX);
    let on_path = path.into_iter().flat_map(std::env::split_paths);
    beside
        .map(Path::to_owned)
        .into_iter()
        .chain(on_path)
        .map(|directory| directory.join(&name))
        .find(|program| is_executable(program))
        .ok_or_else(|| {
            RemoteError::NotConfigured(
                "program `uv` is neither beside `vhb` nor on `PATH`".to_owned(),
            )
        })
}

#[cfg(unix)]
fn is_executable(program: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    program
        .metadata()
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(program: &Path) -> bool {
    program.is_file()
}

/// The default index that the environment names, in the order of [`INDEX_VARIABLES`].
///
/// `UV_DEFAULT_INDEX` may be `name=url`. An empty variable counts as unset.
pub fn default_index_from_env(
    variable: impl Fn(&str) -> Option<String>,
) -> Option<Result<IndexUrl, UrlError>> {
    INDEX_VARIABLES.iter().find_map(|name| {
        let value = variable(name)?;
        let value = value.trim();
        (!value.is_empty()).then(|| without_name(value).parse())
    })
}

/// The variables that name a default index, the strongest first.
pub const INDEX_VARIABLES: [&str; 3] = ["UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"];

/// Of `name=url` the URL. A URL may hold `=` itself, but not before its `:`.
fn without_name(value: &str) -> &str {
    match value.split_once('=') {
        Some((name, url)) if !name.contains([':', '/']) => url,
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_set_variable_names_the_index() {
        let from = |set: &[(&str, &str)]| {
            default_index_from_env(|name| {
                set.iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| (*value).to_owned())
            })
        };
        let shown = |set: &[(&str, &str)]| from(set).map(|index| index.unwrap().to_string());
        assert_eq!(shown(&[]), None);
        let pip = ("PIP_INDEX_URL", "https://pip.example/simple?a=b");
        assert_eq!(shown(&[pip]).unwrap(), pip.1);
        let uv = ("UV_INDEX_URL", "https://me:pw@uv.example/simple/");
        assert_eq!(shown(&[pip, uv]).unwrap(), "https://uv.example/simple");
        let named = ("UV_DEFAULT_INDEX", "mirror=https://index.example/simple");
        assert_eq!(
            shown(&[pip, uv, named]).unwrap(),
            "https://index.example/simple"
        );
        assert_eq!(shown(&[pip, ("UV_DEFAULT_INDEX", "")]).unwrap(), pip.1);
        let error = from(&[("UV_INDEX_URL", "here")]).unwrap().unwrap_err();
        assert!(error.to_string().contains("`here`"), "{error}");
    }

    #[test]
    fn the_index_is_found_among_the_options() {
        let stdout = "# by uv\n--extra-index-url https://x/\n--index-url https://a:b@c/simple\n\n";
        assert_eq!(emitted_index(stdout), Some("https://a:b@c/simple"));
        assert_eq!(
            emitted_index("--default-index=https://c/"),
            Some("https://c/")
        );
        assert_eq!(emitted_index("--no-index\n--index-url \n"), None);
    }

    #[cfg(unix)]
    #[test]
    fn the_named_program_comes_first_then_beside_then_path() {
        use std::os::unix::fs::PermissionsExt as _;
        let root = tempfile::tempdir().unwrap();
        let make = |directory: &str, mode: u32| {
            let directory = root.path().join(directory);
            fs_err::create_dir(&directory).unwrap();
            let program = directory.join("uv");
            fs_err::write(&program, "").unwrap();
            fs_err::set_permissions(&program, std::fs::Permissions::from_mode(mode)).unwrap();
            directory
        };
        let beside = make("beside", 0o755);
        let plain = make("plain", 0o644);
        let on_path = make("path", 0o755);
        let path = std::env::join_paths([&plain, &on_path]).unwrap();
        let found = |explicit: Option<PathBuf>, beside: Option<&Path>| {
            locate(explicit, beside, Some(&path)).map_err(|error| error.to_string())
        };
        assert_eq!(found(None, Some(&beside)), Ok(beside.join("uv")));
        assert_eq!(found(None, Some(&plain)), Ok(on_path.join("uv")));
        let named = plain.join("uv");
        assert_eq!(found(Some(named.clone()), Some(&beside)), Ok(named));
        let missing = root.path().join("missing");
        assert!(found(Some(missing), Some(&beside)).is_err());
        assert!(locate(None, None, None).is_err());
    }

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
