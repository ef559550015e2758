//! A locked project with results and a key, and an attestation to tamper with.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value as Json;
use vhb::attestation::{Envelope, PAYLOAD_TYPE, PrivateKey, PublicKey};

use crate::common::project::{Project, Run};

pub(crate) const LOCK: &str = "locks/exp.lock.json";
pub(crate) const SBOM: &str = "sboms/exp.cdx.json";
pub(crate) const BUNDLE: &str = "attestations/exp.intoto.jsonl";

pub(crate) struct Setting {
    pub(crate) project: Project,
}

impl Setting {
    /// Two results, and the keys `key` and `key.pub`.
    pub(crate) fn new() -> Self {
        Self::with_key("ed25519")
    }

    pub(crate) fn with_key(kind: &str) -> Self {
        let project = Project::new(&[("plugin", "type: local\npath: plugin\n")]);
        project.write(
            "plugin/pyproject.toml",
            "[project]\nname = \"plugin\"\nversion = \"1.0\"\n",
        );
        project.lock(&[]).exits(0);
        project.write("results/scores.json", "{\"cer\": 0.1}\n");
        project.write("results/deep/log.txt", "done\n");
        let setting = Self { project };
        setting.keygen("key", kind);
        setting
    }

    /// Makes a key and its `.pub`.
    pub(crate) fn keygen(&self, name: &str, kind: &str) {
        let options = ["keygen", "--type", kind, "-o", name];
        self.project.vhb(&options).exits(0);
    }

    /// The same, with an attestation.
    pub(crate) fn attested() -> Self {
        let setting = Self::new();
        setting.attest(&[]).exits(0);
        setting
    }

    /// Attests the results with the key.
    pub(crate) fn attest(&self, options: &[&str]) -> Run {
        let given = ["attest", LOCK, "results", "--key", "key"];
        self.project.vhb(&[&given, options].concat())
    }

    /// Attests the results with another key.
    pub(crate) fn attest_with(&self, key: &str) -> Run {
        self.project.vhb(&["attest", LOCK, "results", "--key", key])
    }

    /// Verifies the results with the key.
    pub(crate) fn verify(&self, options: &[&str]) -> Run {
        let given = ["--results", "results", "--public-key", "key.pub"];
        self.project.verify(&[&given, options].concat())
    }

    /// Fails unless verifying ends with this code and finds exactly these codes.
    #[track_caller]
    pub(crate) fn finds(&self, code: i32, expected: &[&str]) -> Run {
        let run = self.verify(&[]).exits(code);
        let report = run.report();
        let found: BTreeSet<_> = report.codes().into_iter().collect();
        assert_eq!(found, expected.iter().copied().collect(), "{report:#?}");
        run
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.project.root().join(path)
    }

    pub(crate) fn read(&self, path: &str) -> Vec<u8> {
        std::fs::read(self.path(path)).unwrap()
    }

    pub(crate) fn key(&self, path: &str) -> PrivateKey {
        PrivateKey::from_pem(&self.read(path), None).unwrap()
    }

    pub(crate) fn public_key(&self, path: &str) -> PublicKey {
        PublicKey::from_pem(&self.read(path)).unwrap()
    }

    /// The envelopes of the attestation as JSON.
    pub(crate) fn lines(&self) -> Vec<Json> {
        let text = String::from_utf8(self.read(BUNDLE)).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Changes the envelopes, and leaves the signatures as they are.
    pub(crate) fn tamper(&self, change: impl FnOnce(&mut Vec<Json>)) {
        let mut lines = self.lines();
        change(&mut lines);
        let lines: Vec<_> = lines.iter().map(Json::to_string).collect();
        self.project.write(BUNDLE, &(lines.join("\n") + "\n"));
    }

    /// Changes the statements (the SBOM's, then the provenance), and signs them again with the key.
    pub(crate) fn resign(&self, change: impl FnOnce(&mut Vec<Json>)) {
        let mut statements: Vec<_> = self.lines().iter().map(statement).collect();
        change(&mut statements);
        let key = self.key("key");
        let lines = statements.iter().map(|statement| {
            let payload = statement.to_string().into_bytes();
            Envelope::signed(PAYLOAD_TYPE, payload, &key).to_json() + "\n"
        });
        self.project.write(BUNDLE, &lines.collect::<String>());
    }
}

/// What an envelope holds.
pub(crate) fn statement(line: &Json) -> Json {
    serde_json::from_slice(&decoded(&line["payload"])).unwrap()
}

fn decoded(text: &Json) -> Vec<u8> {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::STANDARD;
    engine.decode(text.as_str().unwrap()).unwrap()
}
