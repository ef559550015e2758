//! Recordings that differ in one thing.

use super::*;
use crate::model::RunMode;

fn manifest() -> RuntimeManifest {
    let machine = Machine {
        system: "linux".to_owned(),
        architecture: "x86_64".to_owned(),
        cpu_model: Some("Xeon".to_owned()),
        memory: Some(1024),
        gpus: Some(Vec::new()),
        ..Machine::default()
    };
    let digest = Sha256Digest::of(b"lock");
    let mut manifest = RuntimeManifest::new(RunMode::Prod, "a".to_owned(), digest, machine);
    manifest.environment = Some(RecordedEnvironment {
        id: "inference".to_owned(),
        python: Some("3.11.7".to_owned()),
        distributions: [("numpy".to_owned(), "1.26.4".to_owned())].into(),
    });
    manifest
}

type Edit = fn(&mut RuntimeManifest);

#[test]
fn each_difference_has_its_own_code_and_weight() {
    let same = recordings(("a", &manifest()), ("b", &manifest()));
    assert!(same.findings.is_empty(), "{same:#?}");
    assert!(same.checks.len() > 5);
    let edits: [(Edit, Code, Severity); 13] = [
        (
            |it| it.run_mode = RunMode::Dev,
            Code::RuntimeModeDiffers,
            Severity::Error,
        ),
        (
            |it| it.lock_sha256 = Sha256Digest::of(b""),
            Code::RuntimeLockDiffers,
            Severity::Error,
        ),
        (
            |it| {
                let held = &mut it.environment.as_mut().unwrap().distributions;
                held.insert("numpy".to_owned(), "2.0".to_owned());
            },
            Code::RuntimeDistributionDiffers,
            Severity::Error,
        ),
        (
            |it| {
                let held = &mut it.environment.as_mut().unwrap().distributions;
                held.insert("more".to_owned(), "1".to_owned());
            },
            Code::RuntimeDistributionDiffers,
            Severity::Error,
        ),
        (
            |it| it.environment.as_mut().unwrap().python = Some("3.11.8".to_owned()),
            Code::RuntimePythonDiffers,
            Severity::Error,
        ),
        (
            |it| it.environment = None,
            Code::NotRecorded,
            Severity::Info,
        ),
        (
            |it| it.machine.memory = Some(1),
            Code::RuntimeMemoryDiffers,
            Severity::Warning,
        ),
        (
            |it| it.machine.memory = None,
            Code::NotRecorded,
            Severity::Info,
        ),
        (
            |it| it.machine.gpus = Some(vec!["A100".to_owned()]),
            Code::RuntimeGpuDiffers,
            Severity::Warning,
        ),
        (
            |it| it.machine.gpus = None,
            Code::NotRecorded,
            Severity::Info,
        ),
        (
            |it| it.machine.cpu_model = Some("EPYC".to_owned()),
            Code::RuntimeCpuDiffers,
            Severity::Warning,
        ),
        (
            |it| it.machine.cpu_flags = ["avx2".to_owned()].into(),
            Code::RuntimeCpuDiffers,
            Severity::Warning,
        ),
        (
            |it| it.machine.image_digest = Some(Sha256Digest::of(b"")),
            Code::NotRecorded,
            Severity::Info,
        ),
    ];
    for (edit, code, severity) in edits {
        let mut other = manifest();
        edit(&mut other);
        let report = recordings(("a", &manifest()), ("b", &other));
        let found: Vec<_> = report
            .findings
            .iter()
            .map(|it| (it.code, it.severity))
            .collect();
        assert_eq!(found, [(code, severity)]);
        let subject = report.findings[0].subject.as_deref();
        assert!(subject.is_some_and(|subject| subject.starts_with("runtime/")));
    }
}
