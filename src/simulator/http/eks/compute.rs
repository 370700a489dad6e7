use super::{Exchange, read, show};
use crate::simulator::Operation;
use crate::simulator::change::Target;
use crate::simulator::http::message::Response;

impl Exchange<'_> {
    pub(super) fn list_nodegroups(&self) -> Response {
        self.call(
            Operation::ListNodegroups,
            Target::Named("cluster"),
            |state| state.list_nodegroups(read::wanted(self.request, &self.next)?),
            |page| show::names("nodegroups", &page),
        )
    }

    pub(super) fn describe_nodegroup(&self, name: &str) -> Response {
        self.call(
            Operation::DescribeNodegroup,
            Target::Named(name),
            |state| Ok((state.describe_nodegroup(name)?, state.cluster.truth().id.clone())),
            |(nodegroup, cluster)| show::nodegroup(&nodegroup, &cluster),
        )
    }

    pub(super) fn list_fargate_profiles(&self) -> Response {
        self.call(
            Operation::ListFargateProfiles,
            Target::Named("cluster"),
            |state| state.list_fargate_profiles(read::wanted(self.request, &self.next)?),
            |page| show::names("fargateProfileNames", &page),
        )
    }

    pub(super) fn describe_fargate_profile(&self, name: &str) -> Response {
        self.call(
            Operation::DescribeFargateProfile,
            Target::Named(name),
            |state| Ok((state.describe_fargate_profile(name)?, state.cluster.truth().id.clone())),
            |(profile, cluster)| show::fargate_profile(&profile, &cluster),
        )
    }
}
