use proptest::prelude::*;

use crate::model::Associations;
use crate::simulator::SimulatorError;
use crate::simulator::tests::*;
use crate::snapshot::Caller;

#[test]
fn a_snapshot_without_a_cluster_or_with_a_doubled_entry_is_not_played() {
    let none = Simulator::from_snapshot(&Snapshot::default(), Behaviour::default());
    assert_eq!(none.unwrap_err(), SimulatorError::NoCluster);
    let eks = dual();
    create(&eks, DEV).unwrap();
    let mut twice = eks.to_snapshot();
    let entry = twice.access_entries.as_ref().unwrap()[0].clone();
    twice.access_entries.as_mut().unwrap().push(entry);
    let twice = Simulator::from_snapshot(&twice, Behaviour::default());
    assert_eq!(twice.unwrap_err(), SimulatorError::DuplicateEntry(DEV.to_owned()));
}

fn mode() -> impl Strategy<Value = AuthenticationMode> {
    prop_oneof![
        Just(AuthenticationMode::ConfigMap),
        Just(AuthenticationMode::ApiAndConfigMap),
        Just(AuthenticationMode::Api),
    ]
}

fn entry() -> impl Strategy<Value = ObservedEntry> {
    let entry_type = prop_oneof![Just("STANDARD"), Just("EC2_LINUX"), Just("SOMETHING_NEW")];
    ("[a-e]", entry_type, "[a-z:]{0,8}", 0..3_u32, 0..2_000_000_000_u32).prop_map(
        |(name, entry_type, username, policies, created)| ObservedEntry {
            principal: format!("arn:aws:iam::111122223333:role/{name}"),
            entry_type: EntryType::from(entry_type.to_owned()),
            username,
            groups: groups(&["g"]),
            policies: ["AmazonEKSViewPolicy", "AmazonEKSEditPolicy"]
                .iter()
                .take(policies as usize)
                .map(|name| (policy(name), AccessScope::Cluster))
                .collect::<Associations>(),
            tags: BTreeMap::new(),
            arn: "arn:aws:eks:eu-west-1:111122223333:access-entry/prod/x".to_owned(),
            created: created.to_string(),
            modified: created.to_string(),
        },
    )
}

prop_compose! {
    fn any_snapshot()(
        mode in mode(),
        entries in proptest::option::of(proptest::collection::vec(entry(), 0..4)),
        roles in proptest::option::of(any::<bool>()),
        text in proptest::option::of("[ -~\n]{0,40}"),
        status in prop_oneof![Just("ACTIVE"), Just("UPDATING"), Just("FAILED")],
        caller in any::<bool>(),
        reversed in any::<bool>(),
    ) -> Snapshot {
        let mut snapshot = snapshot(mode);
        if let Some(cluster) = &mut snapshot.cluster {
            cluster.status = ClusterStatus(status.to_owned());
        }
        snapshot.aws_auth = text.map(|text| {
            Manifest::from_config_map(ConfigMap { data: data(&text), ..ConfigMap::default() })
        });
        snapshot.iam_roles = roles.map(|complete| Listing { items: vec![role(DEV, "AROADEV")], complete });
        snapshot.access_entries = entries.map(|entries| {
            let by_principal: BTreeMap<String, ObservedEntry> =
                entries.into_iter().map(|entry| (entry.principal.clone(), entry)).collect();
            let mut entries: Vec<ObservedEntry> = by_principal.into_values().collect();
            if reversed {
                entries.reverse();
            }
            entries
        });
        snapshot.caller = caller.then(|| Caller {
            arn: ALICE.to_owned(),
            account: "111122223333".to_owned(),
            user_id: "AIDAALICE".to_owned(),
        });
        snapshot
    }
}

proptest! {
    #[test]
    fn what_is_not_touched_comes_back_as_it_was_given(snapshot in any_snapshot()) {
        let eks = Simulator::from_snapshot(&snapshot, Behaviour::default()).unwrap();
        let _read = block_on(eks.list_access_entries(None));
        prop_assert_eq!(eks.to_snapshot(), snapshot);
    }

    #[test]
    fn a_snapshot_taken_on_the_way_plays_on(snapshot in any_snapshot(), steps in proptest::collection::vec(0..4_u8, 0..6)) {
        let eks = Simulator::from_snapshot(&snapshot, Behaviour::default()).unwrap();
        for step in steps {
            match step {
                0 => drop(create(&eks, DEV)),
                1 => drop(block_on(eks.delete_access_entry(&arn(DEV)))),
                2 => drop(block_on(eks.update_authentication_mode(AuthenticationMode::ApiAndConfigMap, "t"))),
                _ => sleep(&eks, 200),
            }
        }
        let taken = eks.to_snapshot();
        let again = Simulator::from_snapshot(&taken, Behaviour::default()).unwrap();
        prop_assert_eq!(again.to_snapshot(), taken);
    }
}
