//! The objects of SARIF 2.1.0 that vhb writes, as the standard names them (§3.13 and following).

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::finding::{Code, Counts, Finding, Layer, Verdict};
use crate::render::shown::{Of, Shown};

/// What paths are relative to; the value is that of whoever reads them (§3.14.14).
pub(super) const ROOT: &str = "%SRCROOT%";

#[derive(Serialize)]
pub(super) struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

impl<'a> Log<'a> {
    pub(super) fn of(run: Run<'a>) -> Self {
        Self {
            schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            version: "2.1.0",
            runs: [run],
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run<'a> {
    pub(super) tool: Tool,
    pub(super) automation_details: Automation,
    pub(super) invocations: [Invocation; 1],
    original_uri_base_ids: BTreeMap<&'static str, BTreeMap<&'static str, Message>>,
    column_kind: &'static str,
    pub(super) results: Vec<SarifResult<'a>>,
    pub(super) properties: RunProperties<'a>,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        tool: Tool,
        automation_details: Automation,
        invocation: Invocation,
        results: Vec<SarifResult<'a>>,
        properties: RunProperties<'a>,
    ) -> Self {
        let root = "the root of the repository; where there is none, the directory that holds `registries/`";
        let root = [("description", Message::new(root))].into();
        Self {
            tool,
            automation_details,
            invocations: [invocation],
            original_uri_base_ids: [(ROOT, root)].into(),
            // As places are counted: characters, not bytes.
            column_kind: "unicodeCodePoints",
            results,
            properties,
        }
    }
}

#[derive(Serialize)]
pub(super) struct Tool {
    pub(super) driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule>,
}

impl Driver {
    pub(super) fn new(rules: Vec<Rule>) -> Self {
        Self {
            name: "vhb",
            semantic_version: env!("CARGO_PKG_VERSION"),
            rules,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule {
    pub(super) id: Code,
    pub(super) name: String,
    pub(super) short_description: Message,
    pub(super) full_description: Message,
    pub(super) help: Help,
    pub(super) default_configuration: Configuration,
}

#[derive(Serialize)]
pub(super) struct Help {
    pub(super) text: String,
    pub(super) markdown: String,
}

#[derive(Serialize)]
pub(super) struct Configuration {
    pub(super) level: Level,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    Note,
    Warning,
    Error,
}

#[derive(Serialize)]
pub(super) struct Message {
    text: Cow<'static, str>,
}

impl Message {
    pub(super) fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self { text: text.into() }
    }
}

#[derive(Serialize)]
pub(super) struct Automation {
    pub(super) id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation {
    pub(super) execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
pub(super) struct Notification {
    pub(super) level: Level,
    pub(super) message: Message,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SarifResult<'a> {
    pub(super) rule_id: Code,
    pub(super) rule_index: usize,
    pub(super) level: Level,
    pub(super) message: Message,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) locations: Vec<Location<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) related_locations: Vec<Location<'a>>,
    pub(super) partial_fingerprints: BTreeMap<&'static str, String>,
    pub(super) properties: Properties<'a>,
}

#[derive(Serialize)]
pub(super) struct Location<'a> {
    #[serde(rename = "physicalLocation", skip_serializing_if = "Option::is_none")]
    pub(super) physical: Option<Physical>,
    #[serde(rename = "logicalLocations", skip_serializing_if = "Vec::is_empty")]
    pub(super) logical: Vec<Logical<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Physical {
    pub(super) artifact_location: Artifact,
    pub(super) region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Artifact {
    pub(super) uri: String,
    pub(super) uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    pub(super) start_line: usize,
    pub(super) start_column: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end_line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end_column: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Logical<'a> {
    pub(super) fully_qualified_name: &'a str,
}

/// What SARIF has no words for (§3.8).
#[derive(Serialize)]
pub(super) struct Properties<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<Verdict>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actual: Option<&'a str>,
}

impl<'a> Properties<'a> {
    pub(super) fn of(finding: &'a Finding) -> Self {
        Self {
            subject: finding.subject.as_deref(),
            field: finding.field.as_deref(),
            verdict: finding.verdict,
            expected: finding.expected.as_deref(),
            actual: finding.actual.as_deref(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct RunProperties<'a> {
    verdict: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    of: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    checks: Option<Counts>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    skipped: Vec<Layer>,
}

impl<'a> RunProperties<'a> {
    pub(super) fn of(shown: &'a Shown<'_>) -> Self {
        let verified = matches!(shown.of, Of::Lock { .. });
        let skipped = shown.skipped().iter();
        Self {
            verdict: shown.verdict(),
            of: shown.name,
            checks: verified.then(|| shown.report.counts()),
            skipped: skipped.map(|skipped| skipped.layer).collect(),
        }
    }
}
