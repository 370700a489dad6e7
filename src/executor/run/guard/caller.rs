use super::mappings::{is_effective, read_data};
use super::rights::BoundNames;
use crate::calls::ConfigData;
use crate::executor::Refusal;
use crate::facts::Facts;
use crate::model::{AccessEntry, AuthenticationMode, CanonicalArn};
use crate::planner::{Action, CallerAccess, Phase, Plan, Step};
use crate::rbac::Rbac;
use crate::reader::Account;
use crate::snapshot::Snapshot;

/// What gives the caller access, as far as it matters here.
#[derive(Clone)]
struct Access {
    mode: Option<AuthenticationMode>,
    /// Whether its entry gives anything, if it has one that is alive.
    entry: Option<bool>,
    /// Its mapping, or its account's, and that this gives something.
    mapping: bool,
}

impl Access {
    fn of(who: &CanonicalArn, facts: &Facts<'_>) -> Self {
        let now = facts.snapshot;
        let bound = BoundNames::of(now.rbac.as_ref());
        let data = now.aws_auth.as_ref().map(|manifest| &manifest.config_map.data);
        Self {
            mode: facts.mode,
            entry: facts.entries.live(who).map(|entry| bound.gives_something(entry.observed)),
            mapping: data.is_some_and(|data| mapping_gives(who, data, &bound)),
        }
    }

    fn after(mut self, who: &CanonicalArn, steps: &[&Step], rbac: Option<&Rbac>) -> Self {
        let bound = BoundNames::of(rbac);
        // of a binding that comes with the entry nobody has seen yet what it binds
        let binds = steps.iter().any(|step| matches!(step.action, Action::Binding { after: Some(_), .. }));
        for step in steps {
            match &step.action {
                Action::Mode { from: _, to } => self.mode = Some(*to),
                Action::Entry { principal, after, .. } if CanonicalArn::of_principal(principal) == *who => {
                    let gives = |entry: &AccessEntry| {
                        bound.would_give_something(entry) || (binds && !entry.groups.is_empty())
                    };
                    self.entry = after.as_ref().map(gives);
                }
                Action::AwsAuth { before: _, after, .. } => {
                    self.mapping = after.as_ref().is_some_and(|data| mapping_gives(who, data, &bound));
                }
                Action::Entry { .. } | Action::Binding { .. } => {}
            }
        }
        self
    }

    /// In dual mode the entry overrides the mapping, also where it gives nothing.
    fn is_there(&self) -> bool {
        let by_mapping = self.mode.is_none_or(AuthenticationMode::reads_config_map) && self.mapping;
        match self.entry.filter(|_| self.mode.is_none_or(AuthenticationMode::has_entries)) {
            Some(gives) => gives,
            None => by_mapping,
        }
    }
}

/// By its own ARN, or by its account.
fn mapping_gives(who: &CanonicalArn, data: &ConfigData, bound: &BoundNames<'_>) -> bool {
    let aws_auth = read_data(data);
    let mappings = aws_auth.roles.entries.iter().chain(&aws_auth.users.entries);
    let mut own =
        mappings.filter(|it| is_effective(&it.status) && CanonicalArn::as_mapped(&it.arn) == *who).peekable();
    if own.peek().is_some() {
        return own.any(|it| bound.mapping_gives_something(it));
    }
    let is_own = |it: &Account| is_effective(&it.status) && Some(it.text.as_str()) == account(who.as_str());
    aws_auth.accounts.entries.iter().any(is_own) && bound.account_gives_something(who)
}

/// The caller has access when the steps are done, if it has any now.
pub(super) fn keeps_access(plan: &Plan, phase: Phase, steps: &[&Step], facts: &Facts<'_>) -> Vec<Refusal> {
    let now = facts.snapshot;
    let Some(caller) = caller(plan, now) else { return Vec::new() };
    let who = CanonicalArn::of(&caller);
    let before = Access::of(&who, facts);
    if before.is_there() && !before.after(&who, steps, now.rbac.as_ref()).is_there() {
        return vec![Refusal::CallerLosesAccess { caller, phase }];
    }
    Vec::new()
}

/// The caller still has the access that it had when the phase began.
pub(super) fn kept_access(plan: &Plan, phase: Phase, before: &Facts<'_>, now: &Facts<'_>) -> Vec<Refusal> {
    let Some(caller) = caller(plan, now.snapshot) else { return Vec::new() };
    let who = CanonicalArn::of(&caller);
    if Access::of(&who, before).is_there() && !Access::of(&who, now).is_there() {
        return vec![Refusal::CallerLosesAccess { caller, phase }];
    }
    Vec::new()
}

/// In API mode nothing but an entry gives the caller access.
pub(super) fn has_entry(plan: &Plan, now: &Facts<'_>) -> Vec<Refusal> {
    let Some(caller) = caller(plan, now.snapshot) else { return vec![Refusal::CallerUnknown] };
    match Access::of(&CanonicalArn::of(&caller), now).entry {
        Some(true) => Vec::new(),
        Some(false) => vec![Refusal::CallerEntryGivesNothing { caller }],
        None => vec![Refusal::CallerHasNoEntry { caller }],
    }
}

/// The ARN as it was given.
pub(crate) fn caller(plan: &Plan, now: &Snapshot) -> Option<String> {
    match (&now.caller, &plan.caller) {
        (Some(caller), _) => Some(caller.arn.clone()),
        (None, CallerAccess::Principal { arn, .. } | CallerAccess::Elsewhere { arn }) => Some(arn.clone()),
        (None, CallerAccess::Unknown) => None,
    }
}

fn account(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}
