//! Projects that are none, and files that cannot be read or written.

use crate::common::sample::{LOCK, Sample, ran};
use crate::{tell, transcript};

#[test]
fn places_that_cannot_be_written() {
    let sample = Sample::locked();
    sample.write("file", "");
    let commands = [
        "lock bench -o locks",
        "lock bench -o .",
        "lock bench -o file/x.lock.json",
        "sbom locks/bench.lock.json -o locks",
        "sbom locks/bench.lock.json -o file/x.json",
    ];
    let before = sample.snapshot();
    insta::assert_snapshot!(transcript(&sample, &commands), @r"
    $ vhb lock bench -o locks
    error: cannot read the lock `locks`: it is a directory

    $ vhb lock bench -o .
    error: cannot read the lock `.`: it is a directory

    $ vhb lock bench -o file/x.lock.json
    error: cannot read the lock `file/x.lock.json`: Not a directory (os error 20)

    $ vhb sbom locks/bench.lock.json -o locks
    error: cannot write `locks`: is a directory

    $ vhb sbom locks/bench.lock.json -o file/x.json
    error: cannot write `file/x.json`: File exists (os error 17)
    ");
    assert!(sample.snapshot() == before);
}

#[test]
fn projects_that_are_none() {
    let sample = Sample::locked();
    sample.write("file", "");
    let mut out = transcript(
        &sample,
        &[
            "check --registry plugins",
            "check --registry absent",
            "check --registry file",
            "verify locks/bench.lock.json --registry plugins",
            "lock bench --registry plugins",
        ],
    );
    let empty = sample.beside("empty");
    std::fs::create_dir(&empty).unwrap();
    std::fs::copy(sample.root().join(LOCK), empty.join("x.lock.json")).unwrap();
    for line in ["check", "lock bench"] {
        let arguments: Vec<_> = line.split(' ').collect();
        let ran = ran(sample.vhb(&arguments).current_dir(&empty));
        assert_eq!(ran.code, 2, "{ran:#?}");
        tell(&mut out, line, &ran);
    }
    insta::assert_snapshot!(sample.stable(&out), @r"
    $ vhb check --registry plugins
    error: `plugins` holds no `registries/`
      hint: name the directory that holds `registries/`

    $ vhb check --registry absent
    error: `absent` holds no `registries/`
      hint: name the directory that holds `registries/`

    $ vhb check --registry file
    error: `file` holds no `registries/`
      hint: name the directory that holds `registries/`

    $ vhb verify locks/bench.lock.json --registry plugins
    error: `plugins` holds no `registries/`
      hint: name the directory that holds `registries/`

    $ vhb lock bench --registry plugins
    error: `plugins` holds no `registries/`
      hint: name the directory that holds `registries/`

    $ vhb check
    error: no `registries/` in `[BESIDE]/empty` or in any directory above it
      hint: run vhb inside the project, or pass `--registry DIR`

    $ vhb lock bench
    error: no `registries/` in `[BESIDE]/empty` or in any directory above it
      hint: run vhb inside the project, or pass `--registry DIR`
    ");

    // Without the project much of a lock cannot be checked, but that is no misuse.
    let alone = ran(sample
        .vhb(&["verify", "x.lock.json", "--offline"])
        .current_dir(&empty));
    assert_eq!(alone.code, 3, "{alone:#?}");
    std::fs::write(empty.join("registries"), "a file").unwrap();
    assert_eq!(ran(sample.vhb(&["check"]).current_dir(&empty)).code, 2);
}

/// The permissions of files do not bind root, who runs tests in containers: then a directory in
/// place of the file stands for what cannot be read.
#[test]
fn files_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let sample = Sample::locked();
    let close = |path: &str| {
        let full = sample.root().join(path);
        std::fs::set_permissions(&full, std::fs::Permissions::from_mode(0o0)).unwrap();
        if std::fs::read(&full).is_ok() {
            std::fs::remove_file(&full).unwrap();
            std::fs::create_dir(&full).unwrap();
        }
    };
    close("registries/metrics/cer.yaml");
    let checked = sample.run(&["check"]);
    assert_eq!(checked.code, 1, "{checked:#?}");
    assert!(checked.stdout.contains("unreadable-file"), "{checked:#?}");
    assert_eq!(sample.run(&["lock", "bench"]).code, 1);
    for path in [
        "registries/experiments/bench.yaml",
        "sboms/bench.cdx.json",
        LOCK,
    ] {
        close(path);
        let arguments: &[&str] = if path.starts_with("reg") {
            &["lock", path]
        } else {
            &["verify", LOCK]
        };
        let ran = sample.run(arguments);
        assert_eq!(ran.code, 2, "{path}: {ran:#?}");
        assert!(ran.stderr.contains("bench"), "{path}: {ran:#?}");
    }
}
