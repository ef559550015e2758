//! Datasets in buckets and on web servers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::Setting;
use super::common::cutting_proxy::CuttingProxy;
use super::common::hub_server::File;
use super::common::s3_server::S3Server;
use super::common::web_server::{Reply, WebServer};

/// A store with one bucket, and a project that may read it.
struct WithBucket {
    store: S3Server,
    setting: Setting,
}

impl WithBucket {
    fn holding(files: &[(&str, &[u8])]) -> Self {
        let store = S3Server::start();
        store.bucket("bench");
        for (key, content) in files {
            store.put("bench", key, content);
        }
        let mut setting = Setting::new();
        setting.run("name: plain-model\n");
        setting.path("s3://bench/docs");
        setting.project.set("VHB_TIMEOUT", "10");
        for (name, value) in store.variables() {
            setting.project.set(&name, value);
        }
        Self { store, setting }
    }
}

fn content(setting: &Setting) -> String {
    let locked = setting.locked("datasets", "data");
    locked["pin"]["content"].as_str().unwrap().to_owned()
}

const FILES: [(&str, &[u8]); 3] = [
    ("docs/a.csv", b"1\n"),
    ("docs/b/c.txt", b"2\n"),
    ("docs/b/d.txt", b"2\n"),
];

#[test]
fn the_same_bytes_have_one_identity_on_disk_on_the_hub_and_in_a_bucket() {
    let with = WithBucket::holding(&FILES);
    with.store.put("bench", "docs2/other.csv", b"not meant");
    with.setting.project.lock(&[]).exits(0);
    let in_bucket = content(&with.setting);
    let locked = with.setting.locked("datasets", "data");
    assert_eq!(
        (&locked["pin"]["files"], &locked["pin"]["bytes"]),
        (&json!(3), &json!(6))
    );
    let report = with.setting.project.verify(&[]).exits(0).report();
    assert_eq!(report.codes(), [""; 0]);
    assert_eq!(report.checked("datasets/data"), "match");

    for (key, content) in FILES {
        let text = std::str::from_utf8(content).unwrap();
        with.setting.project.write(&format!("copy/{key}"), text);
    }
    with.setting.path("copy/docs");
    with.setting.project.lock(&[]).exits(0);
    assert_eq!(content(&with.setting), in_bucket);

    let files = FILES.map(|(key, content)| File::new(key.strip_prefix("docs/").unwrap(), content));
    with.setting.dataset().commit("main", &files);
    with.setting.path("hf://datasets/org/docs");
    with.setting.project.lock(&[]).exits(0);
    assert_eq!(content(&with.setting), in_bucket);
}

#[test]
fn a_changed_object_of_equal_size_is_drift_and_is_named() {
    let with = WithBucket::holding(&FILES);
    with.setting.project.lock(&[]).exits(0);
    with.store.put("bench", "docs/b/c.txt", b"3\n");
    let report = with.setting.project.verify(&[]).exits(1).report();
    let changed = report.finding("dataset-changed");
    let message = changed["message"].as_str().unwrap();
    assert!(message.ends_with("changed `b/c.txt`"), "{message}");
    with.store.delete("bench", "docs/b/c.txt");
    with.store.put("bench", "docs/new.txt", b"4\n");
    let report = with.setting.project.verify(&[]).exits(1).report();
    let message = report.finding("dataset-changed")["message"].clone();
    let message = message.as_str().unwrap();
    assert!(
        message.ends_with("missing `b/c.txt`; extra `new.txt`"),
        "{message}"
    );
    for key in ["docs/a.csv", "docs/b/d.txt", "docs/new.txt"] {
        with.store.delete("bench", key);
    }
    let report = with.setting.project.verify(&[]).exits(1).report();
    assert_eq!(report.codes(), ["dataset-gone"]);
    with.setting
        .project
        .lock(&["--upgrade"])
        .exits(1)
        .says("error[dataset-not-found]");
}

#[test]
fn the_same_bytes_written_anew_are_no_drift() {
    let with = WithBucket::holding(&FILES);
    with.store.keep_versions("bench");
    with.store.put("bench", "docs/a.csv", b"1\n");
    with.setting.project.lock(&[]).exits(0);
    let tokens = with.setting.project.root().join("locks/manifests");
    let tokens = std::fs::read_dir(tokens)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let tokens = tokens.filter(|path| path.extension().is_some_and(|end| end == "tokens"));
    let texts: Vec<_> = tokens
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    assert!(texts[0].contains("2 version:"), "{texts:?}");
    with.store.put("bench", "docs/a.csv", b"1\n");
    let report = with.setting.project.verify(&[]).exits(0).report();
    assert_eq!(report.codes(), ["dataset-replaced"]);
}

#[test]
fn an_interrupted_lock_does_not_read_again_what_it_has_read() {
    let large = vec![7; 300_000];
    let mut with = WithBucket::holding(&[("docs/a.bin", &large), ("docs/b.bin", &large)]);
    let proxy = CuttingProxy::start(with.store.port(), 100_000, 2);
    with.setting.project.set("AWS_ENDPOINT_URL", proxy.url());
    with.setting.project.lock(&[]).exits(0);
    assert_eq!(proxy.left(), 0, "nothing was cut");
    let before = content(&with.setting);
    std::fs::remove_dir_all(with.setting.project.root().join("locks")).unwrap();
    // Whoever reads more than the lists is cut off for ever.
    let proxy = CuttingProxy::start(with.store.port(), 100_000, usize::MAX);
    with.setting.project.set("AWS_ENDPOINT_URL", proxy.url());
    with.setting.project.lock(&[]).exits(0);
    assert_eq!(content(&with.setting), before);
}

#[test]
fn secrets_of_a_store_are_written_nowhere() {
    let mut with = WithBucket::holding(&FILES);
    with.setting
        .project
        .set("AWS_SECRET_ACCESS_KEY", "s3cret-do-not-leak");
    with.setting
        .project
        .lock(&[])
        .exits(0)
        .conceals("s3cret-do-not-leak");
    with.setting.project.assert_unwritten("s3cret-do-not-leak");
    with.store.stop();
    let report = with.setting.project.verify(&[]).exits(3);
    assert_eq!(report.report().codes(), ["source-unreachable"]);
    report.conceals("s3cret-do-not-leak");
}

#[test]
fn a_web_file_is_one_file_by_its_name() {
    let server = WebServer::start(|request, _| {
        assert_eq!(request.path, "/data/samples.csv");
        Reply::body("1\n").header("ETag", "\"one\"")
    });
    let setting = Setting::new();
    setting.run("name: plain-model\n");
    setting.path(
        &server
            .url("/data/samples.csv")
            .replace("http://", "http://me:pw-do-not-leak@"),
    );
    setting
        .project
        .lock(&[])
        .exits(0)
        .conceals("pw-do-not-leak");
    let on_web = content(&setting);
    setting.project.verify(&[]).exits(0);
    setting.project.write("copy/samples.csv", "1\n");
    setting.path("copy");
    setting.project.lock(&[]).exits(0);
    assert_eq!(content(&setting), on_web);
    setting.project.assert_unwritten("pw-do-not-leak");
}

#[test]
fn a_replaced_web_file_is_drift() {
    let replaced = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&replaced);
    let server = WebServer::start(move |_, _| {
        if seen.load(Ordering::SeqCst) {
            Reply::body("2\n").header("ETag", "\"two\"")
        } else {
            Reply::body("1\n").header("ETag", "\"one\"")
        }
    });
    let setting = Setting::new();
    setting.run("name: plain-model\n");
    setting.path(&server.url("/a.csv"));
    setting.project.lock(&[]).exits(0);
    replaced.store(true, Ordering::SeqCst);
    let report = setting.project.verify(&[]).exits(1).report();
    let message = report.finding("dataset-changed")["message"].clone();
    assert!(
        message.as_str().unwrap().ends_with("changed `a.csv`"),
        "{message}"
    );
    drop(server);
    let report = setting.project.verify(&[]).exits(3).report();
    assert_eq!(report.codes(), ["source-unreachable"]);
}

#[test]
fn a_date_alone_proves_nothing_and_no_state_is_no_new_one() {
    let body = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&body);
    let server = WebServer::start(move |request, _| {
        let text = if seen.load(Ordering::SeqCst) {
            "2\n"
        } else {
            "1\n"
        };
        match request.path.as_str() {
            "/dated.csv" => {
                Reply::body(text).header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
            }
            _ => Reply::body("1\n"),
        }
    });
    let setting = Setting::new();
    setting.run("name: plain-model\n");
    setting.path(&server.url("/plain.csv"));
    setting.project.lock(&[]).exits(0);
    assert_eq!(
        setting.project.verify(&[]).exits(0).report().codes(),
        [""; 0]
    );
    setting.path(&server.url("/dated.csv"));
    setting.project.lock(&[]).exits(0);
    assert_eq!(
        setting.project.verify(&[]).exits(0).report().codes(),
        [""; 0]
    );
    body.store(true, Ordering::SeqCst);
    let report = setting.project.verify(&[]).exits(1).report();
    assert_eq!(report.codes(), ["dataset-changed"]);
}

#[test]
fn an_address_of_a_store_that_is_none_is_told() {
    let mut setting = Setting::new();
    setting.run("name: plain-model\n");
    setting.path("s3://bench/docs");
    for address in ["nonsense", "127.0.0.1:5918", "http://bad host", "ftp://h"] {
        setting.project.set("AWS_ENDPOINT_URL", address);
        let refused = setting.project.lock(&[]).exits(2);
        refused.says("cannot use `AWS_ENDPOINT_URL`");
    }
}
