//! Floor 2: what is stated of an experiment's results, a function of the lock, its SBOM and them.
//!
//! Two statements of the same files (the results, the lock, the SBOM): the SBOM itself, and the
//! provenance (SLSA v1) with every pin of the lock. vhb did not run the experiment, and the
//! statements do not say so: who signs them vouches that the results came from what is locked.

mod dependencies;

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::attestation::{
    CYCLONEDX_PREDICATE, PROVENANCE_PREDICATE, ResourceDescriptor, Statement, StatementError,
    SubjectRole,
};
use crate::lock::{GENERATOR, Lock, Locked};
use crate::model::Sha256Digest;

/// The template of the provenance: which parameters there are, and what they mean.
const BUILD_TYPE: &str = "urn:vhb:experiment:v1";
/// What a reader of the provenance alone must know.
const VOUCHED: &str = "vhb did not run the experiment: the holder of the key vouches that the results came from what is locked";

/// The files that statements are of, by name: relative to the directory that holds them.
pub type Subjects = BTreeMap<String, (SubjectRole, Sha256Digest)>;

/// The two statements of some results; `lock_name` is what the lock is called among the subjects.
pub fn statements(
    lock: &Lock,
    lock_name: &str,
    sbom: Json,
    subjects: &Subjects,
    builder_id: &str,
) -> Result<[Statement; 2], StatementError> {
    let subjects: Vec<_> = subjects
        .iter()
        .map(|(name, (role, digest))| ResourceDescriptor::subject(name.clone(), *role, *digest))
        .collect();
    let provenance = provenance(lock, lock_name, builder_id);
    Ok([
        Statement::new(subjects.clone(), CYCLONEDX_PREDICATE, sbom)?,
        Statement::new(subjects, PROVENANCE_PREDICATE, provenance)?,
    ])
}

/// The provenance of everything that an experiment gives (SLSA v1): a function of its lock.
pub fn provenance(lock: &Lock, lock_name: &str, builder_id: &str) -> Json {
    let lock_file = ResourceDescriptor {
        name: Some(lock_name.to_owned()),
        digest: [("sha256".to_owned(), lock.digest().hex())].into(),
        ..ResourceDescriptor::default()
    };
    let (_, version) = GENERATOR.split_once(' ').unwrap_or(("", GENERATOR));
    json!({
        "buildDefinition": {
            "buildType": BUILD_TYPE,
            "externalParameters": {
                "experiment": lock.experiment.id,
                "lock": lock_file,
                "runMode": lock.experiment.run_mode.to_string(),
                "runs": lock.runs.keys().collect::<Vec<_>>(),
                "unresolved": unresolved(lock),
            },
            "internalParameters": {
                "lockGenerator": lock.generator,
                "vouched": VOUCHED,
            },
            "resolvedDependencies": dependencies::of(lock),
        },
        "runDetails": {
            "builder": {
                "id": builder_id,
                "version": { "vhb": version },
            },
        },
    })
}

/// What the lock could not resolve: it has no digest, and is named instead of being left out.
fn unresolved(lock: &Lock) -> Vec<String> {
    fn of<S, P>(section: &str, locked: &BTreeMap<String, Locked<S, P>>) -> Vec<String> {
        let without = locked.iter().filter(|(_, locked)| locked.pin.is_err());
        without.map(|(key, _)| format!("{section}/{key}")).collect()
    }
    [
        of("datasets", &lock.datasets),
        of("images", &lock.images),
        of("models", &lock.models),
    ]
    .concat()
}
