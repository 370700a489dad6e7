use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::logins::{Login, Logins};
use super::reading::{Period, Reading};
use crate::model::CanonicalArn;

/// What the audit log says about who authenticates: what a plan takes from it, and carries with it.
///
/// It adds to what is known, and proves nothing by what it does not have.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// `None`: no event has a time.
    pub period: Option<Period>,
    /// Requests that were read, of whomever.
    pub requests: u64,
    /// Lines that could not be read.
    pub broken: u64,
    /// The log ended early.
    pub cut: bool,
    /// By ARN, then by id.
    pub logins: Vec<Login>,
    /// Requests by principals for whom there was no room.
    pub beyond: u64,
}

impl Evidence {
    pub fn of(reading: &Reading, logins: Logins) -> Self {
        Self {
            period: reading.period,
            requests: reading.events,
            broken: reading.broken,
            cut: reading.cut.is_some(),
            beyond: logins.beyond(),
            logins: logins.into_sorted(),
        }
    }

    /// The principals of each ARN, of which all but one are gone.
    pub fn by_arn(&self) -> BTreeMap<CanonicalArn, Vec<&Login>> {
        let mut by_arn = BTreeMap::<_, Vec<&Login>>::new();
        for login in &self.logins {
            by_arn.entry(CanonicalArn::of(&login.canonical_arn)).or_default().push(login);
        }
        by_arn
    }
}
