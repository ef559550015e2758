//! `vhb attest`: signs that results came from what is locked.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use url::Url;

use super::args::AttestArgs;
use super::error::CliError;
use super::keys::private_key;
use super::lock_files::{attestation_path, read_lock, read_sbom, sbom_path};
use super::result_files::{self, same_name};
use super::{Output, Result};
use crate::attest::{self, Subjects};
use crate::attestation::{
    Envelope, EnvelopeError, MAX_BUNDLE, PAYLOAD_TYPE, PrivateKey, SubjectRole, bundle, read_bundle,
};
use crate::bom;
use crate::finding::{Code, Outcome, Report, Severity};
use crate::lock::Lock;
use crate::model::{Sha256Digest, counted};
use crate::verify;

pub(super) fn run(args: &AttestArgs, output: &Output) -> Result {
    let builder_id = args.builder_id.as_deref().map(builder_id).transpose()?;
    let (lock, lock_bytes) = read_lock(&args.lock)?;
    let sbom_path = sbom_path(&args.lock);
    let sbom_bytes = read_sbom(&sbom_path)?;
    let doubts = doubts(args, &lock, &lock_bytes, sbom_bytes.as_deref());
    output.talk_findings(&doubts, Path::new("."));
    let (Some(sbom_bytes), false) = (sbom_bytes, doubts.has_errors()) else {
        output.refuse("nothing was attested\n");
        return Ok(Outcome::Failed);
    };
    let key = private_key(&args.key)?;
    let path = args.output.clone();
    let path = path.unwrap_or_else(|| attestation_path(&args.lock));
    let lock_file = Own::of(&args.lock, SubjectRole::Lock, &lock_bytes);
    let sbom_file = Own::of(&sbom_path, SubjectRole::Sbom, &sbom_bytes);
    let subjects = subjects(args, &[&lock_file, &sbom_file], &path, output)?;
    let count = subjects.len() - 2;
    let sbom: Json = serde_json::from_slice(&sbom_bytes)
        .map_err(|error| CliError::new("the SBOM is not JSON").because(&error))?;
    let builder_id = builder_id.unwrap_or_else(|| format!("urn:vhb:signer:{}", key.id()));
    let statements = attest::statements(&lock, &lock_file.name, sbom, &subjects, &builder_id)
        .map_err(|error| CliError::new("nothing can be stated").because(&error))?;
    let envelopes =
        statements.map(|statement| Envelope::signed(PAYLOAD_TYPE, statement.to_json(), &key));
    refuse_others(&path, &key)?;
    write(&path, bundle(&envelopes), output)?;
    say(&lock, count, &key, output);
    Ok(Outcome::Clean)
}

/// Why the lock is nothing to vouch for; what only warns elsewhere is an error here.
fn doubts(args: &AttestArgs, lock: &Lock, lock_bytes: &[u8], sbom: Option<&[u8]>) -> Report {
    let mut report = verify::itself(lock, lock_bytes, sbom, &bom::to_bytes);
    for finding in &mut report.findings {
        if finding.code == Code::DevLock {
            finding.hint = Some("lock with RUN_MODE=prod, or pass `--allow-dev`".to_owned());
            if args.allow_dev {
                continue;
            }
        }
        finding.severity = Severity::Error;
    }
    report.sort();
    report
}

/// A file that belongs to the lock, and is attested with the results.
struct Own {
    path: PathBuf,
    name: String,
    role: SubjectRole,
    digest: Sha256Digest,
}

impl Own {
    fn of(path: &Path, role: SubjectRole, bytes: &[u8]) -> Self {
        let name = path.file_name().unwrap_or_default();
        Self {
            path: path.to_path_buf(),
            name: name.to_string_lossy().into_owned(),
            role,
            digest: Sha256Digest::of(bytes),
        }
    }
}

/// The results, the lock and its SBOM.
fn subjects(
    args: &AttestArgs,
    own: &[&Own; 2],
    attestation: &Path,
    output: &Output,
) -> Result<Subjects> {
    let [lock, sbom] = own;
    if lock.name == sbom.name {
        return Err(same_name(&lock.name, &lock.path, &sbom.path));
    }
    let no_results = [&lock.path, &sbom.path, attestation].map(Path::to_path_buf);
    let cache = (&args.cache, &args.rehash);
    let files = result_files::read(&args.results, &no_results, cache, output)?;
    if files.is_empty() {
        return Err(CliError::new(
            "there are no result files, so there is nothing to attest",
        ));
    }
    let mut subjects = Subjects::new();
    for own in own {
        if let Some((place, _)) = files.get(&own.name) {
            return Err(same_name(&own.name, &own.path, place));
        }
        subjects.insert(own.name.clone(), (own.role, own.digest));
    }
    let results = files.into_iter();
    subjects.extend(results.map(|(name, (_, digest))| (name, (SubjectRole::Result, digest))));
    Ok(subjects)
}

/// An address that stands for what ran the experiment, as it was written.
fn builder_id(text: &str) -> Result<String> {
    let unusable = |why: &str| {
        let shown = crate::model::without_credentials(text);
        CliError::new(format!("cannot use `--builder-id {shown}`: {why}"))
            .hint("name an absolute URI, like `https://ci.example.org/runner` or `urn:lab:runner`")
    };
    let url = Url::parse(text).map_err(|_| unusable("it is not an absolute URI"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(unusable("it holds credentials"));
    }
    Ok(text.to_owned())
}

/// An attestation of somebody else, or what is none at all, is not to be lost.
fn refuse_others(path: &Path, key: &PrivateKey) -> Result<()> {
    let Ok(bytes) = std::fs::read(path) else {
        return Ok(());
    };
    let own = key.public().id().to_string();
    let is_own = |line: &std::result::Result<Envelope, EnvelopeError>| {
        let claimed = line.as_ref().map(Envelope::claimed_keys);
        claimed.is_ok_and(|claimed| claimed.iter().all(|claimed| *claimed == own))
    };
    let lines = read_bundle(&bytes).unwrap_or_default();
    if !bytes.is_empty() && (lines.is_empty() || !lines.iter().all(|(_, line)| is_own(line))) {
        let message = format!(
            "`{}` is not an attestation by this key, and is not replaced",
            path.display()
        );
        let hint = "name another file with `--output`, or remove it; attestations of several people can be put into one file, one after the other";
        return Err(CliError::new(message).hint(hint));
    }
    Ok(())
}

fn write(path: &Path, bytes: Vec<u8>, output: &Output) -> Result<()> {
    if bytes.len() > MAX_BUNDLE {
        let message = format!("the attestation would have more than {MAX_BUNDLE} bytes");
        let hint = "attest an archive of the results, or what `vhb manifest` prints of them";
        return Err(CliError::new(message).hint(hint));
    }
    if path == Path::new("-") {
        output.data(&String::from_utf8_lossy(&bytes));
        return Ok(());
    }
    output.write(path.to_path_buf(), bytes)
}

fn say(lock: &Lock, count: usize, key: &PrivateKey, output: &Output) {
    output.say(&format!(
        "attested {} of {}, signed by {}\n",
        counted(count, "result file"),
        lock.experiment.id,
        key.id()
    ));
}
