use std::borrow::Cow;

use jiff::Timestamp;
use serde::Serialize;

use crate::model::{GroupName, IamArn};

/// One request, as the API server wrote it down. Texts that the log leaves out are empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent<'a> {
    pub stage: Stage,
    /// A verb of Kubernetes; for paths, the HTTP method in lower case.
    pub verb: Cow<'a, str>,
    /// Who authenticated.
    pub user: User<'a>,
    /// Whom they stood for (`--as`): that user was asked about.
    pub impersonated: Option<User<'a>>,
    pub target: Target<'a>,
    /// `None`: authorizers were not asked, as for a login that failed or for an impersonation that was refused.
    pub decision: Option<Decision>,
    /// `RBAC: allowed by …`; empty for denials and where no rule was needed.
    pub reason: Cow<'a, str>,
    /// HTTP; absent while a response goes on.
    pub code: Option<u16>,
    /// When it came in; `None` when the text is no time.
    pub time: Option<Timestamp>,
}

/// What part of a request an event tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    RequestReceived,
    /// A response that goes on, such as a watch.
    ResponseStarted,
    ResponseComplete,
    Panic,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    Allow,
    Forbid,
}

/// A user of Kubernetes, and what the authenticator tells of their AWS identity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct User<'a> {
    pub username: Cow<'a, str>,
    pub groups: Vec<Cow<'a, str>>,
    /// `aws-iam-authenticator:ACCOUNT:AROA…` for logins by IAM; `heptio-authenticator-aws:…` in old logs.
    pub uid: Cow<'a, str>,
    /// As STS or IAM names the login.
    pub arn: Cow<'a, str>,
    /// That of the IAM principal, for roles without their path.
    pub canonical_arn: Cow<'a, str>,
    /// `AROA…` or `AIDA…`.
    pub principal_id: Cow<'a, str>,
    /// Empty for IAM users.
    pub session_name: Cow<'a, str>,
}

/// What a request is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target<'a> {
    Resource(ObjectRef<'a>),
    /// A request that is about no resource.
    Path(Cow<'a, str>),
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectRef<'a> {
    pub resource: Cow<'a, str>,
    pub subresource: Cow<'a, str>,
    /// Empty: the core group.
    pub api_group: Cow<'a, str>,
    pub namespace: Cow<'a, str>,
    pub name: Cow<'a, str>,
}

/// Which authorizer decided, by the prefix of the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecidedBy {
    Rbac,
    AccessPolicy,
    /// The Node authorizer, a webhook.
    Other,
    /// No reason: `system:masters`, or nobody allowed it.
    Unsaid,
}

impl DecidedBy {
    pub(super) const COUNT: usize = 4;

    pub(super) fn index(self) -> usize {
        match self {
            Self::Rbac => 0,
            Self::AccessPolicy => 1,
            Self::Other => 2,
            Self::Unsaid => 3,
        }
    }
}

const UID_PREFIXES: [&str; 2] = ["aws-iam-authenticator:", "heptio-authenticator-aws:"];

impl<'a> AuditEvent<'a> {
    /// Whom the authorizers were asked about.
    pub fn asked_about(&self) -> &User<'a> {
        self.impersonated.as_ref().unwrap_or(&self.user)
    }

    /// Nobody authenticated: there is no user to speak of. A mapping may leave the name of a login empty.
    pub fn is_unauthenticated(&self) -> bool {
        self.code == Some(401) || (self.user.username.is_empty() && !self.user.is_iam_login())
    }

    pub fn decided_by(&self) -> DecidedBy {
        match &*self.reason {
            "" => DecidedBy::Unsaid,
            reason if reason.starts_with("RBAC:") => DecidedBy::Rbac,
            reason if reason.starts_with("EKS Access Policy:") => DecidedBy::AccessPolicy,
            _ => DecidedBy::Other,
        }
    }
}

impl User<'_> {
    /// Who authenticated by IAM is told by the uid, and by nothing that a mapping could have chosen.
    pub fn is_iam_login(&self) -> bool {
        UID_PREFIXES.iter().any(|prefix| self.uid.starts_with(prefix))
    }

    /// The unique id of the IAM principal, which tells a recreated one from the old one. Empty when the log has none.
    pub fn principal(&self) -> &str {
        if !self.principal_id.is_empty() || !self.is_iam_login() {
            return &self.principal_id;
        }
        self.uid.rsplit(':').next().unwrap_or_default()
    }

    /// The ARN that mappings and entries are found by; old logs have only that of the session.
    pub fn canonical(&self) -> Cow<'_, str> {
        if !self.canonical_arn.is_empty() || self.arn.is_empty() {
            return Cow::Borrowed(&*self.canonical_arn);
        }
        self.arn.parse::<IamArn>().map_or(Cow::Borrowed(&*self.arn), |arn| Cow::Owned(arn.canonical()))
    }

    /// Kubernetes' and EKS's own identities. Nodes among them authenticate by IAM.
    pub fn is_of_the_system(&self) -> bool {
        let of_kubernetes = self.username.strip_prefix("system:").is_some_and(|name| {
            name == "apiserver" || ["serviceaccount:", "kube-", "node:"].iter().any(|of| name.starts_with(of))
        });
        of_kubernetes || self.username.starts_with("eks:")
    }

    /// As `mapAccounts` authenticates: by the name of the principal's ARN, and without groups.
    pub fn is_as_of_an_account(&self) -> bool {
        self.username == self.canonical() && self.groups.iter().all(|group| group == GroupName::AUTHENTICATED)
    }
}
