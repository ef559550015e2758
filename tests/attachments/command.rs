//! `vhb attach` and `vhb verify --attached` against a real registry, which lists no referrers.

use serde_json::Value as Json;

use super::common::project::{Project, Run};
use super::common::registry_server::{Image, PASSWORD, Pushed, RegistryServer, USER};
use super::common::web_server::{Reply, WebServer};
use super::common::wire::basic;

pub(super) const LOCK: &str = "locks/exp.lock.json";

/// A registry with an image, and a project whose lock pins it and whose results are attested.
pub(super) struct Setting {
    pub(super) registry: RegistryServer,
    pub(super) project: Project,
    pub(super) pushed: Pushed,
}

impl Setting {
    pub(super) fn new() -> Self {
        Self::on(RegistryServer::start())
    }

    fn on(registry: RegistryServer) -> Self {
        let platforms = [Image::new("amd64", "one"), Image::new("arm64", "two")];
        let pushed = registry.push_index("team/app", "1", &platforms);
        let mut project = Project::new(&[("plugin", "type: local\npath: plugin\n")]);
        project.write(
            "plugin/pyproject.toml",
            "[project]\nname = \"plugin\"\nversion = \"1.0\"\n",
        );
        project.set("VHB_TIMEOUT", "5");
        let image = registry.image("team/app:1");
        project.write(
            "registries/runs/run.yaml",
            &format!(
                "ml_task: task\nmodel:\n  name: plain-model\n  framework: plain\n  \
                 docker_image: {image}\ndataset: data\nname: run\n"
            ),
        );
        project.write("results/scores.json", "{\"score\": 1}\n");
        project.write("results/deep/answers.csv", "1,yes\n");
        let setting = Self {
            registry,
            project,
            pushed,
        };
        setting.login(PASSWORD);
        setting.project.lock(&[]).exits(0);
        setting.project.vhb(&["keygen"]).exits(0);
        setting
    }

    /// Writes docker's configuration; a registry without a login does not ask for it.
    fn login(&self, password: &str) {
        let auth = basic(USER, password).replace("Basic ", "");
        let host = self.registry.host();
        let config = format!("{{\"auths\": {{\"{host}\": {{\"auth\": \"{auth}\"}}}}}}");
        let directory = self.project.home().join(".docker");
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join("config.json"), config).unwrap();
    }

    pub(super) fn attested(self) -> Self {
        self.attest().exits(0);
        self
    }

    pub(super) fn attest(&self) -> Run {
        self.project
            .vhb(&["attest", LOCK, "results", "--key", "vhb.key"])
    }

    pub(super) fn image(&self, name: &str) -> String {
        self.registry.image(name)
    }

    pub(super) fn by_digest(&self) -> String {
        self.image(&format!("team/app@{}", self.pushed.index.digest))
    }

    pub(super) fn attach(&self, reference: &str, options: &[&str]) -> Run {
        self.project
            .vhb(&[&["attach", LOCK, reference], options].concat())
    }

    /// Verifies what is attached, with the lock on disk.
    pub(super) fn verify(&self, reference: &str, options: &[&str]) -> Run {
        let attached = ["--attached", reference, "--public-key", "vhb.key.pub"];
        self.project.verify(&[&attached, options].concat())
    }

    /// Verifies what is attached, knowing only its name and a key.
    pub(super) fn verify_unseen(&self, reference: &str, options: &[&str]) -> Run {
        let words = ["verify", "--format", "json", "--attached", reference];
        let key = ["--public-key", "vhb.key.pub"];
        self.project.vhb(&[&words[..], &key, options].concat())
    }
}

#[test]
fn who_has_only_the_name_of_an_image_can_verify() {
    let with = Setting::new().attested();
    let (tag, exact) = (with.image("team/app:1"), with.by_digest());
    let attached = with.attach(&tag, &[]).exits(0);
    assert_eq!(attached.stdout, format!("{exact}\n"));
    let attached = attached.says(&format!("`{tag}` is `{exact}`"));
    for kind in ["the lock", "the SBOM", "the attestation"] {
        assert!(attached.stderr.contains(&format!("attached {kind} as")));
    }
    with.attach(&exact, &[]).exits(0).says("nothing changed");
    let report = with.verify(&exact, &[]).exits(0).report();
    assert_eq!(report.checked("attached"), "match");
    assert_eq!(report.codes(), [""; 0]);
    let results = with.verify(&exact, &["--results", "results"]).exits(0);
    assert_eq!(results.report().checked("results/scores.json"), "match");
    std::fs::remove_dir_all(with.project.root().join("locks")).unwrap();
    std::fs::remove_dir_all(with.project.root().join("sboms")).unwrap();
    let unseen = with.verify_unseen(&tag, &[]).exits(0);
    let unseen = unseen.says(&format!("`{tag}` is `{exact}`"));
    assert_eq!(unseen.report().checked("lock"), "match");
    assert_eq!(unseen.report().checked("sbom"), "match");
    with.project
        .write("results/scores.json", "{\"score\": 2}\n");
    let altered = with.verify_unseen(&exact, &["--results", "results"]);
    altered.exits(1).report().only("result-altered");
    let words = [
        "verify",
        "--attached",
        &exact,
        "--public-key",
        "vhb.key.pub",
    ];
    let text = with
        .project
        .vhb(&[&words[..], &["--results", "results"]].concat());
    let text = text.exits(1);
    assert!(
        text.stdout
            .contains("local       not asked (what was published has errors)"),
        "{}",
        text.stdout
    );
}

#[test]
fn what_nobody_signed_is_not_verified_without_a_key() {
    let with = Setting::new().attested();
    let exact = with.by_digest();
    with.attach(&exact, &[]).exits(0);
    let keyless = with.project.verify(&["--attached", &exact]);
    keyless.exits(2).says("need `--public-key`");
    with.project.vhb(&["keygen", "-o", "other.key"]).exits(0);
    let other = ["--attached", &exact, "--public-key", "other.key.pub"];
    let report = with.project.verify(&other).exits(1).report();
    assert!(report.codes().contains(&"attestation-other-key"));
    // Where nobody vouches for a lock from elsewhere, nothing that it names is asked.
    let unknown = ["verify", "--format", "json", "--all"];
    let run = with.project.vhb(&[&unknown[..], &other].concat()).exits(1);
    let report: Json = serde_json::from_str(&run.stdout).unwrap();
    let skipped = serde_json::json!(["config", "upstream", "local"]);
    assert_eq!(report["skipped"], skipped);
    // Both vouch for the same lock now, and either key is enough.
    std::fs::remove_dir_all(with.project.root().join("attestations")).unwrap();
    let key = ["attest", LOCK, "results", "--key", "other.key"];
    with.project.vhb(&key).exits(0);
    with.attach(&exact, &[])
        .exits(0)
        .says("attached the attestation");
    with.project.verify(&other).exits(0);
    with.verify(&exact, &[]).exits(0);
}

#[test]
fn nothing_and_half_of_it_are_told_apart() {
    let with = Setting::new();
    let exact = with.by_digest();
    let nothing = with.verify(&exact, &[]).exits(1).report();
    nothing.only("attached-missing");
    with.verify_unseen(&exact, &[])
        .exits(1)
        .report()
        .only("attached-missing");
    with.attach(&exact, &[]).exits(0).says("nobody vouches");
    let unseen = with.verify_unseen(&exact, &[]).exits(1).report();
    unseen.only("attached-incomplete");
    let half = with.verify(&exact, &[]).exits(1).report();
    let message = half.only("attached-incomplete")["message"].clone();
    assert!(message.as_str().unwrap().ends_with("lacks its attestation"));
    // What is missing is added, and what is there is left alone.
    with.attest().exits(0);
    with.attach(&exact, &[])
        .exits(0)
        .says("attached the attestation")
        .says_nothing_of("attached the lock");
    with.verify(&exact, &[]).exits(0);
}

#[test]
fn of_several_locks_the_reader_says_which() {
    let with = Setting::new().attested();
    let exact = with.by_digest();
    with.attach(&exact, &[]).exits(0);
    with.verify_unseen(&exact, &[]).exits(0);
    with.project.write("plugin/new.py", "print('other code')\n");
    with.project.lock(&["--upgrade"]).exits(0);
    with.attest().exits(0);
    with.attach(&exact, &[]).exits(0).says("attached the lock");
    with.verify(&exact, &[]).exits(0);
    let several = with.verify_unseen(&exact, &[]).exits(2);
    let digest = vhb::model::Sha256Digest::of(with.project.lock_text().as_bytes());
    several.says("several locks").says(&digest.to_string());
    // Another publisher's lock is none of those that this key vouches for.
    with.project.vhb(&["keygen", "-o", "other.key"]).exits(0);
    with.project
        .write("plugin/new.py", "print('code of others')\n");
    with.project.lock(&["--upgrade"]).exits(0);
    std::fs::remove_dir_all(with.project.root().join("attestations")).unwrap();
    with.project
        .vhb(&["attest", LOCK, "results", "--key", "other.key"])
        .exits(0);
    with.attach(&exact, &[]).exits(0).says("attached the lock");
    let words = ["verify", "--format", "json", "--attached", &exact];
    let key = ["--public-key", "other.key.pub"];
    let others = with.project.vhb(&[&words[..], &key].concat()).exits(0);
    assert_eq!(others.report().checked("lock"), "match");
}

#[test]
fn an_image_that_the_lock_does_not_pin_is_warned_about() {
    let with = Setting::new().attested();
    let (other, _) = with
        .registry
        .push("team/app", "2", &Image::new("amd64", "other"));
    let exact = with.image(&format!("team/app@{}", other.digest));
    let warned = with.attach(&exact, &[]).exits(0);
    warned.says("image-not-locked");
    let replayed = with.verify(&exact, &[]).exits(1).report();
    let finding = replayed.only("image-not-locked");
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["verdict"], "drift");
    assert_eq!(replayed.checked("attached"), "drift");
    let unseen = with.verify_unseen(&exact, &[]).exits(1).report();
    unseen.only("image-not-locked");
    // A platform of the index is pinned as well as the index.
    let amd64 = with.image(&format!("team/app@{}", with.pushed.manifests[0].digest));
    let attached = with.attach(&amd64, &[]).exits(0);
    attached.says_nothing_of("image-not-locked");
}

#[test]
fn a_lock_without_images_is_tied_to_none() {
    let with = Setting::new();
    with.project.write(
        "registries/runs/run.yaml",
        "ml_task: task\nmodel:\n  name: plain-model\n  framework: plain\ndataset: data\nname: run\n",
    );
    with.project.lock(&["--upgrade"]).exits(0);
    with.attest().exits(0);
    let exact = with.by_digest();
    let attached = with.attach(&exact, &[]).exits(0);
    attached.says_nothing_of("image-not-locked");
    let report = with.verify(&exact, &[]).exits(0).report();
    assert!(report.subjects("not-recorded").contains(&"attached"));
    assert_eq!(report.checked("attached"), "not-recorded");
}

#[test]
fn what_does_not_belong_together_is_not_attached() {
    let with = Setting::new().attested();
    let exact = with.by_digest();
    let sbom = with.project.root().join("sboms/exp.cdx.json");
    let whole = std::fs::read_to_string(&sbom).unwrap();
    std::fs::write(&sbom, whole.replacen("plugin", "plugout", 1)).unwrap();
    let edited = with.attach(&exact, &[]).exits(1);
    edited.says("sbom-mismatch").says("nothing was attached");
    std::fs::remove_file(&sbom).unwrap();
    let missing = with.attach(&exact, &[]).exits(2);
    missing.says("there is no SBOM").says("vhb sbom");
    std::fs::write(&sbom, whole).unwrap();
    with.project.write("junk.jsonl", "{\"payload\": 1}\n");
    let junk = with.attach(&exact, &["--attestation", "junk.jsonl"]);
    junk.exits(1)
        .says("line 1 is no envelope")
        .says("nothing was attached");
    let gone = with.attach(&exact, &["--attestation", "gone.jsonl"]);
    gone.exits(2).says("there is no attestation `gone.jsonl`");
    // The attestation is of the lock as it was before.
    with.project.write("data/samples.csv", "2,two\n");
    with.project.write("plugin/new.py", "print('other code')\n");
    with.project.lock(&["--upgrade"]).exits(0);
    let stale = with.attach(&exact, &[]).exits(1);
    stale
        .says("the attestation is not about this lock, `exp.lock.json`")
        .says("the attestation is not about this SBOM, `exp.cdx.json`");
    let report = with.verify(&exact, &[]).exits(1).report();
    report.only("attached-missing");
}

#[test]
fn names_that_cannot_be_attached_to_are_told() {
    let with = Setting::new().attested();
    let named = with.attach("https://me:pa55@h.example/app", &[]);
    named.exits(2).says("docker pull").conceals("pa55");
    let gone = with.attach(&with.image("team/app:gone"), &[]).exits(1);
    gone.says("image-not-found").says("gone");
    let elsewhere = with.attach("127.0.0.1:1/app:1", &[]).exits(3);
    elsewhere.says("127.0.0.1:1").says("source-unreachable");
}

#[test]
fn a_login_is_used_and_never_shown() {
    let with = Setting::on(RegistryServer::start_with_login()).attested();
    let exact = with.by_digest();
    std::fs::remove_dir_all(with.project.home().join(".docker")).unwrap();
    let nobody = with.attach(&exact, &[]).exits(3);
    let host = with.registry.host();
    nobody
        .says("no credentials were sent")
        .says(&format!("docker login {host}"))
        .says("`team/app`");
    with.login("wrong-word");
    let wrong = with.attach(&exact, &[]).exits(3);
    wrong.says("source-denied").conceals("wrong-word");
    with.login(PASSWORD);
    with.attach(&exact, &[]).exits(0).conceals(PASSWORD);
    with.verify_unseen(&exact, &[]).exits(0).conceals(PASSWORD);
    with.login("wrong-word");
    let report = with.verify(&exact, &[]).exits(3).report();
    report.only("source-denied");
    with.project.assert_unwritten("wrong-word");
}

#[test]
fn a_user_who_may_only_read_is_told_what_to_do() {
    let with = Setting::new().attested();
    let manifest = serde_json::json!({
        "schemaVersion": 2,
        "config": {"mediaType": "m", "digest": with.pushed.index.digest, "size": 1},
    });
    let reader = WebServer::start(move |request, _| match request.method.as_str() {
        "POST" => Reply::body(r#"{"errors":[{"code":"DENIED"}]}"#).with_status(403),
        "GET" if request.path.ends_with("/manifests/1") => Reply::body(manifest.to_string()),
        _ => Reply::status(404),
    });
    let refused = with.attach(&format!("{}/team/app:1", reader.host()), &[]);
    refused
        .exits(3)
        .says("pushing blob `sha256:")
        .says(&format!("to `team/app` on `{}` was denied", reader.host()))
        .says("403 Forbidden")
        .says(&format!("docker login {}", reader.host()));
}
