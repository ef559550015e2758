//! An index of wheels that have everything wheels can have, a lock of them, and an environment.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::common::archives::{Member, zip};
use crate::common::index_server::{File, IndexServer};
use crate::common::project::{Project, Report};
use crate::common::wire::sha256_base64;

pub(crate) const LOCK: &str = "locks/exp.lock.json";
/// The modules of a virtual environment.
pub(crate) const SITE: &str = "lib/python3.11/site-packages";

pub(crate) struct Setting {
    pub(crate) server: IndexServer,
    pub(crate) project: Project,
    environments: TempDir,
}

/// The metadata of a wheel.
fn metadata(name: &str, requires: &[String]) -> String {
    let mut text = format!("Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n");
    for requirement in requires {
        let _ = writeln!(text, "Requires-Dist: {requirement}");
    }
    text
}

/// A wheel with a package, data beside it, a program by entry point, a program as a script, and a
/// file for the root of the environment.
fn wheel(name: &str, requires: &[String]) -> File {
    let info = format!("{name}-1.0.dist-info");
    let data = format!("{name}-1.0.data");
    let files = [
        (
            format!("{name}/__init__.py"),
            format!("NAME = {name:?}\n\ndef main():\n    print(NAME)\n"),
        ),
        (format!("{name}/deep/er/part.py"), "VALUE = 1\n".to_owned()),
        (
            format!("{name}/weights, \"old\".json"),
            "[1, 2]\n".to_owned(),
        ),
        (
            format!("{data}/scripts/{name}-script.sh"),
            "#!/bin/sh\necho script\n".to_owned(),
        ),
        (
            format!("{data}/data/share/{name}/notes.txt"),
            "notes\n".to_owned(),
        ),
        (
            format!("{data}/purelib/{name}_extra.py"),
            "EXTRA = 1\n".to_owned(),
        ),
        (format!("{info}/METADATA"), metadata(name, requires)),
        (
            format!("{info}/entry_points.txt"),
            format!("[console_scripts]\n{name}-tool = {name}:main\n"),
        ),
        (
            format!("{info}/WHEEL"),
            "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
                .to_owned(),
        ),
    ];
    let mut record = String::new();
    for (path, text) in &files {
        let path = path.replace('"', "\"\"");
        let _ = writeln!(
            record,
            "\"{path}\",sha256={},{}",
            sha256_base64(text.as_bytes()),
            text.len()
        );
    }
    let list = format!("{info}/RECORD");
    let _ = writeln!(record, "{list},,");
    let mut members: Vec<Member<'_>> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_bytes()))
        .collect();
    members.push((&list, record.as_bytes()));
    let requires: Vec<_> = requires.iter().map(String::as_str).collect();
    File::wheel().requires(&requires).content(&zip(&members))
}

impl Setting {
    /// `app`, which requires `lib0` and so on, so many of them; locked.
    pub(crate) fn of(libraries: usize) -> Self {
        let server = IndexServer::start();
        let names: Vec<_> = (0..libraries)
            .map(|number| format!("lib{number}"))
            .collect();
        server.add("app", "1.0", &[wheel("app", &names)]);
        for name in &names {
            server.add(name, "1.0", &[wheel(name, &[])]);
        }
        let app = ("app", "type: pypi\nname: app\nversion: \"1.0\"\n");
        let mut project = Project::new(&[app]).with_uv();
        project.set("UV_DEFAULT_INDEX", server.url());
        project.experiment("python: \"3.11\"\n");
        let setting = Self {
            server,
            project,
            environments: tempfile::tempdir().unwrap(),
        };
        setting.lock();
        setting
    }

    pub(crate) fn lock(&self) {
        self.project.lock_all(&[]).exits(0);
    }

    pub(crate) fn place(&self, name: &str) -> PathBuf {
        self.environments.path().join(name)
    }

    /// The requirements of the one environment, in a file.
    pub(crate) fn requirements(&self) -> PathBuf {
        let path = self.place("requirements.txt");
        let shown = path.to_str().unwrap().to_owned();
        let options = ["export", LOCK, "--format", "requirements", "-o", &shown];
        self.project.vhb(&options).exits(0);
        path
    }

    /// An environment by uv, with what is locked.
    pub(crate) fn environment(&self, name: &str) -> PathBuf {
        let place = self.place(name);
        uv(
            self,
            &[
                "venv",
                "--quiet",
                "--python",
                &python(),
                place.to_str().unwrap(),
            ],
        );
        let requirements = self.requirements();
        self.install(&place, &["-r", requirements.to_str().unwrap()]);
        place
    }

    /// Installs something more, or otherwise.
    pub(crate) fn install(&self, place: &Path, arguments: &[&str]) {
        let always = [
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--link-mode",
            "copy",
        ];
        let there = ["--python", place.to_str().unwrap()];
        uv(self, &[&always[..], &there, arguments].concat());
    }

    /// A copy of an environment, to do something to.
    pub(crate) fn copy(&self, of: &Path, name: &str) -> PathBuf {
        let place = self.place(name);
        copy(of, &place);
        place
    }

    /// What verify says of an environment.
    pub(crate) fn verify(&self, place: &Path, options: &[&str]) -> (Option<i32>, Report) {
        let env = ["--env", place.to_str().unwrap()];
        let run = self.project.verify(&[&env, options].concat());
        (run.code, run.report())
    }

    /// Fails unless verify says that an environment is what is locked.
    #[track_caller]
    pub(crate) fn is_clean(&self, place: &Path, options: &[&str]) {
        let (code, report) = self.verify(place, options);
        assert_eq!(report.codes(), [] as [&str; 0], "{report:#?}");
        assert_eq!((code, report.verdict()), (Some(0), "match"), "{report:#?}");
    }
}

/// The Python of the tests, which these need to be a 3.11.
pub(crate) fn python() -> String {
    std::env::var("VHB_PYTHON").expect("VHB_PYTHON names the Python that tests use")
}

fn uv(setting: &Setting, arguments: &[&str]) -> Output {
    let program: OsString = std::env::var_os("VHB_UV").expect("VHB_UV names the uv that tests use");
    let output = Command::new(program)
        .args(arguments)
        .args(["--no-config"])
        .env("UV_CACHE_DIR", setting.project.cache_of_uv())
        .env("UV_DEFAULT_INDEX", setting.server.url())
        .env("UV_PYTHON_DOWNLOADS", "never")
        .current_dir(setting.project.root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:#?}");
    output
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().unwrap();
        if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(source).unwrap(), target).unwrap();
        } else if kind.is_dir() {
            copy(&source, &target);
        } else {
            fs::copy(source, target).unwrap();
        }
    }
}
