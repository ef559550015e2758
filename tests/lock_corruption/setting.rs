//! A real lock, and `vhb verify --offline` as a function of its bytes.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use vhb::bom;
use vhb::finding::{Code, Layer, Outcome, Report};
use vhb::io::registry_files;
use vhb::io::trees::DiskTrees;
use vhb::lock::Lock;
use vhb::model::{
    DatasetOrigin, Descriptor, FilePins, GitOid, GitRefName, HubRepo, ImageReference, IndexUrl,
    ModelPin, Pin, RemoteUrl, RunMode, Sha256Digest, Target,
};
use vhb::registry::Registry;
use vhb::remote::{
    BuildWanted, Built, Checkout, Chosen, CommitWanted, DataWanted, EnvironmentResolver,
    EnvironmentWanted, FileStore, GitRemote, GitSnapshot, HubRevision, ImageConfig, ImageManifest,
    ImageRegistry, IndexFile, InstallWanted, LocalTrees, ModelHub, PackageIndex, Place, Ports,
    Progress, ProjectPage, Reach, RemoteError, RemoteRefs, ResolveError, StoredFile, TreeContent,
};
use vhb::verify::{Evidence, verify};

use crate::closure::close;
use crate::common::sample::{LOCK, SBOM, Sample};

/// The world of a lock that was just made.
pub(crate) struct Setting {
    pub(crate) sample: Sample,
    pub(crate) lock: Vec<u8>,
    pub(crate) sbom: Vec<u8>,
    prod: Registry,
    dev: Registry,
    trees: KnownTrees,
    root: PathBuf,
}

/// The directories that the lock pins, as they are; there are no others.
struct KnownTrees {
    code: BTreeMap<PathBuf, TreeContent>,
    data: BTreeMap<PathBuf, FilePins>,
}

/// What may not be asked.
struct Nobody;

impl Setting {
    pub(crate) fn new() -> Self {
        let sample = small();
        let mut closed = Lock::from_bytes(&sample.written().0).unwrap();
        close(&mut closed);
        sample.write(LOCK, closed.to_bytes());
        sample.write(SBOM, bom::to_bytes(&closed));
        let (lock, sbom) = sample.written();
        let root = sample.root();
        let read = |mode| {
            let files = registry_files::read_registry(&root).unwrap();
            Registry::read(files, mode, &|path| registry_files::read_file(&root, path)).0
        };
        let parsed = Lock::from_bytes(&lock).unwrap();
        let pins = parsed
            .packages
            .values()
            .filter_map(|package| match &package.pin {
                Pin::Local(pin) => Some(root.join(&pin.path)),
                Pin::Git(_) | Pin::Pypi(_) => None,
            });
        let trees = pins.map(|path| {
            (
                path.clone(),
                DiskTrees::default().content(&path, None).unwrap(),
            )
        });
        let models = parsed.models.values().filter_map(|model| match &model.pin {
            Ok(ModelPin::Local(pin)) => Some(&pin.path),
            _ => None,
        });
        let datasets = parsed.datasets.values();
        let datasets = datasets.filter_map(|dataset| match &dataset.pin.as_ref().ok()?.origin {
            DatasetOrigin::Local { path } => Some(path),
            _ => None,
        });
        let data = models.chain(datasets).map(|path| {
            let wanted = DataWanted {
                as_git_blob: &|_| false,
                links_lead_out: false,
            };
            let path = root.join(path);
            let files = DiskTrees::default().data(&path, &wanted, &Nobody).unwrap();
            (path, files)
        });
        let trees = KnownTrees {
            code: trees.collect(),
            data: data.collect(),
        };
        Self {
            prod: read(RunMode::Prod),
            dev: read(RunMode::Dev),
            trees,
            sample,
            lock,
            sbom,
            root,
        }
    }

    /// The exit code that the command ends with; a panic is 101, as of a process.
    pub(crate) fn exit_code(&self, lock: &[u8], sbom: Option<&[u8]>) -> i32 {
        let verified = catch_unwind(AssertUnwindSafe(|| {
            let lock_read = Lock::from_bytes(lock).ok()?;
            Some(self.report(&lock_read, lock, sbom).outcome())
        }));
        match verified {
            Err(_) => 101,
            Ok(None) => 2,
            Ok(Some(Outcome::Clean)) => 0,
            Ok(Some(Outcome::Failed)) => 1,
            Ok(Some(Outcome::Unchecked)) => 3,
        }
    }

    /// The report on a lock beside an SBOM that was made for exactly this lock.
    pub(crate) fn report_with_fitting_sbom(&self, lock: &Lock) -> Report {
        let sbom = bom::to_bytes(lock);
        self.report_with(lock, &lock.to_bytes(), Some(&sbom), &|_| sbom.clone())
    }

    fn report(&self, lock: &Lock, bytes: &[u8], sbom: Option<&[u8]>) -> Report {
        self.report_with(lock, bytes, sbom, &bom::to_bytes)
    }

    fn report_with(
        &self,
        lock: &Lock,
        bytes: &[u8],
        sbom: Option<&[u8]>,
        make_sbom: &(dyn Fn(&Lock) -> Vec<u8> + Sync),
    ) -> Report {
        let registry = match lock.experiment.run_mode {
            RunMode::Prod => &self.prod,
            RunMode::Dev => &self.dev,
        };
        let evidence = Evidence {
            lock_bytes: bytes,
            sbom,
            make_sbom,
            registry: Ok(registry),
            root: Some(&self.root),
            manifest: &|_| None,
            tokens: &|_| None,
            models: &|_, _| Vec::new(),
            data: None,
            rehash: false,
            layers: &[Layer::Integrity, Layer::Config, Layer::Local],
        };
        let ports = Ports {
            git: &Nobody,
            index: &Nobody,
            trees: &self.trees,
            hub: &Nobody,
            files: &Nobody,
            images: &Nobody,
            environments: &Nobody,
            progress: &Nobody,
            jobs: 1,
        };
        verify(lock, &evidence, ports)
    }
}

/// The sample, locked with one run and one package for each kind of pin and spelling: the number of
/// changes and the cost of each grow with the size of the lock.
fn small() -> Sample {
    let sample = Sample::new();
    for (path, from, to) in [
        ("experiments/bench", "  - registries/runs/noisy.yaml\n", ""),
        ("frameworks/template", "tiny-*", "*/large"),
        ("runs/clean", "[cer, wer]", "[cer]"),
        ("metrics/cer", "package: scorer\n", ""),
        ("tasks/ocr", "  - tinylib>=1\n", ""),
    ] {
        sample.edit(&format!("registries/{path}.yaml"), from, to);
    }
    sample.lock(&[]);
    sample
}

/// Whether the lock was found to contradict itself.
pub(crate) fn contradicts_itself(report: &Report) -> bool {
    let codes = [
        Code::LockInconsistent,
        Code::ClosureMissing,
        Code::ClosureUnsatisfied,
        Code::ClosureUnreachable,
    ];
    let mut findings = report.findings.iter();
    findings.any(|finding| codes.contains(&finding.code))
}

impl LocalTrees for KnownTrees {
    fn content(&self, path: &Path, _: Option<&Path>) -> Result<TreeContent, RemoteError> {
        let known = self.code.get(path).cloned();
        known.ok_or_else(|| RemoteError::NotFound("there is no such directory".to_owned()))
    }

    fn data(
        &self,
        path: &Path,
        _: &DataWanted<'_>,
        _: &dyn Progress,
    ) -> Result<FilePins, RemoteError> {
        let known = self.data.get(path).cloned();
        known.ok_or_else(|| RemoteError::NotFound("there is no such directory".to_owned()))
    }

    fn small_file(&self, _: &Path, _: u64) -> Result<Option<Vec<u8>>, RemoteError> {
        Ok(None)
    }

    fn checkout(&self, _: &Path) -> Result<Option<Checkout>, RemoteError> {
        panic!("verify does not ask how git sees a directory")
    }
}

impl GitRemote for Nobody {
    fn refs(&self, _: &RemoteUrl) -> Result<RemoteRefs, RemoteError> {
        panic!("offline")
    }

    fn snapshot(
        &self,
        _: &RemoteUrl,
        _: &CommitWanted,
        _: Option<&str>,
        _: Option<&std::path::Path>,
    ) -> Result<GitSnapshot, RemoteError> {
        panic!("offline")
    }

    fn reach(&self, _: &RemoteUrl, _: &GitOid) -> Result<Reach, RemoteError> {
        panic!("offline")
    }

    fn expand(&self, _: &RemoteUrl, _: &str) -> Result<GitOid, RemoteError> {
        panic!("offline")
    }
}

impl PackageIndex for Nobody {
    fn project(
        &self,
        _: Option<&IndexUrl>,
        _: &pep508_rs::PackageName,
    ) -> Result<ProjectPage, RemoteError> {
        panic!("offline")
    }

    fn digest(&self, _: Option<&IndexUrl>, _: &IndexFile) -> Result<Sha256Digest, RemoteError> {
        panic!("offline")
    }

    fn metadata(&self, _: Option<&IndexUrl>, _: &IndexFile) -> Result<String, RemoteError> {
        panic!("offline")
    }

    fn record(&self, _: Option<&IndexUrl>, _: &IndexFile) -> Result<String, RemoteError> {
        panic!("offline")
    }

    fn download(
        &self,
        _: Option<&IndexUrl>,
        _: &IndexFile,
        _: &std::path::Path,
    ) -> Result<(), RemoteError> {
        panic!("offline")
    }
}

impl ModelHub for Nobody {
    fn revision(&self, _: &HubRepo, _: Option<&str>) -> Result<HubRevision, RemoteError> {
        panic!("offline")
    }

    fn files(&self, _: &HubRepo, _: &GitOid) -> Result<FilePins, RemoteError> {
        panic!("offline")
    }

    fn read(&self, _: &HubRepo, _: &GitOid, _: &str, _: u64) -> Result<Vec<u8>, RemoteError> {
        panic!("offline")
    }

    fn digest(
        &self,
        _: &HubRepo,
        _: &GitOid,
        _: &str,
        _: u64,
        _: &dyn Progress,
    ) -> Result<(Sha256Digest, u64), RemoteError> {
        panic!("offline")
    }

    fn leads_to(&self, _: &HubRepo, _: &GitRefName, _: &GitOid) -> Result<bool, RemoteError> {
        panic!("offline")
    }
}

impl FileStore for Nobody {
    fn list(&self, _: Place<'_>) -> Result<BTreeMap<String, StoredFile>, RemoteError> {
        panic!("offline")
    }

    fn digest(
        &self,
        _: Place<'_>,
        _: &str,
        _: &StoredFile,
        _: &dyn Progress,
    ) -> Result<Sha256Digest, RemoteError> {
        panic!("offline")
    }
}

impl ImageRegistry for Nobody {
    fn manifest(&self, _: &ImageReference) -> Result<ImageManifest, RemoteError> {
        panic!("offline")
    }

    fn manifest_of(
        &self,
        _: &ImageReference,
        _: &Sha256Digest,
    ) -> Result<ImageManifest, RemoteError> {
        panic!("offline")
    }

    fn config(&self, _: &ImageReference, _: &Descriptor) -> Result<ImageConfig, RemoteError> {
        panic!("offline")
    }
}

impl EnvironmentResolver for Nobody {
    fn version(&self) -> Result<String, RemoteError> {
        panic!("offline")
    }

    fn resolve(&self, _: &EnvironmentWanted<'_>) -> Result<Vec<Chosen>, ResolveError> {
        panic!("offline")
    }

    fn likely(&self, _: &EnvironmentWanted<'_>) -> Vec<pep508_rs::PackageName> {
        panic!("offline")
    }

    fn build(&self, _: &BuildWanted<'_>) -> Result<Built, ResolveError> {
        panic!("offline")
    }

    fn interpreter(&self, _: &Target, _: &str) -> Result<pep440_rs::Version, ResolveError> {
        panic!("offline")
    }

    fn install(&self, _: &InstallWanted<'_>) -> Result<(), ResolveError> {
        panic!("offline")
    }
}

impl Progress for Nobody {
    fn expect(&self, _: usize) {}
    fn begin(&self, _: &str) {}
    fn end(&self, _: &str) {}
    fn expect_bytes(&self, _: u64) {}
    fn read(&self, _: u64) {}
}
