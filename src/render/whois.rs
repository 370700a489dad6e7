use serde::Serialize;

use super::page::{Page, Shown, paint};
use super::style::{BAD, CARE, HEADING};
use super::words::{list, or_empty};
use crate::reader::{AwsAuth, EntryRef, Identity, Lookup, Mapped, NeverMatches, Place, SectionName, Status};

/// Who an identity is in the cluster, and by which line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// As it was asked for.
    pub identity: String,
    /// `mapped`, `not-mapped`, `template-failed`, `identity-rejected` or `nondeterministic`.
    pub result: &'static str,
    pub username: Option<String>,
    pub groups: Option<Vec<String>>,
    pub source: Option<Line>,
    pub why: Option<String>,
    /// When the server takes one of several at random: what each would give.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<Answer>,
}

/// A line of `aws-auth`; entries count from 0, as the server counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    pub section: SectionName,
    pub entry: usize,
    #[serde(flatten)]
    pub place: Option<Place>,
}

impl Answer {
    pub fn new(asked: &str, identity: &Identity, aws_auth: &AwsAuth, found: &Lookup) -> Self {
        let empty = Self {
            identity: asked.to_owned(),
            result: "not-mapped",
            username: None,
            groups: None,
            source: None,
            why: None,
            candidates: Vec::new(),
        };
        match found {
            Lookup::Mapped(Mapped { username, groups, source }) => Self {
                result: "mapped",
                username: Some(username.clone()),
                groups: Some(groups.clone()),
                source: Some(line(aws_auth, *source)),
                ..empty
            },
            Lookup::NotMapped => Self { why: Some(not_mapped(identity, aws_auth)), ..empty },
            Lookup::TemplateFailed { source, why } => Self {
                result: "template-failed",
                source: Some(line(aws_auth, *source)),
                why: Some(why.to_string()),
                ..empty
            },
            Lookup::IdentityRejected(why) => {
                Self { result: "identity-rejected", why: Some(why.to_string()), ..empty }
            }
            Lookup::Nondeterministic { candidates } => Self {
                result: "nondeterministic",
                why: Some(
                    "lines differ only in the case of their ARN: each login takes one of them at random"
                        .to_owned(),
                ),
                candidates: candidates.iter().map(|one| Self::new(asked, identity, aws_auth, one)).collect(),
                ..empty
            },
        }
    }

    /// `file` is the name of what the lines stand in.
    pub fn text(&self, file: &str) -> Page {
        let mut page = Page::default();
        self.write(&mut page, file);
        page
    }

    fn write(&self, page: &mut Page, file: &str) {
        page.line(0, self.identity.as_str());
        let is = |what: Shown| Shown::from("is ").and(what);
        let by = |page: &mut Page| {
            self.source.iter().for_each(|line| page.line(0, format!("by {}", line.text(file))));
        };
        let why = |page: &mut Page| self.why.iter().for_each(|why| page.line(0, why.as_str()));
        match (self.result, &self.username, &self.groups) {
            ("mapped", Some(username), Some(groups)) => {
                page.line(0, is(paint(HEADING, or_empty(username))));
                let groups = if groups.is_empty() { "no groups".to_owned() } else { list(groups) };
                page.line(0, format!("in {groups}"));
                by(page);
            }
            ("nondeterministic", _, _) => {
                page.line(0, is(paint(CARE, "one of several, at random")));
                why(page);
                for one in &self.candidates {
                    page.blank();
                    one.write(page, file);
                }
            }
            ("not-mapped", _, _) => {
                page.line(0, is(paint(BAD, "not known to aws-auth")));
                why(page);
            }
            _ => {
                page.line(0, is(paint(BAD, "turned away")));
                why(page);
                by(page);
            }
        }
    }
}

impl Line {
    fn text(&self, file: &str) -> String {
        let place = self.place.map(|place| format!(":{place}")).unwrap_or_default();
        format!("{file}{place}: {} entry {}", self.section, self.entry)
    }
}

fn line(aws_auth: &AwsAuth, at: EntryRef) -> Line {
    let mappings = match at.section {
        SectionName::MapRoles => Some(&aws_auth.roles),
        SectionName::MapUsers => Some(&aws_auth.users),
        SectionName::MapAccounts => None,
    };
    let place = match mappings {
        Some(section) => section.entries.iter().find(|entry| entry.at == at).map(|entry| entry.place),
        None => aws_auth.accounts.entries.iter().find(|entry| entry.at == at).map(|entry| entry.place),
    };
    Line { section: at.section, entry: at.index, place }
}

/// The line that was probably meant, if there is one.
fn not_mapped(identity: &Identity, aws_auth: &AwsAuth) -> String {
    let canonical = identity.canonical_arn().unwrap_or_default();
    let meant = aws_auth.roles.entries.iter().chain(&aws_auth.users.entries).find_map(|entry| {
        let Status::NeverMatches(why) = &entry.status else { return None };
        let names = match why {
            NeverMatches::RolePath { pathless } => pathless,
            NeverMatches::SessionArn { role: Some(role) } => role,
            NeverMatches::StraySpace => entry.arn.trim(),
            _ => return None,
        };
        names.eq_ignore_ascii_case(&canonical).then_some((entry, why))
    });
    let Some((entry, why)) = meant else { return format!("no line names {canonical}") };
    let (section, index, line) = (entry.at.section, entry.at.index, entry.place.line);
    format!("no line names {canonical}; {section} entry {index} (line {line}) was probably meant to: {why}")
}
