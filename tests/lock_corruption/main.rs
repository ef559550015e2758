//! No damage to a lock goes unnoticed: whatever is changed in it, verify ends with 1 or 2.
//!
//! Every single change runs through the library, a sample of them through the program. The SBOM
//! beside the lock notices every byte; the tests in `fitting` take it away by making it fit.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

#[path = "../common/mod.rs"]
mod common;

mod closure;
mod fitting;
mod leftovers;
mod mutate;
mod setting;

use proptest::prelude::*;
use serde_json::Value as Json;

use common::sample::{LOCK, SBOM};
use setting::Setting;

/// Damage that was not noticed as it should be.
fn unnoticed(setting: &Setting, lock: &[u8], name: &dyn std::fmt::Display) -> Option<String> {
    let code = setting.exit_code(lock, Some(&setting.sbom));
    (!matches!(code, 1 | 2)).then(|| format!("{name}: exit code {code}"))
}

#[test]
fn the_lock_as_it_is_is_clean() {
    let setting = Setting::new();
    assert_eq!(setting.exit_code(&setting.lock, Some(&setting.sbom)), 0);
    assert_eq!(
        setting.exit_code(&setting.lock, None),
        3,
        "never a pass without its SBOM"
    );
    assert_eq!(setting.sample.run(&["verify", LOCK, "--offline"]).code, 0);
}

#[test]
fn every_change_of_one_thing_is_noticed() {
    let setting = Setting::new();
    let document: Json = serde_json::from_slice(&setting.lock).unwrap();
    let mutations = mutate::all(&document);
    assert!(mutations.len() > 1000, "only {} changes", mutations.len());
    let missed: Vec<_> = mutations
        .iter()
        .filter_map(|mutation| unnoticed(&setting, mutation.apply(&document).as_bytes(), mutation))
        .collect();
    assert!(missed.is_empty(), "\n{}", missed.join("\n"));
}

#[test]
fn every_shortened_lock_is_noticed() {
    let setting = Setting::new();
    let missed: Vec<_> = (0..setting.lock.len())
        .step_by(3)
        .chain([setting.lock.len() - 1])
        .filter_map(|length| {
            unnoticed(
                &setting,
                &setting.lock[..length],
                &format!("{length} bytes"),
            )
        })
        .collect();
    assert!(missed.is_empty(), "\n{}", missed.join("\n"));
}

#[test]
fn every_flipped_byte_is_noticed() {
    let setting = Setting::new();
    let missed: Vec<_> = (0..setting.lock.len())
        .filter_map(|at| {
            let mut lock = setting.lock.clone();
            lock[at] ^= 1 << (at % 8);
            // What is no lock any more is noticed by that; of the rest a part will do, since all
            // of it is noticed alike: by the SBOM.
            vhb::lock::Lock::from_bytes(&lock)
                .ok()
                .filter(|_| at % 16 == 0)?;
            unnoticed(&setting, &lock, &format!("byte {at}"))
        })
        .collect();
    assert!(missed.is_empty(), "\n{}", missed.join("\n"));
}

#[test]
fn every_flipped_byte_of_the_sbom_is_noticed() {
    let setting = Setting::new();
    for at in (0..setting.sbom.len()).step_by(61) {
        let mut sbom = setting.sbom.clone();
        sbom[at] ^= 1 << (at % 8);
        assert_eq!(
            setting.exit_code(&setting.lock, Some(&sbom)),
            1,
            "byte {at}"
        );
    }
    for length in (0..setting.sbom.len()).step_by(97) {
        let code = setting.exit_code(&setting.lock, Some(&setting.sbom[..length]));
        assert_eq!(code, 1, "{length} bytes");
    }
}

/// The program ends as the library says, for changes from everywhere in the lock.
#[test]
fn the_program_notices_a_sample_of_them() {
    let setting = Setting::new();
    let document: Json = serde_json::from_slice(&setting.lock).unwrap();
    let mutations = mutate::all(&document);
    for mutation in mutations.iter().step_by(mutations.len() / 50) {
        let text = mutation.apply(&document);
        setting.sample.write(LOCK, &text);
        let ran = setting.sample.run(&["verify", LOCK, "--offline"]);
        let expected = setting.exit_code(text.as_bytes(), Some(&setting.sbom));
        assert_eq!(ran.code, expected, "{mutation}: {ran:#?}");
        assert!(matches!(ran.code, 1 | 2), "{mutation}: {ran:#?}");
        let said = if ran.code == 1 {
            ran.stdout
        } else {
            ran.stderr
        };
        assert!(said.contains("error"), "{mutation}: {said}");
    }
    setting.sample.write(LOCK, &setting.lock);
    setting.sample.write(SBOM, "{}");
    assert_eq!(setting.sample.run(&["verify", LOCK, "--offline"]).code, 1);
}

/// A piece of damage: bytes replaced by others, at a place between the beginning (0) and the end.
type Damage = (f64, usize, Vec<u8>);

fn damaged(lock: &[u8], damages: &[Damage]) -> Vec<u8> {
    let mut bytes = lock.to_vec();
    for (share, removed, inserted) in damages {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::cast_sign_loss
        )]
        let from = (bytes.len() as f64 * share) as usize;
        let to = (from + removed).min(bytes.len());
        bytes.splice(from..to, inserted.iter().copied());
    }
    bytes
}

#[test]
fn damage_of_any_kind_is_noticed() {
    let setting = Setting::new();
    let word = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..6),
        prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"", "null", "0", "1e999", "\\u0000", "\n"
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    let damages = prop::collection::vec((0.0..1.0_f64, 0..40_usize, word), 1..5);
    let config = ProptestConfig {
        cases: 1500,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(damages in damages)| {
        let lock = damaged(&setting.lock, &damages);
        prop_assume!(lock != setting.lock);
        prop_assert_eq!(unnoticed(&setting, &lock, &"damaged"), None);
    });
}

#[test]
fn pieces_of_other_json_are_noticed() {
    let setting = Setting::new();
    let document: Json = serde_json::from_slice(&setting.lock).unwrap();
    let mutations = mutate::all(&document);
    let config = ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    // Several changes at once, each to what the one before has left.
    let chosen = prop::collection::vec(0..mutations.len(), 2..5);
    proptest!(config, |(chosen in chosen)| {
        let mut now = document.clone();
        for index in chosen {
            let mutation = &mutations[index];
            let Some(next) = mutation.try_apply(&now) else { continue };
            let Ok(next) = serde_json::from_str(&next) else { continue };
            now = next;
        }
        prop_assume!(now != document);
        let text = serde_json::to_string_pretty(&now).unwrap();
        prop_assert_eq!(unnoticed(&setting, text.as_bytes(), &"changed more than once"), None);
    });
}
