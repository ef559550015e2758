//! What names of images mean, and what becomes of that.

use serde_json::json;
use vhb::model::Sha256Digest;
use vhb::remote::{ImageConfig, ImageRegistry as _, ManifestContent, RemoteError};

use crate::common::registry_server::{DOCKER_MANIFEST, Image, OCI_INDEX, RegistryServer};
use crate::{client, manifest, platforms, reference};

fn arm() -> Image {
    Image {
        variant: Some("v8"),
        ..Image::new("arm64", "for arm")
    }
}

#[test]
fn an_index_and_its_manifests_have_digests_of_their_own() {
    let server = RegistryServer::start();
    let images = [Image::new("amd64", "one"), arm()];
    let pushed = server.push_index("team/app", "1.0", &images);
    let image = reference(&server.image("team/app:1.0"));
    let client = client(|_| {});
    let index = client.manifest(&image).unwrap();
    assert_eq!(index.descriptor, pushed.index);
    assert_eq!(index.descriptor.media_type, OCI_INDEX);
    let expected: Vec<_> = ["linux/amd64", "linux/arm64/v8"]
        .into_iter()
        .zip(pushed.manifests.iter().map(|one| one.digest.to_string()))
        .collect();
    assert_eq!(platforms(&index), expected);
    for (manifest, config) in pushed.manifests.iter().zip(&pushed.configs) {
        let found = client.manifest_of(&image, &manifest.digest).unwrap();
        assert_eq!(&found.descriptor, manifest);
        assert_eq!(found.content, ManifestContent::Image(config.clone()));
    }
}

#[test]
fn an_image_of_one_platform_is_one_manifest() {
    let server = RegistryServer::start();
    let (oci, config) = server.push("app", "latest", &Image::new("amd64", "one"));
    let found = manifest(&server.image("app")).unwrap();
    assert_eq!(found.descriptor, oci);
    assert_eq!(found.content, ManifestContent::Image(config));

    let (docker, config) = server.push_docker("app", "docker", &Image::new("amd64", "one"));
    let found = manifest(&server.image("app:docker")).unwrap();
    assert_eq!(found.descriptor, docker);
    assert_eq!(found.descriptor.media_type, DOCKER_MANIFEST);
    assert_eq!(found.content, ManifestContent::Image(config));
}

#[test]
fn the_configuration_tells_labels_and_the_time() {
    let server = RegistryServer::start();
    let (_, descriptor) = server.push("app", "1", &arm());
    let image = reference(&server.image("app:1"));
    let config = client(|_| {}).config(&image, &descriptor).unwrap();
    let label = "org.opencontainers.image.source".to_owned();
    let expected = ImageConfig {
        platform: "linux/arm64/v8".to_owned(),
        created: "2026-01-02T03:04:05Z".parse().ok(),
        labels: [(label, "https://git.example/app".to_owned())].into(),
    };
    assert_eq!(config, expected);

    let bare = Image {
        labels: json!(null),
        created: "0001-01-01T00:00:00Z",
        ..Image::new("amd64", "bare")
    };
    let (_, descriptor) = server.push("app", "2", &bare);
    let config = client(|_| {}).config(&image, &descriptor).unwrap();
    assert_eq!((config.created, config.labels.len()), (None, 0));
}

#[test]
fn a_digest_says_more_than_a_tag() {
    let server = RegistryServer::start();
    let (first, _) = server.push("app", "1", &Image::new("amd64", "first"));
    let (second, _) = server.push("app", "1", &Image::new("amd64", "second"));
    assert_ne!(first.digest, second.digest);
    let tagged = manifest(&server.image("app:1")).unwrap();
    assert_eq!(tagged.descriptor, second);
    for name in [
        format!("app@{}", first.digest),
        format!("app:1@{}", first.digest),
        format!("app:gone@{}", first.digest),
    ] {
        let found = manifest(&server.image(&name)).unwrap();
        assert_eq!(found.descriptor, first, "{name}");
    }
}

#[test]
fn a_tag_that_is_pushed_again_means_something_else() {
    let server = RegistryServer::start();
    let images = [Image::new("amd64", "one"), arm()];
    let before = server.push_index("app", "1", &images);
    let same = server.push_index("app", "1", &images);
    assert_eq!(before.index, same.index);
    let changed = [Image::new("amd64", "other"), arm()];
    server.push_index("app", "1", &changed);
    let index = manifest(&server.image("app:1")).unwrap();
    assert_ne!(index.descriptor.digest, before.index.digest);
    let now = platforms(&index);
    assert_ne!(now[0].1, before.manifests[0].digest.to_string());
    assert_eq!(now[1].1, before.manifests[1].digest.to_string());
}

#[test]
fn what_was_deleted_or_never_was_is_not_found() {
    let server = RegistryServer::start();
    let (kept, _) = server.push("app", "kept", &Image::new("amd64", "kept"));
    let (deleted, mut config) = server.push("app", "1", &Image::new("amd64", "deleted"));
    server.delete("app", &deleted.digest);
    let unknown = Sha256Digest::of(b"nothing");
    for name in [
        format!("app@{}", deleted.digest),
        "app:1".to_owned(),
        format!("app@{unknown}"),
        "app:2".to_owned(),
        "nothing:1".to_owned(),
    ] {
        let image = server.image(&name);
        let error = manifest(&image).unwrap_err();
        assert!(matches!(error, RemoteError::NotFound(_)), "{error:?}");
        let expected = format!("no image `{image}` on `{}`", server.host());
        assert_eq!(error.to_string(), expected);
    }
    let image = reference(&server.image("app:kept"));
    let asked = client(|_| {});
    let found = asked.manifest_of(&image, &kept.digest).unwrap();
    assert_eq!(found.descriptor, kept);
    config.digest = unknown;
    let errors = [
        asked.manifest_of(&image, &unknown).err(),
        asked.config(&image, &config).err(),
    ];
    for error in errors {
        assert!(matches!(error, Some(RemoteError::NotFound(_))), "{error:?}");
    }
}

#[test]
fn several_threads_ask_one_client() {
    let server = RegistryServer::start_with_login();
    let (descriptor, _) = server.push("app", "1", &Image::new("amd64", "one"));
    let home = crate::access::docker_config(&crate::access::written(&server.host()));
    let client = client(|options| options.docker_config = Some(home.path().to_owned()));
    let image = reference(&server.image("app:1"));
    std::thread::scope(|scope| {
        let asked: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| client.manifest(&image).unwrap()))
            .collect();
        for one in asked {
            assert_eq!(one.join().unwrap().descriptor, descriptor);
        }
    });
}
