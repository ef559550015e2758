//! Credentials of indexes are used where they belong and shown nowhere.

use crate::common::index_server::{Answer, IndexServer, basic};
use crate::common::project::Project;
use crate::{Setting, source};

const SECRET: &str = "s3cr3t-p4ss";

/// A setting whose index wants credentials.
fn closed() -> Setting {
    let setting = Setting::demo(Some("1.0"));
    let wanted = ("me".to_owned(), SECRET.to_owned());
    setting.server.with(|state| state.basic = Some(wanted));
    setting
}

fn authorizations(server: &IndexServer) -> Vec<Option<String>> {
    let requests = server.requests();
    requests
        .into_iter()
        .map(|mut request| request.headers.remove("authorization"))
        .collect()
}

#[test]
fn an_index_that_wants_credentials_is_no_pass_without_them() {
    let setting = closed();
    let run = setting.lock(&[]).exits(3);
    run.says("warning[source-denied]")
        .says("no credentials were sent");
    assert!(!setting.project.is_locked());

    let wrong = setting.server.url_with("me:wr0ng-p4ss");
    let run = setting.project.lock(&["--index-url", &wrong]).exits(3);
    run.conceals("wr0ng-p4ss").says("warning[source-denied]");

    setting.server.with(|state| state.basic = None);
    setting.lock(&[]).exits(0);
    setting
        .server
        .with(|state| state.always = Some(Answer::status(403)));
    let report = setting.verify(&[]).exits(3).report();
    assert_eq!(report.only("source-denied")["verdict"], "unverifiable");
}

#[test]
fn netrc_opens_the_index() {
    let mut setting = closed();
    let netrc = format!("machine 127.0.0.1 login me password {SECRET}\n");
    std::fs::write(setting.project.home().join(".netrc"), &netrc).unwrap();
    setting.lock(&[]).exits(0).conceals(SECRET);
    setting.verify(&[]).exits(0).conceals(SECRET);
    setting.project.assert_unwritten(SECRET);

    // Another file, by the variable that curl and pip know.
    let named = setting.project.home().join("named");
    let home = setting.project.home();
    std::fs::rename(home.join(".netrc"), &named).unwrap();
    setting.verify(&[]).exits(3);
    setting.project.set("NETRC", &named);
    setting.verify(&[]).exits(0).conceals(SECRET);
}

#[test]
fn the_address_of_the_command_line_or_of_the_environment_opens_the_index() {
    let mut setting = closed();
    let whole = setting.server.url_with(&format!("me:{SECRET}"));
    setting
        .project
        .lock(&["--index-url", &whole])
        .exits(0)
        .conceals(SECRET);
    setting
        .project
        .verify(&["--index-url", &whole])
        .exits(0)
        .conceals(SECRET);

    setting
        .project
        .set("UV_DEFAULT_INDEX", format!("mine={whole}"));
    setting.project.verify(&[]).exits(0).conceals(SECRET);
    setting
        .server
        .with(|state| state.always = Some(Answer::status(500)));
    setting.project.verify(&[]).exits(3).conceals(SECRET);
    setting
        .project
        .lock(&["--upgrade"])
        .exits(3)
        .conceals(SECRET);
    setting
        .project
        .vhb(&["lock", "--help"])
        .exits(0)
        .conceals(SECRET);
    setting.project.assert_unwritten(SECRET);
}

#[test]
fn the_address_of_the_registry_opens_the_index() {
    let mut setting = closed();
    let whole = setting.server.url_with(&format!("me:{SECRET}"));
    let text = source("demo", Some("1.0")) + "index: \"" + &whole + "\"\n";
    setting.project.package("demo", &text);
    let project = &setting.project;
    project.lock(&[]).exits(0).conceals(SECRET);
    assert_eq!(project.locked("demo")["pin"]["index"], setting.server.url());
    assert_eq!(
        project.locked("demo")["source"]["index"],
        setting.server.url()
    );
    project.verify(&[]).exits(0).conceals(SECRET);
    project
        .vhb(&["check", "--format", "json"])
        .exits(0)
        .conceals(SECRET);
    project.assert_unwritten(SECRET);

    // The excerpt of a finding would be the line that holds them.
    let text = format!("source: {{type: pypi, name: demo, index: \"{whole}\"}}\n");
    setting.project.package_file("demo", &text);
    let run = setting.project.lock(&[]).exits(0).conceals(SECRET);
    run.says("warning[mutable-ref]");
}

#[test]
fn a_redirect_to_another_host_gets_no_credentials() {
    let near = Setting::demo(Some("1.0"));
    let far = Setting::demo(Some("1.0")).server;
    let to_far = format!("{}/demo/", far.url());
    near.server
        .with(|state| state.always = Some(Answer::redirect(&to_far)));
    let netrc = "machine 127.0.0.1 login net password rc-p4ss\n";
    std::fs::write(near.project.home().join(".netrc"), netrc).unwrap();

    let whole = near.server.url_with(&format!("me:{SECRET}"));
    for index in [whole, near.server.url()] {
        near.project
            .lock(&["--index-url", &index, "--upgrade"])
            .exits(0)
            .conceals(SECRET);
        near.project
            .verify(&["--index-url", &index])
            .exits(0)
            .conceals(SECRET);
    }
    let own = Some(basic("me", SECRET));
    let of_host = Some(basic("net", "rc-p4ss"));
    let sent = [own.clone(), own, of_host.clone(), of_host];
    assert_eq!(authorizations(&near.server), sent);
    assert_eq!(authorizations(&far), [None, None, None, None]);

    // Where the other host wants some, that is told and they are not handed over.
    let wanted = ("me".to_owned(), SECRET.to_owned());
    far.with(|state| state.basic = Some(wanted));
    let run = near.verify(&[]).exits(3).conceals(SECRET);
    run.report().only("source-denied");
    assert_eq!(authorizations(&far).last(), Some(&None));
}

#[test]
fn a_netrc_file_that_cannot_be_read_is_named_but_not_quoted() {
    let setting = closed();
    let netrc = format!("machine 127.0.0.1 login me passw {SECRET}\n");
    std::fs::write(setting.project.home().join(".netrc"), netrc).unwrap();
    let run = setting.lock(&[]).exits(3).conceals(SECRET);
    run.says("warning[source-denied]").says("netrc file");
}

#[test]
fn an_address_that_is_none_is_refused_without_its_credentials() {
    let project = Project::new(&[("demo", source("demo", Some("1.0")))]);
    let bad = format!("ftp://me:{SECRET}@127.0.0.1/simple");
    let run = project
        .lock(&["--index-url", &bad])
        .exits(2)
        .conceals(SECRET);
    run.says("cannot use `--index-url`");
}
