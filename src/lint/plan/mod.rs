//! What is wrong with a plan, wherever it comes from: rules that every plan of the planner keeps, held against one that was
//! read from a file. One rule a file.

use crate::findings::{Finding, Reason, RuleId, Unsound};
use crate::planner::{Action, Plan, Step};

/// A rule about a plan.
struct Rule {
    id: RuleId,
    check: fn(&Plan) -> Vec<Finding>,
}

macro_rules! rules {
    ($($file:ident,)*) => {
        $(mod $file;)*

        /// In the order of their ids.
        const RULES: &[Rule] = &[$($file::RULE,)*];
    };
}

rules! {
    caller_not_last,
    entry_impossible,
    principal_twice,
    reserved_name,
    step_impossible,
    steps_contradict,
}

/// Every finding of every rule, in the order of the rules and then of the plan; none is as it should be.
pub fn lint_plan(plan: &Plan) -> Vec<Finding> {
    RULES.iter().flat_map(|rule| (rule.check)(plan)).collect()
}

/// The rules about plans, in the order of their ids.
pub fn plan_rules() -> impl Iterator<Item = RuleId> {
    RULES.iter().map(|rule| rule.id)
}

fn found(subject: &str, why: Unsound) -> Finding {
    Finding::new(None, subject, Reason::Unsound { why })
}

/// The steps about access entries.
fn entry_steps(plan: &Plan) -> impl Iterator<Item = &Step> {
    plan.steps.iter().filter(|step| matches!(step.action, Action::Entry { .. }))
}
