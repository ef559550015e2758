//! Encodings, line ends, and files that are none.

use std::os::unix::fs::symlink;

use crate::Hostile;

const NONE: [&str; 0] = [];

fn utf16(text: &str, big: bool) -> Vec<u8> {
    let unit = |unit: u16| {
        if big {
            unit.to_be_bytes()
        } else {
            unit.to_le_bytes()
        }
    };
    std::iter::once(0xfeff)
        .chain(text.encode_utf16())
        .flat_map(unit)
        .collect()
}

#[test]
fn other_encodings_than_utf_8_are_refused() {
    let text = "name: m\nclass_path: a.B\n";
    for big in [true, false] {
        assert_eq!(
            Hostile::metric(utf16(text, big)).findings(),
            ["not-utf8 metrics/m.yaml:1:1 `registries/metrics/m.yaml` is not UTF-8 text"]
        );
    }
    assert_eq!(
        Hostile::metric(b"name: m\nclass_path: a.B\ndescription: caf\xe9\n").findings(),
        ["not-utf8 metrics/m.yaml:3:1 `registries/metrics/m.yaml` is not UTF-8 text"]
    );
    for overlong in [
        &b"\xc0\xaf"[..],
        b"\xed\xa0\x80",
        b"\xff",
        b"name: \xf0\x9f",
    ] {
        assert_eq!(Hostile::metric(overlong).codes(), ["not-utf8"]);
    }
}

#[test]
fn byte_order_marks_and_line_ends_do_not_move_places() {
    let text = "name: m\nclass_path: a.B\nparams: {é: 1, ключ: 2}\n  \ndescripton: é\n";
    let expected = ["unknown-field metrics/m.yaml:5:1 metric has no field `descripton`"];
    assert_eq!(Hostile::metric(text).findings(), expected);
    let crlf = text.replace('\n', "\r\n");
    assert_eq!(Hostile::metric(&crlf).findings(), expected);
    assert_eq!(
        Hostile::metric(format!("\u{feff}{crlf}")).findings(),
        expected
    );
    let shown = Hostile::metric("\u{feff}name: m\r\nclass_path: a\r\nparams: é1é\r\n")
        .check(&[])
        .stdout;
    assert!(shown.contains("3 | params: é1é\n"), "{shown}");
    assert!(shown.contains("  |         ^^^\n"), "{shown}");
    // A byte order mark alone does not make a first line longer.
    let first = Hostile::metric("\u{feff}naem: m\nclass_path: a.B\n").findings();
    assert!(
        first
            .iter()
            .any(|line| line.contains("m.yaml:1:1 metric has no field `naem`")),
        "{first:?}"
    );
}

#[test]
fn tabs_and_second_documents_are_refused() {
    for text in [
        "name: m\nclass_path: a.B\nparams:\n\ta: 1\n",
        "name: m\nclass_path: a.B\nparams:\n  a: 1\n\tb: 1\n",
        "name: m\nclass_path: a.B\n---\nname: n\n",
        "---\nname: m\nclass_path: a.B\n...\n---\n",
        "name: m\nclass_path: a.B\nparams: {a: 1\n",
        "name: 'm\n",
        "name: m: n\n",
        "@name: m\n",
        "name: m\nclass_path: a.B\ndescription: a\0b\n",
        "%YAML 3.0\n%YAML 1.1\n---\nname: m\n",
    ] {
        let codes = Hostile::metric(text).codes();
        assert_eq!(codes, ["invalid-yaml"], "{text}");
    }
    let accepted = "%YAML 1.1\n---\nname: m # one\nclass_path:\ta.B\n...\n";
    assert_eq!(Hostile::metric(accepted).findings(), NONE);
}

#[test]
fn empty_files_are_told_from_broken_ones() {
    for text in [
        "",
        "\n\n",
        "# only a comment\n",
        "---\n",
        "\u{feff}",
        "~\n",
        "null\n",
        "---\n...\n",
        " \n\t\n",
    ] {
        assert_eq!(Hostile::metric(text).codes(), ["empty-file"], "{text:?}");
    }
    for text in ["- a\n", "5\n", "text\n", "[]\n", "''\n", "true\n"] {
        assert_eq!(Hostile::metric(text).codes(), ["wrong-type"], "{text:?}");
    }
    assert_eq!(
        Hostile::metric("{}\n").codes(),
        ["missing-field", "missing-field"]
    );
}

#[test]
fn what_is_no_file_of_an_entry_is_named() {
    let hostile = Hostile::new(&[
        ("metrics/ok.yaml", b"name: ok\nclass_path: a.B\n"),
        ("metrics/other.yml", b"name: other\n"),
        ("metrics/LOUD.YAML", b"name: loud\n"),
        ("metrics/deep/er.yaml", b"name: er\n"),
        ("metrics/.hidden.yaml", b"[\n"),
        ("metrics/readme.md", b"[\n"),
        ("metrics/swap.yaml~", b"[\n"),
        ("metric/x.yaml", b"name: x\n"),
        ("x.yaml", b"name: x\n"),
        ("metrics/.yaml", b"[\n"),
    ]);
    std::fs::create_dir(hostile.path("metrics/directory.yaml")).unwrap();
    symlink("nowhere", hostile.path("metrics/dangling.yaml")).unwrap();
    symlink("loop.yaml", hostile.path("metrics/loop.yaml")).unwrap();
    symlink("ok.yaml", hostile.path("metrics/link.yaml")).unwrap();
    symlink("..", hostile.path("metrics/up")).unwrap();
    let mut found = hostile.findings();
    // Through the link `up`, the same files appear once more, deeper.
    found.retain(|line| !line.contains("/up/"));
    insta::assert_snapshot!(found.join("\n"), @r"
    ignored-file metric/x.yaml:1:1 `registries/metric/x.yaml` is not read: it lies in no kind's directory
    ignored-file metrics/LOUD.YAML:1:1 `registries/metrics/LOUD.YAML` is not read: entries are `<id>.yaml` directly in their kind's directory
    unreadable-file metrics/dangling.yaml:1:1 cannot read `registries/metrics/dangling.yaml`: No such file or directory (os error 2)
    ignored-file metrics/deep/er.yaml:1:1 `registries/metrics/deep/er.yaml` is not read: entries are `<id>.yaml` directly in their kind's directory
    unreadable-file metrics/directory.yaml:1:1 cannot read `registries/metrics/directory.yaml`: it is a directory
    unreadable-file metrics/loop.yaml:1:1 cannot read `registries/metrics/loop.yaml`: Too many levels of symbolic links (os error 40)
    ignored-file metrics/other.yml:1:1 `registries/metrics/other.yml` is not read: entries are `<id>.yaml` directly in their kind's directory
    ignored-file x.yaml:1:1 `registries/x.yaml` is not read: it lies in no kind's directory
    ");
}

/// Opening a pipe waits for somebody who writes, which in a registry nobody does.
#[test]
fn a_pipe_is_not_waited_for() {
    let hostile = Hostile::metric("name: m\nclass_path: a.B\n");
    let pipe = hostile.path("metrics/pipe.yaml");
    let made = std::process::Command::new("mkfifo")
        .arg(pipe)
        .status()
        .unwrap();
    assert!(made.success());
    // Held open for a while by somebody who writes nothing, so that a program that waits ends.
    let held = hostile.path("metrics/pipe.yaml");
    std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_secs(5));
        drop(std::fs::OpenOptions::new().write(true).open(held));
    });
    let begun = std::time::Instant::now();
    assert_eq!(hostile.codes(), ["unreadable-file"]);
    assert!(begun.elapsed().as_secs() < 4, "it was waited for");
}
