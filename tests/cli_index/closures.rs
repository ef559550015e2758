//! Locks whose environments hold more than what packages name.

use vhb::lock::{Closure, Distribution, Lock, Selected};
use vhb::model::{CoreMetadata, Dist, Sha256Digest};

use crate::common::index_server::{File, IndexServer};
use crate::common::project::{Project, Run};
use crate::source;

const LOCK: &str = "locks/exp.lock.json";
const DEMO: &str = "demo-1.0.0-py3-none-any.whl";
const HELPER: &str = "helper-2.0-py3-none-any.whl";

/// `demo` of an index of its own, which requires `helper` of the default index.
struct Setting {
    own: IndexServer,
    default: IndexServer,
    project: Project,
}

impl Setting {
    fn new() -> Self {
        let (own, default) = (IndexServer::start(), IndexServer::start());
        own.add("demo", "1.0.0", &[File::wheel().requires(&["helper>=1"])]);
        default.add("helper", "2.0", &[File::wheel()]);
        let from_own = format!("{}index: {}\n", source("demo", Some("1.0.0")), own.url());
        let setting = Self {
            project: Project::new(&[("demo", from_own)]),
            own,
            default,
        };
        setting.lock().exits(0);
        setting.edit(close);
        setting.own.with(|state| state.requests.clear());
        setting.default.with(|state| state.requests.clear());
        setting
    }

    /// Changes the lock and makes its SBOM fit.
    fn edit(&self, change: impl Fn(&mut Lock)) {
        let mut lock = Lock::from_bytes(self.project.lock_text().as_bytes()).unwrap();
        change(&mut lock);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        self.project.write(LOCK, &text(lock.to_bytes()));
        let sbom = text(vhb::bom::to_bytes(&lock));
        self.project.write("sboms/exp.cdx.json", &sbom);
    }

    fn lock(&self) -> Run {
        self.project.lock(&["--index-url", &self.default.url()])
    }

    fn verify(&self) -> Run {
        self.project.verify(&["--index-url", &self.default.url()])
    }
}

fn dist(text: &str) -> Dist {
    text.parse().unwrap()
}

/// Adds to every environment what `demo` requires.
fn close(lock: &mut Lock) {
    let release = lock.distributions.get_mut(&dist("demo==1.0.0")).unwrap();
    release.metadata = Some(CoreMetadata {
        requires: ["helper>=1".parse().unwrap()].into(),
        ..CoreMetadata::default()
    });
    let bytes = format!("content of {HELPER}");
    let helper = Distribution {
        files: [(HELPER.to_owned(), Sha256Digest::of(bytes.as_bytes()))].into(),
        uploaded: None,
        yanked: None,
        metadata: Some(CoreMetadata::default()),
        variants: [].into(),
    };
    lock.distributions.insert(dist("helper==2.0"), helper);
    for environment in lock.environments.values_mut() {
        let files = [("demo==1.0.0", DEMO), ("helper==2.0", HELPER)];
        let selected = files.map(|(text, file)| (dist(text), Selected::File(file.to_owned())));
        environment.closure = Some(Closure {
            resolver: "uv 0.0.0".to_owned(),
            distributions: selected.into(),
        });
    }
}

#[test]
fn every_release_is_asked_for_once_where_it_comes_from() {
    let setting = Setting::new();
    let report = setting.verify().exits(0).report();
    assert_eq!(report.codes(), [""; 0]);
    assert_eq!(report.upstream("distributions/demo==1.0.0"), "match");
    assert_eq!(report.upstream("distributions/helper==2.0"), "match");
    for (server, page, file) in [
        (&setting.own, "/simple/demo/", DEMO),
        (&setting.default, "/simple/helper/", HELPER),
    ] {
        let asked: Vec<_> = server.requests().into_iter().map(|it| it.path).collect();
        assert_eq!(asked, [page, &format!("/files/{file}.metadata")]);
    }
}

#[test]
fn a_changed_file_that_no_package_names_is_drift() {
    let setting = Setting::new();
    let other = |file: File| file.content(b"other bytes");
    setting.default.change(HELPER, other);
    let report = setting.verify().exits(1).report();
    let finding = report.only("pypi-hash-changed");
    assert_eq!(finding["subject"], "distributions/helper==2.0");
}

#[test]
fn each_environment_is_checked_and_a_gap_in_it_is_named() {
    let setting = Setting::new();
    let counts = |run: &Run| {
        let line = run.stdout.lines().find(|it| it.starts_with("integrity "));
        line.unwrap_or_default().to_owned()
    };
    let text = || {
        let index = setting.default.url();
        setting.project.verify_as_text(&["--index-url", &index])
    };
    // The lock, its SBOM and the environment.
    insta::assert_snapshot!(counts(&text().exits(0)), @"integrity   3 match, 2 not-recorded");
    setting.edit(|lock| {
        lock.distributions.remove(&dist("helper==2.0"));
        for environment in lock.environments.values_mut() {
            let closure = environment.closure.as_mut().unwrap();
            closure.distributions.remove(&dist("helper==2.0"));
        }
    });
    let run = text().exits(1);
    insta::assert_snapshot!(counts(&run), @"integrity   2 match, 1 drift, 2 not-recorded");
    insta::assert_snapshot!(run.essence(), @r"
    error[closure-missing]: environments/inference-x86_64-3071f2ac: `demo==1.0.0` requires `helper>=1`, but no `helper` is locked
     |
     = hint: restore the lock from version control, or lock again

    config      8 match
    upstream    1 match
    local       1 match
    verdict: drift
    ");
}

#[test]
fn the_pins_of_a_lock_with_a_gap_are_not_kept() {
    let setting = Setting::new();
    setting.edit(|lock| {
        let release = lock.distributions.get_mut(&dist("demo==1.0.0")).unwrap();
        release.metadata = Some(CoreMetadata {
            requires: ["helper>=3".parse().unwrap()].into(),
            ..CoreMetadata::default()
        });
    });
    setting.lock().exits(0).says(
        "`demo==1.0.0` requires `helper>=3`, but `helper==2.0` is locked; \
         the pins of this lock are not kept",
    );
}
