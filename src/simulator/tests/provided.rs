use crate::simulator::tests::*;
use crate::simulator::{CustomImages, GoneCreator, NodeEntries};
use crate::snapshot::FargateProfile;

const PODS: &str = "arn:aws:iam::111122223333:role/Pods";

/// The entries there are when the cluster has left CONFIG_MAP mode.
fn after_dual_mode(behaviour: Behaviour, change: impl FnOnce(&mut Snapshot)) -> Vec<ObservedEntry> {
    let mut snapshot = snapshot(AuthenticationMode::ConfigMap);
    change(&mut snapshot);
    let eks = Simulator::from_snapshot(&snapshot, behaviour).unwrap();
    block_on(eks.update_authentication_mode(AuthenticationMode::ApiAndConfigMap, "t")).unwrap();
    sleep(&eks, 180);
    eks.to_snapshot().access_entries.unwrap()
}

fn kinds(entries: &[ObservedEntry]) -> Vec<(&str, EntryType)> {
    entries.iter().map(|entry| (entry.principal.as_str(), entry.entry_type.clone())).collect()
}

fn with_fargate(snapshot: &mut Snapshot) {
    let profile = FargateProfile { name: "pods".to_owned(), pod_execution_role: arn(PODS) };
    snapshot.fargate_profiles = Some(vec![profile]);
    snapshot.iam_roles.as_mut().unwrap().items.push(role(PODS, "AROAPODS"));
}

#[test]
fn node_entries_come_as_each_source_says() {
    let with = |node_entries| {
        let behaviour = Behaviour { node_entries, service_entry: false, ..Behaviour::default() };
        after_dual_mode(behaviour, with_fargate)
    };
    assert_eq!(kinds(&with(NodeEntries::None)), []);
    assert_eq!(kinds(&with(NodeEntries::NamedInAwsAuth)), [(NODE, EntryType::Ec2Linux)]);
    assert_eq!(
        kinds(&with(NodeEntries::All)),
        [(NODE, EntryType::Ec2Linux), (PODS, EntryType::FargateLinux)]
    );
}

#[test]
fn windows_nodes_are_known_by_their_image_only() {
    for (image, expected) in
        [("WINDOWS_CORE_2022_x86_64", EntryType::Ec2Windows), ("CUSTOM", EntryType::Ec2Linux)]
    {
        let behaviour = Behaviour { service_entry: false, ..Behaviour::default() };
        let entries = after_dual_mode(behaviour, |snapshot| {
            snapshot.nodegroups.as_mut().unwrap()[0].ami_type = Some(image.to_owned());
        });
        assert_eq!(kinds(&entries), [(NODE, expected)]);
    }
}

#[test]
fn the_creator_is_made_administrator_while_it_exists() {
    let entries_for = |creator: &str| {
        let behaviour = Behaviour {
            creator: Some(arn(creator)),
            node_entries: NodeEntries::None,
            service_entry: false,
            ..Behaviour::default()
        };
        after_dual_mode(behaviour, |_| ())
    };
    let entries = entries_for(DEV);
    assert_eq!(kinds(&entries), [(DEV, EntryType::Standard)]);
    assert_eq!(entries[0].policies.get(&policy(PolicyArn::CLUSTER_ADMIN)), Some(&AccessScope::Cluster));
    assert_eq!(entries_for("arn:aws:iam::111122223333:role/Left"), []);
}

#[test]
fn ekss_own_role_gets_an_entry_that_breaks_the_customers_rules() {
    let entries =
        after_dual_mode(Behaviour { node_entries: NodeEntries::None, ..Behaviour::default() }, |_| ());
    assert_eq!(kinds(&entries), [(SERVICE_LINKED, EntryType::Standard)]);
    assert_eq!(entries[0].username, "eks:managed");
    assert_eq!(entries[0].policies.len(), 2);
}

#[test]
fn a_name_that_only_begins_alike_or_stands_in_a_comment_is_not_named() {
    for text in [format!("- rolearn: {NODE}2\n"), format!("# - rolearn: {NODE}\n")] {
        let behaviour = Behaviour { service_entry: false, ..Behaviour::default() };
        let entries = after_dual_mode(behaviour, |snapshot| {
            let map = ConfigMap { data: data(&text), ..ConfigMap::default() };
            snapshot.aws_auth = Some(Manifest::from_config_map(map));
        });
        assert_eq!(kinds(&entries), [], "{text}");
    }
}

#[test]
fn an_image_of_ones_own_is_windows_where_its_mapping_says_so_if_eks_looks_there() {
    let entries = |custom_images, group: &str| {
        let behaviour = Behaviour { service_entry: false, custom_images, ..Behaviour::default() };
        after_dual_mode(behaviour, |snapshot| {
            snapshot.nodegroups.as_mut().unwrap()[0].ami_type = Some("CUSTOM".to_owned());
            let text = format!("- rolearn: {NODE}\n  groups: [{group}]\n");
            let map = ConfigMap { data: data(&text), ..ConfigMap::default() };
            snapshot.aws_auth = Some(Manifest::from_config_map(map));
        })
    };
    let windows = "'eks:kube-proxy-windows'";
    assert_eq!(kinds(&entries(CustomImages::Linux, windows)), [(NODE, EntryType::Ec2Linux)]);
    assert_eq!(kinds(&entries(CustomImages::ByAwsAuth, windows)), [(NODE, EntryType::Ec2Windows)]);
    assert_eq!(kinds(&entries(CustomImages::ByAwsAuth, "'system:nodes'")), [(NODE, EntryType::Ec2Linux)]);
}

#[test]
fn a_creator_that_is_gone_may_leave_a_dead_entry() {
    let gone = "arn:aws:iam::111122223333:role/Left";
    let behaviour = Behaviour {
        creator: Some(arn(gone)),
        gone_creator: GoneCreator::DeadEntry,
        node_entries: NodeEntries::None,
        service_entry: false,
        ..Behaviour::default()
    };
    let entries = after_dual_mode(behaviour, |_| ());
    assert_eq!(kinds(&entries), [(gone, EntryType::Standard)]);
    assert_eq!(entries[0].policies.len(), 1);
}

#[test]
fn services_may_make_their_own_entries() {
    let batch = "arn:aws:iam::111122223333:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch";
    let behaviour = Behaviour {
        services: vec![arn(batch)],
        node_entries: NodeEntries::None,
        service_entry: false,
        ..Behaviour::default()
    };
    let entries = after_dual_mode(behaviour, |snapshot| {
        snapshot.iam_roles.as_mut().unwrap().items.push(role(batch, "AROABATCH"));
    });
    assert_eq!(kinds(&entries), [(batch, EntryType::Standard)]);
    assert_eq!(
        entries[0].policies.keys().map(PolicyArn::name).collect::<Vec<_>>(),
        ["AWSBatchClusterPolicy"]
    );
}
