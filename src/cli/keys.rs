//! Reading keys and passphrases; what goes wrong with them, and what to do.
//!
//! A passphrase comes from the environment or from the terminal, without echo, and never from
//! standard input: a pipe would leave it in a script.

use std::io::{IsTerminal as _, Read as _};
use std::path::Path;

use zeroize::Zeroizing;

use super::Result;
use super::error::CliError;
use crate::attestation::{KeyError, Pem, PrivateKey, PublicKey};

/// The variable that holds the passphrase of a private key.
const PASSPHRASE: &str = "VHB_KEY_PASSPHRASE";
/// Longer than any key that vhb reads.
const LONGEST: u64 = 64 << 10;

/// Reads a private key, with its passphrase where it is encrypted.
pub(super) fn private_key(path: &Path) -> Result<PrivateKey> {
    let pem = read("private key", path)?;
    let unusable = |error: KeyError| unusable("private key", path, &error);
    let passphrase = match Pem::of(&pem).map_err(unusable)? {
        Pem::Encrypted => Some(given_passphrase().map_or_else(|| ask(path), Ok)?),
        Pem::Private | Pem::Public => None,
    };
    let passphrase = passphrase.as_ref().map(|passphrase| passphrase.as_str());
    PrivateKey::from_pem(&pem, passphrase).map_err(unusable)
}

/// Reads a public key.
pub(super) fn public_key(path: &Path) -> Result<PublicKey> {
    let pem = read("public key", path)?;
    PublicKey::from_pem(&pem).map_err(|error| unusable("public key", path, &error))
}

fn read(what: &str, path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    let unreadable = |error| CliError::unreadable(what, path, &error);
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(LONGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > LONGEST {
        let shown = path.display();
        let message = format!("cannot use the {what} `{shown}`: it is too long to be a key");
        return Err(CliError::new(message));
    }
    Ok(bytes)
}

/// The passphrase that the environment holds.
pub(super) fn given_passphrase() -> Option<Zeroizing<String>> {
    super::world::variable(PASSPHRASE).map(Zeroizing::new)
}

fn ask(path: &Path) -> Result<Zeroizing<String>> {
    prompt(&format!("passphrase of {}: ", path.display()))
}

/// Asks for a new passphrase, twice.
pub(super) fn ask_for_new() -> Result<Zeroizing<String>> {
    let first = prompt("passphrase for the new key: ")?;
    if first.is_empty() {
        return Err(CliError::new("an empty passphrase encrypts nothing"));
    }
    if *prompt("the same passphrase again: ")? != *first {
        return Err(CliError::new("the two passphrases differ"));
    }
    Ok(first)
}

fn prompt(question: &str) -> Result<Zeroizing<String>> {
    let hint = format!("set {PASSPHRASE}, or call vhb from a terminal");
    if !std::io::stdin().is_terminal() {
        let message = "a passphrase is needed, and there is no terminal to ask for it";
        return Err(CliError::new(message).hint(hint));
    }
    let answer = rpassword::prompt_password(question);
    answer.map(Zeroizing::new).map_err(|error| {
        CliError::new("cannot ask for a passphrase")
            .because(&error)
            .hint(hint)
    })
}

fn unusable(what: &str, path: &Path, error: &KeyError) -> CliError {
    let shown = path.display();
    let message = format!("cannot use the {what} `{shown}`");
    let keygen = "make a key with `vhb keygen`";
    let hint = match error {
        KeyError::IsPublic => {
            "name the private key; `vhb keygen` writes the public one as `KEY.pub`".to_owned()
        }
        KeyError::IsPrivate => {
            format!("keep it to yourself; `openssl pkey -in {shown} -pubout` prints its public key")
        }
        KeyError::Sec1 => {
            format!("convert it: `openssl pkcs8 -topk8 -nocrypt -in {shown} -out NEW`")
        }
        KeyError::Der => format!("convert it: `openssl pkey -inform DER -in {shown} -out NEW`"),
        KeyError::Encryption => format!(
            "encrypt it otherwise: `openssl pkcs8 -topk8 -v2 aes-256-cbc -in {shown} -out NEW`"
        ),
        KeyError::Encrypted | KeyError::Passphrase => {
            format!("try the passphrase again, and look at what {PASSPHRASE} holds")
        }
        KeyError::Damaged => "restore it from a copy".to_owned(),
        KeyError::Algorithm(_) | KeyError::OpenSsh | KeyError::OtherPem(_) | KeyError::NoKey => {
            keygen.to_owned()
        }
    };
    CliError::new(message).because(error).hint(hint)
}
