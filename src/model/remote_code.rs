//! Python of other repositories that a model has run, by what its configuration says.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::HubId;

/// The files in which a model names such Python (`auto_map`).
pub const NAMING_CODE: [&str; 4] = [
    "config.json",
    "preprocessor_config.json",
    "processor_config.json",
    "tokenizer_config.json",
];

/// The repositories that the `auto_map` of a configuration names: `org/name--module.Class`. None
/// where the file cannot be understood, so that it is not known which it names.
pub fn named_code(config: &[u8]) -> Option<BTreeSet<HubId>> {
    let config = config.strip_prefix(b"\xef\xbb\xbf").unwrap_or(config);
    let config: Json = match serde_json::from_slice(config) {
        Ok(config) => config,
        Err(_) => serde_json::from_str(&without_odd_numbers(config)?).ok()?,
    };
    let classes = config.get("auto_map").and_then(Json::as_object);
    let classes = classes
        .into_iter()
        .flatten()
        .flat_map(|(_, class)| match class {
            Json::Array(several) => several.iter().collect(),
            one => vec![one],
        });
    let named = classes.filter_map(|class| Some(class.as_str()?.split_once("--")?.0));
    named.map(|repo| repo.parse().ok()).collect()
}

/// Python writes and reads `NaN`, `Infinity` and `-Infinity`, which JSON does not have.
fn without_odd_numbers(config: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(config).ok()?;
    let mut out = String::with_capacity(text.len());
    // Every second part stands between quotes, but for quotes that are themselves escaped.
    let mut in_text = false;
    let mut escaped = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let odd = ["-Infinity", "Infinity", "NaN"];
        if !in_text && let Some(word) = odd.iter().find(|word| rest.starts_with(**word)) {
            out.push_str("null");
            rest = &rest[word.len()..];
            continue;
        }
        match c {
            '"' if !escaped => in_text = !in_text,
            _ => {}
        }
        escaped = in_text && c == '\\' && !escaped;
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(config: &str) -> Option<Vec<String>> {
        let named = named_code(config.as_bytes())?;
        Some(named.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn code_of_other_repositories_is_found_in_all_spellings() {
        let config = r#"{"auto_map": {
            "AutoConfig": "a/b--configuration.C",
            "AutoTokenizer": ["c/d--tok.T", null],
            "AutoModel": "modeling.M"
        }}"#;
        assert_eq!(named(config).unwrap(), ["a/b", "c/d"]);
        assert_eq!(named("{}").unwrap(), [""; 0]);
    }

    #[test]
    fn numbers_that_only_python_knows_hide_nothing() {
        let config = r#"{"limit": [0.0, Infinity, -Infinity, NaN], "x": "\"Infinity\\",
            "auto_map": {"AutoModel": "a/b--m.M"}}"#;
        assert_eq!(named(config).unwrap(), ["a/b"]);
        assert_eq!(
            named("\u{feff}{\"auto_map\": {\"A\": \"a/b--m.M\"}}").unwrap(),
            ["a/b"]
        );
    }

    #[test]
    fn what_cannot_be_understood_is_not_nothing() {
        assert_eq!(named("not json"), None);
        assert_eq!(named(r#"{"auto_map": {"A": "without-owner--m.M"}}"#), None);
    }
}
