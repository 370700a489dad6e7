use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use eksodus::findings::RuleId;
use eksodus::lint::{Located, Mappings, lint, lint_planned};
use eksodus::model::{AuthenticationMode, ConfigMap};
use eksodus::planner::{Decisions, Outcome, Severity, plan};
use eksodus::reader::{AwsAuth, EntryRef, Manifest, SectionName, SectionStatus, Span, read};
use eksodus::snapshot::Snapshot;
use proptest::prelude::*;
use serde::Deserialize;

use crate::kit::clusters::{cluster, decisions};

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
    let packed = include_bytes!("../../../fixtures/vectors/aws-auth.jsonl.gz");
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
    assert!(findings.is_sorted_by_key(|finding| (finding.span.start, finding.finding.rule)), "{name}");

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
            // from the file alone, a path can be missed only in names that are known to have one
            Outcome::Blocked { by } if by.rule() == "unresolved-role" => {
                let by_name = ["needs-path", "service-linked-role"];
                assert!(by_name.iter().any(|rule| blocking.contains(rule)), "{name}: {}", line.arn);
                continue;
            }
            Outcome::Blocked { by } => {
                assert!(blocking.contains(by.rule().as_str()), "{name}: {}", by.rule());
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
        findings.iter().filter(|it| it.finding.rule == "section-lost").count(),
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
fn within(findings: &[Located], span: Span) -> (BTreeSet<&'static str>, BTreeSet<&'static str>) {
    let (blocking, others): (Vec<_>, Vec<_>) = findings
        .iter()
        .filter(|finding| finding.finding.rule != "section-lost")
        .filter(|finding| span.start <= finding.span.start && finding.span.start < span.end)
        .partition(|it| it.finding.severity.is_blocking());
    let rules = |found: Vec<&Located>| found.into_iter().map(|it| it.finding.rule.as_str()).collect();
    (rules(blocking), rules(others))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// With a cluster at hand, what lint says needs a decision is what the plan says, at the same mapping; and nothing else.
    #[test]
    fn with_a_cluster_lint_and_plan_say_the_same(snapshot in cluster(), decisions in decisions()) {
        let manifest = snapshot.aws_auth.as_ref().unwrap();
        let aws_auth = read(manifest);
        let plan = plan(&snapshot, &decisions);
        let found = lint_planned(manifest, &aws_auth, &plan);
        let mappings = Mappings::of(&aws_auth);
        prop_assert!(found.is_sorted_by_key(|finding| (finding.span.start, finding.finding.rule)));
        let of_plan: BTreeSet<(RuleId, Option<EntryRef>)> = plan
            .notices
            .iter()
            .filter(|notice| matches!(notice.severity, Severity::Blocks(_)))
            .filter_map(|notice| Some((notice.rule, owner(&aws_auth, notice.at.as_ref()?.entry))))
            .collect();
        let blocking = found.iter().filter(|it| it.finding.severity.is_blocking());
        let of_lint: BTreeSet<(RuleId, Option<EntryRef>)> = blocking
            .map(|finding| {
                let at = mappings.at(finding.span.start).map(|place| place.entry);
                (finding.finding.rule, at.filter(|_| finding.finding.rule != "section-lost"))
            })
            .collect();
        prop_assert_eq!(&of_lint, &of_plan);
        // whatever else the plan says of a mapping stands under it
        for notice in &plan.notices {
            let Some(at) = &notice.at else { continue };
            let is_it = |Located { span, finding }: &&Located| {
                let place = mappings.at(span.start);
                let is_never = notice.rule == "never-matches" && NEVER.contains(&finding.rule.as_str());
                (finding.rule == notice.rule || is_never)
                    && (place == Some(at) || owner(&aws_auth, at.entry).is_none())
            };
            prop_assert!(found.iter().any(|finding| is_it(&finding)), "{:?}", notice);
        }
        if plan.mode == Some(AuthenticationMode::Api) {
            prop_assert!(of_lint.is_empty(), "{:?}", of_lint);
        }
        // of a mapping that becomes no entry, lint does not say how it would
        for line in &plan.lines {
            if matches!(line.outcome, Outcome::Skipped { .. } | Outcome::NotRead) {
                let rules = ["missing-username", "system-masters", "node-line", "no-groups", "needs-path"];
                let said = found.iter().find(|finding| {
                    mappings.at(finding.span.start) == Some(&line.at)
                        && rules.contains(&finding.finding.rule.as_str())
                });
                prop_assert!(said.is_none(), "{:?}: {:?}", line, said);
            }
        }
    }
}

/// A mapping; `None`: the end of a section.
fn owner(aws_auth: &AwsAuth, at: EntryRef) -> Option<EntryRef> {
    let is_account = aws_auth.accounts.entries.iter().any(|account| account.at == at);
    (is_account || aws_auth.mapping(at).is_some()).then_some(at)
}
