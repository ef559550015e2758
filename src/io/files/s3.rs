//! What lies below a prefix of an S3 bucket, through the crate `object_store`.
//!
//! An ETag is never taken for the digest of the bytes: of an object that was uploaded in parts, or
//! is encrypted, it is none. Versions stand in no listing, so where the first object has one, each
//! object is asked for its own.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::aws::AmazonS3;
use object_store::path::Path;
use object_store::{
    Error, GetOptions, GetRange, ObjectMeta, ObjectStore as _, ObjectStoreExt as _,
};

use super::transfer::Transfer;
use super::{FileStoreClient, failure, replaced};
use crate::io::http::{Failure, Subject};
use crate::model::{S3Prefix, Sha256Digest, check_path, counts_as_data};
use crate::remote::{Progress, RemoteError, StoredFile, TreeError};

/// So many objects are asked for their versions at once.
const AT_ONCE: usize = 16;

/// A prefix of a bucket, and whom to ask for it.
pub(super) struct Prefix<'a> {
    client: &'a FileStoreClient,
    bucket: String,
    root: Path,
}

impl<'a> Prefix<'a> {
    pub(super) fn new(client: &'a FileStoreClient, place: &S3Prefix) -> Result<Self, RemoteError> {
        let root = Path::parse(&place.prefix).map_err(|error| {
            let of = format!("s3://{}", place.bucket);
            failure::name(&of, &error)
        })?;
        Ok(Self {
            client,
            bucket: format!("s3://{}", place.bucket),
            root,
        })
    }

    pub(super) fn list(
        &self,
        store: &AmazonS3,
    ) -> Result<BTreeMap<String, StoredFile>, RemoteError> {
        let thing = match self.root.as_ref() {
            "" => "object".to_owned(),
            prefix => format!("object at or below `{prefix}`"),
        };
        let subject = Subject {
            thing: &thing,
            place: &self.bucket,
        };
        let listed = self.client.runtime()?.block_on(self.objects(store));
        let objects = listed.map_err(|error| match error {
            Error::InvalidPath { source } => failure::name(&self.bucket, &source),
            error => subject.error(self.client.failure(&error), 1),
        })?;
        if objects.is_empty() {
            return Err(subject.error(Failure::Missing, 1));
        }
        let mut files = BTreeMap::new();
        for object in objects {
            let path = self.relative(&object).unwrap_or_default().to_owned();
            check_path(&path).map_err(TreeError::from)?;
            let size = object.size;
            let token = token(&object);
            files.insert(path, StoredFile { size, token });
        }
        Ok(files)
    }

    pub(super) fn digest(
        &self,
        store: &AmazonS3,
        path: &str,
        file: &StoredFile,
        progress: &dyn Progress,
    ) -> Result<Sha256Digest, RemoteError> {
        let below = match self.root.as_ref() {
            "" => path.to_owned(),
            prefix => format!("{prefix}/{path}"),
        };
        let key = Path::parse(below).map_err(|error| failure::name(&self.bucket, &error))?;
        let read = self.digest_of(store, &key, file, progress);
        // A place that is one object lists it under its own name.
        let itself = self.root.as_ref().rsplit('/').next() == Some(path);
        match read {
            Err(RemoteError::NotFound(_)) if itself => {
                self.digest_of(store, &self.root, file, progress)
            }
            read => read,
        }
    }

    fn digest_of(
        &self,
        store: &AmazonS3,
        key: &Path,
        file: &StoredFile,
        progress: &dyn Progress,
    ) -> Result<Sha256Digest, RemoteError> {
        let thing = format!("object `{key}`");
        let subject = Subject {
            thing: &thing,
            place: &self.bucket,
        };
        let runtime = self.client.runtime()?;
        Transfer::new(file.size, progress)
            .run(&self.client.retries, |transfer| {
                runtime.block_on(self.read_on(store, key, file, transfer))
            })
            .map_err(|(failure, attempts)| {
                let failure = match failure {
                    Failure::Mismatch(_) => replaced(&thing, &self.bucket),
                    failure => failure,
                };
                subject.error(failure, attempts)
            })
    }

    /// The path of an object below the prefix; its own name where it is the prefix.
    fn relative<'b>(&self, object: &'b ObjectMeta) -> Option<&'b str> {
        let location = object.location.as_ref();
        match self.root.as_ref() {
            "" => Some(location),
            prefix if prefix == location => location.rsplit('/').next(),
            prefix => location.strip_prefix(prefix)?.strip_prefix('/'),
        }
    }

    async fn objects(&self, store: &AmazonS3) -> Result<Vec<ObjectMeta>, Error> {
        let mut listing = store.list(Some(&self.root));
        let mut objects = Vec::new();
        let mut empty = Vec::new();
        while let Some(object) = listing.try_next().await? {
            // The mark of the directory that the prefix names is at the prefix itself.
            let inside = object.location != self.root;
            if !inside || !self.relative(&object).is_some_and(counts_as_data) {
                continue;
            }
            if object.size == 0 {
                empty.push(object);
            } else {
                objects.push(object);
            }
        }
        // A mark of a directory is an empty object whose key ends in `/`, which is lost on the way:
        // only that there is no object of this name tells it from an empty file.
        objects.extend(asked(store, empty).await?);
        if objects.is_empty() && !self.root.as_ref().is_empty() {
            return Ok(vec![store.head(&self.root).await?]);
        }
        let versioned = match objects.first() {
            Some(first) => store
                .head(&first.location)
                .await
                .map(|head| version(&head).is_some()),
            None => Ok(false),
        };
        match versioned {
            Ok(true) => asked(store, objects).await,
            Ok(false) | Err(Error::NotFound { .. }) => Ok(objects),
            Err(error) => Err(error),
        }
    }

    async fn read_on(
        &self,
        store: &AmazonS3,
        key: &Path,
        file: &StoredFile,
        transfer: &mut Transfer<'_>,
    ) -> Result<(), Failure> {
        if file.token.is_empty() {
            transfer.forget();
        }
        let from = transfer.read();
        let options = GetOptions {
            range: (from > 0).then_some(GetRange::Offset(from)),
            if_match: file.token.strip_prefix("etag:").map(str::to_owned),
            version: file.token.strip_prefix("version:").map(str::to_owned),
            ..GetOptions::default()
        };
        let failed = |error: Error| self.client.failure(&error);
        let answer = store.get_opts(key, options).await.map_err(failed)?;
        // A server that does not know the condition sends what is there now.
        let versioned = file.token.starts_with("version:") && answer.meta.version.is_none();
        if answer.meta.size != file.size || !(versioned || token(&answer.meta) == file.token) {
            return Err(replaced(key.as_ref(), &self.bucket));
        }
        let mut bytes = answer.into_stream();
        while let Some(piece) = bytes.try_next().await.map_err(failed)? {
            transfer.take(&piece)?;
        }
        Ok(())
    }
}

/// What the store says of each object itself; those that are gone by now are left out.
async fn asked(store: &AmazonS3, objects: Vec<ObjectMeta>) -> Result<Vec<ObjectMeta>, Error> {
    stream::iter(objects)
        .map(|object| async move {
            match store.head(&object.location).await {
                Ok(head) => Ok(Some(head)),
                Err(Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        })
        .buffered(AT_ONCE)
        .try_filter_map(|object| async move { Ok(object) })
        .try_collect()
        .await
}

/// What the store calls the state of an object.
fn token(object: &ObjectMeta) -> String {
    match (version(object), &object.e_tag) {
        (Some(version), _) => format!("version:{version}"),
        (None, Some(etag)) => format!("etag:{etag}"),
        (None, None) => String::new(),
    }
}

/// The version of an object; `null` is that of a bucket that keeps none.
fn version(object: &ObjectMeta) -> Option<&str> {
    object
        .version
        .as_deref()
        .filter(|version| *version != "null")
}
