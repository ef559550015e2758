//! JUnit XML as Jenkins, GitLab and others read it: a suite for each layer, kind or section, a case
//! for each thing that was looked at.
//!
//! Drift is a failure, what could not be checked an error, what is not recorded skipped. Nothing
//! was timed, so no time is told. `skipped` holds its reason as text and not as an attribute,
//! which not every schema knows.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::shown::{Located, Shown};
use super::suites::{Case, End, Suite, suites};
use super::visible::visible;
use super::words;

type Xml = Writer<Vec<u8>>;

/// The report as JUnit XML.
pub fn report(shown: &Shown<'_>) -> String {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    write(shown, &mut xml).expect("a vector takes everything");
    let mut text = String::from_utf8(xml.into_inner()).expect("texts were written");
    text.push('\n');
    text
}

fn write(shown: &Shown<'_>, xml: &mut Xml) -> io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let suites = suites(shown);
    let total = |is: fn(&End) -> bool| suites.iter().map(|suite| suite.count(is)).sum();
    let name = [shown.command(), shown.name].join(" ");
    let counted = attributes(name.trim(), &total, false);
    let element = xml.create_element("testsuites");
    let element = element.with_attributes(pairs(&counted));
    element.write_inner_content(|xml| suites.iter().try_for_each(|it| suite(it, xml)))?;
    Ok(())
}

fn suite(suite: &Suite<'_>, xml: &mut Xml) -> io::Result<()> {
    let counted = attributes(&suite.name, &|is| suite.count(is), true);
    let element = xml.create_element("testsuite");
    let element = element.with_attributes(pairs(&counted));
    element.write_inner_content(|xml| {
        let mut cases = suite.cases.iter();
        cases.try_for_each(|it| case(&suite.name, it, xml))
    })?;
    Ok(())
}

/// The name and the numbers of cases; the root has no number for those that were skipped.
fn attributes(
    name: &str,
    count: &dyn Fn(fn(&End) -> bool) -> usize,
    skipped: bool,
) -> Vec<(&'static str, String)> {
    let mut attributes = vec![
        ("name", line(name)),
        ("tests", count(|_| true).to_string()),
        ("failures", count(|end| *end == End::Failed).to_string()),
        ("errors", count(|end| *end == End::Unchecked).to_string()),
    ];
    if skipped {
        let skipped = count(|end| matches!(end, End::Skipped(_)));
        attributes.push(("skipped", skipped.to_string()));
    }
    attributes
}

fn case(suite: &str, case: &Case<'_>, xml: &mut Xml) -> io::Result<()> {
    let (name, class) = (line(&case.name), line(&format!("vhb.{suite}")));
    let named = [("name", name.as_str()), ("classname", class.as_str())];
    let element = xml.create_element("testcase").with_attributes(named);
    let told: Vec<_> = case.findings.iter().map(|located| told(located)).collect();
    let told = text(&told.join("\n"));
    let first = case.findings.first().map(|located| located.finding);
    let message = first.map(|finding| line(&words::message(finding)));
    let failure = [
        ("type", first.map_or("", |finding| finding.code.as_str())),
        ("message", message.as_deref().unwrap_or_default()),
    ];
    let content = match &case.end {
        End::Passed if case.findings.is_empty() => {
            element.write_empty()?;
            return Ok(());
        }
        End::Passed => ("system-out", None, told),
        End::Skipped(reason) => ("skipped", None, text(reason)),
        End::Failed => ("failure", Some(failure), told),
        End::Unchecked => ("error", Some(failure), told),
    };
    element.write_inner_content(|xml| {
        let (tag, attributes, content) = content;
        let element = xml.create_element(tag);
        let element = element.with_attributes(attributes.into_iter().flatten());
        element.write_text_content(BytesText::new(&content))?;
        Ok(())
    })?;
    Ok(())
}

/// A finding in lines: what, where, and what else it says.
fn told(located: &Located<'_>) -> String {
    let finding = located.finding;
    let (severity, code) = (finding.severity, finding.code);
    let mut lines = vec![format!("{severity}[{code}]: {}", words::message(finding))];
    let places = located.places.iter();
    lines.extend(places.map(|place| {
        let file = place.file.to_string_lossy();
        format!("at {file}:{}:{}", place.line, place.column)
    }));
    let details = words::details(finding).into_iter();
    lines.extend(details.map(|(label, value)| format!("{label}: {value}")));
    lines.join("\n") + "\n"
}

fn pairs<'a>(attributes: &'a [(&'static str, String)]) -> impl Iterator<Item = (&'a str, &'a str)> {
    attributes.iter().map(|(name, value)| (*name, &**value))
}

/// A text without what XML 1.0 forbids (§2.2) or a terminal would obey.
fn text(text: &str) -> String {
    visible(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

/// The same in one line: readers would make spaces of the breaks in attributes.
fn line(value: &str) -> String {
    text(value).replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_holds_no_character_that_it_forbids() {
        let hostile: String = (0..=0x1f_u32)
            .chain([0x7f, 0x9b, 0xfffe, 0xffff, 0x1_f600])
            .filter_map(char::from_u32)
            .collect();
        let allowed = |c: char| matches!(c, '\n' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
        assert!(text(&hostile).chars().all(allowed));
        assert_eq!(text(&hostile).chars().count(), hostile.chars().count());
        assert!(!line(&hostile).contains('\n'));
    }
}
