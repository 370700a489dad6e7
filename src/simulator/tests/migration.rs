use crate::eks::UpdateStatus;
use crate::kube::KubeApi;
use crate::simulator::Outcome;
use crate::simulator::tests::*;

/// Everything a migration does, in its order, through a world that throttles, delays and loses answers.
#[test]
fn a_whole_migration_can_be_played_with_faults() {
    let eks = simulator(AuthenticationMode::ConfigMap);
    eks.set_faults(faults(&[
        "delay:5s",
        "throttle:eks:UpdateClusterConfig:1",
        "lost-answer:eks:CreateAccessEntry:1",
        "fail:kube:ReplaceAwsAuth:1",
    ]));
    let again = |work: &dyn Fn() -> bool| assert!((0..3).any(|_| work()), "three times in vain");

    for mode in [AuthenticationMode::ApiAndConfigMap, AuthenticationMode::Api] {
        again(&|| block_on(eks.update_authentication_mode(mode, mode.as_str())).is_ok());
        let id = block_on(eks.update_authentication_mode(mode, mode.as_str())).unwrap().id;
        sleep(&eks, 185);
        assert_eq!(block_on(eks.describe_update(&id)).unwrap().status, UpdateStatus::Successful);
        assert_eq!(block_on(eks.describe_cluster()).unwrap().mode, mode);
        if mode == AuthenticationMode::ApiAndConfigMap {
            again(&|| create(&eks, DEV).is_ok());
            let admin = policy(PolicyArn::CLUSTER_ADMIN);
            block_on(eks.associate_access_policy(&arn(DEV), &admin, &AccessScope::Cluster)).unwrap();
            let version = block_on(eks.get_aws_auth()).unwrap().unwrap().resource_version;
            again(&|| block_on(eks.replace_aws_auth(&data(""), &version)).is_ok());
        }
    }

    let end = eks.to_snapshot();
    let principals: Vec<String> =
        end.access_entries.unwrap().into_iter().map(|entry| entry.principal).collect();
    assert_eq!(principals, [NODE, SERVICE_LINKED, DEV]);
    assert_eq!(end.aws_auth.unwrap().config_map.data, data(""));
    assert!(eks.entry_in_force(&arn(DEV)).unwrap().as_entry().unwrap().is_cluster_admin_by_policy());
    let broken = eks.calls().iter().filter(|call| matches!(call.outcome, Outcome::Broken { .. })).count();
    assert_eq!(broken, 3);
}
