//! What assertions are held against, and who somebody is there.

use super::{Asserted, When};
use crate::access::{Login, Sides};
use crate::parity::{Identity, MissingInput};
use crate::rbac::{Index, Rbac};
use crate::reader;

/// A cluster before and after its plan; or roles and bindings alone, which have one side and no principals.
pub enum Ground<'g> {
    Sides(&'g Sides<'g>),
    Rbac(Index<'g>),
}

/// The side of a plan, and the roles and bindings there.
#[derive(Clone, Copy)]
pub(super) struct Side<'s, 'g> {
    pub index: &'s Index<'g>,
    pub is_after: bool,
}

/// As whom a request comes.
#[derive(Debug, Clone)]
pub(super) enum Whom {
    /// By one of these logins, each side its own.
    Principal(Vec<Login>),
    /// Groups as they are written, and RBAC alone.
    User(Identity),
}

impl<'g> From<&'g Sides<'g>> for Ground<'g> {
    fn from(sides: &'g Sides<'g>) -> Self {
        Self::Sides(sides)
    }
}

impl<'g> From<&'g Rbac> for Ground<'g> {
    fn from(rbac: &'g Rbac) -> Self {
        Self::Rbac(rbac.index())
    }
}

impl<'g> Ground<'g> {
    pub(super) fn before(&self) -> Side<'_, 'g> {
        let index = match self {
            Self::Sides(sides) => &sides.before,
            Self::Rbac(index) => index,
        };
        Side { index, is_after: false }
    }

    /// `None`: nothing is planned.
    pub(super) fn after(&self) -> Option<Side<'_, 'g>> {
        match self {
            Self::Sides(sides) => Some(Side { index: &sides.after, is_after: true }),
            Self::Rbac(_) => None,
        }
    }

    /// The sides that an assertion is about, one or two.
    pub(super) fn sides(&self, when: When) -> (Side<'_, 'g>, Option<Side<'_, 'g>>) {
        match (when, self.after()) {
            (When::After, Some(after)) => (after, None),
            (When::Both | When::Same, after) => (self.before(), after),
            (When::Before | When::After, _) => (self.before(), None),
        }
    }

    pub(super) fn lacks(&self, input: &MissingInput) -> bool {
        match self {
            Self::Sides(sides) => sides.missing.contains(input),
            Self::Rbac(_) => false,
        }
    }

    /// `None` for a principal where nothing says who that is.
    pub(super) fn whom(&self, asserted: &Asserted) -> Option<Whom> {
        match (asserted, self) {
            (Asserted::User(user), _) => {
                Some(Whom::User(Identity { user: user.clone(), policies: Default::default() }))
            }
            (Asserted::Principal { .. }, Self::Rbac(_)) => None,
            (Asserted::Principal { arn, session }, Self::Sides(sides)) => {
                let identity = reader::Identity::from_arn(arn, session.as_deref().unwrap_or_default());
                let mut logins = sides.logins_of(&identity, session.as_deref());
                // without a session it is about those that no binding names
                logins.retain(|login| session.is_some() || login.session.is_none());
                Some(Whom::Principal(logins))
            }
        }
    }
}
