use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt as _};

use super::report::{Missing, Preflight, Unchecked};
use super::{Need, Needed};
use crate::eks::{EksApi, RightsApi};
use crate::kube::KubeAccess;
use crate::observe::{ApiError, reading, running_update};
use crate::rbac::Attributes;
use crate::world::Clock;

/// Actions that are asked for together: the same resource, and the same values of condition keys.
type Question<'n> = (&'n str, &'n BTreeMap<&'static str, String>);
type Actions<'n> = Vec<(&'static str, &'n Need)>;

/// Asks IAM and Kubernetes for every need, at most `limit` questions at a time, and looks at the cluster's status.
///
/// It never fails: what cannot be asked is named in the result, and the run itself will tell.
pub async fn preflight(
    clock: &impl Clock,
    eks: &impl EksApi,
    rights: &impl RightsApi,
    access: &impl KubeAccess,
    needs: &[Need],
    limit: usize,
) -> Preflight {
    let mut report = Preflight::default();
    look_at_status(clock, eks, &mut report).await;
    ask_iam(clock, rights, needs, limit, &mut report).await;
    ask_kubernetes(clock, access, needs, limit, &mut report).await;
    // the order of the needs, whatever the order of the answers
    report.missing.sort_by(|a, b| a.need.cmp(&b.need));
    (report.lacking, report.missing) = report.missing.into_iter().partition(|missing| missing.need.optional);
    report
}

async fn look_at_status(clock: &impl Clock, eks: &impl EksApi, report: &mut Preflight) {
    match reading(clock, async || eks.describe_cluster().await).await {
        Ok(cluster) if cluster.status.0 == "ACTIVE" => {}
        Ok(cluster) => {
            report.status = Some(cluster.status.0);
            // whoever may not look is told the status alone
            report.running = running_update(clock, eks).await.unwrap_or_default();
        }
        Err(error) => report
            .unchecked
            .push(Unchecked { what: "the status of the cluster".to_owned(), why: error.to_string() }),
    }
}

async fn ask_iam(
    clock: &impl Clock,
    rights: &impl RightsApi,
    needs: &[Need],
    limit: usize,
    report: &mut Preflight,
) {
    let mut groups: BTreeMap<Question<'_>, Actions<'_>> = BTreeMap::new();
    for need in needs {
        if let Needed::Iam { action, resource, context } = &need.what {
            groups.entry((resource, context)).or_default().push((action, need));
        }
    }
    let mut groups = groups.into_iter();
    let mut answers = Vec::new();
    // the first alone: who may not ask need not ask again
    if let Some(first) = groups.next() {
        let first = ask_together(clock, rights, first).await;
        let may_not_ask = first.1.as_ref().err().filter(|error| error.is_denied()).map(ToString::to_string);
        answers.push(first);
        if let Some(error) = may_not_ask {
            let why = format!(
                "the caller may not ask for them ({error}); the first call that is denied names its action"
            );
            report.unchecked.push(Unchecked { what: "rights in IAM".to_owned(), why });
            return;
        }
    }
    let rest = stream::iter(groups.map(|group| ask_together(clock, rights, group)));
    answers.extend(rest.buffered(limit.max(1)).collect::<Vec<_>>().await);
    for (asked, denied) in answers {
        match denied {
            Ok(denied) => {
                let is_denied = |action: &str| denied.iter().any(|it| it.eq_ignore_ascii_case(action));
                let missing = asked.into_iter().filter(|(action, _)| is_denied(action));
                report.missing.extend(missing.map(|(_, need)| Missing { need: need.clone() }));
            }
            Err(error) => {
                let actions: Vec<&str> = asked.iter().map(|(action, _)| *action).collect();
                report.unchecked.push(Unchecked { what: actions.join(", "), why: error.to_string() });
            }
        }
    }
}

async fn ask_together<'n>(
    clock: &impl Clock,
    rights: &impl RightsApi,
    (group, asked): (Question<'n>, Actions<'n>),
) -> (Actions<'n>, Result<Vec<String>, ApiError>) {
    let (resource, context) = group;
    let actions: Vec<&str> = asked.iter().map(|(action, _)| *action).collect();
    let denied = reading(clock, async || rights.denied_with(&actions, resource, context).await).await;
    (asked, denied)
}

async fn ask_kubernetes(
    clock: &impl Clock,
    access: &impl KubeAccess,
    needs: &[Need],
    limit: usize,
    report: &mut Preflight,
) {
    let asked = needs.iter().filter_map(|need| match &need.what {
        Needed::Kube { what, or } => Some((need, what, or.as_slice())),
        Needed::Iam { .. } => None,
    });
    let ask = async |(need, what, or): (&Need, &Attributes, &[Attributes])| {
        let mut answer = reading(clock, async || access.may_i(what).await).await;
        let mut by_rules = false;
        if answer == Ok(false) && !or.is_empty() {
            answer = may_all(clock, access, or).await;
            by_rules = answer == Ok(true);
        }
        (need.clone(), what.to_string(), answer, by_rules)
    };
    let answers = stream::iter(asked.map(ask)).buffered(limit.max(1)).collect::<Vec<_>>().await;
    for (need, what, answer, by_rules) in answers {
        match answer {
            Ok(true) if by_rules => report.unchecked.push(Unchecked {
                what,
                why: "the caller may not bind it, but holds its rules; if it holds any of them by an access policy \
                      instead of RBAC, the API server refuses the binding"
                    .to_owned(),
            }),
            Ok(true) => {}
            Ok(false) => report.missing.push(Missing { need }),
            Err(error) => report.unchecked.push(Unchecked { what, why: error.to_string() }),
        }
    }
}

async fn may_all(clock: &impl Clock, access: &impl KubeAccess, all: &[Attributes]) -> Result<bool, ApiError> {
    for what in all {
        if !reading(clock, async || access.may_i(what).await).await? {
            return Ok(false);
        }
    }
    Ok(true)
}
