//! What vhb signs, others verify; what others sign, vhb verifies. The others are securesystemslib
//! and in-toto-attestation, by `interop.py`.

use std::process::Command;

use super::setting::{BUNDLE, Setting};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/attestation/interop.py");

/// Runs the script in the project; what it prints.
#[track_caller]
pub(crate) fn python(setting: &Setting, arguments: &[&str]) -> String {
    let output = run(setting, arguments);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "`make tools` installs what this needs, and VHB_PYTHON names its Python: {told}"
    );
    String::from_utf8(output.stdout).unwrap()
}

fn run(setting: &Setting, arguments: &[&str]) -> std::process::Output {
    let python = std::env::var_os("VHB_PYTHON").unwrap_or_else(|| "python3".into());
    Command::new(python)
        .arg(SCRIPT)
        .args(arguments)
        .env("VHB_CACHE_DIR", setting.project.cache())
        .env_remove("VHB_KEY_PASSPHRASE")
        .current_dir(setting.project.root())
        .output()
        .expect("VHB_PYTHON, else python3, is a program")
}

#[test]
fn others_verify_what_vhb_signs() {
    for kind in ["ed25519", "ecdsa-p256"] {
        let setting = Setting::with_key(kind);
        setting.attest(&[]).exits(0);
        let verified = python(&setting, &["verify", "key.pub", BUNDLE]);
        let expected =
            "https://cyclonedx.org/bom 4 subjects\nhttps://slsa.dev/provenance/v1 4 subjects\n";
        assert_eq!(verified, expected, "{kind}");
        // That it can fail: with another key, and with another payload.
        setting
            .project
            .vhb(&["keygen", "--type", kind, "-o", "other"])
            .exits(0);
        assert!(
            !run(&setting, &["verify", "other.pub", BUNDLE])
                .status
                .success()
        );
        setting.tamper(|lines| {
            let first = lines[0]["payload"].clone();
            lines[1]["payload"] = first;
        });
        assert!(
            !run(&setting, &["verify", "key.pub", BUNDLE])
                .status
                .success()
        );
    }
}

#[test]
fn vhb_verifies_what_others_sign() {
    for kind in ["ed25519", "ecdsa-p256"] {
        let setting = Setting::with_key(kind);
        setting.attest(&[]).exits(0);
        let own = setting.read(BUNDLE);
        python(&setting, &["key", kind, "pkcs8", "", "foreign"]);
        python(&setting, &["sign", "foreign", BUNDLE]);
        assert_ne!(setting.read(BUNDLE), own);
        // Their ids of keys are not those of vhb: all that fits will do.
        let by = |key: &str| ["--results", "results", "--public-key", key].map(str::to_owned);
        let verify = |key: &str| {
            let by = by(key);
            setting.project.verify(&by.each_ref().map(String::as_str))
        };
        verify("foreign.pub").exits(0);
        let other = verify("key.pub").exits(1);
        assert!(other.report().codes().contains(&"attestation-other-key"));
    }
}
