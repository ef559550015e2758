//! Licences in CycloneDX's terms (§ `licenseChoice`): one expression, or a list of ids and names.
//!
//! An id is claimed only where the declaration names exactly one licence of the SPDX list. All
//! others keep the words in which they were declared.

use super::cyclonedx::{LicenseChoice, NamedLicense};
use crate::model::{License, spdx_expression, spdx_id};

const DECLARED: &str = "declared";

/// The last parts of `License ::` classifiers that leave no doubt about version or variant, and
/// their SPDX ids. `Apache Software License`, `BSD License`, `GPLv3` and the like leave some, as
/// does `LGPLv2+`, which was said of 2.0 and of 2.1.
const CLASSIFIERS: [(&str, &str); 26] = [
    ("Blue Oak Model License (BlueOak-1.0.0)", "BlueOak-1.0.0"),
    ("Boost Software License 1.0 (BSL-1.0)", "BSL-1.0"),
    (
        "CC0 1.0 Universal (CC0 1.0) Public Domain Dedication",
        "CC0-1.0",
    ),
    (
        "Common Development and Distribution License 1.0 (CDDL-1.0)",
        "CDDL-1.0",
    ),
    ("Eclipse Public License 1.0 (EPL-1.0)", "EPL-1.0"),
    ("Eclipse Public License 2.0 (EPL-2.0)", "EPL-2.0"),
    ("European Union Public Licence 1.1 (EUPL 1.1)", "EUPL-1.1"),
    ("European Union Public Licence 1.2 (EUPL 1.2)", "EUPL-1.2"),
    (
        "GNU Affero General Public License v3 or later (AGPLv3+)",
        "AGPL-3.0-or-later",
    ),
    (
        "GNU General Public License v2 or later (GPLv2+)",
        "GPL-2.0-or-later",
    ),
    (
        "GNU General Public License v3 or later (GPLv3+)",
        "GPL-3.0-or-later",
    ),
    (
        "GNU Lesser General Public License v3 or later (LGPLv3+)",
        "LGPL-3.0-or-later",
    ),
    ("Historical Permission Notice and Disclaimer (HPND)", "HPND"),
    ("ISC License (ISCL)", "ISC"),
    ("MIT License", "MIT"),
    ("MIT No Attribution License (MIT-0)", "MIT-0"),
    ("Mozilla Public License 1.0 (MPL)", "MPL-1.0"),
    ("Mozilla Public License 1.1 (MPL 1.1)", "MPL-1.1"),
    ("Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"),
    (
        "Mulan Permissive Software License v2 (MulanPSL-2.0)",
        "MulanPSL-2.0",
    ),
    ("Open Software License 3.0 (OSL-3.0)", "OSL-3.0"),
    ("PostgreSQL License", "PostgreSQL"),
    ("SIL Open Font License 1.1 (OFL-1.1)", "OFL-1.1"),
    ("The Unlicense (Unlicense)", "Unlicense"),
    ("Zero-Clause BSD (0BSD)", "0BSD"),
    ("zlib/libpng License", "Zlib"),
];

pub(super) fn of(declared: &License) -> Vec<LicenseChoice> {
    match declared {
        License::Expression(text) if spdx_expression(text).is_some() => {
            vec![LicenseChoice::Expression {
                expression: text.clone(),
                acknowledgement: DECLARED,
            }]
        }
        License::Expression(text) | License::Text(text) => vec![named(text)],
        License::Classifiers(classifiers) => {
            let parts = classifiers
                .iter()
                .map(|text| text.rsplit(" :: ").next().unwrap_or(text));
            parts
                .map(|part| {
                    let known = CLASSIFIERS.iter().find(|(name, _)| *name == part);
                    known.map_or_else(|| named(part), |(_, id)| identified(id))
                })
                .collect()
        }
    }
}

/// A licence as a card of the Hub states it: the ids of SPDX there are in lower case.
pub(super) fn of_card(text: &str) -> Vec<LicenseChoice> {
    match spdx_id(text) {
        Some(id) => vec![identified(id)],
        None => vec![named(text)],
    }
}

fn identified(id: &'static str) -> LicenseChoice {
    LicenseChoice::License {
        license: NamedLicense {
            id: Some(id),
            name: None,
            acknowledgement: DECLARED,
        },
    }
}

fn named(name: &str) -> LicenseChoice {
    LicenseChoice::License {
        license: NamedLicense {
            id: None,
            name: Some(name.to_owned()),
            acknowledgement: DECLARED,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(license: &License) -> String {
        let text = serde_json::to_string(&of(license)).unwrap();
        text.replace(",\"acknowledgement\":\"declared\"", "")
    }

    #[test]
    fn an_expression_is_one_only_where_strict_readers_agree() {
        for (text, valid) in [
            ("MIT", true),
            ("MIT OR (Apache-2.0 AND BSD-3-Clause)", true),
            ("GPL-3.0-only WITH Classpath-exception-2.0", true),
            ("LicenseRef-Own", true),
            ("GPL-2.0+", true),
            ("mit", false),
            ("MIT or Apache-2.0", false),
            ("MIT/Apache-2.0", false),
            ("Apache 2.0", false),
            ("MIT OR", false),
        ] {
            let key = if valid {
                format!("[{{\"expression\":\"{text}\"}}]")
            } else {
                format!("[{{\"license\":{{\"name\":\"{text}\"}}}}]")
            };
            assert_eq!(json(&License::Expression(text.to_owned())), key);
        }
    }

    #[test]
    fn classifiers_are_ids_only_where_they_name_one_licence() {
        let classifiers = [
            "License :: OSI Approved :: BSD License",
            "License :: OSI Approved :: MIT License",
            "License :: Other/Proprietary License",
        ];
        let classifiers = classifiers.iter().map(|text| (*text).to_owned()).collect();
        insta::assert_snapshot!(
            json(&License::Classifiers(classifiers)),
            @r#"[{"license":{"name":"BSD License"}},{"license":{"id":"MIT"}},{"license":{"name":"Other/Proprietary License"}}]"#
        );
    }

    #[test]
    fn free_text_is_a_name_even_where_it_looks_like_an_id() {
        let text = json(&License::Text("MIT".to_owned()));
        assert_eq!(text, r#"[{"license":{"name":"MIT"}}]"#);
    }

    #[test]
    fn every_id_is_of_the_list() {
        for (name, id) in CLASSIFIERS {
            let known = spdx::license_id(id).is_some_and(|found| found.name == id);
            assert!(known, "{name}: {id}");
        }
    }
}
