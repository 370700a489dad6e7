use std::collections::{BTreeMap, BTreeSet};

use super::mappings::{effective_arns, read_data};
use crate::calls::ConfigData;
use crate::executor::Refusal;
use crate::planner::{Action, Step};
use crate::reader::{Identity, Lookup, lookup};

/// Looks like an instance, so that node usernames can be rendered.
const SESSION: &str = "i-0123456789abcdef0";
const DNS_NAME: &str = "ip-10-0-0-1.ec2.internal";

/// Whoever authenticates by a mapping that stays is who they were before.
pub(super) fn stays(steps: &[&Step]) -> Vec<Refusal> {
    let changed = steps.iter().flat_map(|step| match &step.action {
        Action::AwsAuth { before: Some(before), after: Some(after), .. } => changed_identities(before, after)
            .into_iter()
            .map(|arn| Refusal::MeansOtherwise { step: step.id.clone(), arn })
            .collect(),
        _ => Vec::new(),
    });
    changed.collect()
}

/// The ARNs and accounts that are effective after, whom EKS took for somebody else before, or for nobody.
pub(crate) fn changed_identities(before: &ConfigData, after: &ConfigData) -> Vec<String> {
    let [old, new] = [before, after].map(read_data);
    let accounts: BTreeSet<String> = effective_arns(before).into_iter().collect();
    let dns = BTreeMap::from([(SESSION.to_owned(), DNS_NAME.to_owned())]);
    let changed = |named: &String| {
        if named.bytes().all(|byte| byte.is_ascii_digit()) {
            return !accounts.contains(named);
        }
        let identity = Identity::from_arn(named, SESSION);
        !is_same(&lookup(&old, &identity, &dns), &lookup(&new, &identity, &dns))
    };
    let mut named = effective_arns(after);
    named.retain(changed);
    named
}

/// The same but for the mapping that it comes from.
fn is_same(old: &Lookup, new: &Lookup) -> bool {
    match (old, new) {
        (Lookup::Mapped(old), Lookup::Mapped(new)) => {
            (&old.username, &old.groups) == (&new.username, &new.groups)
        }
        (Lookup::TemplateFailed { why: old, .. }, Lookup::TemplateFailed { why: new, .. }) => old == new,
        (Lookup::Nondeterministic { candidates: old }, Lookup::Nondeterministic { candidates: new }) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| is_same(old, new))
        }
        (old, new) => old == new,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(map_roles: &str, map_accounts: &str) -> ConfigData {
        let values = [("mapRoles", map_roles), ("mapAccounts", map_accounts)];
        values.map(|(key, text)| (key.to_owned(), text.to_owned())).into()
    }

    #[test]
    fn another_username_other_groups_a_revived_line_and_a_new_account_are_found() {
        let line = |role: &str, username: &str, group: &str| {
            format!(
                "- {{rolearn: 'arn:aws:iam::111122223333:role/{role}', username: '{username}', groups: [{group}]}}\n"
            )
        };
        let (a, b) = (line("A", "a", "g"), line("B", "system:node:{{EC2PrivateDNSName}}", "n"));
        let before = data(&[line("A", "old", "g"), a.clone(), b.clone()].concat(), "- '444455556666'\n");
        let changed =
            |roles: &[&str], accounts: &str| changed_identities(&before, &data(&roles.concat(), accounts));
        let none: [&str; 0] = [];
        assert_eq!(changed(&[&a, &b], "- '444455556666'\n"), none);
        assert_eq!(changed(&[&b], ""), none);
        assert_eq!(changed(&[], "[]"), none);
        let role = |name: &str| format!("arn:aws:iam::111122223333:role/{name}");
        assert_eq!(changed(&[&line("A", "old", "g"), &b], ""), [role("A")]);
        assert_eq!(changed(&[&a, &line("B", "system:node:{{SessionName}}", "n")], ""), [role("B")]);
        assert_eq!(changed(&[&line("A", "a", "h"), &line("C", "c", "g")], ""), [role("A"), role("C")]);
        assert_eq!(changed(&[], "- '111122223333'\n"), ["111122223333"]);
    }
}
