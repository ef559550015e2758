//! Keys of vhb, of openssl and of the Python package `cryptography`; and what is no key.

use std::process::Command;

use super::interop::python;
use super::setting::{BUNDLE, Setting};

const PASSPHRASE: &str = "do-not-leak";

fn openssl(setting: &Setting, arguments: &[&str]) -> String {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(setting.project.root())
        .output()
        .expect("these tests need `openssl` on `PATH`");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Signs with the key in `foreign`, and verifies with the public key that openssl takes from it.
#[track_caller]
fn works(setting: &Setting, what: &str) {
    let pass = format!("pass:{PASSPHRASE}");
    openssl(
        setting,
        &[
            "pkey",
            "-in",
            "foreign",
            "-passin",
            &pass,
            "-pubout",
            "-out",
            "foreign.pub",
        ],
    );
    let run = setting.attest_with("foreign");
    assert_eq!(run.code, Some(0), "{what}: {run:?}");
    let run = setting
        .project
        .verify(&["--results", "results", "--public-key", "foreign.pub"]);
    assert_eq!(run.code, Some(0), "{what}: {run:?}");
    run.conceals(PASSPHRASE);
    std::fs::remove_file(setting.path("foreign")).unwrap();
    std::fs::remove_file(setting.path(BUNDLE)).unwrap();
}

#[test]
fn keys_of_openssl_are_read_also_encrypted() {
    let mut setting = Setting::new();
    setting.project.set("VHB_KEY_PASSPHRASE", PASSPHRASE);
    let pass = format!("pass:{PASSPHRASE}");
    let curve = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
    for algorithm in [&["-algorithm", "ed25519"][..], &curve] {
        let make = [&["genpkey", "-out", "foreign"], algorithm].concat();
        openssl(&setting, &make);
        works(&setting, "plain");
        openssl(
            &setting,
            &[&make[..], &["-aes-256-cbc", "-pass", &pass]].concat(),
        );
        works(&setting, "pbkdf2");
        openssl(
            &setting,
            &[&["genpkey", "-out", "plain"], algorithm].concat(),
        );
        openssl(
            &setting,
            &[
                "pkcs8", "-topk8", "-scrypt", "-in", "plain", "-out", "foreign", "-passout", &pass,
            ],
        );
        works(&setting, "scrypt");
    }
}

#[test]
fn keys_of_cryptography_are_read_also_encrypted() {
    let mut setting = Setting::new();
    setting.project.set("VHB_KEY_PASSPHRASE", PASSPHRASE);
    for kind in ["ed25519", "ecdsa-p256"] {
        for passphrase in ["", PASSPHRASE] {
            python(&setting, &["key", kind, "pkcs8", passphrase, "foreign"]);
            works(&setting, kind);
        }
    }
}

#[test]
fn openssl_reads_keys_of_vhb_also_encrypted() {
    let mut setting = Setting::new();
    for kind in ["ed25519", "ecdsa-p256"] {
        let plain = format!("{kind}.key");
        setting
            .project
            .vhb(&["keygen", "--type", kind, "-o", &plain])
            .exits(0);
        let public = openssl(&setting, &["pkey", "-in", &plain, "-pubout"]);
        assert_eq!(public.into_bytes(), setting.read(&format!("{plain}.pub")));
    }
    setting.project.set("VHB_KEY_PASSPHRASE", PASSPHRASE);
    for kind in ["ed25519", "ecdsa-p256"] {
        let file = format!("{kind}.enc");
        let run = setting
            .project
            .vhb(&["keygen", "--type", kind, "-o", &file])
            .exits(0);
        let printed = run.stdout.trim().to_owned();
        run.says("(private, encrypted").conceals(PASSPHRASE);
        let pem = String::from_utf8(setting.read(&file)).unwrap();
        assert!(
            pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"),
            "{pem}"
        );
        let pass = format!("pass:{PASSPHRASE}");
        let public = openssl(
            &setting,
            &["pkey", "-in", &file, "-passin", &pass, "-pubout"],
        );
        let own = setting.read(&format!("{file}.pub"));
        assert_eq!(public.into_bytes(), own);
        // The id is the SHA-256 of the public key in DER.
        let der = format!("{file}.der");
        openssl(
            &setting,
            &[
                "pkey",
                "-pubin",
                "-in",
                &format!("{file}.pub"),
                "-outform",
                "DER",
                "-out",
                &der,
            ],
        );
        let digest = vhb::model::Sha256Digest::of(&setting.read(&der));
        assert_eq!(printed, digest.hex());
    }
}

#[test]
fn a_key_is_never_overwritten_and_only_its_owner_reads_it() {
    let setting = Setting::new();
    let (private, public) = (setting.read("key"), setting.read("key.pub"));
    let again = || setting.project.vhb(&["keygen", "-o", "key"]).exits(2);
    again().says("`key` exists already");
    assert_eq!(
        (setting.read("key"), setting.read("key.pub")),
        (private, public.clone())
    );
    std::fs::remove_file(setting.path("key")).unwrap();
    again().says("`key.pub` exists already");
    assert!(!setting.path("key").exists());
    assert_eq!(setting.read("key.pub"), public);
    setting.project.vhb(&["keygen"]).exits(0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = setting
            .path("vhb.key")
            .metadata()
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let printed = setting.project.vhb(&["keygen", "-o", "-"]).exits(2);
    printed.says("a key is written to a file");
    let absent = setting.project.vhb(&["keygen", "-o", "key.pub/below"]);
    absent.exits(2).says("cannot write `key.pub/below`");
}

#[test]
fn a_passphrase_is_never_read_from_what_is_no_terminal() {
    let mut setting = Setting::new();
    let encrypt = setting
        .project
        .vhb(&["keygen", "--encrypt", "-o", "new"])
        .exits(2);
    encrypt.says("there is no terminal to ask for it");
    assert!(!setting.path("new").exists());
    setting.project.set("VHB_KEY_PASSPHRASE", PASSPHRASE);
    setting.project.vhb(&["keygen", "-o", "new"]).exits(0);
    setting.project.set("VHB_KEY", "new");
    let attest = ["attest", super::setting::LOCK, "results"];
    setting.project.vhb(&attest).exits(0);
    setting
        .project
        .set("VHB_KEY_PASSPHRASE", "wrong-do-not-leak");
    let wrong = setting.project.vhb(&attest).exits(2);
    wrong
        .says("the passphrase does not fit it")
        .conceals("do-not-leak");
    setting.project.set("VHB_KEY_PASSPHRASE", "");
    let none = setting.project.vhb(&attest).exits(2);
    none.says("there is no terminal to ask for it")
        .says("VHB_KEY_PASSPHRASE");
}

#[cfg(unix)]
#[test]
fn a_passphrase_is_asked_for_on_a_terminal_without_echo() {
    let setting = Setting::new();
    let vhb = env!("CARGO_BIN_EXE_vhb");
    let asked = |answers: &str, command: &[&str]| {
        python(&setting, &[&["terminal", answers, vhb], command].concat())
    };
    let keygen = ["keygen", "--encrypt", "-o", "asked"];
    let differ = asked("one,two", &keygen);
    assert!(differ.contains("the two passphrases differ"), "{differ}");
    assert!(!setting.path("asked").exists());
    let twice = format!("{PASSPHRASE},{PASSPHRASE}");
    let made = asked(&twice, &keygen);
    assert!(made.contains("(private, encrypted"), "{made}");
    let signed = asked(
        PASSPHRASE,
        &["attest", super::setting::LOCK, "results", "--key", "asked"],
    );
    assert!(signed.contains("attested 2 result files"), "{signed}");
    for printed in [made, signed] {
        assert!(printed.contains("passphrase"), "{printed}");
        assert!(!printed.contains(PASSPHRASE), "{printed}");
    }
}

#[test]
fn what_vhb_does_not_take_is_told_by_name() {
    let setting = Setting::new();
    let root = setting.project.root();
    let make = |arguments: &[&str]| drop(openssl(&setting, arguments));
    make(&["genpkey", "-algorithm", "RSA", "-out", "rsa"]);
    make(&[
        "genpkey",
        "-algorithm",
        "EC",
        "-pkeyopt",
        "ec_paramgen_curve:P-384",
        "-out",
        "p384",
    ]);
    make(&["genpkey", "-algorithm", "ed448", "-out", "ed448"]);
    make(&["ecparam", "-name", "prime256v1", "-genkey", "-out", "sec1"]);
    make(&["pkey", "-in", "key", "-outform", "DER", "-out", "der"]);
    make(&[
        "pkcs8",
        "-topk8",
        "-v1",
        "PBE-SHA1-3DES",
        "-in",
        "key",
        "-out",
        "pbes1",
        "-passout",
        "pass:x",
    ]);
    python(&setting, &["key", "ed25519", "openssh", "", "openssh"]);
    std::fs::write(root.join("long"), vec![b'-'; 70_000]).unwrap();
    std::fs::write(root.join("text"), "hello").unwrap();
    for (file, what, hint) in [
        ("rsa", "it is a key for RSA", "vhb keygen"),
        ("p384", "it is a key for ECDSA P-384", "vhb keygen"),
        ("ed448", "it is a key for Ed448", "vhb keygen"),
        ("sec1", "`EC PRIVATE KEY` (SEC1)", "openssl pkcs8 -topk8"),
        (
            "der",
            "it is not PEM, but looks like DER",
            "openssl pkey -inform DER",
        ),
        ("openssh", "in the format of OpenSSH", "vhb keygen"),
        ("key.pub", "it is a public key", "name the private key"),
        ("text", "it is no key in PEM", "vhb keygen"),
        ("long", "too long to be a key", ""),
        ("absent", "there is no private key `absent`", ""),
        (
            "results",
            "cannot read the private key `results`: it is a directory",
            "",
        ),
    ] {
        let run = setting.attest_with(file).exits(2);
        run.says(what).says(hint).says(file);
    }
    let mut with_passphrase = setting;
    with_passphrase.project.set("VHB_KEY_PASSPHRASE", "x");
    let pbes1 = with_passphrase.attest_with("pbes1").exits(2);
    pbes1
        .says("encrypted in a way that vhb does not read")
        .says("-v2 aes-256-cbc");
    with_passphrase.attest(&[]).exits(0);
    for (file, what) in [
        ("key", "it is a private key, and a public one is wanted"),
        ("sec1", "it is a private key, and a public one is wanted"),
        ("text", "it is no key in PEM"),
        ("absent", "there is no public key `absent`"),
    ] {
        let given = ["--results", "results", "--public-key", file];
        with_passphrase.project.verify(&given).exits(2).says(what);
    }
}
