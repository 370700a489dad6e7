//! What an audit log adds to a plan, and what it does not.

use std::collections::BTreeSet;

use eksodus::audit::{Evidence, Logins, read_events};
use eksodus::findings::{Reason, RuleId};
use eksodus::model::AuthenticationMode::{Api, ApiAndConfigMap};
use eksodus::planner::{AccountDecision, Decisions, Note, Outcome, Plan, fingerprint, plan};
use eksodus::rbac::SubjectKind;
use eksodus::snapshot::{Part, Snapshot};
use serde_json::json;

use crate::kit::cluster::{ACCOUNT, With, arn, cluster, entry, role, shown};

/// A login of an IAM principal, as an event.
struct Seen<'a> {
    arn: &'a str,
    username: &'a str,
    groups: &'a [&'a str],
    session: &'a str,
}

/// As `mapAccounts` authenticates.
fn by_account(arn: &str) -> Seen<'_> {
    Seen { arn, username: arn, groups: &[], session: "" }
}

fn as_name<'a>(arn: &'a str, username: &'a str, session: &'a str) -> Seen<'a> {
    Seen { arn, username, groups: &["developers"], session }
}

/// What a log of these logins tells, read as any log is.
fn log(seen: &[Seen<'_>]) -> Evidence {
    let mut text = String::new();
    for (n, Seen { arn, username, groups, session }) in seen.iter().enumerate() {
        let groups: Vec<&str> = groups.iter().copied().chain(["system:authenticated"]).collect();
        let event = json!({
            "kind": "Event", "apiVersion": "audit.k8s.io/v1", "auditID": n.to_string(), "stage": "ResponseComplete",
            "verb": "get", "requestURI": "/version", "responseStatus": {"code": 200},
            "requestReceivedTimestamp": format!("2026-05-{:02}T10:00:00.000000Z", n + 1),
            "user": {
                "username": username, "groups": groups, "uid": format!("aws-iam-authenticator:{ACCOUNT}:AROA{n}"),
                "extra": {"canonicalArn": [arn], "sessionName": [session], "principalId": [format!("AROA{n}")]},
            },
        });
        text += &format!("{event}\n");
    }
    let mut logins = Logins::default();
    let reading = read_events(text.as_bytes(), |event| logins.add(event)).unwrap();
    assert_eq!(reading.events, seen.len() as u64);
    Evidence::of(&reading, logins)
}

fn planned(snapshot: &Snapshot, seen: &[Seen<'_>]) -> Plan {
    let snapshot = Snapshot { evidence: Some(log(seen)), ..snapshot.clone() };
    plan(&snapshot, &Decisions::default())
}

fn expanded(plan: &Plan) -> (BTreeSet<String>, BTreeSet<String>) {
    let line = plan.lines.iter().find(|line| line.arn == ACCOUNT).unwrap();
    let Outcome::Expanded { principals, unresolved, .. } = &line.outcome else {
        panic!("{:?}", line.outcome)
    };
    (principals.iter().map(ToString::to_string).collect(), unresolved.iter().cloned().collect())
}

fn subjects(plan: &Plan, rule: RuleId) -> BTreeSet<&str> {
    plan.notices.iter().filter(|it| it.rule == rule).map(|it| it.subject.as_str()).collect()
}

fn set<T: AsRef<str>>(texts: &[T]) -> BTreeSet<String> {
    texts.iter().map(|text| text.as_ref().to_owned()).collect()
}

/// The account as a whole, and one role of it by a mapping of its own.
fn account() -> Snapshot {
    let accounts = format!("- '{ACCOUNT}'\n");
    let roles = format!("- rolearn: {}\n  username: mapped\n  groups: [developers]\n", role("Mapped"));
    cluster(ApiAndConfigMap, &[("mapAccounts", &accounts), ("mapRoles", &roles)]).iam(&[
        role("Mapped"),
        role("Entry"),
        role("team/Deep"),
        role("Bound"),
        format!("arn:aws:iam::{ACCOUNT}:user/ann"),
    ])
}

#[test]
fn those_whom_the_account_let_in_get_entries_by_their_real_arns() {
    let ann = format!("arn:aws:iam::{ACCOUNT}:user/ann");
    let (root, with_groups) = (format!("arn:aws:iam::{ACCOUNT}:root"), role("WithGroups"));
    let other = "arn:aws:iam::444455556666:role/Other";
    let (deep, mapped, with_entry, gone) = (role("Deep"), role("Mapped"), role("Entry"), role("Gone"));
    let snapshot = account().bound(SubjectKind::User, &role("Bound"), "cluster-admin").entry(shown(&entry(
        &with_entry,
        "",
        &[],
        &[],
    )));
    let seen = [
        by_account(&deep),
        by_account(&ann),
        by_account(other),
        by_account(&gone),
        by_account(&root),
        // before they had a mapping and an entry of their own
        by_account(&mapped),
        by_account(&with_entry),
        // by something else
        as_name("arn:aws:iam::111122223333:role/Named", "somebody", "s"),
        Seen { groups: &["developers"], ..by_account(&with_groups) },
    ];
    let plan = planned(&snapshot, &seen);
    let (principals, unresolved) = expanded(&plan);
    assert_eq!(principals, set(&[role("team/Deep"), ann.clone(), role("Bound")]));
    assert_eq!(unresolved, set::<&str>(&[]));
    let target =
        plan.targets.iter().find(|target| target.entry.principal == arn(&role("team/Deep"))).unwrap();
    assert_eq!((target.username_today.as_str(), target.groups_today.len()), (deep.as_str(), 0));
    assert!(target.entry.groups.is_empty() && target.entry.policies.is_empty());
    let period = target.notes.iter().find_map(|note| match note {
        Note::Authenticated { period } => Some(period.to_string()),
        _ => None,
    });
    assert_eq!(period.as_deref(), Some("2026-05-01 10:00 to 2026-05-01 10:00 UTC"));
    // one that only a binding names was not seen
    let bound = plan.targets.iter().find(|target| target.entry.principal == arn(&role("Bound"))).unwrap();
    assert!(!bound.notes.iter().any(|note| matches!(note, Note::Authenticated { .. })));
    // nobody knows who else there is: the account waits for api-mode as ever
    assert_eq!(subjects(&plan, RuleId::AccountMapping), BTreeSet::from([ACCOUNT]));
}

#[test]
fn without_iam_a_roles_path_is_not_guessed() {
    let seen = [by_account("arn:aws:iam::111122223333:role/Deep")];
    let plan = planned(&account().iam_known(false, false), &seen);
    let (principals, unresolved) = expanded(&plan);
    assert_eq!((principals.len(), unresolved), (0, set(&[role("Deep")])));
    let waits = plan.notices.iter().find(|it| it.rule == RuleId::AccountMapping).unwrap();
    assert!(waits.words().message().contains(&role("Deep")), "{:?}", waits.words());
    assert!(waits.words().message().contains("the audit log name"));
}

#[test]
fn mappings_that_nobody_used_are_told_and_kept() {
    let text = format!(
        "- rolearn: {}\n  username: used\n  groups: [a]\n- rolearn: {}\n  username: unused\n  groups: [a]\n- rolearn: {}\n  username: overridden\n- rolearn: {}\n  username: skipped\n- rolearn: {}\n  username: '{{{{SessionName}}}}'\n",
        role("uSeD"),
        role("Unused"),
        role("Overridden"),
        role("Skipped"),
        role("Blocked"),
    );
    let names = ["Used", "Unused", "Overridden", "Skipped", "Blocked"].map(role);
    let snapshot = cluster(ApiAndConfigMap, &[("mapRoles", &text)]).iam(&names).entry(shown(&entry(
        &role("Overridden"),
        "x",
        &[],
        &[],
    )));
    let without = plan(&snapshot, &decisions());
    let with =
        |seen: &[Seen<'_>]| plan(&Snapshot { evidence: Some(log(seen)), ..snapshot.clone() }, &decisions());
    let used = role("Used");
    let plan = with(&[as_name(&used, "used", "s")]);
    assert_eq!(
        subjects(&plan, RuleId::UnusedMapping),
        BTreeSet::from([role("Unused").as_str(), &role("Blocked")])
    );
    let found = plan.notices.iter().find(|it| it.rule == RuleId::UnusedMapping).unwrap();
    assert!(!found.severity.is_blocking() && found.at.is_some());
    let message = found.words().message();
    assert!(message.contains("2026-05-01 10:00 to 2026-05-01 10:00 UTC (1 request in all)"), "{message}");
    assert!(message.contains("this is no proof"), "{message}");
    // nothing is dropped, and nothing else is done
    assert_eq!((&plan.targets, &plan.steps, &plan.lines), (&without.targets, &without.steps, &without.lines));
    // of a log without events nobody knows what time it is of
    assert_eq!(with(&[]).notices, without.notices);
    let crowded = Evidence { beyond: 1, ..log(&[as_name(&used, "used", "s")]) };
    let crowded = eksodus::planner::plan(&Snapshot { evidence: Some(crowded), ..snapshot }, &decisions());
    assert_eq!(subjects(&crowded, RuleId::UnusedMapping).len(), 0);
}

fn decisions() -> Decisions {
    let text = format!("version: 1\nprincipals:\n- {{principal: '{}', skip: left}}\n", role("Skipped"));
    Decisions::parse("eksodus.yaml", &text).unwrap()
}

#[test]
fn an_account_that_let_nobody_in_is_told_unless_it_is_decided() {
    let account_id = ACCOUNT.parse().unwrap();
    let seen = || [as_name("arn:aws:iam::111122223333:role/Mapped", "mapped", "s")];
    let plan = planned(&account(), &seen());
    assert_eq!(subjects(&plan, RuleId::UnusedMapping), BTreeSet::from([ACCOUNT]));
    let decision = AccountDecision { skip_others: Some("nobody".to_owned()), ..AccountDecision::default() };
    let decisions = Decisions { accounts: [(account_id, decision)].into(), ..Decisions::default() };
    let snapshot = Snapshot { evidence: Some(log(&seen())), ..account() };
    assert!(subjects(&eksodus::planner::plan(&snapshot, &decisions), RuleId::UnusedMapping).is_empty());
    let used = planned(&account(), &[by_account(&role("Deep"))]);
    assert!(!subjects(&used, RuleId::UnusedMapping).contains(ACCOUNT));
}

#[test]
fn the_sessions_of_a_templated_username_are_told_with_its_mapping() {
    let text = format!(
        "- rolearn: {0}\n  username: dev:{{{{SessionName}}}}\n- rolearn: {1}\n  username: ops\n- rolearn: {2}\n  username: '{{{{SessionNameRaw}}}}'\n",
        role("Dev"),
        role("Ops"),
        role("Raw"),
    );
    let snapshot = cluster(ApiAndConfigMap, &[("mapRoles", &text)]).iam(&["Dev", "Ops", "Raw"].map(role));
    let (dev, ops, raw) = (role("Dev"), role("Ops"), role("Raw"));
    let many: Vec<String> = (0..25).map(|n| format!("job-{n:02}")).collect();
    let mut seen =
        vec![as_name(&dev, "dev:bob", "bob"), as_name(&dev, "dev:ann", "ann"), as_name(&ops, "ops", "x")];
    seen.extend(many.iter().map(|session| as_name(&raw, session, session)));
    let plan = planned(&snapshot, &seen);
    let sessions = |subject: &str| {
        plan.notices.iter().filter(|it| it.subject == subject).find_map(|it| match &it.reason {
            Reason::SessionsSeen { sessions, and_more, .. } => Some((sessions.clone(), *and_more)),
            _ => None,
        })
    };
    assert_eq!(sessions(&dev), Some((set(&["ann", "bob"]), false)));
    assert_eq!(sessions(&ops), None);
    // a mapping that needs a decision has its sessions too
    let (names, and_more) = sessions(&raw).unwrap();
    assert_eq!((names.len(), and_more), (20, true));
}

#[test]
fn in_api_mode_nothing_is_said_of_mappings() {
    let snapshot = cluster(Api, &[("mapRoles", &format!("- rolearn: {}\n  username: x\n", role("Dev")))]);
    let plan = planned(&snapshot, &[by_account(&role("Other"))]);
    assert!(subjects(&plan, RuleId::UnusedMapping).is_empty());
}

#[test]
fn the_plan_has_the_evidence_and_its_fingerprint_covers_it() {
    let seen = [by_account("arn:aws:iam::111122223333:role/Deep")];
    let plan = planned(&account(), &seen);
    assert_eq!(plan.evidence, Some(log(&seen)));
    assert_eq!(Plan::parse(&plan.to_json()).unwrap(), plan);
    let print = |evidence| fingerprint(&Snapshot { evidence, ..account() }, &Decisions::default());
    assert_eq!(print(plan.evidence.clone()), plan.fingerprint);
    assert!(!print(None).contains_key(&Part::AuditLog));
    let other = log(&[
        by_account("arn:aws:iam::111122223333:role/Deep"),
        as_name("arn:aws:iam::111122223333:role/X", "x", "s"),
    ]);
    assert_ne!(print(Some(other))[&Part::AuditLog], plan.fingerprint[&Part::AuditLog]);
    // whether a role whom only the log names is there is part of it, too
    let renamed = account().iam(&["arn:aws:iam::111122223333:role/elsewhere/Deep"]);
    let renamed = Snapshot { evidence: plan.evidence.clone(), ..renamed };
    assert_ne!(
        fingerprint(&renamed, &Decisions::default())[&Part::IamRoles],
        plan.fingerprint[&Part::IamRoles]
    );
    // without a log the plan's file has no word of it
    assert!(!eksodus::planner::plan(&account(), &Decisions::default()).to_json().contains("evidence"));
}
