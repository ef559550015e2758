//! The real program uv, and the default index that it tells.

use std::path::{Path, PathBuf};

use vhb::io::uv::Uv;
use vhb::remote::RemoteError;

use crate::common::index_server::{File, Format, IndexServer};
use crate::demo;

/// The real program; a missing one fails the test, for a silent skip would prove nothing.
fn real_uv(environment: &[(&str, &str)]) -> Uv {
    let explicit = std::env::var_os("VHB_UV").map(PathBuf::from);
    let mut uv = Uv::find(explicit).expect("these tests need `uv` at `$VHB_UV` or on `PATH`");
    uv.environment = environment
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    uv
}

#[test]
fn uv_tells_the_default_index_of_its_environment() {
    let server = demo();
    let directory = tempfile::tempdir().unwrap();
    let uv = real_uv(&[("UV_DEFAULT_INDEX", &server.url_with("me:s3cret"))]);
    let index = uv.default_index(directory.path()).unwrap();
    assert_eq!(index.as_str(), server.url());
    assert_eq!(index.secret(), server.url_with("me:s3cret"));
    assert!(
        server.requests().is_empty(),
        "no network for a question of configuration"
    );
}

#[test]
fn uv_tells_the_default_index_of_the_directory() {
    let directory = tempfile::tempdir().unwrap();
    let configured = |url: &str| {
        let text = format!("[[index]]\nname = \"mine\"\nurl = \"{url}\"\ndefault = true\n");
        std::fs::write(directory.path().join("uv.toml"), text).unwrap();
        // An empty variable is unset for uv, whatever the machine of the tests has.
        real_uv(&[("UV_DEFAULT_INDEX", ""), ("UV_INDEX_URL", "")]).default_index(directory.path())
    };
    let index = configured("http://127.0.0.1:9/configured").unwrap();
    assert_eq!(index.as_str(), "http://127.0.0.1:9/configured");

    let error = configured("./a-directory").unwrap_err();
    assert!(matches!(error, RemoteError::NotConfigured(_)), "{error:?}");
}

#[test]
fn uv_tells_what_is_wrong_without_credentials() {
    let uv = real_uv(&[("UV_DEFAULT_INDEX", "http://me:s3cret@[bad/simple")]);
    let error = uv.default_index(Path::new(".")).unwrap_err();
    assert!(matches!(error, RemoteError::NotConfigured(_)), "{error:?}");
    assert!(error.to_string().contains("UV_DEFAULT_INDEX") || error.to_string().contains("[bad"));
    assert!(!error.to_string().contains("s3cret"), "{error}");
}

/// The index of these tests must be one that the real resolver believes in.
#[test]
fn uv_resolves_against_the_index_of_the_tests() {
    for format in [Format::Json, Format::Html] {
        let server = IndexServer::start();
        server.with(|state| state.format = format);
        server.add("app", "1.0", &[File::wheel().requires(&["my-lib>=2"])]);
        server.add("my-lib", "2.5", &[File::wheel(), File::sdist()]);
        server.add("my-lib", "3.0", &[File::wheel().yanked("bad")]);
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("in.txt"), "app\n").unwrap();
        let output = std::process::Command::new(real_uv(&[]).program)
            .args(["pip", "compile", "in.txt", "--no-config", "--no-annotate"])
            .args([
                "--no-header",
                "--no-cache",
                "--default-index",
                &server.url(),
            ])
            .current_dir(directory.path())
            .output()
            .unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert_eq!(
            stdout,
            "app==1.0\nmy-lib==2.5\n",
            "{output:?}",
            output = output.stderr
        );
    }
}
