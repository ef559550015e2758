//! Results published with their lock, and without an image.

use super::command::Setting;
use super::common::cutting_proxy::CuttingProxy;

impl Setting {
    fn publish(&self, reference: &str) -> super::common::project::Run {
        self.attach(reference, &["--results", "results"])
    }
}

#[test]
fn results_are_verified_from_their_reference_alone() {
    let with = Setting::new().attested();
    let published = with.publish(&with.image("scores")).exits(0);
    let exact = published.stdout.trim().to_owned();
    let digits = exact.split_once("@sha256:").unwrap().1;
    let tag = format!("exp-{}", &digits[..12]);
    let tagged = with.image(&format!("scores:{tag}"));
    published.says(&format!("published 2 results as `{tagged}`"));
    with.publish(&with.image("scores"))
        .exits(0)
        .says("nothing changed");
    for name in ["locks", "sboms", "results", "attestations"] {
        std::fs::remove_dir_all(with.project.root().join(name)).unwrap();
    }
    for reference in [&exact, &tagged] {
        let report = with.verify_unseen(reference, &[]).exits(0).report();
        assert_eq!(report.codes(), [""; 0]);
        assert_eq!(report.checked("results/deep/answers.csv"), "match");
        assert_eq!(report.checked("results/scores.json"), "match");
    }
}

#[test]
fn published_results_that_nobody_attested_are_found() {
    let with = Setting::new().attested();
    with.project.write("results/scores.json", "{}\n");
    with.project.write("results/added.txt", "");
    std::fs::remove_file(with.project.root().join("results/deep/answers.csv")).unwrap();
    let reference = with.image("scores:1");
    let refused = with.publish(&reference).exits(1);
    refused
        .says("`scores.json` is not the file that was attested")
        .says("`added.txt` is there and was not attested")
        .says("`deep/answers.csv` was attested and is not there")
        .says("nothing was attached");
    with.verify(&reference, &[])
        .exits(1)
        .report()
        .only("attached-missing");
}

#[test]
fn a_second_publisher_does_not_take_the_place_of_the_first() {
    let with = Setting::new().attested();
    let first = with.publish(&with.image("scores")).exits(0).stdout;
    with.project
        .write("results/scores.json", "{\"score\": 2}\n");
    with.attest().exits(0);
    let second = with.publish(&with.image("scores")).exits(0).stdout;
    for exact in [&first, &second] {
        let digits = exact.trim().split_once("@sha256:").unwrap().1;
        let tagged = with.image(&format!("scores:exp-{}", &digits[..12]));
        let report = with.verify_unseen(&tagged, &[]).exits(0);
        report.says(&format!("is `{}`", exact.trim()));
    }
    assert_ne!(first, second);
}

#[test]
fn results_of_another_lock_are_not_those_of_this_one() {
    let with = Setting::new().attested();
    let reference = with.image("scores:1");
    with.publish(&reference).exits(0);
    with.project.write("plugin/new.py", "print('other code')\n");
    with.project.lock(&["--upgrade"]).exits(0);
    let report = with.verify(&reference, &[]).exits(1).report();
    report.only("attached-missing");
    with.verify_unseen(&reference, &[]).exits(0);
    // The tag moves, and it is said from where.
    with.attest().exits(0);
    let kept = with.publish(&reference).exits(2);
    kept.says("names other results").says("`--replace`");
    with.verify(&reference, &[]).exits(1);
    let replace = ["--results", "results", "--replace"];
    let moved = with.attach(&reference, &replace).exits(0);
    moved.says("the tag named `sha256:");
    with.verify(&reference, &[]).exits(0);
}

#[test]
fn a_name_that_cannot_be_published_under_is_told() {
    let with = Setting::new().attested();
    let image = with.image("team/app:1");
    let taken = with.publish(&image).exits(2);
    taken.says("holds no results").says("name another tag");
    let digest = with.publish(&with.by_digest()).exits(2);
    digest.says("published by a tag");
    let nothing = with.attach(&image, &["--results", "nowhere"]).exits(2);
    nothing.says("nowhere");
    std::fs::create_dir(with.project.root().join("empty")).unwrap();
    let empty = with.attach(&image, &["--results", "empty"]).exits(2);
    empty.says("there are no results in `empty`");
    with.project.write("results/exp.cdx.json", "{}");
    let name = with.publish(&with.image("scores")).exits(2);
    name.says("`exp.cdx.json`").says("rename the result");
}

#[test]
fn connections_that_break_are_made_again() {
    let with = Setting::new().attested();
    let port = with.registry.host();
    let port = port.rsplit_once(':').unwrap().1.parse().unwrap();
    let proxy = CuttingProxy::start(port, 40, 3);
    let place = proxy.url().replace("http://", "");
    let exact = format!("{place}/team/app@{}", with.pushed.index.digest);
    with.attach(&exact, &[]).exits(0);
    assert_eq!(proxy.left(), 0, "nothing was cut");
    let report = with.verify(&with.by_digest(), &[]).exits(0).report();
    assert_eq!(report.checked("attached"), "match");
}

#[test]
fn results_that_were_pulled_with_their_documents_are_those_that_were_published() {
    let with = Setting::new().attested();
    let exact = with.publish(&with.image("scores")).exits(0).stdout;
    let root = with.project.root();
    for document in [
        "locks/exp.lock.json",
        "sboms/exp.cdx.json",
        "attestations/exp.intoto.jsonl",
    ] {
        let name = document.split_once('/').unwrap().1;
        std::fs::copy(root.join(document), root.join("results").join(name)).unwrap();
    }
    let pulled = ["--results", "results"];
    let report = with.verify_unseen(exact.trim(), &pulled).exits(0).report();
    assert_eq!(report.codes(), [""; 0]);
    assert_eq!(report.checked("results/scores.json"), "match");
    with.project.write("results/exp.cdx.json", "{}");
    let edited = with.verify_unseen(exact.trim(), &pulled).exits(1).report();
    assert_eq!(edited.subjects("result-added"), ["results/exp.cdx.json"]);
}
