//! Container images, against a real registry.

use serde_json::json;

use super::Setting;
use super::common::project::Project;
use super::common::registry_server::{Image, PASSWORD, RegistryServer, USER};

/// A registry, and a project whose run names an image there.
struct WithImage {
    registry: RegistryServer,
    setting: Setting,
}

impl WithImage {
    fn named(registry: RegistryServer, name: &str) -> Self {
        let setting = Setting::new();
        let image = registry.image(name);
        setting.run(&format!("name: plain-model\ndocker_image: {image}\n"));
        Self { registry, setting }
    }

    fn project(&self) -> &Project {
        &self.setting.project
    }

    fn key(&self, name: &str) -> String {
        format!("images/{}", self.registry.image(name))
    }

    fn pin(&self, name: &str) -> serde_json::Value {
        let key = self.registry.image(name);
        self.setting.locked("images", &key)["pin"].take()
    }
}

fn two_platforms() -> [Image; 2] {
    [Image::new("amd64", "one"), Image::new("arm64", "two")]
}

#[test]
fn an_index_is_pinned_with_the_manifest_of_the_platform() {
    let with = WithImage::named(RegistryServer::start(), "app:1");
    let pushed = with.registry.push_index("app", "1", &two_platforms());
    let warned = with.project().lock(&[]).exits(0);
    warned
        .says("`1` is a tag")
        .says("registries/runs/run.yaml:5:17");
    let pin = with.pin("app:1");
    assert_eq!(pin["index"]["digest"], pushed.index.digest.to_string());
    let platforms = pin["platforms"].as_object().unwrap();
    assert_eq!(platforms.keys().collect::<Vec<_>>(), ["linux/amd64"]);
    let image = &platforms["linux/amd64"];
    assert_eq!(
        image["manifest"]["digest"],
        pushed.manifests[0].digest.to_string()
    );
    assert_eq!(
        image["config"]["digest"],
        pushed.configs[0].digest.to_string()
    );
    assert_eq!(image["created"], "2026-01-02T03:04:05Z");
    let source = &image["labels"]["org.opencontainers.image.source"];
    assert_eq!(source, "https://git.example/app");
    let report = with.project().verify(&[]).exits(0).report();
    assert_eq!(report.checked(&with.key("app:1")), "match");
    let sbom = with.project().root().join("sboms/exp.cdx.json");
    let sbom = std::fs::read_to_string(sbom).unwrap();
    let purl =
        format!("pkg:oci/app@{}", pushed.manifests[0].digest).replace("sha256:", "sha256%3A");
    assert!(sbom.contains(&purl), "{purl}");
}

#[test]
fn each_target_has_its_platform() {
    let with = WithImage::named(RegistryServer::start(), "app:1");
    let pushed = with.registry.push_index("app", "1", &two_platforms());
    with.project()
        .experiment("- platform: x86_64-manylinux_2_28\n- platform: aarch64-manylinux_2_28\n");
    with.project().lock(&[]).exits(0);
    let arm = &with.pin("app:1")["platforms"]["linux/arm64"];
    assert_eq!(
        arm["manifest"]["digest"],
        pushed.manifests[1].digest.to_string()
    );
    with.project().verify(&[]).exits(0);

    with.registry.push("app", "2", &Image::new("amd64", "one"));
    let image = with.registry.image("app:2");
    with.setting
        .run(&format!("name: plain-model\ndocker_image: {image}\n"));
    let refused = with.project().lock(&[]).exits(1);
    refused
        .says("error[image-platform-missing]")
        .says("`linux/arm64`");
}

#[test]
fn a_tag_that_was_pushed_again_is_a_warning_with_both_digests() {
    let with = WithImage::named(RegistryServer::start(), "app:1");
    let before = with.registry.push_index("app", "1", &two_platforms());
    with.project().lock(&[]).exits(0);
    let after = [Image::new("amd64", "new"), Image::new("arm64", "two")];
    let after = with.registry.push_index("app", "1", &after);
    let report = with.project().verify(&[]).exits(0).report();
    let moved = report.finding("image-tag-moved");
    let (before, after) = (
        before.index.digest.to_string(),
        after.index.digest.to_string(),
    );
    assert_eq!(moved["severity"], "warning");
    assert_eq!(
        (&moved["expected"], &moved["actual"]),
        (&json!(before), &json!(after))
    );
    // The pin is kept until an upgrade is asked for.
    with.project().lock(&[]).exits(0);
    assert_eq!(with.pin("app:1")["index"]["digest"], before);
    let name = with.registry.image("app:1");
    with.project().lock(&["--upgrade-package", &name]).exits(0);
    assert_eq!(with.pin("app:1")["index"]["digest"], after);
}

#[test]
fn a_digest_that_was_deleted_is_drift() {
    let with = WithImage::named(RegistryServer::start(), "app:1");
    let pushed = with.registry.push_index("app", "1", &two_platforms());
    with.project().lock(&[]).exits(0);
    with.registry.delete("app", &pushed.manifests[0].digest);
    let report = with.project().verify(&[]).exits(1).report();
    let gone = report.finding("image-gone");
    assert!(
        gone["message"]
            .as_str()
            .unwrap()
            .contains("the manifest of `linux/amd64`")
    );
    with.registry.delete("app", &pushed.index.digest);
    let report = with.project().verify(&[]).exits(1).report();
    assert_eq!(report.codes(), ["image-gone", "image-tag-gone"]);
}

#[test]
fn a_digest_is_verified_and_no_tag() {
    let with = WithImage::named(RegistryServer::start(), "app:1");
    let (manifest, _) = with.registry.push("app", "1", &Image::new("amd64", "one"));
    let name = format!("app@{}", manifest.digest);
    let image = with.registry.image(&name);
    with.setting
        .run(&format!("name: plain-model\ndocker_image: {image}\n"));
    with.project().lock(&["--require-immutable"]).exits(0);
    let pin = with.pin(&name);
    assert!(pin["index"].is_null());
    let locked = &pin["platforms"]["linux/amd64"]["manifest"]["digest"];
    assert_eq!(*locked, manifest.digest.to_string());
    with.project().verify(&[]).exits(0);
    let other = format!("app@sha256:{}", "0".repeat(64));
    let image = with.registry.image(&other);
    with.setting
        .run(&format!("name: plain-model\ndocker_image: {image}\n"));
    with.project()
        .lock(&[])
        .exits(1)
        .says("error[image-not-found]");
}

#[test]
fn credentials_come_from_docker_and_are_told_nobody() {
    let mut with = WithImage::named(RegistryServer::start_with_login(), "app:1");
    with.registry.push("app", "1", &Image::new("amd64", "one"));
    with.project()
        .lock(&[])
        .exits(3)
        .says("warning[source-denied]");
    let write = |project: &mut Project, password: &str| {
        use base64::Engine as _;
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{password}"));
        let directory = project.home().join("docker");
        std::fs::create_dir_all(&directory).unwrap();
        let host = with.registry.host();
        let config = format!("{{\"auths\": {{\"{host}\": {{\"auth\": \"{pair}\"}}}}}}");
        std::fs::write(directory.join("config.json"), config).unwrap();
        project.set("DOCKER_CONFIG", directory);
    };
    write(&mut with.setting.project, "wr0ng-do-not-leak");
    let refused = with.setting.project.lock(&[]).exits(3);
    refused.says("source-denied").conceals("wr0ng-do-not-leak");
    write(&mut with.setting.project, PASSWORD);
    with.setting.project.lock(&[]).exits(0).conceals(PASSWORD);
    with.setting.project.verify(&[]).exits(0);
    with.setting.project.assert_unwritten(PASSWORD);
    write(&mut with.setting.project, "wr0ng-do-not-leak");
    let report = with.setting.project.verify(&[]).exits(3).report();
    assert_eq!(report.codes(), ["source-denied"]);
}

#[test]
fn a_registry_that_is_down_is_never_a_pass() {
    let mut with = WithImage::named(RegistryServer::start(), "app:1");
    with.registry.push("app", "1", &Image::new("amd64", "one"));
    with.project().lock(&[]).exits(0);
    let before = with.project().lock_text();
    with.registry.stop();
    let report = with.project().verify(&[]).exits(3).report();
    assert_eq!(report.codes(), ["source-unreachable"]);
    with.project().lock(&[]).exits(0);
    let failed = with.project().lock(&["--upgrade"]).exits(3);
    failed.says("nothing was locked");
    assert_eq!(with.project().lock_text(), before);
}

#[test]
fn a_name_that_is_none_is_invalid() {
    let setting = Setting::new();
    for image in ["https://ghcr.io/a/b", "'a b'", "a@sha256:12"] {
        setting.run(&format!("name: plain-model\ndocker_image: {image}\n"));
        let refused = setting.project.lock(&[]).exits(1);
        refused
            .says("error[invalid-value]")
            .says("registries/runs/run.yaml:5:17");
    }
}
