use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::model::{CanonicalArn, PrincipalArn};
use crate::snapshot::Snapshot;

/// The principals that the documents of a snapshot show, and what an absence in them proves.
pub struct Iam<'s> {
    listed: BTreeMap<CanonicalArn, Vec<Listed<'s>>>,
    /// Full ARNs that other documents show: node groups, Fargate profiles, the cluster, access entries.
    shown: BTreeMap<CanonicalArn, BTreeSet<&'s str>>,
    /// Accounts of which every role is listed.
    all_roles: BTreeSet<&'s str>,
    /// Accounts of which every user is listed.
    all_users: BTreeSet<&'s str>,
}

struct Listed<'s> {
    arn: &'s PrincipalArn,
    /// `None`: IAM's time does not parse.
    created: Option<Timestamp>,
}

/// What is known of a principal by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// IAM lists it, with this path.
    Listed(PrincipalArn),
    /// Another document of the snapshot shows its full ARN.
    Shown(PrincipalArn),
    /// The documents disagree: no telling which.
    Several(Vec<PrincipalArn>),
    /// The whole list of its account lacks it.
    Gone,
    /// Its account was not looked at, or not to the end.
    Unknown,
}

impl<'s> Iam<'s> {
    pub fn of(snapshot: &'s Snapshot) -> Self {
        let mut listed = BTreeMap::<CanonicalArn, Vec<Listed<'s>>>::new();
        let mut add = |arn: &'s PrincipalArn, created| {
            let same = listed.entry(CanonicalArn::of_principal(arn)).or_default();
            if !same.iter().any(|known| known.arn == arn) {
                same.push(Listed { arn, created });
            }
        };
        // a listing speaks only for the accounts that it shows something of: an empty one proves nothing
        let mut all_roles = BTreeSet::new();
        if let Some(roles) = &snapshot.iam_roles {
            for role in &roles.items {
                add(&role.arn, role.created_at());
                if roles.complete {
                    all_roles.insert(role.arn.account().as_str());
                }
            }
        }
        let mut all_users = BTreeSet::new();
        if let Some(users) = &snapshot.iam_users {
            for user in &users.items {
                add(&user.arn, user.created_at());
                if users.complete {
                    all_users.insert(user.arn.account().as_str());
                }
            }
        }
        Self { listed, shown: shown(snapshot), all_roles, all_users }
    }

    /// Who has the name. Names are unique in an account whatever their path and case (IAM user guide, "IAM identifiers").
    pub fn find(&self, principal: &PrincipalArn) -> Known {
        let key = CanonicalArn::of_principal(principal);
        match self.listed.get(&key).map(Vec::as_slice) {
            Some([one]) => return Known::Listed(one.arn.clone()),
            Some(several) if !several.is_empty() => {
                return Known::Several(several.iter().map(|one| one.arn.clone()).collect());
            }
            _ => {}
        }
        if self.is_whole(principal) {
            return Known::Gone;
        }
        let shown = self.shown.get(&key).into_iter().flatten();
        let mut shown: Vec<PrincipalArn> = shown.filter_map(|arn| arn.parse().ok()).collect();
        match shown.len() {
            0 => Known::Unknown,
            1 => Known::Shown(shown.remove(0)),
            _ => Known::Several(shown),
        }
    }

    /// IAM does not have this very ARN: the list of its account is whole and lacks it, or its name has another path.
    pub fn denies(&self, principal: &PrincipalArn) -> bool {
        match self.listed.get(&CanonicalArn::of_principal(principal)) {
            Some(known) => !known.iter().any(|one| one.arn == principal),
            None => self.is_whole(principal),
        }
    }

    /// When this very ARN was created. The outer `None`: not listed; the inner one: IAM's time does not parse.
    pub fn created(&self, principal: &PrincipalArn) -> Option<Option<Timestamp>> {
        let same = self.listed.get(&CanonicalArn::of_principal(principal))?;
        same.iter().find(|one| one.arn == principal).map(|one| one.created)
    }

    /// Every principal of its kind in its account is listed.
    fn is_whole(&self, principal: &PrincipalArn) -> bool {
        let whole = if principal.is_role() { &self.all_roles } else { &self.all_users };
        whole.contains(principal.account().as_str())
    }
}

fn shown(snapshot: &Snapshot) -> BTreeMap<CanonicalArn, BTreeSet<&str>> {
    let nodegroups = snapshot.nodegroups.iter().flatten().map(|it| it.node_role.as_str());
    let profiles = snapshot.fargate_profiles.iter().flatten().map(|it| it.pod_execution_role.as_str());
    let auto_mode = snapshot.cluster.iter().filter_map(|it| it.auto_mode_node_role.as_ref());
    let entries = snapshot.access_entries.iter().flatten().map(|it| it.principal.as_str());
    let mut shown = BTreeMap::<CanonicalArn, BTreeSet<&str>>::new();
    for arn in nodegroups.chain(profiles).chain(auto_mode.map(PrincipalArn::as_str)).chain(entries) {
        shown.entry(CanonicalArn::of(arn)).or_default().insert(arn);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::{FargateProfile, IamRole, IamUser, Listing};

    const ROLE: &str = "arn:aws:iam::111122223333:role/team/Dev";

    fn arn(text: &str) -> PrincipalArn {
        text.parse().unwrap()
    }

    fn listing(arns: &[&str], complete: bool) -> Snapshot {
        let (roles, users): (Vec<&&str>, Vec<&&str>) = arns.iter().partition(|text| arn(text).is_role());
        let role = |text: &&&str| IamRole { arn: arn(text), id: "AROA1".into(), created: "0".into() };
        let user = |text: &&&str| IamUser { arn: arn(text), id: "AIDA1".into(), created: "0".into() };
        Snapshot {
            iam_roles: Some(Listing { items: roles.iter().map(role).collect(), complete }),
            iam_users: Some(Listing { items: users.iter().map(user).collect(), complete }),
            ..Snapshot::default()
        }
    }

    fn find(snapshot: &Snapshot, text: &str) -> Known {
        Iam::of(snapshot).find(&arn(text))
    }

    #[test]
    fn a_name_gets_its_path_back_whatever_its_case() {
        let whole = listing(&[ROLE], true);
        assert_eq!(find(&whole, "arn:aws:iam::111122223333:role/dev"), Known::Listed(arn(ROLE)));
        assert_eq!(find(&whole, ROLE), Known::Listed(arn(ROLE)));
    }

    #[test]
    fn a_listing_speaks_only_for_the_accounts_that_it_is_whole_for() {
        let gone = "arn:aws:iam::111122223333:role/Gone";
        assert_eq!(find(&listing(&[ROLE], true), gone), Known::Gone);
        assert_eq!(find(&listing(&[ROLE], false), gone), Known::Unknown);
        assert_eq!(find(&listing(&[], true), gone), Known::Unknown);
        assert_eq!(find(&listing(&[ROLE], true), "arn:aws:iam::444455556666:role/Dev"), Known::Unknown);
        // roles of an account say nothing of its users
        let user = "arn:aws:iam::111122223333:user/ann";
        assert_eq!(find(&listing(&[ROLE], true), user), Known::Unknown);
        assert_eq!(find(&listing(&["arn:aws:iam::111122223333:user/bob"], true), user), Known::Gone);
    }

    #[test]
    fn any_document_can_show_a_full_arn_but_iam_knows_better() {
        let profile = FargateProfile { name: "fp".into(), pod_execution_role: arn(ROLE) };
        let shown = Snapshot { fargate_profiles: Some(vec![profile]), ..Snapshot::default() };
        let pathless = "arn:aws:iam::111122223333:role/Dev";
        assert_eq!(find(&shown, pathless), Known::Shown(arn(ROLE)));
        let other = "arn:aws:iam::111122223333:role/other/Dev";
        let both = Snapshot { fargate_profiles: shown.fargate_profiles.clone(), ..listing(&[other], true) };
        assert_eq!(find(&both, pathless), Known::Listed(arn(other)));
        assert!(Iam::of(&both).denies(&arn(ROLE)));
    }
}
