use super::check::{Check, Subject};
use super::identity::{AUTHENTICATED, by_entry};
use crate::eks::Clock;
use crate::executor::retry::reading;
use crate::kube::{KubeAccess, UserInfo};
use crate::model::{IamArn, PrincipalArn};
use crate::planner::{CallerAccess, Plan, Target};

/// Whether the caller is to the API server who the plan says, by SelfSubjectReview.
pub async fn own_login(clock: &impl Clock, server: &impl KubeAccess, plan: &Plan) -> Check {
    let (arn, principal) = match &plan.caller {
        CallerAccess::Principal { arn, principal } => (arn, principal),
        CallerAccess::Elsewhere { arn } => {
            let subject = Subject::Login { principal: arn.clone() };
            return Check::unknown(subject, "no line and no access entry of the plan is for the caller");
        }
        CallerAccess::Unknown => {
            let subject = Subject::Login { principal: "the caller".to_owned() };
            return Check::unknown(subject, "the plan does not know who the caller is");
        }
    };
    let session = match arn.parse() {
        Ok(IamArn::AssumedRole { session, .. }) => session,
        _ => String::new(),
    };
    compare(clock, server, plan, principal, &session).await
}

/// The same for a role that was taken on with this session name; `server` logged in with the role's token.
pub async fn login_as(
    clock: &impl Clock,
    server: &impl KubeAccess,
    plan: &Plan,
    role: &PrincipalArn,
    session: &str,
) -> Check {
    compare(clock, server, plan, role, session).await
}

async fn compare(
    clock: &impl Clock,
    server: &impl KubeAccess,
    plan: &Plan,
    principal: &PrincipalArn,
    session: &str,
) -> Check {
    let subject = Subject::Login { principal: principal.to_string() };
    let Some(target) = target(plan, principal) else {
        return Check::unknown(subject, "the plan has no access entry for it");
    };
    let Some(expected) = by_entry(target, session) else {
        return Check::unknown(subject, "AWS does not say which username its entry gives");
    };
    match reading(clock, async || server.who_am_i().await).await {
        Ok(Some(found)) if is_same(&expected, &found) => {
            Check::passed(subject, format!("logs in as {found}, as planned"))
        }
        Ok(Some(found)) => Check::failed(
            subject,
            format!("expected to log in as {expected}"),
            format!("the API server sees {found}"),
            "look at its access entry; an entry takes some seconds to come into force",
        ),
        Ok(None) => Check::unknown(
            subject,
            "the API server does not say who one is (SelfSubjectReview is there from Kubernetes 1.28 on)",
        ),
        Err(error) => Check::failed(
            subject,
            format!("expected to log in as {expected}"),
            error.to_string(),
            "look at its access entry, and whether its IAM principal was deleted and made anew since",
        ),
    }
}

/// The role of an ARN with or without its path, as STS never tells it.
fn target<'p>(plan: &'p Plan, principal: &PrincipalArn) -> Option<&'p Target> {
    let exact = plan.targets.iter().find(|target| target.entry.principal == *principal);
    let alike =
        || plan.targets.iter().find(|target| target.entry.principal.match_key() == principal.match_key());
    exact.or_else(alike)
}

/// Whatever the API server adds on its own is not compared.
fn is_same(expected: &UserInfo, found: &UserInfo) -> bool {
    let own = |user: &UserInfo| -> Vec<String> {
        user.groups.iter().filter(|group| *group != AUTHENTICATED).cloned().collect()
    };
    expected.username == found.username && own(expected) == own(found)
}
