//! `vhb lock` and `vhb verify` with everything that packages require in turn: the real uv, a real
//! index and a real `git daemon` on the loopback interface.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod addresses;
mod builds;
mod closures;
mod conflicts;
mod credentials;
mod faults;
mod indexes;
mod keeping;
mod limits;
mod same_bytes;
mod surprises;
mod tampering;
mod targets;
mod trees;
mod upgrades;
mod without_uv;

use serde_json::Value as Json;

use self::common::index_server::{File, IndexServer};
use self::common::project::{Project, Run};

/// A build backend that needs nothing, in the tree that it builds (PEP 517).
const BACKEND: &str = include_str!("backend.py");

/// The part of `pyproject.toml` that names it.
const PYPROJECT_OF_BACKEND: &str =
    "[build-system]\nrequires = []\nbackend-path = [\".\"]\nbuild-backend = \"backend\"\n";

/// A package of an index at one version.
fn source(name: &str, version: &str) -> String {
    format!("type: pypi\nname: {name}\nversion: \"{version}\"\n")
}

/// A wheel that requires these.
fn wheel(requires: &[&str]) -> File {
    File::wheel().requires(requires).installable()
}

/// An index that the environment names, and a project whose packages come from it.
struct Setting {
    server: IndexServer,
    project: Project,
}

impl Setting {
    /// Packages by name and version; the index is still empty.
    fn new(roots: &[(&str, &str)]) -> Self {
        let server = IndexServer::start();
        let packages: Vec<_> = roots
            .iter()
            .map(|(name, version)| (*name, source(name, version)))
            .collect();
        let mut project = Project::new(&packages).with_uv();
        project.set("UV_DEFAULT_INDEX", server.url());
        Self { server, project }
    }

    /// `app` 1.0 requires `helper`, of which there are 1.0 and 1.1, both of which require `base`,
    /// of which there are 1.0 and 1.1.
    fn chain() -> Self {
        let setting = Self::new(&[("app", "1.0")]);
        setting.add("app", "1.0", &["helper"]);
        for version in ["1.0", "1.1"] {
            setting.add("helper", version, &["base"]);
            setting.add("base", version, &[]);
        }
        setting
    }

    /// Adds a release of one wheel.
    fn add(&self, name: &str, version: &str, requires: &[&str]) {
        self.server.add(name, version, &[wheel(requires)]);
    }

    fn lock(&self, options: &[&str]) -> Run {
        self.project.lock_all(options)
    }

    /// Fails unless the lock is what it should be, by itself and by the index.
    #[track_caller]
    fn verifies(&self) {
        for options in [&["--offline"][..], &[]] {
            let report = self.project.verify(options).exits(0).report();
            assert!(report.codes().is_empty(), "{report:#?}");
        }
    }

    /// The distributions of the one environment whose id begins so.
    #[track_caller]
    fn held(&self, id: &str) -> Vec<String> {
        let environment = self.environment(id);
        let held = environment["distributions"].as_object();
        held.expect("a closure").keys().cloned().collect()
    }

    /// The one environment whose id begins so.
    #[track_caller]
    fn environment(&self, id: &str) -> Json {
        let mut lock = self.project.lock_json();
        let environments = lock["environments"].as_object_mut().unwrap();
        let found: Vec<_> = environments
            .iter_mut()
            .filter(|(key, _)| key.starts_with(id))
            .collect();
        match <[_; 1]>::try_from(found) {
            Ok([(_, environment)]) => environment.take(),
            Err(found) => panic!("{} environments `{id}`", found.len()),
        }
    }
}
