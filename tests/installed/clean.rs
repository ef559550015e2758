//! What was only installed is clean, however it was installed and wherever it lies.

use std::fs;
use std::process::Command;

use crate::setting::{SITE, Setting, python};

/// As many distributions as a small experiment has, with everything that wheels can have.
#[test]
fn an_untouched_environment_is_clean() {
    let setting = Setting::of(64);
    let place = setting.environment("env");
    assert_eq!(
        fs::read_dir(place.join("bin"))
            .unwrap()
            .filter(|entry| {
                let name = entry.as_ref().unwrap().file_name().into_string().unwrap();
                name.ends_with("-tool") || name.ends_with("-script.sh")
            })
            .count(),
        130
    );
    setting.is_clean(&place, &[]);
    setting.is_clean(&place, &["--deep"]);
    setting.is_clean(&place.join(SITE), &["--deep"]);
    let (_, report) = setting.verify(&place, &[]);
    assert_eq!(report.checked("distributions/lib63==1.0"), "match");
    assert_eq!(report.checked("distributions/app==1.0"), "match");
}

/// What running leaves is told, and is no difference.
#[test]
fn compiled_files_are_not_recorded() {
    let setting = Setting::of(1);
    let place = setting.environment("env");
    let status = Command::new(place.join("bin/python"))
        .args(["-c", "import lib0"])
        .env_remove("PYTHONDONTWRITEBYTECODE")
        .env_remove("PYTHONPYCACHEPREFIX")
        .status();
    assert!(status.unwrap().success());
    setting.is_clean(&place, &["--deep"]);
    let (_, report) = setting.verify(&place, &[]);
    let mut environments = report.subjects("not-recorded");
    environments.retain(|subject| subject.ends_with("/bytecode"));
    assert_eq!(environments.len(), 1, "{report:#?}");
}

/// pip writes its lists otherwise than uv, and brings itself along.
#[test]
fn what_pip_installs_is_clean_but_for_pip() {
    let setting = Setting::of(2);
    let place = setting.place("by-pip");
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:#?}");
    };
    run(&python(), &["-m", "venv", place.to_str().unwrap()]);
    let requirements = setting.requirements();
    let index = format!("--index-url={}", setting.server.url());
    let options = [
        "--isolated",
        "install",
        "--quiet",
        "--no-deps",
        "--require-hashes",
        &index,
        "-r",
    ];
    let pip = place.join("bin/pip");
    run(
        pip.to_str().unwrap(),
        &[&options[..], &[requirements.to_str().unwrap()]].concat(),
    );
    let (code, report) = setting.verify(&place, &["--deep"]);
    assert_eq!((code, report.verdict()), (Some(0), "match"), "{report:#?}");
    let codes: std::collections::BTreeSet<_> = report.codes().into_iter().collect();
    assert_eq!(codes, ["distribution-extra"].into(), "{report:#?}");
    let extra = report.subjects("distribution-extra");
    assert!(
        extra.iter().any(|it| it.starts_with("distributions/pip==")),
        "{extra:?}"
    );
    assert_eq!(setting.verify(&place, &["--strict"]).0, Some(1));
}

#[test]
fn a_target_directory_is_clean_and_does_not_tell_its_python() {
    let setting = Setting::of(2);
    let place = setting.place("target");
    let requirements = setting.requirements();
    let target = [
        "--target",
        place.to_str().unwrap(),
        "-r",
        requirements.to_str().unwrap(),
    ];
    setting.install(std::path::Path::new(&python()), &target);
    setting.is_clean(&place, &["--deep"]);
    let (_, report) = setting.verify(&place, &[]);
    let mut unknown = report.subjects("not-recorded");
    unknown.retain(|subject| subject.ends_with("/python"));
    assert_eq!(unknown.len(), 1, "{report:#?}");
}

/// A conda prefix holds much that is not Python's.
#[test]
fn a_conda_prefix_tells_its_python() {
    let setting = Setting::of(1);
    let place = setting.environment("env");
    fs::remove_file(place.join("pyvenv.cfg")).unwrap();
    fs::create_dir(place.join("conda-meta")).unwrap();
    fs::write(
        place.join("conda-meta/python-3.11.9-h1_0_cpython.json"),
        "{}",
    )
    .unwrap();
    fs::write(place.join("lib/libother.so"), "").unwrap();
    setting.is_clean(&place, &[]);
    fs::rename(place.join("lib/python3.11"), place.join("lib/python3.12")).unwrap();
    fs::remove_file(place.join("conda-meta/python-3.11.9-h1_0_cpython.json")).unwrap();
    let (code, report) = setting.verify(&place, &[]);
    let finding = report.only("python-differs");
    assert_eq!(
        (finding["expected"].as_str(), finding["actual"].as_str()),
        (Some("3.11"), Some("3.12"))
    );
    assert_eq!(code, Some(1));
}

#[test]
fn what_is_no_environment_is_told_as_such() {
    let setting = Setting::of(1);
    let empty = setting.place("empty");
    fs::create_dir(&empty).unwrap();
    fs::write(setting.place("file"), "").unwrap();
    for (name, said) in [
        ("empty", "holds no Python environment"),
        ("file", "is not a directory"),
        ("missing", "cannot read"),
    ] {
        let place = setting.place(name);
        let options = ["--env", place.to_str().unwrap()];
        setting.project.verify(&options).exits(2).says(said);
    }
    let place = setting.environment("env");
    let options = ["--env", place.to_str().unwrap(), "--environment", "report"];
    setting
        .project
        .verify(&options)
        .exits(2)
        .says("no environment `report`");
    setting.project.verify(&["--deep"]).exits(2);
}
