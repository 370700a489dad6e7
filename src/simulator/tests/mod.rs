mod associations;
mod changes;
mod entries;
mod faults;
mod kube;
mod migration;
mod provided;
mod reviews;
mod round_trip;
mod updates;
mod visibility;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use pollster::block_on;

use super::eks::rules::CreateRequest;
use super::refusal::AwsRefusal;
use super::state::State;
use super::{Behaviour, Fault, Simulator};
use crate::eks::{AwsError, AwsErrorKind, EksApi, NewEntry};
use crate::model::{
    AccessScope, AuthenticationMode, ConfigMap, EntryType, GroupName, PolicyArn, PrincipalArn, Username,
};
use crate::reader::Manifest;
use crate::snapshot::{
    Cluster, ClusterStatus, IamRole, IamUser, Listing, Nodegroup, ObservedEntry, Snapshot,
};
use crate::world::Clock;

pub(super) const DEV: &str = "arn:aws:iam::111122223333:role/team/Dev";
pub(super) const NODE: &str = "arn:aws:iam::111122223333:role/Node";
const ALICE: &str = "arn:aws:iam::111122223333:user/alice";
const FOREIGN: &str = "arn:aws:iam::444455556666:role/Partner";
const SERVICE_LINKED: &str =
    "arn:aws:iam::111122223333:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS";

fn arn(text: &str) -> PrincipalArn {
    text.parse().unwrap()
}

fn policy(name: &str) -> PolicyArn {
    format!("arn:aws:eks::aws:cluster-access-policy/{name}").parse().unwrap()
}

fn role(text: &str, id: &str) -> IamRole {
    IamRole { arn: arn(text), id: id.to_owned(), created: "2024-01-01T00:00:00Z".to_owned() }
}

fn data(map_roles: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("mapRoles".to_owned(), map_roles.to_owned())])
}

/// Two roles, one user, and an `aws-auth` that names the node role.
pub(super) fn snapshot(mode: AuthenticationMode) -> Snapshot {
    let roles = vec![role(DEV, "AROADEV"), role(NODE, "AROANODE"), role(SERVICE_LINKED, "AROAEKS")];
    let alice = IamUser {
        arn: arn(ALICE),
        id: "AIDAALICE".to_owned(),
        created: "2024-01-01T00:00:00+00:00".to_owned(),
    };
    let aws_auth = ConfigMap { data: data(&format!("- rolearn: {NODE}\n")), ..ConfigMap::default() };
    Snapshot {
        cluster: Some(Cluster {
            id: "arn:aws:eks:eu-west-1:111122223333:cluster/prod".parse().unwrap(),
            version: "1.30".to_owned(),
            platform_version: "eks.5".to_owned(),
            status: ClusterStatus("ACTIVE".to_owned()),
            mode,
            endpoint: None,
            creator_admin: None,
            auto_mode_node_role: None,
            outpost: false,
        }),
        aws_auth: Some(Manifest::from_config_map(aws_auth)),
        access_entries: mode.has_entries().then(Vec::new),
        iam_roles: Some(Listing { items: roles, complete: true }),
        iam_users: Some(Listing { items: vec![alice], complete: true }),
        nodegroups: Some(vec![Nodegroup {
            name: "workers".to_owned(),
            node_role: arn(NODE),
            ami_type: Some("AL2023_x86_64_STANDARD".to_owned()),
        }]),
        ..Snapshot::default()
    }
}

pub(super) fn simulator(mode: AuthenticationMode) -> Simulator {
    simulator_with(mode, Behaviour::default())
}

pub(super) fn simulator_with(mode: AuthenticationMode, behaviour: Behaviour) -> Simulator {
    Simulator::from_snapshot(&snapshot(mode), behaviour).unwrap()
}

pub(super) fn dual() -> Simulator {
    simulator(AuthenticationMode::ApiAndConfigMap)
}

/// The rules themselves, for what the port's types cannot even say.
fn rules() -> State {
    State::from_snapshot(&snapshot(AuthenticationMode::ApiAndConfigMap), Behaviour::default()).unwrap()
}

fn new(principal: &str, entry_type: EntryType, token: &str) -> NewEntry {
    NewEntry {
        principal: arn(principal),
        entry_type,
        username: None,
        groups: BTreeSet::new(),
        tags: BTreeMap::new(),
        client_token: token.to_owned(),
    }
}

fn standard(principal: &str) -> NewEntry {
    new(principal, EntryType::Standard, principal)
}

fn create(simulator: &Simulator, principal: &str) -> Result<ObservedEntry, AwsError> {
    block_on(simulator.create_access_entry(&standard(principal)))
}

/// A STANDARD entry that is there already.
fn observed(principal: &str) -> ObservedEntry {
    let created = "2024-02-01T00:00:00+00:00".to_owned();
    ObservedEntry {
        principal: principal.to_owned(),
        entry_type: EntryType::Standard,
        username: "u".to_owned(),
        groups: BTreeSet::new(),
        policies: BTreeMap::new(),
        tags: BTreeMap::new(),
        arn: String::new(),
        modified: created.clone(),
        created,
    }
}

fn request(principal: &str, entry_type: EntryType) -> CreateRequest {
    CreateRequest {
        principal: principal.to_owned(),
        entry_type,
        username: None,
        groups: BTreeSet::new(),
        tags: BTreeMap::new(),
    }
}

fn groups(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

pub(super) fn faults(texts: &[&str]) -> Vec<Fault> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn sleep(simulator: &Simulator, seconds: u64) {
    block_on(simulator.sleep(Duration::from_secs(seconds)));
}

/// Everything EKS said, for `assert_eq!` with the documented text.
fn said<T: std::fmt::Debug>(result: Result<T, AwsError>) -> (AwsErrorKind, String) {
    let error = result.unwrap_err();
    (error.kind, error.message)
}

fn refused<T: std::fmt::Debug>(result: Result<T, AwsRefusal>) -> String {
    result.unwrap_err().message
}
