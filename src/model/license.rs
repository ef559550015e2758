//! Licences as distributions declare them: by expression, by classifiers, by free text.
//!
//! One of the three is kept, in the words of its author. Ids are known here only to tell which of
//! them says the most.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spdx::{Expression, ParseMode};

use super::one_line;

/// A licence as it is declared, the most exact form that there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum License {
    /// An SPDX expression (PEP 639).
    Expression(String),
    /// The `License ::` classifiers, whole.
    Classifiers(BTreeSet<String>),
    /// The free text of the old `License` field, where it is one line.
    Text(String),
}

/// The last parts of classifiers that leave a version or a variant open, and how the SPDX ids of
/// the licences begin that they may mean.
const FAMILIES: [(&str, &str); 11] = [
    ("Academic Free License (AFL)", "AFL-"),
    ("Apache Software License", "Apache-"),
    ("Artistic License", "Artistic-"),
    ("BSD License", "BSD-"),
    ("GNU Affero General Public License v3", "AGPL-3.0"),
    ("GNU General Public License (GPL)", "GPL-"),
    ("GNU General Public License v2 (GPLv2)", "GPL-2.0"),
    ("GNU General Public License v3 (GPLv3)", "GPL-3.0"),
    ("GNU Lesser General Public License v3 (LGPLv3)", "LGPL-3.0"),
    (
        "GNU Library or Lesser General Public License (LGPL)",
        "LGPL-",
    ),
    ("Zope Public License", "ZPL-"),
];

/// What an SPDX expression may hold: ids that are deprecated, too, since they were valid when the
/// expression was declared.
const EXPRESSIONS: ParseMode = ParseMode {
    allow_deprecated: true,
    allow_postfix_plus_on_gpl: true,
    ..ParseMode::STRICT
};

/// A licence by the best of the three ways to declare one.
pub fn license(
    expression: Option<&str>,
    classifiers: impl Iterator<Item = String>,
    text: Option<&str>,
) -> Option<License> {
    if let Some(expression) = expression.and_then(one_line) {
        return Some(License::Expression(expression));
    }
    let classifiers: BTreeSet<_> = classifiers
        .map(|text| text.trim().to_owned())
        // The bare category says that there is a licence, not which.
        .filter(|text| text.starts_with("License ::") && text != "License :: OSI Approved")
        .collect();
    let text = text
        .and_then(one_line)
        .filter(|text| classifiers.is_empty() || refines(text, &classifiers));
    match text {
        Some(text) => Some(License::Text(text)),
        None => (!classifiers.is_empty()).then_some(License::Classifiers(classifiers)),
    }
}

/// Whether a text says what classifiers leave open: an expression of known licences, with one of
/// each family that they name.
///
/// One that leaves out or contradicts any of them does not.
fn refines(text: &str, classifiers: &BTreeSet<String>) -> bool {
    let Some(expression) = spdx_expression(text) else {
        return false;
    };
    let ids = expression.requirements().map(|it| it.req.license.id());
    let Some(ids) = ids.collect::<Option<Vec<_>>>() else {
        return false;
    };
    classifiers.iter().all(|classifier| {
        let family = FAMILIES
            .iter()
            .find(|(name, _)| classifier.rsplit(" :: ").next() == Some(*name));
        family.is_some_and(|(_, begin)| ids.iter().any(|id| id.name.starts_with(begin)))
    })
}

/// A text as the SPDX expression that strict readers will take it for, if they do.
pub fn spdx_expression(text: &str) -> Option<Expression> {
    // Lower-case operators are valid only since version 3 of the specification.
    let operators = ["AND", "OR", "WITH"];
    let upper = text.split([' ', '(', ')']).all(|word| {
        operators
            .iter()
            .all(|operator| word == *operator || !word.eq_ignore_ascii_case(operator))
    });
    Expression::parse_mode(text, EXPRESSIONS)
        .ok()
        .filter(|_| upper)
}

/// The id of SPDX that a text is, whatever its case.
pub fn spdx_id(text: &str) -> Option<&'static str> {
    let mut licenses = spdx::identifiers::LICENSES.iter();
    let license = licenses.find(|license| license.name.eq_ignore_ascii_case(text))?;
    Some(license.name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn ids_are_found_whatever_their_case() {
        assert_eq!(super::spdx_id("apache-2.0"), Some("Apache-2.0"));
        assert_eq!(super::spdx_id("other"), None);
    }

    use super::*;

    /// Whether the text of the old field is kept, beside classifiers of these last parts.
    fn kept(text: &str, parts: &[&str]) -> bool {
        let parts = parts.iter();
        let classifiers = parts.map(|part| format!("License :: OSI Approved :: {part}"));
        match license(None, classifiers, Some(text)).unwrap() {
            License::Text(kept) => kept == text,
            License::Classifiers(_) | License::Expression(_) => false,
        }
    }

    #[test]
    fn a_text_is_kept_where_it_says_what_classifiers_leave_open() {
        let (apache, bsd) = ("Apache Software License", "BSD License");
        for (text, classifiers, expected) in [
            ("Apache-2.0", &[apache] as &[&str], true),
            ("BSD-3-Clause", &[bsd], true),
            (
                "GPL-3.0-or-later",
                &["GNU General Public License v3 (GPLv3)"],
                true,
            ),
            ("Apache-2.0 OR BSD-2-Clause", &[apache, bsd], true),
            ("BSD-3-Clause AND MIT", &[bsd], true),
            // It leaves one out, or says something else.
            ("Apache-2.0", &[apache, bsd], false),
            ("MIT", &[apache], false),
            (
                "GPL-2.0-only",
                &["GNU General Public License v3 (GPLv3)"],
                false,
            ),
            ("MIT", &["Other/Proprietary License"], false),
            // It is no expression, or one of licences that nobody knows.
            ("Apache 2.0", &[apache], false),
            ("BSD", &[bsd], false),
            ("Apache-2.0 or BSD-2-Clause", &[apache, bsd], false),
            ("Apache-2.0 AND LicenseRef-Own", &[apache], false),
            // One classifier says exactly which.
            ("MIT", &["MIT License"], false),
            ("Apache-2.0 AND MIT", &[apache, "MIT License"], false),
        ] {
            assert_eq!(kept(text, classifiers), expected, "{text}: {classifiers:?}");
        }
    }

    #[test]
    fn an_expression_says_the_most_and_no_statement_nothing() {
        let apache = || ["License :: OSI Approved :: Apache Software License".to_owned()];
        let best = license(Some("MIT"), apache().into_iter(), Some("Apache-2.0"));
        assert_eq!(best, Some(License::Expression("MIT".to_owned())));
        let bare = ["License :: OSI Approved".to_owned()];
        assert_eq!(license(None, bare.into_iter(), None), None);
    }
}
