//! Files of indexes: exactly the selected ones, by their digests.

use crate::common::index_server::{File, IndexServer};
use crate::setting::{Setting, files_below, source, tree, wheel};

const SECRET: &str = "s3cret-p4ss";

#[test]
fn wheels_are_installed_and_nothing_else() {
    let setting = Setting::wheels();
    let run = setting.sync(&[]).exits(0);
    run.says("installed 2 distributions into env");
    setting.holds(&[("app", "1.0"), ("helper", "1.0")]);
    assert_eq!(setting.about("app-1.0", "INSTALLER"), "uv");
    let config = std::fs::read_to_string(setting.path("env/pyvenv.cfg")).unwrap();
    assert!(config.contains("prompt = env\n"), "{config}");
}

#[test]
fn a_release_that_appeared_later_is_not_looked_at() {
    let setting = Setting::wheels();
    setting.server.add("helper", "2.0", &[wheel(&[])]);
    setting.server.add(
        "helper",
        "1.0",
        &[File::wheel_for("cp311-none-any").installable()],
    );
    setting.sync(&[]).exits(0);
    setting.holds(&[("app", "1.0"), ("helper", "1.0")]);
    let built = std::fs::read_to_string(setting.site().join("helper.py")).unwrap();
    assert_eq!(built, "built_for = \"py3-none-any\"\n");
}

#[test]
fn a_source_distribution_that_was_selected_is_built() {
    let mut setting = Setting::new();
    let files = tree("made", "");
    let files: Vec<_> = files.iter().map(|(path, text)| (*path, &**text)).collect();
    let about = (
        "PKG-INFO",
        "Metadata-Version: 2.1\nName: made\nVersion: 0+untold\n",
    );
    let files = [&files[..], &[about]].concat();
    setting
        .server
        .add("made", "0+untold", &[File::sdist().source(&files)]);
    setting.project.package("made", &source("made", "0+untold"));
    setting.lock();
    setting.sync(&[]).exits(0);
    setting.holds(&[("made", "0+untold")]);
}

#[test]
fn a_wheel_with_other_bytes_is_refused() {
    let setting = Setting::wheels();
    let other = wheel(&["something-else"]);
    setting.server.remove("helper-1.0-py3-none-any.whl");
    setting.server.add("helper", "1.0", &[other]);
    let run = setting.sync(&[]).exits(1);
    run.says("error[install-hash-mismatch]")
        .says("helper")
        .says("nothing was installed");
    setting.made_nothing();
}

#[test]
fn what_is_no_wheel_at_all_is_refused() {
    let setting = Setting::wheels();
    let other = |file: File| file.content(b"an error page");
    setting.server.change("helper-1.0-py3-none-any.whl", other);
    let run = setting.sync(&[]).exits(3);
    run.says("helper").says("nothing was installed");
    setting.made_nothing();
}

#[test]
fn files_of_the_cache_are_copied_not_shared() {
    let setting = Setting::wheels();
    setting.sync(&[]).exits(0);
    std::fs::write(setting.site().join("helper.py"), "spoilt = True\n").unwrap();
    setting.sync_into("again", &["--offline"]).exits(0);
    let again = setting.path("again/lib/python3.11/site-packages/helper.py");
    let text = std::fs::read_to_string(again).unwrap();
    assert_eq!(text, "built_for = \"py3-none-any\"\n");
}

#[test]
fn two_environments_of_one_lock_are_the_same_bytes() {
    let setting = Setting::wheels();
    setting.sync(&[]).exits(0);
    let first = files_below(&setting.path("env"));
    setting.sync(&["--force"]).exits(0);
    assert_eq!(files_below(&setting.path("env")), first);
    assert!(first.len() > 10, "{first:?}");
}

/// The entry in the registry has the credentials of its index, which the lock lacks.
#[test]
fn indexes_that_want_credentials_get_them_and_no_file_does() {
    let mut setting = Setting::new();
    let own = IndexServer::start();
    own.add("own", "1.0", &[wheel(&["helper"])]);
    setting.server.add("helper", "1.0", &[wheel(&[])]);
    for server in [&own, &setting.server] {
        let wanted = ("me".to_owned(), SECRET.to_owned());
        server.with(|state| state.basic = Some(wanted));
    }
    let address = own.url_with(&format!("me:{SECRET}"));
    let text = format!("{}index: \"{address}\"\n", source("own", "1.0"));
    setting.project.package("own", &text);
    let default = setting.server.url_with(&format!("me:{SECRET}"));
    setting.project.set("UV_DEFAULT_INDEX", default);
    setting.lock();
    setting.sync(&[]).exits(0).conceals(SECRET);
    setting.holds(&[("helper", "1.0"), ("own", "1.0")]);
    setting.project.assert_unwritten(SECRET);

    own.with(|state| state.basic = Some(("me".to_owned(), "other".to_owned())));
    std::fs::remove_dir_all(setting.project.cache_of_uv()).unwrap();
    let run = setting.sync_into("env2", &[]).conceals(SECRET);
    assert_ne!(run.code, Some(0), "{run:?}");
    assert!(!setting.path("env2").exists());
}

#[test]
fn offline_takes_what_the_cache_has_and_says_what_it_lacks() {
    let setting = Setting::wheels();
    setting.server.take_paths();
    let run = setting.sync(&["--offline"]).exits(3);
    run.says("warning[not-cached]")
        .says("nothing was installed");
    setting.made_nothing();
    setting.sync(&[]).exits(0);
    setting.server.take_paths();
    setting.sync(&["--offline", "--force"]).exits(0);
    assert!(setting.server.take_paths().is_empty());
    setting.holds(&[("app", "1.0"), ("helper", "1.0")]);
}
