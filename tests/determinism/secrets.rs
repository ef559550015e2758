//! Tokens and passwords of the registry are used, but shown nowhere.

use std::path::Path;

use crate::common::index_server::Answer;
use crate::common::sample::{ID, LOCK, SECRETS, Sample};

fn assert_silent(what: &str, text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "`{secret}` in {what}:\n{text}");
    }
}

/// Runs a command and looks for secrets in all that it says.
fn run(sample: &Sample, arguments: &[&str]) -> i32 {
    let ran = sample.run(arguments);
    let what = arguments.join(" ");
    assert_silent(&format!("the output of {what}"), &ran.stdout);
    assert_silent(&format!("the messages of {what}"), &ran.stderr);
    ran.code
}

fn assert_silent_files(directory: &Path) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            assert_silent_files(&path);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            assert_silent(
                &path.display().to_string(),
                &String::from_utf8_lossy(&bytes),
            );
        }
    }
}

#[test]
fn no_secret_gets_into_what_is_written_or_said() {
    let sample = Sample::new();
    let index_needs = ("me".to_owned(), "index-do-not-leak".to_owned());
    sample.index.with(|state| state.basic = Some(index_needs));
    let url = sample.index.url_with("me:index-do-not-leak");
    let lock = ["lock", ID, "--index-url", &url];
    assert_eq!(run(&sample, &lock), 0);
    assert_eq!(
        run(
            &sample,
            &[&lock[..], &["--upgrade", "--color", "always"]].concat()
        ),
        0
    );
    assert_eq!(run(&sample, &["check"]), 0);
    assert_eq!(run(&sample, &["sbom", LOCK, "-o", "-"]), 0);
    // The lock holds no credentials, so verify needs them from elsewhere.
    assert_eq!(run(&sample, &["verify", LOCK, "--format", "json"]), 3);
    let netrc = "machine 127.0.0.1 login me password index-do-not-leak\n";
    std::fs::write(sample.beside("home/.netrc"), netrc).unwrap();
    assert_eq!(run(&sample, &["verify", LOCK]), 0);
    for directory in ["locks", "sboms"] {
        assert_silent_files(&sample.root().join(directory));
    }
    assert_silent_files(&sample.beside("cache"));
    let text = String::from_utf8(sample.read(LOCK)).unwrap();
    assert!(text.contains("\"HF_TOKEN\": \"<secret>\""), "{text}");
    assert!(
        text.contains("\"PROXY\": \"https://proxy.example:8080\""),
        "{text}"
    );

    // Another secret is no change of the experiment.
    sample.edit(
        "registries/runs/clean.yaml",
        "hf_do-not-leak",
        "hf_do-not-leak-either",
    );
    assert_eq!(run(&sample, &["verify", LOCK, "--offline"]), 0);
    assert_eq!(run(&sample, &["lock", ID, "--check", "--offline"]), 0);
}

#[test]
fn no_secret_gets_into_what_is_said_of_failures() {
    let sample = Sample::new();
    sample
        .index
        .with(|state| state.always = Some(Answer::status(403)));
    assert_eq!(run(&sample, &["lock", ID]), 3);
    sample
        .index
        .with(|state| state.always = Some(Answer::status(404)));
    assert_eq!(run(&sample, &["lock", ID]), 1);
    sample.edit("registries/packages/textkit.yaml", "127.0.0.1", "[bad");
    assert_eq!(run(&sample, &["lock", ID]), 1);
    let unusable = "ftp://me:index-do-not-leak@h/simple";
    assert_eq!(run(&sample, &["lock", ID, "--index-url", unusable]), 1);
    assert_eq!(run(&sample, &["check", "--format", "json"]), 1);
    assert_eq!(run(&sample, &["check"]), 1);
}

/// An excerpt shows what is written in a file, and a secret is never worth showing.
#[test]
fn no_secret_gets_into_excerpts() {
    let sample = Sample::new();
    let url = "https://me:git-do-not-leak@127.0.0.1:9/x.git";
    for source in [
        format!("{{type: git, url: '{url}'}}"),
        format!("{{url: '{url}', tpye: git}}"),
        format!("\n  url: {url}\n  type: git"),
        format!("\n  type: git\n  url: {url}\n  url: {url}"),
        format!("\n  type: git\n  url: [{url}]"),
        format!("\n  type: git\n  url: 'ext::{url}'"),
    ] {
        sample.write(
            "registries/packages/harness.yaml",
            format!("name: harness\nsource: {source}\n"),
        );
        assert_ne!(run(&sample, &["lock", ID, "--timeout", "1"]), 0, "{source}");
        run(&sample, &["check"]);
    }
    for env in [
        "{HF_TOKEN: hf_do-not-leak, HF_TOKEN: hf_do-not-leak}",
        "\n    HF_TOKEN: hf_do-not-leak\n    HF_TOKEN: hf_do-not-leak",
        "HF_TOKEN=hf_do-not-leak",
        "\n    HF_TOKEN: !secret hf_do-not-leak",
        "\n    'API_KEY' : hf_do-not-leak\n   bad",
        "\n    - HF_TOKEN: hf_do-not-leak",
    ] {
        let run_file = format!(
            "name: noisy\nml_task: ocr\ndataset: receipts\nmodel:\n  name: tiny-2\n  framework: template\n  env: {env}\n"
        );
        sample.write("registries/runs/noisy.yaml", run_file);
        assert_eq!(run(&sample, &["check"]), 1, "{env}");
        assert_eq!(run(&sample, &["check", "--format", "json"]), 1, "{env}");
        assert_ne!(run(&sample, &["lock", ID]), 0, "{env}");
    }
}
