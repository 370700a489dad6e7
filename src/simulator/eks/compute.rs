//! Node groups and Fargate profiles: nobody changes them here.

use crate::eks::Page;
use crate::snapshot::{FargateProfile, Nodegroup};

use crate::simulator::Operation;
use crate::simulator::pages::{Wanted, in_given_order, page};
use crate::simulator::refusal::{AwsRefusal, access_denied, not_found};
use crate::simulator::state::State;

impl State {
    pub fn list_nodegroups<'t>(&self, wanted: impl Into<Wanted<'t>>) -> Result<Page<String>, AwsRefusal> {
        let nodegroups = known(self, self.original.nodegroups.as_ref(), Operation::ListNodegroups)?;
        let names = nodegroups.iter().map(|nodegroup| nodegroup.name.clone());
        page("nodegroups", in_given_order(names), self.behaviour.page_size, wanted)
    }

    pub fn describe_nodegroup(&self, name: &str) -> Result<Nodegroup, AwsRefusal> {
        let mut nodegroups = self.original.nodegroups.iter().flatten();
        let found = nodegroups.find(|nodegroup| nodegroup.name == name);
        found.cloned().ok_or_else(|| not_found("node group", name))
    }

    pub fn list_fargate_profiles<'t>(
        &self,
        wanted: impl Into<Wanted<'t>>,
    ) -> Result<Page<String>, AwsRefusal> {
        let profiles = known(self, self.original.fargate_profiles.as_ref(), Operation::ListFargateProfiles)?;
        let names = profiles.iter().map(|profile| profile.name.clone());
        page("fargate-profiles", in_given_order(names), self.behaviour.page_size, wanted)
    }

    pub fn describe_fargate_profile(&self, name: &str) -> Result<FargateProfile, AwsRefusal> {
        let found = self.original.fargate_profiles.iter().flatten().find(|profile| profile.name == name);
        found.cloned().ok_or_else(|| not_found("Fargate Profile", name))
    }
}

/// What the snapshot does not know, nobody may look at: an empty answer would say that there is none.
pub(crate) fn known<'s, T>(
    state: &State,
    part: Option<&'s T>,
    operation: Operation,
) -> Result<&'s T, AwsRefusal> {
    part.ok_or_else(|| access_denied(&state.caller().arn, operation.as_str(), "*"))
}
