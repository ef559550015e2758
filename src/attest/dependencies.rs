//! Every pin of a lock as a `resolvedDependency`: a name, a package URL and digests.
//!
//! Directories, git content and datasets have a `dirHash` (in-toto `DigestSet` v1): golang's Hash1
//! in hexadecimal digits, which is the SHA-256 of sorted lines `<sha256>  <path>`. That is exactly
//! the digest of a [`Manifest`](crate::model::Manifest).

use std::collections::BTreeMap;

use serde_json::json;

use crate::attestation::ResourceDescriptor;
use crate::lock::{Lock, LockedDataset, LockedPackage};
use crate::model::{
    DatasetOrigin, DatasetPin, DatasetSource, Dist, GitPin, HUB, HubKind, ImagePin, IndexUrl,
    ModelPin, Pin, Purl, RemoteUrl, Sha256Digest,
};

/// Sorted by name, then by address.
pub(super) fn of(lock: &Lock) -> Vec<ResourceDescriptor> {
    let mut all = releases(lock);
    for (key, package) in &lock.packages {
        let name = format!("packages/{key}");
        match &package.pin {
            // Its files stand among the releases.
            Pin::Pypi(_) => {}
            Pin::Git(pin) => all.extend(git(name, key, package, pin)),
            Pin::Local(pin) => {
                let (called, version) = package.named(key);
                let purl = Purl::local(&called, version.as_deref(), pin);
                all.push(resource(name, &purl, [("dirHash", pin.content.hex())]));
            }
        }
    }
    for (key, locked) in &lock.models {
        if let Ok(pin) = &locked.pin {
            all.push(model(format!("models/{key}"), pin));
        }
    }
    for (id, locked) in &lock.datasets {
        if let Ok(pin) = &locked.pin {
            all.push(dataset(id, locked, pin));
        }
    }
    for (key, locked) in &lock.images {
        if let Ok(pin) = &locked.pin {
            all.extend(images(key, pin));
        }
    }
    all.sort_by(|a, b| (&a.name, &a.uri).cmp(&(&b.name, &b.uri)));
    all.dedup();
    all
}

fn resource<const N: usize>(
    name: String,
    purl: &Purl,
    digest: [(&str, String); N],
) -> ResourceDescriptor {
    ResourceDescriptor {
        name: Some(name),
        uri: Some(purl.encoded()),
        digest: digest
            .into_iter()
            .map(|(algorithm, digest)| (algorithm.to_owned(), digest))
            .collect(),
        ..ResourceDescriptor::default()
    }
}

/// The files of releases that environments install; all files of a release of which none is
/// selected, since any of them may be installed.
fn releases(lock: &Lock) -> Vec<ResourceDescriptor> {
    let selected = lock.selected_files();
    let mut indexes: BTreeMap<Dist, &IndexUrl> = BTreeMap::new();
    for package in lock.packages.values() {
        if let Pin::Pypi(pin) = &package.pin
            && let Some(index) = &pin.index
        {
            indexes.insert(pin.dist(), index);
        }
    }
    let mut files = Vec::new();
    for (dist, release) in &lock.distributions {
        let purl = Purl::pypi(dist, indexes.get(dist).copied());
        let chosen = selected.get(dist);
        let installed = |name: &str| chosen.is_none_or(|chosen| chosen.contains(name));
        for (name, digest) in release.files.iter().filter(|(name, _)| installed(name)) {
            let file = format!("distributions/{dist}/{name}");
            files.push(resource(file, &purl.file(name), [("sha256", digest.hex())]));
        }
    }
    files
}

/// A commit, and those that it names as submodules.
fn git(name: String, key: &str, package: &LockedPackage, pin: &GitPin) -> Vec<ResourceDescriptor> {
    let (called, version) = package.named(key);
    let purl = Purl::git(&called, version.as_deref(), pin);
    let tree = pin.subdirectory_tree.as_ref().unwrap_or(&pin.tree);
    let submodules = pin.submodules.iter().map(|submodule| ResourceDescriptor {
        name: Some(format!("{name}/submodules/{}", submodule.path)),
        uri: submodule
            .url
            .as_ref()
            .and_then(RemoteUrl::vcs_url)
            .map(|url| format!("{url}@{}", submodule.commit)),
        digest: [("gitCommit".to_owned(), submodule.commit.to_string())].into(),
        ..ResourceDescriptor::default()
    });
    let mut all: Vec<_> = submodules.collect();
    let digest = [
        ("dirHash", pin.content.hex()),
        ("gitCommit", pin.commit.to_string()),
        ("gitTree", tree.to_string()),
    ];
    all.push(resource(name, &purl, digest));
    all
}

fn model(name: String, pin: &ModelPin) -> ResourceDescriptor {
    match pin {
        ModelPin::Huggingface(pin) => {
            let purl = Purl::hub_model(&pin.repo, &pin.commit);
            resource(name, &purl, [("gitCommit", pin.commit.to_string())])
        }
        ModelPin::Local(pin) => {
            let called = pin.path.rsplit('/').next().unwrap_or(&pin.path);
            let purl = Purl::content(called, None, pin.content);
            resource(name, &purl, [("dirHash", pin.content.hex())])
        }
    }
}

fn dataset(id: &str, locked: &LockedDataset, pin: &DatasetPin) -> ResourceDescriptor {
    let name = format!("datasets/{id}");
    let content = ("dirHash", pin.content.hex());
    match (&locked.source, &pin.origin) {
        (DatasetSource::Huggingface(source), DatasetOrigin::Huggingface { commit, .. }) => {
            let repo = source.repo(HubKind::Dataset);
            let address = format!("{HUB}/{repo}");
            let purl = Purl::hub_dataset(&repo.id, commit, &address, pin.content);
            resource(name, &purl, [content, ("gitCommit", commit.to_string())])
        }
        _ => resource(name, &Purl::content(id, None, pin.content), [content]),
    }
}

/// The index, and the manifest of each platform.
fn images(key: &str, pin: &ImagePin) -> Vec<ResourceDescriptor> {
    let image = |name: String, purl: &Purl, digest: Sha256Digest, media_type: &str| {
        let mut image = resource(name, purl, [("sha256", digest.hex())]);
        image.media_type = Some(media_type.to_owned());
        image
    };
    let index = pin.index.iter().map(|index| {
        let purl = Purl::image_index(pin, index.digest);
        image(
            format!("images/{key}"),
            &purl,
            index.digest,
            &index.media_type,
        )
    });
    let platforms = pin.platforms.iter().map(|(platform, of_platform)| {
        let manifest = &of_platform.manifest;
        let purl = Purl::image(pin, platform, manifest.digest);
        let name = format!("images/{key}/{platform}");
        let mut image = image(name, &purl, manifest.digest, &manifest.media_type);
        image
            .annotations
            .insert("platform".to_owned(), json!(platform));
        image
    });
    index.chain(platforms).collect()
}

#[cfg(test)]
mod tests {
    use crate::model::Manifest;

    /// The example of the `DigestSet` specification, whose digest golang worked out.
    #[test]
    fn a_dirhash_is_the_digest_of_a_manifest() {
        let text = "\
3a137eef6458bfb76bb2c63fc29ffc7166604d2d2e09ed9d8250a534122a8364  github.com/marklodato/go-hello-world@v0.0.1/README.md
28e7c942a036902d981759d0bf5704d2bfc7cb500caf68b84711b234af01c6a5  github.com/marklodato/go-hello-world@v0.0.1/go.mod
ddc4da627d9a9f45fb29641a1b185d6f53287ecfd921aacbf4fe54b7a86fe8d1  github.com/marklodato/go-hello-world@v0.0.1/main.go
";
        let expected = "2a1bb6127fb481c60f67692e22285fb306f3c6ffe62075e0ccf674d7c3adcb8f";
        assert_eq!(Manifest::parse(text).unwrap().digest().hex(), expected);
    }
}
