//! Rules as few rows that people read: verbs × resources, each with nothing in it that changes what the others mean.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

use super::PolicyRule;

/// The verbs of ordinary requests; others come after them by their names.
const VERBS: [&str; 9] =
    ["*", "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];

/// Verbs that no request of HTTP has: what they allow is another kind of right, and is decided by other code than the
/// authorizer of the resource (kubernetes.io, "Authorization", Request verbs).
const VIRTUAL: [&str; 7] = ["escalate", "bind", "impersonate", "approve", "sign", "attest", "use"];

/// The same atoms in few rules, each of one kind: resources, subresources, those with names, a virtual verb by itself, URLs;
/// in this order, and within it by group and resource, `*` first.
///
/// The atoms of a rule are its verbs × groups × resources × names, and its verbs × URLs, as `uncovered` gives them. The
/// answer depends on the set of atoms alone: no atom is in two rules, none is added, and none is left out, also where another
/// one covers it. A rule that allows nothing has no atoms and no row.
pub fn collapse(atoms: &[PolicyRule]) -> Vec<PolicyRule> {
    let mut verbs = BTreeMap::<_, BTreeSet<Word<'_>>>::new();
    let mut verbs_of_url = BTreeMap::<_, BTreeSet<Word<'_>>>::new();
    for PolicyRule { api_groups, resources, verbs: given, resource_names, non_resource_urls } in atoms {
        let names: Vec<Option<&str>> = match resource_names.as_slice() {
            [] => vec![None],
            names => names.iter().map(|name| Some(name.as_str())).collect(),
        };
        for verb in given {
            for url in non_resource_urls {
                verbs_of_url.entry(url.as_str()).or_default().insert(Word::verb(verb));
            }
            for (group, resource) in api_groups.iter().flat_map(|it| resources.iter().map(move |of| (it, of)))
            {
                let (group, resource) = (Word::other(group), Word::other(resource));
                for name in &names {
                    let key = (Kind::of(verb, resource.text, *name), group, resource, *name);
                    verbs.entry(key).or_default().insert(Word::verb(verb));
                }
            }
        }
    }
    // one list after the other: those that have all else in common share a row
    let names =
        gather(verbs.into_iter().map(|((kind, group, of, name), verbs)| ((kind, group, of, verbs), name)));
    let resources =
        gather(names.into_iter().map(|((kind, group, of, verbs), names)| ((kind, group, verbs, names), of)));
    let groups = gather(
        resources.into_iter().map(|((kind, group, verbs, names), of)| ((kind, of, verbs, names), group)),
    );
    let rows: BTreeSet<_> = groups
        .into_iter()
        .map(|((kind, of, verbs, names), groups)| (kind, groups, of, verbs, names))
        .collect();
    let of_resources = rows.into_iter().map(|(_, groups, resources, verbs, names)| PolicyRule {
        api_groups: texts(groups),
        resources: texts(resources),
        verbs: texts(verbs),
        resource_names: names.into_iter().flatten().map(str::to_owned).collect(),
        non_resource_urls: Vec::new(),
    });
    let urls = gather(verbs_of_url.into_iter().map(|(url, verbs)| (verbs, Word::other(url))));
    let urls: BTreeSet<_> = urls.into_iter().map(|(verbs, urls)| (urls, verbs)).collect();
    let of_urls = urls.into_iter().map(|(urls, verbs)| PolicyRule {
        verbs: texts(verbs),
        non_resource_urls: texts(urls),
        ..PolicyRule::default()
    });
    of_resources.chain(of_urls).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Resource,
    Subresource,
    Named,
    NamedSubresource,
    /// By its place among [`VIRTUAL`]; with names apart.
    Virtual(usize, bool),
}

impl Kind {
    fn of(verb: &str, resource: &str, name: Option<&str>) -> Self {
        let place = VIRTUAL.iter().position(|known| *known == verb);
        match (place, name.is_some(), resource.contains('/')) {
            (Some(place), named, _) => Self::Virtual(place, named),
            (None, false, false) => Self::Resource,
            (None, false, true) => Self::Subresource,
            (None, true, false) => Self::Named,
            (None, true, true) => Self::NamedSubresource,
        }
    }
}

/// A text with its place in the fixed order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Word<'r> {
    place: usize,
    text: &'r str,
}

impl<'r> Word<'r> {
    fn verb(text: &'r str) -> Self {
        Self { place: VERBS.iter().position(|known| *known == text).unwrap_or(VERBS.len()), text }
    }

    /// `*` comes before everything.
    fn other(text: &'r str) -> Self {
        Self { place: usize::from(text != "*"), text }
    }
}

fn gather<K: Ord, V: Ord>(pairs: impl Iterator<Item = (K, V)>) -> BTreeMap<K, BTreeSet<V>> {
    let mut gathered = BTreeMap::<K, BTreeSet<V>>::new();
    for (key, value) in pairs {
        gathered.entry(key).or_default().insert(value);
    }
    gathered
}

fn texts(words: BTreeSet<Word<'_>>) -> Vec<String> {
    words.into_iter().map(|word| word.text.to_owned()).collect()
}

impl PolicyRule {
    /// `get, list`.
    pub fn verbs_in_words(&self) -> String {
        self.verbs.iter().map(|verb| plain(verb)).collect::<Vec<_>>().join(", ")
    }

    /// `RESOURCE[.GROUP][/SUBRESOURCE]` of each resource in each group, as kubectl reads it.
    pub fn resources_in_words(&self) -> Vec<String> {
        let groups = self.api_groups.iter();
        groups.flat_map(|group| self.resources.iter().map(move |it| in_group(it, group))).collect()
    }
}

/// `get, list, watch secrets`, `create pods/eviction`, `get deployments.apps named "a"`, `* *.*`, `get /healthz`.
impl fmt::Display for PolicyRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (verbs, resources) = (self.verbs_in_words(), self.resources_in_words());
        let mut parts = Vec::new();
        if !resources.is_empty() {
            let mut part = format!("{verbs} {}", resources.join(", "));
            for (at, name) in self.resource_names.iter().enumerate() {
                write!(part, "{} {name:?}", if at == 0 { " named" } else { "," })?;
            }
            parts.push(part);
        }
        if !self.non_resource_urls.is_empty() {
            let urls: Vec<String> = self.non_resource_urls.iter().map(|url| url_in_words(url)).collect();
            parts.push(format!("{verbs} {}", urls.join(", ")));
        }
        f.write_str(&parts.join("; "))
    }
}

/// `pods`, `deployments.apps`, `deployments.apps/scale`, `*.*`; all of the core group alone is `* (core)`, so that nobody
/// takes it for everything.
fn in_group(resource: &str, group: &str) -> String {
    let (of, subresource) = match resource.split_once('/') {
        Some((of, subresource)) => (of, Some(subresource)),
        None => (resource, None),
    };
    let mut text = plain(of);
    if !group.is_empty() {
        text = format!("{text}.{}", plain(group));
    }
    if let Some(subresource) = subresource {
        text = format!("{text}/{}", plain(subresource));
    }
    if of == "*" && group.is_empty() {
        text += " (core)";
    }
    text
}

/// A `*` alone says what it is all of.
fn url_in_words(url: &str) -> String {
    if url == "*" { "* (URLs)".to_owned() } else { plain(url) }
}

/// Quoted where it would not be told from what stands around it.
fn plain(text: &str) -> String {
    let is_apart = |c: char| c.is_whitespace() || c.is_control() || ",;\"'()".contains(c);
    if text.is_empty() || text.contains(is_apart) { format!("{text:?}") } else { text.to_owned() }
}
