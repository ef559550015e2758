//! `vhb record`: what a rerun runs on, written down.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::args::RecordArgs;
use super::environment::chosen;
use super::error::CliError;
use super::inputs::refuse_input;
use super::installed;
use super::lock_files::read_lock;
use super::world::{cache_dir, digest_options, variable};
use super::{Output, Result};
use crate::finding::Outcome;
use crate::io::installed::read_installed;
use crate::io::machine::{MachinePlaces, on_path, read_machine};
use crate::io::write::{FileToWrite, write_all};
use crate::lock::Lock;
use crate::model::{Machine, RecordedEnvironment, RecordedPackage, RuntimeManifest, Sha256Digest};

/// How long the driver may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) fn run(args: &RecordArgs, output: &Output) -> Result {
    let (lock, bytes) = read_lock(&args.lock)?;
    let inputs: Vec<_> = std::iter::once(&args.lock)
        .chain(&args.env)
        .cloned()
        .collect();
    refuse_input(("the recording", "--output"), &args.output, &inputs)?;
    let mut manifest = RuntimeManifest::new(
        lock.experiment.run_mode,
        lock.experiment.id.clone(),
        Sha256Digest::of(&bytes),
        this_machine()?,
    );
    for (key, package) in &lock.packages {
        let dist = package.distribution.as_ref();
        let version = dist.and_then(|dist| dist.version.as_ref());
        let recorded = RecordedPackage {
            name: dist.map_or_else(|| key.clone(), |dist| dist.name.to_string()),
            version: version.map(ToString::to_string),
            source: package.source.clone(),
            pin: package.pin.clone(),
        };
        manifest.packages.insert(key.clone(), recorded);
    }
    if let Some(directory) = &args.env {
        manifest.environment = Some(environment(args, &lock, directory, output)?);
    }
    if args.output == Path::new("-") {
        output.data(&String::from_utf8_lossy(&manifest.to_bytes()));
        return Ok(Outcome::Clean);
    }
    let files = [FileToWrite {
        path: args.output.clone(),
        bytes: manifest.to_bytes(),
    }];
    let written = write_all(&files).map_err(|error| CliError::new(error.to_string()))?;
    let shown = args.output.display();
    output.say(&if written.is_empty() {
        "nothing changed\n".to_owned()
    } else {
        format!("wrote {shown}\n")
    });
    Ok(Outcome::Clean)
}

/// The machine that vhb runs on.
pub(super) fn this_machine() -> Result<Machine> {
    let path = std::env::var_os("PATH");
    let program = format!("nvidia-smi{}", std::env::consts::EXE_SUFFIX);
    let nvidia_smi: Option<PathBuf> = on_path(path.as_deref(), &program);
    let machine = read_machine(&MachinePlaces {
        root: Path::new("/"),
        nvidia_smi,
        timeout: PATIENCE,
        variable: &variable,
    });
    machine.map_err(|error| {
        let hint = "set it to `sha256:` and 64 hexadecimal digits, or to nothing";
        CliError::new(error.to_string()).hint(hint)
    })
}

/// What is installed: names and versions, by what each distribution says of itself.
fn environment(
    args: &RecordArgs,
    lock: &Lock,
    directory: &Path,
    output: &Output,
) -> Result<RecordedEnvironment> {
    let (id, environment) = chosen(lock, args.environment.as_deref())?;
    let options = digest_options(&cache_dir(&args.cache)?, false);
    let progress = output.progress();
    let python = environment.asked.target.python();
    let found = read_installed(directory, python, &options, &progress);
    drop(progress);
    let found = found.map_err(|error| installed::unusable(&error))?;
    let mut distributions = std::collections::BTreeMap::new();
    for it in &found.distributions {
        let dist = it.stated.as_ref().map_err(|reason| {
            let message = format!("what `{}` is cannot be read: {reason}", it.place);
            CliError::new(message).hint("`vhb verify --env` tells more; `vhb sync` makes it anew")
        })?;
        let version = dist.version.as_ref().map(ToString::to_string);
        let before = distributions.insert(dist.name.to_string(), version.unwrap_or_default());
        if before.is_some() {
            let message = format!("`{}` is installed more than once", dist.name);
            return Err(CliError::new(message).hint("`vhb sync` makes the environment anew"));
        }
    }
    Ok(RecordedEnvironment {
        id: id.to_owned(),
        python: found.python,
        distributions,
    })
}
