//! What comes near where something is denied: the one source that lacks least.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::parity::{Access, Granted, GrantedBy, Source};
use crate::rbac::{Attributes, Grant, PolicyRule};

/// A source that would allow the request if it were a little different.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NearMiss {
    pub by: GrantedBy,
    /// What it has, as far as it is near.
    pub rule: PolicyRule,
    #[serde(flatten)]
    pub kind: NearMissKind,
}

/// What keeps a source from allowing the request, the smallest difference first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "misses", rename_all = "kebab-case")]
pub enum NearMissKind {
    /// Only objects of the names in the rule.
    Name,
    /// Only in these; a `*` at the end stands for any rest.
    Namespace { namespaces: BTreeSet<String> },
    /// Other verbs.
    Verb,
    /// The resource without the subresource.
    Subresource,
    /// A subresource, without the resource.
    Resource,
    /// The resource of that name in another API group.
    Group,
    /// A path that begins the same.
    Path,
    /// It applies, and the role that it names is not there.
    NoRole,
}

/// The nearest of all that the login has; `None`: nothing is about the resource.
pub(super) fn near_miss(access: &Access<'_>, what: &Attributes) -> Option<NearMiss> {
    let mut nearest: Option<(Rank, NearMiss)> = None;
    let mut take = |rank: Rank, miss: NearMiss| {
        if nearest.as_ref().is_none_or(|(best, _)| rank < *best) {
            nearest = Some((rank, miss));
        }
    };
    let here: Vec<&Granted<'_>> = match what.namespace() {
        Some(namespace) => access.cluster.iter().chain(access.within(namespace)).collect(),
        None => access.cluster.iter().collect(),
    };
    for granted in here {
        for rule in granted.rules {
            if let Some((kind, rule)) = misses(rule, what) {
                let rank = Rank(kind.clone(), !rule.verbs.iter().any(|it| it == "*" || it == verb(what)));
                take(rank, NearMiss { by: granted.source.to_owned(), rule, kind });
            }
        }
        if let Source::Binding(Grant { rules: Err(_), .. }) = granted.source {
            let (by, rule) = (granted.source.to_owned(), PolicyRule::default());
            take(Rank(NearMissKind::NoRole, true), NearMiss { by, rule, kind: NearMissKind::NoRole });
        }
    }
    if matches!(what, Attributes::Resource { .. })
        && let Some((granted, namespaces)) = elsewhere(access, what)
    {
        let rule = granted.rules.iter().find(|rule| rule.allows(what)).map(|rule| narrowed(rule, what));
        let kind = NearMissKind::Namespace { namespaces };
        let (by, rule) = (granted.source.to_owned(), rule.unwrap_or_default());
        take(Rank(kind.clone(), false), NearMiss { by, rule, kind });
    }
    nearest.map(|(_, miss)| miss)
}

/// The first source that allows it in other namespaces, and all of these.
fn elsewhere<'a, 'r>(
    access: &'a Access<'r>,
    what: &Attributes,
) -> Option<(&'a Granted<'r>, BTreeSet<String>)> {
    let allows = |granted: &Granted<'_>| granted.rules.iter().any(|rule| rule.allows(what));
    let found = access.all().filter(|(place, granted)| place.is_some() && allows(granted));
    let found: Vec<(Option<String>, &Granted<'_>)> = found.collect();
    let first = found.first()?.1;
    Some((first, found.into_iter().filter_map(|(place, _)| place).collect()))
}

/// By what is missing, and then by whether the verb is there.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rank(NearMissKind, bool);

fn verb(what: &Attributes) -> &str {
    match what {
        Attributes::Resource { verb, .. } | Attributes::NonResource { verb, .. } => verb,
    }
}

/// What a rule that does not allow the request has that is near to it.
fn misses(rule: &PolicyRule, what: &Attributes) -> Option<(NearMissKind, PolicyRule)> {
    match what {
        Attributes::Resource { .. } => resource_misses(rule, what),
        Attributes::NonResource { path, verb } => url_misses(rule, path, verb),
    }
}

fn resource_misses(rule: &PolicyRule, what: &Attributes) -> Option<(NearMissKind, PolicyRule)> {
    let Attributes::Resource { group, resource, subresource, .. } = what else { return None };
    let subresource = subresource.as_deref().filter(|it| !it.is_empty());
    let unnamed = PolicyRule { resource_names: Vec::new(), ..rule.clone() };
    if unnamed.allows(what) {
        return Some((NearMissKind::Name, narrowed(rule, what)));
    }
    let any_verb = PolicyRule { verbs: vec!["*".to_owned()], ..rule.clone() };
    if !rule.verbs.is_empty() && any_verb.allows(what) {
        return Some((NearMissKind::Verb, narrowed(rule, what)));
    }
    let has = |list: &[String], text: &str| list.iter().any(|item| item == text);
    let in_group = has(&rule.api_groups, group) || has(&rule.api_groups, "*");
    let found = |kind: NearMissKind, groups: Vec<String>, resource: &str| {
        let resources = vec![resource.to_owned()];
        Some((
            kind,
            PolicyRule { api_groups: groups, resources, non_resource_urls: Vec::new(), ..rule.clone() },
        ))
    };
    if rule.verbs.is_empty() {
        return None;
    }
    if in_group && subresource.is_some() && has(&rule.resources, resource) {
        return found(NearMissKind::Subresource, vec![group.clone()], resource);
    }
    let asked = subresource.map_or_else(|| resource.clone(), |it| format!("{resource}/{it}"));
    if in_group && subresource.is_none() {
        let below = format!("{resource}/");
        if let Some(of) = rule.resources.iter().find(|item| item.starts_with(&below)) {
            return found(NearMissKind::Resource, vec![group.clone()], of);
        }
    }
    if !in_group && has(&rule.resources, &asked) && !rule.api_groups.is_empty() {
        return found(NearMissKind::Group, rule.api_groups.clone(), &asked);
    }
    None
}

fn url_misses(rule: &PolicyRule, path: &str, verb: &str) -> Option<(NearMissKind, PolicyRule)> {
    let one = |url: &str| PolicyRule {
        verbs: rule.verbs.clone(),
        non_resource_urls: vec![url.to_owned()],
        ..PolicyRule::default()
    };
    let asked = Attributes::NonResource { path: path.to_owned(), verb: verb.to_owned() };
    let any_verb = |url: &str| PolicyRule { verbs: vec!["*".to_owned()], ..one(url) };
    if rule.verbs.is_empty() {
        return None;
    }
    if let Some(url) = rule.non_resource_urls.iter().find(|url| any_verb(url).allows(&asked)) {
        return Some((NearMissKind::Verb, one(url)));
    }
    // `/healthz/*` is not `/healthz`, and `/healthz` is nothing below it
    let stem = |url: &str| url.trim_end_matches('*').trim_end_matches('/').to_owned();
    let is_near = |url: &&String| {
        let (a, b) = (stem(url), stem(path));
        let below = |a: &str, b: &str| b.strip_prefix(a).is_some_and(|rest| rest.starts_with('/'));
        !a.is_empty() && (a == b || below(&a, &b) || below(&b, &a))
    };
    rule.non_resource_urls.iter().find(is_near).map(|url| (NearMissKind::Path, one(url)))
}

/// Of a rule what is about the resource, with its verbs and names.
fn narrowed(rule: &PolicyRule, what: &Attributes) -> PolicyRule {
    let Attributes::Resource { group, .. } = what else { return rule.clone() };
    let any = PolicyRule { verbs: vec!["*".to_owned()], resource_names: Vec::new(), ..rule.clone() };
    let resource = rule
        .resources
        .iter()
        .find(|item| PolicyRule { resources: vec![(*item).clone()], ..any.clone() }.allows(what));
    let group = if rule.api_groups.iter().any(|item| item == group) { group } else { "*" };
    PolicyRule {
        api_groups: vec![group.to_owned()],
        resources: resource.into_iter().cloned().collect(),
        verbs: rule.verbs.clone(),
        resource_names: rule.resource_names.clone(),
        non_resource_urls: Vec::new(),
    }
}
