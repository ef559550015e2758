//! What a registry says is compared value by value, not how it says it.

use serde_json::Value as Json;

use crate::common::sample::{ID, LOCK, Sample};
use crate::edits::{CHANGES, COSMETIC};

/// The findings of severity error of `vhb verify --offline`, with its exit code.
fn errors(sample: &Sample) -> (i32, Vec<Json>) {
    let ran = sample.run(&["verify", LOCK, "--offline", "--format", "json"]);
    let report: Json = serde_json::from_str(&ran.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    let errors = findings.filter(|finding| finding["severity"] == "error");
    (ran.code, errors.cloned().collect())
}

#[test]
fn every_changed_value_is_named_with_what_it_was() {
    let sample = Sample::locked();
    assert_eq!(errors(&sample), (0, vec![]));
    for change in CHANGES {
        let path = format!("registries/{}.yaml", change.file);
        let before = sample.read(&path);
        sample.edit(&path, change.from, change.to);
        let (code, errors) = errors(&sample);
        let name = format!("{} {}: {errors:#?}", change.file, change.to);
        assert_eq!((code, errors.len()), (1, 1), "{name}");
        let finding = &errors[0];
        assert_eq!(finding["code"], "config-changed", "{name}");
        assert_eq!(finding["subject"], change.file, "{name}");
        assert_eq!(finding["expected"], change.old, "{name}");
        assert_eq!(finding["actual"], change.new, "{name}");
        let message = finding["message"].as_str().unwrap();
        assert!(message.contains(&format!("`{}`", change.field)), "{name}");

        let stale = sample.run(&["lock", ID, "--check", "--offline"]);
        assert_eq!(
            stale.code,
            if stale.stderr.contains("not-cached") {
                3
            } else {
                1
            },
            "{name}: {stale:#?}"
        );
        sample.write(&path, before);
    }
    let ran = sample.run(&["verify", LOCK, "--offline"]);
    assert_eq!(ran.code, 0, "{ran:#?}");
}

#[test]
fn entries_that_come_and_go_are_named() {
    let sample = Sample::locked();
    let named = |expected: &[(&str, &str)]| {
        let (code, errors) = errors(&sample);
        let found: Vec<_> = errors
            .iter()
            .map(|finding| {
                (
                    finding["code"].as_str().unwrap(),
                    finding["subject"].as_str().unwrap(),
                )
            })
            .collect();
        assert_eq!((code, &found[..]), (1, expected), "{errors:#?}");
    };
    sample.edit(
        "registries/runs/noisy.yaml",
        "[cer]",
        "[cer, wer]\nreports: [summary]",
    );
    named(&[
        ("config-changed", "runs/noisy"),
        ("config-changed", "runs/noisy"),
    ]);
    sample.edit(
        "registries/runs/noisy.yaml",
        "[cer, wer]\nreports: [summary]",
        "[cer]",
    );
    sample.edit("registries/runs/clean.yaml", "[cer, wer]", "[cer]");
    named(&[
        ("config-removed", "metrics/wer"),
        ("config-changed", "runs/clean"),
    ]);
    sample.edit("registries/runs/clean.yaml", "[cer]", "[cer, wer]");
    std::fs::remove_file(sample.root().join("registries/metrics/wer.yaml")).unwrap();
    named(&[("config-removed", "metrics/wer")]);
    sample.write("registries/metrics/wer.yaml", "name: [");
    named(&[("config-removed", "metrics/wer")]);
}

#[test]
fn the_form_of_a_file_does_not_count() {
    let sample = Sample::locked();
    let same = |what: &str| {
        let checked = sample.run(&["lock", ID, "--check"]);
        assert_eq!(checked.code, 0, "{what}: {checked:#?}");
        assert_eq!(errors(&sample), (0, vec![]), "{what}");
    };
    for [file, from, to] in COSMETIC {
        sample.edit(&format!("registries/{file}.yaml"), from, to);
        same(to);
    }
    for path in ["registries/runs/clean.yaml", "registries/tasks/ocr.yaml"] {
        let text = String::from_utf8(sample.read(path)).unwrap();
        sample.write(path, format!("\u{feff}{}", text.replace('\n', "\r\n")));
        same("a byte order mark and CRLF");
    }
    // What the experiment does not reach.
    sample.write(
        "registries/metrics/other.yaml",
        "name: other\nclass_path: a.B\n",
    );
    sample.write("registries/runs/broken.yaml", "name: [");
    sample.write(
        "registries/packages/reader.dev.yaml",
        "description: other\n",
    );
    same("an entry that is not part of the experiment");
}

#[test]
fn drift_of_files_on_disk_is_named_file_by_file() {
    let sample = Sample::locked();
    sample.write("plugins/reader/__pycache__/reader.pyc", "compiled");
    sample.write("plugins/reader/run.log", "ignored by git");
    assert_eq!(errors(&sample), (0, vec![]));

    sample.write("plugins/reader/src/formats.py", "FORMATS = []\n");
    std::fs::remove_file(sample.root().join("plugins/reader/src/reader.py")).unwrap();
    sample.write("plugins/reader/src/extra.py", "");
    let (code, found) = errors(&sample);
    assert_eq!((code, found.len()), (1, 1), "{found:#?}");
    assert_eq!(found[0]["code"], "local-changed");
    assert_eq!(found[0]["subject"], "packages/reader");
    let expected = "`plugins/reader` is not what was locked: changed `src/formats.py`; \
                    missing `src/reader.py`; extra `src/extra.py`";
    assert_eq!(found[0]["message"], expected);

    std::fs::remove_dir_all(sample.root().join("locks/manifests")).unwrap();
    let message = errors(&sample).1[0]["message"].to_string();
    assert!(
        message.contains("the list of the locked files is not beside the lock"),
        "{message}"
    );
    std::fs::remove_dir_all(sample.root().join("plugins/reader")).unwrap();
    assert_eq!(errors(&sample).1[0]["code"], "local-missing");
}
