use std::collections::BTreeSet;

use super::ask::{Answers, Question};
use super::check::{Check, CheckSubject};
use super::identity::{Logins, SAMPLE_SESSION};
use super::probes::{names, probes};
use crate::facts::session_of;
use crate::kube::KubeAccess;
use crate::model::UsernameTemplate;
use crate::planner::{Plan, Target};
use crate::rbac::{Attributes, Index, Rbac};
use crate::world::Clock;

/// Sessions of one principal that are tried, when bindings name them.
const MOST_SESSIONS: usize = 3;

/// Whether every STANDARD principal of the plan still may do by RBAC what its line let it do: one check for each, by
/// principal.
///
/// A sample of what the roles bound to the line's groups and username allow is asked by SubjectAccessReview, as the
/// entry's identity, and as the line's where the two differ. `system:masters` is left out: the access policy in its place
/// is not of RBAC, and no SubjectAccessReview shows it (EKS user guide, "Access policies").
pub async fn access(
    clock: &impl Clock,
    server: &impl KubeAccess,
    plan: &Plan,
    rbac: &Rbac,
    limit: usize,
) -> Vec<Check> {
    let index = rbac.index();
    let standard = plan.targets.iter().filter(|target| target.entry.entry_type.is_standard());
    let tried: Vec<Tried<'_>> = standard.map(|target| Tried::new(target, &index, plan)).collect();
    let mut answers = Answers::default();
    let after = tried.iter().flat_map(|it| it.questions(|logins| &logins.after));
    answers.ask(clock, server, after.collect(), limit).await;
    // only what is refused now needs to be asked as it was before
    let refused = |(who, what): &Question, tried: &Tried<'_>| {
        tried.logins.iter().any(|(logins, asked)| {
            logins.before == *who
                && asked.contains(what)
                && answers.of(&logins.after, what) == Some(&Ok(false))
        })
    };
    let before: BTreeSet<Question> = tried
        .iter()
        .flat_map(|it| {
            it.questions(|logins| &logins.before).filter(|question| refused(question, it)).collect::<Vec<_>>()
        })
        .collect();
    answers.ask(clock, server, before, limit).await;
    let mut checks: Vec<Check> = tried.iter().map(|it| it.judge(&answers)).collect();
    checks.sort_by(|a, b| a.subject.cmp(&b.subject));
    checks
}

/// The plan's proof says that the principal loses it.
fn is_lost(plan: &Plan, principal: &str, what: &Attributes) -> bool {
    let of_principal =
        plan.parity.iter().flat_map(|parity| &parity.principals).filter(|it| it.principal == principal);
    of_principal
        .flat_map(|it| it.rows(true))
        .any(|row| row.reach.includes(what.namespace()) && row.rule.allows(what))
}

/// What is tried of one principal.
struct Tried<'p> {
    target: &'p Target,
    logins: Vec<(Logins, Vec<Attributes>)>,
}

impl<'p> Tried<'p> {
    fn new(target: &'p Target, index: &Index<'_>, plan: &Plan) -> Self {
        let template = UsernameTemplate::new(target.username_today.as_str());
        let principal = &target.entry.principal;
        let named = names(index, &template).filter_map(|name| session_of(principal, &template, name));
        let named = named.filter(|session| !session.is_empty()).map(str::to_owned);
        let mut sessions: Vec<String> = named.take(MOST_SESSIONS).collect();
        if sessions.is_empty() {
            sessions.push(SAMPLE_SESSION.to_owned());
        }
        let logins = sessions.iter().filter_map(|session| Logins::of(target, session));
        let logins = logins.map(|logins| {
            let mut probes = probes(index, target, &logins);
            probes.retain(|what| !is_lost(plan, principal.as_str(), what));
            (logins, probes)
        });
        Self { target, logins: logins.collect() }
    }

    fn questions<'s>(
        &'s self,
        whose: impl Fn(&Logins) -> &crate::rbac::UserInfo + Copy + 's,
    ) -> impl Iterator<Item = Question> + 's {
        let of_login = move |(logins, asked): &'s (Logins, Vec<Attributes>)| {
            asked.iter().map(move |what| (whose(logins).clone(), what.clone()))
        };
        self.logins.iter().flat_map(of_login)
    }

    fn judge(&self, answers: &Answers) -> Check {
        let principal = self.target.entry.principal.to_string();
        let subject = CheckSubject::Access { principal };
        if self.logins.is_empty() {
            return Check::unknown(
                subject,
                "its username or a group has a placeholder, which is known only at login",
            );
        }
        let mut asked = 0_usize;
        let mut lost = Vec::new();
        for (logins, probes) in &self.logins {
            for what in probes {
                let now = match (answers.of(&logins.after, what), &answers.denied) {
                    (Some(Ok(now)), _) => *now,
                    (Some(Err(error)), _) | (None, Some(error)) => return Check::unknown(subject, error),
                    (None, None) => return Check::unknown(subject, "it was not checked"),
                };
                asked += 1;
                if now {
                    continue;
                }
                match answers.of(&logins.before, what) {
                    Some(Ok(true)) => lost.push((logins, what)),
                    // not allowed before either: nothing is lost
                    Some(Ok(false)) => {}
                    Some(Err(error)) => return Check::unknown(subject, error),
                    None => return Check::unknown(subject, "its identity before could not be checked"),
                }
            }
        }
        let Some((logins, what)) = lost.first() else {
            return Check::passed(
                subject,
                match asked {
                    0 => "no RBAC bindings: nothing to compare (access policies cannot be checked so)"
                        .to_owned(),
                    1 => "keeps its RBAC permissions (1 check)".to_owned(),
                    n => format!("keeps its RBAC permissions ({n} checks)"),
                },
            );
        };
        let more = match lost.len() {
            1 => String::new(),
            n => format!(" (and {} more)", n - 1),
        };
        Check::failed(
            subject,
            format!("{what}, as {} could", logins.before),
            format!("the API server denies it to {}{more}", logins.after),
            "bind the role to a group or the username of its access entry, or roll back",
        )
    }
}
