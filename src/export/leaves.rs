//! What a plan leaves of `aws-auth`.

use std::collections::BTreeMap;

use crate::findings::Reason;
use crate::planner::{Action, KeptBecause, Plan, PruneOutlook};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaves {
    /// No plan says anything of it.
    Unsaid,
    /// No step changes it, and why.
    AsItIs(String),
    Data(BTreeMap<String, String>),
    Nothing,
}

impl Leaves {
    pub(super) fn of_plan(plan: &Plan) -> Self {
        let step = plan.steps.iter().find_map(|step| match &step.action {
            Action::AwsAuth { after: Some(data), .. } => Some(Self::Data(data.clone())),
            Action::AwsAuth { after: None, .. } => Some(Self::Nothing),
            _ => None,
        });
        step.unwrap_or_else(|| Self::AsItIs(why(plan)))
    }
}

fn why(plan: &Plan) -> String {
    let Some(PruneOutlook { kept, removed: _, deletes_config_map: _ }) = &plan.prune else {
        return "it reads none".to_owned();
    };
    let against = plan.notices.iter().filter(|notice| {
        matches!(notice.reason, Reason::NotPruned { .. } | Reason::DeleteBlocked { .. } | Reason::Immutable)
    });
    let against: Vec<String> = against.map(|it| format!("{}: {}", it.subject, it.words().title)).collect();
    match kept.iter().any(|kept| kept.why == KeptBecause::NotCovered) {
        _ if !against.is_empty() => against.join("; "),
        true => "no access entry covers a mapping of it".to_owned(),
        false => "there is nothing to be taken out of it".to_owned(),
    }
}
