use crate::model::Associations;
use crate::simulator::tests::*;

fn namespaces(names: &[&str]) -> AccessScope {
    AccessScope::namespaces(names.iter().map(|name| (*name).to_owned())).unwrap()
}

fn associate(eks: &Simulator, principal: &str, policy: &PolicyArn) -> Result<(), AwsError> {
    block_on(eks.associate_access_policy(&arn(principal), policy, &AccessScope::Cluster))
}

#[test]
fn associating_again_replaces_the_scope() {
    let eks = dual();
    create(&eks, DEV).unwrap();
    let view = policy("AmazonEKSViewPolicy");
    associate(&eks, DEV, &view).unwrap();
    block_on(eks.associate_access_policy(&arn(DEV), &view, &namespaces(&["dev-*", "qa"]))).unwrap();
    let listed = block_on(eks.list_associated_access_policies(DEV, None)).unwrap();
    assert_eq!(listed.items, [(view.clone(), namespaces(&["dev-*", "qa"]))]);
    assert_eq!(block_on(eks.describe_access_entry(DEV)).unwrap().policies, Associations::new());
    assert_eq!(eks.entry_in_force(&arn(DEV)).unwrap().policies.len(), 1);

    block_on(eks.disassociate_access_policy(&arn(DEV), &view)).unwrap();
    let again = block_on(eks.disassociate_access_policy(&arn(DEV), &view));
    assert_eq!(said(again).0, AwsErrorKind::NotFound);
}

#[test]
fn deleting_an_entry_deletes_its_associations() {
    let eks = dual();
    create(&eks, DEV).unwrap();
    associate(&eks, DEV, &policy("AmazonEKSViewPolicy")).unwrap();
    block_on(eks.delete_access_entry(&arn(DEV))).unwrap();
    create(&eks, DEV).unwrap();
    assert!(block_on(eks.list_associated_access_policies(DEV, None)).unwrap().items.is_empty());
}

#[test]
fn a_missing_entry_takes_no_policy() {
    assert_eq!(
        said(associate(&dual(), DEV, &policy("AmazonEKSViewPolicy"))),
        (
            AwsErrorKind::NotFound,
            "The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'."
                .to_owned()
        )
    );
}

#[test]
fn node_types_refuse_even_the_list_of_policies_but_for_ec2() {
    let standard_only = "This operation can only be performed on Access Entries with a type of \"STANDARD\".";
    let eks = dual();
    block_on(eks.create_access_entry(&new(NODE, EntryType::Ec2Linux, "n"))).unwrap();
    assert_eq!(said(block_on(eks.list_associated_access_policies(NODE, None))).1, standard_only);
    assert_eq!(said(associate(&eks, NODE, &policy("AmazonEKSViewPolicy"))).1, standard_only);

    block_on(eks.create_access_entry(&new(DEV, EntryType::Ec2, "e"))).unwrap();
    associate(&eks, DEV, &policy("AmazonEKSAutoNodePolicy")).unwrap();
    assert_eq!(block_on(eks.list_associated_access_policies(DEV, None)).unwrap().items.len(), 1);
}

#[test]
fn a_policy_must_exist_in_the_partition_and_be_for_customers() {
    let eks = dual();
    create(&eks, DEV).unwrap();
    let china: PolicyArn = "arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKSViewPolicy".parse().unwrap();
    for wrong in [
        china,
        policy("AmazonEKSNoSuchPolicy"),
        policy("AmazonEKSClusterInsightsPolicy"),
        policy("AmazonEKSNetworkingPolicy"),
    ] {
        assert_eq!(said(associate(&eks, DEV, &wrong)).0, AwsErrorKind::InvalidParameter, "{wrong}");
    }
    assert!(eks.entry_in_force(&arn(DEV)).unwrap().policies.is_empty());
}

#[test]
fn what_the_region_offers_is_told_by_its_list() {
    let mut listed = snapshot(AuthenticationMode::Api);
    listed.access_policies = Some(vec![policy("AmazonEKSBrandNewPolicy"), policy("AmazonEKSHybridPolicy")]);
    let mut entry = observed(NODE);
    entry.policies.insert(policy("AmazonEKSEditPolicy"), AccessScope::Cluster);
    listed.access_entries = Some(vec![entry]);
    let eks = Simulator::from_snapshot(&listed, Behaviour::default()).unwrap();
    create(&eks, DEV).unwrap();
    assert!(associate(&eks, DEV, &policy("AmazonEKSBrandNewPolicy")).is_ok());
    let (kind, why) = said(associate(&eks, DEV, &policy("AmazonEKSViewPolicy")));
    assert_eq!(kind, AwsErrorKind::InvalidParameter);
    assert!(why.contains("AmazonEKSViewPolicy"), "{why}");
    // in use, and so offered
    assert!(associate(&eks, DEV, &policy("AmazonEKSEditPolicy")).is_ok());
    // offered, and not to customers
    assert!(associate(&eks, DEV, &policy("AmazonEKSHybridPolicy")).is_err());
    assert_eq!(block_on(eks.list_access_policies(None)).unwrap().items.len(), 2);
    assert_eq!(block_on(dual().list_access_policies(None)).unwrap().items.len(), 42);
}

#[test]
fn a_policy_takes_the_scopes_that_it_is_documented_for() {
    let eks = dual();
    create(&eks, DEV).unwrap();
    let to = |name: &str, scope: &AccessScope| {
        block_on(eks.associate_access_policy(&arn(DEV), &policy(name), scope))
    };
    let (cluster, some) = (AccessScope::Cluster, namespaces(&["a"]));
    for (name, in_cluster, in_namespaces) in [
        ("AmazonEKSViewPolicy", true, true),
        ("AmazonSagemakerHyperpodUserClusterPolicy", true, false),
        ("AmazonSagemakerHyperpodSpaceTemplatePolicy", false, true),
        ("AmazonSagemakerHyperpodSpacePolicy", true, true),
    ] {
        assert_eq!(to(name, &cluster).is_ok(), in_cluster, "{name}");
        assert_eq!(to(name, &some).is_ok(), in_namespaces, "{name}");
    }
    let (_, why) = said(to("AmazonSagemakerHyperpodUserClusterPolicy", &some));
    assert!(why.ends_with("an access scope of type cluster only."), "{why}");
}

#[test]
fn an_auto_mode_nodes_entry_takes_one_policy_in_one_scope() {
    let eks = dual();
    block_on(eks.create_access_entry(&new(DEV, EntryType::Ec2, "e"))).unwrap();
    let auto = policy("AmazonEKSAutoNodePolicy");
    let standard_only = "This operation can only be performed on Access Entries with a type of \"STANDARD\".";
    assert_eq!(said(associate(&eks, DEV, &policy("AmazonEKSViewPolicy"))).1, standard_only);
    let in_namespaces = block_on(eks.associate_access_policy(&arn(DEV), &auto, &namespaces(&["a"])));
    assert_eq!(said(in_namespaces).1, standard_only);
    associate(&eks, DEV, &auto).unwrap();
}

#[test]
fn customers_give_batchs_own_entry_its_namespaces_and_no_service_anything_else() {
    let slr = "The caller is not allowed to modify access entries with a principalArn value of a Service Linked Role";
    let batch = "arn:aws:iam::111122223333:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch";
    let mut with = snapshot(AuthenticationMode::Api);
    with.access_entries = Some(vec![observed(SERVICE_LINKED), observed(batch)]);
    let eks = Simulator::from_snapshot(&with, Behaviour::default()).unwrap();
    let (own, some) = (policy("AWSBatchNamespacePolicy"), namespaces(&["jobs"]));
    block_on(eks.associate_access_policy(&arn(batch), &own, &some)).unwrap();
    block_on(eks.disassociate_access_policy(&arn(batch), &own)).unwrap();
    for (role, name) in [(batch, "AmazonEKSViewPolicy"), (SERVICE_LINKED, "AWSBatchNamespacePolicy")] {
        let refused = block_on(eks.associate_access_policy(&arn(role), &policy(name), &some));
        assert_eq!(said(refused), (AwsErrorKind::InvalidParameter, slr.to_owned()));
    }
    assert_eq!(said(block_on(eks.delete_access_entry(&arn(batch)))).1, slr);
    assert_eq!(said(create(&eks, batch)).1, slr);
}

#[test]
fn a_limit_of_policies_can_be_played() {
    let behaviour = Behaviour { policies_per_entry: Some(1), page_size: 1, ..Behaviour::default() };
    let eks = simulator_with(AuthenticationMode::Api, behaviour);
    create(&eks, DEV).unwrap();
    associate(&eks, DEV, &policy("AmazonEKSViewPolicy")).unwrap();
    associate(&eks, DEV, &policy("AmazonEKSViewPolicy")).unwrap();
    assert!(associate(&eks, DEV, &policy("AmazonEKSEditPolicy")).is_err());
}
