//! What is given to every step of the planner.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::Decisions;
use super::mappings::proposal;
use crate::audit::{Evidence, Login};
use crate::facts::{Administrators, Facts};
use crate::model::CanonicalArn;
use crate::rbac::{Index, Rbac};

/// What every step of the planner reads, and none changes.
pub(super) struct Given<'a> {
    pub decisions: &'a Decisions,
    pub facts: &'a Facts<'a>,
    /// `None`: RBAC was not looked at.
    pub rbac: Option<&'a Rbac>,
    pub index: Option<Index<'a>>,
    /// By the bindings that are there today.
    pub administrators: Administrators,
    /// Who authenticated, by an audit log, if there is one.
    pub logins: BTreeMap<CanonicalArn, Vec<&'a Login>>,
    usernames: OnceCell<BTreeSet<String>>,
}

impl<'a> Given<'a> {
    pub fn of(facts: &'a Facts<'a>, decisions: &'a Decisions) -> Self {
        let rbac = facts.snapshot.rbac.as_ref();
        Self {
            decisions,
            facts,
            rbac,
            index: rbac.map(Rbac::index),
            administrators: Administrators::of(rbac, std::iter::empty()),
            logins: facts.snapshot.evidence.as_ref().map(Evidence::by_arn).unwrap_or_default(),
            usernames: OnceCell::new(),
        }
    }

    /// What the effective mappings say, `{{AccountID}}` written out, and what would be proposed for more than one of them.
    /// Asked for where a proposal is to be taken unseen, and not before.
    pub fn usernames(&self) -> &BTreeSet<String> {
        self.usernames.get_or_init(|| self.facts.aws_auth().map(proposal::taken).unwrap_or_default())
    }
}
