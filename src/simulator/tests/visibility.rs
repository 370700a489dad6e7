use crate::simulator::tests::*;

#[test]
fn reads_show_a_write_only_after_the_delay_and_writes_know_it_at_once() {
    let eks = dual();
    eks.set_faults(faults(&["delay:5s"]));
    create(&eks, DEV).unwrap();
    assert_eq!(said(block_on(eks.describe_access_entry(DEV))).0, AwsErrorKind::NotFound);
    assert!(block_on(eks.list_access_entries(None)).unwrap().items.is_empty());
    assert_eq!(eks.entry_in_force(&arn(DEV)), None);
    assert_eq!(
        said(block_on(eks.create_access_entry(&new(DEV, EntryType::Standard, "2")))).0,
        AwsErrorKind::InUse
    );
    let view = policy("AmazonEKSViewPolicy");
    block_on(eks.associate_access_policy(&arn(DEV), &view, &AccessScope::Cluster)).unwrap();
    assert_eq!(eks.to_snapshot().access_entries.unwrap()[0].policies.len(), 1);

    sleep(&eks, 5);
    assert!(block_on(eks.describe_access_entry(DEV)).is_ok());
    assert_eq!(block_on(eks.list_associated_access_policies(DEV, None)).unwrap().items.len(), 1);
    block_on(eks.delete_access_entry(&arn(DEV))).unwrap();
    assert!(block_on(eks.describe_access_entry(DEV)).is_ok());
    sleep(&eks, 5);
    assert!(block_on(eks.describe_access_entry(DEV)).is_err());
}

#[test]
fn the_updating_cluster_shows_late_too_but_the_update_does_not() {
    let behaviour = Behaviour { visibility_delay: Duration::from_secs(10), ..Behaviour::default() };
    let eks = simulator_with(AuthenticationMode::ConfigMap, behaviour);
    let update = block_on(eks.update_authentication_mode(AuthenticationMode::ApiAndConfigMap, "t")).unwrap();
    assert_eq!(block_on(eks.describe_cluster()).unwrap().status.0, "ACTIVE");
    assert!(block_on(eks.describe_update(&update.id)).is_ok());
    sleep(&eks, 10);
    assert_eq!(block_on(eks.describe_cluster()).unwrap().status.0, "UPDATING");
}
