//! A project with a lock whose one environment is closed, and the index that its files are on.

use serde_json::{Value as Json, json};
use vhb::lock::Lock;

use crate::common::index_server::{File, IndexServer, sha256};
use crate::common::project::{Project, Run};

pub(crate) const LOCK: &str = "locks/exp.lock.json";
pub(crate) const ENVIRONMENT: &str = "inference-x86_64-11111111";
pub(crate) const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// The only files of `demo` and `base` that are selected.
pub(crate) const DEMO: &str = "demo-1.0-py3-none-any.whl";
pub(crate) const BASE: &str = "base-2.0.tar.gz";

pub(crate) struct Setting {
    pub(crate) server: IndexServer,
    pub(crate) project: Project,
    pub(crate) lock: Json,
}

impl Setting {
    /// `demo`, which requires `base`; nothing but files of the index.
    pub(crate) fn files() -> Self {
        let server = IndexServer::start();
        let base = [File::wheel(), File::sdist()];
        server.add("demo", "1.0", &[File::wheel().requires(&["base>=2"])]);
        server.add("base", "2.0", &base);
        let setting = Self {
            server,
            project: Project::new::<&str, &str>(&[]),
            lock: lock(),
        };
        setting.write();
        setting
    }

    /// The same with a directory of the project, and a repository.
    pub(crate) fn sources() -> Self {
        let mut setting = Self::files();
        setting.hold("mine==0.1", "mine", local("packages/mine"));
        setting.hold("plugin", "plugin", git("https://git.example/plugin.git"));
        setting.write();
        setting
    }

    /// Adds a package to the lock, and what it installs to the environment.
    pub(crate) fn hold(&mut self, dist: &str, key: &str, package: Json) {
        self.lock["packages"][key] = package;
        let environment = &mut self.lock["environments"][ENVIRONMENT];
        environment["roots"]
            .as_array_mut()
            .unwrap()
            .push(key.into());
        environment["distributions"][dist] = format!("packages/{key}").into();
    }

    /// Writes the lock into the project.
    pub(crate) fn write(&self) {
        self.project.write(LOCK, &self.lock.to_string());
    }

    /// A text without what differs from run to run or changes with the lock's format.
    pub(crate) fn plain(&self, text: &str) -> String {
        let lock = Lock::from_bytes(self.lock.to_string().as_bytes()).unwrap();
        text.replace(&self.server.file_url(""), "http://index/files/")
            .replace(&lock.digest().hex(), "<digest of the lock>")
            .replace(vhb::GENERATOR, "<vhb>")
    }

    pub(crate) fn export(&self, options: &[&str]) -> Run {
        let url = self.server.url();
        let always = ["export", LOCK, "--index-url", &url];
        self.project.vhb(&[&always, options].concat())
    }
}

fn digest(filename: &str) -> String {
    let content = format!("content of {filename}");
    format!("sha256:{}", sha256(content.as_bytes()))
}

fn lock() -> Json {
    let target = json!({ "python": "3.11", "platform": "x86_64-manylinux_2_28" });
    let demo = json!({ "type": "pypi", "name": "demo", "version": "1.0" });
    json!({
        "lock_version": 1,
        "generator": "vhb 0.0.0",
        "experiment": {
            "id": "exp",
            "name": "exp",
            "file": "registries/experiments/exp.yaml",
            "run_mode": "prod",
            "target": target,
        },
        "registry": {},
        "config": {},
        "runs": {},
        "packages": {
            "demo": { "source": demo, "pin": demo, "distribution": "demo==1.0" },
        },
        "models": {},
        "datasets": {},
        "images": {},
        "environments": {
            ENVIRONMENT: {
                "stage": "inference",
                "target": target,
                "roots": ["demo"],
                "resolver": "uv 0.0.0",
                "distributions": { "base==2.0": BASE, "demo==1.0": DEMO },
            },
        },
        "distributions": {
            "base==2.0": {
                "files": {
                    "base-2.0-py3-none-any.whl": digest("base-2.0-py3-none-any.whl"),
                    BASE: digest(BASE),
                },
                "metadata": { "requires_python": ">=3.8" },
            },
            "demo==1.0": {
                "files": { DEMO: digest(DEMO) },
                "metadata": { "requires": ["base>=2"] },
            },
        },
    })
}

pub(crate) fn local(path: &str) -> Json {
    json!({
        "source": { "type": "local", "path": path, "editable": true },
        "pin": {
            "type": "local", "path": path, "files": 1, "bytes": 1,
            "content": format!("sha256:{}", "7".repeat(64)),
        },
        "distribution": "mine==0.1",
        "metadata": { "requires": ["demo"] },
    })
}

pub(crate) fn git(url: &str) -> Json {
    json!({
        "source": { "type": "git", "url": url, "ref": "v1", "subdirectory": "python/plugin" },
        "pin": {
            "type": "git",
            "url": url,
            "ref": "refs/tags/v1",
            "commit": COMMIT,
            "committed": "2025-06-01T00:00:00Z",
            "tree": COMMIT,
            "subdirectory": "python/plugin",
            "subdirectory_tree": COMMIT,
            "content": format!("sha256:{}", "8".repeat(64)),
            "files": 1,
            "bytes": 1,
        },
        "distribution": "plugin",
        "metadata": {},
    })
}
