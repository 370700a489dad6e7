//! Which of the requests that an atom stands for can be made today.
//!
//! Rules speak of names, and nobody asks for most of what a `*` stands for. Where the API server's discovery was read, a
//! difference that no request can meet today is told apart from one that somebody will run into.

use std::collections::{BTreeMap, BTreeSet};

use super::compare::Others;
use super::counterexample::rank;
use super::coverage::Atom;
use super::{Access, Beyond, Comparison, Reach};
use crate::rbac::served::ApiResource;

/// The verbs of requests to the API (kubernetes.io: "Authorization", "Request verbs"). All others are asked by programs of
/// their own, so a rule that names one means it.
const OF_REQUESTS: [&str; 8] =
    ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];

/// What the API server, or a kubelet, asks its authorizer for and serves nowhere, by group, resource and verbs
/// (kubernetes.io: "User impersonation", "Using RBAC authorization", "Certificates and CSRs", "Kubelet authn/authz").
const ASKED_BESIDES: [(&str, &str, &[&str]); 17] = [
    ("", "users", &["impersonate"]),
    ("", "groups", &["impersonate"]),
    ("", "serviceaccounts", &["impersonate"]),
    ("authentication.k8s.io", "uids", &["impersonate"]),
    ("authentication.k8s.io", "userextras", &["impersonate"]),
    ("rbac.authorization.k8s.io", "roles", &["bind", "escalate"]),
    ("rbac.authorization.k8s.io", "clusterroles", &["bind", "escalate"]),
    ("certificates.k8s.io", "signers", &["approve", "attest", "sign"]),
    ("", "nodes/checkpoint", KUBELET),
    ("", "nodes/configz", KUBELET),
    ("", "nodes/healthz", KUBELET),
    ("", "nodes/log", KUBELET),
    ("", "nodes/metrics", KUBELET),
    ("", "nodes/pods", KUBELET),
    ("", "nodes/proxy", KUBELET),
    ("", "nodes/spec", KUBELET),
    ("", "nodes/stats", KUBELET),
];

const KUBELET: &[&str] = &["create", "delete", "get", "patch", "update"];

/// What can be asked for today: resources and subresources, by group, with whether they are in namespaces, and their verbs.
#[derive(Debug, Clone, Default)]
pub struct Served {
    resources: BTreeMap<(String, String), Kind>,
}

#[derive(Debug, Clone, Default)]
struct Kind {
    is_namespaced: bool,
    verbs: BTreeSet<String>,
}

impl Served {
    /// Of all that the API server serves, in all versions.
    pub fn of(resources: &[ApiResource]) -> Self {
        let mut served = Self::default();
        for ApiResource { group, version: _, resource, subresource, namespaced, verbs } in resources {
            let name = match subresource {
                Some(subresource) => format!("{resource}/{subresource}"),
                None => resource.clone(),
            };
            served.add(group, &name, *namespaced, verbs.iter().map(String::as_str));
            // who may set an owner's finalizers is asked where admission enforces it, and discovery has none of it
            if subresource.is_none() {
                served.add(group, &format!("{resource}/finalizers"), *namespaced, ["update"].into_iter());
            }
        }
        for (group, resource, verbs) in ASKED_BESIDES {
            served.add(group, resource, false, verbs.iter().copied());
        }
        served
    }

    fn add<'v>(&mut self, group: &str, name: &str, namespaced: bool, verbs: impl Iterator<Item = &'v str>) {
        let kind = self.resources.entry((group.to_owned(), name.to_owned())).or_default();
        kind.is_namespaced |= namespaced;
        kind.verbs.extend(verbs.map(str::to_owned));
    }

    /// The requests that the atom allows, each on one resource with one verb; whether it can be made in a namespace.
    pub(super) fn requests<'s>(&'s self, atom: Atom<'s>) -> impl Iterator<Item = (Atom<'s>, bool)> {
        let of_resource = match atom {
            Atom::Url { .. } => None,
            Atom::Resource { group, resource, verb, name } => Some((group, resource, verb, name)),
        };
        // every path can be asked for
        let of_url = of_resource.is_none().then_some((atom, false));
        // a program of its own asks for a verb of its own, and may do so of what the API server does not know
        let of_program = of_resource.filter(|(group, resource, verb, _)| {
            *verb != "*" && !OF_REQUESTS.contains(verb) && *group != "*" && !resource.contains('*')
        });
        let of_program = of_program.map(|_| (atom, true));
        let matching = of_resource.into_iter().flat_map(move |(group, resource, verb, name)| {
            let kinds = self.named(group, resource);
            kinds.flat_map(move |((group, resource), kind)| {
                let verbs = kind.verbs.iter().filter(move |it| verb == "*" || verb == it.as_str());
                verbs.map(move |verb| (Atom::Resource { group, resource, verb, name }, kind.is_namespaced))
            })
        });
        of_url.into_iter().chain(of_program).chain(matching)
    }

    fn named<'s>(
        &'s self,
        group: &'s str,
        resource: &'s str,
    ) -> impl Iterator<Item = (&'s (String, String), &'s Kind)> {
        let is_one = group != "*" && !resource.contains('*');
        let one = is_one.then(|| self.resources.get_key_value(&(group.to_owned(), resource.to_owned())));
        let rest = (!is_one).then_some(&self.resources).into_iter().flatten();
        let of_rest = rest.filter(move |((of, name), _)| {
            let is_named = || match resource.strip_prefix("*/") {
                Some(sub) => name.split_once('/').is_some_and(|(_, of)| of == sub),
                None => resource == "*" || resource == name,
            };
            (group == "*" || group == of) && is_named()
        });
        one.flatten().into_iter().chain(of_rest)
    }
}

impl<'r> Comparison<'r> {
    /// What tells the sides apart today, and what will when the API server serves more than it does.
    #[must_use]
    pub fn today_and_to_come(self, served: &Served, before: &Access<'r>, after: &Access<'r>) -> (Self, Self) {
        let (lost_today, lost) = apart(self.lost, served, after);
        let (gained_today, gained) = apart(self.gained, served, before);
        (Self { lost: lost_today, gained: gained_today }, Self { lost, gained })
    }
}

fn apart<'r>(beyond: Beyond<'r>, served: &Served, other: &Access<'r>) -> (Beyond<'r>, Beyond<'r>) {
    if beyond.atoms.is_empty() {
        return (beyond, Beyond::default());
    }
    let others = Others::of(other);
    let (mut today, mut to_come) = (Beyond { atoms: Vec::new(), ..beyond }, Beyond::default());
    for (reach, granted, atoms) in beyond.atoms {
        let is_met = |atom: &Atom<'_>| others.misses(served, *atom, &reach);
        let (met, unmet): (Vec<_>, Vec<_>) = atoms.into_iter().partition(is_met);
        for (side, atoms) in [(&mut today, met), (&mut to_come, unmet)] {
            if !atoms.is_empty() {
                side.atoms.push((reach.clone(), granted, atoms));
            }
        }
    }
    (today, to_come)
}

impl Others<'_> {
    /// Of the requests that can be made and the atom allows, this side allows one not everywhere in reach.
    fn misses(&self, served: &Served, atom: Atom<'_>, reach: &Reach) -> bool {
        self.missing(served, atom, reach).next().is_some()
    }

    /// That request; the one that says most.
    pub(super) fn example<'s>(
        &'s self,
        served: &'s Served,
        atom: Atom<'s>,
        reach: &'s Reach,
    ) -> Option<Atom<'s>> {
        self.missing(served, atom, reach).min_by_key(rank)
    }

    fn missing<'s>(
        &'s self,
        served: &'s Served,
        atom: Atom<'s>,
        reach: &'s Reach,
    ) -> impl Iterator<Item = Atom<'s>> {
        let is_missing = |asked: &Atom<'_>, is_namespaced: bool| match reach.is_cluster() {
            true => !self.covers(asked),
            false => is_namespaced && reach.places().any(|place| !self.covers_at(asked, &place)),
        };
        let requests = served.requests(atom);
        requests
            .filter(move |(asked, is_namespaced)| is_missing(asked, *is_namespaced))
            .map(|(asked, _)| asked)
    }
}
