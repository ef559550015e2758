//! `vhb lock` and `vhb verify` with PyPI sources, against a real index on the loopback interface.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod cached;
mod closures;
mod configuration;
mod credentials;
mod drift;
mod hashes;
mod outages;
mod versions;

use self::common::index_server::{File, IndexServer};
use self::common::project::{Project, Run};

/// The source of a package of an index.
fn source(name: &str, version: Option<&str>) -> String {
    let version = version.map_or_else(String::new, |text| format!("version: \"{text}\"\n"));
    format!("type: pypi\nname: {name}\n{version}")
}

/// An index, and a project whose packages come from it by `--index-url`.
struct Setting {
    server: IndexServer,
    project: Project,
}

impl Setting {
    /// The package `demo`, of which the index has 1.0.0 as a wheel and a source distribution.
    fn demo(version: Option<&str>) -> Self {
        let server = IndexServer::start();
        server.add("demo", "1.0.0", &[File::wheel(), File::sdist()]);
        let project = Project::new(&[("demo", source("demo", version))]);
        Self { server, project }
    }

    /// The same, locked.
    fn locked() -> Self {
        let setting = Self::demo(Some("1.0"));
        setting.lock(&[]).exits(0);
        setting
    }

    fn lock(&self, options: &[&str]) -> Run {
        let index = ["--index-url", &self.server.url()];
        self.project.lock(&[&index, options].concat())
    }

    fn verify(&self, options: &[&str]) -> Run {
        let index = ["--index-url", &self.server.url()];
        self.project.verify(&[&index, options].concat())
    }
}
