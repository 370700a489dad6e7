//! Assertions about principals, before and after a plan.

use eksodus::access::Sides;
use eksodus::access::assertions::{Answer, Assertions, AssertionsErrorKind, Checked, Ground};
use eksodus::facts::Facts;
use eksodus::model::AuthenticationMode;
use eksodus::planner::{Decisions, plan};
use eksodus::rbac::{AccessPolicy, PolicyRule, Rbac, Role, SubjectKind, access_policies};
use eksodus::snapshot::Snapshot;

use crate::kit::cluster::{ACCOUNT, With as _, binding, cluster, observed, role};

const DUAL: AuthenticationMode = AuthenticationMode::ApiAndConfigMap;

fn words(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

fn rule(groups: &[&str], resources: &[&str], verbs: &[&str]) -> PolicyRule {
    PolicyRule {
        api_groups: words(groups),
        resources: words(resources),
        verbs: words(verbs),
        ..PolicyRule::default()
    }
}

/// With ClusterRole `reader` (get and list of pods) and ClusterRole `deployer` (create deployments).
fn with_roles(mut snapshot: Snapshot) -> Snapshot {
    let roles = &mut snapshot.rbac.as_mut().unwrap().roles;
    let role = |name: &str, rules| Role { name: name.to_owned(), rules, ..Role::default() };
    roles.push(role("reader", vec![rule(&[""], &["pods"], &["get", "list"])]));
    roles.push(role("deployer", vec![rule(&["apps"], &["deployments"], &["create"])]));
    snapshot
}

fn line(name: &str, username: &str, groups: &str) -> String {
    format!("- rolearn: {}\n  username: {username:?}\n  groups: [{groups}]\n", role(name))
}

fn check_with(snapshot: &Snapshot, decisions: &str, assertions: &[&str]) -> Vec<Checked> {
    let decisions = Decisions::parse("x", &format!("version: 1\n{decisions}\n")).unwrap();
    let plan = plan(snapshot, &decisions);
    let facts = Facts::of(snapshot);
    let both = plan.before_after(&facts);
    let sides = Sides::of(&facts, &plan, &both);
    let list = assertions.join("\n  - ").replace("$DEV", &role("Dev"));
    let text = format!("version: 1\nassertions:\n  - {list}\n");
    let assertions = Assertions::parse("access.yaml", &text).unwrap();
    Ground::from(&sides).check(&assertions).unwrap().assertions
}

/// Expected, actual, whether it passes.
fn answers(checked: &[Checked]) -> Vec<(&str, &str, bool)> {
    checked.iter().map(|it| (it.expected.as_str(), it.actual.as_str(), it.pass)).collect()
}

const DEPLOY: &str = "{verb: create, resource: deployments.apps, namespace: shop}";
const PODS: &str = "{verb: get, resource: pods, namespace: shop}";

/// Dev loses its group `system:ci`, by decision.
fn losing() -> Snapshot {
    let snapshot = cluster(DUAL, &[("mapRoles", &line("Dev", "dev", "system:ci, readers"))])
        .iam(&[role("Dev")])
        .bound(SubjectKind::Group, "system:ci", "deployer")
        .bound(SubjectKind::Group, "readers", "reader");
    with_roles(snapshot)
}

#[test]
fn each_side_is_asked_by_its_own_name() {
    let of = |when: &str, key: &str| format!("{{principal: '$DEV', when: {when}, {key}: {DEPLOY}}}");
    let asserted = [
        of("before", "can"),
        of("after", "can"),
        of("both", "can"),
        of("both", "cannot"),
        of("same", "can"),
        of("same", "cannot"),
        of("after", "cannot"),
        format!("{{principal: '$DEV', can: {PODS}}}"),
        format!("{{principal: '$DEV', when: same, can: {PODS}}}"),
        "{principal: '$DEV', when: same, can: {verb: delete, resource: pods}}".to_owned(),
    ];
    let asserted: Vec<&str> = asserted.iter().map(String::as_str).collect();
    let checked = check_with(&losing(), "groups: {'system:ci': drop}", &asserted);
    assert_eq!(
        answers(&checked),
        [
            ("allowed", "allowed", true),
            ("allowed", "denied", false),
            ("allowed", "denied", false),
            ("denied", "allowed", false),
            ("allowed", "denied", false),
            ("allowed", "denied", false),
            ("denied", "denied", true),
            ("allowed", "allowed", true),
            ("allowed", "allowed", true),
            ("denied", "denied", true),
        ]
    );
    let by = "RBAC: allowed by ClusterRoleBinding \"b0\" of ClusterRole \"deployer\" to Group \"system:ci\"";
    assert_eq!(checked[0].why, by);
    assert!(
        checked[2].why.starts_with(&format!("before allowed: {by}; after denied: ")),
        "{}",
        checked[2].why
    );
    let at: Vec<usize> = checked.iter().map(|it| it.at.unwrap().line).collect();
    assert_eq!(at, (3..13).collect::<Vec<_>>());
    assert!(checked.iter().enumerate().all(|(at, it)| it.index == at));
}

#[test]
fn users_and_groups_are_taken_as_they_are_written() {
    let everybody = losing().bound(SubjectKind::Group, "system:authenticated", "reader");
    let list = "{verb: list, resource: pods, namespace: shop}";
    let checked = check_with(
        &everybody,
        "groups: {'system:ci': drop}",
        &[
            &format!("{{user: bob, cannot: {list}}}"),
            &format!("{{user: bob, groups: ['system:authenticated'], can: {list}}}"),
            &format!("{{groups: [readers], can: {list}}}"),
            "{user: bob, groups: ['system:masters'], can: {verb: '*', path: /x}}",
            "{user: 'system:masters', cannot: {verb: '*', path: /x}}",
            &format!("{{principal: 'arn:aws:iam::{ACCOUNT}:role/Nobody', cannot: {list}}}"),
            // what it has by system:authenticated it has with any mapping
            &format!("{{principal: '$DEV', can: {list}}}"),
        ],
    );
    assert!(checked.iter().all(|it| it.pass), "{checked:#?}");
    assert_eq!(checked[0].why, "nothing is granted to User \"bob\"");
    assert!(checked[3].why.contains("system:masters"), "{}", checked[3].why);
    assert!(checked[5].why.contains("no mapping and no access entry"), "{}", checked[5].why);
}

#[test]
fn a_binding_that_the_plan_makes_is_there_after_it() {
    let snapshot = cluster(DUAL, &[("mapRoles", &line("Dev", "{{SessionName}}", "readers"))])
        .iam(&[role("Dev")])
        .bound(SubjectKind::User, "ann", "deployer")
        .bound(SubjectKind::Group, "readers", "reader");
    let decisions =
        format!("principals: [{{principal: '{}', username: 'dev:{{{{SessionName}}}}'}}]", role("Dev"));
    let checked = check_with(
        &with_roles(snapshot),
        &decisions,
        &[
            &format!("{{user: ann, can: {DEPLOY}}}"),
            &format!("{{user: 'dev:ann', when: after, can: {DEPLOY}}}"),
            &format!("{{user: 'dev:ann', can: {DEPLOY}}}"),
            &format!("{{principal: '$DEV', session: ann, can: {DEPLOY}}}"),
            &format!("{{principal: 'arn:aws:sts::{ACCOUNT}:assumed-role/Dev/ann', can: {DEPLOY}}}"),
            &format!("{{principal: '$DEV', session: bob, cannot: {DEPLOY}}}"),
            // any session that nothing names
            &format!("{{principal: '$DEV', cannot: {DEPLOY}}}"),
        ],
    );
    let passes: Vec<bool> = checked.iter().map(|it| it.pass).collect();
    assert_eq!(passes, [true, true, false, true, true, true, true], "{checked:#?}");
    assert!(checked[3].why.starts_with("before RBAC: allowed by"), "{}", checked[3].why);
}

#[test]
fn access_policies_and_masters_answer_for_principals() {
    let snapshot = cluster(DUAL, &[("mapRoles", &line("Dev", "dev", "'system:masters'"))])
        .iam(&[role("Dev"), role("Reader")])
        .entry(observed(&role("Reader"), "reader", &[], &["AmazonEKSViewPolicy"]));
    let reader = format!("principal: '{}'", role("Reader"));
    let checked = check_with(
        &with_roles(snapshot),
        "",
        &[
            "{principal: '$DEV', can: {verb: '*', resource: '*.*'}}",
            &format!("{{{reader}, can: {PODS}}}"),
            &format!("{{{reader}, cannot: {{verb: get, resource: secrets}}}}"),
            // a SubjectAccessReview of the username names no principal, and no policy is asked
            &format!("{{user: reader, cannot: {PODS}}}"),
        ],
    );
    assert!(checked.iter().all(|it| it.pass), "{checked:#?}");
    assert_eq!(
        checked[0].why,
        "before Group \"system:masters\" is allowed everything, before RBAC is asked; \
         after EKS Access Policy: allowed by AmazonEKSClusterAdminPolicy (cluster)"
    );
    assert_eq!(checked[1].why, "EKS Access Policy: allowed by AmazonEKSViewPolicy (cluster)");
}

#[test]
fn what_is_not_known_never_passes() {
    let both = |key: &str, what: &str| format!("{{principal: '$DEV', {key}: {what}}}");
    let unknown = |snapshot: &Snapshot| {
        let checked = check_with(snapshot, "", &[&both("can", PODS), &both("cannot", PODS)]);
        assert!(checked.iter().all(|it| it.actual == Answer::Unknown && !it.pass), "{checked:#?}");
        checked[0].why.clone()
    };
    let mut no_rbac = losing();
    no_rbac.rbac = None;
    assert_eq!(unknown(&no_rbac), "roles and bindings were not read");
    let mut no_entries = losing();
    no_entries.access_entries = None;
    assert!(unknown(&no_entries).contains("access entries were not read"));
    let nothing = Snapshot { rbac: losing().rbac, ..Snapshot::default() };
    assert!(unknown(&nothing).contains("neither aws-auth nor access entries"));
    // users are stored as they are written, and found in any case
    let lines = [line("Dev", "dev", "readers"), line("dev", "other", "nobody")].concat();
    let lines = lines.replace("rolearn", "userarn");
    let random = cluster(DUAL, &[("mapUsers", &lines)]).bound(SubjectKind::Group, "readers", "reader");
    assert!(unknown(&with_roles(random)).contains("at random"));
    // beyond the published rules of a policy nobody knows what it gives
    let is_partly_known = |policy: &&AccessPolicy| policy.published().is_none_or(|it| !it.complete);
    let policy = access_policies().iter().find(is_partly_known).unwrap().name.as_str();
    let beyond = cluster(DUAL, &[]).iam(&[role("Dev")]).entry(observed(&role("Dev"), "dev", &[], &[policy]));
    assert!(unknown(&beyond).contains(policy), "{}", unknown(&beyond));
    // and what runs on a node decides what it may read
    let node = "system:node:{{EC2PrivateDNSName}}";
    let node = cluster(DUAL, &[("mapRoles", &line("Dev", node, "'system:nodes', 'system:bootstrappers'"))])
        .iam(&[role("Dev")]);
    assert!(unknown(&node).contains("Node authorizer"));
    let exec = "{verb: create, resource: pods/exec, namespace: shop}";
    assert!(check_with(&node, "", &[&both("cannot", exec)])[0].pass, "no node may");
    // what every cluster has by default may have been taken away
    let checked = check_with(&no_rbac, "", &["{principal: '$DEV', can: {verb: get, path: /version}}"]);
    assert_eq!(checked[0].actual, Answer::Unknown, "{checked:#?}");
    // an administrator is one without RBAC
    let mut admin =
        cluster(DUAL, &[("mapRoles", &line("Dev", "dev", "'system:masters'"))]).iam(&[role("Dev")]);
    admin.rbac = None;
    assert!(check_with(&admin, "", &[&both("can", PODS)])[0].pass);
}

#[test]
fn a_principal_of_a_mapped_account_is_its_own_arn() {
    let user = format!("arn:aws:iam::{ACCOUNT}:user/maria");
    let snapshot = cluster(DUAL, &[("mapAccounts", &format!("- '{ACCOUNT}'\n"))]).iam(&[&user]).bound(
        SubjectKind::User,
        &user,
        "reader",
    );
    let checked = check_with(
        &with_roles(snapshot),
        "",
        &[
            &format!("{{principal: '{user}', when: before, can: {PODS}}}"),
            &format!("{{principal: 'arn:aws:iam::{ACCOUNT}:user/other', when: before, cannot: {PODS}}}"),
        ],
    );
    assert!(checked.iter().all(|it| it.pass), "{checked:#?}");
}

#[test]
fn a_mapping_that_becomes_no_entry_ends() {
    let decisions = format!("principals: [{{principal: '{}', skip: left}}]", role("Dev"));
    let checked = check_with(
        &losing(),
        &decisions,
        &[
            &format!("{{principal: '$DEV', when: before, can: {PODS}}}"),
            &format!("{{principal: '$DEV', when: after, cannot: {PODS}}}"),
        ],
    );
    assert!(checked.iter().all(|it| it.pass), "{checked:#?}");
    assert!(checked[1].why.contains("ends with API mode"), "{}", checked[1].why);
}

fn of_rbac(rbac: &Rbac, assertion: &str) -> Checked {
    let text = format!("version: 1\nassertions: [{assertion}]\n");
    let assertions = Assertions::parse("access.yaml", &text).unwrap();
    Ground::from(rbac).check(&assertions).unwrap().assertions.remove(0)
}

#[test]
fn of_rbac_alone_there_is_one_side_and_no_principal() {
    let rbac = losing().rbac.unwrap();
    for when in ["before", "after", "both", "same"] {
        let checked = of_rbac(&rbac, &format!("{{groups: [readers], when: {when}, can: {PODS}}}"));
        assert!(checked.pass && checked.why.starts_with("RBAC: allowed by"), "{checked:?}");
    }
    let text = format!(
        "version: 1\nassertions:\n  - {{user: a, cannot: {PODS}}}\n  - {{principal: '{}', can: {PODS}}}\n",
        role("Dev")
    );
    let assertions = Assertions::parse("access.yaml", &text).unwrap();
    let error = Ground::from(&rbac).check(&assertions).unwrap_err();
    assert_eq!((error.name.as_str(), error.place.map(|at| at.line)), ("access.yaml", Some(4)));
    assert_eq!(error.kind, AssertionsErrorKind::WhoIsPrincipal(role("Dev")));
}

/// The mistake that was probably made comes first.
#[test]
fn what_is_missing_is_told_by_what_comes_nearest() {
    let mut snapshot = losing();
    let rbac = snapshot.rbac.as_mut().unwrap();
    let named = PolicyRule { resource_names: words(&["one"]), ..rule(&[""], &["configmaps"], &["get"]) };
    rbac.roles.push(Role {
        name: "more".to_owned(),
        rules: vec![named, rule(&["extensions"], &["ingresses"], &["get"])],
        ..Role::default()
    });
    rbac.bindings.push(binding("more", SubjectKind::Group, "devs", "more"));
    let mut local = binding("local", SubjectKind::Group, "devs", "reader");
    local.namespace = Some("shop".to_owned());
    rbac.bindings.push(local);
    let why = |what: &str| {
        let checked = of_rbac(rbac, &format!("{{groups: [devs], cannot: {what}}}"));
        assert!(checked.pass, "{what}: {checked:?}");
        checked.why
    };
    let more = "ClusterRoleBinding more (ClusterRole more)";
    let local = "RoleBinding shop/local (ClusterRole reader)";
    for (what, said) in [
        ("{verb: get, resource: pods, namespace: web}", format!("{local} has it in namespace shop alone")),
        ("{verb: get, resource: pods}", format!("{local} has it in namespace shop alone")),
        (
            "{verb: delete, resource: pods, namespace: shop}",
            format!("{local} has get, list on pods, not delete"),
        ),
        (
            "{verb: get, resource: configmaps, name: two}",
            format!("{more} has get on configmaps by the names one alone"),
        ),
        (
            "{verb: get, resource: pods/log, namespace: shop}",
            format!("{local} has get, list on pods, not on pods/log"),
        ),
        (
            "{verb: get, resource: ingresses.networking.k8s.io}",
            format!("{more} has get on ingresses of extensions, not of networking.k8s.io"),
        ),
        (
            "{verb: get, path: /metrics}",
            "none of 2 bindings and access policies has a rule for it".to_owned(),
        ),
    ] {
        assert_eq!(why(what), said, "{what}");
    }
    rbac.bindings.push(binding("lost", SubjectKind::Group, "lost", "gone"));
    let lost = of_rbac(rbac, "{groups: [lost], cannot: {verb: get, resource: pods}}");
    assert_eq!(lost.why, "ClusterRoleBinding lost (ClusterRole gone) names a role that is not there");
}
