//! SARIF 2.1.0 (OASIS), in the subset that GitHub code scanning and other viewers take.
//!
//! The rules are all codes, in the order of their table, so that a rule has the same index in every
//! report of one vhb. What could not be checked is a result of kind `fail` like others: viewers
//! take other kinds for a pass, or leave them out. The same report has the same bytes: no GUIDs, no
//! times, no path of the machine that it was made on.

mod log;

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use self::log::{
    Artifact, Automation, Configuration, Driver, Help, Invocation, Level, Location, Log, Logical,
    Message, Notification, Physical, Properties, ROOT, Region, Rule, Run, RunProperties,
    SarifResult, Tool,
};
use super::places::Place;
use super::shown::{Located, Of, Shown};
use super::visible::visible;
use super::{json, words};
use crate::finding::{Code, Finding, Severity};
use crate::model::Sha256Digest;

/// How many results GitHub takes in one run; the report says how many are left out.
const MOST_RESULTS: usize = 25_000;

/// What results are told apart by; another way to do that needs another name.
const FINGERPRINT: &str = "vhbFinding/v1";

/// All but what a path may hold as it is (RFC 3986 §2.3).
const IN_PATHS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The report as SARIF, with two-space indent and a final newline.
pub fn report(shown: &Shown<'_>) -> String {
    json(&Log::of(run(shown)))
}

fn run<'a>(shown: &'a Shown<'_>) -> Run<'a> {
    let findings = shown.by_severity();
    let left_out = findings.len().saturating_sub(MOST_RESULTS);
    let lock = shown.ground.lock_itself();
    let mut seen = Seen::new();
    let results = findings.into_iter().take(MOST_RESULTS);
    let results = results.map(|located| {
        let fingerprint = fingerprint(located.finding, &mut seen);
        result(lock.as_ref(), located, fingerprint)
    });
    let tool = Tool {
        driver: Driver::new(Code::ALL.iter().map(|code| rule(*code)).collect()),
    };
    let automation = Automation {
        id: automation_id(shown),
    };
    let invocation = Invocation {
        // What could not be checked must not look like a pass.
        execution_successful: !shown.report.has_gaps(),
        tool_execution_notifications: notifications(shown, left_out),
    };
    let properties = RunProperties::of(shown);
    Run::new(tool, automation, invocation, results.collect(), properties)
}

/// What GitHub tells analyses apart by: the command and what it was asked about.
fn automation_id(shown: &Shown<'_>) -> String {
    let command = shown.command().replace(" --", "-").replace(' ', "-");
    let name = visible(shown.name);
    // All before the last slash is the category.
    if name.is_empty() {
        format!("{command}/")
    } else {
        format!("{command}/{name}/")
    }
}

fn rule(code: Code) -> Rule {
    let (means, matters, mend) = (code.means(), code.matters(), code.mend());
    Rule {
        id: code,
        // In Pascal case, as viewers like it: `VhbGitRefMoved`.
        name: format!("Vhb{code:?}"),
        short_description: Message::new(means),
        full_description: Message::new(format!("{means} {matters}")),
        help: Help {
            text: format!("Why it matters: {matters}\n\nHow to mend it: {mend}"),
            markdown: format!(
                "**Why it matters:** {matters}\n\n**How to mend it:** {mend}\n\n`vhb explain {code}`"
            ),
        },
        default_configuration: Configuration {
            level: level(code.severity()),
        },
    }
}

fn result<'a>(
    lock: Option<&Place>,
    located: &Located<'a>,
    fingerprint: Sha256Digest,
) -> SarifResult<'a> {
    let finding = located.finding;
    let mut places = located.places.iter();
    // Viewers drop what has no place.
    let main = places.next().or(lock);
    let index = Code::ALL.iter().position(|code| *code == finding.code);
    SarifResult {
        rule_id: finding.code,
        rule_index: index.expect("the table holds every code"),
        level: level(finding.severity),
        message: Message::new(message(finding)),
        locations: location(main, finding).into_iter().collect(),
        related_locations: places
            .filter_map(|place| {
                let mut location = location(Some(place), finding)?;
                location.message = Some(Message::new("what is locked"));
                Some(location)
            })
            .collect(),
        partial_fingerprints: [(FINGERPRINT, fingerprint.hex())].into(),
        properties: Properties::of(finding),
    }
}

fn level(severity: Severity) -> Level {
    match severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
        Severity::Info => Level::Note,
    }
}

/// What is wrong and what to do; nothing in it is a link (§3.11.6) or a placeholder (§3.11.5).
fn message(finding: &Finding) -> String {
    let mut text = words::message(finding);
    for (label, value) in words::details(finding) {
        if label == words::HINT {
            text = format!("{text}\nhint: {value}");
        }
    }
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        out.push(letter);
        let next = letters.peek();
        let link = letter == ']' && next == Some(&'(');
        let placeholder = letter == '{' && next.is_some_and(char::is_ascii_digit);
        if link || placeholder {
            out.push(' ');
        }
    }
    out
}

fn location<'a>(place: Option<&Place>, finding: &'a Finding) -> Option<Location<'a>> {
    let subject = finding.subject.as_deref();
    if place.is_none() && subject.is_none() {
        return None;
    }
    let physical = place.map(|place| Physical {
        artifact_location: Artifact {
            uri: uri(&place.file),
            uri_base_id: ROOT,
        },
        region: Region {
            start_line: place.line,
            start_column: place.column,
            end_line: place.end.map(|_| place.line),
            end_column: place.end,
        },
    });
    let logical = subject.map(|fully_qualified_name| Logical {
        fully_qualified_name,
    });
    Some(Location {
        physical,
        logical: logical.into_iter().collect(),
        message: None,
    })
}

/// A path as a URI, whatever separates its parts here.
fn uri(path: &Path) -> String {
    let parts = path.iter().map(OsStr::as_encoded_bytes);
    let parts = parts.map(|part| percent_encode(part, IN_PATHS).to_string());
    parts.collect::<Vec<_>>().join("/")
}

/// What was not looked at, and what is not told.
fn notifications(shown: &Shown<'_>, left_out: usize) -> Vec<Notification> {
    let note = |level, text: String| Notification {
        level,
        message: Message::new(text),
    };
    let skipped = shown.skipped().iter().map(|skipped| {
        let (layer, why) = (skipped.layer, skipped.why);
        let text = format!("the layer `{layer}` was not asked ({why}): a match says nothing of it");
        note(Level::Note, text)
    });
    let mut notifications: Vec<_> = skipped.collect();
    if let Of::Locking { things: None, .. } = shown.of {
        let text = "nothing could be locked, so the lock was compared with nothing";
        notifications.push(note(Level::Error, text.to_owned()));
    }
    if left_out > 0 {
        let text = format!("{left_out} results are left out: viewers take {MOST_RESULTS}");
        notifications.push(note(Level::Warning, text));
    }
    notifications
}

/// How often what a result is about was seen before.
type Seen<'a> = HashMap<(Code, &'a str, &'a str), usize>;

/// Names a result by what it is about, so that it is known again when lines move.
fn fingerprint<'a>(finding: &'a Finding, seen: &mut Seen<'a>) -> Sha256Digest {
    let subject = finding.subject.as_deref().unwrap_or_default();
    // A message may hold values, which may change while the problem stays.
    let part = finding.field.as_deref().unwrap_or(&finding.message);
    let times = seen.entry((finding.code, subject, part)).or_default();
    *times += 1;
    let parts = [finding.code.as_str(), subject, part, &times.to_string()];
    Sha256Digest::of(parts.join("\0").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_neither_link_nor_placeholder() {
        let said = |text: &str| message(&Finding::new(Code::NotRecorded, text).hint("[h](0)"));
        assert_eq!(
            said("see [this](https://h/x) and {0} {a}"),
            "see [this] (https://h/x) and { 0} {a}\nhint: [h] (0)"
        );
    }

    #[test]
    fn paths_are_uris_without_anything_else() {
        assert_eq!(
            uri(Path::new("a b/é:%?#.yaml")),
            "a%20b/%C3%A9%3A%25%3F%23.yaml"
        );
        #[cfg(unix)]
        {
            use std::ffi::OsStr;
            use std::os::unix::ffi::OsStrExt as _;
            assert_eq!(uri(Path::new(OsStr::from_bytes(b"a\xff"))), "a%FF");
        }
    }

    #[test]
    fn a_result_is_known_by_what_it_is_about() {
        let finding = |field: &str, message: &str| {
            Finding::new(Code::ConfigChanged, message)
                .about("runs/a")
                .in_field(field)
        };
        let print = |finding: &Finding| fingerprint(finding, &mut Seen::new());
        let noise = finding("seed", "from 1 to 2");
        assert_eq!(print(&noise), print(&finding("seed", "from 1 to 3")));
        assert_ne!(print(&noise), print(&finding("name", "from 1 to 2")));
        let mut seen = Seen::new();
        assert_ne!(
            fingerprint(&noise, &mut seen),
            fingerprint(&noise, &mut seen)
        );
    }
}
