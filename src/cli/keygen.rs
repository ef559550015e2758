//! `vhb keygen`: a key to sign attestations with.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::args::{KeyType, KeygenArgs};
use super::error::CliError;
use super::keys::{ask_for_new, given_passphrase};
use super::{Output, Result};
use crate::attestation::{Entropy, KeyKind, PrivateKey, Salt};
use crate::finding::Outcome;
use crate::io::write::{NewFile, write_new};

pub(super) fn run(args: &KeygenArgs, output: &Output) -> Result {
    if args.output == Path::new("-") {
        return Err(CliError::new(
            "a key is written to a file, not to standard output",
        ));
    }
    let public_path = beside(&args.output);
    // Before a passphrase is asked for; whether it is true until the end, writing finds out.
    for path in [&args.output, &public_path] {
        if path.symlink_metadata().is_ok() {
            return Err(exists(path));
        }
    }
    let passphrase = match given_passphrase() {
        None if args.encrypt => Some(ask_for_new()?),
        given => given,
    };
    let key = new_key(match args.kind {
        KeyType::Ed25519 => KeyKind::Ed25519,
        KeyType::EcdsaP256 => KeyKind::EcdsaP256,
    })?;
    let private = match &passphrase {
        Some(passphrase) => key.to_encrypted_pem(passphrase, &salt()?),
        None => key.to_pem(),
    };
    let public = key.public().to_pem();
    let files = [
        NewFile {
            path: args.output.clone(),
            bytes: private.as_bytes(),
            private: true,
        },
        NewFile {
            path: public_path.clone(),
            bytes: public.as_bytes(),
            private: false,
        },
    ];
    write_new(&files).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => CliError::new(error.to_string())
            .hint("vhb overwrites no key; write it elsewhere with `--output`"),
        _ => CliError::new(error.to_string()),
    })?;
    output.data(&format!("{}\n", key.id()));
    let how = if passphrase.is_some() {
        "encrypted"
    } else {
        "not encrypted"
    };
    output.say(&format!(
        "wrote {} (private, {how}: keep it to yourself)\nwrote {} (public: give it to who verifies)\n",
        args.output.display(),
        public_path.display()
    ));
    Ok(Outcome::Clean)
}

fn beside(private: &Path) -> PathBuf {
    let mut name = OsString::from(private);
    name.push(".pub");
    name.into()
}

fn exists(path: &Path) -> CliError {
    CliError::new(format!("`{}` exists already", path.display()))
        .hint("vhb overwrites no key; write it elsewhere with `--output`")
}

fn new_key(kind: KeyKind) -> Result<PrivateKey> {
    let mut entropy: Entropy = Zeroizing::new([0; 32]);
    loop {
        fill(entropy.as_mut_slice())?;
        if let Some(key) = PrivateKey::from_entropy(kind, &entropy) {
            return Ok(key);
        }
    }
}

fn salt() -> Result<Salt> {
    let mut salt = Salt {
        salt: [0; 16],
        iv: [0; 16],
    };
    fill(&mut salt.salt)?;
    fill(&mut salt.iv)?;
    Ok(salt)
}

fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|error| {
        let message = format!("the system gives no random numbers: {error}");
        CliError::new(message)
    })
}
