use serde_json::Value;

use crate::planner::{Action, Plan};
use crate::rbac::native::binding_object;
use crate::reader::emit_value;

/// The role bindings that the plan makes so that rights are carried over to other names, as documents for `kubectl apply -f`, in the
/// plan's order. They are what `apply` creates, so that whoever keeps the cluster's RBAC in a repository can own them.
/// Empty: it makes none.
pub fn manifests(plan: &Plan) -> String {
    let made = plan.steps.iter().filter_map(|step| match &step.action {
        Action::Binding { after: Some(binding), .. } => Some(binding_object(binding)),
        _ => None,
    });
    let document = |object: Value| match object {
        Value::Object(fields) => format!("---\n{}", emit_value(&fields)),
        _ => String::new(),
    };
    made.map(document).collect()
}
