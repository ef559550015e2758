//! An environment as the commands that make it in a container: a script for `sh`, alone or as the
//! lines of a Dockerfile.
//!
//! It is a function of the lock and of the lists of files beside it. Nothing is trusted that it
//! fetches: releases are checked by their SHA-256, repositories by the tree of the commit,
//! directories by the list of their files. Whatever ids and paths hold stays a word or a comment.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::direct_url::git_origin;
use super::shell::{document, in_comment, quoted};
use super::{ExportError, Held, Origin, held, indexes, repository};
use crate::lock::{Lock, LockedEnvironment};
use crate::model::{GitPin, GitSource, LocalPin, Manifest, Sha256Digest};

/// What installs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Installer {
    /// The Python that is there, by pip.
    Pip,
    /// The Python that is there, by uv.
    Uv,
    /// A new conda environment, by its pip.
    Conda,
}

/// An environment, and what its commands are made of.
pub struct Container<'a> {
    /// The lock.
    pub lock: &'a Lock,
    /// The id of the environment.
    pub id: &'a str,
    /// The environment.
    pub environment: &'a LockedEnvironment,
    /// What installs.
    pub installer: Installer,
    /// Reads the list of files that was kept of a pinned directory.
    pub manifest: &'a dyn Fn(&Sha256Digest) -> Option<Manifest>,
}

/// Where a Dockerfile finds the directories of the project.
const CONTEXT: &str = "/vhb-context";

const BEGIN: &str = r#"set -eu
fail() {
    printf '%s\n' "$1" >&2
    exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
export GIT_TERMINAL_PROMPT=0 GIT_LFS_SKIP_SMUDGE=1
"#;

const THIS_PYTHON: &str = r#"python=$(command -v "${PYTHON:-python3}") || fail "there is no ${PYTHON:-python3}"
case $python in
    /*) ;;
    *) python=$(pwd)/$python ;;
esac
"#;

/// Without the directory where it runs among the places of modules, as in all Python below: a file
/// `platform.py` of the project is not Python's.
const PIP: &str = r#"pip() {
    "$python" -c 'import sys
sys.path = [it for it in sys.path if it]
import runpy
runpy.run_module("pip", run_name="__main__", alter_sys=True)' "$@"
}
"#;

/// Python that ends where another Python or platform was locked.
const SUITS: &str = r#"import sys
sys.path = [it for it in sys.path if it]
import platform
version, system, machine = sys.argv[1:]
number = ".".join(map(str, sys.version_info[:version.count(".") + 1]))
here = (number, platform.system(), platform.machine())
if here != (version, system, machine):
    sys.exit("this is Python %s on %s %s, and locked is Python %s on %s %s"
             % (here + (version, system, machine)))
"#;

/// Python that writes `direct_url.json` (PEP 610) of a distribution, and its line in `RECORD`.
const STATE: &str = r#"import sys
sys.path = [it for it in sys.path if it]
import base64, hashlib, importlib.metadata, json, pathlib
name, text, directory = sys.argv[1:]
if not text:
    url = pathlib.Path(directory).resolve().as_uri()
    text = json.dumps({"dir_info": {}, "url": url}, separators=(",", ":"))
try:
    dist = importlib.metadata.distribution(name)
except importlib.metadata.PackageNotFoundError:
    sys.exit("%s was built, and is not there: its build made another distribution" % name)
record = next(it for it in dist.files if it.match("*.dist-info/RECORD"))
listed = pathlib.Path(dist.locate_file(record))
stated = listed.with_name("direct_url.json")
stated.write_bytes(text.encode())
digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
begin = listed.parent.name + "/"
lines = []
for line in listed.read_text(encoding="utf-8").splitlines():
    if line.startswith(begin + "direct_url.json,"):
        line = "%sdirect_url.json,sha256=%s,%d" % (begin, digest, len(text.encode()))
    if line.startswith(begin + "uv_cache.json,"):
        listed.with_name("uv_cache.json").unlink()
        continue
    lines.append(line + "\n")
listed.write_text("".join(lines), encoding="utf-8", newline="\n")
"#;

/// The commands as a script, to be run in the root of the project.
pub fn script(it: &Container<'_>) -> Result<String, ExportError> {
    let head = format!(
        "{}# Run it in the root of the project. It installs into the Python that PYTHON names\n\
         # (python3 otherwise), with the package index that {} is configured for.\n",
        heading(it),
        it.installer.name()
    );
    Ok(format!("#!/bin/sh\n{head}{}", commands(it)?))
}

/// The commands as lines of a Dockerfile, whose build context is the root of the project.
pub fn dockerfile(it: &Container<'_>) -> Result<String, ExportError> {
    let held = held(it.lock, it.id, it.environment)?;
    let mut directories = held.iter().filter_map(|held| match held.origin {
        Origin::Local(pin) => Some(pin),
        Origin::File { .. } | Origin::Git { .. } => None,
    });
    let mount = match directories.next() {
        Some(first) => {
            let mut all = std::iter::once(first).chain(directories);
            if let Some(outside) = all.find(|pin| leaves(&pin.path)) {
                return Err(ExportError::Outside(outside.path.clone()));
            }
            format!(" --mount=type=bind,target={CONTEXT}")
        }
        None => String::new(),
    };
    let change = if mount.is_empty() {
        String::new()
    } else {
        format!("cd {CONTEXT}\n")
    };
    let script = format!("#!/bin/sh\n{change}{}", commands(it)?);
    Ok(format!(
        "{}# Here-documents need BuildKit 0.10 (Docker 23.0) or newer.\nRUN{mount} {}",
        heading(it),
        document(&script)
    ))
}

/// Whether a path of the project leads out of it.
fn leaves(path: &str) -> bool {
    path.starts_with('/') || path.split('/').any(|part| part == "..")
}

impl Installer {
    fn name(self) -> &'static str {
        match self {
            Self::Pip => "pip",
            Self::Uv => "uv",
            Self::Conda => "conda",
        }
    }

    /// The command that installs, without what is to be installed. What is there already under the
    /// same version has no hash that could be checked, so it is installed again.
    fn command(self) -> &'static str {
        match self {
            Self::Pip | Self::Conda => {
                "pip install --quiet --no-deps --force-reinstall --no-cache-dir --no-input --disable-pip-version-check"
            }
            Self::Uv => {
                "uv pip install --quiet --python \"$python\" --no-sources --no-deps --reinstall --no-cache --link-mode copy --index-strategy unsafe-best-match"
            }
        }
    }
}

fn heading(it: &Container<'_>) -> String {
    format!(
        "# Environment {} of the experiment {}: {}.\n# Written by {} from the lock with the {}.\n",
        in_comment(it.id),
        in_comment(&it.lock.experiment.id),
        in_comment(&it.environment.asked.target.to_string()),
        crate::lock::GENERATOR,
        it.lock.digest(),
    )
}

fn commands(it: &Container<'_>) -> Result<String, ExportError> {
    let held = held(it.lock, it.id, it.environment)?;
    let target = &it.environment.asked.target;
    let markers = target.marker_environment();
    let mut text = BEGIN.to_owned();
    if it.installer == Installer::Conda {
        text.push_str("# Of conda come Python and pip alone, which no hash is known of.\n");
        let python = quoted(&format!("python={}", target.python()));
        let _ = writeln!(
            text,
            "prefix=${{VHB_PREFIX:-/opt/vhb}}\n\
             case $prefix in\n\
             \x20   /*) ;;\n\
             \x20   *) prefix=$(pwd)/$prefix ;;\n\
             esac\n\
             if [ -e \"$prefix\" ] || [ -L \"$prefix\" ]; then\n\
             \x20   fail \"$prefix exists already: name another directory with VHB_PREFIX\"\n\
             fi\n\
             \"${{CONDA_EXE:-conda}}\" create --quiet --yes --prefix \"$prefix\" {python} pip\n\
             python=$prefix/bin/python"
        );
    } else {
        text.push_str(THIS_PYTHON);
    }
    if it.installer == Installer::Uv {
        if let Some(limit) = target.exclude_newer {
            // As a variable it holds for what builds require as well.
            let _ = writeln!(
                text,
                "export UV_EXCLUDE_NEWER={}",
                quoted(&limit.to_string())
            );
        }
    } else {
        text.push_str(PIP);
    }
    let _ = write!(
        text,
        "\"$python\" - {} {} {} {}",
        quoted(target.python()),
        quoted(markers.platform_system()),
        quoted(markers.platform_machine()),
        document(SUITS)
    );
    text.push_str(&releases(it, &held));
    let sources = held
        .iter()
        .filter(|held| !matches!(held.origin, Origin::File { .. }));
    for (number, source) in sources.enumerate() {
        let place = format!("\"$work/source{number}\"");
        match &source.origin {
            Origin::Git { source: from, pin } => {
                text.push_str(&repository_commands(it, source, (from, pin), &place)?);
            }
            Origin::Local(pin) => text.push_str(&directory_commands(it, source, pin, &place)?),
            Origin::File { .. } => {}
        }
    }
    Ok(text)
}

/// Installs what comes from indexes.
fn releases(it: &Container<'_>, held: &[Held<'_>]) -> String {
    let mut list = String::new();
    for held in held {
        if let Origin::File { digest, .. } = &held.origin {
            let _ = writeln!(list, "{} --hash={digest}", held.dist);
        }
    }
    if list.is_empty() {
        return String::new();
    }
    let indexes = indexes(it.lock, it.environment).into_iter();
    let indexes: String = indexes.fold(String::new(), |mut text, index| {
        let _ = writeln!(text, "--extra-index-url {index}");
        text
    });
    format!(
        "cat > \"$work/requirements.txt\" {}{} --require-hashes -r \"$work/requirements.txt\"\n",
        document(&(indexes + &list)),
        it.installer.command()
    )
}

fn repository_commands(
    it: &Container<'_>,
    held: &Held<'_>,
    (from, pin): (&GitSource, &GitPin),
    place: &str,
) -> Result<String, ExportError> {
    let url = quoted(&repository(&pin.url)?);
    let commit = quoted(pin.commit.as_str());
    let tree = quoted(pin.tree.as_str());
    let format = if pin.commit.as_str().len() == 64 {
        " --object-format=sha256"
    } else {
        ""
    };
    let mut text = format!(
        "git init --quiet{format} {place}\n\
         git -C {place} -c core.autocrlf=false fetch --quiet --depth 1 -- {url} {commit}\n\
         git -C {place} -c core.autocrlf=false checkout --quiet --detach {commit}\n\
         test \"$(git -C {place} rev-parse 'HEAD^{{tree}}')\" = {tree} || \
         fail \"commit \"{commit}\" does not hold the locked tree\"\n\
         rm -rf {place}/.git\n"
    );
    let inside = match &pin.subdirectory {
        Some(directory) => format!("{place}/{}", quoted(directory)),
        None => place.to_owned(),
    };
    let origin = quoted(&git_origin(from, pin, None)?);
    text.push_str(&build(
        it,
        held,
        &inside,
        &pin.told_version(),
        &origin,
        "''",
    ));
    Ok(text)
}

fn directory_commands(
    it: &Container<'_>,
    held: &Held<'_>,
    pin: &LocalPin,
    place: &str,
) -> Result<String, ExportError> {
    let unlisted = || ExportError::Unlisted(pin.path.clone());
    let manifest = (it.manifest)(&pin.content).ok_or_else(unlisted)?;
    let path = quoted(&pin.path);
    let failed = quoted(&format!("`{}` is not what was locked", pin.path));
    // What is not listed is no part of the package, and may be secret.
    let mut text = format!(
        "mkdir {place}\n\
         cat > \"$work/manifest\" {}\
         while IFS= read -r line; do\n\
         \x20   file=${{line#*  }}\n\
         \x20   case $file in */*) mkdir -p -- {place}/\"${{file%/*}}\" ;; esac\n\
         \x20   if ! [ -f {path}/\"$file\" ] || ! cp -L -- {path}/\"$file\" {place}/\"$file\"; then\n\
         \x20       printf '%s: FAILED to be copied\\n' \"$file\" >&2\n\
         \x20       fail {failed}\n\
         \x20   fi\n\
         done < \"$work/manifest\"\n\
         (cd {place} && sha256sum -c - < \"$work/manifest\" > \"$work/sums\") || {{\n\
         \x20   grep -v ': OK$' \"$work/sums\" >&2 || :\n\
         \x20   fail {failed}\n\
         }}\n",
        document(&manifest.to_text()),
    );
    text.push_str(&build(it, held, place, &pin.told_version(), "''", &path));
    Ok(text)
}

/// Builds and installs a directory, and states where it comes from.
fn build(
    it: &Container<'_>,
    held: &Held<'_>,
    place: &str,
    version: &str,
    origin: &str,
    directory: &str,
) -> String {
    let name = quoted(held.dist.name.as_ref());
    let version = quoted(version);
    let command = it.installer.command();
    format!(
        "(cd {place} && SETUPTOOLS_SCM_PRETEND_VERSION={version} {command} .)\n\
         \"$python\" - {name} {origin} {directory} {}",
        document(STATE)
    )
}

/// What the runs that use an environment install with, and which runs those are.
pub fn package_managers<'a>(lock: &'a Lock, id: &str) -> BTreeMap<&'a str, Vec<&'a str>> {
    let mut managers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (run, planned) in &lock.runs {
        let mut ids = planned.environments.values().flat_map(|ids| ids.iter());
        if ids.any(|it| it == id) {
            let manager = planned.package_manager.as_str();
            managers.entry(manager).or_default().push(run);
        }
    }
    managers
}
