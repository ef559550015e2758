//! JSON values as they are to be written in YAML.

use serde_json::Value as Json;
use vhb::registry::Written;

/// The same value; a number keeps the form that JSON gives it.
pub(crate) fn written(value: &Json) -> Written {
    match value {
        Json::String(text) => Written::Text(text.clone()),
        Json::Array(items) => Written::List(items.iter().map(written).collect()),
        Json::Object(map) => {
            let entries = map.iter().map(|(key, value)| (key.clone(), written(value)));
            Written::Mapping(entries.collect())
        }
        scalar => Written::typed(&scalar.to_string()),
    }
}
