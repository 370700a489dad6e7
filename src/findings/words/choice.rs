//! What a choice does, in a few words.

use crate::findings::{Choice, Edit, GroupEdit, PrincipalEdit};

/// As an imperative, without a stop.
pub fn choice_words(choice: &Choice) -> String {
    let each: Vec<String> = choice.edits.iter().map(edit).collect();
    each.join(", ")
}

/// And how each stands in the file. That, and the principal that several are about, is named once.
pub(super) fn in_file(choices: &[Choice]) -> Vec<String> {
    let principal = |choice: &Choice| match choice.edits.as_slice() {
        [Edit::Principal { principal, what }] => Some((principal.clone(), what.line())),
        _ => None,
    };
    let first = choices.first().and_then(principal);
    let each = choices.iter().enumerate().map(|(at, choice)| {
        let words = choice_words(choice);
        match (at, principal(choice)) {
            (0, _) => format!("{words}: in eksodus.yaml, `{}`", choice.in_one_line()),
            (_, Some((of, line))) if first.as_ref().is_some_and(|(first, _)| *first == of) => {
                format!("{words}: `{line}`")
            }
            _ => format!("{words}: `{}`", choice.in_one_line()),
        }
    });
    each.collect()
}

fn edit(edit: &Edit) -> String {
    match edit {
        Edit::Principal { principal: _, what } => of_principal(what),
        Edit::Group { group, becomes: GroupEdit::Drop } => {
            format!("drop the group {group}, and with it what its bindings give")
        }
        Edit::Group { group, becomes: GroupEdit::Rename { to: Some(to) } } => {
            format!("rename the group {group} to {to}, and copy its bindings")
        }
        Edit::Group { group, becomes: GroupEdit::Rename { to: None } } => {
            format!("give the group {group} another name, and copy its bindings")
        }
        Edit::Account { account, principals: None, skip_others: _ } => {
            format!("nobody else of account {account} needs access")
        }
        Edit::Account { account, principals: Some(_), skip_others: _ } => {
            format!("name the principals of account {account} that need an entry; nobody else needs access")
        }
        Edit::ProposedUsernames => "accept every username that is proposed".to_owned(),
        Edit::Masters { group } => {
            let group = group
                .as_ref()
                .map_or_else(|| "a group of your own".to_owned(), |it| format!("the group {it}"));
            format!("bind {group} to cluster-admin, in place of AmazonEKSClusterAdminPolicy")
        }
        Edit::PruneCovered => "remove the covered mappings alone, and keep the ConfigMap".to_owned(),
        Edit::AcceptGains { name, reason: _ } => format!("accept what is gained by the name {name:?}"),
        Edit::AcceptDifference { id, .. } => format!("accept the change {id}"),
    }
}

fn of_principal(what: &PrincipalEdit) -> String {
    match what {
        PrincipalEdit::Skip { .. } => "skip it, and create no entry".to_owned(),
        PrincipalEdit::KeepEntry => {
            "keep its access entry, and give up what the mapping would give".to_owned()
        }
        PrincipalEdit::TakeMapping => "make its access entry what the mapping gives".to_owned(),
        PrincipalEdit::Arn { arn: None } => "give its real ARN, with the path".to_owned(),
        PrincipalEdit::Arn { arn: Some(arn) } => format!("take {arn}"),
        PrincipalEdit::Username { username: None } => "choose another username".to_owned(),
        PrincipalEdit::Username { username: Some(name) } => format!("use the username {:?}", name.as_str()),
        PrincipalEdit::UsernameDefault => "use EKS's default username".to_owned(),
        PrincipalEdit::Groups { .. } => "list its groups, in place of those of the mapping".to_owned(),
        PrincipalEdit::Type { entry_type } if entry_type.is_standard() => {
            "create a STANDARD entry, as for people".to_owned()
        }
        PrincipalEdit::Type { entry_type } => {
            format!("create an entry of type {entry_type}, and give up what else the mapping gives")
        }
    }
}
