//! Requirements on distributions (PEP 508), as their authors wrote them.

use std::fmt;
use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};
use pep508_rs::{
    ExtraName, MarkerEnvironment, MarkerExpression, MarkerValueExtra, PackageName, VerbatimUrl,
    VersionOrUrl,
};

use super::without_credentials;

type Parsed = pep508_rs::Requirement<VerbatimUrl>;

/// A requirement: the text as it was declared, and what it means.
///
/// The text stays as it is, since any other form of it would be ours and not its author's; only
/// credentials in an address are left out.
#[derive(Clone, Debug)]
pub struct Requirement {
    text: String,
    parsed: Parsed,
}

/// The text is no requirement.
#[derive(Debug, thiserror::Error)]
#[error("`{text}` is no requirement: {reason}")]
pub struct RequirementError {
    text: String,
    reason: String,
}

impl FromStr for Requirement {
    type Err = RequirementError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let parsed = parse_requirement(text).or_else(|reason| {
            // What is not quite PEP 508, but was published all the same, as uv and pip read it.
            parse_requirement(&mended(text)).map_err(|_| RequirementError {
                text: text.to_owned(),
                reason,
            })
        })?;
        let direct = matches!(parsed.version_or_url, Some(VersionOrUrl::Url(_)));
        let text = if direct {
            without_credentials(text)
        } else {
            text.to_owned()
        };
        Ok(Self { text, parsed })
    }
}

/// No requirement is longer, in bytes; the longest that are known have some two thousand.
const LONGEST: usize = 16 * 1024;
/// Nor nested deeper: the parser of `pep508_rs` goes down one call for each parenthesis.
const DEEPEST: usize = 64;

/// A requirement by PEP 508 alone; else the first line of what is wrong with it.
pub fn parse_requirement(text: &str) -> Result<Parsed, String> {
    if text.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    if text.matches('(').count() > DEEPEST {
        return Err(format!("it has more than {DEEPEST} parentheses"));
    }
    // `pep508_rs` 0.9 panics at names that end so.
    if let Some(name) = names(text).find(|name| name.ends_with(['.', '-', '_'])) {
        return Err(format!(
            "the name `{name}` does not end with a letter or a digit"
        ));
    }
    // Nor may anything else be in a marker by PEP 508, and 0.9 panics at some of it.
    if !marker(text).is_ascii() {
        return Err("its marker has a character that is not ASCII".to_owned());
    }
    text.parse().map_err(|error: pep508_rs::Pep508Error| {
        let reason = error.message.to_string();
        reason.lines().next().unwrap_or_default().to_owned()
    })
}

/// The name that a text begins with, and the extras in the brackets behind it.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let is_other = |c: char| !(c.is_ascii_alphanumeric() || ".-_".contains(c));
    let text = text.trim_start();
    let (name, rest) = text.split_at(text.find(is_other).unwrap_or(text.len()));
    let extras = rest.trim_start().strip_prefix('[');
    let extras = extras.and_then(|rest| rest.split(']').next());
    let extras = extras.into_iter().flat_map(|extras| extras.split(','));
    std::iter::once(name).chain(extras.map(str::trim))
}

/// What stands behind the semicolon that ends the versions, or behind a blank and one, the address.
fn marker(text: &str) -> &str {
    let mut semicolons = text.match_indices(';').map(|(at, _)| text.split_at(at));
    let end = semicolons.find(|(before, _)| {
        let is_address = before.contains('@');
        !is_address || before.ends_with(char::is_whitespace)
    });
    end.map_or("", |(_, marker)| marker)
}

/// Old metadata has commas left over, `>=1.0.*`, and specifiers without a comma between them.
fn mended(text: &str) -> String {
    let (requirement, marker) = match text.split_once(';') {
        Some((requirement, marker)) => (requirement, Some(marker)),
        None => (text, None),
    };
    let mut out = String::with_capacity(text.len());
    let mut rest = requirement.trim().trim_end_matches(',');
    while let Some(at) = rest.find(['<', '>', '=', '!', '~']) {
        let (before, from) = rest.split_at(at);
        let operator = from.len() - from.trim_start_matches(['<', '>', '=', '!', '~']).len();
        let (operator, after) = from.split_at(operator);
        let end = after
            .find(|c: char| !(c.is_ascii_alphanumeric() || ".*+!-_ ".contains(c)))
            .unwrap_or(after.len());
        let (version, next) = after.split_at(end);
        let version = version.trim();
        let wild = matches!(operator, "<" | ">" | "<=" | ">=" | "~=");
        let version = if wild {
            version.trim_end_matches(".*")
        } else {
            version
        };
        out.push_str(before);
        out.push_str(operator);
        out.push_str(version);
        if next.starts_with(['<', '>', '=', '!', '~']) {
            out.push(',');
        }
        rest = next;
    }
    out.push_str(rest);
    if let Some(marker) = marker {
        out.push_str(" ;");
        out.push_str(marker);
    }
    out
}

impl Requirement {
    /// The distribution that is required.
    pub fn name(&self) -> &PackageName {
        &self.parsed.name
    }

    /// The extras of it that are required.
    pub fn extras(&self) -> &[ExtraName] {
        &self.parsed.extras
    }

    /// The versions that will do; none where any will, or where an address is required.
    pub fn specifiers(&self) -> Option<&VersionSpecifiers> {
        match &self.parsed.version_or_url {
            Some(VersionOrUrl::VersionSpecifier(specifiers)) => Some(specifiers),
            Some(VersionOrUrl::Url(_)) | None => None,
        }
    }

    /// Whether a version will do. Pre-releases are as good as others: which to take was decided
    /// by whoever resolved.
    pub fn admits(&self, version: &Version) -> bool {
        self.specifiers()
            .is_none_or(|specifiers| specifiers.contains(version))
    }

    /// Whether it names an address instead of versions.
    pub fn is_direct(&self) -> bool {
        matches!(self.parsed.version_or_url, Some(VersionOrUrl::Url(_)))
    }

    /// Whether it applies on a target, where these extras of its distribution are asked for.
    pub fn applies(&self, target: &MarkerEnvironment, extras: &[ExtraName]) -> bool {
        self.parsed.evaluate_markers(target, extras)
    }

    /// The extra of its distribution without which it never applies, if there is one.
    pub fn needed_extra(&self) -> Option<ExtraName> {
        match self.parsed.marker.top_level_extra()? {
            MarkerExpression::Extra {
                name: MarkerValueExtra::Extra(extra),
                ..
            } => Some(extra),
            _ => None,
        }
    }

    /// What it asks for beyond the name, without the marker: `[socks]>=2,<3`, `@ https://...`;
    /// empty where anything of that name will do.
    pub fn limits(&self) -> String {
        let extras: Vec<_> = self.extras().iter().map(ToString::to_string).collect();
        let extras = match &extras[..] {
            [] => String::new(),
            extras => format!("[{}]", extras.join(",")),
        };
        if self.is_direct() {
            // The address as it is kept, which is without credentials.
            let address = self.text.split_once('@').map_or("", |(_, address)| address);
            let address = address.split(" ;").next().unwrap_or_default().trim();
            return format!("{extras}@ {address}");
        }
        let specifiers = self.specifiers().into_iter().flat_map(|it| it.iter());
        let specifiers: Vec<_> = specifiers.map(ToString::to_string).collect();
        extras + &specifiers.join(",")
    }

    /// The text as it was declared.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Requirement {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Requirement {}

impl PartialOrd for Requirement {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Requirement {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

serde_as_text!(
    Requirement,
    "A requirement on a distribution (PEP 508), as its author wrote it."
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_what_stands_between_the_name_and_the_marker() {
        for (text, limits) in [
            ("numpy", ""),
            ("numpy ; python_version > '3'", ""),
            ("numpy (>=1.20, <2)", ">=1.20,<2"),
            ("a[y,x] ~= 2.0; os_name == 'nt'", "[y,x]~=2.0"),
            (
                "a[x] @ https://me:pw@h/a.whl ; os_name == 'nt'",
                "[x]@ https://h/a.whl",
            ),
        ] {
            let requirement: Requirement = text.parse().unwrap();
            assert_eq!(requirement.limits(), limits, "{text}");
        }
    }

    #[test]
    fn what_was_published_is_read_and_kept_as_it_is() {
        for (text, version) in [
            ("numpy>=1.20", "1.26.4"),
            ("numpy (>=1.20,<2)", "1.26.4"),
            ("numpy>=1.20.*", "1.26.4"),
            ("numpy>=1.20,", "1.26.4"),
            ("numpy>=1.20<2", "1.26.4"),
            ("numpy[extra] >=1.0.* ; python_version > '3'", "1.26.4"),
        ] {
            let requirement: Requirement = text.parse().unwrap_or_else(|e| panic!("{text}: {e}"));
            assert!(requirement.admits(&version.parse().unwrap()), "{text}");
            assert_eq!(requirement.to_string(), text);
            assert!(!requirement.admits(&"0.9".parse().unwrap()), "{text}");
        }
        for text in [
            "",
            "numpy>=",
            "numpy = 1",
            "-e .",
            "numpy >= one",
            "numpy.",
            "a.>=1",
            "a[b-]>=1",
            " a-",
            "a_ ",
            "a ; os_name == 'nt'\u{fffd}",
            "a @ https://h/é;é ; os_name == 'nt' é",
        ] {
            assert!(text.parse::<Requirement>().is_err(), "{text}");
        }
    }
}
