//! A real `git daemon` on 127.0.0.1 and repositories for it to serve.
//!
//! Nothing of the machine's git configuration takes part, and all dates are fixed, so the same
//! steps give the same ids everywhere.

use std::ffi::OsString;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use vhb::model::{GitOid, RemoteUrl};

/// When every commit and tag is made.
pub const DATE: &str = "2026-01-02T03:04:05Z";

/// Generous: only a machine that is stuck reaches it.
const PATIENCE: Duration = Duration::from_mins(1);

/// The variables that keep the machine's git configuration out.
pub fn isolated() -> Vec<(OsString, OsString)> {
    [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
    ]
    .map(|(name, value)| (name.into(), value.into()))
    .to_vec()
}

/// Runs git in a directory and gives what it writes, without the final newline.
pub fn git(directory: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(variable);
    }
    for person in ["AUTHOR", "COMMITTER"] {
        command
            .env(format!("GIT_{person}_NAME"), "A U Thor")
            .env(format!("GIT_{person}_EMAIL"), "author@example.invalid")
            .env(format!("GIT_{person}_DATE"), DATE);
    }
    let output = command
        .envs(isolated())
        .args(["-c", "protocol.file.allow=always", "-C"])
        .arg(directory)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("git must be installed");
    assert!(
        output.status.success(),
        "git {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("git writes UTF-8 here");
    text.trim_end().to_owned()
}

/// A repository with a work tree, on the branch `main`.
pub struct Repo {
    /// The work tree.
    pub path: PathBuf,
}

impl Repo {
    /// An empty repository.
    pub fn init(path: PathBuf, options: &[&str]) -> Self {
        std::fs::create_dir_all(&path).expect("a fresh directory");
        let arguments = [&["init", "--quiet", "--initial-branch=main"], options].concat();
        git(&path, &arguments);
        Self { path }
    }

    /// Runs git in the work tree.
    pub fn git(&self, arguments: &[&str]) -> String {
        git(&self.path, arguments)
    }

    /// Writes a file of the work tree.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path.join(path);
        std::fs::create_dir_all(path.parent().expect("below the root")).expect("a directory");
        std::fs::write(path, content).expect("a file");
    }

    /// Makes a symbolic link in the work tree.
    #[cfg(unix)]
    pub fn link(&self, path: &str, target: &str) {
        let path = self.path.join(path);
        std::fs::create_dir_all(path.parent().expect("below the root")).expect("a directory");
        std::os::unix::fs::symlink(target, path).expect("a link");
    }

    /// Commits all that is in the work tree.
    pub fn commit(&self, message: &str) -> GitOid {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "-m", message]);
        self.id("HEAD")
    }

    /// Writes one file and commits it.
    pub fn commit_file(&self, path: &str, content: &str) -> GitOid {
        self.write(path, content);
        self.commit(path)
    }

    /// The id that an expression leads to.
    pub fn id(&self, expression: &str) -> GitOid {
        self.git(&["rev-parse", "--verify", expression])
            .parse()
            .expect("git writes full ids")
    }

    /// Drops every object that no reference leads to.
    pub fn prune(&self) {
        self.git(&["reflog", "expire", "--expire=now", "--all"]);
        self.git(&["gc", "--quiet", "--prune=now"]);
    }
}

/// A running `git daemon`; its repositories are gone with it.
pub struct GitServer {
    daemon: Child,
    port: u16,
    base: TempDir,
}

impl GitServer {
    /// Starts a server and waits until it answers.
    pub fn start() -> Self {
        let base = tempfile::tempdir().expect("a temporary directory");
        Repo::init(base.path().join("ready"), &[]);
        let begun = Instant::now();
        // Between finding a free port and using it, someone else may take it.
        loop {
            assert!(begun.elapsed() < PATIENCE, "git daemon does not start");
            let port = free_port();
            let mut daemon = spawn(base.path(), port);
            if ready(&mut daemon, port) {
                return Self { daemon, port, base };
            }
            end(&mut daemon);
        }
    }

    /// The address of a repository.
    pub fn url(&self, name: &str) -> RemoteUrl {
        format!("git://127.0.0.1:{}/{name}", self.port)
            .parse()
            .expect("a git address")
    }

    /// Makes a repository to serve.
    pub fn repository(&self, name: &str) -> Repo {
        Repo::init(self.base.path().join(name), &[])
    }

    /// Makes a repository whose ids are SHA-256.
    pub fn sha256_repository(&self, name: &str) -> Repo {
        Repo::init(self.base.path().join(name), &["--object-format=sha256"])
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Stops answering; the repositories stay on disk.
    pub fn stop(&mut self) {
        end(&mut self.daemon);
    }
}

impl Drop for GitServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A port of 127.0.0.1 on which nobody listens.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("it is bound").port()
}

fn spawn(base: &Path, port: u16) -> Child {
    // Not through `git daemon`: that would be the parent of the process to end. What the daemon
    // itself starts serves one connection and ends with it, or by the time-out.
    let program = PathBuf::from(git(base, &["--exec-path"])).join("git-daemon");
    assert!(
        program.exists(),
        "`{}` is missing: install git's daemon to run these tests",
        program.display()
    );
    Command::new(program)
        .envs(isolated())
        // The repositories may belong to another user where tests run as root in a container.
        .envs([
            ("GIT_CONFIG_COUNT", "1"),
            ("GIT_CONFIG_KEY_0", "safe.directory"),
        ])
        .env("GIT_CONFIG_VALUE_0", "*")
        .args(["--export-all", "--reuseaddr", "--listen=127.0.0.1"])
        .args(["--init-timeout=60", "--timeout=60"])
        .arg(format!("--port={port}"))
        .arg(format!("--base-path={}", base.display()))
        .arg(base)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("git-daemon runs")
}

/// Whether this daemon, and no stranger, answers on the port.
fn ready(daemon: &mut Child, port: u16) -> bool {
    let address = format!("git://127.0.0.1:{port}/ready");
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if !matches!(daemon.try_wait(), Ok(None)) {
            return false;
        }
        let answered = Command::new("git")
            .envs(isolated())
            .args(["ls-remote", "--quiet", &address])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if answered {
            return true;
        }
        thread::sleep(Duration::from_millis(20));
    }
    false
}

fn end(daemon: &mut Child) {
    // Both fail only where it has already ended.
    let _ = daemon.kill();
    let _ = daemon.wait();
}
