//! The entries that a plan leads to, as they are shown: those that somebody should look at, in the order of the file, and how
//! many more there are.

use std::collections::BTreeSet;

use crate::model::EntryType;
use crate::planner::{Plan, Standing, Target};

pub(super) struct Shown<'p> {
    pub changing: Vec<&'p Target>,
    /// Made for principals that stay exactly who they are, and may do exactly what they can.
    pub alike: Vec<&'p Target>,
    /// There already.
    pub equal: Vec<&'p Target>,
}

/// With everything in the first list, if everything is asked for.
pub(super) fn shown(plan: &Plan, verbose: bool) -> Shown<'_> {
    let differs: BTreeSet<&str> =
        plan.parity.iter().flat_map(|parity| &parity.principals).map(|it| it.principal.as_str()).collect();
    let mut targets: Vec<&Target> = plan.targets.iter().collect();
    targets.sort_by_key(|target| (target.from.place.line, target.from.place.column));
    let mut shown = Shown { changing: Vec::new(), alike: Vec::new(), equal: Vec::new() };
    for target in targets {
        match &target.standing {
            _ if verbose => shown.changing.push(target),
            Standing::Equal => shown.equal.push(target),
            _ if keeps_everything(target, &differs) => shown.alike.push(target),
            _ => shown.changing.push(target),
        }
    }
    shown
}

/// Whoever it is today it is afterwards, by a new entry of the usual kind. `differs`: principals that may do more or less, or of
/// which that is not known.
fn keeps_everything(target: &Target, differs: &BTreeSet<&str>) -> bool {
    let Target { entry, username_today, groups_today, standing, is_caller, .. } = target;
    let is_new = matches!(standing, Standing::Create | Standing::NotYetObservable);
    let is_usual = entry.entry_type == EntryType::Standard && entry.policies.is_empty();
    let today: BTreeSet<&str> = groups_today.iter().map(String::as_str).collect();
    let after: BTreeSet<&str> = entry.groups.iter().map(|group| group.as_str()).collect();
    let is_same = entry.effective_username().as_deref() == Some(username_today.as_str()) && today == after;
    is_new && is_usual && is_same && !is_caller && !differs.contains(entry.principal.as_str())
}
