//! The provenance names every pin of a lock, each by the digests that it has.

use serde_json::{Value as Json, json};
use vhb::attest::provenance;
use vhb::lock::Lock;

use crate::sample::with_direct;

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

fn sha256(fill: char) -> String {
    format!("sha256:{}", hex(fill))
}

fn hex(fill: char) -> String {
    fill.to_string().repeat(64)
}

fn lock() -> Json {
    let mut lock = with_direct();
    let local = json!({
        "type": "local", "path": "packages/mine", "content": sha256('a'), "files": 1, "bytes": 1,
    });
    lock["packages"]["mine"] = json!({
        "source": { "type": "local", "path": "packages/mine", "editable": true },
        "pin": local,
    });
    lock["packages"]["plugin"]["pin"]["subdirectory"] = "python".into();
    lock["packages"]["plugin"]["pin"]["subdirectory_tree"] = "1".repeat(40).into();
    lock["packages"]["plugin"]["pin"]["submodules"] = json!([
        { "path": "deps/x", "url": "https://git.example/x.git", "commit": "2".repeat(40) },
    ]);
    let hub = json!({ "type": "huggingface", "repo": "org/vlm" });
    lock["models"] = json!({
        "org/vlm": {
            "source": hub,
            "pin": {
                "type": "huggingface", "repo": "org/vlm", "ref": "refs/heads/main",
                "commit": COMMIT, "roles": {}, "files": {},
            },
        },
        "org/gone": { "source": { "type": "huggingface", "repo": "org/gone" }, "unresolved": "source-unreachable" },
        "./models/own": {
            "source": { "type": "local", "path": "./models/own" },
            "pin": { "type": "local", "path": "models/own", "content": sha256('b'), "roles": {}, "files": {} },
        },
    });
    lock["datasets"] = json!({
        "docs": {
            "source": { "type": "huggingface", "repo": "org/docs" },
            "pin": {
                "content": sha256('c'), "files": 1, "bytes": 1,
                "origin": { "type": "huggingface", "ref": "refs/heads/main", "commit": COMMIT, "tokens": sha256('d') },
            },
        },
        "bucket": {
            "source": { "type": "s3", "bucket": "b", "prefix": "p" },
            "pin": {
                "content": sha256('e'), "files": 1, "bytes": 1,
                "origin": { "type": "s3", "tokens": sha256('d') },
            },
        },
    });
    let descriptor =
        |fill| json!({ "digest": sha256(fill), "media_type": "application/m", "size": 1 });
    lock["images"] = json!({
        "h.example/a/b:1": {
            "source": "h.example/a/b:1",
            "pin": {
                "registry": "h.example", "repository": "a/b", "tag": "1", "index": descriptor('7'),
                "platforms": { "linux/amd64": { "manifest": descriptor('8'), "config": descriptor('9') } },
            },
        },
    });
    lock
}

#[test]
fn every_pin_is_a_dependency_with_its_digests() {
    let lock = Lock::from_bytes(lock().to_string().as_bytes()).unwrap();
    let provenance = provenance(&lock, "exp.lock.json", "urn:x");
    let definition = &provenance["buildDefinition"];
    assert_eq!(
        definition["externalParameters"]["unresolved"],
        json!(["models/org/gone"])
    );
    let digest = &definition["externalParameters"]["lock"]["digest"]["sha256"];
    assert_eq!(*digest, lock.digest().hex());
    let dependencies = definition["resolvedDependencies"].as_array().unwrap();
    let found: Vec<_> = dependencies
        .iter()
        .map(|it| {
            let digest = it["digest"].as_object().unwrap().iter();
            let digest: Vec<_> = digest
                .map(|(name, hex)| format!("{name}:{}", &hex.as_str().unwrap()[..8]))
                .collect();
            let text = |field: &str| it[field].as_str().unwrap().to_owned();
            (text("name"), text("uri"), digest.join(" "))
        })
        .collect();
    insta::assert_debug_snapshot!(found);
}
