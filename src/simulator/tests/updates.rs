use crate::eks::{Update, UpdateStatus};
use crate::model::AuthenticationMode::{Api, ApiAndConfigMap, ConfigMap};
use crate::simulator::Change;
use crate::simulator::tests::*;

fn change_mode(eks: &Simulator, to: AuthenticationMode, token: &str) -> Result<Update, AwsError> {
    block_on(eks.update_authentication_mode(to, token))
}

fn cluster(eks: &Simulator) -> (AuthenticationMode, String) {
    let cluster = block_on(eks.describe_cluster()).unwrap();
    (cluster.mode, cluster.status.0)
}

#[test]
fn the_mode_goes_one_step_at_a_time() {
    for (from, to) in [
        (ConfigMap, Api),
        (ConfigMap, ConfigMap),
        (ApiAndConfigMap, ApiAndConfigMap),
        (ApiAndConfigMap, ConfigMap),
        (Api, ApiAndConfigMap),
    ] {
        assert_eq!(
            said(change_mode(&simulator(from), to, "t")),
            (
                AwsErrorKind::InvalidParameter,
                format!("Unsupported authentication mode update from {from} to {to}")
            )
        );
    }
}

#[test]
fn an_update_takes_its_time_and_only_one_runs() {
    let eks = simulator(ConfigMap);
    let update = change_mode(&eks, ApiAndConfigMap, "t").unwrap();
    assert_eq!(update.status, UpdateStatus::InProgress);
    assert_eq!(cluster(&eks), (ConfigMap, "UPDATING".to_owned()));
    assert!(block_on(eks.list_access_entries(None)).is_err());
    assert_eq!(
        said(change_mode(&eks, ApiAndConfigMap, "u")),
        (
            AwsErrorKind::InUse,
            format!(
                "Cannot AccessConfigUpdate because cluster prod currently has update {} in progress",
                update.id
            )
        )
    );
    sleep(&eks, 180);
    assert_eq!(block_on(eks.describe_update(&update.id)).unwrap().status, UpdateStatus::Successful);
    assert_eq!(cluster(&eks), (ApiAndConfigMap, "ACTIVE".to_owned()));

    let second = change_mode(&eks, Api, "v").unwrap();
    assert_ne!(second.id, update.id);
    sleep(&eks, 180);
    assert_eq!(cluster(&eks).0, Api);
    assert_eq!(eks.to_snapshot().cluster.unwrap().mode, Api);
    assert_eq!(said(block_on(eks.describe_update("no-such"))).0, AwsErrorKind::NotFound);
}

#[test]
fn updates_are_listed_and_say_what_they_are() {
    let eks = simulator_with(ConfigMap, Behaviour { page_size: 1, ..Behaviour::default() });
    assert_eq!(block_on(eks.list_updates(None)).unwrap().items, Vec::<String>::new());
    let mode = change_mode(&eks, ApiAndConfigMap, "t").unwrap();
    sleep(&eks, 180);
    eks.change(&Change::StartUpdate);
    let first = block_on(eks.list_updates(None)).unwrap();
    let second = block_on(eks.list_updates(first.next.as_deref())).unwrap();
    assert_eq!((&first.items, &second.next), (&vec![mode.id.clone()], &None));
    let ended = block_on(eks.describe_update(&mode.id)).unwrap();
    assert_eq!((ended.kind.as_str(), &ended.created), (Update::OF_MODE, &mode.created));
    assert_eq!(ended.params[Update::MODE], "API_AND_CONFIG_MAP");
    let other = block_on(eks.describe_update(&second.items[0])).unwrap();
    assert!(other.is_running() && other.kind != Update::OF_MODE, "{other:?}");
}

#[test]
fn the_same_token_gives_the_same_update_with_its_present_status() {
    let eks = simulator(ConfigMap);
    let first = change_mode(&eks, ApiAndConfigMap, "t").unwrap();
    assert_eq!(change_mode(&eks, ApiAndConfigMap, "t").unwrap(), first);
    sleep(&eks, 180);
    let later = change_mode(&eks, ApiAndConfigMap, "t").unwrap();
    assert_eq!((later.id, later.status), (first.id, UpdateStatus::Successful));
    assert!(change_mode(&eks, ApiAndConfigMap, "u").is_err());
}

#[test]
fn polling_alone_makes_time_pass() {
    let eks = simulator_with(
        ConfigMap,
        Behaviour { update_duration: Duration::from_secs(1), ..Behaviour::default() },
    );
    let id = change_mode(&eks, ApiAndConfigMap, "t").unwrap().id;
    let polls =
        (0..100).find(|_| block_on(eks.describe_update(&id)).unwrap().status == UpdateStatus::Successful);
    assert_eq!(polls, Some(19));
}

#[test]
fn an_old_platform_has_no_access_entries() {
    let mut old = snapshot(ConfigMap);
    if let Some(cluster) = &mut old.cluster {
        cluster.platform_version = "eks.1".to_owned();
    }
    let eks = Simulator::from_snapshot(&old, Behaviour::default()).unwrap();
    assert_eq!(said(change_mode(&eks, ApiAndConfigMap, "t")).0, AwsErrorKind::InvalidRequest);
}

#[test]
fn a_cluster_found_updating_ends_its_update_first() {
    let mut updating = snapshot(ConfigMap);
    if let Some(cluster) = &mut updating.cluster {
        cluster.status = ClusterStatus("UPDATING".to_owned());
    }
    let eks = Simulator::from_snapshot(&updating, Behaviour::default()).unwrap();
    assert_eq!(eks.to_snapshot(), updating);
    assert_eq!(said(change_mode(&eks, ApiAndConfigMap, "t")).0, AwsErrorKind::InUse);
    sleep(&eks, 180);
    assert_eq!(cluster(&eks), (ConfigMap, "ACTIVE".to_owned()));
    assert!(change_mode(&eks, ApiAndConfigMap, "t").is_ok());
}

#[test]
fn a_failed_update_leaves_the_mode_as_it_was() {
    let eks = simulator(ConfigMap);
    eks.set_faults(faults(&["fail-update"]));
    let id = change_mode(&eks, ApiAndConfigMap, "t").unwrap().id;
    sleep(&eks, 180);
    let update = block_on(eks.describe_update(&id)).unwrap();
    assert_eq!((update.status, update.errors.len()), (UpdateStatus::Failed, 1));
    assert_eq!(cluster(&eks), (ConfigMap, "ACTIVE".to_owned()));
    let second = change_mode(&eks, ApiAndConfigMap, "u").unwrap().id;
    sleep(&eks, 180);
    assert_eq!(block_on(eks.describe_update(&second)).unwrap().status, UpdateStatus::Successful);
}

#[test]
fn a_local_cluster_on_an_outpost_has_one_mode() {
    let mut local = snapshot(ConfigMap);
    local.cluster.as_mut().unwrap().outpost = true;
    let eks = Simulator::from_snapshot(&local, Behaviour::default()).unwrap();
    let refused = block_on(eks.update_authentication_mode(ApiAndConfigMap, "t"));
    let (kind, why) = said(refused);
    assert_eq!(kind, AwsErrorKind::InvalidRequest);
    assert!(why.starts_with("Local Amazon EKS cluster only supports"), "{why}");
}

#[test]
fn the_last_change_of_the_mode_is_written_down() {
    let old = Update {
        id: "old".to_owned(),
        kind: "VersionUpdate".to_owned(),
        status: UpdateStatus::Successful,
        created: "2020-01-01T00:00:00Z".to_owned(),
        params: BTreeMap::new(),
        errors: Vec::new(),
    };
    for known in [None, Some(vec![old.clone()])] {
        let mut before = snapshot(ConfigMap);
        before.updates.clone_from(&known);
        let eks = Simulator::from_snapshot(&before, Behaviour::default()).unwrap();
        assert_eq!(eks.to_snapshot().updates, known);
        block_on(eks.update_authentication_mode(ApiAndConfigMap, "t")).unwrap();
        sleep(&eks, 180);
        let after = eks.to_snapshot().updates;
        let modes = after.iter().flatten().map(|it| (it.status, it.mode())).collect::<Vec<_>>();
        let changed = (UpdateStatus::Successful, Some(ApiAndConfigMap));
        let others = known.iter().map(|_| (UpdateStatus::Successful, None));
        assert_eq!(modes, [changed].into_iter().chain(others).collect::<Vec<_>>());
        // another process finds it by its id
        let written = eks.to_snapshot();
        let id = &written.updates.as_ref().unwrap()[0].id;
        let again = Simulator::from_snapshot(&written, Behaviour::default()).unwrap();
        assert_eq!(block_on(again.describe_update(id)).unwrap().mode(), Some(ApiAndConfigMap));
    }
}
