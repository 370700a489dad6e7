//! What one side says to one request.

use std::collections::BTreeSet;

use serde::Serialize;

use super::logged::Login;
use crate::access::node::node_may;
use crate::model::AccessScope;
use crate::parity::{Access, GrantedBy, Identity, MissingInput};
use crate::rbac::{Attributes, Index, UserInfo};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Ruling {
    /// By the first source of it.
    Allowed {
        by: GrantedBy,
    },
    Denied,
    /// The principal does not authenticate.
    NoLogin,
    /// Nothing that is known allows it, and what could is not known. Never taken for denied.
    Unknown {
        missing: BTreeSet<Open>,
    },
}

/// What a decision may rest on, and is not known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Open {
    /// It decides by what runs on the node.
    NodeAuthorizer,
    #[serde(untagged)]
    Input(MissingInput),
}

impl Ruling {
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed { .. })
    }

    pub fn is_denied(&self) -> bool {
        matches!(self, Self::Denied | Self::NoLogin)
    }
}

/// One side of the plan for one login: all that it is given, found once.
pub(super) struct Side<'a> {
    access: Access<'a>,
    login: &'a Login,
    is_rbac_known: bool,
}

impl<'a> Side<'a> {
    pub fn of(index: &Index<'a>, login: &'a Login, is_rbac_known: bool) -> Self {
        let access = login.identity().map_or_else(Access::none, |identity| Access::of(index, identity));
        Self { access, login, is_rbac_known }
    }

    pub fn user(&self) -> Option<&'a UserInfo> {
        self.login.identity().map(|identity| &identity.user)
    }

    pub fn access(&self) -> &Access<'a> {
        &self.access
    }

    pub fn ruling(&self, what: &Attributes) -> Ruling {
        let identity = match self.login {
            Login::As(identity) => identity,
            Login::Nobody => return Ruling::NoLogin,
            Login::Unknown => {
                return Ruling::Unknown { missing: [Open::Input(MissingInput::AccessEntries)].into() };
            }
        };
        if let Some(granted) = self.access.allowed_by(what) {
            return Ruling::Allowed { by: granted.source.to_owned() };
        }
        let mut missing = self.policies(identity, what);
        if self.access.is_node && node_may(what) {
            missing.insert(Open::NodeAuthorizer);
        }
        if !self.is_rbac_known {
            missing.insert(Open::Input(MissingInput::Rbac));
        }
        if missing.is_empty() { Ruling::Denied } else { Ruling::Unknown { missing } }
    }

    /// Access policies of unpublished rules that reach the request; those of namespaces reach no URL.
    fn policies(&self, identity: &Identity, what: &Attributes) -> BTreeSet<Open> {
        let reaches = |scope: &AccessScope| match (scope, what.namespace()) {
            (AccessScope::Cluster, _) => true,
            (AccessScope::Namespaces(_), None) => false,
            (AccessScope::Namespaces(_), Some(namespace)) => {
                AccessScope::namespaces([namespace.to_owned()]).is_ok_and(|asked| scope.covers(&asked))
            }
        };
        let incomplete = self.access.incomplete.iter();
        let reaching = incomplete.filter(|policy| identity.policies.get(**policy).is_some_and(reaches));
        reaching.map(|policy| Open::Input(MissingInput::PolicyRules { policy: (*policy).clone() })).collect()
    }

    /// What is unknown of a request decides it the same on the other side: the same policies, and where the user itself is
    /// asked about, the same one.
    pub fn decides_as(&self, other: &Self, missing: &BTreeSet<Open>, of_other: &BTreeSet<Open>) -> bool {
        let by_user = |open: &Open| matches!(open, Open::NodeAuthorizer | Open::Input(MissingInput::Rbac));
        missing == of_other && (!missing.iter().any(by_user) || self.user() == other.user())
    }
}
