use std::collections::BTreeMap;

use serde::Serialize;

use super::place::place;
use crate::findings::{Finding, Reason, RuleId, Severity};
use crate::lint::{Located, Mappings};
use crate::model::Phase;
use crate::planner::LinePlace;
use crate::reader::{
    Account, AwsAuth, EntryRef, Mapping, Place, Section, SectionName, SectionStatus, Source, Status,
};

/// What lint found, and what the server makes of each section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Report {
    summary: Summary,
    findings: Vec<FoundView>,
    sections: BTreeMap<SectionName, SectionView>,
}

/// What was found in a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PlanReport<'f> {
    summary: Summary,
    findings: &'f [Finding],
}

/// Findings in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Summary {
    /// Findings that need a decision, by the first phase that waits; those that there are none of are left out.
    blocks: BTreeMap<Phase, usize>,
    warnings: usize,
    infos: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct FoundView {
    rule: RuleId,
    severity: Severity,
    /// The principal, account, group or key it is about.
    subject: String,
    /// All that the finding is made of, as in a plan; absent where the text alone says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    title: String,
    file: String,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    /// The mapping it is about, as a plan names places; `null` for a key or a section as a whole.
    mapping: Option<LinePlace>,
    label: String,
    notes: Vec<String>,
    help: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct SectionView {
    /// What EKS made of it.
    #[cfg_attr(test, schemars(extend("enum" = ["absent", "read", "lost", "cut-short"])))]
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// Where it was lost or cut.
    #[serde(flatten)]
    place: Option<Place>,
    /// In file order, with the values the server holds.
    entries: Vec<EntryView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged, rename_all_fields = "camelCase")]
enum EntryView {
    Role {
        rolearn: String,
        #[serde(flatten)]
        held: Held,
    },
    User {
        userarn: String,
        #[serde(flatten)]
        held: Held,
    },
    Account {
        account: String,
        #[cfg_attr(test, schemars(extend("enum" = STATUSES)))]
        status: &'static str,
        #[serde(flatten)]
        place: Place,
        #[serde(skip_serializing_if = "Option::is_none")]
        superseded_by: Option<EntryRef>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct Held {
    username: String,
    /// `null`: the server holds no list at all.
    groups: Option<Vec<String>>,
    #[cfg_attr(test, schemars(extend("enum" = STATUSES)))]
    status: &'static str,
    #[serde(flatten)]
    place: Place,
    #[serde(skip_serializing_if = "Option::is_none")]
    superseded_by: Option<EntryRef>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    random_with: Vec<EntryRef>,
}

pub fn report(source: &Source, aws_auth: &AwsAuth, findings: &[Located]) -> Report {
    let AwsAuth { roles, users, accounts } = aws_auth;
    let mappings = Mappings::of(aws_auth);
    let sections = [
        section(roles, |mapping| EntryView::Role { rolearn: mapping.arn.clone(), held: held(mapping) }),
        section(users, |mapping| EntryView::User { userarn: mapping.arn.clone(), held: held(mapping) }),
        section(accounts, account),
    ];
    Report {
        summary: Summary::of(findings.iter().map(|it| it.finding.severity)),
        findings: findings.iter().map(|finding| found(source, &mappings, finding)).collect(),
        sections: sections.into_iter().collect(),
    }
}

pub fn report_of_plan(findings: &[Finding]) -> PlanReport<'_> {
    PlanReport { summary: Summary::of(findings.iter().map(|it| it.severity)), findings }
}

impl Summary {
    fn of(severities: impl Iterator<Item = Severity>) -> Self {
        let mut summary = Self { blocks: BTreeMap::new(), warnings: 0, infos: 0 };
        for severity in severities {
            match severity {
                Severity::Blocks(phase) => *summary.blocks.entry(phase).or_default() += 1,
                Severity::Warning => summary.warnings += 1,
                Severity::Info => summary.infos += 1,
            }
        }
        summary
    }
}

fn found(source: &Source, mappings: &Mappings, Located { span, finding }: &Located) -> FoundView {
    let words = finding.words();
    let notes = words.notes().into_iter().map(str::to_owned).collect();
    let (start, end) = (place(&source.text, span.start), place(&source.text, span.end));
    FoundView {
        rule: finding.rule,
        severity: finding.severity,
        subject: finding.subject.clone(),
        // what the text alone says has no other form than words
        reason: (!matches!(finding.reason, Reason::OfText { .. })).then(|| finding.reason.clone()),
        title: words.title,
        file: source.name.clone(),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        mapping: mappings.at(span.start).cloned(),
        label: words.label,
        notes,
        help: words.help,
    }
}

fn section<E>(section: &Section<E>, view: impl Fn(&E) -> EntryView) -> (SectionName, SectionView) {
    let (status, why, place) = match &section.status {
        SectionStatus::Absent => ("absent", None, None),
        SectionStatus::Read => ("read", None, None),
        SectionStatus::Lost { why, place, span: _ } => ("lost", Some(why.clone()), Some(*place)),
        SectionStatus::CutShort { place, span: _ } => ("cut-short", None, Some(*place)),
    };
    (section.name, SectionView { status, why, place, entries: section.entries.iter().map(view).collect() })
}

fn held(mapping: &Mapping) -> Held {
    let status = match &mapping.status {
        Status::InForce if !mapping.damage.is_empty() => "damaged",
        other => status(other),
    };
    let random_with = match &mapping.status {
        Status::Random { with } => with.clone(),
        _ => Vec::new(),
    };
    Held {
        username: mapping.username.clone(),
        groups: mapping.groups.clone(),
        status,
        place: mapping.place,
        superseded_by: superseded_by(&mapping.status),
        random_with,
    }
}

fn account(account: &Account) -> EntryView {
    EntryView::Account {
        account: account.text.clone(),
        status: status(&account.status),
        place: account.place,
        superseded_by: superseded_by(&account.status),
    }
}

fn status(status: &Status) -> &'static str {
    match status {
        Status::InForce => "in-force",
        Status::Superseded { by: _ } => "superseded",
        Status::Random { with: _ } => "random",
        Status::NeverMatches(_) => "never-matches",
        Status::Dropped(_) => "dropped",
    }
}

/// All that [`Held`] and an account can have.
#[cfg(test)]
const STATUSES: [&str; 6] = ["in-force", "damaged", "superseded", "random", "never-matches", "dropped"];

fn superseded_by(status: &Status) -> Option<EntryRef> {
    match status {
        Status::Superseded { by } => Some(*by),
        _ => None,
    }
}

/// Either of the two.
#[cfg(test)]
#[derive(schemars::JsonSchema, Serialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "its schema is all")]
enum AnyReport {
    OfText(Report),
    OfPlan(PlanReport<'static>),
}

#[cfg(test)]
pub(crate) fn schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
    <AnyReport as schemars::JsonSchema>::json_schema(generator)
}
