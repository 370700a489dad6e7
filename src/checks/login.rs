use super::check::{Check, CheckSubject};
use super::identity::by_entry;
use crate::eks::StsApi;
use crate::kube::KubeAccess;
use crate::model::{CanonicalArn, GroupName, IamArn, PrincipalArn};
use crate::observe::reading;
use crate::planner::{Plan, Target};
use crate::rbac::{Attributes, UserInfo};
use crate::world::Clock;

/// Whether the caller is to the API server who the plan says, by SelfSubjectReview.
///
/// The caller is whom STS sees now; the plan may have been made by another session, or somebody else.
pub async fn own_login(
    clock: &impl Clock,
    sts: &impl StsApi,
    server: &impl KubeAccess,
    plan: &Plan,
) -> Check {
    let arn = match reading(clock, async || sts.get_caller_identity().await).await {
        Ok(caller) => caller.arn,
        Err(error) => {
            return Check::unknown(CheckSubject::Login { principal: "the caller".to_owned() }, error);
        }
    };
    let session = match arn.parse() {
        Ok(IamArn::AssumedRole { session, .. }) => session,
        _ => String::new(),
    };
    let key = CanonicalArn::of(&arn);
    let is_callers = |target: &&Target| CanonicalArn::of_principal(&target.entry.principal) == key;
    match plan.targets.iter().find(is_callers) {
        Some(target) => compare(clock, server, target, &session).await,
        None => Check::unknown(CheckSubject::Login { principal: arn }, "the plan has no access entry for it"),
    }
}

/// The same for a role that was taken on with this session name; `server` logged in with the role's token.
pub async fn login_as(
    clock: &impl Clock,
    server: &impl KubeAccess,
    plan: &Plan,
    role: &PrincipalArn,
    session: &str,
) -> Check {
    match target(plan, role) {
        Some(target) => compare(clock, server, target, session).await,
        None => {
            let subject = CheckSubject::Login { principal: role.to_string() };
            Check::unknown(subject, "the plan has no access entry for it")
        }
    }
}

async fn compare(clock: &impl Clock, server: &impl KubeAccess, target: &Target, session: &str) -> Check {
    let subject = CheckSubject::Login { principal: target.entry.principal.to_string() };
    let Some(expected) = by_entry(target, session) else {
        return Check::unknown(subject, "the username of its entry is undocumented");
    };
    match reading(clock, async || server.who_am_i().await).await {
        Ok(Some(found)) if is_same(&expected, &found) => {
            Check::passed(subject, format!("authenticates as {found}, as planned"))
        }
        Ok(Some(found)) => Check::failed(
            subject,
            format!("expected to authenticate as {expected}"),
            format!("the API server sees {found}"),
            "check its access entry; entries take a few seconds to become effective",
        ),
        Ok(None) => {
            Check::unknown(subject, "the API server has no SelfSubjectReview (Kubernetes 1.28 and later)")
        }
        Err(error) if error.is_denied() => {
            // open to everybody who has logged in (ClusterRole system:basic-user), on every version
            let logged_in = Attributes::resource("create", "authentication.k8s.io", "selfsubjectreviews");
            match reading(clock, async || server.may_i(&logged_in).await).await {
                Err(refused) if refused.is_denied() => Check::failed(
                    subject,
                    format!("expected to authenticate as {expected}"),
                    refused.to_string(),
                    "check its access entry, and whether its IAM principal was recreated",
                ),
                Ok(_) | Err(_) => Check::unknown(
                    subject,
                    "the API server denies SelfSubjectReview (which everybody may use since Kubernetes 1.28)",
                ),
            }
        }
        Err(error) => Check::unknown(subject, error),
    }
}

/// The role of an ARN with or without its path, as STS never tells it.
fn target<'p>(plan: &'p Plan, principal: &PrincipalArn) -> Option<&'p Target> {
    let exact = plan.targets.iter().find(|target| target.entry.principal == *principal);
    let key = CanonicalArn::of_principal(principal);
    let alike =
        || plan.targets.iter().find(|target| CanonicalArn::of_principal(&target.entry.principal) == key);
    exact.or_else(alike)
}

/// Whatever the API server adds on its own is not compared.
fn is_same(expected: &UserInfo, found: &UserInfo) -> bool {
    let own = |user: &UserInfo| -> Vec<String> {
        user.groups.iter().filter(|group| *group != GroupName::AUTHENTICATED).cloned().collect()
    };
    expected.username == found.username && own(expected) == own(found)
}
