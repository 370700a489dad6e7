//! Targets against the entries that exist.

use eksodus::model::{AuthenticationMode, EntryType, Username};
use eksodus::planner::{
    Action, Blocker, Decisions, ExistingFate, Expected, Note, Phase, Plan, PrincipalDecision, Standing,
    UsernameDecision, plan,
};
use eksodus::rbac::SubjectKind;
use eksodus::snapshot::{ObservedEntry, Snapshot};

use crate::world::{ACCOUNT, With, cluster, observed, only_blocker, only_target, planned, role};

const DUAL: AuthenticationMode = AuthenticationMode::ApiAndConfigMap;

fn dev(mode: AuthenticationMode) -> Snapshot {
    let text = format!("- rolearn: {}\n  username: dev\n  groups: [devs]\n", role("Dev"));
    cluster(mode, &[("mapRoles", &text)]).iam(&[&role("Dev")])
}

fn fate(plan: &Plan) -> ExistingFate {
    plan.existing[0].fate
}

fn entry_steps(plan: &Plan) -> usize {
    plan.steps.iter().filter(|step| step.phase == Phase::Entries).count()
}

#[test]
fn an_equal_entry_needs_no_step() {
    let plan = planned(&dev(DUAL).entry(observed(&role("Dev"), "dev", &["devs"], &[])));
    assert_eq!((fate(&plan), entry_steps(&plan)), (ExistingFate::Equal, 0));
}

#[test]
fn a_different_one_is_updated_to_the_line_and_keeps_its_policies() {
    let existing = observed(&role("Dev"), "other", &["devs", "x"], &["AmazonEKSViewPolicy"]);
    let plan = planned(&dev(DUAL).entry(existing));
    let target = only_target(&plan);
    let Standing::Update { from } = &target.standing else { panic!("{:?}", target.standing) };
    assert_eq!(from.effective_username().unwrap(), "other");
    assert_eq!(target.entry.policies.len(), 1);
    assert!(matches!(target.notes.as_slice(), [Note::PoliciesKept { .. }]));
    assert_eq!((fate(&plan), entry_steps(&plan)), (ExistingFate::Update, 1));
}

#[test]
fn what_a_line_says_beyond_the_entry_in_force_takes_a_decision() {
    let narrowed = dev(DUAL).entry(observed(&role("Dev"), "dev", &["x"], &[]));
    let blocked = planned(&narrowed);
    let Blocker::EntryGivesLess { groups, policies, username: None } = only_blocker(&blocked) else {
        panic!("{blocked:?}")
    };
    assert_eq!((groups.len(), policies.len()), (1, 0));
    assert_eq!((fate(&blocked), entry_steps(&blocked)), (ExistingFate::Blocked, 0));

    let decision = PrincipalDecision {
        principal: role("Dev"),
        groups: Some([eksodus::model::GroupName::new("devs").unwrap()].into()),
        ..PrincipalDecision::default()
    };
    let decisions = Decisions { principals: vec![decision], ..Decisions::default() };
    assert_eq!(entry_steps(&plan(&narrowed, &decisions)), 1);

    // a username is worth what bindings give to it
    let renamed = dev(DUAL).entry(observed(&role("Dev"), "other", &["devs"], &[]));
    assert_eq!(entry_steps(&planned(&renamed)), 1);
    let bound = planned(&renamed.bound(SubjectKind::User, "dev", "edit"));
    let Blocker::EntryGivesLess { username, .. } = only_blocker(&bound) else { panic!("{bound:?}") };
    assert_eq!(username.as_deref(), Some("dev"));

    // whoever may do everything gains nothing by a group
    let admin = dev(DUAL).entry(observed(&role("Dev"), "dev", &[], &["AmazonEKSClusterAdminPolicy"]));
    assert_eq!(entry_steps(&planned(&admin)), 1);
    // an entry of a principal that was made anew lets nobody in: the line does
    let created = "2020-01-01T00:00:00Z".into();
    let stale = dev(DUAL).entry(ObservedEntry { created, ..observed(&role("Dev"), "dev", &[], &[]) });
    assert_eq!(fate(&planned(&stale)), ExistingFate::Replace);
}

#[test]
fn in_config_map_mode_entries_are_expected_unseen() {
    let plan = planned(&dev(AuthenticationMode::ConfigMap));
    assert_eq!(only_target(&plan).standing, Standing::NotYetObservable);
    let phases: Vec<Phase> = plan.steps.iter().map(|step| step.phase).collect();
    assert_eq!(phases, [Phase::DualMode, Phase::Entries, Phase::Prune, Phase::ApiMode]);
    assert!(matches!(&plan.steps[1].action, Action::Entry { before: Expected::Unobserved, .. }));
}

#[test]
fn a_standard_entry_of_a_node_role_is_replaced_and_a_node_entry_of_a_person_is_not() {
    let node = format!(
        "- rolearn: {}\n  username: system:node:{{{{EC2PrivateDNSName}}}}\n  groups: [system:nodes]\n",
        role("Dev")
    );
    let snapshot = cluster(DUAL, &[("mapRoles", &node)]).iam(&[&role("Dev")]);
    let plan = planned(&snapshot.entry(observed(&role("Dev"), "x", &[], &[])));
    assert_eq!(fate(&plan), ExistingFate::Replace);

    let of_node = ObservedEntry {
        entry_type: EntryType::Ec2Linux,
        username: "system:node:{{EC2PrivateDNSName}}".into(),
        groups: ["system:nodes".to_owned()].into(),
        ..observed(&role("Dev"), "", &[], &[])
    };
    let plan = planned(&dev(DUAL).entry(of_node));
    assert!(matches!(only_blocker(&plan), Blocker::Existing { .. }));
    assert_eq!(fate(&plan), ExistingFate::Blocked);
}

#[test]
fn an_entry_older_than_its_role_is_made_again_even_if_equal() {
    let old = ObservedEntry {
        created: "2020-01-01T00:00:00Z".into(),
        ..observed(&role("Dev"), "dev", &["devs"], &[])
    };
    let plan = planned(&dev(DUAL).entry(old));
    assert!(matches!(only_target(&plan).standing, Standing::Replace { .. }));
    assert!(plan.steps.iter().any(|step| matches!(&step.action, Action::Entry { recreate: true, .. })));
}

#[test]
fn what_no_line_names_is_left_alone() {
    let service = role("aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS");
    let plan = planned(&dev(DUAL).entry(observed(&role("Other"), "o", &[], &[])).entry(observed(
        &service,
        "eks:managed",
        &[],
        &["AmazonEKSEventPolicy"],
    )));
    let fates: Vec<ExistingFate> = plan.existing.iter().map(|existing| existing.fate).collect();
    assert_eq!(fates, [ExistingFate::Foreign, ExistingFate::EksOwned]);
    assert!(plan.steps.iter().all(|step| !matches!(&step.action, Action::Entry { principal, .. }
        if principal.to_string() != role("Dev"))));
}

#[test]
fn the_callers_own_entry_comes_last() {
    let lines: String = ["Zed", "Caller", "Ann"]
        .iter()
        .map(|name| format!("- rolearn: {}\n  username: {name}\n  groups: [system:masters]\n", role(name)))
        .collect();
    let plan =
        planned(&cluster(DUAL, &[("mapRoles", &lines)]).iam(&[&role("Zed"), &role("Caller"), &role("Ann")]));
    let order: Vec<&str> = plan
        .steps
        .iter()
        .filter(|step| step.phase == Phase::Entries)
        .map(|step| step.id.rsplit('/').next().unwrap())
        .collect();
    assert_eq!(order, ["Ann", "Zed", "Caller"]);
}

/// A role with the line of Windows nodes and the entry that EKS made for Linux ones.
fn windows_with_a_linux_entry(ami_type: &str) -> Plan {
    let line = format!(
        "- rolearn: {}\n  username: system:node:{{{{EC2PrivateDNSName}}}}\n  groups: [system:bootstrappers, system:nodes, 'eks:kube-proxy-windows']\n",
        role("Win")
    );
    let linux = ObservedEntry {
        entry_type: EntryType::Ec2Linux,
        groups: ["system:nodes".to_owned()].into(),
        ..observed(&role("Win"), "system:node:{{EC2PrivateDNSName}}", &[], &[])
    };
    let mut snapshot = cluster(DUAL, &[("mapRoles", &line)]).iam(&[&role("Win")]).entry(linux);
    snapshot.nodegroups = Some(vec![eksodus::snapshot::Nodegroup {
        name: "win".into(),
        node_role: role("Win").parse().unwrap(),
        ami_type: Some(ami_type.into()),
    }]);
    planned(&snapshot)
}

#[test]
fn the_linux_entry_of_a_windows_image_of_ones_own_is_replaced() {
    for image in ["CUSTOM", "WINDOWS_CORE_2022_x86_64"] {
        let plan = windows_with_a_linux_entry(image);
        assert!(matches!(only_target(&plan).standing, Standing::Replace { .. }), "{image}");
        assert!(plan.nodes.iter().all(|node| node.covered), "{image}");
    }
    let plan = windows_with_a_linux_entry("AL2023_x86_64_STANDARD");
    assert!(matches!(only_blocker(&plan), Blocker::Existing { .. }));
}

#[test]
fn an_accounts_principal_whose_entry_cannot_be_written_back_blocks_the_account() {
    let partner = "arn:aws:iam::444455556666:role/partner";
    let older =
        ObservedEntry { created: "2020-01-01T00:00:00Z".into(), ..observed(partner, "system:bad", &[], &[]) };
    let plan = planned(
        &cluster(DUAL, &[("mapAccounts", "- '444455556666'\n")])
            .iam(&[partner])
            .bound(SubjectKind::User, partner, "view")
            .entry(older),
    );
    assert!(plan.targets.is_empty());
    let Blocker::OfAccount { principal, by } = only_blocker(&plan) else { panic!("{:?}", plan.lines) };
    assert_eq!(principal.to_string(), partner);
    assert!(matches!(**by, Blocker::Existing { .. }));
    assert_eq!(fate(&plan), ExistingFate::Blocked);
    let notice = plan.blockers(Phase::Entries).next().unwrap();
    assert!(notice.message.contains(partner) && notice.help.iter().all(|help| help.contains(partner)));
}

#[test]
fn decided_policies_are_the_whole_list_however_the_line_spells_its_role() {
    let text = format!("- rolearn: {}\n  username: dev\n  groups: [devs]\n", role("dev"));
    let decisions = Decisions {
        principals: vec![PrincipalDecision {
            principal: role("dev"),
            policies: Some(Vec::new()),
            ..Default::default()
        }],
        ..Default::default()
    };
    let entry = observed(&role("Dev"), "dev", &["devs"], &["AmazonEKSViewPolicy"]);
    let snapshot = cluster(DUAL, &[("mapRoles", &text)]).iam(&[&role("Dev")]).entry(entry);
    let plan = plan(&snapshot, &decisions);
    assert!(only_target(&plan).entry.policies.is_empty(), "{:?}", plan.targets);
}

#[test]
fn an_accounts_principal_with_an_entry_of_its_own_gets_no_bindings_of_its_arn() {
    let alice = format!("arn:aws:iam::{ACCOUNT}:user/alice");
    let decision = PrincipalDecision {
        principal: "*alice".into(),
        username: Some(UsernameDecision::Custom(Username::new("dev").unwrap())),
        ..PrincipalDecision::default()
    };
    let decisions = Decisions { principals: vec![decision], ..Decisions::default() };
    let snapshot = cluster(DUAL, &[("mapAccounts", &format!("- '{ACCOUNT}'\n"))]).iam(&[&alice]).bound(
        SubjectKind::User,
        &alice,
        "view",
    );
    let bindings =
        |plan: &Plan| plan.steps.iter().filter(|step| matches!(step.action, Action::Binding { .. })).count();
    assert_eq!(bindings(&plan(&snapshot, &decisions)), 1);
    let let_in = snapshot.entry(observed(&alice, "dev", &[], &[]));
    assert_eq!(bindings(&plan(&let_in, &decisions)), 0);
}
