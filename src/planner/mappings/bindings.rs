//! The bindings that a plan creates, and what bindings give, described.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{GroupName, UsernameTemplate};
use crate::rbac::{Binding, BindingRef, Index, Rbac, RoleRef, Subject, SubjectKind};

/// The bindings a plan creates so that a renamed group or user keeps its rights, by namespace and name.
#[derive(Debug, Clone, Default)]
pub(in crate::planner) struct Bindings {
    created: BTreeMap<(Option<String>, String), Binding>,
}

impl Bindings {
    /// Whom the bindings name.
    pub fn subjects(&self) -> BTreeSet<(SubjectKind, &str)> {
        let subjects = self.created.values().flat_map(|binding| &binding.subjects);
        subjects.map(|subject| (subject.kind.clone(), subject.name.as_str())).collect()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Binding> {
        self.created.values()
    }

    pub fn is_empty(&self) -> bool {
        self.created.is_empty()
    }

    /// Repeats every binding of the group `from` for the group `to`; existing ones, or to be created.
    pub fn carry_group(&mut self, rbac: &Rbac, from: &str, to: &GroupName) -> Vec<BindingRef> {
        rbac.bindings
            .iter()
            .filter(|binding| !is_repeated(binding) && names(binding, &SubjectKind::Group, from))
            .map(|binding| self.repeat(rbac, binding, subject(SubjectKind::Group, to.as_str())))
            .collect()
    }

    /// Repeats bindings, each for the username that one of its logins is to have.
    pub fn carry_users(&mut self, rbac: &Rbac, renamed: &[(&Binding, String)]) -> Vec<BindingRef> {
        renamed
            .iter()
            .map(|(binding, to)| self.repeat(rbac, binding, subject(SubjectKind::User, to)))
            .collect()
    }

    /// Binds an own group to the ClusterRole `cluster-admin`, in place of `system:masters`.
    pub fn masters(&mut self, rbac: Option<&Rbac>, group: &GroupName) -> BindingRef {
        let binding = Binding {
            namespace: None,
            name: format!("eksodus:cluster-admin:{}", segment(group.as_str())),
            role_ref: RoleRef { kind: "ClusterRole".to_owned(), name: "cluster-admin".to_owned() },
            subjects: vec![subject(SubjectKind::Group, group.as_str())],
        };
        let empty = Rbac::default();
        self.ensure(rbac.unwrap_or(&empty), binding)
    }

    fn repeat(&mut self, rbac: &Rbac, binding: &Binding, subject: Subject) -> BindingRef {
        let name = format!("{}{REPEATED}{}", binding.name, segment(&subject.name));
        let Binding { namespace, name: _, role_ref, subjects: _ } = binding.clone();
        self.ensure(rbac, Binding { namespace, name, role_ref, subjects: vec![subject] })
    }

    /// Creates the binding unless one that grants the same is there already.
    fn ensure(&mut self, rbac: &Rbac, mut binding: Binding) -> BindingRef {
        let grants_the_same = |other: &&Binding| {
            other.namespace == binding.namespace
                && other.role_ref == binding.role_ref
                && binding.subjects.iter().all(|subject| other.subjects.contains(subject))
        };
        if let Some(existing) = rbac.bindings.iter().find(grants_the_same) {
            return existing.into();
        }
        let wanted = binding.name.clone();
        let taken = |name: &str| {
            let at = (binding.namespace.clone(), name.to_owned());
            let by_another = self.created.get(&at).is_some_and(|other| other.subjects != binding.subjects);
            by_another
                || rbac
                    .bindings
                    .iter()
                    .any(|other| other.namespace == binding.namespace && other.name == name)
        };
        let free = (1..).map(|n| if n == 1 { wanted.clone() } else { format!("{wanted}-{n}") });
        if let Some(name) = free.into_iter().find(|name| !taken(name)) {
            binding.name = name;
        }
        let reference = BindingRef::from(&binding);
        self.created.insert((binding.namespace.clone(), binding.name.clone()), binding);
        reference
    }
}

/// Between the name of a binding and whom it is repeated for.
const REPEATED: &str = ":eksodus:";

/// Repeated for one name by an earlier plan: it says nothing of what anybody holds by another.
pub(super) fn is_repeated(binding: &Binding) -> bool {
    binding.name.contains(REPEATED)
}

/// The bindings that name a group; `None`: RBAC was not looked at.
pub(super) fn of_group(index: Option<&Index<'_>>, group: &str) -> Option<Vec<BindingRef>> {
    Some(index?.bindings_of_group(group).iter().map(|binding| BindingRef::from(*binding)).collect())
}

/// The bindings by `User` of names that a login makes of the template.
pub(super) fn of_username(
    index: Option<&Index<'_>>,
    template: &UsernameTemplate,
) -> impl Iterator<Item = BindingRef> {
    let bound = index.into_iter().flat_map(|index| index.bindings_of_template(template));
    let bindings: BTreeSet<BindingRef> =
        bound.flat_map(|(_, bindings)| bindings.iter().map(|it| BindingRef::from(*it))).collect();
    bindings.into_iter()
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
    fn a_repeated_binding_is_not_repeated_for_another_name() {
        let mut rbac = rbac(SubjectKind::Group, "system:ci");
        let name = |text: &str| GroupName::new(text).unwrap();
        let mut first = Bindings::default();
        first.carry_group(&rbac, "system:ci", &name("ci"));
        rbac.bindings.extend(first.iter().cloned());
        assert!(Bindings::default().carry_group(&rbac, "ci", &name("x")).is_empty());
    }

    #[test]
    fn names_that_look_alike_as_path_segments_get_bindings_of_their_own() {
        let mut rbac = rbac(SubjectKind::Group, "system:ci");
        rbac.bindings[0].subjects.push(subject(SubjectKind::Group, "system:cd"));
        let mut bindings = Bindings::default();
        for (from, to) in [("system:ci", "x/y"), ("system:cd", "x-y")] {
            bindings.carry_group(&rbac, from, &GroupName::new(to).unwrap());
        }
        let created: Vec<&Binding> = bindings.iter().collect();
        let bound: Vec<&str> = created.iter().map(|binding| binding.subjects[0].name.as_str()).collect();
        assert_eq!(bound.len(), 2, "{created:?}");
        assert!(bound.contains(&"x/y") && bound.contains(&"x-y"));
    }

    #[test]
    fn what_grants_the_same_is_not_created_again() {
        let mut rbac = rbac(SubjectKind::Group, "system:ci");
        let to = GroupName::new("ci").unwrap();
        let mut first = Bindings::default();
        first.carry_group(&rbac, "system:ci", &to);
        rbac.bindings.extend(first.iter().cloned());
        let mut second = Bindings::default();
        assert_eq!(second.carry_group(&rbac, "system:ci", &to).len(), 1);
        assert!(second.is_empty());
    }
}
