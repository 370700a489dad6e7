//! SARIF 2.1.0 (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/>), with what GitHub's code scanning asks for: a place for
//! each result, help for each rule, and fingerprints that outlive a change of lines.

use std::collections::BTreeMap;

use serde::Serialize;

use super::fingerprint::fingerprints;
use super::uri::{is_relative, reference};
use super::{Annotation, Region};
use crate::findings::{RuleId, Severity};
use crate::render::escape::terminal;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What a text is called that is not read from a file.
const NO_FILE: &str = "aws-auth";

/// The root of the repository, as GitHub and others call it.
const ROOT: &str = "%SRCROOT%";

/// A log of one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sarif {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    automation_details: Automation,
    column_kind: &'static str,
    results: Vec<SarifResult>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Automation {
    id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    name: &'static str,
    short_description: Text,
    full_description: Text,
    help: Help,
    help_uri: String,
    default_configuration: Configuration,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Text {
    text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Help {
    text: &'static str,
    markdown: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    partial_fingerprints: BTreeMap<&'static str, String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Physical,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: SarifRegion,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifRegion {
    start_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
}

/// `command` and `about` tell runs apart that belong to one commit: those of `lint` and `plan`, and of several clusters.
pub fn sarif(command: &str, about: &str, annotations: &[Annotation]) -> Sarif {
    let mut rules: Vec<RuleId> = annotations.iter().map(|annotation| annotation.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    let results = annotations.iter().zip(fingerprints(annotations));
    let results = results.map(|(annotation, fingerprint)| result(annotation, fingerprint, &rules)).collect();
    let driver = Driver {
        name: "eksodus",
        semantic_version: env!("CARGO_PKG_VERSION"),
        rules: rules.iter().map(|id| rule(*id)).collect(),
    };
    Sarif {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver },
            // all before the last slash is the category
            automation_details: Automation { id: format!("eksodus/{command}/{about}/") },
            column_kind: "unicodeCodePoints",
            results,
        }],
    }
}

fn rule(id: RuleId) -> Rule {
    let page = id.page();
    Rule {
        id: id.as_str(),
        name: id.as_str(),
        short_description: Text { text: first_sentence(page.about).to_owned() },
        full_description: Text { text: page.about.to_owned() },
        help: Help { text: page.text, markdown: page.text },
        help_uri: id.uri(),
        default_configuration: Configuration { level: level(id.severity()) },
    }
}

fn result(annotation: &Annotation, fingerprint: String, rules: &[RuleId]) -> SarifResult {
    let Annotation { rule, severity, subject: _, section: _, title, lines, file, region } = annotation;
    let uri = reference(file.as_deref().unwrap_or(NO_FILE));
    let text = std::iter::once(title).chain(lines).map(|line| plain(line)).collect::<Vec<_>>().join("\n");
    SarifResult {
        rule_id: rule.as_str(),
        rule_index: rules.partition_point(|id| id < rule),
        level: level(*severity),
        message: Text { text },
        locations: [Location {
            physical_location: Physical {
                artifact_location: Artifact { uri_base_id: is_relative(&uri).then_some(ROOT), uri },
                region: region.as_ref().map_or(SarifRegion::WHOLE, SarifRegion::of),
            },
        }],
        // the second is the only one that GitHub looks at
        partial_fingerprints: [
            ("eksodusFinding/v1", fingerprint.clone()),
            ("primaryLocationLineHash", fingerprint),
        ]
        .into_iter()
        .collect(),
    }
}

impl SarifRegion {
    /// GitHub wants a line of everything.
    const WHOLE: Self = Self { start_line: 1, start_column: None, end_line: None, end_column: None };

    fn of(region: &Region) -> Self {
        let Region { start, end } = region;
        Self {
            start_line: start.line,
            start_column: Some(start.column),
            end_line: end.as_ref().map(|end| end.line),
            end_column: end.as_ref().map(|end| end.column),
        }
    }
}

/// A line without what nobody sees, and without links: those of SARIF are Markdown's, in plain text too (3.11.6).
fn plain(text: &str) -> String {
    terminal(text).replace("](", "]\\(")
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Blocks(_) => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn first_sentence(text: &str) -> &str {
    text.split_once(". ").map_or(text, |(first, _)| first).trim_end_matches('.')
}
