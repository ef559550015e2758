//! What has no manifest: exit code 2, the path, and what to do about it.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::process::Command;

use crate::{Ran, Setting, ran};

fn refused(ran: &Ran, words: &[&str]) {
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:#?}");
    for word in words.iter().chain(&["error: ", "\n  hint: "]) {
        assert!(ran.stderr.contains(word), "{word}: {ran:#?}");
    }
}

#[test]
fn links_that_lead_nowhere_good() {
    for (target, expected) in [
        ("/etc", "symbolic link `deep/link` leaves the tree"),
        ("../../out", "symbolic link `deep/link` leaves the tree"),
        ("missing", "symbolic link `deep/link` points at nothing"),
        ("a/b", "symbolic link `deep/link` points at nothing"),
        ("link", "symbolic link `deep/link` leads back to itself"),
        (".", "symbolic link `deep/link` leads back to itself"),
        ("..", "symbolic link `deep/link` leads back to itself"),
    ] {
        let setting = Setting::new(&[("deep/a", ""), ("../out", "")]);
        setting.link(target, "deep/link");
        refused(
            &setting.vhb(&["data"]),
            &["`data` has no manifest", expected],
        );
    }
}

#[test]
fn links_that_lead_to_each_other() {
    let setting = Setting::new(&[("a/x", ""), ("b/y", "")]);
    setting.link("../b", "a/to-b");
    setting.link("../a", "b/to-a");
    refused(&setting.vhb(&["data"]), &["/to-", "leads back to itself"]);
}

#[test]
fn what_is_no_regular_file() {
    let pipe = Setting::new(&[]);
    let made = pipe.command("mkfifo").arg("data/pipe").status();
    assert!(made.unwrap().success());
    let socket = Setting::new(&[]);
    let _listener = UnixListener::bind(socket.data().join("socket")).unwrap();
    for (setting, path, name) in [
        (&pipe, "data", "pipe"),
        (&pipe, "data/pipe", "pipe"),
        (&socket, "data", "socket"),
        (&socket, "/dev/null", "null"),
    ] {
        let message = format!("cannot read `{name}`: it is not a regular file");
        refused(&setting.vhb(&[path]), &[&message]);
    }
}

#[test]
fn names_that_a_manifest_cannot_hold() {
    let bytes = Setting::new(&[]);
    std::fs::write(bytes.data().join(OsStr::from_bytes(b"\xff")), "").unwrap();
    refused(
        &bytes.vhb(&["data"]),
        &["file name `\u{fffd}` is not UTF-8"],
    );
    for name in ["a\nb", "a\rb"] {
        let file = Setting::new(&[(name, "")]);
        let directory = Setting::new(&[(&format!("{name}/c"), "")]);
        let message = format!("file name `{}` holds a line break", name.escape_debug());
        for setting in [&file, &directory] {
            refused(&setting.vhb(&["data"]), &[&message]);
        }
    }
}

/// The permissions of files do not bind root, who runs tests in containers: then nobody asks.
fn as_nobody(setting: &Setting, path: &str) -> Ran {
    let vhb = env!("CARGO_BIN_EXE_vhb");
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let mut command = setting.command(if root { "setpriv" } else { vhb });
    if root {
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(setting.directory.path(), open).unwrap();
        command.args(["--reuid=65534", "--clear-groups", vhb]);
    }
    ran(command.args(["manifest", path]))
}

#[test]
fn what_may_not_be_read() {
    let setting = Setting::new(&[("a", "1"), ("deep/b", "2")]);
    assert_eq!(as_nobody(&setting, "data").code, Some(0));
    let close = |path: &str, mode: u32| {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(setting.data().join(path), mode).unwrap();
    };
    close("a", 0);
    let message = "cannot read `a`: Permission denied";
    refused(&as_nobody(&setting, "data"), &[message]);
    refused(&as_nobody(&setting, "data/a"), &[message]);
    close("a", 0o644);
    close("deep", 0);
    let message = "cannot read `deep`: Permission denied";
    refused(&as_nobody(&setting, "data"), &[message]);
    close("deep", 0o755);
}

#[test]
fn nothing_at_all() {
    let setting = Setting::new(&[("a", "")]);
    for path in ["nothing", "data/a/b"] {
        let message = format!("there is no file or directory `{path}`");
        refused(&setting.vhb(&[path]), &[&message]);
    }
    setting.link("missing", "link");
    let message = "symbolic link `data/link` points at nothing";
    refused(&setting.vhb(&["data/link"]), &[message]);
}
