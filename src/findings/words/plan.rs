//! What is said of a plan that the planner would not make.

use super::Words;
use crate::findings::Unsound;

pub(super) fn words(why: &Unsound) -> Words {
    Words::plain(match why {
        Unsound::PrincipalTwice { steps: false } => {
            "the plan leads to two access entries for this principal, and it has one".to_owned()
        }
        Unsound::PrincipalTwice { steps: true } => {
            "two steps are about the access entry of this principal".to_owned()
        }
        Unsound::CallerNotLast { last } => {
            format!("your own access entry is not the last to be changed: {last} comes after it")
        }
        Unsound::Entry { refusal } => format!("EKS refuses the access entry: {refusal}"),
        Unsound::Policy { policy, why } => format!("the access policy {policy} cannot be associated: {why}"),
        Unsound::ReservedName { name } => format!("it binds {name}, which is Kubernetes' own"),
        Unsound::Step { prose } => prose.clone(),
        Unsound::StepTwice => "the plan has a step of this id already".to_owned(),
        Unsound::NothingExpected => {
            "it does not say what access entry it expects, although entries were listed".to_owned()
        }
        Unsound::Contradicts { earlier } => format!("it expects another value than step {earlier} leaves"),
    })
    .help("make a new plan; decisions belong in eksodus.yaml")
}
