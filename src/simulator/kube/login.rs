//! Whom the cluster takes the caller for.

use std::collections::BTreeSet;

use crate::facts::written;
use crate::model::{CanonicalArn, GroupName, PrincipalArn, UsernameTemplate};
use crate::rbac::UserInfo;
use crate::reader::{Ec2PrivateDnsNames, Identity, Lookup, Manifest, lookup, read};
use crate::snapshot::ObservedEntry;

use crate::simulator::Simulator;
use crate::simulator::state::{Bound, Entry, State};

impl Simulator {
    /// Whom the cluster takes an identity for, as its ARN names it; `None`: nothing authenticates it.
    pub fn login_of(&self, arn: &str) -> Option<UserInfo> {
        self.inner.borrow().state.login_of(arn)
    }
}

impl State {
    /// Whom the caller of the snapshot is taken for.
    pub fn login(&self) -> Option<UserInfo> {
        self.login_of(&self.caller().arn)
    }

    /// By the entry in force, else by `aws-auth`; `None`: nothing lets this identity in.
    pub fn login_of(&self, arn: &str) -> Option<UserInfo> {
        let identity = Identity::from_arn(arn, "");
        let key = CanonicalArn::of(&identity.canonical_arn().ok()?);
        let mode = self.cluster.shown().mode;
        let (username, groups) = match mode.has_entries().then(|| self.entry_of(&key)).flatten() {
            Some(entry) => (
                written(&UsernameTemplate::new(entry.username.as_str()), &identity.session_name),
                entry.groups.iter().cloned().collect(),
            ),
            None if mode.reads_config_map() => self.mapped(&identity)?,
            None => return None,
        };
        let mut groups: BTreeSet<String> = BTreeSet::from_iter::<Vec<String>>(groups);
        groups.insert(GroupName::AUTHENTICATED.to_owned());
        Some(UserInfo { username, groups })
    }

    /// The entry that readers see serves the principal that has its ARN today.
    pub fn serves(&self, entry: &Entry, principal: &PrincipalArn) -> bool {
        match (&entry.bound, self.bind(principal)) {
            (Bound::Stale, _) | (_, Bound::Stale) => false,
            (Bound::To(then), Bound::To(now)) => *then == now,
            (Bound::Unknown, _) | (_, Bound::Unknown) => true,
        }
    }

    fn entry_of(&self, key: &CanonicalArn) -> Option<&ObservedEntry> {
        let mut entries = self.entries.values().filter_map(|entry| entry.shown().as_ref());
        let found = entries.find(|entry| {
            entry.observed.principal.parse::<PrincipalArn>().is_ok_and(|principal| {
                CanonicalArn::of_principal(&principal) == *key && self.serves(entry, &principal)
            })
        });
        found.map(|entry| &entry.observed)
    }

    fn mapped(&self, identity: &Identity) -> Option<(String, Vec<String>)> {
        let manifest = Manifest::from_config_map(self.kube.aws_auth.clone()?);
        match lookup(&read(&manifest), identity, &Ec2PrivateDnsNames::new()) {
            Lookup::Mapped(mapped) => Some((mapped.username, mapped.groups)),
            Lookup::NotMapped
            | Lookup::TemplateFailed { .. }
            | Lookup::IdentityRejected(_)
            | Lookup::Nondeterministic { .. } => None,
        }
    }
}
