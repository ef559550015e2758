//! A closure for the sample's first environment: everything that can be wrong with one is in it.

use std::collections::BTreeMap;

use vhb::lock::{Closure, Distribution, Lock, Selected};
use vhb::model::{CoreMetadata, Dist, License, Sha256Digest, Stage};

pub(crate) const TEXT_KIT: &str = "text_kit-1.4.0-py3-none-any.whl";
const TINYLIB: &str = "tinylib-1.0-py3-none-any.whl";

/// Closes the environment of the inference, and leaves the others as they are.
///
/// An extra that is asked for brings in what no package names; another extra, and a marker that
/// does not hold, bring in nothing. One root comes from a repository, one is a directory.
pub(crate) fn close(lock: &mut Lock) {
    let inference = lock
        .environments
        .values_mut()
        .find(|environment| environment.asked.stage == Stage::Inference)
        .unwrap();
    assert_eq!(inference.closure, None, "the lock has a closure of its own");
    let package = |key: &str| Selected::Package(key.to_owned());
    let file = |name: &str| Selected::File(name.to_owned());
    let selected = [
        ("harness==1.0", package("harness")),
        ("reader==0.3.1", package("reader")),
        ("text-kit==1.4.0", file(TEXT_KIT)),
        ("tinylib==1.0", file(TINYLIB)),
    ];
    inference.closure = Some(Closure {
        resolver: "uv 0.0.0".to_owned(),
        distributions: selected
            .map(|(text, selected)| (dist(text), selected))
            .into(),
    });
    for (key, requires) in [
        ("harness", &["text-kit[fast]<2", "reader>=0.3"] as &[&str]),
        ("reader", &["winapi==9; sys_platform == 'win32'"]),
    ] {
        let package = lock.packages.get_mut(key).unwrap();
        package.metadata = Some(metadata(requires));
    }
    let text_kit = lock.distributions.get_mut(&dist("text-kit==1.4.0"));
    text_kit.unwrap().metadata = Some(CoreMetadata {
        requires_python: ">=3.9".parse().ok(),
        license: Some(License::Expression("MIT".to_owned())),
        author: Some("An author".to_owned()),
        homepage: Some("https://h.example".to_owned()),
        repository: Some("https://git.example/text-kit".to_owned()),
        summary: Some("Kits for text".to_owned()),
        built: true,
        ..metadata(&["tinylib>=1; extra == 'fast'", "plotter; extra == 'plot'"])
    });
    let tinylib = Distribution {
        files: [(TINYLIB.to_owned(), Sha256Digest::of(b"tinylib"))].into(),
        uploaded: None,
        yanked: None,
        metadata: Some(metadata(&[])),
        variants: BTreeMap::new(),
    };
    lock.distributions.insert(dist("tinylib==1.0"), tinylib);
}

pub(crate) fn dist(text: &str) -> Dist {
    text.parse().unwrap()
}

pub(crate) fn metadata(requires: &[&str]) -> CoreMetadata {
    CoreMetadata {
        requires: requires.iter().map(|text| text.parse().unwrap()).collect(),
        ..CoreMetadata::default()
    }
}
