//! Every step is a list of calls that leads exactly from its first value to its last.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::{BTreeMap, BTreeSet};

use eksodus::calls::{Call, NoCalls, ResourceState, calls_of};
use eksodus::model::{
    AccessEntry, AccessScope, AuthenticationMode, ConfigMapParts, EntryType, EntryUsername, GroupName,
    Partition, PolicyArn, PrincipalArn, Username,
};
use eksodus::planner::{Action, Expected, Phase, Step};
use eksodus::rbac::{Binding, RoleRef};
use proptest::prelude::*;

fn principal() -> PrincipalArn {
    "arn:aws:iam::111122223333:role/team/Dev".parse().unwrap()
}

fn step(action: Action) -> Step {
    Step { id: "s".to_owned(), phase: Phase::Entries, action }
}

fn entry_step(before: Expected, after: Option<AccessEntry>, recreate: bool) -> Step {
    step(Action::Entry { principal: principal(), before, after, recreate })
}

fn username() -> impl Strategy<Value = EntryUsername> {
    let default = EntryType::Standard.default_username(&principal()).unwrap();
    prop_oneof![
        Just(EntryUsername::Default),
        Just(EntryUsername::Custom(Username::new(default).unwrap())),
        prop::sample::select(vec!["dev", "team:{{SessionName}}"])
            .prop_map(|text| EntryUsername::Custom(Username::new(text).unwrap())),
    ]
}

fn scope() -> impl Strategy<Value = AccessScope> {
    prop_oneof![
        Just(AccessScope::Cluster),
        prop::sample::select(vec!["a", "b-*"])
            .prop_map(|name| AccessScope::namespaces([name.to_owned()]).unwrap()),
    ]
}

fn entry() -> impl Strategy<Value = AccessEntry> {
    let groups = prop::collection::btree_set(
        prop::sample::select(vec!["x", "y", "z"]).prop_map(|name| GroupName::new(name).unwrap()),
        0..3,
    );
    let policies = prop::collection::btree_map(
        prop::sample::select(vec!["AmazonEKSViewPolicy", "AmazonEKSEditPolicy", PolicyArn::CLUSTER_ADMIN])
            .prop_map(|name| PolicyArn::new(Partition::Aws, name).unwrap()),
        scope(),
        0..3,
    );
    let standard = (username(), groups, policies).prop_map(|(username, groups, policies)| AccessEntry {
        username,
        groups,
        policies,
        ..AccessEntry::standard(principal())
    });
    let node = prop::sample::select(vec![EntryType::Ec2Linux, EntryType::Ec2Windows])
        .prop_map(|kind| AccessEntry::of_type(principal(), kind));
    prop_oneof![4 => standard, 1 => node]
}

fn fold(step: &Step, calls: &[Call]) -> Option<ResourceState> {
    calls.iter().try_fold(ResourceState::before(step), |value, call| value.with(call))
}

proptest! {
    #[test]
    fn calls_lead_from_before_to_after(
        before in prop::option::of(entry()),
        after in prop::option::of(entry()),
        recreate: bool,
    ) {
        let step = entry_step(before.map_or(Expected::Absent, Expected::Entry), after, recreate);
        let calls = calls_of(&step).unwrap();
        prop_assert_eq!(fold(&step, &calls), Some(ResourceState::after(&step)));
        for call in &calls {
            let text = serde_json::to_string(call).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Call>(&text).unwrap(), call);
        }
        let same = ResourceState::before(&step) == ResourceState::after(&step);
        prop_assert!(!same || calls.is_empty() || recreate);
    }

    #[test]
    fn nothing_comes_between_a_creation_and_its_policies(after in entry(), before in prop::option::of(entry())) {
        let before = before.map_or(Expected::Absent, Expected::Entry);
        let calls = calls_of(&entry_step(before, Some(after.clone()), true)).unwrap();
        if let Some(created) = calls.iter().position(|call| matches!(call, Call::CreateEntry { .. })) {
            let deletes = calls[..created].iter().all(|call| matches!(call, Call::DeleteEntry { .. }));
            let associates = calls[created + 1..].iter().all(|call| matches!(call, Call::Associate { .. }));
            prop_assert!(deletes && associates, "{:?}", calls);
            prop_assert_eq!(calls.len() - created - 1, after.policies.len());
        }
    }

    #[test]
    fn a_change_gains_rights_before_it_loses_any(before in entry(), after in entry()) {
        let calls = calls_of(&entry_step(Expected::Entry(before), Some(after), false)).unwrap();
        let rank = |call: &Call| match call {
            Call::DeleteEntry { .. } => 0,
            Call::CreateEntry { .. } => 1,
            Call::Associate { .. } => 2,
            Call::UpdateEntry { .. } => 3,
            _ => 4,
        };
        prop_assert!(calls.is_sorted_by_key(rank), "{:?}", calls);
    }

    #[test]
    fn aws_auth_and_bindings_lead_from_before_to_after(
        before in prop::option::of("[a-c]{0,3}"), after in prop::option::of("[a-c]{0,3}"),
    ) {
        let data = |text: &String| BTreeMap::from([("mapRoles".to_owned(), text.clone())]);
        let parts = ConfigMapParts { immutable: Some(true), ..ConfigMapParts::default() };
        let config = step(Action::AwsAuth { before: before.as_ref().map(data), after: after.as_ref().map(data), parts: parts.clone() });
        prop_assert_eq!(fold(&config, &calls_of(&config).unwrap()), Some(ResourceState::after(&config)));
        let bind = |role: &String| binding("b", role);
        let binding = step(Action::Binding { before: before.as_ref().map(bind), after: after.as_ref().map(bind) });
        prop_assert_eq!(fold(&binding, &calls_of(&binding).unwrap()), Some(ResourceState::after(&binding)));
    }
}

fn binding(name: &str, role: &str) -> Binding {
    let role_ref = RoleRef { kind: "ClusterRole".to_owned(), name: role.to_owned() };
    Binding { namespace: None, name: name.to_owned(), role_ref, subjects: Vec::new() }
}

#[test]
fn what_eks_cannot_do_is_an_error() {
    let mode = |from, to| calls_of(&step(Action::Mode { from, to }));
    use AuthenticationMode::{Api, ApiAndConfigMap, ConfigMap};
    assert!(mode(ConfigMap, ApiAndConfigMap).is_ok() && mode(ApiAndConfigMap, Api).is_ok());
    for (from, to) in [(ConfigMap, Api), (ApiAndConfigMap, ConfigMap), (Api, ApiAndConfigMap), (Api, Api)] {
        assert!(matches!(mode(from, to), Err(NoCalls::Mode { .. })), "{from} {to}");
    }

    let plain = AccessEntry::standard(principal());
    let tagged = AccessEntry { tags: BTreeMap::from([("team".to_owned(), "a".to_owned())]), ..plain.clone() };
    let change = entry_step(Expected::Entry(plain.clone()), Some(tagged.clone()), false);
    assert!(matches!(calls_of(&change), Err(NoCalls::Tags { .. })));
    let replace = entry_step(Expected::Entry(plain.clone()), Some(tagged), true);
    assert_eq!(calls_of(&replace).unwrap().len(), 2);
    let blind = entry_step(Expected::Unobserved, None, false);
    assert!(matches!(calls_of(&blind), Err(NoCalls::Unobserved { .. })));
    let other = AccessEntry::standard("arn:aws:iam::111122223333:role/Other".parse().unwrap());
    let wrong = entry_step(Expected::Absent, Some(other), false);
    assert!(matches!(calls_of(&wrong), Err(NoCalls::Principal { .. })));
    let moved = Action::Binding { before: Some(binding("a", "r")), after: Some(binding("b", "r")) };
    assert!(matches!(calls_of(&step(moved)), Err(NoCalls::Binding { .. })));
}

#[test]
fn a_call_fits_only_the_value_it_replaces() {
    let plain = AccessEntry::standard(principal());
    let grouped = AccessEntry { groups: BTreeSet::from([GroupName::new("x").unwrap()]), ..plain.clone() };
    let value = ResourceState::entry(Some(grouped));
    assert_eq!(value.with(&Call::DeleteEntry { entry: plain.clone() }), None);
    assert_eq!(value.with(&Call::CreateEntry { entry: plain }), None);
}
