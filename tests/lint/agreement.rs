use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use eksodus::model::ConfigMap;
use eksodus::planner::lint::{Finding, Level, lint};
use eksodus::planner::{Decisions, Outcome, Severity, plan};
use eksodus::reader::{AwsAuth, EntryRef, Manifest, SectionName, SectionStatus, Span, read};
use eksodus::snapshot::Snapshot;
use serde::Deserialize;

use super::{cases, fixtures, ids, manifest};

/// The ways never to match; the plan has one word for them.
const NEVER: [&str; 10] = [
    "iam-group-arn",
    "instance-profile-arn",
    "not-an-account",
    "not-an-identity",
    "placeholder-left",
    "role-path",
    "session-arn",
    "sso-matcher",
    "stray-space",
    "wildcard-arn",
];

/// What is said of the text, whatever becomes of the line.
const OF_THE_TEXT: [&str; 7] = [
    "comment-in-value",
    "duplicate-key",
    "folded-item",
    "key-case-twice",
    "merge-overwrites",
    "tagged-value",
    "unknown-field",
];

#[test]
fn what_blocks_is_what_the_planner_blocks() {
    for id in ids() {
        for path in cases(&fixtures().join(&id)) {
            agrees(&path.display().to_string(), manifest(&path));
        }
    }
}

#[derive(Deserialize)]
struct Case {
    name: String,
    configmap: BTreeMap<String, String>,
}

#[test]
fn it_is_so_for_every_case_of_the_conformance_suite() {
    let packed = include_bytes!("../../fixtures/vectors/aws-auth.jsonl.gz");
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
    for line in text.lines() {
        let Case { name, configmap } = serde_json::from_str(line).unwrap();
        let config_map = ConfigMap { data: configmap, ..ConfigMap::default() };
        agrees(&name, Manifest::from_config_map(config_map));
    }
}

/// Lint blocks a line exactly where the planner, given nothing but the file, does; and where the planner makes no
/// entry of a line, lint says why and nothing else.
fn agrees(name: &str, manifest: Manifest) {
    let aws_auth = read(&manifest);
    let findings = lint(&manifest, &aws_auth);
    for finding in &findings {
        assert!(manifest.source.text.get(finding.span.start..finding.span.end).is_some(), "{name}");
    }
    assert!(findings.is_sorted_by_key(|finding| (finding.span.start, finding.rule)), "{name}");

    let snapshot = Snapshot { aws_auth: Some(manifest), ..Snapshot::default() };
    let plan = plan(&snapshot, &Decisions::default());
    let spans = spans(&aws_auth);
    for line in &plan.lines {
        let span = spans[&line.at.entry];
        if matches!(&aws_auth.accounts.status, SectionStatus::Lost { span: lost, .. } if lost.start < span.end)
            && line.at.entry.section == SectionName::MapAccounts
        {
            continue;
        }
        let (blocking, others) = within(&findings, span);
        let expected = match &line.outcome {
            // lint has no AWS to ask, and leaves the path to the plan
            Outcome::Blocked { by } if by.rule() == "unresolved-role" => continue,
            Outcome::Blocked { by } => {
                assert!(blocking.contains(by.rule()), "{name}: {}", by.rule());
                continue;
            }
            Outcome::Expanded { others: None, .. } => {
                assert_eq!(blocking, BTreeSet::from(["account-mapping"]), "{name}");
                continue;
            }
            Outcome::Dropped { .. } => &["dropped-entry"][..],
            Outcome::Superseded { .. } => &["superseded-line"],
            Outcome::NeverMatches { .. } => &NEVER,
            _ => &[],
        };
        assert_eq!(blocking, BTreeSet::new(), "{name}: {}", line.arn);
        if let [_, ..] = expected {
            // one reason why it is not in force, and no word on how it would migrate
            let said: Vec<&str> = others.iter().copied().filter(|rule| !OF_THE_TEXT.contains(rule)).collect();
            assert!(said.len() == 1 && expected.contains(&said[0]), "{name}: {}: {said:?}", line.arn);
        }
    }
    let lost = plan
        .notices
        .iter()
        .filter(|notice| notice.rule == "section-lost" && matches!(notice.severity, Severity::Blocks(_)));
    assert_eq!(
        findings.iter().filter(|finding| finding.rule == "section-lost").count(),
        lost.count(),
        "{name}"
    );
}

fn spans(aws_auth: &AwsAuth) -> BTreeMap<EntryRef, Span> {
    let mappings = aws_auth.roles.entries.iter().chain(&aws_auth.users.entries);
    let accounts = aws_auth.accounts.entries.iter().map(|account| (account.at, account.span));
    mappings.map(|mapping| (mapping.at, mapping.span)).chain(accounts).collect()
}

/// The rules that block within a span, and the others.
fn within(findings: &[Finding], span: Span) -> (BTreeSet<&'static str>, BTreeSet<&'static str>) {
    let (blocking, others): (Vec<_>, Vec<_>) = findings
        .iter()
        .filter(|finding| finding.rule != "section-lost")
        .filter(|finding| span.start <= finding.span.start && finding.span.start < span.end)
        .partition(|finding| finding.severity == Level::Blocks);
    let rules = |findings: Vec<&Finding>| findings.into_iter().map(|finding| finding.rule).collect();
    (rules(blocking), rules(others))
}
