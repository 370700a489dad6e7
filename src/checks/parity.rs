use std::collections::BTreeSet;

use super::ask::{Answers, Question};
use super::check::{Check, CheckSubject};
use crate::kube::KubeAccess;
use crate::model::Phase;
use crate::parity::{Difference, GrantedBy, PrincipalParity};
use crate::planner::Plan;
use crate::world::Clock;

/// Whether the API server answers as the plan's proof says: each request that tells before and after apart, asked by
/// SubjectAccessReview as who the principal is now; one check for each principal of which something changes by RBAC.
///
/// What an access policy gives is not asked: no SubjectAccessReview shows it (EKS user guide, "Access policies").
pub async fn parity(
    clock: &impl Clock,
    server: &impl KubeAccess,
    plan: &Plan,
    through: Phase,
    limit: usize,
) -> Vec<Check> {
    let proof = plan.parity.iter().flat_map(|parity| &parity.principals);
    let changed: Vec<&PrincipalParity> = proof.filter(|principal| principal.phase <= through).collect();
    let mut answers = Answers::default();
    let questions: BTreeSet<Question> =
        changed.iter().flat_map(|it| questions(it)).map(|(question, _)| question).collect();
    answers.ask(clock, server, questions, limit).await;
    changed.iter().filter_map(|principal| judge(principal, &answers)).collect()
}

/// Each question with the answer that the proof expects.
fn questions(principal: &PrincipalParity) -> Vec<(Question, bool)> {
    let Some(who) = &principal.after else { return Vec::new() };
    let of = |rows: Option<&Vec<Difference>>, expected: bool| -> Vec<(Question, bool)> {
        let by_rbac = |row: &&Difference| {
            matches!(row.by, GrantedBy::Binding { .. }) || (!expected && row.by == GrantedBy::Masters)
        };
        let rows = rows.into_iter().flatten().filter(by_rbac);
        rows.map(|row| ((who.clone(), row.request.clone()), expected)).collect()
    };
    let mut all = of(principal.lost.as_ref().map(|change| &change.rows), false);
    all.extend(of(principal.gained.as_ref().map(|change| &change.rows), true));
    all
}

fn judge(principal: &PrincipalParity, answers: &Answers) -> Option<Check> {
    let questions = questions(principal);
    if questions.is_empty() {
        return None;
    }
    let subject = CheckSubject::Parity { principal: principal.principal.clone() };
    for ((who, what), expected) in &questions {
        let said = match (answers.of(who, what), &answers.denied) {
            (Some(Ok(said)), _) => *said,
            (Some(Err(error)), _) | (None, Some(error)) => return Some(Check::unknown(subject, error)),
            (None, None) => return Some(Check::unknown(subject, "it was not checked")),
        };
        if said != *expected {
            let answer = |is_allowed: bool| if is_allowed { "allowed" } else { "denied" };
            return Some(Check::failed(
                subject,
                format!("{what}, expected to be {} to {who}", answer(*expected)),
                format!("the API server answers {}", answer(said)),
                "make a new plan: roles or bindings have changed since",
            ));
        }
    }
    let asked = match questions.len() {
        1 => "1 question".to_owned(),
        n => format!("{n} questions"),
    };
    Some(Check::passed(subject, format!("the API server answers as the plan says: {asked}")))
}
