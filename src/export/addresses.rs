//! Where the files of an environment are to be had: asked of indexes, which must still have what
//! was locked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{Held, Origin};
use crate::finding::{Code, Finding};
use crate::model::{Dist, IndexUrl, Sha256Digest, address_without_credentials};
use crate::remote::{IndexFile, Ports};

/// Where a file is.
pub(super) struct Address<'a> {
    /// Without credentials.
    pub(super) url: String,
    /// None is the default index.
    pub(super) index: Option<&'a IndexUrl>,
}

/// A file to look for.
struct Question<'a> {
    dist: &'a Dist,
    name: &'a str,
    digest: Sha256Digest,
    /// The indexes that may have it, the likeliest first.
    indexes: Vec<Option<&'a IndexUrl>>,
}

impl fmt::Display for Question<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "distributions/{}", self.dist)
    }
}

/// The address of each file by its name, or what is wrong with those that have none.
///
/// A file whose own package names an index is there; others are on the default index, or on one
/// of those that the environment's packages name: a digest tells whether it is the right one.
pub(super) fn of<'a>(
    held: &[Held<'a>],
    others: &BTreeSet<&'a IndexUrl>,
    ports: Ports<'_>,
) -> Result<BTreeMap<&'a str, Address<'a>>, Vec<Finding>> {
    let questions = held.iter().filter_map(|it| match it.origin {
        Origin::File {
            name,
            digest,
            index,
        } => Some(Question {
            dist: it.dist,
            name,
            digest,
            indexes: match index {
                Some(own) => vec![Some(own)],
                None => std::iter::once(None)
                    .chain(others.iter().copied().map(Some))
                    .collect(),
            },
        }),
        Origin::Git { .. } | Origin::Local(_) => None,
    });
    let answers = ports.each(questions.collect(), |question: Question<'_>| {
        let answer = find(&question, ports);
        let about = |finding: Box<Finding>| finding.about(&question);
        (question.name, answer.map_err(about))
    });
    let mut addresses = BTreeMap::new();
    let mut findings = Vec::new();
    for (name, answer) in answers {
        match answer {
            Ok(address) => drop(addresses.insert(name, address)),
            Err(finding) => findings.push(finding),
        }
    }
    if findings.is_empty() {
        Ok(addresses)
    } else {
        Err(findings)
    }
}

/// The first index that has the file with its digest; else what the likeliest one said.
fn find<'a>(question: &Question<'a>, ports: Ports<'_>) -> Result<Address<'a>, Box<Finding>> {
    let mut first = None;
    for index in &question.indexes {
        match ask(question, *index, ports) {
            Ok(address) => return Ok(address),
            Err(finding) => first = first.or(Some(finding)),
        }
    }
    Err(first.expect("there is always an index to ask"))
}

fn ask<'a>(
    question: &Question<'_>,
    index: Option<&'a IndexUrl>,
    ports: Ports<'_>,
) -> Result<Address<'a>, Box<Finding>> {
    let page = ports
        .index
        .project(index, &question.dist.name)
        .map_err(|error| Box::new(error.finding(Code::PypiProjectRemoved)))?;
    let named = |file: &&IndexFile| file.filename == question.name;
    let Some(file) = page.files.iter().find(named) else {
        let message = format!("`{}` is no longer on the index", question.name);
        return Err(Box::new(Finding::new(Code::PypiFileRemoved, message)));
    };
    let digest = match file.sha256 {
        Some(digest) => digest,
        None => ports
            .index
            .digest(index, file)
            .map_err(|error| Box::new(error.finding(Code::PypiFileRemoved)))?,
    };
    if digest != question.digest {
        let message = format!(
            "`{}` has another SHA-256 under the same name",
            question.name
        );
        let finding = Finding::new(Code::PypiHashChanged, message);
        return Err(Box::new(finding.compare(question.digest, digest)));
    }
    Ok(Address {
        url: address_without_credentials(&file.address),
        index,
    })
}
