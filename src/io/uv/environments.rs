//! The port [`EnvironmentResolver`] by `uv pip compile` and `uv build`.
//!
//! What uv decides must follow from what it is given here: its configuration files are not read,
//! and of its environment variables only those are passed on that say how it works (caches,
//! certificates, credentials), none that say what it chooses. Addresses with credentials travel in
//! the environment, never in a file or an argument.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use pep440_rs::Version;
use pep508_rs::PackageName;

use super::remembered::Remembered;
use super::{Output, Uv, failure, install, project, pylock};
use crate::io::index::of_built_wheel;
use crate::model::{IndexUrl, Sha256Digest, Target, without_credentials};
use crate::remote::{
    BuildWanted, Built, Chosen, EnvironmentResolver, EnvironmentWanted, InstallWanted, RemoteError,
    ResolveError, Root, RootFrom,
};

/// Far more than resolving and building take; only what hangs for good is ended.
const LONGEST: Duration = Duration::from_hours(2);

/// What uv may know of the environment: how to reach things, and where to keep them.
const KEPT_VARIABLES: [&str; 21] = [
    "UV_CACHE_DIR",
    "UV_CONCURRENT_BUILDS",
    "UV_CONCURRENT_INSTALLS",
    "UV_CREDENTIALS_DIR",
    "UV_HTTP_CONNECT_TIMEOUT",
    "UV_HTTP_RETRIES",
    "UV_INSECURE_HOST",
    "UV_KEYRING_PROVIDER",
    "UV_LINK_MODE",
    "UV_LOCK_TIMEOUT",
    "UV_MANAGED_PYTHON",
    "UV_NATIVE_TLS",
    "UV_NO_CACHE",
    "UV_NO_MANAGED_PYTHON",
    "UV_PYTHON",
    "UV_PYTHON_BIN_DIR",
    "UV_PYTHON_CACHE_DIR",
    "UV_PYTHON_DOWNLOADS",
    "UV_PYTHON_INSTALL_DIR",
    "UV_PYTHON_INSTALL_MIRROR",
    "UV_SYSTEM_CERTS",
];

/// Tells the default index.
pub type SharedIndex = Arc<dyn Fn() -> Result<IndexUrl, RemoteError> + Send + Sync>;

/// Finds the program.
pub type FindUv = Box<dyn Fn() -> Result<Uv, RemoteError> + Send + Sync>;

/// Resolves and builds with uv, which is looked for when it is first needed.
pub struct UvEnvironments {
    find: FindUv,
    found: OnceLock<Result<Uv, RemoteError>>,
    default_index: SharedIndex,
    offline: bool,
    timeout: Duration,
    jobs: usize,
    remembered: Remembered,
}

/// How uv is run.
pub struct UvOptions {
    /// Finds the program.
    pub find: FindUv,
    /// The index of what names none.
    pub default_index: SharedIndex,
    /// Whether uv may only use its cache.
    pub offline: bool,
    /// How long a server may stay silent.
    pub timeout: Duration,
    /// How many questions may be under way at once.
    pub jobs: usize,
    /// The cache of vhb; uv has its own.
    pub cache_dir: PathBuf,
}

impl UvEnvironments {
    /// Nothing is run yet.
    pub fn new(options: UvOptions) -> Self {
        Self {
            find: options.find,
            found: OnceLock::new(),
            default_index: options.default_index,
            offline: options.offline,
            timeout: options.timeout,
            jobs: options.jobs,
            remembered: Remembered::new(&options.cache_dir),
        }
    }

    fn uv(&self) -> Result<&Uv, RemoteError> {
        let find = || {
            let uv = (self.find)()?;
            Ok(Uv {
                timeout: LONGEST,
                ..uv
            })
        };
        self.found.get_or_init(find).as_ref().map_err(Clone::clone)
    }

    /// A command without anything of the user's that could change what is chosen.
    pub(super) fn command(&self, target: &Target) -> Result<Command, ResolveError> {
        let uv = self.uv()?;
        let mut command = Command::new(&uv.program);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            let decides = text.starts_with("UV_") && !KEPT_VARIABLES.contains(&&*text);
            if decides || text.starts_with("SETUPTOOLS_SCM_PRETEND_VERSION") {
                command.env_remove(&name);
            }
        }
        command
            .envs(uv.environment.iter().map(|(name, value)| (name, value)))
            .env("UV_DEFAULT_INDEX", (self.default_index)()?.secret())
            .env("UV_HTTP_TIMEOUT", self.timeout.as_secs().max(1).to_string())
            .env("UV_CONCURRENT_DOWNLOADS", self.jobs.max(1).to_string())
            .env("NO_COLOR", "1");
        // Which interpreter is looked for follows from the target, not from where vhb is called.
        for variable in ["FORCE_COLOR", "VIRTUAL_ENV", "CONDA_PREFIX"] {
            command.env_remove(variable);
        }
        command.args(["--no-config", "--no-progress", "--color", "never"]);
        if self.offline {
            command.arg("--offline");
        }
        if let Some(limit) = target.exclude_newer {
            // As a variable it holds for what builds require as well.
            command.env("UV_EXCLUDE_NEWER", limit.to_string());
        }
        Ok(command)
    }

    /// Runs to the end; `places` are directories for a while, which messages do not name.
    pub(super) fn run(&self, command: Command, places: &[&Path]) -> Result<Output, ResolveError> {
        let output = self.uv()?.run(command)?;
        if output.status.success() {
            return Ok(output);
        }
        let mut text = without_credentials(&output.stderr);
        for place in places {
            text = text.replace(&*place.to_string_lossy(), "");
        }
        Err(failure::of(text.trim(), self.offline))
    }
}

impl EnvironmentResolver for UvEnvironments {
    fn version(&self) -> Result<String, RemoteError> {
        let uv = self.uv()?;
        let mut command = Command::new(&uv.program);
        command.arg("--version");
        let output = uv.run(command)?;
        let mut words = output.stdout.split_whitespace();
        match (output.status.success(), words.next(), words.next()) {
            (true, Some(name), Some(version)) => Ok(format!("{name} {version}")),
            _ => Err(RemoteError::NotConfigured(format!(
                "`{}` does not tell its version",
                uv.program.display()
            ))),
        }
    }

    fn resolve(&self, wanted: &EnvironmentWanted<'_>) -> Result<Vec<Chosen>, ResolveError> {
        let work = tempfile::Builder::new().prefix("vhb-").tempdir();
        let work = work.map_err(|error| cannot_work(&error))?;
        let place = work.path();
        let roots = wanted.roots.iter().cloned().enumerate();
        let roots = roots.map(|(number, root)| apart(root, &place.join(format!("root{number}"))));
        let wanted = &EnvironmentWanted {
            roots: roots
                .collect::<io::Result<_>>()
                .map_err(|error| cannot_work(&error))?,
            ..wanted.clone()
        };
        let (project, secrets) = project::of(wanted);
        let constraints = lines(&wanted.target.constraints);
        let overrides = lines(&wanted.target.overrides);
        let files = [
            ("pyproject.toml", project),
            ("pylock.toml", pylock::preferring(&wanted.preferred)),
            ("constraints.txt", constraints),
            ("overrides.txt", overrides),
        ];
        for (name, text) in files {
            fs::write(place.join(name), text).map_err(|error| cannot_work(&error))?;
        }
        let mut command = self.command(wanted.target)?;
        command
            .current_dir(place)
            .args(["pip", "compile", "pyproject.toml", "--quiet", "--no-header"])
            .args(["--format", "pylock.toml", "--output-file", "pylock.toml"])
            .args(["--constraints", "constraints.txt"])
            .args(["--overrides", "overrides.txt"])
            .args(["--python-version", wanted.target.python()])
            .args(["--python-platform", wanted.target.platform().as_str()])
            .envs(secrets);
        if !wanted.may_build {
            command.arg("--no-build");
        }
        for root in &wanted.roots {
            if let Some((name, version)) = project::told_version(root) {
                command.env(name, version);
            }
        }
        let mut places = vec![place];
        places.extend(wanted.roots.iter().filter_map(|root| match &root.from {
            RootFrom::Path { path, .. } => path.parent(),
            RootFrom::Release { .. } => None,
        }));
        self.run(command, &places)?;
        let text =
            fs::read_to_string(place.join("pylock.toml")).map_err(|error| cannot_work(&error))?;
        let chosen = pylock::chosen(&text).map_err(|reason| {
            ResolveError::Failed(format!("what uv wrote is not understood: {reason}"))
        })?;
        self.remembered.keep(wanted, &chosen);
        Ok(chosen)
    }

    fn likely(&self, wanted: &EnvironmentWanted<'_>) -> Vec<PackageName> {
        self.remembered.names(wanted)
    }

    fn build(&self, wanted: &BuildWanted<'_>) -> Result<Built, ResolveError> {
        fs::create_dir_all(wanted.into).map_err(|error| cannot_work(&error))?;
        let mut command = self.command(wanted.target)?;
        let python = wanted.python.unwrap_or(wanted.target.python());
        command
            .args(["build", "--wheel", "--no-sources", "--no-create-gitignore"])
            .arg(format!("--python={python}"))
            .arg("--out-dir")
            .arg(wanted.into)
            .arg(wanted.source);
        if let Some(version) = wanted.version {
            command.env("SETUPTOOLS_SCM_PRETEND_VERSION", version);
        }
        let place = wanted.source.parent().unwrap_or(wanted.source);
        self.run(command, &[place])?;
        let wheel = only_wheel(wanted.into).map_err(|error| cannot_work(&error))?;
        let bytes = fs::read(&wheel).map_err(|error| cannot_work(&error))?;
        let sha256 = Sha256Digest::of(&bytes);
        let archive = io::Cursor::new(bytes);
        let metadata = of_built_wheel(archive)
            .map_err(|error| ResolveError::Failed(format!("the wheel that was built: {error}")))?;
        let metadata = String::from_utf8_lossy(&metadata).into_owned();
        Ok(Built {
            wheel,
            sha256,
            metadata,
        })
    }

    fn interpreter(&self, target: &Target, python: &str) -> Result<Version, ResolveError> {
        install::interpreter(self, target, python)
    }

    fn install(&self, wanted: &InstallWanted<'_>) -> Result<(), ResolveError> {
        install::install(self, wanted)
    }
}

/// A root that is a directory as a directory of its own, with nothing but what it is by standards.
fn apart(root: Root, place: &Path) -> io::Result<Root> {
    let RootFrom::Path { path, version } = &root.from else {
        return Ok(root);
    };
    if !path.is_dir() {
        return Ok(root);
    }
    let text = fs::read_to_string(path.join("pyproject.toml"))?;
    let Some(text) = project::standard_part(&text) else {
        return Ok(root);
    };
    fs::create_dir(place)?;
    fs::write(place.join("pyproject.toml"), text)?;
    let from = RootFrom::Path {
        path: place.to_owned(),
        version: version.clone(),
    };
    Ok(Root { from, ..root })
}

fn lines(requirements: &std::collections::BTreeSet<crate::model::Requirement>) -> String {
    let lines = requirements.iter().map(|text| format!("{text}\n"));
    lines.collect()
}

fn only_wheel(directory: &Path) -> io::Result<PathBuf> {
    let mut wheels = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "whl") {
            wheels.push(path);
        }
    }
    match <[PathBuf; 1]>::try_from(wheels) {
        Ok([wheel]) => Ok(wheel),
        Err(wheels) => Err(io::Error::other(format!(
            "the build made {} wheels",
            wheels.len()
        ))),
    }
}

pub(super) fn cannot_work(error: &io::Error) -> ResolveError {
    ResolveError::Failed(format!("cannot write or read a temporary file: {error}"))
}
