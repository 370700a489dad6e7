//! Logs that the second evaluator writes, replayed by the engine: it finds nothing that was not put there, and all that was.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;

use eksodus::access::replay::{Replay, Row, Who};
use eksodus::facts::{Facts, Login, Who as LoginWho};
use eksodus::model::{CanonicalArn, LoginValues};
use eksodus::parity::Identity as Asker;
use eksodus::parity::exhaustive::allowed;
use eksodus::planner::{BeforeAfter, Decisions, LoginTemplate, plan};
use eksodus::rbac::{Attributes, PolicyRule, Rbac, Role};
use eksodus::reader::Identity;
use eksodus::snapshot::Snapshot;
use proptest::prelude::*;

use super::log::{Log, POLICY, RBAC, distinct};
use crate::kit::{cluster as kit, clusters};

const SESSION: &str = "ann-x.org";

/// What is asked: by everybody, so that all that rules here can tell apart is among it.
fn questions() -> Vec<Attributes> {
    let mut asked = Vec::new();
    for (group, resource) in [("", "pods"), ("", "secrets"), ("apps", "deployments")] {
        for verb in ["get", "list", "delete"] {
            asked.push(Attributes::resource(verb, group, resource));
            asked.push(Attributes::resource(verb, group, resource).in_namespace("shop"));
            asked.push(Attributes::resource(verb, group, resource).in_namespace("shop").named("db"));
        }
    }
    asked.extend(
        ["/metrics", "/healthz/x"]
            .map(|path| Attributes::NonResource { path: path.to_owned(), verb: "get".to_owned() }),
    );
    asked
}

fn rules() -> impl Strategy<Value = Vec<Vec<PolicyRule>>> {
    let some = |items: &'static [&'static str]| {
        prop::sample::subsequence(items.to_vec(), 1..=items.len())
            .prop_map(|items| items.into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let names = prop_oneof![3 => Just(Vec::new()), 1 => Just(vec!["db".to_owned()])];
    let resource =
        (some(&["get", "list", "*"]), some(&["", "apps"]), some(&["pods", "secrets", "deployments"]), names);
    let resource = resource.prop_map(|(verbs, api_groups, resources, resource_names)| PolicyRule {
        verbs,
        api_groups,
        resources,
        resource_names,
        ..PolicyRule::default()
    });
    let url = some(&["/metrics", "/healthz/*"]).prop_map(|non_resource_urls| PolicyRule {
        verbs: vec!["get".to_owned()],
        non_resource_urls,
        ..PolicyRule::default()
    });
    prop::collection::vec(prop::collection::vec(prop_oneof![3 => resource, 1 => url], 1..3), 3)
}

/// The role `view`, which bindings of these clusters name, and two others.
fn with_rights(mut snapshot: Snapshot, rules: Vec<Vec<PolicyRule>>, namespaced: bool) -> Snapshot {
    let rbac = snapshot.rbac.as_mut().unwrap();
    for (name, rules) in ["view", "edit", "more"].into_iter().zip(rules) {
        rbac.roles.push(Role { name: name.to_owned(), rules, ..Role::default() });
    }
    use eksodus::rbac::SubjectKind::{Group, User};
    let mut bindings = vec![
        kit::binding("edit", Group, "devs", "edit"),
        kit::binding("more", Group, "g-ann-x.org", "more"),
        kit::binding("ann", User, "t:ann-x.org", "more"),
        kit::binding("name", User, "dev", "more"),
    ];
    if namespaced {
        bindings.iter_mut().for_each(|binding| binding.namespace = Some("shop".to_owned()));
    }
    rbac.bindings.extend(bindings);
    snapshot
}

struct Logged {
    arn: String,
    session: String,
    asker: Asker,
}

/// Everybody who authenticates today, as they do: asked of the facts, which know nothing of replays.
fn logins(snapshot: &Snapshot) -> Vec<Logged> {
    let facts = Facts::of(snapshot);
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for arn in clusters::everybody() {
        let arn = arn.replace("/ann@x.org", &format!("/{SESSION}"));
        let identity = Identity::from_arn(&arn, "");
        let Ok(canonical) = identity.canonical_arn() else { continue };
        let session_name = if arn.contains("assumed-role") { arn.rsplit('/').next() } else { Some("") };
        let access_key_id = Some("ASIAABCDEFGHIJKLMNOP");
        let values = LoginValues { account: &identity.account, session_name, access_key_id, dns: None };
        let who: LoginWho = match facts.today(&identity, &values).unwrap().login {
            Login::As(who) => who,
            Login::OneOf(each) => match each.into_iter().find_map(|(_, login)| login.ok()) {
                Some(who) => who,
                None => continue,
            },
            Login::Fails(_) | Login::Nobody | Login::Unknown => continue,
        };
        if seen.insert(CanonicalArn::of(&canonical)) {
            let asker = Asker::authenticated(who.username, who.groups, who.policies);
            let session = session_name.unwrap_or_default().to_owned();
            found.push(Logged { arn: canonical, session, asker });
        }
    }
    found
}

/// What the API server would have written of everybody asking for everything.
fn log_of(snapshot: &Snapshot) -> Log {
    let rbac = snapshot.rbac.as_ref().unwrap();
    let mut log = Log::default();
    for Logged { arn, asker, .. } in logins(snapshot) {
        for what in questions() {
            let is_allowed = allowed(Some(&asker), rbac, &what);
            let answer = is_allowed.then_some(match () {
                () if asker.is_master() => "",
                () if !asker.policies.is_empty() => POLICY,
                () => RBAC,
            });
            log.ask(Some(&arn), &asker.user, &what, answer);
        }
    }
    log
}

/// Of the person, in the same session, by the second evaluator; `None`: of a node it knows nothing.
fn after_of(both: &BeforeAfter<'_>, of: &Logged, what: &Attributes) -> Option<bool> {
    let key = CanonicalArn::of(&of.arn);
    let person = both.people.iter().find(|person| match &person.principal {
        Some(principal) => CanonicalArn::of_principal(principal) == key,
        None => CanonicalArn::as_mapped(&person.arn) == key,
    });
    let Some(after) = person.and_then(|person| person.after.as_ref()) else { return Some(false) };
    if person.is_some_and(|person| person.waits) {
        return of.asker.user.node_name().is_none().then(|| allowed(Some(&of.asker), &both.after, what));
    }
    // where the username of today does not tell the session, nobody can know it
    let tells = |login: &LoginTemplate| {
        [&login.username].into_iter().chain(&login.groups).any(|text| text.contains("{{SessionName"))
    };
    let before = person.and_then(|person| person.before.as_ref());
    let mut asker = match of.session.is_empty() || before.is_some_and(tells) {
        true => after.identity(&of.session),
        false => after.of_any(&both.after.index()),
    };
    if after.username.contains("{{AccessKeyID}}") {
        asker.user.username.clone_from(&of.asker.user.username);
    }
    asker.user.node_name().is_none().then(|| allowed(Some(&asker), &both.after, what))
}

fn of_arn<'r>(rows: &'r [Row], arn: &'r str) -> impl Iterator<Item = &'r Row> {
    rows.iter().filter(move |row| row.who == Who::Principal(arn.to_owned()))
}

fn is_told(rows: &[Row], arn: &str, what: &Attributes) -> bool {
    let unnamed = |what: &Attributes| {
        let mut what = what.clone();
        if let Attributes::Resource { name, .. } = &mut what {
            *name = None;
        }
        what
    };
    of_arn(rows, arn).any(|row| unnamed(&row.request) == unnamed(what))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// The engine's *before* is the cluster that wrote the log, and its *after* is what the second evaluator says.
    #[test]
    fn a_log_of_the_snapshot_is_decided_as_it_was(
        snapshot in clusters::cluster(),
        decisions in clusters::decisions(),
        rules in rules(),
        namespaced in prop::bool::ANY,
    ) {
        let snapshot = with_rights(snapshot, rules, namespaced);
        let log = log_of(&snapshot);
        let replay = log.replay(&snapshot, &decisions);
        let Replay { summary, logins: differing, otherwise, denied, allowed: gained, .. } = &replay;
        prop_assert_eq!((summary.otherwise.distinct, otherwise), (0, &Vec::new()));
        prop_assert!(differing.is_empty(), "{differing:#?}");
        let asked = summary.as_the_snapshot.distinct + summary.not_compared.distinct;
        prop_assert_eq!(asked, summary.replayed.distinct);

        let facts = Facts::of(&snapshot);
        let plan = plan(&snapshot, &decisions);
        let both = plan.before_after(&facts);
        let (mut lost, mut won) = (0, 0);
        for logged in logins(&snapshot) {
            let Logged { arn, asker, .. } = &logged;
            let is_gone = facts.iam.find(&arn.parse().unwrap_or_else(|_| kit::arn(&kit::role("Dev"))))
                == eksodus::facts::Known::Gone;
            if is_gone || asker.user.node_name().is_some() {
                continue;
            }
            for what in questions() {
                let was = allowed(Some(asker), &both.before, &what);
                let Some(is) = after_of(&both, &logged, &what) else { continue };
                lost += u64::from(was && !is);
                won += u64::from(!was && is);
                prop_assert!(!was || is || is_told(denied, arn, &what), "{arn} {what}: lost, and not told\n{denied:#?}");
                prop_assert!(was || !is || is_told(gained, arn, &what), "{arn} {what}: gained, and not told\n{gained:#?}");
            }
        }
        let of_nodes = |rows: &[Row]| {
            let node = |row: &&Row| row.before_user.iter().chain(&row.after_user).any(|it| it.node_name().is_some());
            rows.iter().filter(node).map(|row| row.count.distinct).sum::<u64>()
        };
        prop_assert_eq!(distinct(denied) - of_nodes(denied), lost);
        prop_assert_eq!(distinct(gained) - of_nodes(gained), won);
        prop_assert_eq!(summary.would_be_denied.distinct, distinct(denied));
        prop_assert_eq!(summary.would_be_allowed.distinct, distinct(gained));
    }

    /// Of another time's snapshot exactly those requests are told that it decides otherwise.
    #[test]
    fn a_log_of_another_time_is_found_out(
        snapshot in clusters::cluster(),
        rules in rules(),
        gone in 0_usize..8,
    ) {
        let then = with_rights(snapshot, rules, false);
        let log = log_of(&then);
        let mut now = then.clone();
        let bindings = &mut now.rbac.as_mut().unwrap().bindings;
        bindings.remove(gone % bindings.len());
        let replay = log.replay(&now, &Decisions::default());
        let (before, after): (&Rbac, &Rbac) = (then.rbac.as_ref().unwrap(), now.rbac.as_ref().unwrap());
        let facts = Facts::of(&now);
        let mut expected = 0;
        for Logged { arn, asker, .. } in logins(&then) {
            let is_gone = arn.parse().is_ok_and(|arn| facts.iam.find(&arn) == eksodus::facts::Known::Gone);
            if is_gone || asker.user.node_name().is_some() {
                continue;
            }
            for what in questions() {
                let differs = allowed(Some(&asker), before, &what) != allowed(Some(&asker), after, &what);
                expected += u64::from(differs);
                prop_assert!(!differs || is_told(&replay.otherwise, &arn, &what), "{arn} {what}");
            }
        }
        prop_assert_eq!(replay.summary.otherwise.distinct, expected);
        prop_assert_eq!(distinct(&replay.otherwise), expected);
    }
}
