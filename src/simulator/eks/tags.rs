//! Tags of access entries, by the ARN of the entry.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::{check_is_ours, check_tags};
use crate::model::is_reserved_tag;
use crate::simulator::refusal::{AwsRefusal, not_found, rule};
use crate::simulator::state::State;

impl State {
    pub fn list_tags(&self, arn: &str) -> Result<BTreeMap<String, String>, AwsRefusal> {
        let principal = self.principal_of_entry(arn)?;
        Ok(self.shown_entry(&principal).map(|entry| entry.observed.tags.clone()).unwrap_or_default())
    }

    /// Adds tags, or gives those that are there another value.
    pub fn tag_entry(&mut self, arn: &str, tags: &BTreeMap<String, String>) -> Result<(), AwsRefusal> {
        check_not_reserved(tags.keys())?;
        self.change_tags(arn, |all| all.extend(tags.clone()))
    }

    /// Takes tags away; what is not there is no error.
    pub fn untag_entry(&mut self, arn: &str, keys: &BTreeSet<String>) -> Result<(), AwsRefusal> {
        check_not_reserved(keys.iter())?;
        self.change_tags(arn, |all| all.retain(|key, _| !keys.contains(key)))
    }

    fn change_tags(
        &mut self,
        arn: &str,
        change: impl FnOnce(&mut BTreeMap<String, String>),
    ) -> Result<(), AwsRefusal> {
        let principal = self.principal_of_entry(arn)?;
        check_is_ours(&principal)?;
        let mut entry = self.entry(&principal).ok_or_else(|| no_resource(arn))?.clone();
        change(&mut entry.observed.tags);
        check_tags(&entry.observed.tags)?;
        self.put_entry(&principal, Some(entry), self.now);
        Ok(())
    }

    fn principal_of_entry(&self, arn: &str) -> Result<String, AwsRefusal> {
        let mut all = self.entries.iter().filter(|(_, entry)| entry.truth().is_some());
        let is_it = |entry: &Option<crate::simulator::state::Entry>| {
            entry.as_ref().is_some_and(|entry| entry.observed.arn == arn)
        };
        let found = all.find(|(_, entry)| is_it(entry.truth()));
        found.map(|(principal, _)| principal.clone()).ok_or_else(|| no_resource(arn))
    }
}

/// Ours: what AWS says is not published.
fn no_resource(arn: &str) -> AwsRefusal {
    not_found("resource", arn)
}

/// Keys that begin with `aws:` are AWS's own (AWS General Reference, "Tagging"); the wording is ours.
pub(crate) fn check_not_reserved<'k>(mut keys: impl Iterator<Item = &'k String>) -> Result<(), AwsRefusal> {
    match keys.find(|key| is_reserved_tag(key)) {
        Some(key) => Err(rule(format!("The tag {key:?} is reserved for AWS."))),
        None => Ok(()),
    }
}
