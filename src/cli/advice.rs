//! What to do about what a cluster said. The library says what is wrong, and no more.

use eksodus::eks::{AwsError, AwsErrorKind};
use eksodus::executor::journal::JournalError;
use eksodus::executor::{ApiError, Ending, Failure, Refusal};
use eksodus::kube::{KubeError, KubeErrorKind};

const NEW_PLAN: &str = "make a new plan from what is there now";

/// About guards that refused: one thing to do, about the one that leaves no other way, else about the first. `is_begun`:
/// calls of this run took effect, so that it is the run to be gone on with.
pub fn of_refusals(refusals: &[Refusal], is_begun: bool) -> Option<&'static str> {
    if is_begun && refusals.iter().any(|refusal| matches!(refusal, Refusal::Stale { .. })) {
        return Some(NEW_PLAN);
    }
    let last_word = |refusal: &&Refusal| matches!(refusal, Refusal::DeletesInApiMode { .. });
    refusals.iter().find(last_word).or(refusals.first()).map(of_refusal)
}

fn of_refusal(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Irreversible { .. } => {
            "AWS has no way back from it: pass --allow-irreversible, or stop earlier with --through"
        }
        Refusal::Stale { .. } => "make a new plan; or, if an earlier run of this one stopped, add --resume",
        Refusal::OtherCluster { .. } | Refusal::NoCluster => "make a plan for this cluster",
        Refusal::Edited { .. } => "make a new plan; decisions belong in eksodus.yaml",
        Refusal::Changed { .. }
        | Refusal::NeedsNewPlan { .. }
        | Refusal::ChangedSince { .. }
        | Refusal::UnknownLine { .. } => NEW_PLAN,
        Refusal::NoOtherAdministrator => {
            "give a second principal AmazonEKSClusterAdminPolicy, and plan again"
        }
        Refusal::CallerLosesAccess { .. } | Refusal::CallerHasNoEntry { .. } => {
            "run it as another administrator, or give your own principal a line in aws-auth and plan again"
        }
        Refusal::CallerUnknown => "`aws sts get-caller-identity` must work with the same profile and region",
        Refusal::NotCovered { .. } | Refusal::NotPrunable { .. } => {
            "eksodus verify names what is missing; make a new plan from what is there now"
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
        Refusal::DeletesInApiMode { .. } => {
            "there is no rollback from API mode; delete an entry by hand when its principal may lose all access"
        }
        Refusal::LineGone { .. } | Refusal::BindingNeeded { .. } => {
            "delete the entry by hand, and the binding with it, when its principal may lose all access"
        }
    }
}

/// About what a run failed with, before it is gone on with.
pub fn of_failure(failure: &Failure) -> Option<&'static str> {
    match failure {
        Failure::Call { source, .. }
        | Failure::Doubt { source, .. }
        | Failure::OtherUpdate { source, .. }
        | Failure::Observe(source) => of_call(source),
        Failure::Journal(JournalError::Write(_)) => {
            Some("make room or give access there: no call is made that cannot be written down")
        }
        Failure::Overtaken(_) => Some("somebody else was faster: make a new plan from what is there now"),
        Failure::Verify { .. } => Some("a plan made now shows what it would take to put it right"),
        Failure::Update { .. }
        | Failure::StillUpdating { .. }
        | Failure::NotSeen(_)
        | Failure::Journal(_)
        | Failure::JournalAgainstPlan { .. }
        | Failure::Plan(_) => None,
    }
}

/// Whether the same plan would only be refused again.
pub fn is_over(ending: &Ending) -> bool {
    let passes = |refusal: &Refusal| {
        matches!(refusal, Refusal::NodesUnknown | Refusal::CallerUnknown | Refusal::Irreversible { .. })
    };
    match ending {
        Ending::Refused(refusals) => !refusals.iter().all(passes),
        Ending::Failed(Failure::Overtaken(_)) => true,
        Ending::Failed(_) | Ending::Done | Ending::Blocked(_) | Ending::Interrupted => false,
    }
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
            Some("look at --cluster, --region and --profile: `aws eks list-clusters`")
        }
        AwsErrorKind::Transport => Some("can this machine reach the AWS endpoints of the region?"),
        AwsErrorKind::Unreachable => Some(
            "look at AWS_ENDPOINT_URL, HTTPS_PROXY and the profile's endpoint_url; AWS_CA_BUNDLE names the certificates of a proxy that opens TLS",
        ),
        AwsErrorKind::Unanswered => {
            Some("look at what stands between this machine and AWS; --timeout SECONDS gives it more time")
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
            Some("look at HTTPS_PROXY and the kubeconfig: `kubectl get --raw /readyz` must work from here")
        }
        KubeErrorKind::Unanswered => Some(
            "look at what stands between this machine and the cluster; --timeout SECONDS gives it more time",
        ),
        KubeErrorKind::NotFound
        | KubeErrorKind::AlreadyExists
        | KubeErrorKind::Conflict
        | KubeErrorKind::Invalid
        | KubeErrorKind::Throttled
        | KubeErrorKind::Server => None,
    }
}
