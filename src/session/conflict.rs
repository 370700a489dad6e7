//! What somebody else has changed, as values: both sides, and, as far as the cluster tells it, by whom and when.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::calls::{Resource, ResourceState};
use crate::executor::{Ending, Failure, Mismatch, NoRollback, Refusal, nearer};
use crate::kube::UNNAMED;
use crate::planner::{Action, Expected, Plan};
use crate::snapshot::{Part, Snapshot};

/// A resource that is not in the state that the plan, or a run of it, needs it to be in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    pub resource: Resource,
    /// What the plan expects there, or the run has left there.
    pub expected: ResourceState,
    pub found: ResourceState,
    pub by: Option<ChangedBy>,
}

/// Who changed something last, and when; never this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedBy {
    /// The manager that `managedFields` names; `None` of an access entry, for EKS does not keep that.
    pub who: Option<String>,
    pub at: Option<Timestamp>,
}

/// What a run, or its gate, was stopped by; empty where nobody else's change was in the way. `now`: the cluster as it was
/// seen afterwards.
pub(super) fn conflicts(plan: &Plan, ending: &Ending, now: &Snapshot) -> Vec<Conflict> {
    match ending {
        Ending::Refused(refusals) => of_refusals(Some(plan), refusals, now),
        Ending::Failed(Failure::Overtaken(of) | Failure::NotSeen(of)) => {
            let Mismatch { step: _, resource, expected, found } = of.as_ref();
            vec![conflict(resource, expected, found, now)]
        }
        Ending::Failed(Failure::Rollback(NoRollback::AwsAuth(refusal))) => {
            of_refusals(Some(plan), std::slice::from_ref(refusal), now)
        }
        Ending::Failed(_) | Ending::Done | Ending::Blocked(_) | Ending::Interrupted => Vec::new(),
    }
}

/// `plan`: the one that is refused, where one is.
pub(super) fn of_refusals(plan: Option<&Plan>, refusals: &[Refusal], now: &Snapshot) -> Vec<Conflict> {
    let mut found: Vec<Conflict> = Vec::new();
    for refusal in refusals {
        let of_this = match refusal {
            Refusal::Changed { step: _, resource, expected, found } => {
                vec![conflict(resource, expected, found, now)]
            }
            Refusal::ChangedSince { step: _, resource, before, after, found } => {
                vec![conflict(resource, nearer(found, [before, after]), found, now)]
            }
            Refusal::NeedsNewPlan { step, planned, found } => {
                let step = plan.and_then(|plan| plan.steps.iter().find(|it| it.id == *step));
                let resource = step.and_then(Resource::of);
                resource.map(|resource| conflict(&resource, planned, found, now)).into_iter().collect()
            }
            Refusal::Stale { changed } => plan.map(|plan| stale(plan, changed, now)).unwrap_or_default(),
            _ => Vec::new(),
        };
        found.extend(of_this);
    }
    found
}

/// Of what a plan was made from, as much as it has kept: the mode, `aws-auth` where it is to be changed, and the entries
/// that are to be.
fn stale(plan: &Plan, changed: &[Part], now: &Snapshot) -> Vec<Conflict> {
    let mut found = Vec::new();
    let mode = now.cluster.as_ref().map(|cluster| cluster.mode);
    if let (true, Some(planned), Some(mode)) = (changed.contains(&Part::Cluster), plan.mode, mode)
        && planned != mode
    {
        let (expected, is) = (ResourceState::Mode(planned), ResourceState::Mode(mode));
        found.push(Conflict { resource: Resource::Mode, expected, found: is, by: None });
    }
    for step in &plan.steps {
        let is_changed = match &step.action {
            Action::AwsAuth { .. } => changed.contains(&Part::AwsAuth),
            Action::Entry { before: Expected::Absent | Expected::Entry(_), .. } => {
                changed.contains(&Part::AccessEntries)
            }
            Action::Binding { .. } => changed.contains(&Part::Rbac),
            Action::Entry { .. } | Action::Mode { .. } => false,
        };
        let Some(resource) = Resource::of(step).filter(|_| is_changed) else { continue };
        let (expected, is) = (ResourceState::before(step), crate::observe::state_in(now, &resource));
        let is_first = !found.iter().any(|it: &Conflict| it.resource == resource);
        if let Some(is) = is.filter(|is| is_first && *is != expected) {
            found.push(conflict(&resource, &expected, &is, now));
        }
    }
    found
}

fn conflict(
    resource: &Resource,
    expected: &ResourceState,
    found: &ResourceState,
    now: &Snapshot,
) -> Conflict {
    let by = match resource {
        Resource::AwsAuth => {
            now.aws_auth.as_ref().and_then(|manifest| last_writer(&manifest.config_map.metadata))
        }
        Resource::Entry(principal) => now.access_entries.iter().flatten().find_map(|entry| {
            let is_it = entry.principal == principal.as_str();
            is_it.then(|| ChangedBy { who: None, at: entry.modified_at() })
        }),
        Resource::Mode | Resource::Binding { .. } => None,
    };
    Conflict { resource: resource.clone(), expected: expected.clone(), found: found.clone(), by }
}

/// The newest entry of `managedFields` (`metav1.ManagedFieldsEntry`: `manager`, `time` in RFC 3339) that is about `data`.
fn last_writer(metadata: &Map<String, Value>) -> Option<ChangedBy> {
    let entries = metadata.get("managedFields").and_then(Value::as_array)?;
    let text = |entry: &Value, key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
    let of_data = entries.iter().filter(|entry| {
        entry.get("fieldsV1").and_then(Value::as_object).is_some_and(|fields| fields.contains_key("f:data"))
    });
    let dated = of_data.map(|entry| {
        let at = text(entry, "time").and_then(|time| time.parse::<Timestamp>().ok());
        (at, text(entry, "manager"))
    });
    let (at, who) = dated.max_by_key(|(at, _)| *at)?;
    let who = who.filter(|who| who != UNNAMED);
    (who.as_deref() != Some(OURS)).then_some(ChangedBy { who, at })
}

/// As what this program writes.
const OURS: &str = "eksodus";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn by(entries: Value) -> Option<ChangedBy> {
        last_writer(json!({ "managedFields": entries }).as_object().unwrap())
    }

    #[test]
    fn the_last_writer_of_the_data_is_named_unless_it_is_us() {
        let entry = |manager: &str, time: &str, field: &str| json!({"manager": manager, "operation": "Update", "time": time, "fieldsV1": {field: {}}});
        let edited = entry("kubectl-edit", "2026-03-02T02:13:44Z", "f:data");
        let older = entry("eksodus", "2026-03-02T02:13:43Z", "f:data");
        let label = entry("labeller", "2026-03-02T03:00:00Z", "f:metadata");
        let found = by(json!([edited, older, label])).unwrap();
        assert_eq!(found.who.as_deref(), Some("kubectl-edit"));
        assert_eq!(found.at.unwrap().to_string(), "2026-03-02T02:13:44Z");
        let ours = entry("eksodus", "2026-03-02T02:13:45Z", "f:data");
        assert_eq!(by(json!([edited, ours])), None);
        // a client without a name is nobody to ask
        let unnamed = by(json!([edited, entry("unknown", "2026-03-02T02:13:46Z", "f:data")])).unwrap();
        assert_eq!((unnamed.who, unnamed.at.unwrap().to_string().as_str()), (None, "2026-03-02T02:13:46Z"));
        // what is no time is older than any
        let odd = entry("odd", "yesterday", "f:data");
        assert_eq!(by(json!([odd, edited])).unwrap().who.as_deref(), Some("kubectl-edit"));
        assert_eq!(by(json!([])), None);
        assert_eq!(by(json!("none")), None);
    }
}
