use std::collections::BTreeSet;

use super::identity::Logins;
use crate::model::{GroupName, UsernameTemplate};
use crate::planner::{Note, Target};
use crate::rbac::{Attributes, Binding, BindingRef, Index, spell_out};

/// The most that is asked of one login.
pub(super) const MOST: usize = 20;

/// A sample of what the login could do by RBAC, the same each time: something of every group and of the username, of
/// every binding of these, and of every rule, as far as [`MOST`] goes.
pub(super) fn probes(index: &Index<'_>, target: &Target, logins: &Logins) -> Vec<Attributes> {
    let left = left_behind(target);
    let of_binding = |binding: &&Binding| -> Vec<Attributes> {
        let rules = index.rules_of(binding).iter();
        in_turns(
            rules.map(|rule| spell_out(rule, binding.namespace.as_deref()).take(MOST).collect()).collect(),
        )
    };
    let of_bindings = |bindings: &[&Binding]| -> Vec<Attributes> {
        let kept = bindings.iter().filter(|binding| !left.contains(&BindingRef::from(**binding)));
        in_turns(kept.take(MOST).map(of_binding).collect())
    };
    let groups = logins.before.groups.iter().filter(|group| *group != GroupName::AUTHENTICATED);
    let mut all: Vec<Vec<Attributes>> = vec![of_bindings(index.bindings_of_user(&logins.before.username))];
    all.extend(groups.map(|group| of_bindings(index.bindings_of_group(group))));
    if target.notes.iter().any(|note| matches!(note, Note::MastersByGroup { .. })) {
        // what the own group must be bound to in place of system:masters
        all.push(vec![Attributes::resource("*", "*", "*")]);
    }
    in_turns(all)
}

/// Names that bindings give to sessions of the principal today, so that a login of theirs can be tried.
pub(super) fn names<'i>(
    index: &'i Index<'_>,
    template: &'i UsernameTemplate,
) -> impl Iterator<Item = &'i str> {
    index.bindings_of_template(template).map(|(name, _)| name)
}

/// Bindings that the plan says cannot follow a new username: their loss was shown and accepted.
fn left_behind(target: &Target) -> BTreeSet<BindingRef> {
    let left = target.notes.iter().filter_map(|note| match note {
        Note::UsernameChanged { left, .. } => Some(left),
        _ => None,
    });
    left.flatten().cloned().collect()
}

/// The first of each list, then the second of each, and so on, each once and [`MOST`] at most.
fn in_turns(lists: Vec<Vec<Attributes>>) -> Vec<Attributes> {
    let longest = lists.iter().map(Vec::len).max().unwrap_or(0);
    let mut taken = Vec::new();
    for turn in 0..longest {
        for each in lists.iter().filter_map(|list| list.get(turn)) {
            if taken.len() == MOST {
                return taken;
            }
            if !taken.contains(each) {
                taken.push(each.clone());
            }
        }
    }
    taken
}
