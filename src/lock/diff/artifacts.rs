//! What is compared of models, datasets and images; what differs between two datasets and between
//! two images.

use super::change::{Leaf, Subject, Value};
use super::heads::Heads;
use super::leaves::leaves_of;
use super::models;
use super::pins::Things;
use super::rank::Rank;
use super::sides::{Both, joined};
use super::told::Told;
use crate::lock::Lock;
use crate::model::{
    DatasetOrigin, DatasetPin, DatasetSource, Descriptor, ImagePin, ImageReference, ModelPin,
    ModelSource, PlannedRun, PlatformImage,
};

const MODELS: Things<ModelSource, ModelPin> = Things {
    rank: Rank::Model,
    field: "model",
    map: |lock| &lock.models,
    named: |run| Some(&run.model),
    used: runs_code_of,
    follows: super::runs::revision,
    subject: Subject::Model,
    pins: models::pins,
    identity: |pin| match pin {
        ModelPin::Huggingface(pin) => Value::Commit(pin.commit.clone()),
        ModelPin::Local(pin) => Value::digest(&pin.content),
    },
};

const DATASETS: Things<DatasetSource, DatasetPin> = Things {
    rank: Rank::Dataset,
    field: "dataset",
    map: |lock| &lock.datasets,
    named: |run| Some(&run.dataset),
    used: |_, _, _| false,
    follows: |_, _| Vec::new(),
    subject: Subject::Dataset,
    pins: datasets,
    identity: |pin| Value::digest(&pin.content),
};

const IMAGES: Things<ImageReference, ImagePin> = Things {
    rank: Rank::Image,
    field: "image",
    map: |lock| &lock.images,
    named: |run| run.image.as_deref(),
    used: |_, _, _| false,
    follows: |_, _| Vec::new(),
    subject: Subject::Image,
    pins: images,
    identity: |pin| match pin.top() {
        Some(blob) => Value::digest(&blob.digest),
        None => Value::text("no platform"),
    },
};

pub(super) fn tell(both: &Both<'_>, told: &mut Told) {
    MODELS.tell(both, told);
    IMAGES.tell(both, told);
    DATASETS.tell(both, told);
}

/// Whether a run runs the Python of a repository that its model's configuration names.
fn runs_code_of(lock: &Lock, run: &PlannedRun, key: &str) -> bool {
    let repository = key.split('@').next();
    let model = lock.models.get(&run.model);
    let pin = model.and_then(|model| model.pin.as_ref().ok());
    let named = pin.into_iter().flat_map(ModelPin::remote_code);
    named
        .into_iter()
        .any(|code| Some(code.as_str()) == repository)
}

fn datasets(old: &DatasetPin, new: &DatasetPin) -> Heads {
    let DatasetPin {
        content,
        files,
        bytes,
        origin,
    } = old;
    let mut heads = Heads::default();
    let rank = Rank::Dataset;
    heads.lead(rank, Leaf::digests("content", content, &new.content));
    heads.follow(&["content"], rank, number("files", *files, new.files));
    heads.follow(&["content"], rank, number("bytes", *bytes, new.bytes));
    let moved = match (origin, &new.origin) {
        (DatasetOrigin::Local { .. }, DatasetOrigin::Local { .. }) => rank,
        (one, two) if std::mem::discriminant(one) != std::mem::discriminant(two) => rank,
        // The bytes are compared; what their place calls them moves nothing.
        _ => Rank::Metadata,
    };
    let origin = leaves_of("origin", Some(origin), Some(&new.origin));
    heads.follow(&["content"], moved, origin);
    heads
}

pub(super) fn number(field: &str, old: u64, new: u64) -> Option<Leaf> {
    Leaf::of(field, Value::Json(old.into()), Value::Json(new.into()))
}

fn images(old: &ImagePin, new: &ImagePin) -> Heads {
    let ImagePin {
        registry,
        repository,
        tag,
        index,
        platforms,
    } = old;
    let mut heads = Heads::default();
    for (platform, before, after) in joined(platforms, &new.platforms) {
        match (before, after) {
            (Some(before), Some(after)) => platform_images(platform, before, after, &mut heads),
            whole => {
                let [old, new]: [Option<&PlatformImage>; 2] = whole.into();
                let value = |image: &PlatformImage| Value::digest(&image.manifest.digest);
                let field = format!("platforms.{platform}");
                let leaf = Leaf::between(field, old.map(value), new.map(value));
                heads.lead(Rank::Image, leaf);
            }
        }
    }
    heads.lead(
        Rank::Image,
        Leaf::words("registry", registry, &new.registry),
    );
    heads.lead(
        Rank::Image,
        Leaf::words("repository", repository, &new.repository),
    );
    heads.lead(
        Rank::Image,
        Leaf::optional("tag", tag.as_ref(), new.tag.as_ref()),
    );
    // An index that moved alone moved for platforms that nobody locked.
    let weighty = heads.0.iter().find(|head| head.rank == Rank::Image);
    let (leader, rank) = match weighty {
        Some(head) => (head.leaf.field.clone(), Rank::Image),
        None => (String::new(), Rank::Metadata),
    };
    let blobs = [index, &new.index].map(Option::as_ref);
    blob(&mut heads, &leader, rank, "index", blobs);
    heads
}

fn platform_images(platform: &str, old: &PlatformImage, new: &PlatformImage, heads: &mut Heads) {
    let PlatformImage {
        manifest,
        config,
        created,
        labels,
    } = old;
    let field = |name: &str| format!("platforms.{platform}.{name}");
    let leader = field("manifest");
    let manifests = [Some(manifest), Some(&new.manifest)];
    blob(heads, &leader, Rank::Image, &leader, manifests);
    let configs = [Some(config), Some(&new.config)];
    blob(heads, &leader, Rank::Image, &field("config"), configs);
    let created = Leaf::optional(&field("created"), created.as_ref(), new.created.as_ref());
    heads.follow(&[&leader], Rank::Metadata, created);
    let labels = leaves_of(&field("labels"), Some(labels), Some(&new.labels));
    heads.imply(&[&leader], Rank::Metadata, labels);
}

/// A blob by its digest, which implies what else is said of it.
fn blob(heads: &mut Heads, leader: &str, rank: Rank, field: &str, blobs: [Option<&Descriptor>; 2]) {
    let digest = format!("{field}.digest");
    for mut leaf in leaves_of(field, blobs[0], blobs[1]) {
        if leaf.field == digest {
            let [old, new] = blobs.map(|blob| blob.map(|blob| Value::digest(&blob.digest)));
            let field = field.to_owned();
            leaf = Leaf { field, old, new };
        }
        heads.imply(&[leader, field], rank, [leaf]);
    }
}
