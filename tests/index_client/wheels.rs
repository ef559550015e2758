//! Metadata out of wheels: by pieces where the server gives them, else by the whole file.

use vhb::remote::{IndexFile, RemoteError};

use crate::common::archives::{Member, noise, stored_zip, zip};
use crate::common::index_server::{Answer, File, IndexServer, Stated, basic, sha256};
use crate::{Setting, ask, metadata};

const TEXT: &[u8] = b"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n";
const MEMBER: &str = "demo-1.0.dist-info/METADATA";

fn server(wheel: &[u8]) -> IndexServer {
    let server = IndexServer::start();
    let wheel = File::wheel().content(wheel).stated(Stated::Nothing);
    server.add("demo", "1.0", &[wheel]);
    server
}

fn wheel_of(setting: &Setting, server: &IndexServer) -> IndexFile {
    let page = ask(&setting.online(), &server.url(), "demo").unwrap();
    page.files[0].clone()
}

/// A wheel too large for one piece.
fn large(metadata: &[u8]) -> Vec<u8> {
    let weights = noise(1024 * 1024);
    // At the beginning, as some tools write it: another piece than the directory.
    let members: [Member<'_>; 2] = [(MEMBER, metadata), ("demo/weights", &weights)];
    stored_zip(&members)
}

fn read(server: &IndexServer) -> Result<String, RemoteError> {
    let setting = Setting::new();
    let file = wheel_of(&setting, server);
    metadata(&setting.online(), &server.url(), &file)
}

#[test]
fn only_the_pieces_that_are_needed_are_fetched() {
    let wheel = large(TEXT);
    let server = server(&wheel);
    assert_eq!(read(&server).unwrap().as_bytes(), TEXT);
    assert_eq!(server.statuses(), [200, 206, 206]);
    let sent: usize = server.requests()[1..].iter().map(|r| r.sent).sum();
    assert!(sent < wheel.len() / 4, "{sent} of {}", wheel.len());
}

#[test]
fn a_directory_larger_than_a_piece_is_read_on() {
    let names: Vec<_> = (0..3000).map(|n| format!("demo/{n:0>60}.py")).collect();
    let mut members: Vec<Member<'_>> = names.iter().map(|name| (&**name, &b""[..])).collect();
    members.insert(0, (MEMBER, TEXT));
    let server = server(&zip(&members));
    assert_eq!(read(&server).unwrap().as_bytes(), TEXT);
    assert!(server.statuses()[1..].iter().all(|status| *status == 206));
    assert!(server.requests().len() > 3);
}

#[test]
fn a_server_without_pieces_gives_the_whole_file_once() {
    let wheel = large(TEXT);
    let server = server(&wheel);
    server.with(|state| state.ranges = false);
    assert_eq!(read(&server).unwrap().as_bytes(), TEXT);
    assert_eq!(server.statuses(), [200, 200]);
    assert_eq!(server.requests()[1].sent, wheel.len());
}

#[test]
fn a_server_that_is_odd_about_pieces_is_asked_for_the_whole_file() {
    let wheel = large(TEXT);
    let piece = |range: &str| {
        let answer = Answer::body("application/zip", &wheel[..100]).with_status(206);
        answer.header("Content-Range", range)
    };
    let total = wheel.len();
    for odd in [
        Answer::status(416),
        Answer::status(501),
        Answer::body("application/zip", &wheel[..100]).with_status(206),
        piece(&format!("bytes 0-99/{total}")),
        piece(&format!("bytes {}-{}/*", total - 100, total - 1)),
    ] {
        let server = server(&wheel);
        let setting = Setting::new();
        let file = wheel_of(&setting, &server);
        server.with(|state| {
            state.answers.push_back(odd);
            state.ranges = false;
        });
        let read = metadata(&setting.online(), &server.url(), &file);
        assert_eq!(read.unwrap().as_bytes(), TEXT);
        assert_eq!(server.requests().len(), 3);
    }
}

#[test]
fn a_piece_that_is_larger_than_what_was_asked_for_is_not_read() {
    let wheel = large(TEXT);
    let server = server(&wheel);
    let setting = Setting::new();
    let file = wheel_of(&setting, &server);
    // Whoever reads on notices that it breaks off, and asks again.
    let endless = Answer::truncated("application/zip", b"PK")
        .with_status(206)
        .header("Content-Range", "bytes 0-1099511627775/1099511627776");
    server.with(|state| state.answers.push_back(endless));
    let read = metadata(&setting.online(), &server.url(), &file);
    assert_eq!(read.unwrap().as_bytes(), TEXT);
    assert_eq!(server.statuses(), [200, 206, 200]);
}

#[test]
fn a_file_that_changes_between_pieces_is_read_whole() {
    let wheel = large(TEXT);
    let server = server(&wheel);
    let setting = Setting::new();
    let file = wheel_of(&setting, &server);
    let (total, start) = (wheel.len(), wheel.len() - 80 * 1024);
    let first = Answer::body("application/zip", &wheel[start..])
        .with_status(206)
        .header(
            "Content-Range",
            &format!("bytes {start}-{}/{total}", total - 1),
        )
        .header("ETag", "\"old\"");
    server.with(|state| state.answers.push_back(first));
    let read = metadata(&setting.online(), &server.url(), &file);
    assert_eq!(read.unwrap().as_bytes(), TEXT);
    assert_eq!(server.statuses(), [200, 206, 206, 200]);
}

#[test]
fn pieces_that_break_off_are_asked_for_again() {
    let server = server(&large(TEXT));
    let setting = Setting::new();
    let file = wheel_of(&setting, &server);
    let cut = Answer::truncated("application/zip", b"PK").with_status(206);
    let cut = cut.header("Content-Range", "bytes 0-99/100");
    server.with(|state| state.answers = [Answer::status(503), cut].into());
    let read = metadata(&setting.online(), &server.url(), &file);
    assert_eq!(read.unwrap().as_bytes(), TEXT);
    assert_eq!(server.statuses(), [200, 503, 206, 206, 206]);
}

#[test]
fn the_whole_file_has_the_digest_that_the_index_states() {
    let server = server(&large(TEXT));
    server.with(|state| state.ranges = false);
    let setting = Setting::new();
    let file = wheel_of(&setting, &server);
    let stated = file.sha256.unwrap().hex();
    let other = large(b"Name: other\n");
    server.change(&file.filename, |file| file.content(&other));
    let error = metadata(&setting.online(), &server.url(), &file).unwrap_err();
    assert!(matches!(error, RemoteError::Mismatch(_)), "{error:?}");
    let expected = format!(
        "`{}` on `{}` has SHA-256 {}, but the index states {stated}",
        file.filename,
        server.url(),
        sha256(&other)
    );
    assert_eq!(error.to_string(), expected);
    assert_eq!(server.statuses(), [200, 200, 200]);
    assert!(setting.cached_metadata().is_empty());
}

#[test]
fn only_the_directory_of_the_release_counts() {
    let other = "other-1.0.dist-info/METADATA";
    let deep = "demo/demo-1.0.dist-info/METADATA";
    let spelled = "Demo-1.0.0.dist-info/METADATA";
    let read = |members: &[Member<'_>]| read(&server(&zip(members)));
    let found = read(&[(other, b"no"), (deep, b"no"), (spelled, TEXT)]).unwrap();
    assert_eq!(found.as_bytes(), TEXT);

    let error = read(&[(other, TEXT), (deep, TEXT)]).unwrap_err();
    assert!(matches!(error, RemoteError::NotFound(_)), "{error:?}");
    let expected = "it holds no `*.dist-info/METADATA`";
    assert!(error.to_string().ends_with(expected), "{error}");

    let error = read(&[(MEMBER, TEXT), (spelled, TEXT)]).unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    assert!(error.to_string().contains("more than one"), "{error}");
}

#[test]
fn bombs_and_broken_archives_are_refused() {
    for ranges in [true, false] {
        let bomb = zip(&[(MEMBER, &vec![b' '; 16 * 1024 * 1024 + 1])]);
        assert!(bomb.len() < 64 * 1024);
        let server = server(&bomb);
        server.with(|state| state.ranges = ranges);
        let error = read(&server).unwrap_err();
        assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
        let text = error.to_string();
        assert!(text.contains("larger than 16777216 bytes"), "{text}");
    }
    let wheel = large(TEXT);
    for broken in [&wheel[..wheel.len() - 30], b"", b"no archive"] {
        let server = IndexServer::start();
        server.add(
            "demo",
            "1.0",
            &[File::wheel().content(broken).stated(Stated::Nothing)],
        );
        let error = read(&server).unwrap_err();
        assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
        assert!(
            error.to_string().contains("the archive cannot be read"),
            "{error}"
        );
    }
}

#[test]
fn an_archive_that_is_too_large_is_not_fetched() {
    let server = server(&large(TEXT));
    server.with(|state| state.ranges = false);
    let setting = Setting::new();
    let file = wheel_of(&setting, &server);
    let client = setting.client(|options| options.largest_archive = 1000);
    let error = metadata(&client, &server.url(), &file).unwrap_err();
    assert!(
        error.to_string().contains("larger than 1000 bytes"),
        "{error}"
    );
}

#[test]
fn pieces_elsewhere_get_no_credentials() {
    let (near, far) = (server(&large(TEXT)), server(&large(TEXT)));
    let setting = Setting::new();
    let file = wheel_of(&setting, &near);
    let there = far.file_url(&file.filename);
    near.with(|state| state.always = Some(Answer::redirect(&there)));
    let index = near.url_with("me:s3cret");
    let read = metadata(&setting.online(), &index, &file);
    assert_eq!(read.unwrap().as_bytes(), TEXT);
    let sent = |server: &IndexServer| -> Vec<_> {
        let requests = server.requests().into_iter();
        let pieces = requests.filter(|request| request.headers.contains_key("range"));
        pieces
            .map(|request| request.headers.get("authorization").cloned())
            .collect()
    };
    let mine = Some(basic("me", "s3cret"));
    assert_eq!(sent(&near), [mine.clone(), mine]);
    assert_eq!(sent(&far), [None, None]);

    let mut local = file.clone();
    local.address = "file:///etc/hostname".to_owned();
    let error = metadata(&setting.online(), &near.url(), &local).unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    let secure = metadata(&setting.online(), "https://index.example/simple", &file).unwrap_err();
    assert!(secure.to_string().contains("not encrypted"), "{secure}");
}
