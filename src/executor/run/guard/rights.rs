//! Whether a login may do anything at all. An entry without policies, and without groups or a username that a binding names,
//! overrides its mapping and gives nothing.

use crate::model::{AccessEntry, Associations, CanonicalArn, EntryUsername, GroupName, UsernameTemplate};
use crate::rbac::{Index, Rbac};
use crate::reader::Mapping;
use crate::snapshot::ObservedEntry;

/// What bindings name; without RBAC every group may be one of them.
pub(super) struct BoundNames<'r>(Option<Index<'r>>);

impl<'r> BoundNames<'r> {
    pub fn of(rbac: Option<&'r Rbac>) -> Self {
        Self(rbac.map(Rbac::index))
    }

    /// By an entry as it was seen.
    pub fn gives_something(&self, entry: &ObservedEntry) -> bool {
        let groups = entry.groups.iter().map(String::as_str);
        self.gives(&entry.policies, groups, Some(&entry.username))
    }

    /// By a mapping as EKS holds it. `system:masters` needs no binding.
    pub fn mapping_gives_something(&self, mapping: &Mapping) -> bool {
        let mut groups = mapping.groups.iter().flatten().map(String::as_str);
        groups.clone().any(|group| group == GroupName::MASTERS)
            || self.gives(&Associations::new(), &mut groups, Some(&mapping.username))
    }

    /// By an element of `mapAccounts`: the username is the ARN, and there are no groups.
    pub fn account_gives_something(&self, who: &CanonicalArn) -> bool {
        self.0.as_ref().is_some_and(|index| index.users().any(|user| CanonicalArn::as_mapped(user) == *who))
    }

    /// By an entry as it would be written.
    pub fn would_give_something(&self, entry: &AccessEntry) -> bool {
        let groups = entry.groups.iter().map(|group| group.as_str());
        let username = match &entry.username {
            EntryUsername::Custom(username) => Some(username.to_string()),
            EntryUsername::Default => entry.effective_username(),
        };
        self.gives(&entry.policies, groups, username.as_deref())
    }

    fn gives<'g>(
        &self,
        policies: &Associations,
        mut groups: impl Iterator<Item = &'g str>,
        username: Option<&str>,
    ) -> bool {
        if !policies.is_empty() {
            return true;
        }
        let Some(index) = &self.0 else { return groups.next().is_some() };
        let by_template = |username: &str| {
            let template = UsernameTemplate::new(username);
            index.bindings_of_template(&template).next().is_some()
        };
        groups.any(|group| !index.bindings_of_group(group).is_empty()) || username.is_some_and(by_template)
    }
}
