use super::list;
use crate::findings::Note;
use crate::rbac::BindingRef;

/// What a note says, under the target that it stands at and in the finding that it becomes.
pub fn note_words(note: &Note) -> String {
    match note {
        Note::MastersByPolicy => {
            "system:masters becomes AmazonEKSClusterAdminPolicy: allowed by an authorizer, no longer a bypass of authorization; whatever names the group itself, such as an admission policy, no longer applies".to_owned()
        }
        Note::MastersByGroup { group, binding } => {
            format!("system:masters becomes the group {group}, bound by {binding}")
        }
        Note::PathResolved => "full ARN (with path) looked up in IAM".to_owned(),
        Note::PathUnchecked => "ARN taken from aws-auth; not checked against IAM".to_owned(),
        Note::AccountIdWrittenOut => "{{AccountID}} replaced by the account".to_owned(),
        Note::ImplicitGroups { groups } => format!("left out, without effect: {}", list(groups)),
        Note::GroupsLost { groups } => {
            format!("lost, as a node entry takes no groups: {}", list(groups))
        }
        Note::GroupDropped { group, bindings } => {
            let lost = match bindings.as_deref() {
                None => "RBAC was not read".to_owned(),
                Some([]) => "it has no bindings".to_owned(),
                Some(bindings) => format!("lost with it: {}", list(bindings)),
            };
            format!("group {group} dropped by decision; {lost}")
        }
        Note::GroupsDropped { groups } => {
            format!("groups dropped by decision: {}", list(groups))
        }
        Note::GroupRenamed { from, to, bindings } => match bindings.as_slice() {
            [] => format!("group {from} becomes {to}; it has no bindings"),
            bindings => format!("group {from} becomes {to}; bindings copied: {}", list(bindings)),
        },
        Note::UsernameChanged { from, to, carried, left, gained, unchecked } => {
            let mut text = format!("username changes from {from:?} to {to:?}; ");
            text += &match carried.as_slice() {
                _ if *unchecked => "RBAC was not read, so bindings of the old one are unknown".to_owned(),
                [] if left.is_empty() => "the old one has no bindings".to_owned(),
                [] => "no binding can be copied for the new one".to_owned(),
                carried => format!("copied {} for the new one: {}", count(carried), list(carried)),
            };
            if !left.is_empty() {
                text += &format!("; not copied, so lost: {}", list(left));
            }
            if !gained.is_empty() {
                text += &format!("; the new one already has permissions by {}", list(gained));
            }
            text
        }
        Note::UsernameDefaulted { to } => {
            format!("no username today (aggregated APIs reject that); the entry uses {to:?}")
        }
        Note::Damaged { what } => format!("{what}; the entry gives what is effective today"),
        Note::NotRevived { what } => {
            format!("its dead access entry had more, which is not restored: {}", list(what))
        }
        Note::TakenFromEntry { what } => format!("by decision, its access entry loses: {}", list(what)),
        Note::BroughtToMapping => {
            "EKS created its access entry when the mode changed, with less than the mapping gave or another username; the plan corrects it".to_owned()
        }
        Note::Decided { what, at } => format!("{} set by {at}", list(what)),
        Note::FromAccount { account } => format!("today: by mapAccounts, account {account}"),
        Note::Authenticated { period } => format!("seen in the audit log of {period}"),
        Note::PassRole => "applying this needs iam:PassRole on the role".to_owned(),
    }
}

fn count(bindings: &[BindingRef]) -> String {
    match bindings.len() {
        1 => "1 binding".to_owned(),
        n => format!("{n} bindings"),
    }
}
