//! Everything that can happen to an environment after it was made is found and named.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::Value as Json;

use crate::setting::{SITE, Setting};

/// What is done to the modules of an environment, and what is said of it.
struct Case {
    name: &'static str,
    act: fn(&Path),
    code: &'static str,
    exit: i32,
    subject: &'static str,
    /// What the message names.
    names: &'static str,
}

fn append(path: &Path, text: &str) {
    let mut content = fs::read_to_string(path).unwrap();
    content.push_str(text);
    fs::write(path, content).unwrap();
}

const CASES: [Case; 22] = [
    Case {
        name: "edited",
        act: |site| append(&site.join("lib0/deep/er/part.py"), "# one more\n"),
        code: "installed-file-changed",
        exit: 1,
        subject: "distributions/lib0==1.0",
        names: "`lib/python3.11/site-packages/lib0/deep/er/part.py`",
    },
    Case {
        name: "edited-data",
        act: |site| fs::write(site.join("lib0/weights, \"old\".json"), "[1, 3]\n").unwrap(),
        code: "installed-file-changed",
        exit: 1,
        subject: "distributions/lib0==1.0",
        names: "lib0/weights, \"old\".json`",
    },
    Case {
        name: "edited-program",
        act: |site| append(&site.join("../../../bin/lib0-tool"), "# evil\n"),
        code: "installed-file-changed",
        exit: 1,
        subject: "distributions/lib0==1.0",
        names: "`bin/lib0-tool`",
    },
    Case {
        name: "deleted",
        act: |site| fs::remove_file(site.join("lib1/__init__.py")).unwrap(),
        code: "installed-file-missing",
        exit: 1,
        subject: "distributions/lib1==1.0",
        names: "`lib/python3.11/site-packages/lib1/__init__.py`",
    },
    Case {
        name: "rogue-module",
        act: |site| fs::write(site.join("rogue.py"), "").unwrap(),
        code: "module-unowned",
        exit: 1,
        subject: "environments/inference-",
        names: "`lib/python3.11/site-packages/rogue.py`",
    },
    Case {
        name: "rogue-package",
        act: |site| {
            fs::create_dir_all(site.join("rogue/inner")).unwrap();
            fs::write(site.join("rogue/inner/a.py"), "").unwrap();
            fs::write(site.join("rogue/b.cpython-311-x86_64-linux-gnu.so"), "").unwrap();
        },
        code: "module-unowned",
        exit: 1,
        subject: "environments/inference-",
        names: "`lib/python3.11/site-packages/rogue` ",
    },
    Case {
        name: "rogue-inside",
        act: |site| fs::write(site.join("lib0/deep/rogue.py"), "").unwrap(),
        code: "module-unowned",
        exit: 1,
        subject: "environments/inference-",
        names: "`lib/python3.11/site-packages/lib0/deep/rogue.py`",
    },
    Case {
        name: "sourceless",
        act: |site| fs::write(site.join("lib0/rogue.pyc"), "").unwrap(),
        code: "module-unowned",
        exit: 1,
        subject: "environments/inference-",
        names: "lib0/rogue.pyc`",
    },
    Case {
        name: "linked-package",
        act: |site| symlink("/usr/lib", site.join("rogue")).unwrap(),
        code: "module-unowned",
        exit: 1,
        subject: "environments/inference-",
        names: "`lib/python3.11/site-packages/rogue`",
    },
    Case {
        name: "customised",
        act: |site| fs::write(site.join("sitecustomize.py"), "").unwrap(),
        code: "module-unowned",
        exit: 1,
        subject: "environments/inference-",
        names: "sitecustomize.py`",
    },
    Case {
        name: "pth",
        act: |site| fs::write(site.join("evil.pth"), "import os\n").unwrap(),
        code: "pth-unowned",
        exit: 1,
        subject: "environments/inference-",
        names: "`lib/python3.11/site-packages/evil.pth`",
    },
    Case {
        name: "pth-by-a-known-name",
        act: |site| fs::write(site.join("_virtualenv.pth"), "import evil\n").unwrap(),
        code: "pth-unowned",
        exit: 1,
        subject: "environments/inference-",
        names: "_virtualenv.pth`",
    },
    Case {
        name: "settings",
        act: |site| fs::write(site.join("lib0/config.json"), "{}").unwrap(),
        code: "file-unowned",
        exit: 0,
        subject: "environments/inference-",
        names: "lib0/config.json`",
    },
    Case {
        name: "removed",
        act: |site| {
            for name in ["lib1", "lib1-1.0.dist-info"] {
                fs::remove_dir_all(site.join(name)).unwrap();
            }
            fs::remove_file(site.join("lib1_extra.py")).unwrap();
        },
        code: "distribution-missing",
        exit: 1,
        subject: "distributions/lib1==1.0",
        names: "`lib1==1.0`",
    },
    Case {
        name: "without-list",
        act: |site| fs::remove_file(site.join("lib1-1.0.dist-info/RECORD")).unwrap(),
        code: "installed-record-missing",
        exit: 1,
        subject: "distributions/lib1==1.0",
        names: "lib1-1.0.dist-info`",
    },
    Case {
        name: "list-leads-out",
        act: |site| {
            let list = site.join("lib1-1.0.dist-info/RECORD");
            append(
                &list,
                "../../../../secret.txt,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n",
            );
        },
        code: "installed-record-unusable",
        exit: 3,
        subject: "distributions/lib1==1.0",
        names: "`../../../../secret.txt`",
    },
    Case {
        name: "installer-that-owns-too-much",
        act: |site| {
            let info = site.join("pip-24.0.dist-info");
            fs::create_dir(&info).unwrap();
            fs::write(
                info.join("METADATA"),
                "Metadata-Version: 2.1\nName: pip\nVersion: 24.0\n",
            )
            .unwrap();
            fs::write(
                info.join("RECORD"),
                "lib0/evil.py,,\npip-24.0.dist-info/RECORD,,\npip-24.0.dist-info/METADATA,,\n",
            )
            .unwrap();
            fs::write(site.join("lib0/evil.py"), "").unwrap();
        },
        code: "module-unowned",
        exit: 1,
        subject: "environments/inference-",
        names: "lib0/evil.py`",
    },
    Case {
        name: "linked-own-package",
        act: |site| {
            let elsewhere = site.join("../../../elsewhere");
            fs::rename(site.join("lib0"), &elsewhere).unwrap();
            fs::write(elsewhere.join("evil.py"), "").unwrap();
            symlink("../../../elsewhere", site.join("lib0")).unwrap();
        },
        code: "module-unowned",
        exit: 1,
        subject: "environments/inference-",
        names: "`lib/python3.11/site-packages/lib0` is a link",
    },
    Case {
        name: "not-unicode",
        act: |site| {
            use std::os::unix::ffi::OsStrExt as _;
            let name = std::ffi::OsStr::from_bytes(b"rogu\xe9");
            fs::create_dir(site.join(name)).unwrap();
        },
        code: "installed-file-unreadable",
        exit: 3,
        subject: "environments/inference-",
        names: "site-packages/rogu\u{fffd}`",
    },
    Case {
        name: "settings-that-say-nothing",
        act: |site| fs::write(site.join("../../../pyvenv.cfg"), "home = /usr/bin\n").unwrap(),
        code: "base-packages-visible",
        exit: 3,
        subject: "environments/inference-",
        names: "base installation",
    },
    Case {
        name: "settings-beside-the-program",
        act: |site| fs::write(site.join("../../../bin/pyvenv.cfg"), "home = /usr/bin\n").unwrap(),
        code: "base-packages-visible",
        exit: 3,
        subject: "environments/inference-",
        names: "base installation",
    },
    Case {
        name: "sees-base",
        act: |site| {
            let settings = site.join("../../../pyvenv.cfg");
            let text = fs::read_to_string(&settings).unwrap();
            let text = text.replace("packages = false", "packages = true");
            fs::write(settings, text).unwrap();
        },
        code: "base-packages-visible",
        exit: 3,
        subject: "environments/inference-",
        names: "base installation",
    },
];

#[test]
fn each_is_found_and_named() {
    let setting = Setting::of(2);
    let untouched = setting.environment("env");
    for case in &CASES {
        let place = setting.copy(&untouched, case.name);
        (case.act)(&place.join(SITE));
        let (code, report) = setting.verify(&place, &[]);
        let findings = said(&report, case.code);
        let named = findings.iter().any(|(subject, message)| {
            subject.starts_with(case.subject) && message.contains(case.names)
        });
        assert!(named, "{}: {report:#?}", case.name);
        assert_eq!(code, Some(case.exit), "{}: {report:#?}", case.name);
        // Nothing else is suspected but what hangs on it.
        let others: Vec<_> = report
            .codes()
            .into_iter()
            .filter(|it| *it != case.code)
            .collect();
        let expected: &[&str] = match case.name {
            "without-list" => &["module-unowned", "module-unowned", "file-unowned"],
            "installer-that-owns-too-much" => &["distribution-extra", "installed-file-unhashed"],
            _ => &[],
        };
        let mut others = others;
        others.sort_unstable();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(others, expected, "{}: {report:#?}", case.name);
    }
    setting.is_clean(&untouched, &[]);
}

fn said(report: &crate::common::project::Report, code: &str) -> Vec<(String, String)> {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let subjects = report.subjects(code).into_iter().map(str::to_owned);
    let messages = report
        .messages(code)
        .into_iter()
        .map(|it| text(&Json::from(it)));
    subjects.zip(messages).collect()
}

/// Another version by hand, a plugin that nobody locked, and the same thing twice.
#[test]
fn other_versions_and_additions_are_named() {
    let setting = Setting::of(2);
    let place = setting.environment("env");
    let newer = crate::common::index_server::File::wheel().installable();
    setting
        .server
        .add("lib0", "1.1", std::slice::from_ref(&newer));
    setting.server.add("plugin", "3.0", &[newer]);
    setting.install(&place, &["lib0==1.1", "plugin"]);
    let (code, report) = setting.verify(&place, &[]);
    assert_eq!(code, Some(1));
    let finding = report.finding("distribution-version-differs");
    assert_eq!(finding["subject"], "distributions/lib0==1.0");
    assert_eq!(
        (&finding["expected"], &finding["actual"]),
        (&"1.0".into(), &"1.1".into())
    );
    let extra = report.finding("distribution-extra");
    assert_eq!(extra["subject"], "distributions/plugin==3.0");
    assert_eq!(report.codes().len(), 2, "{report:#?}");

    let twice = setting.environment("twice");
    let site = twice.join(SITE);
    fs::create_dir(site.join("lib1-0.9.dist-info")).unwrap();
    let metadata = "Metadata-Version: 2.1\nName: lib1\nVersion: 0.9\n";
    fs::write(site.join("lib1-0.9.dist-info/METADATA"), metadata).unwrap();
    fs::write(
        site.join("lib1-0.9.dist-info/RECORD"),
        "lib1-0.9.dist-info/RECORD,,\n",
    )
    .unwrap();
    let (code, report) = setting.verify(&twice, &[]);
    assert_eq!(code, Some(1));
    let duplicated = report.finding("distribution-duplicated");
    let message = duplicated["message"].as_str().unwrap();
    for named in ["lib1-0.9.dist-info`", "lib1-1.0.dist-info`"] {
        assert!(message.contains(named), "{message}");
    }
}

/// Two distributions that install one file: whichever came last won.
#[test]
fn a_file_of_two_distributions_is_told_once() {
    let setting = Setting::of(2);
    let place = setting.environment("env");
    let site = place.join(SITE);
    append(
        &site.join("lib1-1.0.dist-info/RECORD"),
        "lib0/__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n",
    );
    let (code, report) = setting.verify(&place, &[]);
    let finding = report.only("installed-files-shadowed");
    let message = finding["message"].as_str().unwrap();
    for named in ["`lib0==1.0`", "`lib1==1.0`", "lib0/__init__.py`"] {
        assert!(message.contains(named), "{message}");
    }
    assert_eq!(code, Some(0));
    // The file of neither is a change all the same.
    fs::write(site.join("lib0/__init__.py"), "evil = 1\n").unwrap();
    let (code, report) = setting.verify(&place, &[]);
    assert_eq!(
        report.subjects("installed-file-changed").len(),
        2,
        "{report:#?}"
    );
    assert_eq!(code, Some(1));
}
