use std::collections::BTreeMap;

use crate::model::{GroupName, Token, UsernameTemplate};
use crate::rbac::{Binding, Rbac, RoleRef, Subject, SubjectKind};

/// The bindings a plan creates so that a renamed group or user keeps its rights, by namespace and name.
#[derive(Debug, Default)]
pub(super) struct Bindings {
    created: BTreeMap<(Option<String>, String), Binding>,
}

impl Bindings {
    pub(super) fn into_sorted(self) -> Vec<Binding> {
        self.created.into_values().collect()
    }

    /// Repeats every binding of the group `from` for the group `to`; their names, existing or to be created.
    pub(super) fn carry_group(&mut self, rbac: &Rbac, from: &str, to: &GroupName) -> Vec<String> {
        rbac.bindings
            .iter()
            .filter(|binding| names(binding, &SubjectKind::Group, from))
            .map(|binding| self.repeat(rbac, binding, subject(SubjectKind::Group, to.as_str())))
            .collect()
    }

    /// Repeats every binding whose User subject is what `from` renders to, for the same session of `to`.
    pub(super) fn carry_user(&mut self, rbac: &Rbac, from: &UsernameTemplate, to: &str) -> Vec<String> {
        let mut carried = Vec::new();
        for binding in &rbac.bindings {
            for bound in binding.subjects.iter().filter(|subject| subject.kind == SubjectKind::User) {
                let Some(session) = session_of(from.as_str(), &bound.name) else { continue };
                let renamed = UsernameTemplate::new(to)
                    .with(Token::SessionName, session)
                    .with(Token::SessionNameRaw, session)
                    .to_string();
                carried.push(self.repeat(rbac, binding, subject(SubjectKind::User, &renamed)));
            }
        }
        carried
    }

    /// Binds an own group to the ClusterRole `cluster-admin`, in place of `system:masters`.
    pub(super) fn masters(&mut self, rbac: Option<&Rbac>, group: &GroupName) -> String {
        let binding = Binding {
            namespace: None,
            name: format!("eksodus:cluster-admin:{}", segment(group.as_str())),
            role_ref: RoleRef { kind: "ClusterRole".to_owned(), name: "cluster-admin".to_owned() },
            subjects: vec![subject(SubjectKind::Group, group.as_str())],
        };
        let empty = Rbac::default();
        self.ensure(rbac.unwrap_or(&empty), binding)
    }

    fn repeat(&mut self, rbac: &Rbac, binding: &Binding, subject: Subject) -> String {
        let name = format!("{}:eksodus:{}", binding.name, segment(&subject.name));
        let Binding { namespace, name: _, role_ref, subjects: _ } = binding.clone();
        self.ensure(rbac, Binding { namespace, name, role_ref, subjects: vec![subject] })
    }

    /// Creates the binding unless one that grants the same is there already; its name.
    fn ensure(&mut self, rbac: &Rbac, mut binding: Binding) -> String {
        let grants_the_same = |other: &&Binding| {
            other.namespace == binding.namespace
                && other.role_ref == binding.role_ref
                && binding.subjects.iter().all(|subject| other.subjects.contains(subject))
        };
        if let Some(existing) = rbac.bindings.iter().find(grants_the_same) {
            return describe(existing);
        }
        let wanted = binding.name.clone();
        let taken = |name: &str| {
            rbac.bindings.iter().any(|other| other.namespace == binding.namespace && other.name == name)
        };
        let free = (1..).map(|n| if n == 1 { wanted.clone() } else { format!("{wanted}-{n}") });
        if let Some(name) = free.into_iter().find(|name| !taken(name)) {
            binding.name = name;
        }
        let description = describe(&binding);
        self.created.insert((binding.namespace.clone(), binding.name.clone()), binding);
        description
    }
}

/// `ClusterRoleBinding devs (ClusterRole edit)`.
pub(super) fn describe(binding: &Binding) -> String {
    let role = format!("{} {}", binding.role_ref.kind, binding.role_ref.name);
    match &binding.namespace {
        None => format!("ClusterRoleBinding {} ({role})", binding.name),
        Some(namespace) => format!("RoleBinding {namespace}/{} ({role})", binding.name),
    }
}

/// The bindings that name a group, described.
pub(super) fn of_group(rbac: Option<&Rbac>, group: &str) -> Vec<String> {
    match rbac {
        None => vec!["its bindings are not known: RBAC was not looked at".to_owned()],
        Some(rbac) => rbac
            .bindings
            .iter()
            .filter(|binding| names(binding, &SubjectKind::Group, group))
            .map(describe)
            .collect(),
    }
}

fn names(binding: &Binding, kind: &SubjectKind, name: &str) -> bool {
    binding.subjects.iter().any(|subject| subject.kind == *kind && subject.name == name)
}

fn subject(kind: SubjectKind, name: &str) -> Subject {
    Subject { kind, name: name.to_owned(), namespace: None }
}

/// RBAC names are path segments: no slash, no percent sign.
fn segment(name: &str) -> String {
    name.replace(['/', '%'], "-")
}

/// The session name that makes the template render to `name`; empty when it has none.
fn session_of<'n>(template: &str, name: &'n str) -> Option<&'n str> {
    let token = [Token::SessionName, Token::SessionNameRaw]
        .into_iter()
        .find(|token| template.contains(token.as_str()));
    let Some(token) = token else {
        return (template == name).then_some("");
    };
    let (before, after) = template.split_once(token.as_str())?;
    let session = name.strip_prefix(before)?.strip_suffix(after)?;
    // STS: RoleSessionName is 2 to 64 of these; the server has turned @ into -
    let legal = |b: u8| {
        b.is_ascii_alphanumeric() || b"_+=,.-".contains(&b) || (b == b'@' && token == Token::SessionNameRaw)
    };
    ((2..=64).contains(&session.len()) && session.bytes().all(legal)).then_some(session)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rbac(kind: SubjectKind, name: &str) -> Rbac {
        let binding = Binding {
            namespace: Some("shop".into()),
            name: "editors".into(),
            role_ref: RoleRef { kind: "ClusterRole".into(), name: "edit".into() },
            subjects: vec![subject(kind, name)],
        };
        Rbac { roles: Vec::new(), bindings: vec![binding] }
    }

    #[test]
    fn a_session_is_found_within_its_template() {
        assert_eq!(session_of("{{SessionName}}", "alice"), Some("alice"));
        assert_eq!(session_of("dev-{{SessionName}}", "dev-alice"), Some("alice"));
        assert_eq!(session_of("dev-{{SessionName}}", "ops-alice"), None);
        assert_eq!(session_of("{{SessionName}}", "system:kube-proxy"), None);
        assert_eq!(session_of("alice", "alice"), Some(""));
        assert_eq!(session_of("dev-{{SessionName}}", "dev-"), None);
    }

    #[test]
    fn a_renamed_user_keeps_what_its_sessions_were_bound_to() {
        let mut bindings = Bindings::default();
        let rbac = rbac(SubjectKind::User, "alice");
        let carried =
            bindings.carry_user(&rbac, &UsernameTemplate::new("{{SessionName}}"), "dev:{{SessionName}}");
        assert_eq!(carried.len(), 1);
        let created = bindings.into_sorted();
        assert_eq!(created[0].subjects, [subject(SubjectKind::User, "dev:alice")]);
        assert_eq!(
            (created[0].namespace.as_deref(), created[0].role_ref.name.as_str()),
            (Some("shop"), "edit")
        );
    }

    #[test]
    fn what_grants_the_same_is_not_created_again() {
        let mut rbac = rbac(SubjectKind::Group, "system:ci");
        let to = GroupName::new("ci").unwrap();
        let mut first = Bindings::default();
        first.carry_group(&rbac, "system:ci", &to);
        rbac.bindings.extend(first.into_sorted());
        let mut second = Bindings::default();
        assert_eq!(second.carry_group(&rbac, "system:ci", &to).len(), 1);
        assert!(second.into_sorted().is_empty());
    }
}
