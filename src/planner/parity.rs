//! The proof of a plan: everybody of whom something changes, compared before and after.

use std::collections::BTreeSet;

use super::people::{LoginTemplate, Person, Session, rbac_after, rbac_before};
use super::{Action, Line, Outcome, Step, Target};
use crate::facts::Facts;
use crate::model::{AuthenticationMode, EntryType, GroupName};
use crate::parity::{
    Access, Assumption, Change, Comparer, Difference, Found, Identity, MissingInput, Parity, Powers,
    PrincipalParity, Scope, ScopeVerdict, Served, ToCome, Verdict,
};
use crate::planner::Decisions;
use crate::rbac::{Binding, DEFAULTS_OF, Index, access_policy};

/// What the proof is made from.
pub(super) struct Draft<'a> {
    pub facts: &'a Facts<'a>,
    pub decisions: &'a Decisions,
    pub lines: &'a [Line],
    pub targets: &'a [&'a Target],
    pub people: &'a [Person<'a>],
    pub steps: &'a [Step],
}

/// Compares everybody. Who has the same username, groups and policies on both sides, and no binding that the plan makes, may do
/// the same whatever RBAC says, and costs nothing more.
pub(super) fn prove(draft: &Draft<'_>) -> Parity {
    let Draft { facts, lines, people, .. } = draft;
    let mut parity = Parity { open_accounts: open_accounts(lines), ..Parity::default() };
    let named: BTreeSet<&str> = bindings_made(draft.steps)
        .flat_map(|binding| &binding.subjects)
        .map(|subject| subject.name.as_str())
        .collect();
    let changes = |person: &&Person<'_>| {
        let is_named = || {
            let login = person.after.iter().chain(&person.before);
            login.into_iter().any(|login| {
                login.groups.iter().any(|group| named.contains(group.as_str()))
                    || (login.username.contains("{{") || named.contains(login.username.as_str()))
            })
        };
        person.before != person.after || (!named.is_empty() && is_named())
    };
    parity.summary.wait = people.iter().filter(|person| person.waits).count();
    let changing: Vec<&Person<'_>> = people.iter().filter(changes).collect();
    parity.summary.equal = people.len() - changing.len();
    if facts.mode.is_none() {
        parity.assumptions.insert(Assumption::MappingsEffective);
    }
    if facts.mode == Some(AuthenticationMode::ConfigMap) {
        parity.assumptions.insert(Assumption::CreatorStays);
    }
    let is_by_policy = |person: &&&Person<'_>| {
        let is_master = |login: &LoginTemplate| login.groups.contains(GroupName::MASTERS);
        person.before.as_ref().is_some_and(is_master) && !person.after.as_ref().is_none_or(is_master)
    };
    match changing.iter().filter(is_by_policy).count() {
        0 => {}
        principals => _ = parity.assumptions.insert(Assumption::MastersByPolicy { principals }),
    }
    if changing.is_empty() {
        return parity;
    }
    let before = rbac_before(facts);
    parity.assumptions.insert(match &facts.snapshot.rbac {
        Some(_) => Assumption::RbacAsRead,
        None => Assumption::RbacByDefault { version: DEFAULTS_OF.to_owned() },
    });
    let after = rbac_after(before, draft.steps);
    let served = facts.served();
    if served.is_some() {
        parity.assumptions.insert(Assumption::ResourcesAsServed);
    }
    let served = served.map(Served::of);
    let sides = Sides { before: before.index(), after: after.index(), served };
    let sessions: Vec<Vec<Session>> =
        changing.iter().map(|person| person.sessions(&sides.before, &sides.after)).collect();
    let comparer = Comparer::default();
    for (person, sessions) in changing.into_iter().zip(&sessions) {
        if sessions.len() > 1 {
            parity.assumptions.insert(Assumption::SessionsAlike);
        }
        draft.assume(person, &mut parity.assumptions);
        let found = draft.compare(&sides, &comparer, person, sessions);
        count(&mut parity, &found);
        parity.principals.extend(found);
    }
    parity
}

struct Sides<'r> {
    before: Index<'r>,
    after: Index<'r>,
    /// What the API server serves, if that is known.
    served: Option<Served>,
}

impl<'a> Draft<'a> {
    /// The sessions of a principal that may not do the same, or of which that is unknown.
    fn compare<'r>(
        &self,
        sides: &Sides<'r>,
        comparer: &Comparer<'r>,
        person: &Person<'_>,
        sessions: &'r [Session],
    ) -> Vec<PrincipalParity> {
        let mut found: Vec<PrincipalParity> = Vec::new();
        for session in sessions {
            let Some(parity) = self.session(sides, comparer, person, session) else { continue };
            // a session that is as all others are is told with them
            let is_alike = |other: &PrincipalParity| {
                other.session.is_none()
                    && rows(other.lost.as_ref()) == rows(parity.lost.as_ref())
                    && rows(other.gained.as_ref()) == rows(parity.gained.as_ref())
                    && other.to_come == parity.to_come
                    && other.missing == parity.missing
            };
            if !found.first().is_some_and(is_alike) {
                found.push(parity);
            }
        }
        found
    }

    fn session<'r>(
        &self,
        sides: &Sides<'r>,
        comparer: &Comparer<'r>,
        person: &Person<'_>,
        session: &'r Session,
    ) -> Option<PrincipalParity> {
        let (before, after) = (of(&sides.before, &session.before), of(&sides.after, &session.after));
        let found = Found::between(comparer, &before, &after, sides.served.as_ref());
        let missing = self.missing(person, session, &found);
        let verdict = found.verdict(!missing.is_empty());
        if verdict == Verdict::Equal {
            return None;
        }
        let scopes = scopes(&before, &after, &found, !missing.is_empty());
        let Found { lost, gained, to_come, unknown: _ } = found;
        let change = |direction: &str, rows: Vec<Difference>| {
            (!rows.is_empty()).then(|| self.change(&person.arn, session.name.as_deref(), direction, rows))
        };
        Some(PrincipalParity {
            principal: person.arn.to_string(),
            session: session.name.clone(),
            verdict,
            phase: person.phase,
            before: session.before.as_ref().map(|identity| identity.user.clone()),
            after: session.after.as_ref().map(|identity| identity.user.clone()),
            scopes,
            lost: change("lost", lost),
            gained: change("gained", gained),
            to_come,
            missing,
            powers: Powers { before: before.powers(), after: after.powers() },
        })
    }

    /// What is missing for a verdict that could be believed.
    fn missing(&self, person: &Person<'_>, session: &Session, found: &Found) -> BTreeSet<MissingInput> {
        let policies = found.unknown.iter().cloned();
        let mut missing: BTreeSet<MissingInput> =
            policies.map(|policy| MissingInput::PolicyRules { policy }).collect();
        let facts = self.facts;
        if facts.mode.is_some_and(AuthenticationMode::has_entries) && !facts.entries.observable {
            missing.insert(MissingInput::AccessEntries);
        }
        if facts.snapshot.rbac.is_none() && matters(person, session) {
            missing.insert(MissingInput::Rbac);
        }
        missing
    }

    /// What AWS does not say of the types that entries have.
    fn assume(&self, person: &Person<'_>, assumptions: &mut BTreeSet<Assumption>) {
        let entry = |target: &&&Target| target.entry.principal.as_str() == &*person.arn;
        let entry_type = self.targets.iter().find(entry).map(|target| &target.entry.entry_type);
        if let Some(entry_type @ (EntryType::FargateLinux | EntryType::Ec2Windows)) = entry_type {
            assumptions.insert(Assumption::GroupsOfType { entry_type: entry_type.clone() });
        }
        let policies = person.before.iter().chain(&person.after).flat_map(|login| login.policies.keys());
        let seen = policies.filter_map(|policy| access_policy(policy.name())?.published());
        if let Some(seen) = seen.map(|published| published.seen.clone()).max() {
            assumptions.insert(Assumption::PoliciesAsPublished { seen });
        }
    }

    fn change(&self, arn: &str, session: Option<&str>, direction: &str, rows: Vec<Difference>) -> Change {
        let id = id(arn, session, direction, &rows);
        let accepted = self.decisions.accept_differences.get(&id).cloned();
        Change { permissions: rows.iter().map(|row| row.permissions).sum(), accepted, rows, id }
    }
}

fn of<'r>(index: &Index<'r>, identity: &'r Option<Identity>) -> Access<'r> {
    identity.as_ref().map_or_else(Access::none, |identity| Access::of(index, identity))
}

fn rows(change: Option<&Change>) -> Option<&[Difference]> {
    change.map(|change| change.rows.as_slice())
}

/// Whether RBAC decides anything of the change: who could do everything, and still can, is as before whatever it says.
fn matters(person: &Person<'_>, session: &Session) -> bool {
    let is_admin = |identity: &Option<Identity>| identity.as_ref().is_some_and(Identity::may_do_everything);
    person.before != person.after && !(is_admin(&session.before) && is_admin(&session.after))
}

/// Accounts of which principals nobody named may have access, which ends with API mode.
fn open_accounts(lines: &[Line]) -> BTreeSet<String> {
    let is_open = |line: &&Line| matches!(line.outcome, Outcome::Expanded { .. });
    lines.iter().filter(is_open).map(|line| line.arn.clone()).collect()
}

fn bindings_made(steps: &[Step]) -> impl Iterator<Item = &Binding> {
    steps.iter().filter_map(|step| match &step.action {
        Action::Binding { before: None, after: Some(binding) } => Some(binding),
        _ => None,
    })
}

/// Each scope that either side names, the cluster, and all other namespaces.
fn scopes(before: &Access<'_>, after: &Access<'_>, found: &Found, has_unknown: bool) -> Vec<ScopeVerdict> {
    let Found { lost, gained, to_come: ToCome { lost: lost_to_come, gained: gained_to_come }, .. } = found;
    let places = [before, after].into_iter().flat_map(|access| access.all()).filter_map(|(place, _)| place);
    let places: BTreeSet<String> = places.collect();
    let verdict = |is_there: &dyn Fn(&Difference) -> bool| {
        let any = |rows: &[Difference]| rows.iter().any(is_there);
        match (any(lost), any(gained)) {
            (true, _) => Verdict::Loses,
            (false, true) => Verdict::Gains,
            (false, false) if has_unknown => Verdict::Unknown,
            (false, false) if any(lost_to_come) || any(gained_to_come) => Verdict::DiffersInForm,
            (false, false) => Verdict::Equal,
        }
    };
    let of_resource = |row: &Difference| row.rule.non_resource_urls.is_empty();
    let in_cluster = |row: &Difference| row.reach.is_cluster();
    let elsewhere = |row: &Difference| of_resource(row) && row.reach.is_cluster();
    let mut scopes = vec![
        ScopeVerdict { scope: Scope::Cluster, verdict: verdict(&in_cluster) },
        ScopeVerdict { scope: Scope::OtherNamespaces, verdict: verdict(&elsewhere) },
    ];
    scopes.extend(places.into_iter().map(|place| ScopeVerdict {
        verdict: verdict(&|row: &Difference| of_resource(row) && row.reach.includes(Some(&place))),
        scope: Scope::Namespace(place.clone()),
    }));
    scopes
}

/// Twelve hex digits of whom it is about and of all that changes: another change has another id. The letter before them keeps
/// YAML from taking one for a number.
fn id(arn: &str, session: Option<&str>, direction: &str, rows: &[Difference]) -> String {
    let what: Vec<_> = rows.iter().map(|row| (&row.rule, &row.reach)).collect();
    let text = serde_json::to_vec(&(arn, session, direction, what)).unwrap_or_default();
    std::iter::once('d').chain(blake3::hash(&text).to_hex().chars().take(12)).collect()
}

fn count(parity: &mut Parity, sessions: &[PrincipalParity]) {
    let summary = &mut parity.summary;
    let has = |verdict: Verdict| sessions.iter().any(|session| session.verdict == verdict);
    let loses = sessions.iter().any(|session| session.lost.is_some());
    let gains = sessions.iter().any(|session| session.gained.is_some());
    summary.lose += usize::from(loses);
    summary.gain += usize::from(gains);
    match (loses || gains, has(Verdict::Unknown), has(Verdict::DiffersInForm)) {
        (true, ..) => {}
        (false, true, _) => summary.unknown += 1,
        (false, false, true) => summary.differ_in_form += 1,
        (false, false, false) => summary.equal += 1,
    }
    let permissions = |change: Option<&Change>| change.map_or(0, |change| change.permissions);
    for session in sessions {
        summary.permissions_lost += permissions(session.lost.as_ref());
        summary.permissions_gained += permissions(session.gained.as_ref());
    }
}
