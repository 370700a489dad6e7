//! What a plan leads to for one principal.

use super::{Line, Outcome, Plan, Target};
use crate::facts::{EntryFact, Facts};
use crate::findings::{Finding, Severity};
use crate::model::CanonicalArn;
use crate::planner::mappings::accounts::open_account;
use crate::reader::LinePlace;

/// By what a principal authenticates once all of a plan is done, the last phase included.
#[derive(Debug, Clone)]
pub enum After<'p> {
    /// The access entry that the plan makes, changes, or finds equal.
    Target(&'p Target),
    /// Its effective access entry, which no step touches.
    Entry(&'p EntryFact<'p>),
    /// Its mapping needs a decision, and what it gives today goes on until then.
    Waits(&'p Line),
    /// Its mapping becomes no entry: it ends with the switch to API mode.
    Ends(&'p Line),
    /// Nothing names it, before or after.
    Nobody,
}

impl Plan {
    /// What becomes of a principal; `facts` are of the snapshot that the plan was made from.
    pub fn after<'p>(&'p self, facts: &'p Facts<'p>, key: &CanonicalArn, account: &str) -> After<'p> {
        let is_it = |target: &&Target| CanonicalArn::of_principal(&target.entry.principal) == *key;
        if let Some(target) = self.targets.iter().find(is_it) {
            return After::Target(target);
        }
        if let Some(entry) = facts.entries.live(key) {
            return After::Entry(entry);
        }
        match self.line_of(key, account) {
            Some(line) if matches!(line.outcome, Outcome::Blocked { .. }) => After::Waits(line),
            Some(line) if open_account(line).is_some() => After::Waits(line),
            Some(line) => After::Ends(line),
            None => After::Nobody,
        }
    }

    /// The mapping that the principal has today: its own, else that of its account.
    fn line_of(&self, key: &CanonicalArn, account: &str) -> Option<&Line> {
        let counts = |line: &&Line| {
            !matches!(
                line.outcome,
                Outcome::Superseded { .. }
                    | Outcome::NeverMatches { .. }
                    | Outcome::Dropped { .. }
                    | Outcome::NotRead
            )
        };
        let own = |line: &&Line| CanonicalArn::as_mapped(&line.arn) == *key;
        let lines = || self.lines.iter().filter(counts);
        lines().find(own).or_else(|| lines().find(|line| line.arn == account))
    }

    /// The findings under a mapping that need a decision.
    pub fn waits_at(&self, at: &LinePlace) -> impl Iterator<Item = &Finding> {
        self.notices.iter().filter(move |notice| {
            matches!(notice.severity, Severity::Blocks(_)) && notice.at.as_ref() == Some(at)
        })
    }
}
