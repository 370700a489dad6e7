//! Who else manages `aws-auth`, and what to do about it before mappings are removed.

use eksodus::kube::{Owner, owners};
use eksodus::planner::{Action, Plan};
use eksodus::session::News;
use eksodus::snapshot::Snapshot;

use super::Console;
use super::events::What;

pub fn tell(console: &mut Console, owner: &Owner) {
    if console.is_json() {
        return console.event(What::of(&News::Owner(owner)));
    }
    let (tool, returns) = (&owner.tool, owner.tool.returns());
    let evidence = owner.evidence.join("; ");
    console.warn(&format!("{tool} manages aws-auth too, and {returns} ({evidence})"));
    if let Some(steps) = owner.tool.hand_over() {
        console.hint(&format!("{steps}; all steps: docs/hand-over.md"));
    }
}

/// When it is planned: those about whom something has to be done, where the plan removes mappings. Whoever applies it is told
/// of all.
///
/// Not part of the plan: what the metadata of the ConfigMap tells depends on how it was read, and `kubectl get` leaves
/// `managedFields` out.
pub fn tell_planned(console: &mut Console, snapshot: &Snapshot, plan: &Plan) {
    if !plan.steps.iter().any(|step| matches!(step.action, Action::AwsAuth { .. })) {
        return;
    }
    let config_map = snapshot.aws_auth.iter().map(|manifest| &manifest.config_map);
    let found = config_map.flat_map(owners);
    found.filter(|owner| owner.tool.hand_over().is_some()).for_each(|owner| tell(console, &owner));
}
