//! Container images: the index, and for each platform its manifest and configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{Artifacts, Outcome, Pinned, Request, is_upgraded, kept, settled};
use crate::finding::{Code, Finding, Location};
use crate::model::{
    Descriptor, ImagePin, ImageReference, PlatformImage, Target, platform_suits,
    without_credentials,
};
use crate::remote::{ImageConfig, ManifestContent, Ports, RemoteError};

/// The labels that say where an image comes from begin with one of these.
const LABELS_OF_ORIGIN: [&str; 2] = ["org.opencontainers.image.", "org.label-schema."];

/// An image that is to be pinned.
struct Job<'a> {
    image: &'a ImageReference,
    location: &'a Location,
}

impl fmt::Display for Job<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "images/{}", self.image)
    }
}

/// Pins the images of a plan.
pub(super) fn pin(request: Request<'_>, ports: Ports<'_>, artifacts: &mut Artifacts) {
    let platforms = platforms(&request.plan.targets);
    let mut jobs = Vec::new();
    for (key, planned) in &request.plan.images {
        let previous = request.previous.and_then(|lock| lock.images.get(key));
        match settled(request, previous, &planned.source) {
            Some(locked) => drop(artifacts.images.insert(key.clone(), locked.clone())),
            None => jobs.push(Job {
                image: &planned.source,
                location: &planned.location,
            }),
        }
    }
    let outcomes = ports.each(jobs, |job: Job<'_>| {
        let outcome = one(request, job.image, &platforms, ports);
        (job, outcome)
    });
    for (job, outcome) in outcomes {
        let (key, subject) = (job.image.to_string(), job.to_string());
        let asked = (subject.as_str(), job.location, job.image.clone());
        let previous = request.previous.and_then(|lock| lock.images.get(&key));
        let locked = artifacts.take(request, asked, previous, outcome);
        artifacts.images.extend(locked.map(|locked| (key, locked)));
    }
}

/// The platforms of the containers that the targets stand for.
pub(super) fn platforms(targets: &[Target]) -> BTreeSet<String> {
    let targets = targets.iter();
    targets
        .map(|target| target.platform().container())
        .collect()
}

fn one(
    request: Request<'_>,
    image: &ImageReference,
    platforms: &BTreeSet<String>,
    ports: Ports<'_>,
) -> Outcome<ImagePin> {
    let key = image.to_string();
    let previous = request.previous.and_then(|lock| lock.images.get(&key));
    let kept = kept(previous, image)
        .filter(|pin| pin.platforms.keys().eq(platforms.iter()))
        .filter(|_| !is_upgraded(request.upgrade, &key));
    let pin = match kept {
        Some(pin) => pin.clone(),
        None => resolve(image, platforms, ports)?,
    };
    let findings = moving(image, &pin).into_iter().collect();
    Ok(Pinned { pin, findings })
}

fn moving(image: &ImageReference, pin: &ImagePin) -> Option<Finding> {
    let moving = image.moving()?;
    let digest = pin.top()?.digest;
    let message = moving.pinned_to(&digest.to_string());
    let hint = format!("write `{image}@{digest}`");
    Some(Finding::new(Code::MutableRef, message).hint(hint))
}

fn failed(error: &RemoteError) -> Box<Finding> {
    Box::new(error.finding(Code::ImageNotFound))
}

fn resolve(
    image: &ImageReference,
    platforms: &BTreeSet<String>,
    ports: Ports<'_>,
) -> Result<ImagePin, Box<Finding>> {
    let top = ports
        .images
        .manifest(image)
        .map_err(|error| failed(&error))?;
    let mut pin = ImagePin {
        registry: image.registry().to_owned(),
        repository: image.repository().to_owned(),
        tag: image.tag().map(str::to_owned),
        index: None,
        platforms: BTreeMap::new(),
    };
    match top.content {
        ManifestContent::Index(there) => {
            for platform in platforms {
                let manifest = choose(&there, platform)
                    .ok_or_else(|| missing(image, platform, there.iter().map(|(name, _)| name)))?;
                let found = of_platform(image, manifest, platform, ports)?;
                pin.platforms.insert(platform.clone(), found);
            }
            pin.index = Some(top.descriptor);
        }
        ManifestContent::Image(config) => {
            let said = ports.images.config(image, &config);
            let said = said.map_err(|error| failed(&error))?;
            for platform in platforms {
                if !platform_suits(&said.platform, platform) {
                    return Err(missing(image, platform, std::iter::once(&said.platform)));
                }
                let manifest = top.descriptor.clone();
                let found = described(manifest, config.clone(), said.clone());
                pin.platforms.insert(platform.clone(), found);
            }
        }
    }
    Ok(pin)
}

fn choose<'a>(there: &'a [(String, Descriptor)], wanted: &str) -> Option<&'a Descriptor> {
    let suitable = there
        .iter()
        .find(|(platform, _)| platform_suits(platform, wanted));
    suitable.map(|(_, manifest)| manifest)
}

fn missing<'a>(
    image: &ImageReference,
    platform: &str,
    there: impl Iterator<Item = &'a String>,
) -> Box<Finding> {
    let there: Vec<_> = there.map(|name| format!("`{name}`")).collect();
    let there = there.join(", ");
    let message = format!("`{image}` is not made for `{platform}`; it is for {there}");
    Box::new(Finding::new(Code::ImagePlatformMissing, message))
}

fn of_platform(
    image: &ImageReference,
    manifest: &Descriptor,
    platform: &str,
    ports: Ports<'_>,
) -> Result<PlatformImage, Box<Finding>> {
    let found = ports.images.manifest_of(image, &manifest.digest);
    let found = found.map_err(|error| failed(&error))?;
    let ManifestContent::Image(config) = found.content else {
        let message = format!("`{platform}` of `{image}` is an index, not an image");
        return Err(Box::new(Finding::new(Code::ImagePlatformMissing, message)));
    };
    let said = ports.images.config(image, &config);
    let said = said.map_err(|error| failed(&error))?;
    if found.descriptor != *manifest {
        let message = format!(
            "the index of `{image}` names another size or media type for `{platform}` than it has"
        );
        return Err(Box::new(Finding::new(Code::ImageInvalid, message)));
    }
    if !platform_suits(&said.platform, platform) {
        let message = format!(
            "the index of `{image}` says that it is for `{platform}`, its configuration says `{}`",
            said.platform
        );
        return Err(Box::new(Finding::new(Code::ImageInvalid, message)));
    }
    Ok(described(found.descriptor, config, said))
}

fn described(manifest: Descriptor, config: Descriptor, said: ImageConfig) -> PlatformImage {
    let labels = said.labels.into_iter();
    let labels = labels.filter(|(name, _)| LABELS_OF_ORIGIN.iter().any(|it| name.starts_with(it)));
    PlatformImage {
        manifest,
        config,
        created: said.created,
        labels: labels
            .map(|(name, text)| (name, without_credentials(&text)))
            .collect(),
    }
}
