//! Requirements by address instead of by name.

use crate::Setting;

#[test]
fn a_requirement_by_address_is_a_finding_and_no_lock() {
    let setting = Setting::new(&[("app", "1.0")]);
    setting.add("helper", "1.0", &[]);
    let address = setting.server.file_url("helper-1.0-py3-none-any.whl");
    let requirement = format!("helper @ {address}");
    setting.add("app", "1.0", &[&requirement]);
    let run = setting.lock(&[]).exits(1);
    run.says("helper")
        .says("error[resolution-failed]")
        .says(&address)
        .says("`app==1.0`: packages/app at registries/packages/app.yaml:4:12")
        .says("nothing was locked: 1 problem above");
    assert!(!setting.project.is_locked());
}

#[test]
fn a_requirement_by_address_that_does_not_apply_is_no_obstacle() {
    let setting = Setting::new(&[("app", "1.0")]);
    setting.add(
        "app",
        "1.0",
        &["helper @ https://h.example/x.whl ; extra == 'far'"],
    );
    setting.lock(&[]).exits(0);
    assert_eq!(setting.held("inference"), ["app==1.0"]);
    setting.verifies();
}

#[test]
fn a_local_package_that_requires_an_address_is_a_finding_and_shows_no_credentials() {
    let mut setting = Setting::new(&[]);
    setting.add("helper", "1.0", &[]);
    let address = setting.server.file_url("helper-1.0-py3-none-any.whl");
    let address = address.replace("http://", "http://me:s3cret@");
    let text = format!(
        "[project]\nname = \"plugin\"\nversion = \"0.3\"\n\
         dependencies = [\"helper @ {address}\"]\n"
    );
    setting.project.write("plugin/pyproject.toml", &text);
    setting
        .project
        .package("plugin", "type: local\npath: plugin\n");
    let run = setting.lock(&[]).exits(1).conceals("s3cret");
    run.says("error[direct-reference]")
        .says("`plugin` requires `helper @ http");
    assert!(!setting.project.is_locked());
}

#[test]
fn an_address_that_is_only_for_an_extra_is_written_without_credentials() {
    let mut setting = Setting::new(&[]);
    let text = "[project]\nname = \"plugin\"\nversion = \"0.3\"\n[project.optional-dependencies]\n\
                far = [\"helper @ https://me:s3cret@h.example/x.whl\"]\n";
    setting.project.write("plugin/pyproject.toml", text);
    setting
        .project
        .package("plugin", "type: local\npath: plugin\n");
    setting.lock(&[]).exits(0).conceals("s3cret");
    assert!(!setting.project.lock_text().contains("s3cret"));
    setting.verifies();
}
