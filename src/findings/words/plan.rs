//! What is said of a plan that the planner would not make.

use super::Words;
use crate::findings::Unsound;

pub(super) fn words(why: &Unsound) -> Words {
    Words::plain(match why {
        Unsound::PrincipalTwice { steps: false } => {
            "the plan creates two access entries for this principal, which can have only one".to_owned()
        }
        Unsound::PrincipalTwice { steps: true } => {
            "two steps change the access entry of this principal".to_owned()
        }
        Unsound::CallerNotLast { last } => {
            format!("your own access entry is not changed last: {last} comes after it")
        }
        Unsound::Entry { refusal } => format!("EKS rejects the access entry: {refusal}"),
        Unsound::Policy { policy, why } => format!("the access policy {policy} cannot be associated: {why}"),
        Unsound::ReservedName { name } => format!("it binds {name}, which is reserved by Kubernetes"),
        Unsound::Step { prose } => prose.clone(),
        Unsound::StepTwice => "the plan has two steps with this id".to_owned(),
        Unsound::NothingExpected => {
            "the expected access entry is missing, although entries were listed".to_owned()
        }
        Unsound::Contradicts { earlier } => {
            format!("it does not expect the value that step {earlier} leaves")
        }
    })
    .help("make a new plan; decisions belong in eksodus.yaml")
}
