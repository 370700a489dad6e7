//! Where a plan comes from: the planner is a function, so that its first run can make it again and compare.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value as Json;

use super::known::{knew_what_is_served, put_back_iam, with_what_it_knew};
use crate::executor::ending::Stop;
use crate::executor::{Failure, Refusal, rollback_plan};
use crate::journal::Progress;
use crate::planner::{Existing, Plan, plan};
use crate::snapshot::{OwnSwitch, Part, Snapshot};

/// What the first run of a plan is held against; a later run is bound to the digest that its journal began with.
#[derive(Debug, Clone, Copy, Default)]
pub enum Origin<'a> {
    /// The planner makes this very plan of the world as it is and of the decisions and the caller in the plan.
    #[default]
    Planner,
    /// It undoes what this journal tells of this plan.
    Rollback { plan: &'a Plan, progress: &'a Progress },
    /// Nothing: the guards alone stand between the plan and the cluster. For tests of the guards, and no command.
    Unchecked,
}

/// How many differences a refusal names.
const NAMED: usize = 5;

/// Explains, and decides nothing. Another version may word it otherwise.
const PROSE: [&str; 3] = ["message", "help", "prose"];
/// A place in the text that `aws-auth` was read from, which is another one in a file than on the cluster.
const PLACE: [&str; 2] = ["line", "column"];

/// The plan is what made it says it makes.
pub(super) fn is_genuine(
    saved: &Plan,
    origin: Origin<'_>,
    own_switch: Option<&OwnSwitch>,
    now: &Snapshot,
) -> Result<(), Stop> {
    let (made, hidden) = match (origin, &saved.undoes) {
        (Origin::Unchecked, _) => return Ok(()),
        (Origin::Planner, None) => {
            // journals are believed, and not what the plan says of them
            let own_switch = own_switch.filter(|_| saved.own_switch.is_some());
            if saved.own_switch.is_some() && own_switch.is_none() {
                return Err(Refusal::SwitchUnknown.into());
            }
            made_again(saved, own_switch, now)
        }
        (Origin::Rollback { plan, progress }, Some(digest)) if plan.digest == *digest => {
            let rollback = rollback_plan(plan, progress, now).map_err(Failure::Rollback)?;
            (rollback.plan, Vec::new())
        }
        (Origin::Planner | Origin::Rollback { .. }, _) => return Err(Refusal::OriginUnknown.into()),
    };
    let mut differs = differences(&made, saved);
    if differs.is_empty() {
        return Ok(());
    }
    if !hidden.is_empty() {
        return Err(Refusal::Unchecked { hidden }.into());
    }
    let more = differs.len().saturating_sub(NAMED);
    differs.truncate(NAMED);
    if more > 0 {
        differs.push(format!("{more} more"));
    }
    Err(Refusal::OtherPlan { differs }.into())
}

/// The plan made now, and what it was made without although the saved one knew it.
fn made_again(saved: &Plan, own_switch: Option<&OwnSwitch>, now: &Snapshot) -> (Plan, Vec<Part>) {
    let mut world = with_what_it_knew(saved, now);
    if !saved.fingerprint.contains_key(&Part::AccessEntries) {
        world.access_entries = None;
    }
    world.own_switch = own_switch.cloned();
    let mut hidden = put_back_iam(saved, &mut world);
    if knew_what_is_served(saved) && !world.api_resources.as_ref().is_some_and(|it| it.complete) {
        hidden.push(Part::ApiResources);
    }
    (plan(&world, &saved.decisions), hidden)
}

/// Without the entries that an older program did not put into its plan.
fn as_told(made: &[Existing], saved: &[Existing]) -> Vec<Existing> {
    let tells = saved.iter().any(|existing| existing.entry.is_some());
    let made = made.iter().cloned();
    made.map(|it| Existing { entry: it.entry.clone().filter(|_| tells), ..it }).collect()
}

/// What of the plans decides and is not the same, by name.
fn differences(made: &Plan, saved: &Plan) -> Vec<String> {
    // without `..`, so that a new field is not forgotten
    let Plan {
        format: _,
        summary,
        cluster,
        mode,
        caller,
        source: _,
        // held against the world before
        fingerprint: _,
        decisions: _,
        // the journals' own goes in its place
        own_switch: _,
        // the fingerprint covers it, and both are made with it
        evidence: _,
        unknown,
        lines,
        targets,
        existing,
        nodes,
        notices,
        steps,
        parity,
        administrators,
        prune,
        undoes,
        digest: _,
    } = saved;
    let mut found = Vec::new();
    let mut one = |is_other: bool, name: &str| found.extend(is_other.then(|| name.to_owned()));
    one(is_other(&made.cluster, cluster), "the cluster");
    one(is_other(&made.mode, mode), "the mode");
    one(is_other(&made.caller, caller), "the caller");
    one(!made.unknown.keys().eq(unknown.keys()), "what is unknown");
    one(made.undoes != *undoes, "what it undoes");
    found.extend(of_list("step", &made.steps, steps, |it| it.id.clone()));
    found.extend(of_list("target", &made.targets, targets, |it| it.entry.principal.to_string()));
    found.extend(of_list("mapping", &made.lines, lines, |it| it.arn.clone()));
    let found_existing = as_told(&made.existing, existing);
    found.extend(of_list("existing entry", &found_existing, existing, |it| it.principal.clone()));
    found.extend(of_list("node role", &made.nodes, nodes, |it| it.role.to_string()));
    found.extend(of_list("finding", &made.notices, notices, |it| format!("{} {}", it.rule, it.subject)));
    if found.is_empty() && is_other(&made.parity, parity) {
        found.push("what principals gain or lose".to_owned());
    }
    // follow from the others, and are in no plan of an older program
    if found.is_empty() && administrators.is_some() && is_other(&made.administrators, administrators) {
        found.push("who is administrator".to_owned());
    }
    if found.is_empty() && prune.is_some() && is_other(&made.prune, prune) {
        found.push("what is pruned".to_owned());
    }
    // it counts the others
    if found.is_empty() && made.summary != *summary {
        found.push("the summary".to_owned());
    }
    found
}

/// What only one of the lists has, or has otherwise; else whether their order differs.
fn of_list<T: Serialize + PartialEq>(
    kind: &str,
    made: &[T],
    saved: &[T],
    name: impl Fn(&T) -> String,
) -> Vec<String> {
    if made.len() == saved.len() && made.iter().zip(saved).all(|(made, saved)| !is_other(made, saved)) {
        return Vec::new();
    }
    let by_name = |list: &[T]| {
        let mut named: BTreeMap<String, Vec<Option<Json>>> = BTreeMap::new();
        for item in list {
            named.entry(name(item)).or_default().push(what_decides(item));
        }
        named
    };
    let (made, saved) = (by_name(made), by_name(saved));
    let names: BTreeSet<&String> = made.keys().chain(saved.keys()).collect();
    let other: Vec<String> = names
        .into_iter()
        .filter(|name| made.get(*name) != saved.get(*name))
        .map(|name| format!("{kind} {name}"))
        .collect();
    if other.is_empty() { vec![format!("the order of the {kind}s")] } else { other }
}

fn is_other<T: Serialize + PartialEq>(made: &T, saved: &T) -> bool {
    if made == saved {
        return false;
    }
    match (what_decides(made), what_decides(saved)) {
        (Some(made), Some(saved)) => made != saved,
        _ => true,
    }
}

/// The value as JSON, without what only explains it.
fn what_decides(value: &impl Serialize) -> Option<Json> {
    let mut json = serde_json::to_value(value).ok()?;
    leave_out(&mut json);
    Some(json)
}

fn leave_out(json: &mut Json) {
    match json {
        Json::Object(fields) => {
            let is_place = PLACE.iter().all(|key| fields.contains_key(*key));
            let explains = |key: &str| PROSE.contains(&key) || (is_place && PLACE.contains(&key));
            fields.retain(|key, _| !explains(key));
            fields.values_mut().for_each(leave_out);
        }
        Json::Array(items) => items.iter_mut().for_each(leave_out),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}
