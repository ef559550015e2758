//! Real installers install what is exported, and refuse it where the bytes are others.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::json;

use super::sample::{DEMO, ENVIRONMENT, Setting, local};
use crate::common::index_server::{File, IndexServer, sha256};

const BASE_WHEEL: &str = "base-2.0-py3-none-any.whl";

/// A backend that makes a wheel of one module and needs nothing to be installed.
const BACKEND: &str = "\
import zipfile

def write(path, name, version, requires=()):
    info = f'{name}-{version}.dist-info'
    files = {
        f'{name}.py': '',
        f'{info}/METADATA': '\\n'.join(
            ['Metadata-Version: 2.1', f'Name: {name}', f'Version: {version}']
            + [f'Requires-Dist: {it}' for it in requires] + ['']),
        f'{info}/WHEEL': 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n',
    }
    record = ''.join(f'{file},,\\n' for file in [*files, f'{info}/RECORD'])
    with zipfile.ZipFile(path, 'w') as wheel:
        for file, text in [*files.items(), (f'{info}/RECORD', record)]:
            wheel.writestr(zipfile.ZipInfo(file), text)

def build_wheel(directory, config_settings=None, metadata_directory=None):
    name = 'mine-0.1-py3-none-any.whl'
    write(f'{directory}/{name}', 'mine', '0.1')
    return name
";

const PROJECT: &str = "\
[build-system]
requires = []
build-backend = \"backend\"
backend-path = [\".\"]
[project]
name = \"mine\"
version = \"0.1\"
";

fn variable(name: &str, otherwise: &str) -> OsString {
    std::env::var_os(name).unwrap_or_else(|| otherwise.into())
}

/// Runs Python; its standard output.
fn python(setting: &Setting, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(variable("VHB_PYTHON", "python3"))
        .args(["-c", program])
        .args(arguments)
        .current_dir(setting.project.root().join("packages/mine"))
        .output()
        .expect("these tests need Python at `$VHB_PYTHON` or on `PATH`");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Real wheels, and an environment for the Python that the tests have.
fn wheels() -> Setting {
    let mut setting = Setting::files();
    setting
        .project
        .write("packages/mine/pyproject.toml", PROJECT);
    setting.project.write("packages/mine/backend.py", BACKEND);
    setting.server = IndexServer::start();
    for (name, version, filename, requires) in [
        ("base", "2.0", BASE_WHEEL, &[][..]),
        ("demo", "1.0", DEMO, &["base>=2"]),
    ] {
        let program = "import sys, backend; backend.write(*sys.argv[1:4], sys.argv[4:])";
        let arguments = [&[filename, name, version], requires].concat();
        python(&setting, program, &arguments);
        let path = setting.project.root().join("packages/mine").join(filename);
        let bytes = std::fs::read(&path).unwrap();
        std::fs::remove_file(path).unwrap();
        let file = File::wheel().requires(requires).content(&bytes);
        setting.server.add(name, version, &[file]);
        let digest = format!("sha256:{}", sha256(&bytes));
        let dist = format!("{name}=={version}");
        setting.lock["distributions"][&dist]["files"] = json!({ filename: digest });
        setting.lock["environments"][ENVIRONMENT]["distributions"][&dist] = filename.into();
    }
    let program = "import platform, sys; v = sys.version_info\n\
                   print(f'{v[0]}.{v[1]}', platform.system(), platform.machine())";
    let found = python(&setting, program, &[]);
    let (version, rest) = found.split_once(' ').unwrap();
    let platform = match rest {
        "Linux x86_64" => "x86_64-manylinux_2_28",
        "Linux aarch64" => "aarch64-manylinux_2_28",
        "Darwin arm64" => "aarch64-apple-darwin",
        "Darwin x86_64" => "x86_64-apple-darwin",
        _ => "windows",
    };
    let target = json!({ "python": version, "platform": platform });
    setting.lock["environments"][ENVIRONMENT]["target"] = target;
    setting.write();
    setting
}

/// The same, with the directory `packages/mine`.
fn wheels_and_directory() -> Setting {
    let mut setting = wheels();
    setting.hold("mine==0.1", "mine", local("packages/mine"));
    setting.write();
    setting
}

fn installed(setting: &Setting) -> PathBuf {
    setting.project.root().join("installed")
}

/// Installs with uv from the project's root, from the test's index alone.
fn uv(setting: &Setting, arguments: &[&str]) -> Output {
    Command::new(variable("VHB_UV", "uv"))
        .args(["pip", "install", "--no-deps", "--no-config", "--no-cache"])
        .arg("--python")
        .arg(variable("VHB_PYTHON", "python3"))
        .arg("--target")
        .arg(installed(setting))
        .args(["--default-index", &setting.server.url()])
        .args(arguments)
        .current_dir(setting.project.root())
        .output()
        .expect("these tests need `uv` at `$VHB_UV` or on `PATH`")
}

#[track_caller]
fn installs(setting: &Setting, output: &Output, modules: &[&str]) {
    assert!(output.status.success(), "{output:#?}");
    for module in modules {
        let file = installed(setting).join(format!("{module}.py"));
        assert!(file.is_file(), "no `{module}`: {output:#?}");
    }
    std::fs::remove_dir_all(installed(setting)).unwrap();
}

#[track_caller]
fn refuses(setting: &Setting, output: &Output, expected: &str) {
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{told}");
    assert!(told.contains(expected), "no `{expected}` in\n{told}");
    assert!(!installed(setting).join("demo.py").exists());
}

/// Other bytes under the same name: another wheel, which would install as well.
fn change_demo(setting: &Setting) {
    setting
        .server
        .change(DEMO, |file| file.content(b"other bytes"));
}

#[test]
fn uv_installs_a_requirements_file_and_checks_its_hashes() {
    let setting = wheels();
    let into = ["--format", "requirements", "-o", "out/requirements.txt"];
    setting.export(&into).exits(0);
    let file = ["--require-hashes", "-r", "out/requirements.txt"];
    installs(&setting, &uv(&setting, &file), &["base", "demo"]);
    change_demo(&setting);
    refuses(&setting, &uv(&setting, &file), "demo==1.0");
}

#[test]
fn uv_installs_directories_and_checks_the_hashes_that_are_there() {
    let setting = wheels_and_directory();
    let into = ["--format", "requirements", "-o", "out/requirements.txt"];
    setting.export(&into).exits(0);
    let file = ["-r", "out/requirements.txt"];
    installs(&setting, &uv(&setting, &file), &["base", "demo", "mine"]);
    change_demo(&setting);
    refuses(&setting, &uv(&setting, &file), "demo==1.0");
}

#[test]
fn uv_installs_a_pylock_where_it_was_locked_for() {
    let mut setting = wheels_and_directory();
    let into = ["--format", "pylock", "-o", "out/pylock.toml"];
    setting.export(&into).exits(0);
    let file = ["--preview", "-r", "out/pylock.toml"];
    installs(&setting, &uv(&setting, &file), &["base", "demo", "mine"]);

    setting.lock["environments"][ENVIRONMENT]["target"]["python"] = "3.7".into();
    setting.write();
    setting.export(&into).exits(0);
    refuses(&setting, &uv(&setting, &file), "3.7");
}

#[test]
fn pip_installs_a_requirements_file_and_checks_its_hashes() {
    let setting = wheels();
    let into = ["--format", "requirements", "-o", "requirements.txt"];
    setting.export(&into).exits(0);
    let pip = || {
        let mut pip = Command::new(variable("VHB_PYTHON", "python3"));
        pip.args(["-m", "pip"]).current_dir(setting.project.root());
        pip
    };
    // Not every Python has pip; that of `make` has.
    if !pip().arg("--version").output().unwrap().status.success() {
        return;
    }
    let install = || {
        pip()
            .args(["install", "--no-deps", "--require-hashes", "--isolated"])
            .args(["--no-cache-dir", "--disable-pip-version-check"])
            .args(["--index-url", &setting.server.url(), "--target"])
            .arg(installed(&setting))
            .args(["-r", "requirements.txt"])
            .output()
            .unwrap()
    };
    installs(&setting, &install(), &["base", "demo"]);
    change_demo(&setting);
    refuses(&setting, &install(), "DO NOT MATCH THE HASHES");
}
