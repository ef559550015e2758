//! Where findings are placed: in nested projects, other layouts, overlays and odd files.

use crate::common::sample::{ID, LOCK, Sample, git};
use crate::setting::{CHECK, LOCKING, VERIFY, place, printed, reports};

/// The places of the results of a rule, the main ones.
fn places(sample: &Sample, command: &[&str], rule: &str) -> Vec<String> {
    let results = reports(sample, command).results(rule);
    results
        .iter()
        .map(|result| place(result, "locations"))
        .collect()
}

#[test]
fn drift_is_placed_at_the_field_and_in_the_lock() {
    let sample = Sample::locked();
    sample.edit("registries/runs/clean.yaml", "seed: 7", "seed: 8");
    sample.edit("registries/runs/clean.yaml", "    temperature: 0.5\n", "");
    sample.edit("registries/metrics/cer.yaml", "[1, 0.5]", "[1, 2]");
    let results = reports(&sample, VERIFY).results("config-changed");
    let places = results.iter().map(|result| {
        let related = place(result, "relatedLocations");
        format!("{} {related}", place(result, "locations"))
    });
    let lock = String::from_utf8(sample.read(LOCK)).unwrap();
    // The lock records entries in `config`, its third section with such keys.
    let line = |key: &str| {
        let mut lines = lock.lines().enumerate();
        let (at, _) = lines
            .find(|(_, text)| *text == format!("    \"{key}\": {{"))
            .unwrap();
        at + 1
    };
    let (cer, clean) = (line("metrics/cer"), line("runs/clean"));
    assert_eq!(
        places.collect::<Vec<_>>(),
        [
            format!("registries/metrics/cer.yaml:5:16-17 locks/bench.lock.json:{cer}:5-18"),
            format!("registries/runs/clean.yaml:9:5-9 locks/bench.lock.json:{clean}:5-17"),
            // A field that is gone is placed at what it was part of.
            format!("registries/runs/clean.yaml:8:3-16 locks/bench.lock.json:{clean}:5-17"),
        ]
    );
}

#[test]
fn entries_that_came_or_went_are_placed_where_they_are() {
    let sample = Sample::locked();
    sample.edit(
        "registries/runs/noisy.yaml",
        "metrics: [cer]",
        "metrics: [cer, new]",
    );
    sample.edit("registries/tasks/ocr.yaml", "[cer, wer]", "[cer, wer, new]");
    sample.edit("registries/runs/clean.yaml", "[cer, wer]", "[cer]");
    sample.write(
        "registries/metrics/new.yaml",
        "name: new\nclass_path: x.New\n",
    );
    let added = places(&sample, VERIFY, "config-added");
    assert_eq!(added, ["registries/metrics/new.yaml:1:1-?"]);
    let removed = places(&sample, VERIFY, "config-removed");
    assert!(
        matches!(&removed[..], [place] if place.starts_with("locks/bench.lock.json:")),
        "{removed:?}"
    );
}

/// GitHub counts from the root of the repository, wherever the command was called.
#[test]
fn paths_begin_at_the_repository() {
    let sample = Sample::locked();
    sample.edit("registries/runs/clean.yaml", "seed: 7", "seed: 8");
    assert_eq!(
        places(&sample, VERIFY, "config-changed"),
        ["registries/runs/clean.yaml:9:5-9"]
    );
    // The same project two directories below the root of a repository.
    std::fs::remove_dir_all(sample.root().join(".git")).unwrap();
    git(&sample.beside(""), &["init", "-q"]);
    let nested = "project/registries/runs/clean.yaml:9:5-9";
    assert_eq!(places(&sample, VERIFY, "config-changed"), [nested]);
    assert_eq!(
        places(&sample, LOCKING, "lock-would-change").pop().unwrap(),
        nested
    );
    let mut inside = sample.vhb(&[
        "verify",
        "bench.lock.json",
        "--offline",
        "--format",
        "github",
    ]);
    let output = inside
        .current_dir(sample.root().join("locks"))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("::error file=project/registries/runs/clean.yaml,line=9,"),
        "{text}"
    );
    assert!(
        text.contains("::notice file=project/locks/bench.lock.json,line="),
        "{text}"
    );
    // What tells the reports of two projects of a repository apart.
    for (command, id) in [
        (CHECK, "vhb-check/project/"),
        (&["check", "bench"], "vhb-check/project/bench/"),
        (VERIFY, "vhb-verify/project/locks/bench.lock.json/"),
        (LOCKING, "vhb-lock-check/project/locks/bench.lock.json/"),
    ] {
        let run = reports(&sample, command).sarif();
        assert_eq!(run["automationDetails"]["id"], id);
    }
    // Without a repository, at the project.
    std::fs::remove_dir_all(sample.beside(".git")).unwrap();
    assert_eq!(
        places(&sample, VERIFY, "config-changed"),
        ["registries/runs/clean.yaml:9:5-9"]
    );
}

/// No path of this machine gets into a report, also where the lock lies elsewhere.
#[test]
fn a_lock_outside_of_the_repository_has_a_name_and_no_place() {
    let sample = Sample::locked();
    let elsewhere = sample.beside("elsewhere.lock.json");
    std::fs::copy(sample.root().join(LOCK), &elsewhere).unwrap();
    let lock = elsewhere.to_str().unwrap();
    let command = ["verify", lock, "--offline", "--registry", "."];
    let reports = reports(&sample, &command);
    let run = reports.sarif();
    assert_eq!(
        run["automationDetails"]["id"],
        "vhb-verify/elsewhere.lock.json/"
    );
    for result in run["results"].as_array().unwrap() {
        assert_eq!(result["locations"][0].get("physicalLocation"), None);
    }
    let root = sample.beside("").display().to_string();
    for format in ["sarif", "junit", "github", "markdown"] {
        assert!(!reports.of(format).contains(&root), "{format}");
    }
}

#[test]
fn columns_are_counted_in_characters_whatever_ends_the_lines() {
    let sample = Sample::locked();
    let text = "# é\r\n{name: \"é\u{1f600}\", class_path: 7}\r\n";
    for (text, expected) in [
        (text.to_owned(), "registries/metrics/wer.yaml:2:26-27"),
        // The byte order mark is no character of the line.
        (
            format!("\u{feff}{text}"),
            "registries/metrics/wer.yaml:2:26-27",
        ),
        (
            "class_path: 7\nname: wer\n".to_owned(),
            "registries/metrics/wer.yaml:1:13-14",
        ),
    ] {
        sample.write("registries/metrics/wer.yaml", &text);
        assert_eq!(places(&sample, CHECK, "wrong-type"), [expected], "{text:?}");
    }
}

#[test]
fn overlays_are_placed_in_their_own_files() {
    let sample = Sample::new();
    let dev = ["--run-mode", "dev"];
    sample.lock(&dev);
    sample.edit(
        "registries/packages/reader.dev.yaml",
        "reader-dev",
        "reader",
    );
    sample.edit("registries/packages/reader.yaml", "Reads", "Scans");
    assert_eq!(
        places(&sample, VERIFY, "config-changed"),
        [
            "registries/packages/reader.yaml:2:1-12",
            "registries/packages/reader.dev.yaml:3:3-7",
        ]
    );
    let fingerprints = |sample: &Sample| {
        let results = reports(sample, VERIFY).results("config-changed");
        let prints = results.iter().map(|it| it["partialFingerprints"].clone());
        prints.collect::<Vec<_>>()
    };
    let before = fingerprints(&sample);
    // Lines move, and values change again: it is the same drift.
    sample.edit(
        "registries/packages/reader.yaml",
        "name: reader",
        "\n\n\nname: reader",
    );
    sample.edit("registries/packages/reader.yaml", "Scans", "Looks at");
    assert_eq!(fingerprints(&sample), before);
}

/// However the lock is laid out, its things are found.
#[test]
fn a_lock_on_one_line_has_places() {
    let sample = Sample::locked();
    let value: serde_json::Value = serde_json::from_slice(&sample.read(LOCK)).unwrap();
    let text = value.to_string();
    sample.write(LOCK, &text);
    let run = text.find("\"runs\":{\"clean\"").unwrap() + "\"runs\":{".len() + 1;
    let gap = format!("locks/bench.lock.json:1:{run}-{}", run + 7);
    assert!(
        places(&sample, VERIFY, "not-recorded").contains(&gap),
        "{gap}"
    );
    let whole = places(&sample, VERIFY, "lock-not-canonical");
    assert_eq!(whole, ["locks/bench.lock.json:1:1-?"]);
}

#[test]
fn names_of_files_are_percent_encoded() {
    let sample = Sample::new();
    sample.write("registries/metrics/a b%#é:,.yaml", "class_path: x.Y\n");
    let reports = reports(&sample, &["check"]);
    let uri = "registries/metrics/a%20b%25%23%C3%A9%3A%2C.yaml:1:1-?";
    assert_eq!(
        place(&reports.results("missing-field")[0], "locations"),
        uri
    );
    let command = reports.commands()[0];
    let file = "::error file=registries/metrics/a b%25#é%3A%2C.yaml,line=1,";
    assert!(command.starts_with(file), "{command}");
}

/// A project that is a symbolic link is where it really lies.
#[cfg(unix)]
#[test]
fn links_are_followed_to_the_repository() {
    let sample = Sample::locked();
    sample.edit("registries/runs/clean.yaml", "seed: 7", "seed: 8");
    let link = sample.beside("link");
    std::os::unix::fs::symlink(sample.root(), &link).unwrap();
    let mut command = sample.vhb(&["check", ID, "--format", "sarif"]);
    assert!(command.current_dir(&link).status().unwrap().success());
    let lock = link.join(LOCK);
    let ran = printed(
        &sample,
        &["verify", lock.to_str().unwrap(), "--offline"],
        "github",
    );
    assert!(
        ran.stdout
            .contains("file=registries/runs/clean.yaml,line=9"),
        "{}",
        ran.stdout
    );
}
