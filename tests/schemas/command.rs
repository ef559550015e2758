//! `vhb schema` itself.

use crate::common::project::Project;

#[test]
fn a_schema_is_printed_by_either_name_of_its_kind() {
    let project = Project::new::<&str, &str>(&[]);
    let one = project.vhb(&["schema", "run"]).exits(0);
    assert!(one.stdout.contains("\"$id\": \"urn:vhb:schema:run\""));
    assert_eq!(one.stderr, "");
    let many = project.vhb(&["schema", "runs", "-o", "-"]).exits(0);
    assert_eq!(one.stdout, many.stdout);
    project
        .vhb(&["schema", "lock", "-o", "out/x.json"])
        .exits(0);
    let written = std::fs::read_to_string(project.root().join("out/x.json")).unwrap();
    assert!(written.contains("\"$id\": \"urn:vhb:schema:lock\""));
}

#[test]
fn all_are_written_once() {
    let project = Project::new::<&str, &str>(&[]);
    let all = ["schema", "--all", "schemas"];
    let first = project
        .vhb(&all)
        .exits(0)
        .says("wrote schemas/run.schema.json\n");
    assert_eq!(first.stderr.lines().count(), 9);
    let second = project.vhb(&all).exits(0);
    assert_eq!(second.stderr, "nothing changed\n");
}

#[test]
fn what_has_no_schema_is_told_with_what_has() {
    let project = Project::new::<&str, &str>(&[]);
    project
        .vhb(&["schema", "manifest"])
        .exits(2)
        .says("package, task, metric");
    project.vhb(&["schema"]).exits(2).says("<KIND>");
    project.vhb(&["schema", "run", "--all", "x"]).exits(2);
    assert!(!project.root().join("x").exists());
}
