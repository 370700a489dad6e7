//! What comes nearest to a permission that is missing: the mistake that was probably made.

use std::collections::BTreeSet;

use super::words::{few, source};
use crate::parity::Access;
use crate::rbac::{Attributes, PolicyRule};

/// In what a rule misses a request, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Miss {
    Namespace,
    Verb,
    Name,
    Subresource,
    Group,
}

/// One sentence, of the rule that misses it by least; `None`: no rule is near.
pub(super) fn near(access: &Access<'_>, what: &Attributes) -> Option<String> {
    let mut nearest = None;
    let mut elsewhere = BTreeSet::new();
    for (place, granted) in access.all() {
        let is_here = place.as_deref().is_none_or(|place| holds_in(place, what.namespace()));
        for rule in granted.rules {
            let Some(miss) = miss(rule, what, is_here) else { continue };
            if miss == Miss::Namespace {
                elsewhere.extend(place.clone());
            }
            if nearest.as_ref().is_none_or(|(other, _, _)| miss < *other) {
                nearest = Some((miss, granted, rule));
            }
        }
    }
    let (miss, granted, rule) = nearest?;
    Some(said(miss, rule, what, &source(&granted.source), elsewhere))
}

/// A name, or a prefix with a `*` behind it.
fn holds_in(place: &str, namespace: Option<&str>) -> bool {
    namespace.is_some_and(|namespace| match place.strip_suffix('*') {
        Some(prefix) => namespace.starts_with(prefix),
        None => place == namespace,
    })
}

fn miss(rule: &PolicyRule, what: &Attributes, is_here: bool) -> Option<Miss> {
    if !is_here {
        // a URL is in no namespace
        let is_resource = matches!(what, Attributes::Resource { .. });
        return (is_resource && rule.allows(what)).then_some(Miss::Namespace);
    }
    let with = |change: &dyn Fn(&mut Attributes)| {
        let mut other = what.clone();
        change(&mut other);
        rule.allows(&other)
    };
    if rule.verbs.iter().any(|other| with(&|what| set_verb(what, other))) {
        return Some(Miss::Verb);
    }
    let Attributes::Resource { subresource, .. } = what else { return None };
    let named = |other: &String, what: &mut Attributes| {
        if let Attributes::Resource { name, .. } = what {
            *name = Some(other.clone());
        }
    };
    if rule.resource_names.iter().any(|other| with(&|what| named(other, what))) {
        return Some(Miss::Name);
    }
    let without = |what: &mut Attributes| {
        if let Attributes::Resource { subresource, .. } = what {
            *subresource = None;
        }
    };
    if subresource.is_some() && with(&without) {
        return Some(Miss::Subresource);
    }
    let grouped = |other: &String, what: &mut Attributes| {
        if let Attributes::Resource { group, .. } = what {
            group.clone_from(other);
        }
    };
    rule.api_groups.iter().any(|other| with(&|what| grouped(other, what))).then_some(Miss::Group)
}

fn set_verb(what: &mut Attributes, other: &str) {
    match what {
        Attributes::Resource { verb, .. } | Attributes::NonResource { verb, .. } => {
            other.clone_into(verb);
        }
    }
}

fn said(miss: Miss, rule: &PolicyRule, what: &Attributes, by: &str, elsewhere: BTreeSet<String>) -> String {
    let (thing, verb) = match what {
        Attributes::NonResource { path, verb } => (path.clone(), verb),
        Attributes::Resource { resource, subresource: None, verb, .. } => (resource.clone(), verb),
        Attributes::Resource { resource, subresource: Some(of), verb, .. } => {
            (format!("{resource}/{of}"), verb)
        }
    };
    let of_group =
        |group: &str| if group.is_empty() { "the core group".to_owned() } else { group.to_owned() };
    match (miss, what) {
        (Miss::Namespace, _) => {
            let s = if elsewhere.len() == 1 { "" } else { "s" };
            format!("allowed in namespace{s} {} alone, by {by}", few(elsewhere, ", "))
        }
        (Miss::Verb, _) => format!("{by} has {} on {thing}, not {verb}", few(&rule.verbs, ", ")),
        (Miss::Name, _) => {
            format!("{by} has {verb} on {thing} by the names {} alone", few(&rule.resource_names, ", "))
        }
        (Miss::Subresource, Attributes::Resource { resource, .. }) => {
            format!("{by} has {verb} on {resource}, not on {thing}")
        }
        (_, Attributes::Resource { group, .. }) => {
            let groups = rule.api_groups.iter().map(|group| of_group(group));
            format!("{by} has {verb} on {thing} of {}, not of {}", few(groups, ", "), of_group(group))
        }
        (_, Attributes::NonResource { .. }) => format!("{by} has no {verb} on {thing}"),
    }
}
