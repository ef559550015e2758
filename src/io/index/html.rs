//! Project pages in HTML: PEP 503, with the additions of PEP 592, PEP 629, PEP 658 and PEP 714.
//!
//! Every anchor with an address is a file: its text is the file name, its fragment the digest.
//! HTML tells no upload times.

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{HtmlString, StartTag, Token, Tokenizer};
use pep508_rs::PackageName;
use percent_encoding::percent_decode_str;
use url::Url;

use super::filename;
use super::page::{FileStated, Files, PageError, check_version, metadata_with};
use crate::remote::{MetadataBeside, ProjectPage};

/// An anchor with an address.
#[derive(Default)]
struct Anchor {
    href: String,
    text: String,
    requires_python: Option<String>,
    yanked: Option<String>,
    metadata: MetadataBeside,
}

/// Reads a page; `base` is the address that gave it, until the page says otherwise.
pub(super) fn parse(
    body: &str,
    base: &Url,
    project: &PackageName,
) -> Result<ProjectPage, PageError> {
    let mut emitter = DefaultEmitter::default();
    // Without this, an anchor inside of a script or a comment-like title would count.
    emitter.naively_switch_states(true);
    let mut based: Option<Url> = None;
    let mut open: Option<Anchor> = None;
    let mut anchors = Vec::new();
    let mut stated = false;
    for token in Tokenizer::new_with_emitter(body, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => match tag.name.as_slice() {
                // An anchor ends the one before it: anchors do not nest.
                b"a" => {
                    anchors.extend(open.take());
                    open = anchor(&tag);
                }
                b"base" if based.is_none() => {
                    based = attribute(&tag, b"href").and_then(|href| base.join(&href).ok());
                }
                b"meta" => stated |= check_meta(&tag)?,
                _ => {}
            },
            Token::String(text) => {
                if let Some(anchor) = &mut open {
                    anchor.text.push_str(&String::from_utf8_lossy(&text));
                }
            }
            Token::EndTag(tag) if tag.name.as_slice() == b"a" => anchors.extend(open.take()),
            _ => {}
        }
    }
    anchors.extend(open);
    let base = based.as_ref().unwrap_or(base);
    let mut files = Files::new(base, project);
    for anchor in anchors {
        anchor.add_to(&mut files, project);
    }
    let page = files.page();
    // A page to sign in at, or a proxy's notice, must not pass for a project without files.
    if page.files.is_empty() && !stated {
        return Err(PageError::NoFiles);
    }
    Ok(page)
}

fn anchor(tag: &StartTag<()>) -> Option<Anchor> {
    Some(Anchor {
        href: attribute(tag, b"href")?.trim().to_owned(),
        text: String::new(),
        requires_python: attribute(tag, b"data-requires-python"),
        // The attribute alone, without a reason, yanks as well (PEP 592).
        yanked: attribute(tag, b"data-yanked"),
        // The second name is what some indexes called it before PEP 714.
        metadata: attribute(tag, b"data-core-metadata")
            .or_else(|| attribute(tag, b"data-dist-info-metadata"))
            .map(|stated| metadata(stated.trim()))
            .unwrap_or_default(),
    })
}

/// `true`, or a hash function and a digest.
fn metadata(stated: &str) -> MetadataBeside {
    match stated.split_once('=') {
        Some((name, hex)) if name.eq_ignore_ascii_case("sha256") => metadata_with(hex),
        Some((name, _)) if !name.is_empty() => MetadataBeside::Yes,
        None if stated.eq_ignore_ascii_case("true") => MetadataBeside::Yes,
        _ => MetadataBeside::No,
    }
}

/// Whether the element says that this is a page of an index (PEP 629).
fn check_meta(tag: &StartTag<()>) -> Result<bool, PageError> {
    match attribute(tag, b"name").as_deref() {
        Some("pypi:repository-version") => {
            check_version(&attribute(tag, b"content").unwrap_or_default()).map(|()| true)
        }
        _ => Ok(false),
    }
}

fn attribute(tag: &StartTag<()>, name: &[u8]) -> Option<String> {
    tag.attributes.get(name).map(|value| lossy(&value.value))
}

fn lossy(text: &HtmlString) -> String {
    String::from_utf8_lossy(text).into_owned()
}

impl Anchor {
    fn add_to(self, files: &mut Files<'_>, project: &PackageName) {
        let (address, fragment) = self.href.split_once('#').unwrap_or((&self.href, ""));
        let text = self.text.trim();
        let filename = if filename::version(text, project).is_some() {
            text.to_owned()
        } else {
            last_segment(address)
        };
        let sha256 = fragment
            .split('&')
            .find_map(|part| part.strip_prefix("sha256="));
        files.add(FileStated {
            filename: filename.into(),
            address: address.into(),
            sha256: sha256.map(Into::into),
            requires_python: self.requires_python.map(Into::into),
            uploaded: None,
            yanked: self.yanked,
            metadata: self.metadata,
        });
    }
}

fn last_segment(address: &str) -> String {
    let path = address.split('?').next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    percent_decode_str(last).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<ProjectPage, PageError> {
        let base = "https://index.example/simple/foo/".parse().unwrap();
        parse(body, &base, &"foo".parse().unwrap())
    }

    #[test]
    fn everything_that_an_anchor_states_is_read() {
        let digest = "cd".repeat(32);
        let files = read(&format!(
            "<!DOCTYPE html><html><head>
             <meta name='pypi:repository-version' content='1.0'>
             <title><a href='foo-9.tar.gz'>foo-9.tar.gz</a></title>
             <script>'<a href=\"foo-8.tar.gz\">foo-8.tar.gz</a>'</script></head><body>
             <!-- <a href='foo-7.tar.gz'>foo-7.tar.gz</a> -->
             <a href='../../f/foo-1.0.tar.gz#egg=x&amp;sha256={digest}'
                data-requires-python='&gt;=3.8' data-yanked='broken &amp; bad'>
                foo-1.0.tar.gz</a><br/>
             <A HREF='/f/foo-2.0.tar.gz' data-yanked>foo-2.0.tar.gz</A></body></html>"
        ))
        .unwrap()
        .files;
        assert_eq!(files.len(), 2);
        assert_eq!(files[0].filename, "foo-1.0.tar.gz");
        assert_eq!(files[0].address, "https://index.example/f/foo-1.0.tar.gz");
        assert_eq!(files[0].sha256.unwrap().hex(), digest);
        assert_eq!(
            files[0].requires_python.as_ref().unwrap().to_string(),
            ">=3.8"
        );
        assert_eq!(files[0].yanked.as_deref(), Some("broken & bad"));
        assert_eq!(files[1].yanked.as_deref(), Some(""));
        assert_eq!(files[1].sha256, None);
    }

    #[test]
    fn the_base_of_the_page_wins() {
        let page =
            read("<base href='/other/'><base href='/no/'><a href='foo-1.tar.gz'>foo-1.tar.gz");
        let address = &page.unwrap().files[0].address;
        assert_eq!(address, "https://index.example/other/foo-1.tar.gz");
    }

    #[test]
    fn the_address_names_the_file_where_the_text_does_not() {
        let page = read(
            "<a href='f/foo-1%2Bcpu.tar.gz?x=1/2'>download<a href='foo-2.tar.gz'>foo-<b>2</b>.tar.gz</a>
             <a href='..'>up</a><a name='top'>foo-3.tar.gz</a>",
        );
        let names: Vec<_> = page
            .unwrap()
            .files
            .into_iter()
            .map(|f| f.filename)
            .collect();
        assert_eq!(names, ["foo-1+cpu.tar.gz", "foo-2.tar.gz"]);
    }

    #[test]
    fn what_is_said_of_metadata_is_read_leniently() {
        let digest = "cd".repeat(32);
        let yes = MetadataBeside::Digest(crate::model::Sha256Digest::from_hex(&digest).unwrap());
        for (stated, expected) in [
            (format!("data-core-metadata='sha256={digest}'"), yes),
            (format!("data-dist-info-metadata='SHA256={digest}'"), yes),
            ("data-core-metadata='true'".to_owned(), MetadataBeside::Yes),
            (
                "data-core-metadata='sha512=ab'".to_owned(),
                MetadataBeside::Yes,
            ),
            (
                format!("data-core-metadata=false data-dist-info-metadata='sha256={digest}'"),
                MetadataBeside::No,
            ),
            (
                "data-core-metadata='sha256=ab'".to_owned(),
                MetadataBeside::No,
            ),
            ("data-core-metadata='=ab'".to_owned(), MetadataBeside::No),
            ("data-core-metadata".to_owned(), MetadataBeside::No),
            (String::new(), MetadataBeside::No),
        ] {
            let page = read(&format!("<a href='foo-1.zip' {stated}>foo-1.zip</a>")).unwrap();
            assert_eq!(page.files[0].metadata, expected, "{stated}");
        }
    }

    #[test]
    fn a_newer_protocol_is_refused() {
        let page = read("<meta name='pypi:repository-version' content='2.0'>");
        assert!(matches!(page, Err(PageError::Version(_))));
    }
}
