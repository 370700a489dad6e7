use std::collections::BTreeMap;

use futures_util::future::{join_all, join3};

use super::report::{Missing, Preflight, Unchecked};
use super::{Need, Needed};
use crate::eks::{EksApi, RightsApi};
use crate::kube::KubeAccess;
use crate::observe::{ApiError, Limit, reading, running_update};
use crate::rbac::Attributes;
use crate::world::Clock;

/// Actions that are asked for together: the same resource, and the same values of condition keys.
type Question<'n> = (&'n str, &'n BTreeMap<&'static str, String>);
type Actions<'n> = Vec<(&'static str, &'n Need)>;

/// Asks IAM and Kubernetes for every need and looks at the cluster's status, all of it together, at most `limit` questions at
/// a time.
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
    let limit = &Limit::of(limit);
    let (of_cluster, of_iam, of_kubernetes) = join3(
        look_at_status(clock, eks, limit),
        ask_iam(clock, rights, needs, limit),
        ask_kubernetes(clock, access, needs, limit),
    )
    .await;
    let mut report = of_cluster;
    for part in [of_iam, of_kubernetes] {
        report.missing.extend(part.missing);
        report.unchecked.extend(part.unchecked);
    }
    // the order of the needs, whatever the order of the answers
    report.missing.sort_by(|a, b| a.need.cmp(&b.need));
    (report.lacking, report.missing) = report.missing.into_iter().partition(|missing| missing.need.optional);
    report
}

async fn look_at_status(clock: &impl Clock, eks: &impl EksApi, limit: &Limit) -> Preflight {
    let _permit = limit.permit().await;
    let mut report = Preflight::default();
    match reading(clock, async || eks.describe_cluster().await).await {
        Ok(cluster) if cluster.status.0 == "ACTIVE" => {}
        Ok(cluster) => {
            report.status = Some(cluster.status);
            // whoever may not look is told the status alone
            report.running = running_update(clock, eks).await.unwrap_or_default();
        }
        Err(error) => report
            .unchecked
            .push(Unchecked { what: "the status of the cluster".to_owned(), why: error.to_string() }),
    }
    report
}

async fn ask_iam(clock: &impl Clock, rights: &impl RightsApi, needs: &[Need], limit: &Limit) -> Preflight {
    let mut report = Preflight::default();
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
        let first = ask_together(clock, rights, limit, first).await;
        let may_not_ask = first.1.as_ref().err().filter(|error| error.is_denied()).map(ToString::to_string);
        answers.push(first);
        if let Some(error) = may_not_ask {
            let why = format!(
                "no permission to check them ({error}); the first call that is denied names its action"
            );
            report.unchecked.push(Unchecked { what: "rights in IAM".to_owned(), why });
            return report;
        }
    }
    answers.extend(join_all(groups.map(|group| ask_together(clock, rights, limit, group))).await);
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
    report
}

async fn ask_together<'n>(
    clock: &impl Clock,
    rights: &impl RightsApi,
    limit: &Limit,
    (group, asked): (Question<'n>, Actions<'n>),
) -> (Actions<'n>, Result<Vec<String>, ApiError>) {
    let _permit = limit.permit().await;
    let (resource, context) = group;
    let actions: Vec<&str> = asked.iter().map(|(action, _)| *action).collect();
    let denied = reading(clock, async || rights.denied_with(&actions, resource, context).await).await;
    (asked, denied)
}

async fn ask_kubernetes(
    clock: &impl Clock,
    access: &impl KubeAccess,
    needs: &[Need],
    limit: &Limit,
) -> Preflight {
    let mut report = Preflight::default();
    let asked = needs.iter().filter_map(|need| match &need.what {
        Needed::Kube { what, or } => Some((need, what, or.as_slice())),
        Needed::Iam { .. } => None,
    });
    let ask = async |(need, what, or): (&Need, &Attributes, &[Attributes])| {
        let _permit = limit.permit().await;
        let mut answer = reading(clock, async || access.may_i(what).await).await;
        let mut by_rules = false;
        if answer == Ok(false) && !or.is_empty() {
            answer = may_all(clock, access, or).await;
            by_rules = answer == Ok(true);
        }
        (need.clone(), what.to_string(), answer, by_rules)
    };
    for (need, what, answer, by_rules) in join_all(asked.map(ask)).await {
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
    report
}

async fn may_all(clock: &impl Clock, access: &impl KubeAccess, all: &[Attributes]) -> Result<bool, ApiError> {
    for what in all {
        if !reading(clock, async || access.may_i(what).await).await? {
            return Ok(false);
        }
    }
    Ok(true)
}
