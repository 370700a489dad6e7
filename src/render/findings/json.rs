use std::collections::BTreeMap;

use serde::Serialize;

use super::place::place;
use crate::findings::{RuleId, Severity};
use crate::lint::{Located, Mappings};
use crate::planner::LinePlace;
use crate::reader::{
    Account, AwsAuth, EntryRef, Mapping, Place, Section, SectionName, SectionStatus, Source, Status,
};

/// What lint found, and what the server makes of each section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    findings: Vec<FoundView>,
    sections: BTreeMap<SectionName, SectionView>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct FoundView {
    rule: RuleId,
    severity: Severity,
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
struct SectionView {
    /// `read`, `absent`, `lost` or `cut-short`.
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
#[serde(untagged)]
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
        status: &'static str,
        #[serde(flatten)]
        place: Place,
        #[serde(skip_serializing_if = "Option::is_none")]
        superseded_by: Option<EntryRef>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Held {
    username: String,
    /// `null`: the server holds no list at all.
    groups: Option<Vec<String>>,
    /// `in-force`, `damaged`, `superseded`, `random`, `never-matches` or `dropped`.
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
        findings: findings.iter().map(|finding| found(source, &mappings, finding)).collect(),
        sections: sections.into_iter().collect(),
    }
}

fn found(source: &Source, mappings: &Mappings, Located { span, finding }: &Located) -> FoundView {
    let words = finding.words();
    let notes = words.notes().into_iter().map(str::to_owned).collect();
    let (start, end) = (place(&source.text, span.start), place(&source.text, span.end));
    FoundView {
        rule: finding.rule,
        severity: finding.severity,
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

fn superseded_by(status: &Status) -> Option<EntryRef> {
    match status {
        Status::Superseded { by } => Some(*by),
        _ => None,
    }
}
