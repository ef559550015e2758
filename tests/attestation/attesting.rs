//! `vhb attest`: when it signs, what it writes, and when it refuses.

use super::setting::{BUNDLE, LOCK, SBOM, Setting, statement};

#[test]
fn the_same_results_give_the_same_bytes() {
    for kind in ["ed25519", "ecdsa-p256"] {
        let setting = Setting::with_key(kind);
        setting.attest(&[]).exits(0);
        let first = setting.read(BUNDLE);
        let written = setting.path(BUNDLE).metadata().unwrap().modified().unwrap();
        setting.attest(&[]).exits(0).says("nothing changed");
        let again = setting.path(BUNDLE).metadata().unwrap().modified().unwrap();
        assert_eq!(written, again);
        std::fs::remove_file(setting.path(BUNDLE)).unwrap();
        setting.attest(&["--rehash"]).exits(0);
        assert_eq!(setting.read(BUNDLE), first, "{kind}");
        let printed = setting.attest(&["-o", "-"]).exits(0);
        assert_eq!(printed.stdout.into_bytes(), first, "{kind}");
        assert!(!setting.path("-").exists());
    }
}

#[test]
fn the_subjects_are_sorted_and_say_what_they_are() {
    let setting = Setting::attested();
    for line in setting.lines() {
        let statement = statement(&line);
        let subjects = statement["subject"].as_array().unwrap().iter();
        let subjects: Vec<_> = subjects
            .map(|it| {
                (
                    it["name"].as_str().unwrap(),
                    it["annotations"]["role"].as_str().unwrap(),
                )
            })
            .collect();
        let expected = [
            ("deep/log.txt", "result"),
            ("exp.cdx.json", "sbom"),
            ("exp.lock.json", "lock"),
            ("scores.json", "result"),
        ];
        assert_eq!(subjects, expected);
    }
}

#[test]
fn the_builder_is_the_key_or_what_was_named() {
    let setting = Setting::attested();
    let id = |setting: &Setting| {
        let provenance = statement(&setting.lines()[1]);
        provenance["predicate"]["runDetails"]["builder"]["id"].clone()
    };
    let key = setting.public_key("key.pub").id();
    assert_eq!(id(&setting), format!("urn:vhb:signer:{key}"));
    setting
        .attest(&["--builder-id", "https://ci.example.org/runner"])
        .exits(0);
    assert_eq!(id(&setting), "https://ci.example.org/runner");
    setting.finds(0, &[]);
    let relative = setting.attest(&["--builder-id", "runner"]).exits(2);
    relative.says("it is not an absolute URI");
    let secret = setting.attest(&["--builder-id", "https://me:s3cret@ci.example.org/"]);
    secret
        .exits(2)
        .says("it holds credentials")
        .conceals("s3cret");
}

#[test]
fn a_lock_that_is_no_evidence_is_not_vouched_for() {
    let setting = Setting::new();
    let lock = String::from_utf8(setting.read(LOCK)).unwrap();
    let sbom = String::from_utf8(setting.read(SBOM)).unwrap();
    let refused = |code: &str| {
        let run = setting.attest(&[]).exits(1);
        run.says(&format!("error[{code}]"))
            .says("nothing was attested");
        assert!(!setting.path("attestations").exists());
        setting.project.write(LOCK, &lock);
        setting.project.write(SBOM, &sbom);
    };
    setting
        .project
        .write(LOCK, &lock.replacen("\"plain-model\"", "\"other\"", 1));
    refused("lock-inconsistent");
    setting.project.write(LOCK, &lock.replacen("  ", " ", 1));
    refused("lock-not-canonical");
    std::fs::remove_file(setting.path(SBOM)).unwrap();
    refused("sbom-missing");
    setting
        .project
        .write(SBOM, &sbom.replacen("pre-build", "design", 1));
    refused("sbom-mismatch");
    setting.attest(&[]).exits(0);
}

#[test]
fn a_lock_of_dev_mode_needs_a_flag() {
    let setting = Setting::new();
    setting.project.lock(&["--run-mode", "dev"]).exits(0);
    let refused = setting.attest(&[]).exits(1);
    refused.says("error[dev-lock]").says("`--allow-dev`");
    assert!(!setting.path(BUNDLE).exists());
    setting
        .attest(&["--allow-dev"])
        .exits(0)
        .says("warning[dev-lock]");
    setting.finds(0, &["dev-lock"]);
}

#[test]
fn without_results_there_is_nothing_to_attest() {
    let setting = Setting::new();
    std::fs::create_dir(setting.path("empty")).unwrap();
    let attest = |result: &str| {
        setting
            .project
            .vhb(&["attest", LOCK, result, "--key", "key"])
    };
    attest("empty").exits(2).says("there are no result files");
    attest("absent")
        .exits(2)
        .says("there is no file or directory `absent`");
    attest(LOCK).exits(2).says("there are no result files");
    assert!(!setting.path("attestations").exists());
}

#[test]
fn verifying_results_needs_a_key_and_an_attestation() {
    let setting = Setting::new();
    setting.verify(&[]).exits(2).says("there is no attestation");
    let run = setting.project.verify(&["--results", "results"]).exits(2);
    run.says("a signature that nobody checks proves nothing");
    let lonely = setting
        .project
        .verify(&["--public-key", "key.pub"])
        .exits(2);
    lonely.says("--results");
    setting.attest(&["-o", "away.jsonl"]).exits(0);
    setting.verify(&["--attestation", "away.jsonl"]).exits(0);
    // It is evidence of a rerun, so the pins are not asked for.
    let all = setting
        .verify(&["--attestation", "away.jsonl", "--all", "--offline"])
        .exits(0);
    assert!(all.stdout.contains("\"config\""), "{}", all.stdout);
    let narrow = setting.verify(&["--attestation", "away.jsonl"]).exits(0);
    assert!(
        !narrow.stdout.contains("\"layer\": \"local\""),
        "{}",
        narrow.stdout
    );
}

/// What somebody else signed is not lost, nor what is no attestation.
#[test]
fn an_attestation_of_somebody_else_is_not_replaced() {
    let setting = Setting::attested();
    let before = setting.read(BUNDLE);
    setting.keygen("other", "ed25519");
    let refused = setting.attest_with("other").exits(2);
    refused.says("is not an attestation by this key, and is not replaced");
    assert_eq!(setting.read(BUNDLE), before);
    std::fs::write(setting.path(BUNDLE), "notes\n").unwrap();
    setting.attest(&[]).exits(2);
    assert_eq!(setting.read(BUNDLE), b"notes\n");
    // Least of all a key.
    let key = setting.read("key");
    setting.attest(&["-o", "key"]).exits(2);
    assert_eq!(setting.read("key"), key);
    let lock = setting.read(LOCK);
    let record = ["record", LOCK, "-o", LOCK];
    setting
        .project
        .vhb(&record)
        .exits(2)
        .says("that is what it is about");
    assert_eq!(setting.read(LOCK), lock);
}

/// Several people vouch for the same, one after the other in one file.
#[test]
fn lines_of_others_take_nothing_away() {
    let setting = Setting::attested();
    let first = setting.read(BUNDLE);
    std::fs::remove_file(setting.path(BUNDLE)).unwrap();
    setting.keygen("other", "ecdsa-p256");
    setting.attest_with("other").exits(0);
    let both = [first, setting.read(BUNDLE)].concat();
    std::fs::write(setting.path(BUNDLE), both).unwrap();
    setting.finds(0, &["attestation-other-key"]);
    // Half of what the other one says is not enough.
    let lines = setting.lines();
    setting.tamper(|there| *there = vec![lines[0].clone(), lines[3].clone()]);
    let expected = ["attestation-incomplete", "attestation-other-key"];
    setting.finds(1, &expected);
}

/// Results are published, and a key among them would be as well.
#[test]
fn a_private_key_is_no_result() {
    let setting = Setting::new();
    setting.project.write(
        "results/key.pem",
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n",
    );
    let refused = setting.attest(&[]).exits(2);
    refused
        .says("`results/key.pem` holds a private key")
        .conceals("MIIB");
    assert!(!setting.path(BUNDLE).exists());
    setting
        .project
        .write("results/key.pem", "-----BEGIN PUBLIC KEY-----\nMIIB\n");
    setting.attest(&[]).exits(0);
}
