//! Files that are no locks of this program.

use crate::common::sample::{LOCK, Sample};
use crate::transcript;

#[test]
#[allow(clippy::too_many_lines, reason = "a list of cases")]
fn locks_that_are_none() {
    let sample = Sample::locked();
    let lock = sample.read(LOCK);
    let text = String::from_utf8(lock.clone()).unwrap();
    for (name, bytes) in [
        ("empty", &b""[..]),
        (
            "uv.lock",
            b"version = 1\nrequires-python = \">=3.11\"\n\n[[package]]\nname = \"numpy\"\n",
        ),
        (
            "package-lock.json",
            b"{\"name\": \"x\", \"lockfileVersion\": 3, \"packages\": {}}\n",
        ),
        (
            "newer.json",
            text.replacen("\"lock_version\": 1", "\"lock_version\": 2", 1)
                .as_bytes(),
        ),
        ("number.json", b"5"),
        ("binary.json", b"\xff\xfe\x00"),
        ("half.json", &lock[..lock.len() / 2]),
        (
            "extended.json",
            text.replacen("\"generator\"", "\"zzz\": 1,\n  \"generator\"", 1)
                .as_bytes(),
        ),
        (
            "twice.json",
            text.replacen("\"generator\"", "\"generator\": \"x\",\n  \"generator\"", 1)
                .as_bytes(),
        ),
    ] {
        sample.write(name, bytes);
    }
    let commands = [
        "verify absent.json",
        "verify locks",
        "verify empty",
        "verify uv.lock",
        "verify package-lock.json",
        "verify newer.json",
        "verify number.json",
        "verify binary.json",
        "verify half.json",
        "verify extended.json",
        "verify twice.json",
        "verify registries/experiments/bench.yaml",
        "sbom absent.json",
        "sbom uv.lock",
        "sbom newer.json -o -",
    ];
    insta::assert_snapshot!(transcript(&sample, &commands), @r"
    $ vhb verify absent.json
    error: there is no lock `absent.json`

    $ vhb verify locks
    error: cannot read the lock `locks`: it is a directory

    $ vhb verify empty
    error: cannot use the lock `empty`
      cause: not a lock: the file is not JSON: EOF while parsing a value at line 1 column 0
      hint: name a file that `vhb lock` wrote

    $ vhb verify uv.lock
    error: cannot use the lock `uv.lock`
      cause: not a lock: the file is not JSON: expected value at line 1 column 1
      hint: name a file that `vhb lock` wrote

    $ vhb verify package-lock.json
    error: cannot use the lock `package-lock.json`
      cause: not a lock of vhb: the file has no `lock_version`
      hint: name a file that `vhb lock` wrote

    $ vhb verify newer.json
    error: cannot use the lock `newer.json`
      cause: lock version 2 is not known to this vhb, which reads version 1
      hint: use the vhb that wrote it, or a newer one

    $ vhb verify number.json
    error: cannot use the lock `number.json`
      cause: not a lock of vhb: the file has no `lock_version`
      hint: name a file that `vhb lock` wrote

    $ vhb verify binary.json
    error: cannot use the lock `binary.json`
      cause: not a lock: the file is not JSON: expected value at line 1 column 1
      hint: name a file that `vhb lock` wrote

    $ vhb verify half.json
    error: cannot use the lock `half.json`
      cause: not a lock: the file is not JSON: EOF while parsing an object at line 271 column 5
      hint: name a file that `vhb lock` wrote

    $ vhb verify extended.json
    error: cannot use the lock `extended.json`
      cause: the lock is damaged: unknown field `zzz`, expected one of `lock_version`, `generator`, `resolved_at`, `experiment`, `registry`, `config`, `runs`, `packages`, `models`, `datasets`, `images`, `environments`, `distributions` at line 3 column 7
      hint: restore it from version control, or delete it and lock again

    $ vhb verify twice.json
    error: cannot use the lock `twice.json`
      cause: the lock is damaged: duplicate field `generator` at line 4 column 13
      hint: restore it from version control, or delete it and lock again

    $ vhb verify registries/experiments/bench.yaml
    error: cannot use the lock `registries/experiments/bench.yaml`
      cause: not a lock: the file is not JSON: expected value at line 1 column 1
      hint: name a file that `vhb lock` wrote

    $ vhb sbom absent.json
    error: there is no lock `absent.json`

    $ vhb sbom uv.lock
    error: cannot use the lock `uv.lock`
      cause: not a lock: the file is not JSON: expected value at line 1 column 1
      hint: name a file that `vhb lock` wrote

    $ vhb sbom newer.json -o -
    error: cannot use the lock `newer.json`
      cause: lock version 2 is not known to this vhb, which reads version 1
      hint: use the vhb that wrote it, or a newer one
    ");
}

/// A file that is there but is no lock of this vhb is never written over.
#[test]
fn what_is_no_lock_is_not_replaced() {
    let sample = Sample::new();
    for text in [
        "{\"lock_version\": 2}",
        "version = 1\n",
        "{\"lock_version\": 1}",
        "",
    ] {
        sample.write(LOCK, text);
        assert_eq!(sample.run(&["lock", "bench"]).code, 2, "{text}");
        assert_eq!(sample.read(LOCK), text.as_bytes());
    }
    // Read again, the text of a lock that was laid out otherwise would not be what was written.
    std::fs::remove_file(sample.root().join(LOCK)).unwrap();
    sample.lock(&[]);
    let reordered: serde_json::Value = serde_json::from_slice(&sample.read(LOCK)).unwrap();
    sample.write(LOCK, reordered.to_string());
    let sbom = sample.run(&["sbom", LOCK]);
    insta::assert_snapshot!(sample.stable(&sbom.stderr), @r"
    error: `locks/bench.lock.json` is not in the form in which vhb writes it
      hint: restore it from version control, or run `vhb lock`
    ");
    assert_eq!(sbom.code, 2);
}
