//! Which credentials go where, and that none is shown.

use vhb::remote::RemoteError;

use crate::common::index_server::{Answer, IndexServer, basic};
use crate::{Setting, ask, demo, digest};

fn authorizations(server: &IndexServer) -> Vec<Option<String>> {
    let requests = server.requests();
    requests
        .into_iter()
        .map(|mut request| request.headers.remove("authorization"))
        .collect()
}

#[test]
fn credentials_of_the_address_open_the_index_and_are_never_shown() {
    let server = demo();
    server.with(|state| state.basic = Some(("me".to_owned(), "s3cr@t".to_owned())));
    let setting = Setting::new();

    let error = ask(&setting.online(), &server.url(), "demo").unwrap_err();
    assert!(matches!(error, RemoteError::Denied(_)), "{error:?}");
    assert!(error.to_string().contains("401"), "{error}");
    assert!(error.to_string().contains("no credentials were sent"));

    let wrong = server.url_with("me:wr0ng");
    let error = ask(&setting.online(), &wrong, "demo").unwrap_err();
    assert!(error.to_string().contains("credentials that were sent"));
    assert!(!error.to_string().contains("wr0ng"), "{error}");
    assert_eq!(server.statuses(), [401, 401], "a refusal is not retried");

    let right = server.url_with("me:s3cr%40t");
    let page = ask(&setting.online(), &right, "demo").unwrap();
    digest(&setting.online(), &right, &page.files[0]).unwrap();
    // The cache knows neither the credentials nor that there were any.
    assert_eq!(
        ask(&setting.offline(), &server.url(), "demo").unwrap(),
        page
    );
    let cached = setting.cached();
    assert_eq!(cached.len(), 2);
    for (path, text) in cached {
        assert!(
            !text.contains("s3cr") && !text.contains("me:"),
            "{}",
            path.display()
        );
    }
    server.with(|state| state.always = Some(Answer::status(500)));
    let error = ask(&setting.online(), &right, "demo").unwrap_err();
    assert!(!error.to_string().contains("s3cr"), "{error}");
}

#[test]
fn netrc_opens_the_index() {
    let server = demo();
    server.with(|state| state.basic = Some(("me".to_owned(), "s3cret".to_owned())));
    let setting = Setting::new();
    let netrc = setting.cache.path().join("netrc");
    std::fs::write(&netrc, "machine 127.0.0.1 login me password s3cret\n").unwrap();
    let client = setting.client(|options| options.netrc = Some(netrc.clone()));
    assert!(ask(&client, &server.url(), "demo").is_ok());

    std::fs::write(&netrc, "machine 127.0.0.1 login me passw0rd s3cret\n").unwrap();
    let client = setting.client(|options| options.netrc = Some(netrc));
    let error = ask(&client, &server.url(), "demo").unwrap_err();
    assert!(matches!(error, RemoteError::Denied(_)), "{error:?}");
    assert!(error.to_string().contains("netrc file"), "{error}");
    assert!(!error.to_string().contains("s3cret"), "{error}");
}

#[test]
fn a_redirect_to_another_origin_gets_no_credentials() {
    let (near, far) = (demo(), demo());
    let setting = Setting::new();
    let netrc = setting.cache.path().join("netrc");
    std::fs::write(&netrc, "machine 127.0.0.1 login net password rc\n").unwrap();
    let client = setting.client(|options| options.netrc = Some(netrc));
    let to_far = format!("{}/demo/?from=near", far.url());
    near.with(|state| state.always = Some(Answer::redirect(&to_far)));

    let page = ask(&client, &near.url_with("me:s3cret"), "demo").unwrap();
    // By the netrc file alone as well: it names a host, and the port is another one.
    ask(&client, &near.url(), "demo").unwrap();

    let sent = [basic("me", "s3cret"), basic("net", "rc")].map(Some);
    assert_eq!(authorizations(&near), sent);
    assert_eq!(authorizations(&far), [None, None]);
    // Addresses are relative to where the page was found, and so is the condition.
    let file = &page.files[0];
    assert_eq!(file.address, far.file_url(&file.filename));
    assert_eq!(far.statuses(), [200, 304]);
    let conditions = near.requests();
    assert!(
        conditions
            .iter()
            .all(|r| !r.headers.contains_key("if-none-match"))
    );
}

#[test]
fn a_redirect_within_the_origin_keeps_credentials() {
    let server = demo();
    server.with(|state| state.answers.push_back(Answer::redirect("/simple/demo/")));
    let setting = Setting::new();
    ask(&setting.online(), &server.url_with("me:s3cret"), "old-demo").unwrap();
    let sent = Some(basic("me", "s3cret"));
    assert_eq!(authorizations(&server), [sent.clone(), sent]);
}

#[test]
fn files_elsewhere_get_no_credentials_of_the_index() {
    let (near, far) = (demo(), demo());
    let setting = Setting::new();
    let page = ask(&setting.online(), &far.url(), "demo").unwrap();
    let file = &page.files[0];
    digest(&setting.online(), &near.url_with("me:s3cret"), file).unwrap();
    assert_eq!(authorizations(&far), [None, None]);

    let mut local = file.clone();
    local.address = "file:///etc/hostname".to_owned();
    let error = digest(&setting.online(), &near.url(), &local).unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable(_)), "{error:?}");
    let secure = digest(&setting.online(), "https://index.example/simple", file).unwrap_err();
    assert!(secure.to_string().contains("not encrypted"), "{secure}");
}
