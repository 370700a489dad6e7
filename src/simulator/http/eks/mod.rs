//! The EKS calls of a migration, by the paths and methods of the API model `eks/2017-11-01`.

mod compute;
mod entries;
mod policies;
mod read;
mod show;
mod tags;
mod wire;

use serde_json::Value;

use super::Scene;
use super::caller::caller;
use super::message::{Request, Response};
use super::wire::call;
use crate::simulator::change::Target;
use crate::simulator::refusal::{AwsRefusal, not_found};
use crate::simulator::state::State;
use crate::simulator::{Operation, Simulator};
use wire::Eks;

/// One request for EKS.
struct Exchange<'e> {
    simulator: &'e Simulator,
    request: &'e Request,
    scene: &'e Scene,
    /// The name of the cluster in the path.
    cluster: &'e str,
    next: Option<String>,
}

pub(super) fn respond(simulator: &Simulator, request: &Request, scene: &Scene) -> Response {
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let next = request.parameter("nextToken");
    let on = |cluster| Exchange { simulator, request, scene, cluster, next: next.clone() };
    match (request.method.as_str(), segments.as_slice()) {
        ("GET", ["access-policies"]) => on("").list_access_policies(),
        ("GET", ["clusters", name]) => on(name).describe_cluster(),
        ("POST", ["clusters", name, "update-config"]) => on(name).update_cluster_config(),
        ("GET", ["clusters", name, "updates"]) => on(name).list_updates(),
        ("GET", ["clusters", name, "updates", id]) => on(name).describe_update(id),
        ("GET", ["clusters", name, "access-entries"]) => on(name).list_access_entries(),
        ("POST", ["clusters", name, "access-entries"]) => on(name).create_access_entry(),
        ("GET", ["clusters", name, "access-entries", of]) => on(name).describe_access_entry(of),
        ("POST", ["clusters", name, "access-entries", of]) => on(name).update_access_entry(of),
        ("DELETE", ["clusters", name, "access-entries", of]) => on(name).delete_access_entry(of),
        ("GET", ["clusters", name, "access-entries", of, "access-policies"]) => on(name).list_associated(of),
        ("POST", ["clusters", name, "access-entries", of, "access-policies"]) => on(name).associate(of),
        ("DELETE", ["clusters", name, "access-entries", of, "access-policies", policy]) => {
            on(name).disassociate(of, policy)
        }
        ("GET", ["clusters", name, "node-groups"]) => on(name).list_nodegroups(),
        ("GET", ["clusters", name, "node-groups", group]) => on(name).describe_nodegroup(group),
        ("GET", ["clusters", name, "fargate-profiles"]) => on(name).list_fargate_profiles(),
        ("GET", ["clusters", name, "fargate-profiles", of]) => on(name).describe_fargate_profile(of),
        ("GET", ["tags", arn]) => on(tags::cluster_of(arn)).list_tags_for_resource(arn),
        ("POST", ["tags", arn]) => on(tags::cluster_of(arn)).tag_resource(arn),
        ("DELETE", ["tags", arn]) => on(tags::cluster_of(arn)).untag_resource(arn),
        _ => wire::error(404, "UnknownOperationException", "the simulator does not have this operation"),
    }
}

impl Exchange<'_> {
    /// The work is done in the cluster that the path names, if the caller's account has one of this name.
    fn call<T>(
        &self,
        operation: Operation,
        target: Target<'_>,
        work: impl FnOnce(&mut State) -> Result<T, AwsRefusal>,
        show: impl FnOnce(T) -> Value,
    ) -> Response {
        let work = |state: &mut State| {
            if operation != Operation::ListAccessPolicies {
                let id = &state.cluster.truth().id;
                if id.name != self.cluster || caller(self.request, state).account != id.account.to_string() {
                    return Err(no_cluster(self.cluster));
                }
            }
            work(state)
        };
        let show = |answer| Response::json(200, &show(answer));
        call(self.simulator, &Eks, (operation, target), work, show)
    }

    fn describe_cluster(&self) -> Response {
        self.call(
            Operation::DescribeCluster,
            Target::Named("cluster"),
            |state| Ok(state.cluster.shown().clone()),
            |cluster| show::cluster(&cluster, self.scene),
        )
    }

    fn update_cluster_config(&self) -> Response {
        let asked = read::mode(self.request);
        let target = asked.as_ref().map_or("cluster", |(mode, _)| mode.as_str());
        let asked = asked.clone();
        self.call(
            Operation::UpdateClusterConfig,
            Target::Named(target),
            |state| {
                let (mode, token) = asked?;
                state.start_mode_update(mode, token.as_deref())
            },
            |update| show::update(&update),
        )
    }

    fn list_updates(&self) -> Response {
        self.call(
            Operation::ListUpdates,
            Target::Named("cluster"),
            |state| state.list_updates(read::wanted(self.request, &self.next)?),
            |page| show::names("updateIds", &page),
        )
    }

    fn describe_update(&self, id: &str) -> Response {
        let target = Target::Named(id);
        self.call(
            Operation::DescribeUpdate,
            target,
            |state| state.describe_update(id),
            |update| show::update(&update),
        )
    }
}

/// AWS's own words.
fn no_cluster(name: &str) -> AwsRefusal {
    not_found("cluster", &format!("name: {name}"))
}
