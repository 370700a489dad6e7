//! Targets against the entries that exist.

use std::collections::BTreeSet;

use eksodus::findings::{Granted, Reason};
use eksodus::model::{AccessScope, AuthenticationMode, EntryType, Username};
use eksodus::planner::{
    Action, Blocker, Decisions, ExistingDecision, ExistingFate, Expected, GivesMore, Note, Outcome, Phase,
    Plan, PolicyDecision, PrincipalDecision, Severity, Standing, UsernameDecision, plan,
};
use eksodus::rbac::SubjectKind;
use eksodus::snapshot::{ObservedEntry, OwnSwitch, Snapshot};

use super::{only_blocker, only_target, planned};
use crate::kit::cluster::{ACCOUNT, With, cluster, observed, observed_node, policy, role};

const DUAL: AuthenticationMode = AuthenticationMode::ApiAndConfigMap;

fn dev(mode: AuthenticationMode) -> Snapshot {
    let text = format!("- rolearn: {}\n  username: dev\n  groups: [devs]\n", role("Dev"));
    cluster(mode, &[("mapRoles", &text)]).iam(&[&role("Dev")])
}

/// Of the entry of the role that the mapping is about.
fn fate(plan: &Plan) -> ExistingFate {
    let is_second = |name: &str| name.ends_with("/Second");
    plan.existing.iter().find(|existing| !is_second(&existing.principal)).unwrap().fate
}

fn entry_steps(plan: &Plan) -> usize {
    plan.steps.iter().filter(|step| step.phase == Phase::Entries).count()
}

#[test]
fn an_equal_entry_needs_no_step() {
    let plan = planned(&dev(DUAL).entry(observed(&role("Dev"), "dev", &["devs"], &[])));
    assert_eq!((fate(&plan), entry_steps(&plan)), (ExistingFate::Equal, 0));
}

fn decide(existing: Option<ExistingDecision>, username: Option<&str>) -> Decisions {
    let username = username.map(|name| UsernameDecision::Custom(Username::new(name).unwrap()));
    let decision =
        PrincipalDecision { principal: role("Dev"), existing, username, ..PrincipalDecision::default() };
    Decisions { principals: vec![decision], ..Decisions::default() }
}

/// What the only mapping would give beyond the entry that overrides it; `None`: nothing.
fn gives_more(plan: &Plan) -> Option<&GivesMore> {
    match &plan.lines[0].outcome {
        Outcome::Overridden { gives_more, unproven: false, .. } => gives_more.as_ref(),
        other => panic!("not overridden: {other:?}"),
    }
}

/// What blocks, but for the caller, whom nothing names in these worlds.
fn blocks(plan: &Plan, through: Phase) -> usize {
    plan.blockers(through).filter(|notice| notice.rule != "caller-unmapped").count()
}

#[test]
fn an_effective_entry_that_gives_more_stays_as_it_is_and_covers_its_mapping() {
    let existing = observed(&role("Dev"), "other", &["devs", "x"], &["AmazonEKSViewPolicy"]);
    let plan = planned(&dev(DUAL).admin("Second").entry(existing));
    assert_eq!(gives_more(&plan), None);
    assert_eq!((fate(&plan), entry_steps(&plan)), (ExistingFate::Overrides, 0));
    assert_eq!(blocks(&plan, Phase::ApiMode), 0);
    assert!(plan.steps.iter().any(|step| step.phase == Phase::Prune));
}

#[test]
fn what_an_overridden_mapping_would_give_waits_at_api_mode_alone() {
    let narrowed = dev(DUAL).admin("Second").entry(observed(&role("Dev"), "dev", &["x"], &[]));
    let open = planned(&narrowed);
    assert_eq!(gives_more(&open).unwrap().groups, ["devs".to_owned()].into());
    assert_eq!((fate(&open), entry_steps(&open)), (ExistingFate::Overrides, 0));
    assert_eq!((blocks(&open, Phase::Prune), blocks(&open, Phase::ApiMode)), (0, 1));
    assert!(open.steps.iter().all(|step| step.phase != Phase::Prune), "it stays in aws-auth");

    let kept = plan(&narrowed, &decide(Some(ExistingDecision::KeepEntry), None));
    assert_eq!((gives_more(&kept), blocks(&kept, Phase::ApiMode), entry_steps(&kept)), (None, 0, 0));

    let taken = plan(&narrowed, &decide(Some(ExistingDecision::TakeMapping), None));
    let target = only_target(&taken);
    assert!(matches!(target.standing, Standing::Update { .. }));
    assert_eq!(target.entry.groups.iter().map(|group| group.as_str()).collect::<Vec<_>>(), ["devs"]);
    assert!(
        target.notes.contains(&Note::TakenFromEntry { what: vec![Granted::Group { group: "x".to_owned() }] })
    );
}

#[test]
fn a_username_counts_where_bindings_name_it_and_an_administrator_gains_nothing() {
    let renamed = dev(DUAL).entry(observed(&role("Dev"), "other", &["devs"], &[]));
    assert_eq!(gives_more(&planned(&renamed)), None);
    let bound = planned(&renamed.bound(SubjectKind::User, "dev", "edit"));
    assert_eq!(gives_more(&bound).unwrap().username.as_deref(), Some("dev"));
    let admin = dev(DUAL).entry(observed(&role("Dev"), "x", &[], &["AmazonEKSClusterAdminPolicy"]));
    assert_eq!(gives_more(&planned(&admin.bound(SubjectKind::User, "dev", "edit"))), None);
}

#[test]
fn a_decision_changes_of_an_effective_entry_what_it_names_and_nothing_else() {
    let snapshot = dev(DUAL).entry(observed(&role("Dev"), "old", &["x"], &["AmazonEKSViewPolicy"]));
    let plan = plan(&snapshot, &decide(None, Some("new")));
    let target = only_target(&plan);
    assert_eq!(target.entry.effective_username().as_deref(), Some("new"));
    assert_eq!(target.entry.groups.iter().map(|group| group.as_str()).collect::<Vec<_>>(), ["x"]);
    assert_eq!(target.entry.policies.len(), 1);
    // the mapping's group is still what nobody has
    assert_eq!(gives_more(&plan).unwrap().groups, ["devs".to_owned()].into());
}

#[test]
fn a_dead_entry_is_replaced_by_what_is_effective_and_nothing_of_it_comes_alive() {
    let created = "2020-01-01T00:00:00Z".to_owned();
    let dead = observed(&role("Dev"), "old", &["boss"], &["AmazonEKSClusterAdminPolicy"]);
    let plan = planned(&dev(DUAL).entry(ObservedEntry { created, ..dead }));
    let target = only_target(&plan);
    assert_eq!(fate(&plan), ExistingFate::Replace);
    assert_eq!(target.entry.groups.iter().map(|group| group.as_str()).collect::<Vec<_>>(), ["devs"]);
    assert!(target.entry.policies.is_empty());
    assert!(target.notes.iter().any(|note| matches!(note, Note::NotRevived { what } if what.len() == 2)));
}

#[test]
fn an_entry_that_is_created_in_the_place_of_another_has_no_tag_of_awss_own() {
    let tags = ["aws:cloudformation:stack-name", "AWS:x", "team", "awst:x"]
        .map(|key| (key.to_owned(), "s".to_owned()));
    let created = "2020-01-01T00:00:00Z".to_owned();
    let dead = ObservedEntry { created, tags: tags.into(), ..observed(&role("Dev"), "old", &["boss"], &[]) };
    let plan = planned(&dev(DUAL).entry(dead));
    assert_eq!(fate(&plan), ExistingFate::Replace);
    assert!(
        only_target(&plan).entry.tags.keys().eq(["awst:x", "team"]),
        "{:?}",
        only_target(&plan).entry.tags
    );
}

#[test]
fn an_entry_whose_age_cannot_be_told_is_not_relied_on() {
    let elsewhere = "arn:aws:iam::444455556666:role/Dev";
    let text = format!("- rolearn: {elsewhere}\n  username: dev\n  groups: [devs]\n");
    let snapshot = cluster(DUAL, &[("mapRoles", &text)]).admin("Second");
    let plan = planned(&snapshot.entry(observed(elsewhere, "dev", &["devs", "x"], &[])));
    assert!(matches!(plan.lines[0].outcome, Outcome::Overridden { unproven: true, .. }));
    assert_eq!((blocks(&plan, Phase::Prune), blocks(&plan, Phase::ApiMode)), (0, 1));
    assert!(plan.steps.iter().all(|step| step.phase != Phase::Prune));
}

#[test]
fn what_eks_made_when_this_migration_changed_the_mode_is_brought_to_the_mapping() {
    let default = format!("arn:aws:sts::{ACCOUNT}:assumed-role/Dev/{{{{SessionName}}}}");
    let made = ObservedEntry {
        created: "2024-05-01T10:00:30Z".into(),
        ..observed(&role("Dev"), &default, &[], &["AmazonEKSClusterAdminPolicy"])
    };
    let switched = |from: &str| {
        let to = "2024-05-01T10:05:00Z".parse().unwrap();
        let own_switch = Some(OwnSwitch { from: from.parse().unwrap(), to });
        planned(&Snapshot { own_switch, ..dev(DUAL).entry(made.clone()) })
    };
    let plan = switched("2024-05-01T10:00:00Z");
    let target = only_target(&plan);
    assert!(matches!(target.standing, Standing::Update { .. }));
    assert_eq!(target.entry.effective_username().as_deref(), Some("dev"));
    assert_eq!((target.entry.groups.len(), target.entry.policies.len()), (1, 1));
    assert_eq!(blocks(&plan, Phase::Verify), 0);
    // what was there before the change of the mode is somebody's own
    let before = switched("2024-05-01T10:01:00Z");
    assert_eq!((gives_more(&before), before.targets.len()), (None, 0));
    // and so is what EKS does not make, whenever it was made
    let own_switch = Some(OwnSwitch {
        from: "2024-05-01T10:00:00Z".parse().unwrap(),
        to: "2024-05-01T10:05:00Z".parse().unwrap(),
    });
    let foreign = ObservedEntry {
        created: "2024-05-01T10:00:30Z".into(),
        ..observed(&role("Dev"), &default, &["someone-else"], &[])
    };
    let plan = planned(&Snapshot { own_switch, ..dev(DUAL).entry(foreign) });
    assert!(gives_more(&plan).is_some() && plan.targets.is_empty());
}

#[test]
fn a_decision_may_not_take_the_callers_own_rights() {
    let text = format!("- rolearn: {}\n  username: me\n  groups: [system:masters]\n", role("Caller"));
    let snapshot = cluster(DUAL, &[("mapRoles", &text)]).iam(&[&role("Caller")]).admin("Second");
    assert_eq!(blocks(&planned(&snapshot), Phase::ApiMode), 0);
    let nothing = PrincipalDecision {
        principal: role("Caller"),
        groups: Some(BTreeSet::new()),
        policies: Some(Vec::new()),
        ..PrincipalDecision::default()
    };
    let decisions = Decisions { principals: vec![nothing], ..Decisions::default() };
    let plan = plan(&snapshot, &decisions);
    assert!(plan.blockers(Phase::Entries).any(|notice| notice.rule == "caller-loses-rights"));
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
fn a_persons_entry_of_a_node_role_stays_and_so_does_a_nodes_entry_of_a_person() {
    let node = format!(
        "- rolearn: {}\n  username: system:node:{{{{EC2PrivateDNSName}}}}\n  groups: [system:nodes]\n",
        role("Dev")
    );
    let snapshot = cluster(DUAL, &[("mapRoles", &node)]).iam(&[&role("Dev")]);
    let plan = planned(&snapshot.entry(observed(&role("Dev"), "x", &[], &[])));
    assert_eq!(fate(&plan), ExistingFate::Overrides);
    assert_eq!(gives_more(&plan).unwrap().node, Some(EntryType::Ec2Linux));

    let plan = planned(&dev(DUAL).entry(observed_node(&role("Dev"), EntryType::Ec2Linux)));
    assert_eq!(gives_more(&plan).unwrap().groups, ["devs".to_owned()].into());
    assert_eq!((fate(&plan), entry_steps(&plan)), (ExistingFate::Overrides, 0));
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
    let known = dev(DUAL).iam(&[&role("Other")]);
    let plan = planned(&known.entry(observed(&role("Other"), "o", &[], &[])).entry(observed(
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
fn windows_with_a_linux_entry(ami_type: &str) -> Snapshot {
    let line = format!(
        "- rolearn: {}\n  username: system:node:{{{{EC2PrivateDNSName}}}}\n  groups: [system:bootstrappers, system:nodes, 'eks:kube-proxy-windows']\n",
        role("Win")
    );
    cluster(DUAL, &[("mapRoles", &line)])
        .iam(&[&role("Win")])
        .entry(observed_node(&role("Win"), EntryType::Ec2Linux))
        .nodegroup("win", &role("Win"), Some(ami_type))
}

#[test]
fn the_linux_entry_of_windows_nodes_stays_until_somebody_decides() {
    for image in ["CUSTOM", "WINDOWS_CORE_2022_x86_64"] {
        let snapshot = windows_with_a_linux_entry(image);
        let open = planned(&snapshot);
        assert_eq!(gives_more(&open).unwrap().node, Some(EntryType::Ec2Windows), "{image}");
        assert_eq!(entry_steps(&open), 0, "{image}");

        let decision = PrincipalDecision {
            principal: role("Win"),
            existing: Some(ExistingDecision::TakeMapping),
            ..PrincipalDecision::default()
        };
        let decisions = Decisions { principals: vec![decision], ..Decisions::default() };
        let plan = plan(&snapshot, &decisions);
        assert!(matches!(only_target(&plan).standing, Standing::Replace { .. }), "{image}");
        assert!(plan.nodes.iter().all(|node| node.covered), "{image}");
    }
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
    assert_eq!(fate(&plan), ExistingFate::Dead);
    let notice = plan.blockers(Phase::Entries).next().unwrap();
    let words = notice.words();
    assert!(words.message().contains(partner) && words.help.iter().all(|help| help.contains(partner)));
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

#[test]
fn a_half_made_entry_is_named_with_the_answer_that_finishes_it() {
    let text = format!("- rolearn: {}\n  username: ops\n  groups: [system:masters]\n", role("Ops"));
    let made = observed(&role("Ops"), "ops", &[], &[]);
    let snapshot = cluster(DUAL, &[("mapRoles", &text)]).iam(&[&role("Ops")]).admin("Second").entry(made);
    let plan = planned(&snapshot);
    let more = gives_more(&plan).unwrap();
    assert!(more.half_made && more.cluster_admin);
    let notice = plan.notices.iter().find(|notice| notice.rule == "entry-gives-less").unwrap();
    let help = notice.words().help;
    assert!(help[0].contains("take: mapping"), "{help:?}");
}

/// What is said of access policies that the Region does not offer.
fn not_listed(snapshot: &Snapshot, decisions: &Decisions) -> Vec<(String, String, Severity)> {
    let plan = plan(snapshot, decisions);
    let found = plan.notices.iter().filter_map(|finding| match &finding.reason {
        Reason::PolicyNotListed { policy, .. } => {
            Some((finding.subject.clone(), policy.clone(), finding.severity))
        }
        _ => None,
    });
    found.collect()
}

#[test]
fn an_entry_that_stays_with_a_policy_that_is_not_offered_is_told() {
    let retired = "AmazonEKSRetiredPolicy";
    let of = |name: &str, policies: &[&str]| observed(&role(name), "x", &[], policies);
    let mut snapshot = dev(DUAL)
        .iam(&[&role("Dev"), &role("Ops"), &role("Backup")])
        .entry(of("Ops", &["AmazonEKSViewPolicy", retired]))
        .entry(of("Backup", &["AWSBackupFullAccessPolicyForBackup"]))
        .entry(of("Gone", &[retired]))
        .entry(of("aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS", &[retired]));
    assert_eq!(not_listed(&snapshot, &Decisions::default()), [], "nobody has asked the Region");
    snapshot.access_policies = Some(vec![policy("AmazonEKSViewPolicy")]);
    let expected = [
        (role("Ops"), retired.to_owned(), Severity::Warning),
        // AWS documents it, and lists it nowhere
        (role("Backup"), "AWSBackupFullAccessPolicyForBackup".to_owned(), Severity::Info),
    ];
    assert_eq!(not_listed(&snapshot, &Decisions::default()), expected);
    snapshot.access_policies = Some([retired, "AmazonEKSViewPolicy"].map(policy).to_vec());
    assert_eq!(not_listed(&snapshot, &Decisions::default()).len(), 1);
}

/// The association is there, and nobody has to make it; but where it is decided, it is looked up.
#[test]
fn a_decision_on_something_else_keeps_a_policy_that_is_not_offered() {
    let backup = "AWSBackupFullAccessPolicyForBackup";
    let mut snapshot = dev(DUAL).entry(observed(&role("Dev"), "dev", &["devs"], &[backup]));
    snapshot.access_policies = Some(Vec::new());
    let renamed = decide(None, Some("team:dev"));
    let changed = plan(&snapshot, &renamed);
    let target = only_target(&changed);
    assert!(target.entry.policies.contains_key(&policy(backup)), "{target:#?}");
    assert_eq!(entry_steps(&changed), 1);
    assert_eq!(not_listed(&snapshot, &renamed).len(), 1);
    let mut decided = renamed;
    let again = PolicyDecision { policy: backup.to_owned(), scope: AccessScope::Cluster };
    decided.principals[0].policies = Some(vec![again]);
    let waits = plan(&snapshot, &decided);
    assert!(matches!(only_blocker(&waits), Blocker::PolicyUnavailable { .. }), "{:#?}", waits.lines);
    // and in the place of the entry's policies they are gone
    decided.principals[0].policies = Some(Vec::new());
    assert_eq!(not_listed(&snapshot, &decided), []);
}
