use crate::kube::Node;
use crate::snapshot::Snapshot;

/// One ready node of every node group and Fargate profile that the snapshot knows.
pub(crate) fn of(snapshot: &Snapshot) -> Vec<Node> {
    let nodegroups = snapshot.nodegroups.iter().flatten().map(|nodegroup| Node {
        name: format!("{}-1", nodegroup.name),
        ready: true,
        nodegroup: Some(nodegroup.name.clone()),
        fargate_profile: None,
    });
    let profiles = snapshot.fargate_profiles.iter().flatten().map(|profile| Node {
        name: format!("fargate-{}-1", profile.name),
        ready: true,
        nodegroup: None,
        fargate_profile: Some(profile.name.clone()),
    });
    nodegroups.chain(profiles).collect()
}
