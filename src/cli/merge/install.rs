//! `vhb merge --install`: how git comes to call this.
//!
//! The clone's configuration says what to run, `.gitattributes` of the project for which files.
//! The second is everybody's, so `--uninstall` leaves it: without the driver, git merges as usual.

use std::fmt::Write as _;
use std::path::Path;

use clap::{Args as _, FromArgMatches as _};

use super::super::Result;
use super::super::args::{MergeArgs, NetworkArgs};
use super::super::error::CliError;
use super::super::output::{Output, shown};
use super::super::project::find_root;
use super::super::world::cache_dir;
use crate::export::quoted;
use crate::finding::Outcome;
use crate::io::git::{BlobError, WorkTree};
use crate::io::write::{FileToWrite, write_all};

/// The driver, as `.gitattributes` name it.
const DRIVER: &str = "vhb";
/// The one that merges common ancestors.
const ANCESTORS: &str = "vhb-ancestors";
/// The files that it merges, from the root of the project.
const PATTERNS: [&str; 2] = ["locks/*.lock.json", "sboms/*.cdx.json"];

pub(super) fn install(args: &MergeArgs, output: &Output) -> Result {
    let root = find_root(args.registry.registry.as_deref(), Path::new("."))?;
    let tree = WorkTree::around(&root);
    let config = tree.config_file().map_err(|error| git_failed(&error))?;
    tree.top().map_err(|error| git_failed(&error))?;
    let mut said = String::new();
    for (key, value) in settings(args)? {
        if tree.set(&key, &value).map_err(|error| git_failed(&error))? {
            let _ = writeln!(said, "set {key} in {}", shown(&config).display());
        }
    }
    let attributes = root.join(".gitattributes");
    let added = add_lines(&attributes)?;
    for line in &added {
        let _ = writeln!(said, "added `{line}` to {}", shown(&attributes).display());
    }
    if said.is_empty() {
        said.push_str("nothing changed\n");
    } else if !added.is_empty() {
        said.push_str("commit .gitattributes, so that other clones can use the driver too\n");
    }
    output.say(&said);
    in_force(&tree)?;
    Ok(Outcome::Clean)
}

pub(super) fn uninstall(args: &MergeArgs, output: &Output) -> Result {
    let place = args.registry.registry.as_deref().unwrap_or(Path::new("."));
    let place = std::path::absolute(place)
        .map_err(|error| CliError::unreadable("directory", place, &error))?;
    let tree = WorkTree::around(place);
    let config = tree.config_file().map_err(|error| git_failed(&error))?;
    let mut said = String::new();
    for driver in [DRIVER, ANCESTORS] {
        let section = format!("merge.{driver}");
        if tree
            .unset_section(&section)
            .map_err(|error| git_failed(&error))?
        {
            let _ = writeln!(said, "took {section} out of {}", shown(&config).display());
        }
    }
    if said.is_empty() {
        said.push_str("nothing changed\n");
    } else {
        said.push_str(
            "left .gitattributes to the other clones: git merges these files as text now\n",
        );
    }
    output.say(&said);
    Ok(Outcome::Clean)
}

fn settings(args: &MergeArgs) -> Result<Vec<(String, String)>> {
    let program = program();
    let cache = cache_option(args)?;
    let network = network_options(args);
    let of = |driver: &str, name: &str| format!("merge.{driver}.{name}");
    let files = "%O %A %B";
    Ok(vec![
        (
            of(DRIVER, "name"),
            "locks of vhb and their SBOMs".to_owned(),
        ),
        (
            of(DRIVER, "driver"),
            format!("{program} merge{network}{cache} --path=%P --label=%X --label=%Y {files}"),
        ),
        (of(DRIVER, "recursive"), ANCESTORS.to_owned()),
        (
            of(ANCESTORS, "name"),
            "common ancestors of these".to_owned(),
        ),
        (
            of(ANCESTORS, "driver"),
            format!("{program} merge --ancestors{cache} --path=%P {files}"),
        ),
    ])
}

/// How servers are asked, as far as it was said: defaults and variables hold by themselves.
fn network_options(args: &MergeArgs) -> String {
    let (asked, unsaid) = (&args.network, unsaid());
    let unsaid = unsaid.as_ref();
    let mut options = String::new();
    for (flag, given) in [("offline", asked.offline), ("strict", args.strict)] {
        if given {
            let _ = write!(options, " --{flag}");
        }
    }
    if unsaid.is_none_or(|unsaid| unsaid.jobs != asked.jobs) {
        let _ = write!(options, " --jobs={}", asked.jobs);
    }
    if unsaid.is_none_or(|unsaid| unsaid.timeout != asked.timeout) {
        let _ = write!(options, " --timeout={}", asked.timeout);
    }
    options
}

/// The cache directory, as far as it was said: drivers run in another directory than this.
fn cache_option(args: &MergeArgs) -> Result<String> {
    let unsaid = unsaid().and_then(|unsaid| unsaid.cache.cache_dir);
    let said = args.network.cache.cache_dir.as_ref();
    match said.filter(|directory| Some(*directory) != unsaid.as_ref()) {
        Some(_) => {
            let directory = cache_dir(&args.network.cache)?;
            Ok(format!(" --cache-dir={}", driver_word(&directory)))
        }
        None => Ok(String::new()),
    }
}

/// What holds where no option says it; none where a variable cannot be used.
fn unsaid() -> Option<NetworkArgs> {
    let command = NetworkArgs::augment_args(clap::Command::new(DRIVER));
    let matches = command.try_get_matches_from([DRIVER]).ok()?;
    NetworkArgs::from_arg_matches(&matches).ok()
}

/// A path as one word of a driver, in which a `%` would be taken for a placeholder.
fn driver_word(path: &Path) -> String {
    quoted(&path.to_string_lossy()).replace('%', "%%")
}

/// The program as git's shell finds it: by its name where that is this one, else by its path.
fn program() -> String {
    let Ok(this) = std::env::current_exe() else {
        return DRIVER.to_owned();
    };
    let canonical = |path: &Path| path.canonicalize().ok();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found = std::env::split_paths(&path).map(|directory| directory.join(DRIVER));
    let found = found.find(|path| path.is_file());
    let same = found.is_some_and(|path| canonical(&path) == canonical(&this));
    if same {
        DRIVER.to_owned()
    } else {
        driver_word(&this)
    }
}

/// Adds the lines that a file of attributes does not have yet, below the others.
fn add_lines(path: &Path) -> Result<Vec<String>> {
    if path.is_symlink() {
        let message = format!(
            "`{}` is a symbolic link, which git does not read",
            shown(path).display()
        );
        return Err(CliError::new(message).hint("replace it by a file"));
    }
    let mut bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(CliError::unreadable("file", path, &error)),
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let attribute = format!("merge={DRIVER}");
    let has = |pattern: &str| {
        text.lines().any(|line| {
            let mut words = line.split_whitespace();
            words.next() == Some(pattern) && words.any(|word| word == attribute)
        })
    };
    let missing = PATTERNS.iter().filter(|pattern| !has(pattern));
    let lines: Vec<_> = missing
        .map(|pattern| format!("{pattern} {attribute}"))
        .collect();
    if lines.is_empty() {
        return Ok(lines);
    }
    if !bytes.is_empty() && !bytes.ends_with(b"\n") {
        bytes.push(b'\n');
    }
    for line in &lines {
        bytes.extend_from_slice(line.as_bytes());
        bytes.push(b'\n');
    }
    let path = path.to_path_buf();
    let written = write_all(&[FileToWrite { path, bytes }]).map(drop);
    written.map_err(|error| CliError::new(error.to_string()))?;
    Ok(lines)
}

/// Fails where other attributes keep git from using the driver.
fn in_force(tree: &WorkTree) -> Result<()> {
    for pattern in PATTERNS {
        let path = pattern.replace('*', "any");
        let value = tree
            .attribute("merge", Path::new(&path))
            .map_err(|error| git_failed(&error))?;
        if value != DRIVER {
            let message =
                format!("git merges `{pattern}` by another driver all the same: `{value}`");
            let hint =
                "look for `merge` in later lines of `.gitattributes`, and in `info/attributes`";
            return Err(CliError::new(message).hint(hint));
        }
    }
    Ok(())
}

fn git_failed(error: &BlobError) -> CliError {
    let hint = match error {
        BlobError::NoGit(_) => "install git, or put it on the PATH",
        BlobError::NoRepository => "run it inside of a clone, or name one by `--registry DIR`",
        BlobError::NoWorkTree => "run it in a clone with a work tree",
        _ => "look at the configuration of the clone",
    };
    CliError::new("cannot ask git about this clone")
        .because(error)
        .hint(hint)
}
