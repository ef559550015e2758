//! Attestations that were edited, exchanged, cut or put together from others.

use serde_json::{Value as Json, json};
use vhb::attestation::Envelope;

use super::setting::{BUNDLE, SBOM, Setting, statement};

#[test]
fn an_honest_attestation_matches() {
    for kind in ["ed25519", "ecdsa-p256"] {
        let setting = Setting::with_key(kind);
        setting
            .attest(&[])
            .exits(0)
            .says("attested 2 result files of exp");
        let run = setting.finds(0, &[]);
        let report = run.report();
        for subject in [
            "attestation/1",
            "attestation/provenance",
            "results/deep/log.txt",
        ] {
            assert_eq!(report.checked(subject), "match", "{subject}");
        }
    }
}

#[test]
fn a_malformed_line_is_told_by_its_number() {
    let setting = Setting::attested();
    let text = String::from_utf8(setting.read(BUNDLE)).unwrap();
    let (first, second) = text.split_once('\n').unwrap();
    for broken in [
        "{",
        "[]",
        "{\"payload\": \"!\", \"payloadType\": \"\", \"signatures\": []}",
    ] {
        setting
            .project
            .write(BUNDLE, &format!("{first}\n\n{broken}\n"));
        let run = setting.finds(1, &["attestation-malformed", "attestation-incomplete"]);
        let report = run.report();
        let message = report.finding("attestation-malformed")["message"]
            .as_str()
            .unwrap();
        assert!(message.starts_with("line 3 is no envelope: "), "{message}");
    }
    // Signed, and no statement.
    setting.project.write(BUNDLE, &format!("{first}\n{second}"));
    setting.finds(0, &[]);
    setting.resign(|statements| statements[1]["_type"] = json!("https://example.org/v1"));
    setting.finds(1, &["attestation-malformed", "attestation-incomplete"]);
}

#[test]
fn a_stripped_signature_is_no_signature() {
    let setting = Setting::attested();
    setting.tamper(|lines| lines[1]["signatures"] = json!([]));
    setting.finds(1, &["attestation-unsigned", "attestation-incomplete"]);
    setting.tamper(|lines| {
        for line in lines {
            line.as_object_mut().unwrap().remove("signatures");
        }
    });
    setting.finds(1, &["attestation-unsigned", "attestation-incomplete"]);
}

#[test]
fn another_key_does_not_do_unless_it_is_given_too() {
    let setting = Setting::attested();
    setting.project.vhb(&["keygen", "-o", "other"]).exits(0);
    let id = |path: &str| setting.public_key(path).id().to_string();
    let by = |keys: &[&str]| {
        let keys: Vec<_> = keys.iter().flat_map(|key| ["--public-key", key]).collect();
        let given = ["--results", "results"];
        setting.project.verify(&[&given, &keys[..]].concat())
    };
    let run = by(&["other.pub"]).exits(1);
    let report = run.report();
    let codes = report.codes();
    assert!(codes.contains(&"attestation-other-key"), "{codes:?}");
    let findings: Json = serde_json::from_str(&run.stdout).unwrap();
    let mut findings = findings["findings"].as_array().unwrap().iter();
    let finding = findings
        .find(|it| it["code"] == "attestation-other-key")
        .unwrap();
    assert_eq!(finding["expected"], id("other.pub"));
    assert_eq!(finding["actual"], id("key.pub"));
    // Nothing of what it states is shown, and no result is held against it.
    assert!(!run.stdout.contains("scores.json"), "{}", run.stdout);
    by(&["other.pub", "key.pub"]).exits(0);
    // The id is a hint: a false one changes nothing.
    setting.tamper(|lines| lines[0]["signatures"][0]["keyid"] = json!("0".repeat(64)));
    by(&["key.pub"]).exits(0);
}

#[test]
fn a_payload_that_was_changed_does_not_fit_its_signature() {
    let setting = Setting::attested();
    let honest = setting.read(BUNDLE);
    let altered = ["attestation-altered", "attestation-incomplete"];
    let swap = |lines: &mut Vec<Json>| {
        let first = lines[0]["payload"].take();
        lines[0]["payload"] = lines[1]["payload"].take();
        lines[1]["payload"] = first;
    };
    setting.tamper(swap);
    setting.finds(1, &altered);
    setting.tamper(|lines| {
        for line in lines {
            line["signatures"][0]
                .as_object_mut()
                .unwrap()
                .remove("keyid");
        }
    });
    setting.finds(1, &altered);
    std::fs::write(setting.path(BUNDLE), &honest).unwrap();
    setting.tamper(|lines| lines[0]["payloadType"] = json!("text/plain"));
    setting.finds(1, &altered);
    std::fs::write(setting.path(BUNDLE), &honest).unwrap();
    setting.tamper(|lines| {
        let signature = lines[1]["signatures"].clone();
        lines[0]["signatures"] = signature;
    });
    setting.finds(1, &altered);
}

#[test]
fn a_signature_of_something_else_is_not_taken_for_an_attestation() {
    let setting = Setting::attested();
    let payload = statement(&setting.lines()[1]).to_string().into_bytes();
    let other = Envelope::signed("application/json", payload, &setting.key("key"));
    setting.tamper(|lines| lines[1] = serde_json::from_str(&other.to_json()).unwrap());
    setting.finds(1, &["attestation-payload-type", "attestation-incomplete"]);
}

#[test]
fn a_wrong_signature_beside_a_good_one_is_told() {
    let setting = Setting::attested();
    setting.project.vhb(&["keygen", "-o", "other"]).exits(0);
    let honest = setting.lines();
    let payload = statement(&honest[0]).to_string().into_bytes();
    let foreign = Envelope::signed("x", payload, &setting.key("other")).to_json();
    let foreign: Json = serde_json::from_str(&foreign).unwrap();
    let with = |keyid: &Json| {
        let mut signature = foreign["signatures"][0].clone();
        signature["keyid"] = keyid.clone();
        setting.tamper(|lines| {
            lines[0] = honest[0].clone();
            let signatures = lines[0]["signatures"].as_array_mut().unwrap();
            signatures.insert(0, signature);
        });
        let run = setting.finds(0, &["attestation-extra-signature"]);
        let report = run.report();
        report.finding("attestation-extra-signature")["severity"].clone()
    };
    assert_eq!(with(&honest[0]["signatures"][0]["keyid"]), "warning");
    setting.verify(&["--strict"]).exits(1);
    assert_eq!(with(&foreign["signatures"][0]["keyid"]), "info");
}

#[test]
fn a_statement_about_another_lock_is_refused() {
    let setting = Setting::attested();
    let honest = setting.read(BUNDLE);
    // The lock moves on, and its SBOM with it; the attestation stays.
    setting.project.write("plugin/more.py", "");
    setting.project.lock(&[]).exits(0);
    setting.finds(
        1,
        &[
            "attestation-other-lock",
            "attestation-other-sbom",
            "attestation-provenance-differs",
        ],
    );
    setting.attest(&[]).exits(0);
    setting.finds(0, &[]);
    assert_ne!(setting.read(BUNDLE), honest);
    setting.resign(|statements| {
        for statement in statements {
            let subjects = statement["subject"].as_array_mut().unwrap();
            subjects.retain(|subject| subject["annotations"]["role"] != "lock");
        }
    });
    setting.finds(1, &["attestation-other-lock"]);
}

#[test]
fn a_statement_about_another_sbom_is_refused() {
    let setting = Setting::attested();
    let honest = setting.read(BUNDLE);
    setting.resign(|statements| statements[0]["predicate"]["components"] = json!([]));
    let run = setting.finds(1, &["attestation-other-sbom"]);
    run.report().only("attestation-other-sbom");
    std::fs::write(setting.path(BUNDLE), &honest).unwrap();
    setting.resign(|statements| {
        for statement in statements {
            let subjects = statement["subject"].as_array_mut().unwrap();
            let role = |subject: &&mut Json| subject["annotations"]["role"] == "sbom";
            let sbom = subjects.iter_mut().find(role).unwrap();
            sbom["digest"]["sha256"] = json!("0".repeat(64));
        }
    });
    setting.finds(1, &["attestation-other-sbom"]);
    // What cannot be compared is no match.
    std::fs::write(setting.path(BUNDLE), &honest).unwrap();
    std::fs::remove_file(setting.path(SBOM)).unwrap();
    setting.finds(3, &["sbom-missing"]);
}

#[test]
fn provenance_that_does_not_follow_from_the_lock_is_refused() {
    let setting = Setting::attested();
    let honest = setting.read(BUNDLE);
    for (pointer, value) in [
        ("/predicate/buildDefinition/resolvedDependencies", json!([])),
        (
            "/predicate/buildDefinition/externalParameters/runs",
            json!(["other"]),
        ),
        ("/predicate/runDetails/builder/more", json!(1)),
        ("/predicate/runDetails/byproducts", json!([])),
    ] {
        std::fs::write(setting.path(BUNDLE), &honest).unwrap();
        setting.resign(|statements| {
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            statements[1].pointer_mut(parent).unwrap()[key] = value.clone();
        });
        let run = setting.finds(1, &["attestation-provenance-differs"]);
        let report = run.report();
        let message = report.only("attestation-provenance-differs")["message"].clone();
        let below = pointer.strip_prefix("/predicate").unwrap();
        assert!(message.as_str().unwrap().contains(below), "{message}");
    }
    // Another version of vhb may lay it out otherwise; that is said.
    std::fs::write(setting.path(BUNDLE), &honest).unwrap();
    setting.resign(|statements| {
        let predicate = &mut statements[1]["predicate"];
        predicate["runDetails"]["builder"]["version"]["vhb"] = json!("99.0");
        predicate["buildDefinition"]["resolvedDependencies"] = json!([]);
    });
    setting.finds(0, &["attestation-provenance-unread"]);
    setting.verify(&["--strict"]).exits(1);
}

#[test]
fn both_statements_are_required() {
    let setting = Setting::attested();
    let honest = setting.read(BUNDLE);
    for index in [0, 1] {
        std::fs::write(setting.path(BUNDLE), &honest).unwrap();
        setting.tamper(|lines| drop(lines.remove(index)));
        let run = setting.finds(1, &["attestation-incomplete"]);
        run.report().only("attestation-incomplete");
    }
    setting.project.write(BUNDLE, "");
    setting.finds(1, &["attestation-incomplete"]);
}

#[test]
fn statements_of_different_attestations_do_not_go_together() {
    let setting = Setting::attested();
    let before = setting.lines();
    setting
        .project
        .write("results/scores.json", "{\"cer\": 0.0}\n");
    setting.attest(&[]).exits(0);
    setting.finds(0, &[]);
    setting.tamper(|lines| lines[0] = before[0].clone());
    let found = ["attestation-subjects-disagree", "result-altered"];
    setting.finds(1, &found);
}

#[test]
fn other_statements_are_left_alone_and_told() {
    let setting = Setting::attested();
    setting.resign(|statements| {
        let mut other = statements[1].clone();
        other["predicateType"] = json!("https://example.org/review/v1");
        other["subject"] = json!([{"name": "x", "digest": {"sha256": "00"}}]);
        statements.push(other);
    });
    let run = setting.finds(0, &["attestation-other-predicate"]);
    let report = run.report();
    let finding = report.only("attestation-other-predicate");
    assert_eq!(finding["severity"], "info");
    assert_eq!(finding["actual"], "https://example.org/review/v1");
}
