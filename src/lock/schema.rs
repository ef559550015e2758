//! The JSON Schema of the lockfile, made of the types that read it.
//!
//! It holds the form alone. That a lock agrees with itself, `vhb verify` says.

use schemars::generate::SchemaSettings;
use schemars::transform::RestrictFormats;
use serde_json::Value as Json;

use super::wire::LockWire;

/// The JSON Schema of the lockfile (draft-07, as those of the registry).
pub fn schema() -> Json {
    let generator = SchemaSettings::draft07()
        // `uint64` is no format of JSON Schema; validators may refuse what they do not know.
        .with_transform(RestrictFormats::default())
        .into_generator();
    generator.into_root_schema_for::<LockWire>().into()
}
