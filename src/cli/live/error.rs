use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use eksodus::eks::aws::{ConnectError as AwsConnectError, InvalidOtherAccount, NoEndpoint};
use eksodus::eks::{AwsErrorKind, log_group};
use eksodus::journal::s3::{InvalidS3Url, S3Error};
use eksodus::kube::client::ConnectError as KubeConnectError;
use eksodus::model::ClusterId;
use eksodus::observe::ApiError;
use eksodus::preflight::{Extra, Needed, Task, needs_of_tasks};
use eksodus::render::shell_word;

use crate::cli::output::{Exit, advice};

/// Why the network is of no use.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    #[error("nothing is reachable")]
    Runtime(#[source] io::Error),
    #[error("--assume-role-for")]
    OtherAccount(#[source] InvalidOtherAccount),
    #[error("cannot reach AWS")]
    Aws(#[source] AwsConnectError),
    #[error("cannot reach Kubernetes")]
    Kube(#[source] KubeConnectError),
    #[error(transparent)]
    Endpoint(#[from] NoEndpoint),
    #[error("the kubeconfig leads to {kubeconfig}, but {cluster} is at {eks}")]
    OtherServer { cluster: String, eks: String, kubeconfig: String },
    #[error("--cluster names {named}, but your credentials lead to {found}")]
    OtherCluster { named: String, found: String },
    #[error("--state")]
    State(#[from] InvalidS3Url),
    #[error(transparent)]
    S3(#[from] S3Error),
    #[error("{} is a snapshot of {found}, not of {this}", path.display())]
    OtherSnapshot { path: PathBuf, found: String, this: String },
    #[error("{address} is reachable by others: anyone who can reach it has full control")]
    OpenDoor { address: SocketAddr },
    #[error("cannot listen on {address}")]
    Serve { address: SocketAddr, source: io::Error },
    #[error("cannot read the audit log in {}", log_group(&id.name))]
    AuditLog { id: Box<ClusterId>, source: ApiError },
    #[error("AWS_CA_BUNDLE {}", path.display())]
    CaBundle { path: PathBuf, source: io::Error },
}

impl LiveError {
    pub fn exit(&self) -> Exit {
        match self {
            Self::OtherAccount(_) | Self::State(_) | Self::OpenDoor { .. } => Exit::Usage,
            Self::OtherServer { .. }
            | Self::OtherCluster { .. }
            | Self::Endpoint(NoEndpoint::Foreign { .. })
            | Self::OtherSnapshot { .. } => Exit::Refused,
            Self::Runtime(_)
            | Self::Aws(_)
            | Self::Kube(_)
            | Self::Endpoint(NoEndpoint::Aws(_))
            | Self::S3(_)
            | Self::Serve { .. }
            | Self::AuditLog { .. }
            | Self::CaBundle { .. } => Exit::Error,
        }
    }

    /// One thing to do.
    pub fn hint(&self) -> Option<String> {
        Some(
            match self {
                Self::OtherAccount(_) => "pass ACCOUNT=ROLE_ARN, or ACCOUNT=PROFILE",
                Self::Aws(AwsConnectError::NoRegion) => "pass --region, or set AWS_REGION",
                Self::Aws(_) => "`aws sts get-caller-identity` must work with the same profile and region",
                Self::Kube(_) => "`kubectl get --raw /readyz` must work with the same kubeconfig",
                Self::Endpoint(NoEndpoint::Foreign { .. }) => {
                    "check what answers for EKS; for an emulator, set AWS_ENDPOINT_URL, or endpoint_url in the profile"
                }
                Self::OtherServer { .. } => {
                    "pass the context of this cluster, or omit --kubeconfig and --context to use your AWS credentials"
                }
                Self::OtherCluster { .. } => "pass --profile or --role-arn of the account of the cluster",
                Self::OtherSnapshot { .. } => "pass another folder with --out",
                Self::OpenDoor { .. } => "listen on 127.0.0.1, or pass --allow-remote",
                Self::Serve { .. } => "is the port in use? 127.0.0.1:0 picks a free one",
                Self::State(_) => "pass a folder, or s3://BUCKET/PREFIX",
                Self::AuditLog { id, source } => return of_audit_log(id, source),
                Self::Endpoint(NoEndpoint::Aws(_))
                | Self::Runtime(_)
                | Self::S3(_) | Self::CaBundle { .. } => return None,
            }
            .to_owned(),
        )
    }
}

fn of_audit_log(id: &ClusterId, error: &ApiError) -> Option<String> {
    if error.is_not_found() {
        let (region, name) = (shell_word(&id.region), shell_word(&id.name));
        return Some(format!(
            "audit logging was never on; this switches it on, and from then on there is a log: \
             aws eks update-cluster-config --region {region} --name {name} \
             --logging '{{\"clusterLogging\":[{{\"types\":[\"audit\"],\"enabled\":true}}]}}'"
        ));
    }
    if error.is_denied() {
        let statements = needs_of_tasks(&[Task::AuditLog], id, Extra::default()).into_iter();
        let statements = statements.filter_map(|need| match need.what {
            Needed::Iam { action, resource, .. } => {
                Some(format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}"#))
            }
            Needed::Kube { .. } => None,
        });
        return Some(format!("add to your IAM policy: {}", statements.collect::<Vec<_>>().join(", ")));
    }
    match error {
        ApiError::Aws(error) if error.kind == AwsErrorKind::Unanswered => Some(
            "pass a longer --timeout or fewer --audit-days; or export the log to S3, and pass it to --audit-log"
                .to_owned(),
        ),
        _ => advice::of_call(error).map(str::to_owned),
    }
}
