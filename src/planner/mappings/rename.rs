//! A username that changes, and the bindings by `User` that name the old one or the new one.

use std::collections::BTreeSet;

use super::bindings::{Bindings, is_repeated};
use crate::facts::{is_one_to_one, session_of, written};
use crate::model::{PrincipalArn, Token, UsernameTemplate};
use crate::planner::Note;
use crate::rbac::{Binding, BindingRef, Rbac, SubjectKind, could_become};

/// A username that changes: the bindings of the old one are copied for the new one where that gives nobody else anything.
pub(super) fn username_changed(
    rbac: Option<&Rbac>,
    bindings: &mut Bindings,
    principal: &PrincipalArn,
    from: &UsernameTemplate,
    to: &UsernameTemplate,
) -> Note {
    let renamed = rbac.map(|rbac| rename(rbac, principal, from, to)).unwrap_or_default();
    Note::UsernameChanged {
        from: from.to_string(),
        to: to.to_string(),
        carried: rbac.map_or_else(Vec::new, |rbac| bindings.carry_users(rbac, &renamed.carried)),
        left: renamed.left,
        gained: renamed.gained,
        unchecked: rbac.is_none(),
    }
}

/// What bindings by `User` make of a username that changes.
#[derive(Debug, Default)]
pub(super) struct Renamed<'r> {
    /// Bindings to be repeated, each with the username of the same login by the new name.
    pub carried: Vec<(&'r Binding, String)>,
    /// Bindings that name the old one, and whose right no repetition would give to the same login alone.
    pub left: BTreeSet<BindingRef>,
    /// Bindings that name the new one, and give what the old one is not given.
    pub gained: BTreeSet<BindingRef>,
}

/// Looks through all bindings for logins of the principal under both of its names.
pub(super) fn rename<'r>(
    rbac: &'r Rbac,
    principal: &PrincipalArn,
    from: &UsernameTemplate,
    to: &UsernameTemplate,
) -> Renamed<'r> {
    let mut renamed = Renamed::default();
    for (binding, name) in users(rbac) {
        match session_of(principal, from, name) {
            _ if is_repeated(binding) => {}
            Some(session) if is_one_to_one(principal, from, to, session) => {
                renamed.carried.push((binding, written(to, session)));
            }
            Some(_) => drop(renamed.left.insert(binding.into())),
            None if could_be(from, name) => drop(renamed.left.insert(binding.into())),
            None => {}
        }
        if let Some(session) = session_of(principal, to, name) {
            let old = written(from, session);
            let held = users(rbac).any(|(other, name)| name == old && gives_the_same(other, binding));
            if !held {
                renamed.gained.insert(binding.into());
            }
        }
    }
    renamed
}

fn users(rbac: &Rbac) -> impl Iterator<Item = (&Binding, &str)> {
    rbac.bindings.iter().flat_map(|binding| {
        let users = binding.subjects.iter().filter(|subject| subject.kind == SubjectKind::User);
        users.map(move |subject| (binding, subject.name.as_str()))
    })
}

fn gives_the_same(one: &Binding, other: &Binding) -> bool {
    (&one.namespace, &one.role_ref) == (&other.namespace, &other.role_ref)
}

/// Whether something besides the session could make the name of the template.
fn could_be(template: &UsernameTemplate, name: &str) -> bool {
    let other = |token: Token| !matches!(token, Token::SessionName | Token::SessionNameRaw);
    template.tokens().any(other) && could_become(template, name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rbac::{RoleRef, Subject};

    const ROLE: &str = "arn:aws:iam::111122223333:role/Dev";
    const USER: &str = "arn:aws:iam::111122223333:user/alice";

    fn binding(number: usize, role: &str, user: &str) -> Binding {
        Binding {
            namespace: None,
            name: format!("b{number}"),
            role_ref: RoleRef { kind: "ClusterRole".into(), name: role.into() },
            subjects: vec![Subject { kind: SubjectKind::User, name: user.into(), namespace: None }],
        }
    }

    /// New names of what is carried, and how many bindings are left and gained.
    fn renamed(principal: &str, from: &str, to: &str, bound: &[(&str, &str)]) -> (Vec<String>, usize, usize) {
        let bindings = bound.iter().enumerate().map(|(number, (role, user))| binding(number, role, user));
        let rbac = Rbac { roles: Vec::new(), bindings: bindings.collect() };
        let (from, to) = (UsernameTemplate::new(from), UsernameTemplate::new(to));
        let Renamed { carried, left, gained } = rename(&rbac, &principal.parse().unwrap(), &from, &to);
        (carried.into_iter().map(|(_, name)| name).collect(), left.len(), gained.len())
    }

    fn carried(names: &[&str]) -> (Vec<String>, usize, usize) {
        (names.iter().map(|name| (*name).to_owned()).collect(), 0, 0)
    }

    #[test]
    fn each_session_keeps_its_own_bindings() {
        let to = "Dev:{{SessionName}}";
        assert_eq!(renamed(ROLE, "{{SessionName}}", to, &[("view", "ann")]), carried(&["Dev:ann"]));
        assert_eq!(renamed(ROLE, "{{SessionName}}", to, &[("view", "system:kube-proxy")]), carried(&[]));
        assert_eq!(renamed(ROLE, "t-{{SessionName}}", to, &[("view", "ops-ann")]), carried(&[]));
        let twice = "{{SessionName}}:{{SessionName}}";
        assert_eq!(
            renamed(ROLE, twice, to, &[("view", "ann:ann"), ("edit", "ann:bob")]),
            carried(&["Dev:ann"])
        );
    }

    #[test]
    fn a_users_session_name_is_empty() {
        assert_eq!(
            renamed(USER, "t-{{SessionName}}", "t:{{SessionName}}", &[("view", "t-")]),
            carried(&["t:"])
        );
        assert_eq!(renamed(USER, "t-{{SessionName}}", "alice", &[("view", "t-")]), carried(&["alice"]));
    }

    #[test]
    fn what_would_be_given_to_other_sessions_too_is_left() {
        let left = (Vec::new(), 1, 0);
        assert_eq!(renamed(ROLE, "t:{{SessionName}}", "team", &[("view", "t:ann")]), left);
        assert_eq!(renamed(ROLE, "team", "t:{{SessionName}}", &[("view", "team")]), left);
        assert_eq!(renamed(ROLE, "{{SessionNameRaw}}", "t:{{SessionName}}", &[("view", "a@b")]), left);
        assert_eq!(renamed(ROLE, "k:{{AccessKeyID}}", "team", &[("view", "k:ASIAABCDEFGHIJKLMNOP")]), left);
    }

    #[test]
    fn what_others_have_by_the_new_name_is_gained() {
        let to = "t:{{SessionName}}";
        assert_eq!(renamed(ROLE, "t-{{SessionName}}", to, &[("view", "t:ann")]), (Vec::new(), 0, 1));
        // repeated already
        let both = &[("view", "t-ann"), ("view", "t:ann")];
        assert_eq!(renamed(ROLE, "t-{{SessionName}}", to, both), carried(&["t:ann"]));
    }
}
