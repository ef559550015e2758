//! The canonical value of an entry, which is what a lock records and compares.
//!
//! Canonical JSON: keys sorted, no white space, numbers as `serde_json` writes them (RFC 8785 but
//! for integers, which keep all their digits). Credentials never get this far: addresses lose
//! theirs, and values of `env` whose names look secret are replaced by a constant.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{Sha256Digest, address_without_credentials};

/// What stands in place of a secret.
pub const SECRET: &str = "<secret>";

/// The value without credentials.
pub fn without_secrets(value: Json) -> Json {
    match value {
        Json::String(text) => Json::String(address_without_credentials(&text)),
        Json::Array(items) => items.into_iter().map(without_secrets).collect(),
        Json::Object(map) => map
            .into_iter()
            .map(|(key, value)| {
                let value = match value {
                    Json::Object(env) if key == "env" => Json::Object(mask_env(env)),
                    value if is_credential(&key) => hidden(value),
                    value => without_secrets(value),
                };
                (key, value)
            })
            .collect::<serde_json::Map<_, _>>()
            .into(),
        other => other,
    }
}

/// What a credential is written in: texts and numbers, also several.
fn hidden(value: Json) -> Json {
    match value {
        Json::String(_) | Json::Number(_) => Json::String(SECRET.to_owned()),
        Json::Array(items) => items.into_iter().map(hidden).collect(),
        Json::Object(map) => {
            let map = map.into_iter().map(|(key, value)| (key, hidden(value)));
            map.collect::<serde_json::Map<_, _>>().into()
        }
        Json::Null | Json::Bool(_) => value,
    }
}

fn mask_env(env: serde_json::Map<String, Json>) -> serde_json::Map<String, Json> {
    env.into_iter()
        .map(|(name, value)| {
            let value = if looks_secret(&name) {
                Json::String(SECRET.to_owned())
            } else {
                without_secrets(value)
            };
            (name, value)
        })
        .collect()
}

/// The parameters of a run, without credentials.
pub fn masked_params(params: &BTreeMap<String, Json>) -> BTreeMap<String, Json> {
    match without_secrets(Json::Object(params.clone().into_iter().collect())) {
        Json::Object(params) => params.into_iter().collect(),
        _ => BTreeMap::new(),
    }
}

/// The environment variables of a run, without the values of secrets.
pub fn masked_env(env: &BTreeMap<String, Json>) -> BTreeMap<String, Json> {
    mask_env(env.clone().into_iter().collect())
        .into_iter()
        .collect()
}

/// Whether a parameter of this name can only be a credential, wherever it stands. Narrower than
/// [`looks_secret`], since `pad_token` or `key` say what was run.
fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_");
    [
        "password",
        "passwd",
        "secret",
        "api_key",
        "apikey",
        "access_token",
        "auth_token",
    ]
    .iter()
    .any(|word| name.contains(word))
}

/// Whether a variable of this name holds a secret: `HF_TOKEN`, not `TOKENIZERS_PARALLELISM`.
pub fn looks_secret(name: &str) -> bool {
    // As the end of a word too: `PGPASSWORD`, `SSHPASS`.
    let ends = ["TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASS", "APIKEY"];
    let words = [
        "PWD",
        "KEY",
        "CREDENTIAL",
        "CREDENTIALS",
        "AUTH",
        "COOKIE",
        "PASSPHRASE",
    ];
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| {
            let word = word.to_ascii_uppercase();
            words.contains(&word.as_str()) || ends.iter().any(|end| word.ends_with(end))
        })
}

/// The digest of a canonical value.
pub fn canonical_digest(value: &Json) -> Sha256Digest {
    Sha256Digest::of(value.to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_whatever_order_they_came_in() {
        let one: Json = serde_json::from_str(r#"{"b":1,"a":{"d":2.50,"c":[]}}"#).unwrap();
        assert_eq!(one.to_string(), r#"{"a":{"c":[],"d":2.5},"b":1}"#);
        let two: Json = serde_json::from_str(r#"{"a":{"c":[],"d":2.5},"b":1}"#).unwrap();
        assert_eq!(canonical_digest(&one), canonical_digest(&two));
    }

    #[test]
    fn secrets_are_gone_and_the_rest_stays() {
        let value = json!({
            "model": {"env": {"HF_TOKEN": "hf_x", "OMP_NUM_THREADS": "4"}},
            "url": "https://me:pw@h/x", "engine_params": {"max_tokens": 5},
            "params": {"api_keys": ["k1", 2], "password": 12345, "secret": {"of": "x"}, "use_secret": true},
        });
        let expected = json!({
            "model": {"env": {"HF_TOKEN": SECRET, "OMP_NUM_THREADS": "4"}},
            "url": "https://h/x", "engine_params": {"max_tokens": 5},
            "params": {"api_keys": [SECRET, SECRET], "password": SECRET, "secret": {"of": SECRET}, "use_secret": true},
        });
        assert_eq!(without_secrets(value), expected);
    }

    #[test]
    fn names_are_judged_word_by_word() {
        for name in [
            "HF_TOKEN",
            "openai_api_key",
            "AWS_SECRET_ACCESS_KEY",
            "DB.PASSWORD",
        ] {
            assert!(looks_secret(name), "{name}");
        }
        for name in [
            "TOKENIZERS_PARALLELISM",
            "MAX_TOKENS",
            "KEYBOARD",
            "OMP_NUM_THREADS",
        ] {
            assert!(!looks_secret(name), "{name}");
        }
    }
}
