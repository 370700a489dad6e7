use crate::model::{RESERVED_PREFIXES, Token};
use crate::simulator::tests::*;
use crate::simulator::{Change, NodeEntries, Placeholders, ShownGroups};

#[test]
fn every_call_on_entries_needs_a_mode_that_has_entries() {
    let gate = (
        AwsErrorKind::InvalidRequest,
        "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation."
            .to_owned(),
    );
    let closed = simulator(AuthenticationMode::ConfigMap);
    let (dev, admin) = (arn(DEV), policy(PolicyArn::CLUSTER_ADMIN));
    let username = Username::new("dev").unwrap();
    assert_eq!(said(block_on(closed.list_access_entries(None))), gate);
    assert_eq!(said(block_on(closed.describe_access_entry(DEV))), gate);
    assert_eq!(said(block_on(closed.list_associated_access_policies(DEV, None))), gate);
    assert_eq!(said(create(&closed, DEV)), gate);
    assert_eq!(said(block_on(closed.update_access_entry(&dev, &username, &BTreeSet::new()))), gate);
    assert_eq!(said(block_on(closed.delete_access_entry(&dev))), gate);
    assert_eq!(said(block_on(closed.associate_access_policy(&dev, &admin, &AccessScope::Cluster))), gate);
    assert_eq!(said(block_on(closed.disassociate_access_policy(&dev, &admin))), gate);
    assert!(block_on(closed.list_access_policies(None)).is_ok());
}

#[test]
fn a_new_entry_is_filled_in_as_the_guide_says() {
    let eks = dual();
    let entry = create(&eks, DEV).unwrap();
    assert_eq!(entry.username, "arn:aws:sts::111122223333:assumed-role/Dev/{{SessionName}}");
    assert_eq!(
        entry.arn,
        "arn:aws:eks:eu-west-1:111122223333:access-entry/prod/role/111122223333/Dev/00000000-0000-4000-8000-000000000001"
    );
    assert_eq!((entry.created.as_str(), &entry.created), ("2024-01-01T01:00:00.05Z", &entry.modified));
    assert_eq!(create(&eks, ALICE).unwrap().username, ALICE);
    let node = block_on(eks.create_access_entry(&new(NODE, EntryType::Ec2Linux, "n"))).unwrap();
    assert_eq!(node.username, "system:node:{{EC2PrivateDNSName}}");
    assert_eq!(node.groups, groups(&["system:nodes"]));
    assert_eq!(block_on(eks.describe_access_entry(NODE)).unwrap(), node);
    let listed = block_on(eks.list_access_entries(None)).unwrap();
    assert_eq!(listed.items, [NODE, DEV, ALICE]);
}

#[test]
fn groups_shown_for_other_node_types_can_be_chosen() {
    for (shown_groups, expected) in
        [(ShownGroups::Ec2LinuxOnly, groups(&[])), (ShownGroups::AllNodeTypes, groups(&["system:nodes"]))]
    {
        let behaviour = Behaviour { shown_groups, node_entries: NodeEntries::None, ..Behaviour::default() };
        let eks = simulator_with(AuthenticationMode::Api, behaviour);
        let entry = block_on(eks.create_access_entry(&new(NODE, EntryType::Ec2Windows, "n"))).unwrap();
        assert_eq!(entry.groups, expected);
    }
}

#[test]
fn the_principal_must_exist_with_its_full_path() {
    let invalid = (
        AwsErrorKind::InvalidParameter,
        "The specified principalArn is invalid: invalid principal.".to_owned(),
    );
    let eks = dual();
    assert_eq!(said(create(&eks, "arn:aws:iam::111122223333:role/Nobody")), invalid);
    assert_eq!(said(create(&eks, "arn:aws:iam::111122223333:role/Dev")), invalid);
    assert_eq!(said(create(&eks, "arn:aws:iam::111122223333:user/bob")), invalid);
    assert!(create(&eks, FOREIGN).is_ok());
    let session = request("arn:aws:sts::111122223333:assumed-role/Dev/alice", EntryType::Standard);
    assert_eq!(refused(rules().create_entry(&session, None)), invalid.1);
}

#[test]
fn the_account_root_is_accepted_to_no_effect() {
    let root = "arn:aws:iam::111122223333:root";
    let mut rules = rules();
    assert_eq!(rules.create_entry(&request(root, EntryType::Standard), None).unwrap().username, root);
    assert!(rules.create_entry(&request(root, EntryType::Ec2Linux), None).is_err());
}

#[test]
fn entries_of_service_linked_roles_are_not_the_callers_to_touch() {
    let refusal = (
        AwsErrorKind::InvalidParameter,
        "The caller is not allowed to modify access entries with a principalArn value of a Service Linked Role"
            .to_owned(),
    );
    let eks = dual();
    assert_eq!(said(create(&eks, SERVICE_LINKED)), refusal);
    assert_eq!(said(block_on(eks.delete_access_entry(&arn(SERVICE_LINKED)))), refusal);
    let (view, scope) = (policy("AmazonEKSViewPolicy"), AccessScope::Cluster);
    assert_eq!(said(block_on(eks.associate_access_policy(&arn(SERVICE_LINKED), &view, &scope))), refusal);
}

#[test]
fn reserved_groups_are_refused_by_name() {
    for group in ["system:masters", "system:nodes", "system:authenticated"] {
        let mut wrong = request(DEV, EntryType::Standard);
        wrong.groups = groups(&["dev", group]);
        assert_eq!(
            refused(rules().create_entry(&wrong, None)),
            format!("The kubernetes group name {group} is invalid, it cannot start with system:")
        );
    }
}

#[test]
fn reserved_usernames_are_refused() {
    for prefix in RESERVED_PREFIXES {
        let mut wrong = request(DEV, EntryType::Standard);
        wrong.username = Some(format!("{prefix}x"));
        let expected = format!("The username must not begin with {prefix}");
        assert_eq!(refused(rules().create_entry(&wrong, None)), expected);
    }
}

#[test]
fn a_colon_must_stand_before_the_session_name() {
    let named = |username: &str| {
        let mut request = request(DEV, EntryType::Standard);
        request.username = Some(username.to_owned());
        rules().create_entry(&request, None)
    };
    assert!(named("john{{SessionName}}").is_err());
    assert!(named("{{SessionNameRaw}}:x").is_err());
    assert!(named(":john{{SessionName}}").is_ok());
    assert!(named("jo:hn{{SessionNameRaw}}").is_ok());
}

#[test]
fn undocumented_placeholders_are_refused_or_taken_as_configured() {
    let mut entry = request(DEV, EntryType::Standard);
    entry.username = Some(format!("a:{}", Token::AccountId.as_str()));
    assert!(rules().create_entry(&entry, None).is_err());
    let mut lenient = rules();
    lenient.behaviour.username_placeholders = Placeholders::Accepted;
    assert!(lenient.create_entry(&entry, None).is_ok());

    let mut entry = request(ALICE, EntryType::Standard);
    entry.groups = groups(&["team-{{AccountID}}"]);
    assert!(lenient.create_entry(&entry, None).is_err());
    lenient.behaviour.group_placeholders = Placeholders::Accepted;
    assert!(lenient.create_entry(&entry, None).is_ok());
}

#[test]
fn node_types_take_a_role_of_the_account_and_nothing_else() {
    let refused_for = |request: &CreateRequest| refused(rules().create_entry(request, None));
    assert_eq!(
        refused_for(&request(ALICE, EntryType::Ec2Linux)),
        "An access entry of type EC2_LINUX needs an IAM role."
    );
    assert_eq!(
        refused_for(&request(FOREIGN, EntryType::FargateLinux)),
        "An access entry of type FARGATE_LINUX needs a role of the cluster's account."
    );
    let mut with_groups = request(NODE, EntryType::Ec2);
    with_groups.groups = groups(&["dev"]);
    let mut with_username = request(NODE, EntryType::Ec2);
    with_username.username = Some("node".to_owned());
    for wrong in [with_groups, with_username] {
        assert_eq!(
            refused_for(&wrong),
            "An access entry of type EC2 takes no username and no Kubernetes groups."
        );
    }
    assert_eq!(
        refused_for(&request(NODE, EntryType::from("EC2_MAC".to_owned()))),
        "The access entry type EC2_MAC is not valid."
    );
}

#[test]
fn a_second_create_is_refused_unless_it_repeats_the_first() {
    let taken = (
        AwsErrorKind::InUse,
        "The specified access entry resource is already in use on this cluster.".to_owned(),
    );
    let eks = dual();
    let first = create(&eks, DEV).unwrap();
    assert_eq!(create(&eks, DEV).unwrap(), first);
    let other_token = new(DEV, EntryType::Standard, "other");
    assert_eq!(said(block_on(eks.create_access_entry(&other_token))), taken);
    let mut other_value = standard(DEV);
    other_value.groups.insert(GroupName::new("dev").unwrap());
    assert_eq!(said(block_on(eks.create_access_entry(&other_value))), taken);

    let forgetful =
        simulator_with(AuthenticationMode::Api, Behaviour { client_tokens: false, ..Behaviour::default() });
    create(&forgetful, DEV).unwrap();
    assert_eq!(said(create(&forgetful, DEV)), taken);
}

#[test]
fn a_token_does_not_bring_a_deleted_entry_back_by_itself() {
    let eks = dual();
    let first = create(&eks, DEV).unwrap();
    block_on(eks.delete_access_entry(&arn(DEV))).unwrap();
    assert_ne!(create(&eks, DEV).unwrap().arn, first.arn);
    assert!(block_on(eks.describe_access_entry(DEV)).is_ok());
}

#[test]
fn the_quota_of_entries_holds() {
    let eks = simulator_with(AuthenticationMode::Api, Behaviour { entry_quota: 1, ..Behaviour::default() });
    create(&eks, DEV).unwrap();
    assert_eq!(said(create(&eks, ALICE)).0, AwsErrorKind::LimitExceeded);
    block_on(eks.delete_access_entry(&arn(DEV))).unwrap();
    assert!(create(&eks, ALICE).is_ok());
}

#[test]
fn node_entries_need_pass_role() {
    let eks = dual();
    eks.set_faults(faults(&["deny:iam:PassRole"]));
    let (kind, message) = said(block_on(eks.create_access_entry(&new(NODE, EntryType::Ec2Linux, "n"))));
    assert_eq!(kind, AwsErrorKind::AccessDenied);
    assert_eq!(
        message,
        format!(
            "User: arn:aws:sts::111122223333:assumed-role/Rehearsal/eksodus is not authorized to perform: iam:PassRole on resource: {NODE}"
        )
    );
    assert!(create(&eks, DEV).is_ok());
}

#[test]
fn tags_have_their_limits() {
    let mut entry = request(DEV, EntryType::Standard);
    entry.tags = (0..51).map(|n| (format!("k{n}"), String::new())).collect();
    assert!(rules().create_entry(&entry, None).is_err());
    entry.tags = BTreeMap::from([("k".to_owned(), "v".repeat(257))]);
    assert!(rules().create_entry(&entry, None).is_err());
    entry.tags = BTreeMap::from([("k".repeat(128), "v".repeat(256))]);
    assert!(rules().create_entry(&entry, None).is_ok());
}

#[test]
fn an_update_replaces_username_and_groups_of_standard_entries() {
    let eks = dual();
    let created = create(&eks, DEV).unwrap();
    let username = Username::new("dev:{{SessionName}}").unwrap();
    let wanted = BTreeSet::from([GroupName::new("dev").unwrap()]);
    let updated = block_on(eks.update_access_entry(&arn(DEV), &username, &wanted)).unwrap();
    assert_eq!((updated.username.as_str(), &updated.groups), ("dev:{{SessionName}}", &groups(&["dev"])));
    assert_eq!(updated.created, created.created);
    assert_ne!(updated.modified, created.modified);

    block_on(eks.create_access_entry(&new(NODE, EntryType::Ec2Linux, "n"))).unwrap();
    let node = block_on(eks.update_access_entry(&arn(NODE), &username, &wanted));
    assert_eq!(
        said(node).1,
        "This operation can only be performed on Access Entries with a type of \"STANDARD\"."
    );
    let mut rules = rules();
    rules.create_entry(&request(NODE, EntryType::Ec2Linux), None).unwrap();
    let sent_back = rules.update_entry(NODE, Some("system:node:{{EC2PrivateDNSName}}"), None);
    assert_eq!(refused(sent_back), "The username must not begin with system:");
}

#[test]
fn what_is_not_there_is_not_found() {
    let missing = (
        AwsErrorKind::NotFound,
        "The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'."
            .to_owned(),
    );
    let eks = dual();
    let username = Username::new("dev").unwrap();
    assert_eq!(said(block_on(eks.describe_access_entry(DEV))), missing);
    assert_eq!(said(block_on(eks.update_access_entry(&arn(DEV), &username, &BTreeSet::new()))), missing);
    assert_eq!(said(block_on(eks.delete_access_entry(&arn(DEV)))), missing);
}

#[test]
fn an_entry_serves_only_the_principal_it_was_made_for() {
    let eks = dual();
    create(&eks, DEV).unwrap();
    assert!(eks.entry_in_force(&arn(DEV)).is_some());
    eks.change(&Change::RecreatePrincipal(Some(arn(DEV))));
    assert_eq!(eks.entry_in_force(&arn(DEV)), None);
    assert!(block_on(eks.describe_access_entry(DEV)).is_ok());
    // the times tell, so the entry is as dead in a simulator made from the snapshot
    let again = Simulator::from_snapshot(&eks.to_snapshot(), Behaviour::default()).unwrap();
    assert_eq!(again.entry_in_force(&arn(DEV)), None);

    block_on(eks.delete_access_entry(&arn(DEV))).unwrap();
    create(&eks, DEV).unwrap();
    assert!(eks.entry_in_force(&arn(DEV)).is_some());
    eks.change(&Change::DeletePrincipal(Some(arn(DEV))));
    assert_eq!(eks.entry_in_force(&arn(DEV)), None);
}

#[test]
fn entries_come_in_pages_of_a_hundred() {
    let mut many = snapshot(AuthenticationMode::Api);
    many.iam_roles = None;
    let eks = Simulator::from_snapshot(&many, Behaviour::default()).unwrap();
    for number in 0..101 {
        create(&eks, &format!("arn:aws:iam::111122223333:role/r{number:03}")).unwrap();
    }
    let first = block_on(eks.list_access_entries(None)).unwrap();
    let token = first.next.unwrap();
    let second = block_on(eks.list_access_entries(Some(&token))).unwrap();
    assert_eq!((first.items.len(), second.items.len(), second.next), (100, 1, None));
    assert_eq!(said(block_on(eks.list_access_policies(Some(&token)))).0, AwsErrorKind::InvalidParameter);
}
