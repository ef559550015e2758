//! The core metadata that an index serves beside a file, and what is kept of it.

use vhb::remote::{MetadataBeside, RemoteError};

use crate::common::archives::{noise, stored_zip};
use crate::common::index_server::{Answer, File, Format, IndexServer, Stated, sha256};
use crate::{Setting, ask, metadata};

const TEXT: &str = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n";
const MEMBER: &str = "demo-1.0.dist-info/METADATA";

/// A server with one wheel, which holds `TEXT` inside.
fn server(file: impl Fn(File) -> File) -> IndexServer {
    let server = IndexServer::start();
    let wheel = stored_zip(&[(MEMBER, TEXT.as_bytes())]);
    let wheel = File::wheel().content(&wheel).metadata(TEXT);
    server.add("demo", "1.0", &[file(wheel)]);
    server
}

fn paths(server: &IndexServer) -> Vec<String> {
    let requests = server.requests();
    requests.into_iter().map(|request| request.path).collect()
}

#[test]
fn the_file_beside_is_all_that_is_asked_for() {
    for format in [Format::Json, Format::Html] {
        for stated in [Stated::Served, Stated::Digest] {
            let server = server(|file| file.stated(stated.clone()));
            server.with(|state| state.format = format);
            let setting = Setting::new();
            let file = ask(&setting.online(), &server.url(), "demo").unwrap();
            let file = &file.files[0];
            let read = metadata(&setting.online(), &server.url(), file);
            assert_eq!(read.unwrap(), TEXT);
            let beside = format!("/files/{}.metadata", file.filename);
            assert_eq!(paths(&server), ["/simple/demo/", &beside]);
        }
    }
}

#[test]
fn metadata_that_is_not_there_is_read_from_the_file() {
    for stated in [Stated::Served, Stated::Digest] {
        let server = server(|file| file.stated(stated.clone()).without_metadata());
        let setting = Setting::new();
        let page = ask(&setting.online(), &server.url(), "demo").unwrap();
        assert_ne!(page.files[0].metadata, MetadataBeside::No);
        let read = metadata(&setting.online(), &server.url(), &page.files[0]);
        assert_eq!(read.unwrap(), TEXT);
        assert_eq!(server.statuses(), [200, 404, 206]);
    }
}

#[test]
fn a_wrong_digest_is_a_mismatch_wherever_the_text_is_from() {
    let stated = "ab".repeat(32);
    for served in [true, false] {
        let server = server(|file| {
            let file = file.stated(Stated::Other(stated.clone()));
            if served {
                file
            } else {
                file.without_metadata()
            }
        });
        let setting = Setting::new();
        let page = ask(&setting.online(), &server.url(), "demo").unwrap();
        let error = metadata(&setting.online(), &server.url(), &page.files[0]).unwrap_err();
        assert!(matches!(error, RemoteError::Mismatch(_)), "{error:?}");
        let expected = format!(
            "the metadata of `demo-1.0-py3-none-any.whl` on `{}` has SHA-256 {}, but the index \
             states {stated}",
            server.url(),
            sha256(TEXT.as_bytes())
        );
        assert_eq!(error.to_string(), expected);
        let asked: &[u16] = if served {
            &[200, 200, 200]
        } else {
            &[200, 404, 206]
        };
        assert_eq!(server.statuses(), asked);
        assert!(setting.cached_metadata().is_empty());
        let error = metadata(&setting.offline(), &server.url(), &page.files[0]).unwrap_err();
        assert!(matches!(error, RemoteError::NotCached(_)), "{error:?}");
    }
}

#[test]
fn passing_faults_are_asked_about_again() {
    let server = server(|file| file);
    let setting = Setting::new();
    let page = ask(&setting.online(), &server.url(), "demo").unwrap();
    let text = TEXT.as_bytes();
    let garbled = Answer::body("text/plain", b"garbled");
    server.with(|state| {
        state.answers = [
            Answer::status(503),
            Answer::truncated("text/plain", &text[..10]),
            garbled.clone(),
        ]
        .into();
    });
    let read = metadata(&setting.online(), &server.url(), &page.files[0]);
    assert_eq!(read.unwrap(), TEXT);
    assert_eq!(server.statuses(), [200, 503, 200, 200, 200]);

    let other = Setting::new();
    server.with(|state| state.answers = [garbled.clone(), garbled].into());
    let error = metadata(&other.online(), &server.url(), &page.files[0]).unwrap_err();
    assert!(matches!(error, RemoteError::Mismatch(_)), "{error:?}");
    assert_eq!(server.requests().len(), 7, "once more, and no more");
}

#[test]
fn too_much_metadata_is_refused() {
    let server = server(|file| file);
    let setting = Setting::new();
    let page = ask(&setting.online(), &server.url(), "demo").unwrap();
    let answer = Answer::body("text/plain", &noise(16 * 1024 * 1024 + 1));
    server.with(|state| state.always = Some(answer));
    let error = metadata(&setting.online(), &server.url(), &page.files[0]).unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    assert!(
        error.to_string().contains("larger than 16777216 bytes"),
        "{error}"
    );
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn what_was_read_once_is_asked_for_no_more() {
    for stated in [Stated::Nothing, Stated::Served, Stated::Digest] {
        let server = server(|file| file.stated(stated.clone()));
        let setting = Setting::new();
        let page = ask(&setting.online(), &server.url(), "demo").unwrap();
        let file = &page.files[0];
        let error = metadata(&setting.offline(), &server.url(), file).unwrap_err();
        assert!(matches!(error, RemoteError::NotCached(_)), "{error:?}");
        let expected = format!(
            "the metadata of `demo-1.0-py3-none-any.whl` on `{}` is not in the cache",
            server.url()
        );
        assert_eq!(error.to_string(), expected);

        metadata(&setting.online(), &server.url(), file).unwrap();
        let asked = server.requests().len();
        for client in [setting.online(), setting.offline()] {
            let again = metadata(&client, &server.url(), file);
            assert_eq!(again.unwrap(), TEXT, "{stated:?}");
        }
        assert_eq!(server.requests().len(), asked);

        let (path, whole) = setting.cached_metadata().remove(0);
        std::fs::write(&path, whole.replace("1.0", "2.0")).unwrap();
        let error = metadata(&setting.offline(), &server.url(), file).unwrap_err();
        assert!(matches!(error, RemoteError::NotCached(_)), "{error:?}");
        let again = metadata(&setting.online(), &server.url(), file);
        assert_eq!(again.unwrap(), TEXT);
        assert!(server.requests().len() > asked);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), whole);
    }
}

#[test]
fn a_file_without_a_digest_may_be_another_the_next_time() {
    let server = server(|file| file);
    server.with(|state| state.hashes = false);
    let setting = Setting::new();
    let page = ask(&setting.online(), &server.url(), "demo").unwrap();
    for _ in 0..2 {
        metadata(&setting.online(), &server.url(), &page.files[0]).unwrap();
    }
    assert_eq!(server.statuses(), [200, 200, 200]);
    assert!(setting.cached_metadata().is_empty());
}

#[test]
fn one_index_does_not_speak_for_another() {
    let setting = Setting::new();
    let read = |server: &IndexServer| {
        let page = ask(&setting.online(), &server.url(), "demo").unwrap();
        metadata(&setting.online(), &server.url(), &page.files[0]).unwrap()
    };
    // An index that says of the same file what is not true, without and with a digest.
    let lies = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nRequires-Dist: evil\n";
    for stated in [Stated::Served, Stated::Digest] {
        let liar = server(|file| file.stated(stated.clone()).metadata(lies));
        assert_eq!(read(&liar), lies);
    }
    let [silent, sure] =
        [Stated::Nothing, Stated::Digest].map(|stated| server(|file| file.stated(stated.clone())));
    assert_eq!(read(&silent), TEXT);
    assert_eq!(read(&sure), TEXT);
    // The digest of the text, or the bytes of the whole file, are proof for any index.
    let also_sure = server(|file| file);
    assert_eq!(read(&also_sure), TEXT);
    assert_eq!(also_sure.statuses(), [200]);
    let whole = server(|file| file.stated(Stated::Nothing));
    whole.with(|state| state.ranges = false);
    assert_eq!(read(&whole), TEXT);
    let also_silent = server(|file| file.stated(Stated::Nothing));
    assert_eq!(read(&also_silent), TEXT);
    assert_eq!(also_silent.statuses(), [200]);
}
