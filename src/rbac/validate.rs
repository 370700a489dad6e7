//! What the API server refuses of roles and bindings (kubernetes: pkg/apis/rbac/validation/validation.go). A file can hold such
//! objects, and evaluation reads them all the same: each is worth a finding.

use serde_json::Value;

use super::native::GROUP;

/// A field that cannot be so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Invalid {
    /// Such as `rules[0].verbs`.
    pub field: String,
    pub why: InvalidWhy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum InvalidWhy {
    Required,
    Invalid,
    NotSupported,
    Forbidden,
}

/// What is refused of a ClusterRole, Role, ClusterRoleBinding or RoleBinding in the form of `rbac.authorization.k8s.io/v1`.
pub fn invalid(object: &Value) -> Vec<Invalid> {
    let kind = text(object, "kind");
    let mut found = Found(Vec::new());
    if matches!(kind, "Role" | "RoleBinding") && text(&object["metadata"], "namespace").is_empty() {
        found.add("metadata.namespace", InvalidWhy::Required);
    }
    if matches!(kind, "ClusterRole" | "Role") {
        for (index, rule) in list(object, "rules").iter().enumerate() {
            found.rule(rule, &format!("rules[{index}]"), kind);
        }
        if !object["aggregationRule"].is_null() {
            found.selectors(list(&object["aggregationRule"], "clusterRoleSelectors"));
        }
    } else {
        found.role_ref(&object["roleRef"], kind);
        for (index, subject) in list(object, "subjects").iter().enumerate() {
            found.subject(subject, &format!("subjects[{index}]"), kind);
        }
    }
    found.0
}

struct Found(Vec<Invalid>);

impl Found {
    fn add(&mut self, field: impl Into<String>, why: InvalidWhy) {
        self.0.push(Invalid { field: field.into(), why });
    }

    fn rule(&mut self, rule: &Value, at: &str, kind: &str) {
        let has = |field: &str| !list(rule, field).is_empty();
        if !has("verbs") {
            self.add(format!("{at}.verbs"), InvalidWhy::Required);
        }
        if has("nonResourceURLs") {
            let is_mixed = has("apiGroups") || has("resources") || has("resourceNames");
            // each for itself, as the API server tells them
            for _ in [kind == "Role", is_mixed].into_iter().filter(|is_wrong| *is_wrong) {
                self.add(format!("{at}.nonResourceURLs"), InvalidWhy::Invalid);
            }
            return;
        }
        for field in ["apiGroups", "resources"].into_iter().filter(|field| !has(field)) {
            self.add(format!("{at}.{field}"), InvalidWhy::Required);
        }
    }

    /// Apimachinery: pkg/apis/meta/v1/validation/validation.go.
    fn selectors(&mut self, selectors: &[Value]) {
        let at = "aggregationRule.clusterRoleSelectors";
        if selectors.is_empty() {
            self.add(at, InvalidWhy::Required);
        }
        for (index, selector) in selectors.iter().enumerate() {
            let mut is_readable = true;
            for (number, expression) in list(selector, "matchExpressions").iter().enumerate() {
                let at = format!("{at}[{index}].matchExpressions[{number}]");
                let has_values = !list(expression, "values").is_empty();
                let wrong = match text(expression, "operator") {
                    "In" | "NotIn" => (!has_values).then_some(("values", InvalidWhy::Required)),
                    "Exists" | "DoesNotExist" => has_values.then_some(("values", InvalidWhy::Forbidden)),
                    _ => Some(("operator", InvalidWhy::Invalid)),
                };
                if let Some((field, why)) = wrong {
                    is_readable = false;
                    self.add(format!("{at}.{field}"), why);
                }
            }
            if !is_readable {
                self.add(format!("{at}[{index}]"), InvalidWhy::Invalid);
            }
        }
    }

    fn role_ref(&mut self, role: &Value, kind: &str) {
        if !is_rbac(role) {
            self.add("roleRef.apiGroup", InvalidWhy::NotSupported);
        }
        let allowed =
            text(role, "kind") == "ClusterRole" || (kind == "RoleBinding" && text(role, "kind") == "Role");
        if !allowed {
            self.add("roleRef.kind", InvalidWhy::NotSupported);
        }
        if text(role, "name").is_empty() {
            self.add("roleRef.name", InvalidWhy::Required);
        }
    }

    fn subject(&mut self, subject: &Value, at: &str, kind: &str) {
        let name = text(subject, "name");
        if name.is_empty() {
            self.add(format!("{at}.name"), InvalidWhy::Required);
        }
        match text(subject, "kind") {
            "ServiceAccount" => {
                if !name.is_empty() && !is_dns_subdomain(name) {
                    self.add(format!("{at}.name"), InvalidWhy::Invalid);
                }
                if !text(subject, "apiGroup").is_empty() {
                    self.add(format!("{at}.apiGroup"), InvalidWhy::NotSupported);
                }
                if kind == "ClusterRoleBinding" && text(subject, "namespace").is_empty() {
                    self.add(format!("{at}.namespace"), InvalidWhy::Required);
                }
            }
            "User" | "Group" if is_rbac(subject) => {}
            "User" | "Group" => self.add(format!("{at}.apiGroup"), InvalidWhy::NotSupported),
            _ => self.add(format!("{at}.kind"), InvalidWhy::NotSupported),
        }
    }
}

/// An empty group is defaulted to RBAC's.
fn is_rbac(object: &Value) -> bool {
    matches!(text(object, "apiGroup"), "" | GROUP)
}

/// RFC 1123: labels of lower-case letters, digits and inner hyphens, between dots; 253 bytes at most.
fn is_dns_subdomain(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_label = |label: &str| {
        label.starts_with(is_plain)
            && label.ends_with(is_plain)
            && label.chars().all(|c| is_plain(c) || c == '-')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

fn text<'v>(object: &'v Value, field: &str) -> &'v str {
    object[field].as_str().unwrap_or_default()
}

fn list<'v>(object: &'v Value, field: &str) -> &'v [Value] {
    object[field].as_array().map_or(&[], Vec::as_slice)
}
