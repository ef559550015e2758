//! The validator that is not ours: `check-jsonschema`, which `make tools` installs.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value as Json;

/// What is wrong with each of some documents by a schema: nothing, for the most.
pub(crate) fn faults(schema: &Json, documents: &[Json]) -> Vec<Vec<String>> {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, json: &Json| {
        let path = directory.path().join(name);
        std::fs::write(&path, json.to_string()).unwrap();
        path
    };
    let schema = write("schema", schema);
    let paths: Vec<_> = documents
        .iter()
        .enumerate()
        .map(|(number, document)| write(&format!("{number}.json"), document))
        .collect();
    let python = std::env::var_os("VHB_PYTHON").expect("VHB_PYTHON names the Python of the tests");
    let output = Command::new(python)
        .args([
            "-m",
            "check_jsonschema",
            "--output-format",
            "json",
            "--schemafile",
        ])
        .arg(&schema)
        .args(&paths)
        .output()
        .expect("VHB_PYTHON is a program");
    let told = String::from_utf8_lossy(&output.stderr);
    let report: Json = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("`make tools` installs check-jsonschema: {error}\n{told}"));
    assert_eq!(report["parse_errors"].as_array().map_or(0, Vec::len), 0);
    let mut faults: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for error in report["errors"].as_array().into_iter().flatten() {
        let text = |key: &str| error[key].as_str().unwrap().to_owned();
        let told = format!("{}: {}", text("path"), text("message"));
        faults.entry(text("filename")).or_default().push(told);
    }
    let failed = !faults.is_empty();
    assert_eq!(report["status"], if failed { "fail" } else { "ok" });
    paths
        .iter()
        .map(|path| faults.remove(path.to_str().unwrap()).unwrap_or_default())
        .collect()
}
