//! What the cluster as a whole must be, and what must be known of it.

use eksodus::model::AuthenticationMode;
use eksodus::observe::observe;
use eksodus::planner::{Phase, Plan, Severity};
use eksodus::simulator::{Behaviour, Simulator};
use eksodus::snapshot::Snapshot;
use pollster::block_on;

use super::planned;
use crate::kit::cluster::{With, aws_auth, cluster, observed, role};

fn dev(mode: AuthenticationMode) -> Snapshot {
    let text = format!("- rolearn: {}\n  username: dev\n  groups: [devs]\n", role("Dev"));
    cluster(mode, &[("mapRoles", &text)]).iam(&[&role("Dev")])
}

fn severity(plan: &Plan, rule: &str) -> Option<Severity> {
    plan.notices.iter().find(|notice| notice.rule == rule).map(|notice| notice.severity)
}

#[test]
fn an_old_platform_keeps_the_cluster_out_of_dual_mode() {
    let on = |mode, version: &str, platform: &str| {
        let mut snapshot = dev(mode);
        let cluster = snapshot.cluster.as_mut().unwrap();
        (cluster.version, cluster.platform_version) = (version.into(), platform.into());
        severity(&planned(&snapshot), "platform-version")
    };
    let config_map = AuthenticationMode::ConfigMap;
    assert_eq!(on(config_map, "1.28", "eks.5"), Some(Severity::Blocks(Phase::DualMode)));
    assert_eq!(on(config_map, "1.28", "eks.6"), None);
    assert_eq!(on(config_map, "1.28", "six"), Some(Severity::Warning));
    assert_eq!(on(AuthenticationMode::ApiAndConfigMap, "1.28", "eks.5"), None);
}

#[test]
fn a_local_cluster_on_an_outpost_stays_on_aws_auth() {
    let mut snapshot = dev(AuthenticationMode::ConfigMap);
    let cluster = snapshot.cluster.as_mut().unwrap();
    (cluster.outpost, cluster.platform_version) = (true, "eks-local-outposts.5".into());
    assert_eq!(severity(&planned(&snapshot), "platform-version"), Some(Severity::Blocks(Phase::DualMode)));
}

#[test]
fn unknown_nodes_keep_the_cluster_out_of_api_mode() {
    let blocks = Some(Severity::Blocks(Phase::ApiMode));
    let known = dev(AuthenticationMode::ApiAndConfigMap);
    assert_eq!(severity(&planned(&known), "nodes-unknown"), None);
    let no_nodegroups = Snapshot { nodegroups: None, ..known.clone() };
    assert_eq!(severity(&planned(&no_nodegroups), "nodes-unknown"), blocks);
    let no_profiles = Snapshot { fargate_profiles: None, ..known };
    assert_eq!(severity(&planned(&no_profiles), "nodes-unknown"), blocks);
    let done = Snapshot { nodegroups: None, ..dev(AuthenticationMode::Api) };
    assert_eq!(severity(&planned(&done), "nodes-unknown"), None);
}

#[test]
fn the_plan_of_a_folder_is_the_plan_of_its_simulated_cluster() {
    let whole = || {
        let policies = Vec::new();
        let snapshot =
            dev(AuthenticationMode::ApiAndConfigMap).iam(&["arn:aws:iam::444455556666:role/x/Two"]);
        Snapshot { access_policies: Some(policies), ..snapshot }
    };
    let mut partial = whole();
    partial.iam_roles.as_mut().unwrap().complete = false;
    let variants = [
        whole(),
        partial,
        Snapshot { iam_roles: None, ..whole() },
        Snapshot { iam_users: None, ..whole() },
        Snapshot { nodegroups: None, ..whole() },
        Snapshot { fargate_profiles: None, ..whole() },
    ];
    for snapshot in variants {
        let world = Simulator::from_snapshot(&snapshot, Behaviour::default()).unwrap();
        let observed = block_on(observe(&world)).unwrap();
        assert_eq!(planned(&observed), planned(&snapshot));
    }
}

#[test]
fn an_aws_auth_of_which_nothing_is_read_is_not_passed_over() {
    let data = [("maproles", "- rolearn: x\n"), ("notes", "x")];
    let plan = planned(&cluster(AuthenticationMode::ConfigMap, &data));
    for rule in ["key-case", "unread-key", "nothing-read"] {
        assert_eq!(severity(&plan, rule), Some(Severity::Warning), "{rule}");
    }
    assert_eq!(severity(&planned(&Snapshot::default()), "nothing-read"), Some(Severity::Warning));
    let alone = Snapshot { aws_auth: Some(aws_auth(&[("mapRoles", "[]")])), ..Snapshot::default() };
    assert_eq!(severity(&planned(&alone), "nothing-read"), Some(Severity::Warning));
    // after a migration that is how it should be
    let pruned = cluster(AuthenticationMode::ApiAndConfigMap, &[("mapRoles", "[]")]);
    assert_eq!(severity(&planned(&pruned), "nothing-read"), None);
    assert_eq!(severity(&planned(&dev(AuthenticationMode::ConfigMap)), "nothing-read"), None);
}

#[test]
fn an_entry_that_appears_is_not_taken_for_a_change_of_iam() {
    use eksodus::planner::Decisions;
    use eksodus::planner::fingerprint;
    use eksodus::snapshot::Part;
    let before = dev(AuthenticationMode::ApiAndConfigMap).iam(&[&role("Other")]);
    let after = before.clone().entry(observed(&role("Other"), "other", &[], &[]));
    let [before, after] = [before, after].map(|snapshot| fingerprint(&snapshot, &Decisions::default()));
    let changed: Vec<_> = before.iter().filter(|(source, print)| after.get(source) != Some(print)).collect();
    assert_eq!(changed.iter().map(|(source, _)| **source).collect::<Vec<_>>(), [Part::AccessEntries]);
}

#[test]
fn a_nodes_line_proves_nothing_where_eks_was_not_asked_for_its_nodes() {
    let text = format!(
        "- rolearn: {}\n  username: system:node:{{{{EC2PrivateDNSName}}}}\n  groups: [system:nodes]\n",
        role("Node")
    );
    let alone = Snapshot { aws_auth: Some(aws_auth(&[("mapRoles", &text)])), ..Snapshot::default() };
    assert_eq!((planned(&alone).targets.len(), planned(&alone).nodes.len()), (1, 0));
    let asked = cluster(AuthenticationMode::ConfigMap, &[("mapRoles", &text)]).iam(&[&role("Node")]);
    let nodes = planned(&asked).nodes;
    assert_eq!(nodes.len(), 1);
    assert_eq!(nodes[0].used_by, ["aws-auth only"]);
}

#[test]
fn a_time_is_the_same_however_the_aws_cli_spells_it() {
    use eksodus::planner::Decisions;
    use eksodus::planner::fingerprint;
    use eksodus::snapshot::Part;
    let of = |created: &str| {
        let mut snapshot = dev(AuthenticationMode::ConfigMap);
        let roles = snapshot.iam_roles.as_mut().unwrap();
        roles.items.iter_mut().for_each(|role| role.created = created.to_owned());
        fingerprint(&snapshot, &Decisions::default())[&Part::IamRoles].clone()
    };
    let one = of("2024-05-06T12:53:20.123000+00:00");
    assert_eq!(of("2024-05-06T14:53:20.123000+02:00"), one);
    assert_eq!(of("1715000000.123"), one);
    assert_ne!(of("2024-05-06T12:53:21.123000+00:00"), one);
}

#[test]
fn more_entries_than_eks_allows_are_found_before_the_first_is_written() {
    let names: Vec<String> = (0..20).map(|i| role(&format!("R{i}"))).collect();
    let lines: String = names.iter().map(|arn| format!("- {{rolearn: '{arn}', username: x}}\n")).collect();
    let arns: Vec<&str> = names.iter().map(String::as_str).collect();
    let with = |mode, there: usize| {
        let mut snapshot = cluster(mode, &[("mapRoles", &lines)]).iam(&arns);
        for i in 0..there {
            snapshot = snapshot.entry(observed(&role(&format!("Other{i}")), "x", &[], &[]));
        }
        severity(&planned(&snapshot), "entry-quota")
    };
    let dual = AuthenticationMode::ApiAndConfigMap;
    assert_eq!(with(dual, 2_980), None);
    assert_eq!(with(dual, 2_981), Some(Severity::Blocks(Phase::Entries)));
    assert_eq!(with(AuthenticationMode::ConfigMap, 0), None);
}

#[test]
fn a_local_cluster_on_an_outpost_stays_in_its_mode_whatever_its_version() {
    let local = |outpost, mode| {
        let mut snapshot = cluster(mode, &[("mapRoles", "[]")]);
        let found = snapshot.cluster.as_mut().unwrap();
        (found.outpost, found.version) = (outpost, "1.31".to_owned());
        let plan = planned(&snapshot);
        plan.blockers(Phase::DualMode).map(|it| it.rule.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(local(true, AuthenticationMode::ConfigMap), ["platform-version"]);
    assert_eq!(local(false, AuthenticationMode::ConfigMap), Vec::<&str>::new());
    assert_eq!(local(true, AuthenticationMode::ApiAndConfigMap), Vec::<&str>::new());
}
