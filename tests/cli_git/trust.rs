//! Locks that were edited: neither verified nor built upon.

use crate::Setting;

const LOCK: &str = "locks/exp.lock.json";

/// Edits the lock as somebody would who also makes its SBOM fit.
fn forge(setting: &Setting, from: &str, to: &str) {
    let text = setting.project.lock_text();
    assert!(text.contains(from), "{from} in {text}");
    setting.project.write(LOCK, &text.replace(from, to));
}

#[test]
fn a_content_that_the_commit_does_not_have_is_drift() {
    let setting = Setting::asking_for(Some("v1"));
    setting.project.lock(&[]).exits(0);
    let pin = setting.project.locked("code")["pin"].clone();
    for field in ["tree", "content"] {
        let old = pin[field].as_str().unwrap().to_owned();
        let new = format!("{}{}", &old[..old.len() - 6], "000000");
        forge(&setting, &old, &new);
        setting.project.vhb(&["sbom", LOCK]).exits(0);
        let report = setting.project.verify(&[]).exits(1).report();
        let finding = report.only("git-content-differs");
        let message = finding["message"].as_str().unwrap();
        assert!(message.contains(&format!("`{field}`")), "{finding}");
        assert_eq!(report.upstream("packages/code"), "drift");
        forge(&setting, &new, &old);
        setting.project.vhb(&["sbom", LOCK]).exits(0);
        setting.project.verify(&[]).exits(0);
    }
}

#[test]
fn an_edited_lock_is_resolved_anew_instead_of_kept() {
    let setting = Setting::asking_for(Some("v1"));
    setting.project.lock(&[]).exits(0);
    let honest = setting.project.lock_text();
    let forged = "0".repeat(40);
    forge(&setting, setting.first.as_str(), &forged);
    let run = setting.project.lock(&[]).exits(0);
    run.says("warning[sbom-mismatch]").says("are not kept");
    assert_eq!(setting.project.lock_text(), honest);
}

#[test]
fn a_name_that_means_something_else_now_is_drift() {
    let setting = Setting::asking_for(Some("release"));
    setting.repo.git(&["branch", "release"]);
    setting.project.lock(&[]).exits(0);
    setting.project.verify(&[]).exits(0);
    setting.repo.commit_file("later", "1");
    setting.repo.git(&["tag", "release"]);
    let report = setting.project.verify(&[]).exits(1).report();
    let finding = report.only("git-ref-moved");
    let message = finding["message"].as_str().unwrap();
    assert!(message.contains("`refs/heads/release`"), "{finding}");
    assert!(message.contains("`refs/tags/release`"), "{finding}");
}

#[test]
fn json_tells_which_layers_were_left_out() {
    let setting = Setting::asking_for(Some("v1"));
    setting.project.lock(&[]).exits(0);
    let asked = setting.project.verify(&[]).exits(0);
    assert!(asked.stdout.contains("\"skipped\": []"), "{}", asked.stdout);
    let offline = setting.project.verify(&["--offline"]).exits(0);
    let text = offline.stdout.replace(char::is_whitespace, "");
    assert!(text.contains("\"skipped\":[\"upstream\"]"), "{text}");
}
