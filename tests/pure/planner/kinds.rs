//! What each kind of line becomes.

use std::collections::{BTreeMap, BTreeSet};

use eksodus::facts::Service;
use eksodus::model::{AuthenticationMode, EntryType, EntryUsername};
use eksodus::planner::{
    Action, Blocker, Decisions, GroupDecision, Masters, Note, Outcome, Phase, PrincipalDecision,
    ProposedUsernames, Severity, UsernameDecision, plan,
};
use eksodus::rbac::SubjectKind;
use eksodus::snapshot::Snapshot;

use super::{only_blocker, only_target, planned};
use crate::kit::cluster::{ACCOUNT, With, aws_auth, cluster, role};

fn dual(roles: &str) -> Snapshot {
    cluster(AuthenticationMode::ApiAndConfigMap, &[("mapRoles", roles)])
}

fn line(name: &str, username: &str, groups: &[&str]) -> String {
    let groups: String = groups.iter().map(|group| format!("  - {group:?}\n")).collect();
    let groups = if groups.is_empty() { String::new() } else { format!("  groups:\n{groups}") };
    format!("- rolearn: {}\n  username: {username:?}\n{groups}", role(name))
}

fn groups(plan: &eksodus::planner::Plan) -> Vec<&str> {
    only_target(plan).entry.groups.iter().map(|group| group.as_str()).collect()
}

#[test]
fn a_plain_role_keeps_username_and_groups_and_gets_its_path_back() {
    let real = role("team/Dev");
    let snapshot = dual(&line("Dev", "dev", &["devs", "all"])).iam(&[&real]);
    let plan = planned(&snapshot);
    let target = only_target(&plan);
    assert_eq!(target.entry.principal.to_string(), real);
    assert_eq!(target.entry.effective_username().unwrap(), "dev");
    assert_eq!(groups(&plan), ["all", "devs"]);
    assert!(target.entry.policies.is_empty());
    assert!(target.notes.contains(&Note::PathResolved));
    assert_eq!(plan.blockers(Phase::Verify).count(), 0);
}

#[test]
fn masters_become_the_admin_policy_and_the_other_groups_stay() {
    let snapshot = dual(&line("Admin", "admin", &["system:masters", "oncall"])).iam(&[&role("Admin")]);
    let plan = planned(&snapshot);
    assert!(only_target(&plan).entry.is_cluster_admin_by_policy());
    assert_eq!(groups(&plan), ["oncall"]);
}

#[test]
fn masters_become_an_own_group_by_decision() {
    let snapshot = dual(&line("Admin", "admin", &["system:masters"])).iam(&[&role("Admin")]);
    let admins = eksodus::model::GroupName::new("admins").unwrap();
    let decisions = Decisions { masters: Masters::Group(admins), ..Decisions::default() };
    let plan = plan(&snapshot, &decisions);
    assert_eq!(groups(&plan), ["admins"]);
    assert!(only_target(&plan).entry.policies.is_empty());
    let binding = plan.steps.iter().find_map(|step| match &step.action {
        Action::Binding { before: None, after: Some(binding) } => Some(binding),
        _ => None,
    });
    assert_eq!(binding.unwrap().role_ref.name, "cluster-admin");
}

#[test]
fn the_policy_is_of_the_principals_partition() {
    let text =
        "- rolearn: arn:aws-cn:iam::111122223333:role/Admin\n  username: a\n  groups: [system:masters]\n";
    let plan = planned(&Snapshot { aws_auth: Some(aws_auth(&[("mapRoles", text)])), ..Snapshot::default() });
    let policies: Vec<String> = only_target(&plan).entry.policies.keys().map(ToString::to_string).collect();
    assert_eq!(policies, ["arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"]);
}

#[test]
fn node_lines_become_node_types_and_lose_groups_of_their_own() {
    let text =
        line("Node", "system:node:{{EC2PrivateDNSName}}", &["system:bootstrappers", "system:nodes", "extra"]);
    let nodes = Some("AL2023_x86_64_STANDARD");
    let plan = planned(&dual(&text).iam(&[&role("Node")]).nodegroup("a", &role("Node"), nodes));
    let target = only_target(&plan);
    assert_eq!(target.entry.entry_type, EntryType::Ec2Linux);
    assert_eq!(target.entry.username, EntryUsername::Default);
    assert!(target.notes.contains(&Note::GroupsLost { groups: BTreeSet::from(["extra".to_owned()]) }));
    assert!(plan.nodes.iter().all(|node| node.covered));
}

#[test]
fn a_node_groups_role_without_line_or_entry_keeps_the_cluster_out_of_api_mode() {
    let snapshot = dual(&line("Dev", "dev", &[])).iam(&[&role("Dev")]);
    let plan = planned(&snapshot.nodegroup("a", &role("Node"), None));
    assert_eq!(plan.blockers(Phase::Verify).count(), 0);
    assert!(plan.blockers(Phase::ApiMode).any(|notice| notice.rule == "node-uncovered"));
}

#[test]
fn other_system_groups_wait_for_a_decision_and_show_what_they_give() {
    let text = line("Ci", "ci", &["system:ci", "builders"]);
    let snapshot = dual(&text).iam(&[&role("Ci")]).bound(SubjectKind::Group, "system:ci", "edit");
    let blocked = planned(&snapshot);
    let Blocker::Groups { groups: undecided } = only_blocker(&blocked) else { panic!() };
    let bindings = undecided["system:ci"].as_deref().unwrap();
    assert_eq!(bindings[0].to_string(), "ClusterRoleBinding b0 (ClusterRole edit)");

    let decide = |decision| {
        let groups = [("system:ci".to_owned(), decision)].into();
        plan(&snapshot, &Decisions { groups, ..Decisions::default() })
    };
    assert_eq!(groups(&decide(GroupDecision::Drop)), ["builders"]);
    let renamed = decide(GroupDecision::Rename(eksodus::model::GroupName::new("ci").unwrap()));
    assert_eq!(groups(&renamed), ["builders", "ci"]);
    assert!(renamed.steps.iter().any(|step| matches!(
        &step.action,
        Action::Binding { after: Some(binding), .. }
            if binding.role_ref.name == "edit" && binding.subjects[0].name == "ci"
    )));
}

#[test]
fn what_everybody_has_anyway_needs_no_decision() {
    let plan = planned(&dual(&line("Dev", "dev", &["system:authenticated", "devs"])).iam(&[&role("Dev")]));
    assert_eq!(groups(&plan), ["devs"]);
}

#[test]
fn a_refused_username_is_proposed_not_taken() {
    let snapshot = dual(&line("Dev", "{{SessionName}}", &["devs"])).iam(&[&role("Dev")]).bound(
        SubjectKind::User,
        "alice",
        "edit",
    );
    let blocked = planned(&snapshot);
    let Blocker::Username { proposal: Some(proposal), .. } = only_blocker(&blocked) else { panic!() };
    assert_eq!(proposal.as_str(), "Dev:{{SessionName}}");
    assert_eq!(blocked.blockers(Phase::Entries).count(), 1);

    let accepted =
        plan(&snapshot, &Decisions { proposed_usernames: ProposedUsernames::Accept, ..Decisions::default() });
    assert_eq!(only_target(&accepted).entry.effective_username().unwrap(), "Dev:{{SessionName}}");
    assert!(accepted.steps.iter().any(|step| matches!(
        &step.action,
        Action::Binding { after: Some(binding), .. } if binding.subjects[0].name == "Dev:alice"
    )));
}

#[test]
fn account_ids_are_written_out_and_other_placeholders_in_groups_block() {
    let plan = planned(&dual(&line("Dev", "a:{{AccountID}}", &["g-{{AccountID}}"])).iam(&[&role("Dev")]));
    assert_eq!(only_target(&plan).entry.effective_username().unwrap(), format!("a:{ACCOUNT}"));
    assert_eq!(groups(&plan), [format!("g-{ACCOUNT}")]);
    let blocked = planned(&dual(&line("Dev", "dev", &["{{SessionName}}"])).iam(&[&role("Dev")]));
    assert!(matches!(only_blocker(&blocked), Blocker::Group { .. }));
    let blocked = planned(&dual(&line("Dev", "d:{{AccessKeyID}}", &[])).iam(&[&role("Dev")]));
    assert!(matches!(only_blocker(&blocked), Blocker::Username { proposal: None, .. }));
}

#[test]
fn a_missing_username_gets_the_default_and_is_reported() {
    let text = format!("- rolearn: {}\n  groups: [devs]\n", role("Dev"));
    let plan = planned(&dual(&text).iam(&[&role("Dev")]));
    assert_eq!(only_target(&plan).entry.username, EntryUsername::Default);
    assert!(plan.notices.iter().any(|notice| notice.rule == "missing-username"));
}

#[test]
fn lines_that_never_worked_are_not_made_to_work() {
    for text in [
        format!("- rolearn: {}\n  username: a\n  groups: [system:masters]\n", role("path/Dev")),
        format!("- rolearn: arn:aws:sts::{ACCOUNT}:assumed-role/Dev/x\n  username: a\n"),
        format!("- rolearn: \"{} \"\n  username: a\n", role("Dev")),
        "- sso: {permissionSetName: Dev, accountID: \"111122223333\"}\n  username: a\n".to_owned(),
    ] {
        let plan = planned(&dual(&text).iam(&[&role("path/Dev")]));
        assert!(plan.targets.is_empty(), "{text}");
        assert!(matches!(plan.lines[0].outcome, Outcome::NeverMatches { .. }), "{text}: {:?}", plan.lines);
        assert_eq!(plan.notices.iter().filter(|notice| notice.at.is_some()).count(), 1, "{text}");
    }
}

/// The root user and federated users are let in by `aws-auth` until it is switched off.
#[test]
fn what_no_entry_can_stand_for_keeps_the_cluster_out_of_api_mode() {
    for (arn, rule) in [
        (format!("arn:aws:iam::{ACCOUNT}:root"), "root-arn"),
        (format!("arn:aws:sts::{ACCOUNT}:federated-user/ann"), "not-a-principal"),
    ] {
        let snapshot = dual(&format!("- rolearn: {arn}\n  username: a\n  groups: [devs]\n"));
        let open = planned(&snapshot);
        assert!(open.targets.is_empty());
        assert_eq!(only_blocker(&open).rule(), rule);
        assert!(open.blockers(Phase::Prune).all(|notice| notice.rule != rule));
        assert_eq!(open.blockers(Phase::ApiMode).filter(|notice| notice.rule == rule).count(), 1);

        let decision =
            PrincipalDecision { principal: arn, skip: Some("unused".into()), ..PrincipalDecision::default() };
        let skipped = plan(&snapshot, &Decisions { principals: vec![decision], ..Decisions::default() });
        assert!(matches!(skipped.lines[0].outcome, Outcome::Skipped { .. }));
        assert!(skipped.blockers(Phase::ApiMode).all(|notice| notice.rule != rule));
    }
}

#[test]
fn the_last_duplicate_wins_and_the_role_table_beats_the_user_table() {
    let text = format!("{}{}", line("Dev", "first", &["system:masters"]), line("Dev", "last", &["devs"]));
    let users = format!("- userarn: {}\n  username: third\n", role("Dev"));
    let snapshot = cluster(AuthenticationMode::ApiAndConfigMap, &[("mapRoles", &text), ("mapUsers", &users)])
        .iam(&[&role("Dev")]);
    let plan = planned(&snapshot);
    assert_eq!(only_target(&plan).entry.effective_username().unwrap(), "last");
    assert!(only_target(&plan).entry.policies.is_empty());
    let superseded =
        plan.lines.iter().filter(|line| matches!(line.outcome, Outcome::Superseded { .. })).count();
    assert_eq!(superseded, 2);
}

#[test]
fn users_spelled_twice_in_different_case_block() {
    let text = format!(
        "- userarn: arn:aws:iam::{ACCOUNT}:user/Ann\n  username: a\n- userarn: arn:aws:iam::{ACCOUNT}:user/ann\n  username: b\n"
    );
    let plan = planned(&cluster(AuthenticationMode::ApiAndConfigMap, &[("mapUsers", &text)]));
    assert!(plan.targets.is_empty());
    assert_eq!(plan.blockers(Phase::Entries).filter(|notice| notice.rule == "random-duplicate").count(), 2);
}

#[test]
fn gone_principals_are_reported_and_unknown_accounts_block() {
    let plan = planned(&dual(&line("Gone", "x", &[])).iam(&[&role("Other")]));
    assert!(matches!(plan.lines[0].outcome, Outcome::Gone));
    let foreign = "- rolearn: arn:aws:iam::444455556666:role/Dev\n  username: x\n";
    let plan = planned(&dual(foreign).iam(&[&role("Dev")]));
    assert!(matches!(only_blocker(&plan), Blocker::UnresolvedRole { account } if account == "444455556666"));
}

#[test]
fn service_linked_roles_block() {
    let real = role("aws-service-role/emr-containers.amazonaws.com/AWSServiceRoleForAmazonEMRContainers");
    let snapshot = dual(&line("AWSServiceRoleForAmazonEMRContainers", "emr", &[])).iam(&[&real]);
    assert_eq!(only_blocker(&planned(&snapshot)), &Blocker::ServiceLinkedRole { service: Service::Emr });
}

#[test]
fn an_account_is_expanded_from_bindings_and_stays_open_until_decided() {
    let partner = "arn:aws:iam::444455556666:user/p/ann";
    let snapshot = cluster(AuthenticationMode::ApiAndConfigMap, &[("mapAccounts", "- '444455556666'\n")])
        .iam(&[partner])
        .bound(SubjectKind::User, partner, "view");
    let open = planned(&snapshot);
    assert_eq!(only_target(&open).entry.principal.to_string(), partner);
    assert!(only_target(&open).entry.groups.is_empty());
    assert_eq!(only_target(&open).entry.effective_username().unwrap(), partner);
    assert_eq!(open.blockers(Phase::Prune).count(), 0);
    assert!(open.blockers(Phase::ApiMode).any(|notice| notice.rule == "account-mapping"));
}

#[test]
fn decisions_skip_override_and_are_reported_when_they_match_nothing() {
    let text = format!("{}{}", line("Dev", "dev", &["devs"]), line("Ops", "ops", &["ops"]));
    let decide = |principal: String| PrincipalDecision { principal, line: 7, ..PrincipalDecision::default() };
    let decisions = Decisions {
        principals: vec![
            PrincipalDecision { skip: Some("left".into()), ..decide(role("D*")) },
            PrincipalDecision {
                username: Some(UsernameDecision::Default),
                groups: Some(BTreeSet::new()),
                ..decide(role("Ops"))
            },
            PrincipalDecision { skip: Some("typo".into()), ..decide(role("Nobody")) },
        ],
        ..Decisions::default()
    };
    let plan = plan(&dual(&text).iam(&[&role("Dev"), &role("Ops")]), &decisions);
    assert_eq!(plan.lines[0].outcome, Outcome::Skipped { reason: "left".into() });
    assert_eq!(only_target(&plan).entry.username, EntryUsername::Default);
    assert!(groups(&plan).is_empty());
    let dropped = Note::GroupsDropped { groups: BTreeSet::from(["ops".to_owned()]) };
    assert!(only_target(&plan).notes.contains(&dropped));
    let unused: Vec<&str> = plan
        .notices
        .iter()
        .filter(|notice| notice.rule == "unused-decision")
        .map(|n| n.subject.as_str())
        .collect();
    assert_eq!(unused, [role("Nobody")]);
}

#[test]
fn a_lost_section_keeps_the_cluster_out_of_api_mode() {
    let plan = planned(&dual("- rolearn: @broken\n"));
    let notice = plan.notices.iter().find(|notice| notice.rule == "section-lost").unwrap();
    assert_eq!(notice.severity, Severity::Blocks(Phase::ApiMode));
}

#[test]
fn in_api_mode_no_line_is_read() {
    let snapshot = cluster(AuthenticationMode::Api, &[("mapRoles", &line("Dev", "dev", &["devs"]))]);
    let plan = planned(&snapshot.iam(&[&role("Dev")]));
    assert_eq!(plan.lines[0].outcome, Outcome::NotRead);
    assert!(plan.steps.is_empty());
}

#[test]
fn a_file_alone_makes_a_plan_that_says_what_it_does_not_know() {
    let text = line("Dev", "dev", &["devs"]);
    let plan = planned(&Snapshot { aws_auth: Some(aws_auth(&[("mapRoles", &text)])), ..Snapshot::default() });
    assert_eq!(only_target(&plan).entry.principal.to_string(), role("Dev"));
    assert!(plan.cluster.is_none());
    assert_eq!(plan.unknown.len(), 9);
}

#[test]
fn a_bound_role_of_an_account_nobody_looked_at_keeps_the_account_open() {
    let role = "arn:aws:iam::444455556666:role/partner";
    let snapshot = cluster(AuthenticationMode::ApiAndConfigMap, &[("mapAccounts", "- '444455556666'\n")])
        .iam(&[&crate::kit::cluster::role("Dev")])
        .bound(SubjectKind::User, role, "view");
    let decide = |principals: Vec<&str>| {
        let decision = eksodus::planner::AccountDecision {
            principals: principals.into_iter().map(|arn| arn.parse().unwrap()).collect(),
            skip_others: Some("one role only".into()),
            line: 1,
            ..Default::default()
        };
        let accounts = [("444455556666".parse().unwrap(), decision)].into();
        plan(&snapshot, &Decisions { accounts, ..Decisions::default() })
    };
    let open = decide(Vec::new());
    assert!(open.targets.is_empty());
    assert!(open.blockers(Phase::ApiMode).any(|notice| notice.rule == "account-mapping"));
    let closed = decide(vec!["arn:aws:iam::444455556666:role/p/partner"]);
    assert_eq!(only_target(&closed).entry.effective_username().unwrap(), role);
    assert!(closed.blockers(Phase::ApiMode).all(|notice| notice.rule != "account-mapping"));
}

#[test]
fn a_line_stays_where_cutting_it_would_bring_another_back_to_life() {
    let roles = format!("- rolearn: {}\n  username: boss\n", role("Ops"));
    let users = format!("- userarn: {}\n  username: other\n...\n- cut: short\n", role("Ops"));
    let data = [("mapRoles", roles.as_str()), ("mapUsers", users.as_str())];
    let plan = planned(&cluster(AuthenticationMode::ApiAndConfigMap, &data).iam(&[&role("Ops")]));
    assert!(plan.steps.iter().all(|step| step.phase != Phase::Prune), "{:?}", plan.steps);
    assert!(plan.notices.iter().any(|notice| notice.rule == "not-pruned"));
}

#[test]
fn a_decided_principal_of_an_account_must_be_one_that_iam_has() {
    let known = "arn:aws:iam::444455556666:role/p/partner";
    let decide = |arn: &str| {
        let decision = eksodus::planner::AccountDecision {
            principals: vec![arn.parse().unwrap()],
            skip_others: Some("one role only".into()),
            line: 1,
            ..Default::default()
        };
        let accounts = [("444455556666".parse().unwrap(), decision)].into();
        let snapshot = cluster(AuthenticationMode::ApiAndConfigMap, &[("mapAccounts", "- '444455556666'\n")]);
        plan(&snapshot.iam(&[known]), &Decisions { accounts, ..Decisions::default() })
    };
    assert_eq!(only_target(&decide(known)).entry.principal.to_string(), known);
    for denied in ["arn:aws:iam::444455556666:role/partner", "arn:aws:iam::444455556666:role/nobody"] {
        let plan = decide(denied);
        assert!(plan.targets.is_empty());
        assert_eq!(only_blocker(&plan).rule(), "impossible-decision");
        assert!(plan.blockers(Phase::Entries).any(|notice| notice.words().message().contains(denied)));
    }
}

#[test]
fn two_groups_renamed_to_one_name_tell_who_gains_what() {
    let roles = [line("A", "a", &["system:a"]), line("B", "b", &["system:b"])].concat();
    let snapshot = dual(&roles)
        .iam(&[&role("A"), &role("B")])
        .bound(SubjectKind::Group, "system:a", "edit")
        .bound(SubjectKind::Group, "system:b", "view");
    let both = eksodus::model::GroupName::new("both").unwrap();
    let rename = |group: &str| (group.to_owned(), GroupDecision::Rename(both.clone()));
    let groups = BTreeMap::from([rename("system:a"), rename("system:b")]);
    let decisions = Decisions { groups: groups.clone(), ..Decisions::default() };
    let open = plan(&snapshot, &decisions);
    let blocked = open.blockers(Phase::Entries).filter(|notice| notice.rule == "name-in-use").count();
    assert_eq!((blocked, open.targets.len()), (2, 0), "{:?}", open.lines);

    // accepted, it is still shown
    let accept_gains = BTreeMap::from([("both".to_owned(), "one team".to_owned())]);
    let accepted = plan(&snapshot, &Decisions { groups, accept_gains, ..Decisions::default() });
    assert_eq!(accepted.targets.len(), 2);
    let shown = accepted.notices.iter().filter(|notice| notice.rule == "gain-accepted").count();
    assert_eq!(shown, 2, "{:?}", accepted.notices);
}

#[test]
fn a_group_that_a_decision_gives_or_drops_is_shown_with_what_it_binds() {
    let snapshot = dual(&line("Dev", "dev", &["x", "system:ci"]))
        .iam(&[&role("Dev")])
        .bound(SubjectKind::Group, "admins", "cluster-admin")
        .bound(SubjectKind::Group, "system:ci", "edit");
    let admins = eksodus::model::GroupName::new("admins").unwrap();
    let give = PrincipalDecision {
        principal: role("Dev"),
        groups: Some([admins].into()),
        ..PrincipalDecision::default()
    };
    let given = plan(&snapshot, &Decisions { principals: vec![give], ..Decisions::default() });
    let notice = given.notices.iter().find(|notice| notice.rule == "group-given").unwrap();
    assert!(notice.words().message().contains("cluster-admin"), "{notice:?}");

    let groups = BTreeMap::from([("system:ci".to_owned(), GroupDecision::Drop)]);
    let dropped = plan(&snapshot, &Decisions { groups, ..Decisions::default() });
    let notice = dropped.notices.iter().find(|notice| notice.rule == "group-dropped").unwrap();
    assert!(notice.words().message().contains("ClusterRole edit"), "{notice:?}");
}
