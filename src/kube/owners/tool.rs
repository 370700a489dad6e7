use std::fmt;

pub(super) const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The manager in `managedFields` of a client that names neither a manager nor, in its `User-Agent`, itself.
pub(crate) const UNNAMED: &str = "unknown";

/// The manager of a controller whose author has given it no name: that of its program.
pub(super) const CONTROLLER: &str = "manager";

/// The default node role of Cluster API's provider for AWS, which that maps whenever it reconciles, whatever it is told to map
/// besides (cluster-api-provider-aws, ReconcileIAMAuthenticator).
pub(super) const CLUSTER_API_NODES: &str = "nodes.cluster-api-provider-aws.sigs.k8s.io";

/// Something that writes ConfigMaps.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tool {
    ArgoCd,
    Flux,
    Terraform,
    Pulumi,
    /// Its Kubernetes resources are applied by a Lambda function with kubectl.
    Cdk,
    Helm,
    /// `kubectl apply`, by a person or a pipeline.
    KubectlApply,
    Eksctl,
    /// Its provider for AWS, in a management cluster.
    ClusterApi,
    /// EKS itself, when a managed node group or a Fargate profile is made.
    Eks,
    /// By its name in `managedFields`, or by the value of `app.kubernetes.io/managed-by`.
    Other(String),
    /// A client that told the API server no name, which writes down `unknown`.
    Unnamed,
}

/// What becomes of lines that somebody else cuts out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returns {
    /// A controller puts them back within minutes.
    AtOnce,
    /// They come back when it is run again, unless they are taken out of its source first.
    NextRun,
    /// It adds lines for what it makes, and leaves others alone.
    NewLines,
    Unknown,
}

impl Tool {
    pub fn returns(&self) -> Returns {
        match self {
            Self::ArgoCd | Self::Flux | Self::ClusterApi => Returns::AtOnce,
            Self::Terraform | Self::Pulumi | Self::Cdk | Self::Helm | Self::KubectlApply => Returns::NextRun,
            Self::Eksctl | Self::Eks => Returns::NewLines,
            Self::Other(_) | Self::Unnamed => Returns::Unknown,
        }
    }

    /// How `aws-auth` is taken out of its hands before mappings are removed, in short; `docs/hand-over.md` has all of it.
    /// `None` where nothing has to be done, or nobody knows what.
    pub fn hand_over(&self) -> Option<&'static str> {
        Some(match self {
            Self::Terraform => {
                "before prune: `terraform state rm` of its resource, remove it from the code, and see an empty plan (never destroy it)"
            }
            Self::Pulumi => {
                "migrate up to api-mode with --prune none; then set authenticationMode API in its program, which deletes the ConfigMap"
            }
            Self::Cdk => {
                "before prune: retain the manifest of AwsAuth (RemovalPolicy.RETAIN), deploy, remove awsAuth from the stack, and deploy"
            }
            Self::Helm => {
                "before prune: annotate it in the chart with helm.sh/resource-policy: keep, upgrade, remove it from the chart, and upgrade"
            }
            Self::ArgoCd => {
                "before prune: annotate it in Git with argocd.argoproj.io/sync-options: Prune=false, sync, and remove it from Git"
            }
            Self::Flux => {
                "before prune: annotate it in Git with kustomize.toolkit.fluxcd.io/prune: disabled, reconcile, and remove it from Git"
            }
            Self::KubectlApply => "before prune: remove its manifest from wherever it is applied from",
            Self::Eksctl => "before prune: remove iamIdentityMappings from the cluster's file",
            Self::ClusterApi => {
                "remove iamAuthenticatorConfig from its control plane, and migrate with --prune none: the mapping of its node role comes back even then"
            }
            Self::Eks | Self::Other(_) | Self::Unnamed => return None,
        })
    }

    /// `None`: this program.
    pub(super) fn of_manager(manager: &str, operation: &str) -> Option<Self> {
        let name = manager.to_ascii_lowercase();
        let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
        Some(match name.as_str() {
            "eksodus" => return None,
            "" | UNNAMED => Self::Unnamed,
            // the Terraform provider writes as HashiCorp, and as Terraform where it applies on the server's side
            _ if starts(&["terraform", "hashicorp", "opentofu"]) => Self::Terraform,
            "helm" => Self::Helm,
            _ if starts(&["argocd"]) => Self::ArgoCd,
            "kustomize-controller" | "helm-controller" | "flux" => Self::Flux,
            _ if starts(&["pulumi"]) => Self::Pulumi,
            "eksctl" => Self::Eksctl,
            // what EKS's own lines are written as
            "vpclambda" | "eks" => Self::Eks,
            "kubectl-client-side-apply" => Self::KubectlApply,
            "kubectl" if operation == "Apply" => Self::KubectlApply,
            _ => Self::Other(manager.to_owned()),
        })
    }

    /// By a label or an annotation; most say nothing about who manages the object.
    pub(super) fn of_mark(key: &str, value: &str) -> Option<Self> {
        let (domain, name) = key.split_once('/').unwrap_or(("", key));
        Some(match domain {
            "argocd.argoproj.io" => Self::ArgoCd,
            "kustomize.toolkit.fluxcd.io" | "helm.toolkit.fluxcd.io" => Self::Flux,
            "meta.helm.sh" => Self::Helm,
            "aws.cdk.eks" => Self::Cdk,
            "pulumi.com" => Self::Pulumi,
            _ if key == LAST_APPLIED => Self::KubectlApply,
            "app.kubernetes.io" if name == "managed-by" => Self::of_manager(value, "")?,
            _ => return None,
        })
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ArgoCd => "Argo CD",
            Self::Flux => "Flux",
            Self::Terraform => "Terraform",
            Self::Pulumi => "Pulumi",
            Self::Cdk => "AWS CDK",
            Self::Helm => "Helm",
            Self::KubectlApply => "kubectl apply",
            Self::Eksctl => "eksctl",
            Self::ClusterApi => "Cluster API",
            Self::Eks => "EKS",
            Self::Other(name) => name,
            Self::Unnamed => "an unnamed client",
        })
    }
}

impl fmt::Display for Returns {
    /// Said of the tool, such as `may restore removed mappings`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AtOnce => "will restore removed mappings by itself, within minutes",
            Self::NextRun => {
                "will restore removed mappings on its next run unless you remove them there first"
            }
            Self::NewLines => "adds mappings for the resources it creates",
            Self::Unknown => "may restore removed mappings",
        })
    }
}
