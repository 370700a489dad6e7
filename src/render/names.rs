//! Principals as people say them: without what all of them share. `--full` and JSON have all of it.

use std::collections::BTreeMap;

use crate::planner::Plan;

/// The path of roles that Identity Center makes: it names the region alone (IAM Identity Center user guide, "Referencing
/// permission sets in resource policies, Amazon EKS cluster config maps").
const OF_SSO: &str = "aws-reserved/sso.amazonaws.com/";

/// How the principals of one plan are shown, and the steps that are named after them.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// The account that is said once, at the top; `None`: names are shown in full.
    account: Option<String>,
    /// Short names that two principals would have.
    twice: Vec<String>,
}

impl Names {
    pub fn of(plan: &Plan, full: bool) -> Self {
        let account = plan.cluster.as_ref().map(|cluster| cluster.account.to_string()).filter(|_| !full);
        let names = Self { account, twice: Vec::new() };
        let principals = plan.targets.iter().map(|target| target.entry.principal.as_str());
        let principals = principals.chain(plan.existing.iter().map(|existing| existing.principal.as_str()));
        let mut by_name: BTreeMap<String, &str> = BTreeMap::new();
        let mut twice = Vec::new();
        for arn in principals {
            let name = names.principal(arn);
            if by_name.insert(name.clone(), arn).is_some_and(|other| other != arn) {
                twice.push(name);
            }
        }
        Self { twice, ..names }
    }

    /// `role/ci/deployer` of the cluster's account, `444455556666:role/partner` of another one; anything else as it is.
    pub fn principal(&self, arn: &str) -> String {
        let Some(own) = &self.account else { return arn.to_owned() };
        let short = short(arn, own).filter(|name| !self.twice.contains(name));
        // what only looks like a short name must not be taken for one
        let looks_short = || ["role/", "user/"].iter().any(|kind| arn.starts_with(kind));
        short.unwrap_or_else(|| if looks_short() { format!("{arn:?}") } else { arn.to_owned() })
    }

    /// The resource of a step, without its phase: `role/ci/deployer`, `RoleBinding shop/deployers`, `aws-auth`.
    pub fn step(&self, id: &str) -> String {
        let of = id.split_once('/').map_or(id, |(_, of)| of);
        match of.split_once('/') {
            Some((kind @ ("RoleBinding" | "ClusterRoleBinding"), name)) => format!("{kind} {name}"),
            _ => self.principal_in_prose(of),
        }
    }

    /// A sentence with the principals in it shortened; what stands in quotes is a value, and stays.
    pub fn prose(&self, text: &str) -> String {
        if self.account.is_none() || !text.contains("arn:") {
            return text.to_owned();
        }
        let mut shown = String::with_capacity(text.len());
        for (at, part) in text.split('"').enumerate() {
            if at > 0 {
                shown.push('"');
            }
            if at % 2 == 1 {
                shown.push_str(part);
                continue;
            }
            for (at, word) in part.split(' ').enumerate() {
                if at > 0 {
                    shown.push(' ');
                }
                let end = word.trim_end_matches([',', ';', ':', '.', ')']).len();
                shown.push_str(&self.principal_in_prose(&word[..end]));
                shown.push_str(&word[end..]);
            }
        }
        shown
    }

    fn principal_in_prose(&self, word: &str) -> String {
        match word.split_once('/') {
            _ if word.starts_with("arn:") => self.principal(word),
            // the name of a step
            Some((phase, arn)) if arn.starts_with("arn:") => format!("{phase}/{}", self.principal(arn)),
            _ => word.to_owned(),
        }
    }
}

fn short(arn: &str, own: &str) -> Option<String> {
    let fields: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, "iam", "", account, resource] = fields.as_slice() else { return None };
    let (kind, name) = resource.split_once('/')?;
    let name = match name.strip_prefix(OF_SSO) {
        Some(name) => format!("…/{}", name.rsplit('/').next().unwrap_or(name)),
        None => name.to_owned(),
    };
    match kind {
        "role" | "user" if *account == own => Some(format!("{kind}/{name}")),
        "role" | "user" => Some(format!("{account}:{kind}/{name}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names {
            account: Some("111122223333".to_owned()),
            twice: vec!["role/…/AWSReservedSSO_A_1".to_owned()],
        }
    }

    #[test]
    fn a_principal_is_short_only_where_nobody_can_mistake_it() {
        let shown = |arn: &str| names().principal(arn);
        assert_eq!(shown("arn:aws:iam::111122223333:role/ci/deployer"), "role/ci/deployer");
        assert_eq!(shown("arn:aws-cn:iam::444455556666:user/eve"), "444455556666:user/eve");
        let sso = |name: &str| {
            format!("arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/{name}")
        };
        assert_eq!(shown(&sso("AWSReservedSSO_Dev_0123")), "role/…/AWSReservedSSO_Dev_0123");
        // two of them would have this name
        assert_eq!(shown(&sso("AWSReservedSSO_A_1")), sso("AWSReservedSSO_A_1"));
        for other in ["arn:aws:sts::111122223333:assumed-role/a/b", "444455556666", "a role/b", ""] {
            assert_eq!(shown(other), other);
        }
        assert_eq!(shown("role/admin"), "\"role/admin\"");
        let full = Names { account: None, ..names() };
        assert_eq!(full.principal("arn:aws:iam::111122223333:role/a"), "arn:aws:iam::111122223333:role/a");
    }

    #[test]
    fn a_step_is_named_after_what_it_is_about() {
        let shown = |id: &str| names().step(id);
        assert_eq!(shown("entries/arn:aws:iam::111122223333:role/ci/deployer"), "role/ci/deployer");
        assert_eq!(shown("entries/RoleBinding/shop/a:eksodus:b"), "RoleBinding shop/a:eksodus:b");
        assert_eq!(shown("entries/ClusterRoleBinding/a"), "ClusterRoleBinding a");
        assert_eq!(shown("dual-mode/API_AND_CONFIG_MAP"), "API_AND_CONFIG_MAP");
        assert_eq!(shown("prune/aws-auth"), "aws-auth");
        let said = "step entries/arn:aws:iam::111122223333:user/maria: it failed";
        assert_eq!(names().prose(said), "step entries/user/maria: it failed");
    }

    #[test]
    fn in_a_sentence_values_stay_as_they_are() {
        let said = "a login shows it without: arn:aws:iam::111122223333:role/deployer; the username is \
                    \"arn:aws:iam::111122223333:role/x\" (arn:aws:iam::111122223333:user/y)";
        let shown = "a login shows it without: role/deployer; the username is \
                     \"arn:aws:iam::111122223333:role/x\" (arn:aws:iam::111122223333:user/y)";
        assert_eq!(names().prose(said), shown);
    }
}
