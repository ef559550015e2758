//! `vhb lock` and `vhb verify` with git sources, against a real `git daemon`.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod configuration;
mod drift;
mod history;
mod offline;
mod outages;
mod refs;
mod relock;
mod secrets;
mod trees;
mod trust;

use vhb::model::GitOid;

use self::common::git_server::{GitServer, Repo};
use self::common::project::Project;

/// The source of a git package.
fn source(url: impl std::fmt::Display, reference: Option<&str>) -> String {
    let reference = reference.map_or_else(String::new, |name| format!("ref: \"{name}\"\n"));
    format!("type: git\nurl: \"{url}\"\n{reference}")
}

fn pyproject(name: &str, version: &str) -> String {
    format!("[project]\nname = \"{name}\"\nversion = \"{version}\"\n")
}

/// A served repository, and a project whose package `code` comes from it.
struct Setting {
    server: GitServer,
    repo: Repo,
    project: Project,
    /// The first commit; the annotated tag `v1` names it.
    first: GitOid,
}

impl Setting {
    /// The project asks for a reference, or for none.
    fn asking_for(reference: Option<&str>) -> Self {
        let server = GitServer::start();
        let repo = server.repository("code");
        repo.write("pyproject.toml", pyproject("The.Code", "1.0"));
        let first = repo.commit("one");
        repo.git(&["tag", "-a", "-m", "release", "v1"]);
        let project = Project::new(&[("code", source(server.url("code"), reference))]);
        Self {
            server,
            repo,
            project,
            first,
        }
    }

    /// Asks for something else.
    fn ask_for(&mut self, reference: &str) {
        let source = source(self.server.url("code"), Some(reference));
        self.project.package("code", &source);
    }
}
