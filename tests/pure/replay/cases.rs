//! One thing each.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use eksodus::access::replay::{LoginKind, Open, Ruling, Who};
use eksodus::audit::{DecidedBy, Decision};
use eksodus::model::AuthenticationMode::{Api, ApiAndConfigMap, ConfigMap};
use eksodus::parity::{GrantedBy, MissingInput};
use eksodus::planner::{Decisions, Phase};
use eksodus::rbac::{Attributes, PolicyRule, Role, SubjectKind, UserInfo};
use eksodus::snapshot::Snapshot;

use super::log::{Log, POLICY, RBAC};
use crate::kit::cluster::{With, cluster, observed, role};

fn user(username: &str, groups: &[&str]) -> UserInfo {
    let groups = groups.iter().chain(&["system:authenticated"]).map(|it| (*it).to_owned()).collect();
    UserInfo { username: username.to_owned(), groups }
}

fn decisions(text: &str) -> Decisions {
    Decisions::parse("eksodus.yaml", &format!("version: 1\n{text}")).unwrap()
}

fn pods() -> Attributes {
    Attributes::resource("list", "", "pods")
}

/// `devs` may read pods, and alice may delete them.
fn readers(snapshot: Snapshot) -> Snapshot {
    let mut snapshot =
        snapshot.bound(SubjectKind::Group, "devs", "reader").bound(SubjectKind::User, "dev:alice", "deleter");
    let rule = |verbs: &[&str]| PolicyRule {
        verbs: verbs.iter().map(|it| (*it).to_owned()).collect(),
        api_groups: vec![String::new()],
        resources: vec!["pods".to_owned()],
        ..PolicyRule::default()
    };
    let role = |name: &str, verbs: &[&str]| Role {
        name: name.to_owned(),
        rules: vec![rule(verbs)],
        ..Role::default()
    };
    let rbac = snapshot.rbac.as_mut().unwrap();
    rbac.roles.extend([role("reader", &["get", "list"]), role("deleter", &["delete"])]);
    snapshot
}

const DEVS: &str =
    "- rolearn: arn:aws:iam::111122223333:role/Dev\n  username: dev:{{SessionName}}\n  groups: [devs]\n";

fn devs() -> Snapshot {
    readers(cluster(ApiAndConfigMap, &[("mapRoles", DEVS)]).iam(&[&role("Dev")]))
}

#[test]
fn a_session_is_who_its_username_says_on_both_sides() {
    let dev = role("Dev");
    let mut log = Log::default();
    for name in ["alice", "bob"] {
        let who = user(&format!("dev:{name}"), &["devs"]);
        let delete = Attributes::resource("delete", "", "pods").named("web-1");
        log.ask(Some(&dev), &who, &pods(), Some(RBAC));
        log.ask(Some(&dev), &who, &delete, (name == "alice").then_some(RBAC));
    }
    let same = log.replay(&devs(), &Decisions::default());
    assert!(same.summary.is_of_the_snapshot() && same.summary.would_be_denied.is_none(), "{same:#?}");
    // another name, without the binding of the old one
    let renamed = "principals:\n  - principal: 'arn:aws:iam::111122223333:role/Dev'\n    groups: []\n";
    let replay = log.replay(&devs(), &decisions(renamed));
    assert_eq!(replay.summary.would_be_denied.distinct, 2, "{replay:#?}");
    let [row] = replay.denied.as_slice() else { panic!("{:#?}", replay.denied) };
    assert_eq!((&row.who, row.logins, row.count.distinct), (&Who::Principal(dev), 2, 2));
    assert_eq!(row.usernames, ["dev:alice", "dev:bob"]);
    assert_eq!((row.phase, &row.after), (Some(Phase::Entries), &Ruling::Denied));
    assert!(matches!(&row.before, Ruling::Allowed { by: GrantedBy::Binding { .. } }));
}

#[test]
fn names_of_objects_are_told_as_one_and_a_created_object_has_none() {
    let mut log = Log::default();
    let who = user("eve", &["devs"]);
    for name in ["a", "b", "c", "d", "e", "f"] {
        log.ask(None, &who, &Attributes::resource("delete", "", "pods").named(name), Some(RBAC));
        log.ask(None, &who, &Attributes::resource("create", "", "pods").named(name), Some(RBAC));
        let exec = Attributes::Resource {
            namespace: None,
            verb: "create".to_owned(),
            group: String::new(),
            resource: "pods".to_owned(),
            subresource: Some("exec".to_owned()),
            name: Some(name.to_owned()),
        };
        log.ask(None, &who, &exec, None);
    }
    let replay = log.replay(&devs(), &Decisions::default());
    // the body of a create has the name, and no authorizer sees it
    assert_eq!((replay.summary.replayed.distinct, replay.summary.replayed.requests), (13, 18));
    let rows: Vec<_> = replay.otherwise.iter().map(|row| (row.count.distinct, row.names.len())).collect();
    assert_eq!(rows, [(1, 0), (6, 4)], "{:#?}", replay.otherwise);
}

#[test]
fn what_counts_is_the_last_decision_by_its_time() {
    let who = user("eve", &["devs"]);
    let mut log = Log::default();
    for answer in [None, None, Some(RBAC)] {
        log.ask(None, &who, &pods(), answer);
    }
    // an event of another stream comes late, and is older
    log.ask(None, &who, &pods(), None);
    log.last()["requestReceivedTimestamp"] = "2026-04-01T00:00:00Z".into();
    let replay = log.replay(&devs(), &Decisions::default());
    assert!(replay.summary.is_of_the_snapshot(), "{replay:#?}");
    let mut changed = Log::default();
    changed.ask(None, &who, &pods(), Some(RBAC));
    changed.ask(None, &who, &pods(), None);
    let replay = changed.replay(&devs(), &Decisions::default());
    assert_eq!(replay.summary.otherwise.requests, 2);
    assert_eq!((replay.summary.would_be_allowed.distinct, replay.summary.allowed_already.distinct), (1, 1));
    assert_eq!(replay.otherwise[0].log.decision, Decision::Forbid);
    assert!(replay.allowed.is_empty());
}

#[test]
fn a_login_that_the_snapshot_does_not_have_is_said() {
    let mut log = Log::default();
    // other groups, as after the plan, nobody, and gone
    log.ask(Some(&role("Dev")), &user("dev:alice", &["devs", "ops"]), &pods(), Some(RBAC));
    log.ask(Some(&role("Stranger")), &user("x", &["devs"]), &pods(), Some(RBAC));
    let snapshot = devs().iam_known(false, false);
    let replay = log.replay(&snapshot, &Decisions::default());
    let kinds: Vec<_> = replay.logins.iter().map(|it| (it.kind, it.snapshot.is_some())).collect();
    assert_eq!(kinds, [(LoginKind::Other, true), (LoginKind::Nobody, false)], "{:#?}", replay.logins);
    assert_eq!((replay.summary.would_be_denied.distinct, replay.summary.denied_already.distinct), (1, 1));
    assert_eq!(
        (&replay.otherwise[0].before, &replay.otherwise[0].after),
        (&Ruling::NoLogin, &Ruling::NoLogin)
    );
    // IAM has been read to its end, and lacks it: nobody is left to be denied
    let replay = log.replay(&devs(), &Decisions::default());
    assert_eq!(
        (replay.summary.gone.distinct, replay.summary.would_be_denied.distinct),
        (1, 0),
        "{replay:#?}"
    );

    let renamed = decisions(
        "principals:\n  - principal: 'arn:aws:iam::111122223333:role/Dev'\n    groups: [devs, ops]\n",
    );
    let replay = log.replay(&devs(), &renamed);
    assert_eq!(replay.logins[0].kind, LoginKind::AsAfter);
}

#[test]
fn map_accounts_ends_with_api_mode() {
    let snapshot = |mode| readers(cluster(mode, &[("mapAccounts", "- '444455556666'\n")]));
    let arn = "arn:aws:iam::444455556666:user/eve";
    let mut log = Log::default();
    log.ask(Some(arn), &user(arn, &[]), &pods(), Some(RBAC));
    let allowed = |mode| {
        let mut snapshot = snapshot(mode).bound(SubjectKind::Group, "system:authenticated", "reader");
        snapshot.iam_users = None;
        log.replay(&snapshot, &Decisions::default())
    };
    let replay = allowed(ApiAndConfigMap);
    assert!(replay.summary.is_of_the_snapshot() && replay.logins.is_empty(), "{replay:#?}");
    let [row] = replay.denied.as_slice() else { panic!("{replay:#?}") };
    assert_eq!((&row.after, row.phase), (&Ruling::NoLogin, Some(Phase::ApiMode)));
    // it has ended
    let replay = allowed(Api);
    assert_eq!((replay.logins[0].kind, replay.denied.len()), (LoginKind::Nobody, 0));
}

#[test]
fn the_creator_of_a_cluster_in_config_map_mode_stays() {
    let snapshot = readers(cluster(ConfigMap, &[("mapRoles", DEVS)]).iam(&[&role("Dev"), &role("Maker")]));
    let mut log = Log::default();
    log.ask(Some(&role("Maker")), &user("kubernetes-admin", &["system:masters"]), &pods(), Some(""));
    let replay = log.replay(&snapshot, &Decisions::default());
    assert!(replay.summary.is_of_the_snapshot() && replay.denied.is_empty(), "{replay:#?}");
    log.ask(Some(&role("Maker")), &user("maker", &[]), &pods(), None);
    assert_eq!(log.replay(&snapshot, &Decisions::default()).logins[0].kind, LoginKind::Nobody);
}

#[test]
fn what_nobody_can_know_is_held_against_nothing() {
    let dev = role("Dev");
    let unpublished = eksodus::rbac::access_policies()
        .iter()
        .find(|policy| !policy.published().is_some_and(|published| published.complete))
        .unwrap();
    let entry = observed(&dev, "dev", &[], &[&unpublished.name]);
    let snapshot = readers(cluster(ApiAndConfigMap, &[]).iam(&[&dev]).entry(entry));
    let mut log = Log::default();
    log.ask(Some(&dev), &user("dev", &[]), &pods(), Some(POLICY));
    let replay = log.replay(&snapshot, &Decisions::default());
    // whatever the policy gives, it gives afterwards
    let summary = &replay.summary;
    assert_eq!((summary.not_compared.distinct, summary.cannot_be_judged.distinct), (1, 0), "{replay:#?}");
    let Open::Input(MissingInput::PolicyRules { policy }) = &summary.not_compared_for[0].missing else {
        panic!("{summary:#?}")
    };
    assert_eq!(policy.name(), unpublished.name);

    // RBAC was not read: only who is the same on both sides is decided the same
    let mut unread = devs();
    unread.rbac = None;
    let mut log = Log::default();
    log.ask(Some(&dev), &user("dev:alice", &["devs"]), &pods(), Some(RBAC));
    assert_eq!(log.replay(&unread, &Decisions::default()).summary.cannot_be_judged.distinct, 0);
    let other =
        decisions("principals:\n  - principal: 'arn:aws:iam::111122223333:role/Dev'\n    groups: []\n");
    let replay = log.replay(&unread, &other);
    assert_eq!((replay.summary.cannot_be_judged.distinct, replay.unjudged.len()), (1, 1), "{replay:#?}");

    // nor were access entries, one of which may be anybody's
    let mut unread = cluster(Api, &[]);
    unread.access_entries = None;
    let replay = log.replay(&unread, &Decisions::default());
    assert_eq!(replay.summary.not_compared_for[0].missing, Open::Input(MissingInput::AccessEntries));
    assert_eq!((replay.summary.would_be_denied.distinct, replay.logins.len()), (0, 0));
}

#[test]
fn a_node_is_judged_by_what_runs_on_it() {
    let node = user("system:node:ip-10-0-0-1", &["system:nodes"]);
    let mut log = Log::default();
    log.ask(
        None,
        &node,
        &Attributes::resource("get", "", "secrets").in_namespace("shop").named("db"),
        Some(""),
    );
    log.ask(None, &node, &pods(), None);
    let replay = log.replay(&devs(), &Decisions::default());
    assert_eq!(replay.summary.not_compared_for[0].missing, Open::NodeAuthorizer);
    assert_eq!((replay.summary.not_compared.distinct, replay.summary.cannot_be_judged.distinct), (2, 0));
}

#[test]
fn another_authorizer_is_named_and_no_decision_is_none() {
    let who = user("eve", &[]);
    let mut log = Log::default();
    log.ask(None, &who, &pods(), Some("webhook says yes"));
    log.ask(None, &who, &Attributes::resource("get", "", "pods"), None);
    log.last()["annotations"] = serde_json::Value::Null;
    let replay = log.replay(&devs(), &Decisions::default());
    let [row] = replay.otherwise.as_slice() else { panic!("{replay:#?}") };
    assert_eq!((row.log.by, row.phase), (DecidedBy::Other, None));
    assert_eq!((replay.summary.undecided.distinct, replay.summary.replayed.distinct), (1, 1));
}

#[test]
fn a_login_without_a_name_is_a_login() {
    let nameless = "- rolearn: arn:aws:iam::111122223333:role/Dev\n  groups: [devs]\n";
    let snapshot = readers(cluster(ApiAndConfigMap, &[("mapRoles", nameless)]).iam(&[&role("Dev")]));
    let mut log = Log::default();
    log.ask(Some(&role("Dev")), &user("", &["devs"]), &pods(), Some(RBAC));
    let replay = log.replay(&snapshot, &Decisions::default());
    assert_eq!(
        (replay.summary.as_the_snapshot.distinct, replay.summary.unauthenticated),
        (1, 0),
        "{replay:#?}"
    );
}

#[test]
fn a_snapshot_of_another_cluster_fills_no_memory() {
    let mut log = Log::default();
    for n in 0..1_500 {
        let arn = role(&format!("R{n}"));
        log.ask(Some(&arn), &user("x", &["devs"]), &pods(), Some(RBAC));
    }
    let replay = log.replay(&devs().iam_known(false, false), &Decisions::default());
    assert_eq!((replay.otherwise.len(), replay.logins.len(), replay.left_out), (1_000, 1_000, 1_000));
    assert_eq!(replay.summary.would_be_denied.distinct, 1_500);
}
