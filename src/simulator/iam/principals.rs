use std::collections::{BTreeMap, BTreeSet};

use crate::model::{AccountId, PrincipalArn};
use crate::snapshot::{IamRole, IamUser, Listing};

/// What is known of roles and users. Where nothing is known, a principal is taken to exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Iam {
    pub roles: Option<Listing<IamRole>>,
    pub users: Option<Listing<IamUser>>,
    /// Deleted on the way, listed or not.
    gone: BTreeSet<PrincipalArn>,
    /// Made on the way, under an id of its own.
    made: BTreeMap<PrincipalArn, String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Presence {
    /// With its unique id, `AROA…` or `AIDA…`.
    Known(String),
    Assumed,
    Absent,
}

/// What is known of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Named {
    Listed(PrincipalArn),
    Absent,
    Unknown,
}

impl Iam {
    pub fn new(roles: Option<Listing<IamRole>>, users: Option<Listing<IamUser>>) -> Self {
        Self { roles, users, gone: BTreeSet::new(), made: BTreeMap::new() }
    }

    pub fn presence(&self, principal: &PrincipalArn) -> Presence {
        if self.gone.contains(principal) {
            return Presence::Absent;
        }
        if let Some(id) = self.made.get(principal) {
            return Presence::Known(id.clone());
        }
        let listed = |(arn, id): (&PrincipalArn, &String)| (arn == principal).then(|| id.clone());
        if let Some(id) = self.listed(principal.is_role()).find_map(listed) {
            return Presence::Known(id);
        }
        // names are unique in an account whatever their path and case (IAM user guide, "IAM identifiers")
        let name_is_taken = self.listed(principal.is_role()).any(|(arn, _)| {
            arn.account() == principal.account() && arn.name().eq_ignore_ascii_case(principal.name())
        });
        if name_is_taken || self.covers(principal) { Presence::Absent } else { Presence::Assumed }
    }

    pub fn created(&self, principal: &PrincipalArn) -> Option<&str> {
        let role = self.roles.iter().flat_map(|list| &list.items).find(|role| role.arn == *principal);
        let user = self.users.iter().flat_map(|list| &list.items).find(|user| user.arn == *principal);
        role.map(|role| role.created.as_str()).or(user.map(|user| user.created.as_str()))
    }

    /// The role or user of this name, as IAM compares names.
    pub fn named(&self, account: &AccountId, name: &str, roles: bool) -> Named {
        let is_it = |arn: &PrincipalArn| {
            arn.is_role() == roles && arn.account() == account && arn.name().eq_ignore_ascii_case(name)
        };
        let mut listed = self.listed(roles).map(|(arn, _)| arn);
        let complete = if roles {
            self.roles.as_ref().is_some_and(|list| list.complete)
        } else {
            self.users.as_ref().is_some_and(|list| list.complete)
        };
        match listed.find(|arn| is_it(arn)) {
            Some(arn) => Named::Listed(arn.clone()),
            None if self.gone.iter().any(is_it) => Named::Absent,
            // a list says nothing of an account that it shows nothing of
            None if complete && self.listed(roles).any(|(arn, _)| arn.account() == account) => Named::Absent,
            None => Named::Unknown,
        }
    }

    /// Ids are never given twice, and a snapshot may have any (IAM user guide, "Unique identifiers").
    pub fn has_id(&self, id: &str) -> bool {
        let listed = [true, false].into_iter().flat_map(|roles| self.listed(roles));
        listed.map(|(_, known)| known).chain(self.made.values()).any(|known| known == id)
    }

    pub fn delete(&mut self, principal: &PrincipalArn) {
        if let Some(roles) = &mut self.roles {
            roles.items.retain(|role| role.arn != *principal);
        }
        if let Some(users) = &mut self.users {
            users.items.retain(|user| user.arn != *principal);
        }
        self.made.remove(principal);
        self.gone.insert(principal.clone());
    }

    /// A principal of this ARN, new: whatever had the ARN before is another one.
    pub fn create(&mut self, principal: &PrincipalArn, id: String, created: String) {
        self.delete(principal);
        self.gone.remove(principal);
        self.made.insert(principal.clone(), id.clone());
        let arn = principal.clone();
        match (principal.is_role(), &mut self.roles, &mut self.users) {
            (true, Some(roles), _) => roles.items.push(IamRole { arn, id, created }),
            (false, _, Some(users)) => users.items.push(IamUser { arn, id, created }),
            _ => {}
        }
    }

    fn listed(&self, roles: bool) -> Box<dyn Iterator<Item = (&PrincipalArn, &String)> + '_> {
        if roles {
            Box::new(self.roles.iter().flat_map(|list| &list.items).map(|role| (&role.arn, &role.id)))
        } else {
            Box::new(self.users.iter().flat_map(|list| &list.items).map(|user| (&user.arn, &user.id)))
        }
    }

    /// The whole of the principal's account and kind is known. A list says nothing of accounts that it shows nothing of.
    fn covers(&self, principal: &PrincipalArn) -> bool {
        let complete = if principal.is_role() {
            self.roles.as_ref().is_some_and(|list| list.complete)
        } else {
            self.users.as_ref().is_some_and(|list| list.complete)
        };
        complete && self.listed(principal.is_role()).any(|(arn, _)| arn.account() == principal.account())
    }

    /// Those that are listed somewhere.
    pub fn accounts(&self) -> impl Iterator<Item = &AccountId> {
        [true, false].into_iter().flat_map(|roles| self.listed(roles)).map(|(arn, _)| arn.account())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "arn:aws:iam::111122223333:role/team/Dev";

    fn arn(text: &str) -> PrincipalArn {
        text.parse().unwrap()
    }

    fn iam(complete: bool) -> Iam {
        let role =
            IamRole { arn: arn(ROLE), id: "AROA1".to_owned(), created: "2024-01-01T00:00:00Z".to_owned() };
        Iam::new(
            Some(Listing { items: vec![role], complete }),
            Some(Listing { items: Vec::new(), complete: true }),
        )
    }

    #[test]
    fn a_complete_list_speaks_for_its_own_account_only() {
        let presence = |text| iam(true).presence(&arn(text));
        assert_eq!(presence(ROLE), Presence::Known("AROA1".to_owned()));
        assert_eq!(presence("arn:aws:iam::111122223333:role/Other"), Presence::Absent);
        assert_eq!(presence("arn:aws:iam::444455556666:role/Other"), Presence::Assumed);
        // a list of users without any of the account says nothing of them
        assert_eq!(presence("arn:aws:iam::111122223333:user/alice"), Presence::Assumed);
    }

    #[test]
    fn an_incomplete_list_still_knows_that_the_path_is_wrong() {
        let presence = |text| iam(false).presence(&arn(text));
        assert_eq!(presence("arn:aws:iam::111122223333:role/Dev"), Presence::Absent);
        assert_eq!(presence("arn:aws:iam::111122223333:role/Other"), Presence::Assumed);
    }

    #[test]
    fn a_recreated_principal_has_another_id() {
        let mut iam = iam(true);
        iam.delete(&arn(ROLE));
        assert_eq!(iam.presence(&arn(ROLE)), Presence::Absent);
        iam.create(&arn(ROLE), "AROA2".to_owned(), "2026-01-01T00:00:00Z".to_owned());
        assert_eq!(iam.presence(&arn(ROLE)), Presence::Known("AROA2".to_owned()));
        assert_eq!(iam.created(&arn(ROLE)), Some("2026-01-01T00:00:00Z"));
    }
}
