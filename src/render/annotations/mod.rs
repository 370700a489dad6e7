//! Findings for those who review code, at their places in a file of the repository: SARIF, and the workflow commands of GitHub.

mod fingerprint;
mod github;
mod sarif;
mod uri;

pub use github::{Level, WorkflowCommand, workflow_commands};
pub use sarif::{Sarif, sarif};

use super::findings::place;
use crate::findings::{Finding, RuleId, Severity};
use crate::lint::Located;
use crate::planner::Plan;
use crate::reader::{LinePlace, Place, SectionName, Source};

/// A finding as a reviewer's tool shows it. Nothing in it is escaped: each format does that for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    pub rule: RuleId,
    pub severity: Severity,
    /// Whom or what it is about.
    pub subject: String,
    /// The section of the mapping that it is about.
    pub section: Option<SectionName>,
    pub title: String,
    /// What happens today, what that means, and what to do, a line each.
    pub lines: Vec<String>,
    /// The file, as the program was given its name; `None`: no file was read.
    pub file: Option<String>,
    /// Where in it; `None`: it is about the whole.
    pub region: Option<Region>,
}

/// From the first character to the one behind the last; both places count characters, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    pub start: Place,
    /// `None`: only the beginning is known.
    pub end: Option<Place>,
}

impl Annotation {
    /// What `lint` found in a text.
    pub fn of_text(source: &Source, file: Option<&str>, found: &[Located]) -> Vec<Self> {
        let region = |located: &Located| Region {
            start: place(&source.text, located.span.start),
            end: Some(place(&source.text, located.span.end.max(located.span.start))),
        };
        found.iter().map(|it| Self::new(&it.finding, file, Some(region(it)))).collect()
    }

    /// What a plan says. Its mappings name the beginnings of their places.
    pub fn of_plan(plan: &Plan, file: Option<&str>) -> Vec<Self> {
        let region = |at: &LinePlace| Region { start: at.place, end: None };
        plan.notices.iter().map(|it| Self::new(it, file, it.at.as_ref().map(region))).collect()
    }

    /// What is wrong with a plan itself.
    pub fn of_plan_file(file: Option<&str>, found: &[Finding]) -> Vec<Self> {
        found.iter().map(|it| Self::new(it, file, None)).collect()
    }

    fn new(finding: &Finding, file: Option<&str>, region: Option<Region>) -> Self {
        let words = finding.words();
        let help = match words.help.as_slice() {
            [] => Vec::new(),
            [one] => vec![format!("Do: {one}")],
            several => several.iter().map(|option| format!("Option: {option}")).collect(),
        };
        let notes = words.notes().into_iter().map(str::to_owned).collect::<Vec<_>>();
        Self {
            rule: finding.rule,
            severity: finding.severity,
            subject: finding.subject.clone(),
            section: finding.at.as_ref().map(|at| at.entry.section),
            title: words.title.clone(),
            lines: notes.into_iter().chain(help).collect(),
            file: file.map(str::to_owned),
            region,
        }
    }

    /// With each text of somebody else's put through a function that hides what must not be read in it. It comes before any
    /// escaping, for what is escaped may hide from it.
    #[must_use]
    pub fn redacted(self, hide: &mut dyn FnMut(&str) -> String) -> Self {
        let Self { rule, severity, subject, section, title, lines, file, region } = self;
        Self {
            rule,
            severity,
            // never shown: a part of the fingerprint
            subject,
            section,
            title: hide(&title),
            lines: lines.iter().map(|line| hide(line)).collect(),
            file: file.map(|file| hide(&file)),
            region,
        }
    }
}
