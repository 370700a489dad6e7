//! Whether rules allow all that an atom stands for, exactly.
//!
//! An atom is one verb on one resource or URL, where a `*` stands for every string, also for those that nobody has thought of.
//! A request is allowed by one rule and never by two together, and no list of strings has them all: so what a `*` stands for is
//! allowed throughout only where one rule has a `*` in its place. That makes the comparison of texts exact, and not only safe,
//! for every request that HTTP can carry.

use rustc_hash::FxHashMap;

use super::access::Granted;
use crate::rbac::PolicyRule;

/// One verb on one resource in one group, of one name or of all; or on one URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Atom<'r> {
    Resource { group: &'r str, resource: &'r str, verb: &'r str, name: Option<&'r str> },
    Url { url: &'r str, verb: &'r str },
}

impl<'r> Atom<'r> {
    /// The atoms of a rule that a request can meet. No path has a second slash between resource and name
    /// (apiserver: pkg/endpoints/request/requestinfo.go), so that a resource with one is met by none.
    pub fn of(rule: &'r PolicyRule) -> impl Iterator<Item = Self> + 'r {
        let PolicyRule { api_groups, resources, verbs, resource_names, non_resource_urls } = rule;
        let is_met = |resource: &&String| match resource.split_once('/') {
            None => true,
            Some((_, subresource)) => !subresource.is_empty() && !subresource.contains('/'),
        };
        let of_resources = resources.iter().filter(is_met).flat_map(move |resource| {
            api_groups.iter().flat_map(move |group| {
                verbs.iter().flat_map(move |verb| {
                    let any = resource_names.is_empty().then_some(None);
                    let names = any.into_iter().chain(resource_names.iter().map(|name| Some(name.as_str())));
                    names.map(move |name| Self::Resource { group, resource, verb, name })
                })
            })
        });
        let of_urls = non_resource_urls
            .iter()
            .flat_map(move |url| verbs.iter().map(move |verb| Self::Url { url, verb }));
        of_resources.chain(of_urls)
    }

    pub fn is_url(&self) -> bool {
        matches!(self, Self::Url { .. })
    }

    /// As a rule of its own.
    pub fn rule(&self) -> PolicyRule {
        let one = |text: &str| vec![text.to_owned()];
        match self {
            Self::Resource { group, resource, verb, name } => PolicyRule {
                api_groups: one(group),
                resources: one(resource),
                verbs: one(verb),
                resource_names: name.map(one).unwrap_or_default(),
                non_resource_urls: Vec::new(),
            },
            Self::Url { url, verb } => {
                PolicyRule { verbs: one(verb), non_resource_urls: one(url), ..PolicyRule::default() }
            }
        }
    }
}

/// Rules by the resources that they name, so that an atom is held against few of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Coverage<'r> {
    by_resource: FxHashMap<&'r str, Vec<&'r PolicyRule>>,
    /// Of `*/SUBRESOURCE`.
    by_subresource: FxHashMap<&'r str, Vec<&'r PolicyRule>>,
    urls: Vec<&'r PolicyRule>,
}

impl<'r> Coverage<'r> {
    pub fn of<'g>(granted: impl Iterator<Item = &'g Granted<'r>>) -> Self
    where
        'r: 'g,
    {
        let mut coverage = Self::default();
        for rule in granted.flat_map(|granted| granted.rules) {
            for resource in &rule.resources {
                coverage.by_resource.entry(resource).or_default().push(rule);
                if let Some(subresource) = resource.strip_prefix("*/") {
                    coverage.by_subresource.entry(subresource).or_default().push(rule);
                }
            }
            if !rule.non_resource_urls.is_empty() {
                coverage.urls.push(rule);
            }
        }
        coverage
    }

    /// Every request that the atom stands for is allowed.
    pub fn covers(&self, atom: &Atom<'_>) -> bool {
        match atom {
            Atom::Resource { resource, .. } => {
                let any = match resource.split_once('/') {
                    Some((_, subresource)) => named(&self.by_subresource, subresource),
                    None => &[],
                };
                let of = |resource| named(&self.by_resource, resource);
                let rules = of(resource).iter().chain(of("*")).chain(any);
                rules.into_iter().any(|rule| allows(rule, atom))
            }
            Atom::Url { .. } => self.urls.iter().any(|rule| allows(rule, atom)),
        }
    }
}

fn named<'c, 'r>(rules: &'c FxHashMap<&'r str, Vec<&'r PolicyRule>>, name: &str) -> &'c [&'r PolicyRule] {
    if rules.is_empty() { &[] } else { rules.get(name).map_or(&[], Vec::as_slice) }
}

/// The rule, which has the atom's resource, allows it.
fn allows(rule: &PolicyRule, atom: &Atom<'_>) -> bool {
    let has = |list: &[String], text: &str| list.iter().any(|item| item == "*" || item == text);
    match atom {
        Atom::Resource { group, verb, name, resource: _ } => {
            let names = &rule.resource_names;
            let is_named = names.is_empty() || name.is_some_and(|name| names.iter().any(|it| it == name));
            is_named && has(&rule.verbs, verb) && has(&rule.api_groups, group)
        }
        Atom::Url { url, verb } => {
            let reaches = |item: &String| {
                item == url || (item.ends_with('*') && url.starts_with(item.trim_end_matches('*')))
            };
            has(&rule.verbs, verb) && rule.non_resource_urls.iter().any(reaches)
        }
    }
}
