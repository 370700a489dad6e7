//! What changes in Kubernetes: bindings, and `aws-auth` itself.

use super::element::{Html, el};
use super::parts::{Section, diff};
use crate::planner::{Action, Plan};
use crate::render::fields::FieldChange;
use crate::render::{config_map, phases, words};

pub(super) fn bindings(plan: &Plan) -> Option<Section> {
    let changes = plan.steps.iter().filter_map(|step| words::binding_change(&step.action));
    let changes: Vec<FieldChange> = changes.map(|(sign, text)| FieldChange { sign, text }).collect();
    if changes.is_empty() {
        return None;
    }
    Some(Section::new("bindings", "Role bindings", diff(&changes)).counted(changes.len()))
}

pub(super) fn aws_auth(plan: &Plan) -> Option<Section> {
    let mut content = Html::default();
    for step in &plan.steps {
        if let Action::AwsAuth { before, after, parts: _ } = &step.action {
            let changes = config_map::diff(before.as_ref(), after.as_ref());
            let summary = el("summary")
                .with(phases::kind(&step.action)[0])
                .with(", in phase ")
                .with(step.phase.as_str());
            content = content.and(el("details").with(summary).with(diff(&changes)));
        }
    }
    (!content.is_empty()).then(|| Section::new("aws-auth", "aws-auth", content))
}
