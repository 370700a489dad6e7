use std::collections::BTreeSet;

use super::super::{ConfigData, Refusal};
use super::lines::in_force;
use crate::model::{AuthenticationMode, IamArn};
use crate::planner::{Action, CallerAccess, Phase, Plan, Step};
use crate::snapshot::Snapshot;

/// What lets anybody in, as far as it matters here.
struct Doors {
    mode: Option<AuthenticationMode>,
    /// Canonical ARNs.
    entries: BTreeSet<String>,
    /// The same, and accounts.
    lines: BTreeSet<String>,
}

impl Doors {
    fn of(now: &Snapshot) -> Self {
        let principals = now.access_entries.iter().flatten().map(|entry| canonical(&entry.principal));
        Self {
            mode: now.cluster.as_ref().map(|cluster| cluster.mode),
            entries: principals.collect(),
            lines: now.aws_auth.as_ref().map_or_else(BTreeSet::new, |it| lines(&it.config_map.data)),
        }
    }

    fn after(mut self, steps: &[&Step]) -> Self {
        for step in steps {
            match &step.action {
                Action::Mode { from: _, to } => self.mode = Some(*to),
                Action::Entry { principal, after: Some(_), .. } => {
                    self.entries.insert(canonical(&principal.to_string()));
                }
                Action::Entry { principal, after: None, .. } => {
                    self.entries.remove(&canonical(&principal.to_string()));
                }
                Action::AwsAuth { before: _, after, .. } => {
                    self.lines = after.as_ref().map_or_else(BTreeSet::new, lines);
                }
                Action::Binding { .. } => {}
            }
        }
        self
    }

    fn let_in(&self, caller: &str) -> bool {
        let by_line = self.mode.is_none_or(AuthenticationMode::reads_config_map);
        let by_entry = self.mode.is_none_or(AuthenticationMode::has_entries);
        let has_line =
            || self.lines.contains(caller) || account(caller).is_some_and(|it| self.lines.contains(it));
        (by_entry && self.entries.contains(caller)) || (by_line && has_line())
    }
}

/// Whoever runs this and is let in now must be let in when the steps are done.
pub(super) fn keeps_access(plan: &Plan, phase: Phase, steps: &[&Step], now: &Snapshot) -> Vec<Refusal> {
    let Some(caller) = caller(plan, now) else { return Vec::new() };
    let who = canonical(&caller);
    let before = Doors::of(now).let_in(&who);
    if before && !Doors::of(now).after(steps).let_in(&who) {
        return vec![Refusal::CallerLosesAccess { caller, phase }];
    }
    Vec::new()
}

/// In API mode nothing but an entry lets the caller in.
pub(super) fn has_entry(plan: &Plan, now: &Snapshot) -> Vec<Refusal> {
    let Some(caller) = caller(plan, now) else { return vec![Refusal::CallerUnknown] };
    if Doors::of(now).entries.contains(&canonical(&caller)) {
        return Vec::new();
    }
    vec![Refusal::CallerHasNoEntry { caller }]
}

/// The ARN as it was given.
pub(in crate::executor) fn caller(plan: &Plan, now: &Snapshot) -> Option<String> {
    match (&now.caller, &plan.caller) {
        (Some(caller), _) => Some(caller.arn.clone()),
        (None, CallerAccess::Principal { arn, .. } | CallerAccess::Elsewhere { arn }) => Some(arn.clone()),
        (None, CallerAccess::Unknown) => None,
    }
}

fn account(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}

/// The canonical ARNs, and accounts, of the lines in force.
pub(in crate::executor) fn lines(data: &ConfigData) -> BTreeSet<String> {
    in_force(data).iter().map(|arn| canonical(arn)).collect()
}

/// In lower case, as matching ignores case; a session becomes its role and a role loses its path, as the authenticator compares them.
pub(in crate::executor) fn canonical(arn: &str) -> String {
    let canonical = arn.parse::<IamArn>().map_or_else(|_| arn.to_owned(), |arn| arn.canonical());
    canonical.to_lowercase()
}
