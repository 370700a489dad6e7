//! Answers about access: one and the same whichever way they are asked for, and what the cluster itself would say.

use std::collections::BTreeMap;

use eksodus::access::{Answer, Change, Login, Roll, Sides, Who};
use eksodus::facts::Facts;
use eksodus::model::{AuthenticationMode, CanonicalArn, IamArn};
use eksodus::planner::{Decisions, Outcome, Phase, Plan, plan};
use eksodus::rbac::{Attributes, Binding, PolicyRule, Rbac, Role, RoleRef, Subject, SubjectKind, UserInfo};
use eksodus::reader::Identity;
use eksodus::simulator::{Behaviour, Simulator};
use eksodus::snapshot::Snapshot;
use proptest::prelude::*;

use crate::kit::cluster::{self as kit, With, observed, role};
use crate::kit::clusters::{cluster, decisions, everybody};
use crate::render::applied::applied;

/// Sides, asked by a closure: they borrow from one another.
fn with_sides<T>(snapshot: &Snapshot, plan: &Plan, ask: impl FnOnce(&Sides<'_>) -> T) -> T {
    let facts = Facts::of(snapshot);
    let both = plan.before_after(&facts);
    ask(&Sides::of(&facts, plan, &both))
}

fn rule(verbs: &[&str], group: &str, resources: &[&str], names: &[&str]) -> PolicyRule {
    let list = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect();
    PolicyRule {
        verbs: list(verbs),
        api_groups: vec![group.to_owned()],
        resources: list(resources),
        resource_names: list(names),
        non_resource_urls: Vec::new(),
    }
}

fn url(verb: &str, path: &str) -> PolicyRule {
    PolicyRule {
        verbs: vec![verb.to_owned()],
        non_resource_urls: vec![path.to_owned()],
        ..PolicyRule::default()
    }
}

/// Bindings of all kinds of subjects, in namespaces and out, to a few roles; one role is not there.
fn rbac() -> impl Strategy<Value = Rbac> {
    let subject = prop::sample::select(vec![
        ("Group", "devs"),
        ("Group", "ops"),
        ("Group", "g-ann-x.org"),
        ("Group", "system:authenticated"),
        ("Group", "strangers"),
        ("User", "dev"),
        ("User", "t:ann-x.org"),
        ("User", "ann-x.org"),
        ("User", "t:bob"),
        ("User", "stranger"),
        ("User", "arn:aws:iam::444455556666:user/eve"),
        ("ServiceAccount", "robot"),
    ]);
    let binding = (
        subject,
        prop::sample::select(vec!["a", "b", "c", "gone"]),
        prop::option::of(prop::sample::select(vec!["x", "y"])),
    );
    prop::collection::vec(binding, 0..8).prop_map(|bindings| {
        let mut rbac = Rbac::default();
        let role =
            |name: &str, rules: Vec<PolicyRule>| Role { name: name.to_owned(), rules, ..Role::default() };
        rbac.roles = vec![
            role("a", vec![rule(&["get", "list"], "", &["pods", "pods/log"], &[])]),
            role("b", vec![rule(&["*"], "*", &["*"], &[]), url("get", "/x*")]),
            role("c", vec![rule(&["get"], "", &["secrets"], &["one"]), url("*", "*")]),
        ];
        for (at, ((kind, name), role, namespace)) in bindings.into_iter().enumerate() {
            let kind = SubjectKind::from(kind.to_owned());
            let is_account = kind == SubjectKind::ServiceAccount;
            rbac.bindings.push(Binding {
                namespace: namespace.map(str::to_owned),
                name: format!("b{at}"),
                role_ref: RoleRef { kind: "ClusterRole".to_owned(), name: role.to_owned() },
                subjects: vec![Subject {
                    kind,
                    name: name.to_owned(),
                    namespace: is_account.then(|| "ops".to_owned()),
                }],
            });
        }
        rbac.bindings.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
        rbac
    })
}

fn request() -> impl Strategy<Value = Attributes> {
    let pods = |verb: &str| Attributes::resource(verb, "", "pods");
    let secrets = Attributes::resource("get", "", "secrets");
    let path = |path: &str| Attributes::NonResource { path: path.to_owned(), verb: "get".to_owned() };
    prop::sample::select(vec![
        pods("get"),
        pods("get").in_namespace("x"),
        pods("get").in_namespace("y").named("p"),
        pods("get").of_subresource(Some("log")).in_namespace("x"),
        pods("delete").in_namespace("y"),
        secrets.clone().in_namespace("x"),
        secrets.clone().in_namespace("x").named("one"),
        secrets.named("one"),
        Attributes::resource("*", "*", "*"),
        Attributes::resource("get", "apps", "deployments").in_namespace("z"),
        path("/xyz"),
        path("/healthz"),
    ])
}

fn arn_of(who: &Who) -> Option<(&str, Option<&str>, String)> {
    match who {
        Who::Principal { name, session, mapping } => Some((name, session.as_deref(), format!("{mapping:?}"))),
        Who::Group { .. } | Who::User { .. } | Who::ServiceAccount { .. } => None,
    }
}

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, max_global_rejects: 1 << 20, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    /// Whoever is asked by their ARN gets the answer that stands in the list of all.
    #[test]
    fn who_can_is_what_each_is_told(snapshot in cluster(), rbac in rbac(), decisions in decisions(), what in request()) {
        let snapshot = Snapshot { rbac: Some(rbac), ..snapshot };
        let plan = plan(&snapshot, &decisions);
        with_sides(&snapshot, &plan, |sides| -> Result<(), TestCaseError> {
            let told = Roll::of(sides).who_can(&what);
            let rows: BTreeMap<_, _> = told.who.iter().filter_map(|row| Some((arn_of(&row.who)?, row))).collect();
            let mut met = 0;
            for person in sides.people {
                let asked = Identity::from_arn(&person.arn, "");
                let is_role = matches!(person.arn.parse(), Ok(IamArn::Principal(it)) if it.is_role());
                let session = (!is_role).then_some("");
                let logins = sides.logins_of(&asked, session);
                let answers = |login: &Login| {
                    let answered = sides.ask(login, &what);
                    (answered.before.answer, answered.after.answer)
                };
                for login in &logins {
                    let (before, after) = answers(login);
                    let key = (&*person.arn, login.session.as_deref(), format!("{:?}", login.by));
                    if let Some(row) = rows.get(&key) {
                        prop_assert_eq!((&row.before.answer, &row.after.answer), (&before, &after));
                        met += 1;
                        continue;
                    }
                    // left out: it may not on either side, or any session may what this one may
                    let any = logins.iter().find(|any| any.session.is_none() && any.by == login.by).unwrap();
                    let (any_before, any_after) = answers(any);
                    let is_as_any = login.session.is_some()
                        && any_before.is_same_word(&before)
                        && any_after.is_same_word(&after);
                    prop_assert!(is_as_any || (before.is_no() && after.is_no()), "{:?} {before:?} {after:?}", login);
                }
            }
            // and nobody is in the list who is not asked for, but members of accounts without a mapping of their own
            let named: Vec<_> = sides.people.iter().map(|person| &*person.arn).collect();
            let others = rows.keys().filter(|(arn, ..)| !named.contains(arn)).count();
            prop_assert_eq!(met + others, rows.len());
            let yes = |side: fn(&eksodus::access::Row) -> &Answer| told.who.iter().filter(|row| side(row).is_yes()).count();
            prop_assert_eq!(told.counts.before, yes(|row| &row.before.answer));
            prop_assert_eq!(told.counts.after, yes(|row| &row.after.answer));
            let order: Vec<Change> = told.who.iter().map(|row| row.change).collect();
            prop_assert!(order.is_sorted());
            Ok(())
        })?;
    }

    /// Today's answer is that of the cluster: of the login that the simulator makes, and the authorizer of RBAC.
    #[test]
    fn today_is_what_the_authorizer_says(snapshot in cluster(), rbac in rbac(), what in request()) {
        let snapshot = Snapshot { rbac: Some(rbac), ..snapshot };
        let simulator = Simulator::from_snapshot(&snapshot, Behaviour::default()).unwrap();
        let plan = plan(&snapshot, &Decisions::default());
        with_sides(&snapshot, &plan, |sides| -> Result<(), TestCaseError> {
            for arn in everybody() {
                let identity = Identity::from_arn(&arn, "");
                let session = match arn.parse() {
                    Ok(IamArn::AssumedRole { session, .. }) => session,
                    _ => String::new(),
                };
                let logins = sides.logins_of(&identity, Some(&session));
                // which of several mappings a login takes nobody can say
                let [login] = logins.as_slice() else { continue };
                // whom IAM does not have, nobody is: the simulator takes any ARN
                let is_gone = |line: &&eksodus::planner::Line| {
                    CanonicalArn::of(&line.arn) == CanonicalArn::of(&arn) && matches!(line.outcome, Outcome::Gone)
                };
                if plan.lines.iter().any(|line| is_gone(&line)) { continue }
                // of an instance or a key the simulator knows nothing
                if login.shown_before.as_ref().is_some_and(|name| name.contains("{{")) { continue }
                let user = simulator.login_of(&arn).map(|user| UserInfo { username: user.username, groups: user.groups });
                let policies = login.before.iter().flat_map(|identity| identity.policies.keys());
                // the one policy of these clusters
                let is_admin = policies.clone().any(|policy| policy.name() == "AmazonEKSClusterAdminPolicy");
                let index = snapshot.rbac.as_ref().unwrap().index();
                let may = user.as_ref().is_some_and(|user| is_admin || index.allows(user, &what));
                let answer = sides.ask(login, &what).before.answer;
                prop_assert_eq!(answer.is_yes(), may, "{} {} {:?} {:?}", arn, what, user, login);
                prop_assert_eq!(answer == Answer::NoLogin, user.is_none(), "{} {:?}", arn, login);
            }
            Ok(())
        })?;
    }

    /// Once the plan is done, today's answer is the one that was promised.
    #[test]
    fn afterwards_is_what_was_promised(snapshot in cluster(), rbac in rbac(), decisions in decisions(), what in request()) {
        let snapshot = Snapshot { rbac: Some(rbac), ..snapshot };
        let plan = plan(&snapshot, &decisions);
        prop_assume!(plan.blockers(Phase::ApiMode).next().is_none());
        let mut then = applied(&snapshot, &plan);
        then.rbac = Some(plan.before_after(&Facts::of(&snapshot)).after.into_owned());
        // what EKS makes by itself at the switch, nobody has made here
        prop_assume!(snapshot.cluster.as_ref().unwrap().mode != AuthenticationMode::ConfigMap);
        let rest = eksodus::planner::plan(&then, &Decisions::default());
        let ask = |snapshot: &Snapshot, plan: &Plan, is_then: bool| {
            with_sides(snapshot, plan, |sides| {
                everybody().into_iter().map(|arn| {
                    let identity = Identity::from_arn(&arn, "");
                    let session = match arn.parse() {
                        Ok(IamArn::AssumedRole { session, .. }) => session,
                        _ => String::new(),
                    };
                    let answers = sides.logins_of(&identity, Some(&session)).into_iter().map(|login| {
                        let answered = sides.ask(&login, &what);
                        if is_then { answered.before.answer } else { answered.after.answer }
                    });
                    (arn, answers.collect::<Vec<_>>())
                }).collect::<Vec<_>>()
            })
        };
        prop_assert_eq!(ask(&snapshot, &plan, false), ask(&then, &rest, true));
    }
}

/// A role by a session template, a policy that AWS has not published, and a policy in namespaces by prefix.
#[test]
fn what_is_not_known_is_no_denial() {
    let mut snapshot = kit::cluster(AuthenticationMode::ApiAndConfigMap, &[])
        .iam(&[role("Hyper"), role("Web")])
        .entry(observed(&role("Hyper"), "hyper", &[], &["AmazonSagemakerHyperpodUserClusterPolicy"]))
        .entry(observed(&role("Web"), "web", &[], &[]));
    let entries = snapshot.access_entries.as_mut().unwrap();
    let scope = eksodus::model::AccessScope::namespaces(["web-*".to_owned()]).unwrap();
    entries[1].policies.insert(kit::policy("AmazonEKSViewPolicy"), scope);
    let plan = plan(&snapshot, &Decisions::default());
    with_sides(&snapshot, &plan, |sides| {
        let ask = |name: &str, what: &Attributes| {
            let logins = sides.logins_of(&Identity::from_arn(&role(name), ""), None);
            sides.ask(&logins[0], what).before.answer
        };
        let pods = Attributes::resource("get", "", "pods");
        assert!(ask("Hyper", &Attributes::resource("impersonate", "", "users")).is_unknown());
        assert!(ask("Web", &pods.clone().in_namespace("web-1")).is_yes());
        assert_eq!(ask("Web", &pods.clone().in_namespace("shop")), Answer::No);
        assert_eq!(ask("Web", &pods), Answer::No);
        let counts = Roll::of(sides).who_can(&pods).counts;
        assert_eq!((counts.before, counts.after), (0, 0));
        assert!(counts.unknown >= 1);
        // by prefix and by name alike
        let elsewhere = Roll::of(sides).elsewhere(&pods);
        assert_eq!(elsewhere.keys().collect::<Vec<_>>(), ["web-*"]);
        assert_eq!(elsewhere["web-*"].before, 1);
    });
}

#[test]
fn a_namespace_is_told_where_the_whole_cluster_is_not_all() {
    let mut snapshot = kit::cluster(AuthenticationMode::ApiAndConfigMap, &[])
        .iam(&[role("A"), role("B")])
        .entry(observed(&role("A"), "a", &["as"], &[]))
        .entry(observed(&role("B"), "b", &[], &[]));
    let view = eksodus::model::AccessScope::namespaces(["team-*".to_owned()]).unwrap();
    snapshot.access_entries.as_mut().unwrap()[1].policies.insert(kit::policy("AmazonEKSAdminPolicy"), view);
    let rbac = snapshot.rbac.as_mut().unwrap();
    rbac.roles.push(Role {
        name: "r".to_owned(),
        rules: vec![rule(&["get"], "", &["secrets"], &[])],
        ..Role::default()
    });
    for namespace in ["team-1", "team-2", "other"] {
        let mut binding = kit::binding("b", SubjectKind::Group, "as", "r");
        binding.namespace = Some(namespace.to_owned());
        rbac.bindings.push(binding);
    }
    let plan = plan(&snapshot, &Decisions::default());
    with_sides(&snapshot, &plan, |sides| {
        let dangers = Roll::of(sides).dangerous();
        let secrets =
            dangers.iter().find(|it| it.request == Attributes::resource("get", "", "secrets")).unwrap();
        let scopes: Vec<(Vec<&str>, usize)> = secrets
            .scopes
            .iter()
            .map(|scope| (scope.namespaces.iter().map(String::as_str).collect(), scope.counts.before))
            .collect();
        // the first has the policy's prefix in reach as well
        let expected = [(vec![], 0), (vec!["other"], 1), (vec!["team-*"], 1), (vec!["team-1", "team-2"], 2)];
        assert_eq!(scopes, expected);
        let nodes = dangers.iter().find(|it| it.request.to_string().starts_with("get nodes/proxy")).unwrap();
        assert_eq!(nodes.scopes.len(), 1);
    });
}
