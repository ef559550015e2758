//! Every format that comes from outside, damaged at random: what reads it gives a value or an
//! error, soon, and what it gave is what is written.
//!
//! Each begins with a real file and changes it here and there, so that most of a reader is reached.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod edits;
mod limits;

use std::path::Path;
use std::sync::{LazyLock, mpsc};
use std::time::Duration;

use proptest::prelude::*;
use vhb::attestation::{Envelope, KeyKind, PrivateKey, bundle, read_bundle};
use vhb::lock::Lock;
use vhb::model::{DirectUrl, RecordLines, RunMode, StatedMetadata};
use vhb::registry::{Registry, RegistryFile};
use vhb::render::{self, Listing};
use vhb::verify::gaps;
use vhb::view::{Chains, Origins, Overview, Shape, Tree};

use edits::{Edit, edits, tokens};

/// Generous: only what goes on for ever reaches it, also on a busy machine.
const LONGEST: Duration = Duration::from_mins(1);

/// Does something that must come to an end.
fn ends<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, end) = mpsc::channel();
    std::thread::spawn(move || done.send(work()));
    end.recv_timeout(LONGEST)
        .expect("it ends, and without a panic")
}

fn committed(path: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn damaged(seed: &[u8], edits: &[Edit], tokens: &[&str]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for edit in edits {
        edit.apply(&mut bytes, tokens);
    }
    bytes
}

const METADATA: &str = "Metadata-Version: 2.4\nName: Demo.Tool\nVersion: 1.0rc1+local\n\
    Summary: It does\nLicense-Expression: MIT OR Apache-2.0\nClassifier: License :: OSI Approved :: MIT License\n\
    Author-email: \"A U Thor\" <a@example.org>\nProject-URL: Source, https://git.example/demo\n\
    Requires-Python: >=3.8,<4\nProvides-Extra: fast\nDynamic: License\n\
    Requires-Dist: numpy[extra]>=1.2 ; python_version < \"3.12\" and extra == 'fast'\n\
    Requires-Dist: other @ https://git.example/other.whl\nDescription: first\n        second\n\nThe rest\n";

const RECORD: &str = "demo/__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n\
    \"demo/a, \"\"b\"\".py\",sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n\
    ../../../bin/demo,sha512=x,1\ndemo-1.0.dist-info/RECORD,,\n";

const DIRECT_URL: &str = r#"{"url": "https://me:pw@git.example/demo.git", "subdirectory": "a/b",
    "vcs_info": {"vcs": "git", "commit_id": "0123456789abcdef0123456789abcdef01234567",
                 "requested_revision": "v1"}}"#;

/// One of the project's own registries: a file of each kind.
const ENTRIES: [&str; 6] = [
    "registries/datasets/receipts.yaml",
    "registries/experiments/receipts.yaml",
    "registries/frameworks/template.yaml",
    "registries/packages/glyphbench.yaml",
    "registries/runs/receipts_noisy_v1.yaml",
    "registries/tasks/line_ocr.yaml",
];

/// A bundle of two envelopes.
static SIGNED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let key = PrivateKey::from_entropy(KeyKind::Ed25519, &[7; 32].into()).unwrap();
    let signed = Envelope::signed("application/vnd.in-toto+json", b"{\"a\": 1}".to_vec(), &key);
    bundle(&[signed.clone(), signed])
});

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn metadata(edits in edits()) {
        let bytes = damaged(METADATA.as_bytes(), &edits, tokens::METADATA);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Ok(said) = ends(move || StatedMetadata::parse(&text)) {
            // What was understood can be locked, and read from the lock again.
            let written = serde_json::to_string(&said.core).unwrap();
            prop_assert_eq!(serde_json::from_str::<vhb::model::CoreMetadata>(&written).unwrap(), said.core);
        }
    }

    #[test]
    fn record(edits in edits()) {
        let bytes = damaged(RECORD.as_bytes(), &edits, tokens::RECORD);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        // A line ends with either, as Python's csv reads it.
        let lines = text.split(['\r', '\n']).count();
        if let Ok(read) = ends(move || RecordLines::parse(&text)) {
            prop_assert!(read.iter().count() <= lines);
        }
    }

    #[test]
    fn direct_url(edits in edits()) {
        let bytes = damaged(DIRECT_URL.as_bytes(), &edits, tokens::JSON);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Ok(read) = ends(move || DirectUrl::parse(&text)) {
            if let Ok(url) = url::Url::parse(&read.shown()) {
                prop_assert_eq!(url.password(), None);
                prop_assert!(url.scheme().ends_with("ssh") || url.username().is_empty());
            } else {
                prop_assert_eq!(read.shown(), "an address that makes no sense");
            }
        }
    }

    #[test]
    fn bundles(edits in edits()) {
        let bytes = damaged(&SIGNED, &edits, tokens::JSON);
        if let Ok(lines) = ends(move || read_bundle(&bytes)) {
            for (_, envelope) in lines {
                if let Ok(envelope) = envelope {
                    let again = read_bundle(&bundle(std::slice::from_ref(&envelope))).unwrap();
                    prop_assert_eq!(again, vec![(1, Ok(envelope))]);
                }
            }
        }
    }

    #[test]
    fn registries(edits in edits(), which in 0..ENTRIES.len()) {
        let files: Vec<_> = ENTRIES
            .iter()
            .enumerate()
            .map(|(number, path)| {
                let seed = committed(path);
                let edits = if number == which { &edits[..] } else { &[] };
                RegistryFile {
                    path: (*path).to_owned(),
                    content: Ok(damaged(&seed, edits, tokens::YAML)),
                }
            })
            .collect();
        let (_, findings) = ends(move || Registry::read(files, RunMode::Prod, &|_| None));
        for finding in findings {
            prop_assert!(finding.location.is_some() || finding.subject.is_some(), "{finding:?}");
        }
    }
}

proptest! {
    // A lock is some hundred times as long as the others.
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn locks(edits in edits()) {
        let bytes = damaged(&committed("locks/receipts.lock.json"), &edits, tokens::JSON);
        if let Ok(lock) = ends(move || Lock::from_bytes(&bytes)) {
            let written = lock.to_bytes();
            let again = Lock::from_bytes(&written).unwrap();
            prop_assert_eq!(again.to_bytes(), written);
            ends(move || look_over(&lock));
        }
    }
}

/// Whatever is asked of a lock that could be read is answered.
fn look_over(lock: &Lock) {
    let shown = render::show(&Overview::of(lock), &gaps(lock), Listing::Brief);
    assert!(
        shown.lines().all(|line| line.chars().count() <= 80),
        "{shown}"
    );
    let trees = Tree::of(lock, lock.environments.keys().map(String::as_str));
    let told = trees.iter().map(|tree| tree.rows(Shape::default()).count());
    let roots = lock.environments.values().map(|it| it.asked.roots.len());
    assert!(told.sum::<usize>() >= roots.max().unwrap_or_default());
    let Some(origins) = Origins::of(lock) else {
        return;
    };
    for name in [
        "click",
        "jiwer",
        "metrics/cer",
        "receipts",
        "packages/glyphbench",
    ] {
        for node in origins.named(name) {
            assert!(origins.answer(&node, Chains::All).complete);
        }
    }
}
