//! Metadata out of source distributions, which are fetched whole.

use vhb::remote::RemoteError;

use crate::common::archives::{Member, noise, tar_gz, zip};
use crate::common::index_server::{Answer, File, IndexServer};
use crate::{Setting, ask, metadata};

const TEXT: &[u8] = b"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n";
const MEMBER: &str = "demo-1.0/PKG-INFO";

fn read(filename: &str, archive: &[u8]) -> Result<String, RemoteError> {
    let server = IndexServer::start();
    server.add("demo", "1.0", &[File::named(filename).content(archive)]);
    let setting = Setting::new();
    let page = ask(&setting.online(), &server.url(), "demo").unwrap();
    metadata(&setting.online(), &server.url(), &page.files[0])
}

#[test]
fn pkg_info_is_read_from_every_kind_of_archive() {
    let deep: Member<'_> = ("demo-1.0/src/demo.egg-info/PKG-INFO", b"no");
    let other: Member<'_> = ("other-1.0/PKG-INFO", b"no");
    let members = [deep, other, (MEMBER, TEXT)];
    for (filename, archive) in [
        ("demo-1.0.tar.gz", tar_gz(&members)),
        ("demo-1.0.tgz", tar_gz(&members)),
        ("demo-1.0.zip", zip(&members)),
        ("Demo-1.0.0.tar.gz", tar_gz(&members)),
        ("demo-1.0.tar.gz", tar_gz(&[("./demo-1.0/PKG-INFO", TEXT)])),
    ] {
        let read = read(filename, &archive);
        assert_eq!(read.unwrap().as_bytes(), TEXT, "{filename}");
    }
}

#[test]
fn long_names_are_read_and_bounded() {
    let version = format!("1.0+{}", "x".repeat(120));
    let member = format!("demo-{version}/PKG-INFO");
    let server = IndexServer::start();
    let archive = tar_gz(&[("demo-1.0/PKG-INFO", b"no"), (&member, TEXT)]);
    let name = format!("demo-{version}.tar.gz");
    server.add("demo", &version, &[File::named(&name).content(&archive)]);
    let setting = Setting::new();
    let page = ask(&setting.online(), &server.url(), "demo").unwrap();
    let found = metadata(&setting.online(), &server.url(), &page.files[0]);
    assert_eq!(found.unwrap().as_bytes(), TEXT);

    let endless = "x/".repeat(9 * 1024 * 1024);
    let error = read("demo-1.0.tar.gz", &tar_gz(&[(&endless, b"")])).unwrap_err();
    assert!(
        error.to_string().contains("`file name` is larger than"),
        "{error}"
    );
}

#[test]
fn no_metadata_is_told_from_a_broken_archive() {
    let empty: [Member<'_>; 1] = [("demo-1.0/setup.py", b"")];
    for (filename, archive, why) in [
        ("demo-1.0.tar.gz", tar_gz(&empty), "it holds no `PKG-INFO`"),
        ("demo-1.0.zip", zip(&empty), "it holds no `PKG-INFO`"),
        (
            "demo-1.0.tar.bz2",
            b"BZh".to_vec(),
            "only `.tar.gz`, `.tgz` and `.zip` archives can be read",
        ),
    ] {
        let error = read(filename, &archive).unwrap_err();
        assert!(matches!(error, RemoteError::NotFound(_)), "{error:?}");
        let text = error.to_string();
        assert!(
            text.starts_with(&format!("no metadata of `{filename}` on `")),
            "{text}"
        );
        assert!(text.ends_with(why), "{text}");
    }
    let whole = tar_gz(&[("demo-1.0/a", &noise(100_000)), (MEMBER, TEXT)]);
    let bomb = vec![b' '; 16 * 1024 * 1024 + 1];
    for (filename, archive, why) in [
        (
            "demo-1.0.tar.gz",
            whole[..50_000].to_vec(),
            "cannot be read",
        ),
        ("demo-1.0.tar.gz", b"text".to_vec(), "cannot be read"),
        ("demo-1.0.zip", b"text".to_vec(), "cannot be read"),
        (
            "demo-1.0.tar.gz",
            tar_gz(&[(MEMBER, &bomb)]),
            "`PKG-INFO` is larger than 16777216",
        ),
        (
            "demo-1.0.zip",
            zip(&[(MEMBER, &bomb)]),
            "`PKG-INFO` is larger than 16777216",
        ),
    ] {
        let error = read(filename, &archive).unwrap_err();
        assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[test]
fn a_source_distribution_is_fetched_once_and_whole() {
    let server = IndexServer::start();
    let archive = tar_gz(&[
        ("demo-1.0/a", &noise(100_000)),
        (MEMBER, b"Author: J\xf6rg\n"),
    ]);
    server.add("demo", "1.0", &[File::sdist().content(&archive)]);
    let setting = Setting::new();
    let page = ask(&setting.online(), &server.url(), "demo").unwrap();
    let file = &page.files[0];
    let cut = Answer::truncated("application/gzip", &archive[..1000]);
    let garbled = Answer::body("application/gzip", &archive[..1000]);
    server.with(|state| state.answers = [cut].into());
    let patient = setting.client(|options| options.retries.count = 1);
    for client in [&patient, &setting.online(), &setting.offline()] {
        let read = metadata(client, &server.url(), file);
        assert_eq!(read.unwrap(), "Author: J\u{fffd}rg\n");
    }
    assert_eq!(server.statuses(), [200, 200, 200]);
    let entries = setting.cached_names();
    assert_eq!(entries, ["index", "metadata"], "the archive is not kept");

    // Only half of it, and no word that something is missing.
    let fresh = Setting::new();
    server.with(|state| state.always = Some(garbled));
    let error = metadata(&fresh.online(), &server.url(), file).unwrap_err();
    assert!(matches!(error, RemoteError::Mismatch(_)), "{error:?}");
    assert_eq!(server.statuses().len(), 5, "asked twice");
    server.with(|state| state.always = None);
    server.remove(&file.filename);
    let error = metadata(&fresh.online(), &server.url(), file).unwrap_err();
    let expected = format!("no file `demo-1.0.tar.gz` on `{}`", server.url());
    assert_eq!(error.to_string(), expected);
}
