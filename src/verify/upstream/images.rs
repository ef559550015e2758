//! A container image: does its tag still mean the locked digest, and is that still served?
//!
//! Like is compared with like: the index with the index, each platform with that platform.

use crate::finding::{Code, Finding};
use crate::model::{
    Descriptor, ImagePin, ImageReference, PlatformImage, platform_suits, without_credentials,
};
use crate::remote::{ImageManifest, ManifestContent, Ports, RemoteError};

pub(super) fn ask(image: &ImageReference, pin: &ImagePin, ports: Ports<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if image.digest().is_none() {
        match tag(image, pin, ports) {
            Ok(finding) => findings.extend(finding),
            Err(finding) => return vec![*finding],
        }
    }
    match locked(image, pin, ports) {
        Ok(()) => {}
        Err(finding) => findings.push(*finding),
    }
    findings
}

/// What became of the tag; an error where nothing more can be asked.
fn tag(
    image: &ImageReference,
    pin: &ImagePin,
    ports: Ports<'_>,
) -> Result<Option<Finding>, Box<Finding>> {
    let then = pin.top().map(|top| top.digest);
    let now = match ports.images.manifest(image) {
        Ok(now) => now.descriptor,
        Err(RemoteError::NotFound(_)) => {
            let message = format!("the tag of `{image}` is gone");
            return Ok(Some(Finding::new(Code::ImageTagGone, message)));
        }
        Err(error) => return Err(Box::new(error.finding(Code::ImageGone))),
    };
    let moved = then.filter(|then| *then != now.digest);
    Ok(moved.map(|then| {
        let message = format!("the tag of `{image}` now names another digest");
        Finding::new(Code::ImageTagMoved, message).compare(then, now.digest)
    }))
}

/// Whether everything that is locked is still served, and belongs together.
fn locked(image: &ImageReference, pin: &ImagePin, ports: Ports<'_>) -> Result<(), Box<Finding>> {
    if let Some(index) = &pin.index {
        let there = fetch(image, index, "the index", ports)?;
        let ManifestContent::Index(platforms) = &there.content else {
            return Err(differs(format!("{} is no index", index.digest)));
        };
        for (platform, locked) in &pin.platforms {
            let named = |(name, manifest): &(String, Descriptor)| {
                platform_suits(name, platform) && *manifest == locked.manifest
            };
            if !platforms.iter().any(named) {
                let message = format!(
                    "the index of `{image}` does not name the locked manifest of `{platform}`"
                );
                return Err(differs(message));
            }
        }
    }
    let mut platforms = pin.platforms.iter();
    platforms.try_for_each(|(name, locked)| platform(image, name, locked, ports))
}

fn platform(
    image: &ImageReference,
    name: &str,
    locked: &PlatformImage,
    ports: Ports<'_>,
) -> Result<(), Box<Finding>> {
    let there = fetch(
        image,
        &locked.manifest,
        &format!("the manifest of `{name}`"),
        ports,
    )?;
    if there.content != ManifestContent::Image(locked.config.clone()) {
        let message = format!("the manifest of `{name}` does not name the locked configuration");
        return Err(differs(message));
    }
    let config = match ports.images.config(image, &locked.config) {
        Ok(config) => config,
        Err(error) => return Err(Box::new(error.finding(Code::ImageGone))),
    };
    let label = |(label, text): (&String, &String)| {
        let there = config
            .labels
            .get(label)
            .map(|text| without_credentials(text));
        there.as_ref() == Some(text)
    };
    if config.created == locked.created && locked.labels.iter().all(label) {
        return Ok(());
    }
    let message = format!("the configuration of `{name}` does not say what is locked");
    Err(differs(message))
}

fn fetch(
    image: &ImageReference,
    locked: &Descriptor,
    what: &str,
    ports: Ports<'_>,
) -> Result<ImageManifest, Box<Finding>> {
    let there = match ports.images.manifest_of(image, &locked.digest) {
        Ok(there) => there,
        Err(RemoteError::NotFound(_)) => {
            let digest = locked.digest;
            let message = format!("{what} of `{image}` is gone: the registry has no {digest}");
            return Err(Box::new(Finding::new(Code::ImageGone, message)));
        }
        Err(error) => return Err(Box::new(error.finding(Code::ImageGone))),
    };
    if there.descriptor == *locked {
        return Ok(there);
    }
    let message = format!("{what} of `{image}` has another size or media type than is locked");
    Err(differs(message))
}

fn differs(message: String) -> Box<Finding> {
    Box::new(Finding::new(Code::ImageDiffers, message))
}
