use super::{Rule, RuleId, Unsound, found};
use crate::findings::Finding;
use crate::planner::{Action, Plan};
use crate::rbac::SubjectKind;

/// A plan binds names that entries can carry. Those that begin with `system:` are Kubernetes' own, and a binding for one of
/// them gives to others than the plan is about.
pub(super) const RULE: Rule = Rule { id: RuleId::ReservedName, check };

fn check(plan: &Plan) -> Vec<Finding> {
    if plan.undoes.is_some() {
        return Vec::new();
    }
    let bindings = plan.steps.iter().filter_map(|step| match &step.action {
        Action::Binding { after: Some(after), .. } => Some((step, after)),
        _ => None,
    });
    let subjects = bindings.flat_map(|(step, binding)| binding.subjects.iter().map(move |it| (step, it)));
    let reserved = subjects.filter(|(_, subject)| {
        matches!(subject.kind, SubjectKind::User | SubjectKind::Group) && subject.name.starts_with("system:")
    });
    reserved.map(|(step, it)| found(&step.id, Unsound::ReservedName { name: it.name.clone() })).collect()
}
