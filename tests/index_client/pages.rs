//! What a page tells, in both formats.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use vhb::model::IndexUrl;
use vhb::remote::{PackageIndex as _, RemoteError};

use crate::common::index_server::{Answer, File, Format, IndexServer, sha256};
use crate::{Setting, ask, demo};

#[test]
fn a_page_in_json_tells_everything() {
    let server = IndexServer::start();
    let wheel = File::wheel()
        .content(b"wheel")
        .uploaded("2024-01-02T03:04:05.6Z")
        .requires_python(">=3.8")
        .yanked("broken");
    server.add("my-demo", "1.0", &[wheel, File::sdist()]);
    server.add("my-demo", "2.0", &[File::named("my_demo-2.0.exe")]);
    let setting = Setting::new();

    let files = ask(&setting.online(), &server.url(), "My.Demo")
        .unwrap()
        .files;

    assert_eq!(files.len(), 2);
    let wheel = &files[0];
    assert_eq!(wheel.filename, "my_demo-1.0-py3-none-any.whl");
    assert_eq!(wheel.version.to_string(), "1.0");
    assert_eq!(wheel.address, server.file_url(&wheel.filename));
    assert_eq!(wheel.sha256.unwrap().hex(), sha256(b"wheel"));
    let python = wheel.requires_python.as_ref().unwrap();
    assert_eq!(python.to_string(), ">=3.8");
    assert_eq!(wheel.yanked.as_deref(), Some("broken"));
    assert_eq!(wheel.uploaded.unwrap().to_string(), "2024-01-02T03:04:05Z");
    assert_eq!(files[1].yanked, None);

    let request = &server.requests()[0];
    assert_eq!(request.path, "/simple/my-demo/");
    assert_eq!(
        request.headers["accept"],
        "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, \
         text/html;q=0.01"
    );
    let agent = concat!("vhb/", env!("CARGO_PKG_VERSION"));
    assert_eq!(request.headers["user-agent"], agent);
}

#[test]
fn a_page_in_html_tells_the_same_but_upload_times() {
    let server = IndexServer::start();
    let wheel = File::wheel().requires_python(">=3.8,<4").yanked("a < b");
    server.add("demo", "1.0", &[wheel, File::sdist()]);
    let setting = Setting::new();
    let json = ask(&setting.online(), &server.url(), "demo").unwrap();
    server.with(|state| state.format = Format::Html);
    let html = ask(&setting.online(), &server.url(), "demo").unwrap();
    assert_eq!(json, html);
    assert_eq!(server.statuses(), [200, 200]);
}

#[test]
fn senseless_answers_are_named() {
    let server = demo();
    let setting = Setting::new();
    for (answer, expected) in [
        (
            Answer::body("text/plain; charset=utf-8", b"hi"),
            "answered with content type `text/plain; charset=utf-8`",
        ),
        (
            Answer::body(
                "application/json",
                b"{\"meta\": {\"api-version\": \"2.0\"}}",
            ),
            "speaks version `2.0`",
        ),
    ] {
        server.with(|state| state.answers.push_back(answer));
        let error = ask(&setting.online(), &server.url(), "demo").unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert_eq!(server.statuses().len(), 2, "asking again would not help");
}

#[test]
fn pages_above_the_limit_are_refused() {
    let server = demo();
    let setting = Setting::new();
    let small = setting.client(|options| options.largest_page = 100);
    let error = ask(&small, &server.url(), "demo").unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    assert!(
        error.to_string().contains("larger than 100 bytes"),
        "{error}"
    );
    assert_eq!(server.statuses().len(), 1);
}

#[test]
fn the_default_index_is_asked_for_once_and_only_if_needed() {
    let server = demo();
    let url: IndexUrl = server.url().parse().unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let client = Setting::new().client(|options| {
        let (calls, url) = (Arc::clone(&calls), url.clone());
        options.default_index = Box::new(move || {
            calls.fetch_add(1, Ordering::SeqCst);
            Ok(url.clone())
        });
    });
    let name = "demo".parse().unwrap();
    client.project(Some(&url), &name).unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| client.project(None, &name).unwrap());
        }
    });
    assert_eq!(calls.load(Ordering::SeqCst), 1);

    let unset = Setting::new().online();
    let error = unset.project(None, &name).unwrap_err();
    assert!(matches!(error, RemoteError::NotConfigured(_)), "{error:?}");
}
