use std::fmt;

use serde::{Deserialize, Serialize};

use super::coverage::Atom;

/// What somebody can do with a permission, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Consequence {
    /// Everything.
    Admin,
    /// To give oneself more: escalate, bind, impersonate, RBAC's own objects, tokens, certificates, webhooks.
    Escalate,
    Secrets,
    /// To run something in a container of somebody else's, or on a node.
    Exec,
    /// A `*`: also what is not there yet.
    Wildcard,
    Other,
}

impl Consequence {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "administrator",
            Self::Escalate => "can escalate",
            Self::Secrets => "secrets",
            Self::Exec => "exec",
            Self::Wildcard => "wildcard",
            Self::Other => "other",
        }
    }

    /// Kubernetes documents what each of these leads to (kubernetes.io: "RBAC good practices", "Privilege escalation risks").
    pub(super) fn of(atom: &Atom<'_>) -> Self {
        let Atom::Resource { group, resource, verb, name: _ } = atom else {
            return match atom {
                Atom::Url { url: "*", verb: "*" } => Self::Admin,
                Atom::Url { url, verb } if url.ends_with('*') || *verb == "*" => Self::Wildcard,
                _ => Self::Other,
            };
        };
        let any = |text: &str| text == "*";
        let writes = matches!(*verb, "*" | "create" | "update" | "patch");
        if any(group) && any(resource) && any(verb) {
            return Self::Admin;
        }
        let escalates = match (*group, *resource) {
            _ if matches!(*verb, "escalate" | "bind" | "impersonate" | "approve" | "sign") => true,
            (
                "*" | "rbac.authorization.k8s.io",
                "*" | "roles" | "clusterroles" | "rolebindings" | "clusterrolebindings",
            ) => writes,
            ("" | "*", "serviceaccounts/token" | "nodes/proxy") => true,
            (
                "*" | "admissionregistration.k8s.io",
                "mutatingwebhookconfigurations" | "validatingwebhookconfigurations",
            ) => writes,
            ("*" | "certificates.k8s.io", "certificatesigningrequests/approval") => writes,
            _ => false,
        };
        match (*group, *resource) {
            _ if escalates => Self::Escalate,
            ("" | "*", "secrets" | "*") if matches!(*verb, "*" | "get" | "list" | "watch") => Self::Secrets,
            ("" | "*", "pods/exec" | "pods/attach" | "pods/ephemeralcontainers" | "*/exec") => Self::Exec,
            _ if any(group) || any(resource) || any(verb) => Self::Wildcard,
            _ => Self::Other,
        }
    }
}

impl fmt::Display for Consequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
