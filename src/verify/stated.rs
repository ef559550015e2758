//! What the lock says that something says of itself, against what it does say.

use std::fmt::Display;

use serde::Serialize;

use crate::finding::{Code, Finding};
use crate::lock::LockedPackage;
use crate::model::{CoreMetadata, Dist};
use crate::remote::pyproject;

/// What a tree states statically, against what is locked of the package that it is; nothing where
/// only a build can tell, or could when it was locked.
pub(super) fn tree_differs(
    key: &str,
    package: &LockedPackage,
    pyproject: Option<&str>,
) -> Option<Finding> {
    let (dist, core) = pyproject::metadata(pyproject?)?;
    let locked = package.distribution.as_ref()?;
    let metadata = package.metadata.as_ref();
    if metadata.is_some_and(|metadata| metadata.built) {
        return None;
    }
    let what = format!("`{key}`");
    differs(&what, (locked, metadata.unwrap_or(&core)), (&dist, &core))
}

/// In what they differ, field by field; the first of the fields is compared.
pub(super) fn differs(
    what: &dyn Display,
    locked: (&Dist, &CoreMetadata),
    there: (&Dist, &CoreMetadata),
) -> Option<Finding> {
    let fields = |(dist, core): (&Dist, &CoreMetadata)| {
        let texts: [(&str, String); 9] = [
            ("distribution", dist.to_string()),
            ("requires", shown(&core.requires)),
            ("requires_python", shown(&core.requires_python)),
            ("license", shown(&core.license)),
            ("author", shown(&core.author)),
            ("homepage", shown(&core.homepage)),
            ("repository", shown(&core.repository)),
            ("summary", shown(&core.summary)),
            ("built", shown(&core.built)),
        ];
        texts
    };
    let (locked, there) = (fields(locked), fields(there));
    let wrong: Vec<_> = locked.iter().zip(&there).filter(|(a, b)| a != b).collect();
    let ((_, was), (_, is)) = wrong.first()?;
    let names: Vec<_> = wrong
        .iter()
        .map(|((name, _), _)| format!("`{name}`"))
        .collect();
    let message = format!(
        "{what} does not say of itself what the lock says it does: {}",
        names.join(", ")
    );
    Some(Finding::new(Code::MetadataDiffers, message).compare(was, is))
}

/// As the lock has it.
fn shown(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
