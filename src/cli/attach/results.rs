//! Results published as one artifact, with all that belongs to them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::papers::Papers;
use super::{exact_name, not_taken, refused};
use crate::attachments::{Publication, PublishError, Published, ResultFile, doubts};
use crate::cli::args::AttachArgs;
use crate::cli::error::CliError;
use crate::cli::{Output, Result, result_files};
use crate::finding::Outcome;
use crate::model::{ImageReference, Sha256Digest, counted};
use crate::remote::ArtifactRegistry;

/// The longest tag that registries take.
const LONGEST_TAG: usize = 128;
/// Of the digest of what is published, so many digits tell it from the others of an experiment.
const DIGITS: usize = 12;

pub(super) fn run(
    args: &AttachArgs,
    papers: &Papers,
    directory: &Path,
    reference: &ImageReference,
    registry: &dyn ArtifactRegistry,
    output: &Output,
) -> Result {
    without_digest(reference)?;
    let files = files(args, papers, directory, output)?;
    let documents = papers.documents();
    let publication = Publication::of(documents, &files).map_err(|error| unpublished(&error))?;
    let doubts = doubts(&documents, Some(&files));
    if !doubts.is_empty() {
        return Ok(refused(doubts, false, output));
    }
    let place = tagged(papers, reference, &publication.digest())?;
    match publication.push(&place, args.replace, registry) {
        Ok(published) => {
            tell(&place, &published, files.len(), output);
            output.data(&format!("{}\n", exact_name(&place, &published.manifest)));
            Ok(Outcome::Clean)
        }
        Err(PublishError::Remote(error)) => Ok(not_taken(&error, &place, output)),
        Err(error) => Err(unpublished(&error)),
    }
}

fn unpublished(error: &PublishError) -> CliError {
    let hint = match error {
        PublishError::TagTaken(_) => "name another tag: `HOST/REPOSITORY:TAG`",
        PublishError::TagDiffers { .. } => {
            "name another tag, or none; `--replace` takes the tag from the other results"
        }
        PublishError::TagMoved(_) => "look at what it names now, and publish again",
        PublishError::NameTaken(_) => "rename the result",
        PublishError::TooMany(_) => "pack them into archives",
        PublishError::Remote(_) => "try again",
    };
    CliError::new(error.to_string()).hint(hint)
}

fn tell(place: &ImageReference, published: &Published, files: usize, output: &Output) {
    let Published { manifest, before } = published;
    if *before == Some(*manifest) {
        output.say("nothing changed\n");
        return;
    }
    let results = counted(files, "result");
    output.say(&format!("published {results} as `{place}`\n"));
    if let Some(before) = before {
        output.say(&format!("the tag named `{before}` before\n"));
    }
}

fn without_digest(reference: &ImageReference) -> Result<()> {
    if reference.digest().is_some() {
        let error = CliError::new("results are published by a tag, and their digest is not chosen");
        return Err(error.hint("name `HOST/REPOSITORY`, or `HOST/REPOSITORY:TAG`"));
    }
    Ok(())
}

/// The repository with the tag that was named, or one made from what is published.
fn tagged(
    papers: &Papers,
    reference: &ImageReference,
    published: &Sha256Digest,
) -> Result<ImageReference> {
    let made = || default_tag(&papers.lock.experiment.id, published);
    let tag = reference
        .written_tag()
        .map_or_else(made, |tag| Ok(tag.to_owned()))?;
    let (registry, repository) = (reference.registry(), reference.repository());
    super::reference(&format!("{registry}/{repository}:{tag}"))
}

fn default_tag(id: &str, published: &Sha256Digest) -> Result<String> {
    let tag = format!("{id}-{}", &published.hex()[..DIGITS]);
    let mut letters = tag.bytes();
    let first = letters
        .next()
        .is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_');
    let rest = letters.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'));
    if first && rest && tag.len() <= LONGEST_TAG {
        return Ok(tag);
    }
    let error = CliError::new(format!("`{tag}` cannot be the tag of an artifact"));
    Err(error.hint("name one: `HOST/REPOSITORY:TAG`"))
}

/// The files of a directory; what is published as a document is no result.
fn files(
    args: &AttachArgs,
    papers: &Papers,
    directory: &Path,
    output: &Output,
) -> Result<BTreeMap<String, ResultFile>> {
    let named = [directory.to_path_buf()];
    let cache = (&args.cache, &args.rehash);
    let read = result_files::read(&named, &papers.paths, cache, output)?;
    if read.is_empty() {
        let shown = directory.display();
        return Err(CliError::new(format!("there are no results in `{shown}`")));
    }
    let with_size = |(name, (path, digest)): (String, (PathBuf, Sha256Digest))| {
        let size = std::fs::metadata(&path);
        let size = size.map_err(|error| CliError::unreadable("result", &path, &error))?;
        let size = size.len();
        Ok((name, ResultFile { path, digest, size }))
    };
    read.into_iter().map(with_size).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_of_results_is_made_of_what_registries_take() {
        let published = &Sha256Digest::of(b"a manifest");
        let digits = &published.hex()[..DIGITS];
        assert_eq!(
            default_tag("doc-2026.v1", published).unwrap(),
            format!("doc-2026.v1-{digits}")
        );
        for id in ["-a", ".a", "a b", "ä", &"a".repeat(LONGEST_TAG - DIGITS)] {
            assert!(default_tag(id, published).is_err(), "{id}");
        }
        assert!(default_tag(&"a".repeat(LONGEST_TAG - DIGITS - 1), published).is_ok());
    }
}
