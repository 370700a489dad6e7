use super::list;
use crate::findings::Note;
use crate::rbac::BindingRef;

/// What a note says, under the target that it stands at and in the finding that it becomes.
pub fn note_words(note: &Note) -> String {
    match note {
        Note::MastersByPolicy => {
            "system:masters becomes AmazonEKSClusterAdminPolicy: an authorizer's yes, no longer a bypass of all of them; what names the group itself, such as an admission policy, no longer applies".to_owned()
        }
        Note::MastersByGroup { group, binding } => {
            format!("system:masters becomes the group {group}, by {binding}")
        }
        Note::PathResolved => "the ARN has the path that IAM knows and aws-auth may not name".to_owned(),
        Note::PathUnchecked => "the ARN is as aws-auth spells it: IAM was not looked at".to_owned(),
        Note::AccountIdWrittenOut => "{{AccountID}} is written out".to_owned(),
        Note::ImplicitGroups { groups } => format!("left out, as it changes nothing: {}", list(groups)),
        Note::GroupsLost { groups } => {
            format!("a node's entry cannot carry these groups of the mapping: {}", list(groups))
        }
        Note::GroupDropped { group, bindings } => {
            let lost = match bindings.as_deref() {
                None => "RBAC was not looked at".to_owned(),
                Some([]) => "no binding names it".to_owned(),
                Some(bindings) => format!("lost with it: {}", list(bindings)),
            };
            format!("by decision the group {group} is given up; {lost}")
        }
        Note::GroupsDropped { groups } => {
            format!("by decision these groups of the mapping are given up: {}", list(groups))
        }
        Note::GroupRenamed { from, to, bindings } => match bindings.as_slice() {
            [] => format!("group {from} becomes {to}; no binding names the old one"),
            bindings => format!("group {from} becomes {to}; bindings copied for it: {}", list(bindings)),
        },
        Note::UsernameChanged { from, to, carried, left, gained, unchecked } => {
            let mut text = format!("its username changes from {from:?} to {to:?}; ");
            text += &match carried.as_slice() {
                _ if *unchecked => "bindings by User were not looked at".to_owned(),
                [] if left.is_empty() => "no binding names the old one".to_owned(),
                [] => "no binding can be copied for the new one".to_owned(),
                carried => format!("copied {} for the new one: {}", count(carried), list(carried)),
            };
            if !left.is_empty() {
                text += &format!("; what the old one has is lost by {}", list(left));
            }
            if !gained.is_empty() {
                text += &format!("; the new one has rights already by {}", list(gained));
            }
            text
        }
        Note::UsernameDefaulted { to } => {
            format!("the mapping has no username, so that it is empty today; the entry's will be {to:?}")
        }
        Note::Damaged { what } => format!("{what}; the entry gives what is effective, not what was meant"),
        Note::NotRevived { what } => {
            format!("its dead access entry had more, which does not come back: {}", list(what))
        }
        Note::TakenFromEntry { what } => format!("by decision its access entry loses: {}", list(what)),
        Note::BroughtToMapping => {
            "EKS made its access entry when the mode changed, and it gives less than the mapping gave, or another name: it is brought to that".to_owned()
        }
        Note::Decided { what, line } => format!("{} set by eksodus.yaml:{line}", list(what)),
        Note::FromAccount { account } => format!("today by mapAccounts, account {account}"),
        Note::Authenticated { period } => format!("authenticated so, as the audit log of {period} shows"),
        Note::PassRole => "whoever applies this needs iam:PassRole on the role".to_owned(),
    }
}

fn count(bindings: &[BindingRef]) -> String {
    match bindings.len() {
        1 => "1 binding".to_owned(),
        n => format!("{n} bindings"),
    }
}
