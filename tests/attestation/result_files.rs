//! Results that are not those that were attested, and files that are no results.

use std::collections::BTreeMap;

use serde_json::json;
use vhb::finding::Report;
use vhb::lock::Lock;
use vhb::model::Sha256Digest;
use vhb::verify::results::{Published, check};

use super::setting::{BUNDLE, LOCK, SBOM, Setting};

#[test]
fn every_result_that_differs_is_named() {
    let setting = Setting::attested();
    setting
        .project
        .write("results/scores.json", "{\"cer\": 0.0}\n");
    setting.project.write("results/new.txt", "");
    std::fs::remove_file(setting.path("results/deep/log.txt")).unwrap();
    let run = setting.finds(1, &["result-added", "result-altered", "result-missing"]);
    let report = run.report();
    for (code, name) in [
        ("result-added", "new.txt"),
        ("result-altered", "scores.json"),
        ("result-missing", "deep/log.txt"),
    ] {
        let finding = report.finding(code);
        assert_eq!(finding["subject"], format!("results/{name}"));
        let message = finding["message"].as_str().unwrap();
        assert!(message.contains(&format!("`{name}`")), "{message}");
    }
    // A result under another name is two differences.
    setting.attest(&[]).exits(0);
    std::fs::rename(
        setting.path("results/new.txt"),
        setting.path("results/old.txt"),
    )
    .unwrap();
    setting.finds(1, &["result-added", "result-missing"]);
}

#[test]
fn a_result_without_a_digest_that_can_be_checked_is_no_match() {
    let setting = Setting::attested();
    setting.resign(|statements| {
        for statement in statements {
            let subjects = statement["subject"].as_array_mut().unwrap();
            let scores = subjects.iter_mut().find(|it| it["name"] == "scores.json");
            scores.unwrap()["digest"] = json!({"md5": "00"});
        }
    });
    setting.finds(1, &["result-altered"]);
}

#[test]
fn what_belongs_to_the_lock_is_no_result() {
    let setting = Setting::new();
    // Everything in one directory, as it may be published.
    setting
        .project
        .vhb(&["lock", "exp", "--direct", "-o", "results/exp.lock.json"])
        .exits(0);
    std::fs::remove_dir_all(setting.path("results/manifests")).unwrap();
    let lock = "results/exp.lock.json";
    let attest = ["attest", lock, "results", "--key", "key"];
    setting
        .project
        .vhb(&attest)
        .exits(0)
        .says("attested 2 result files");
    let first = setting.read("results/exp.intoto.jsonl");
    setting
        .project
        .vhb(&attest)
        .exits(0)
        .says("nothing changed");
    assert_eq!(setting.read("results/exp.intoto.jsonl"), first);
    let verify = [
        "verify",
        lock,
        "--results",
        "results",
        "--public-key",
        "key.pub",
    ];
    setting.project.vhb(&verify).exits(0);
    // A file that is only called like the lock of another place is one.
    let other = [
        "attest",
        LOCK,
        "results",
        "--key",
        "key",
        "-o",
        "elsewhere.jsonl",
    ];
    let run = setting.project.vhb(&other).exits(2);
    run.says(
        "`locks/exp.lock.json` and `results/exp.lock.json` would both be called `exp.lock.json`",
    );
    assert!(!setting.path("elsewhere.jsonl").exists());
}

#[test]
fn results_may_be_files_and_several_directories() {
    let setting = Setting::new();
    setting.project.write("more/table.csv", "a\n");
    let all = ["results", "more/table.csv"];
    let attest = [&["attest", LOCK][..], &all, &["--key", "key"]].concat();
    setting
        .project
        .vhb(&attest)
        .exits(0)
        .says("attested 3 result files");
    setting.finds(1, &["result-missing"]);
    setting.verify(&["--results", "more/table.csv"]).exits(0);
    setting.verify(&["--results", "more"]).exits(0);

    let honest = setting.read(BUNDLE);
    setting.project.write("more/scores.json", "{}");
    let both = ["attest", LOCK, "results", "more", "--key", "key"];
    setting
        .project
        .vhb(&both)
        .exits(2)
        .says("`results/scores.json` and `more/scores.json` would both be called `scores.json`");
    assert_eq!(setting.read(BUNDLE), honest);
    assert!(setting.path(SBOM).exists());
}

#[cfg(unix)]
#[test]
fn a_link_that_leaves_the_results_is_an_error() {
    let setting = Setting::new();
    std::os::unix::fs::symlink(setting.path("key"), setting.path("results/link")).unwrap();
    setting.attest(&[]).exits(2).says("`link` leaves the tree");
    assert!(!setting.path(BUNDLE).exists());
}

/// What does not lie on a disk goes the same way; results that are not there may be left out.
#[test]
fn results_are_compared_where_they_are_given() {
    let setting = Setting::attested();
    let (bundle, lock_bytes, sbom) = (setting.read(BUNDLE), setting.read(LOCK), setting.read(SBOM));
    let lock = Lock::from_bytes(&lock_bytes).unwrap();
    let keys = [setting.public_key("key.pub")];
    let found = |files: Option<&BTreeMap<String, Sha256Digest>>| {
        let published = Published {
            bundle: &bundle,
            lock_bytes: &lock_bytes,
            sbom: Some(&sbom),
            files,
            keys: &keys,
            make_provenance: &vhb::attest::provenance,
        };
        let mut report = Report::default();
        check(&lock, &published, &mut report);
        let codes = report.findings.iter().map(|it| it.code.as_str());
        (report.checks.len(), codes.collect::<Vec<_>>())
    };
    // That nobody compared them is told, and is no match of its own.
    assert_eq!(found(None), (7, vec!["not-recorded"]));
    let none = BTreeMap::new();
    assert_eq!(found(Some(&none)), (8, vec!["result-missing"; 2]));
}
