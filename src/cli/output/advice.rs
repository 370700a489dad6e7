//! What to do about what a cluster said. The library says what is wrong, and no more.

use eksodus::eks::{AwsError, AwsErrorKind};
use eksodus::executor::{Ending, Failure, Refusal};
use eksodus::export::ExportError;
use eksodus::journal::JournalError;
use eksodus::kube::{KubeError, KubeErrorKind};
use eksodus::observe::ApiError;
use eksodus::planner::Phase;

pub const NEW_PLAN: &str = "make a new plan";

/// About how a run ended, before anything is typed. `is_begun` as for [`of_refusals`].
pub fn of_ending(ending: &Ending, is_begun: bool) -> Option<&'static str> {
    match ending {
        Ending::Refused(refusals) => of_refusals(refusals, is_begun),
        Ending::Failed(failure) => of_failure(failure),
        Ending::Done | Ending::Blocked(_) | Ending::Interrupted => None,
    }
}

/// About what cannot be exported.
pub fn of_export(error: &ExportError) -> Option<&'static str> {
    Some(match error {
        ExportError::NoCluster => {
            "put the output of `aws eks describe-cluster --name NAME` into DIR/cluster.json, plan with --snapshot DIR and --aws-auth FILE, and export that plan"
        }
        ExportError::NoEntries => "pass the PLAN that leads to them: in CONFIG_MAP mode a cluster shows none",
        ExportError::OtherCluster { .. } => "pass the plan of this cluster, or the cluster of this plan",
        ExportError::NoPlan => "pass the PLAN that prunes it",
        ExportError::NotPruned { .. } => "leave out --pruned",
        ExportError::Deleted => "leave out --pruned, and take aws-auth out of the repository that has it",
        ExportError::Recreate { .. } => {
            "apply the plan, and export it with --applied, or with what is there then"
        }
        ExportError::Cannot { .. } => "choose another form, or decide on other values in eksodus.yaml",
        _ => return None,
    })
}

/// About guards that refused: one thing to do, about the one that leaves no other way, else about the first. `is_begun`:
/// calls of this run took effect, so that it is the run to resume.
pub fn of_refusals(refusals: &[Refusal], is_begun: bool) -> Option<&'static str> {
    if is_begun && refusals.iter().any(|refusal| matches!(refusal, Refusal::Stale { .. })) {
        return Some(NEW_PLAN);
    }
    let last_word = |refusal: &&Refusal| {
        matches!(refusal, Refusal::DeletesInApiMode { .. } | Refusal::TakesInApiMode { .. })
    };
    refusals.iter().find(last_word).or(refusals.first()).map(of_refusal)
}

/// Why it ended so, with what is true of many things said once. `why`: a line for each.
pub fn grouped(ending: &Ending, why: &[String]) -> Vec<String> {
    match ending {
        Ending::Refused(refusals) => of_many(refusals),
        _ => why.to_vec(),
    }
}

/// Refusals, a line each; entries that nothing else stands in for in API mode are one.
pub fn of_many(refusals: &[Refusal]) -> Vec<String> {
    let (mut deleted, mut taken) = (Vec::new(), Vec::new());
    let mut lines = Vec::new();
    for refusal in refusals {
        match refusal {
            Refusal::DeletesInApiMode { step: _, principal } => deleted.push(principal.to_string()),
            Refusal::TakesInApiMode { .. } => taken.push(refusal.to_string()),
            other => lines.push(other.to_string()),
        }
    }
    if deleted.is_empty() {
        lines.append(&mut taken);
    } else {
        // these say enough
        lines.insert(
            0,
            format!(
                "there is no rollback from API mode: nothing else gives access to {}",
                deleted.join(", ")
            ),
        );
    }
    lines
}

fn of_refusal(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Irreversible { .. } => {
            "stop earlier with --through, or, once everybody agrees that it cannot be undone, pass --allow-irreversible"
        }
        Refusal::OtherPlan { .. } => {
            "do not apply it: make a new plan, and compare it with the one that was reviewed"
        }
        Refusal::Unchecked { .. } => {
            "allow the reads that docs/permissions.md has for a plan, or make the plan as the role that applies it"
        }
        Refusal::SwitchUnknown => {
            "name the place of that run's journal with --state, or make a new plan without it"
        }
        Refusal::OriginUnknown => "run eksodus rollback, which finds the run and makes its plan by itself",
        Refusal::OtherCluster { .. } | Refusal::NoCluster => "make a plan for this cluster",
        Refusal::Edited { .. } => "make a new plan; decisions belong in eksodus.yaml",
        Refusal::Stale { .. }
        | Refusal::Changed { .. }
        | Refusal::NeedsNewPlan { .. }
        | Refusal::ChangedSince { .. }
        | Refusal::UnknownLine { .. } => NEW_PLAN,
        Refusal::NoOtherAdministrator => {
            "give a second principal AmazonEKSClusterAdminPolicy, and plan again"
        }
        Refusal::AdministratorUnknown { .. } => {
            "allow iam:ListRoles and iam:ListUsers, or give a second principal of this account AmazonEKSClusterAdminPolicy"
        }
        Refusal::CallerEntryGivesNothing { .. } => {
            "give your own entry a group that is bound, or an access policy, or run it as another administrator"
        }
        Refusal::LostAccess { .. } => {
            "roll back, which restores the mapping, or create the access entry by hand"
        }
        Refusal::PrincipalGone { .. } | Refusal::PrincipalRecreated { .. } => {
            "whoever needs that access today gets an entry by a new plan, or by hand"
        }
        Refusal::CallerLosesAccess { .. } | Refusal::CallerHasNoEntry { .. } => {
            "run it as another administrator, or give your own principal a line in aws-auth and plan again"
        }
        Refusal::CallerUnknown => "`aws sts get-caller-identity` must work with the same profile and region",
        Refusal::NotCovered { .. } | Refusal::NotPrunable { .. } => {
            "eksodus verify names what is missing; make a new plan"
        }
        Refusal::NotMigrated { .. } => "decide about the line in eksodus.yaml, or delete it, and plan again",
        Refusal::MeansOtherwise { .. } => {
            "leave prune out with --prune none, or correct aws-auth and plan again"
        }
        Refusal::NodeRole { .. } => {
            "an entry's type cannot be changed: delete it while the line stands, and plan again"
        }
        Refusal::NodesUnknown => {
            "docs/permissions.md has the rights to read node groups and Fargate profiles"
        }
        Refusal::IamHidden { .. } => {
            "allow iam:ListRoles and iam:ListUsers again, as when the run began, and resume it"
        }
        Refusal::SwitchingToApi { update: None } => {
            "allow eks:ListUpdates and eks:DescribeUpdate, or wait until the cluster is ACTIVE, and roll back then"
        }
        Refusal::SwitchingToApi { update: Some(_) } => {
            "there is no rollback from here on: eksodus status follows the update; apply the plan again to resume its run"
        }
        Refusal::TakesInApiMode { .. } => "change it by hand when its principal may lose that access",
        Refusal::DeletesInApiMode { .. } => "delete an entry by hand when its principal may lose all access",
        Refusal::LineGone { .. } | Refusal::BindingNeeded { .. } => {
            "delete the entry by hand, and the binding with it, when its principal may lose all access"
        }
    }
}

/// About what a run failed with, before it is resumed.
fn of_failure(failure: &Failure) -> Option<&'static str> {
    match failure {
        Failure::Call { source, .. }
        | Failure::Doubt { source, .. }
        | Failure::OtherUpdate { source, .. }
        | Failure::Observe(source) => of_call(source),
        Failure::Journal(JournalError::Write(_)) => {
            Some("free up space or fix permissions there: eksodus makes no change it cannot record")
        }
        Failure::Overtaken(_) => Some(NEW_PLAN),
        Failure::Unsafe { after, refusals } => of_unsafe(*after, refusals),
        Failure::Rollback(_) => Some("eksodus rollback shows what can be undone, and why not the rest"),
        Failure::Verify { .. } => Some("make a new plan to see what needs fixing"),
        Failure::Update { .. }
        | Failure::StillUpdating { .. }
        | Failure::NotSeen(_)
        | Failure::Journal(_)
        | Failure::JournalAgainstPlan { .. }
        | Failure::Plan(_) => None,
    }
}

/// About what became so while the phase was done. It was the last moment to be careful; now it is to be put right.
fn of_unsafe(after: Phase, refusals: &[Refusal]) -> Option<&'static str> {
    let is_own = |it: &Refusal| {
        matches!(
            it,
            Refusal::CallerLosesAccess { .. }
                | Refusal::CallerHasNoEntry { .. }
                | Refusal::CallerEntryGivesNothing { .. }
                | Refusal::CallerUnknown
        )
    };
    // who cannot get in cannot put anything right
    let first = refusals.iter().find(|it| is_own(it)).or(refusals.first())?;
    Some(match (after, first) {
        (_, it) if is_own(it) => {
            "create your own access entry now, through AWS: docs/operations.md, Locked out, has the commands"
        }
        (_, Refusal::NoOtherAdministrator | Refusal::AdministratorUnknown { .. }) => {
            "give a second principal AmazonEKSClusterAdminPolicy now"
        }
        (_, Refusal::NodeRole { .. }) => {
            "create the node role's access entry of the type named now, deleting one of another type: its nodes cannot rejoin"
        }
        (_, Refusal::NodesUnknown) => of_refusal(first),
        (Phase::ApiMode, _) => {
            "in API mode an access entry is the only access: create one for each principal named now; then eksodus verify"
        }
        _ => {
            "roll back, which restores the mappings, or create the missing access entries; then eksodus verify"
        }
    })
}

/// About a call that failed.
pub fn of_call(error: &ApiError) -> Option<&'static str> {
    match error {
        ApiError::Aws(error) => of_aws(error),
        ApiError::Kube(error) => of_kube(error),
    }
}

fn of_aws(error: &AwsError) -> Option<&'static str> {
    match error.kind {
        AwsErrorKind::Clock => Some(
            "set the clock of this machine, by NTP for example: AWS takes signatures that are off by five minutes at most",
        ),
        AwsErrorKind::Credentials => {
            Some("log in to AWS: `aws sts get-caller-identity` must work with the same profile and region")
        }
        AwsErrorKind::AccessDenied => Some("docs/permissions.md has the IAM policy that each command needs"),
        AwsErrorKind::NotFound if error.operation == "eks:DescribeCluster" => {
            Some("check --cluster, --region and --profile: `aws eks list-clusters`")
        }
        AwsErrorKind::Transport => Some("can this machine reach the AWS endpoints of the region?"),
        AwsErrorKind::Unreachable => Some(
            "check AWS_ENDPOINT_URL, HTTPS_PROXY and the profile's endpoint_url; AWS_CA_BUNDLE names the certificates of a proxy that opens TLS",
        ),
        AwsErrorKind::Unanswered => {
            Some("check what stands between this machine and AWS; --timeout SECONDS gives it more time")
        }
        AwsErrorKind::NotFound
        | AwsErrorKind::InUse
        | AwsErrorKind::InvalidParameter
        | AwsErrorKind::InvalidRequest
        | AwsErrorKind::LimitExceeded
        | AwsErrorKind::Throttled
        | AwsErrorKind::Server => None,
    }
}

fn of_kube(error: &KubeError) -> Option<&'static str> {
    match error.kind {
        KubeErrorKind::Forbidden => Some("docs/permissions.md has the roles that each command needs"),
        KubeErrorKind::Transport => {
            Some("can this machine reach the cluster's API endpoint? it may be private")
        }
        KubeErrorKind::Unreachable => {
            Some("check HTTPS_PROXY and the kubeconfig: `kubectl get --raw /readyz` must work from here")
        }
        KubeErrorKind::Unanswered => Some(
            "check what stands between this machine and the cluster; --timeout SECONDS gives it more time",
        ),
        KubeErrorKind::NotFound
        | KubeErrorKind::AlreadyExists
        | KubeErrorKind::Conflict
        | KubeErrorKind::Invalid
        | KubeErrorKind::Throttled
        | KubeErrorKind::Server => None,
    }
}
