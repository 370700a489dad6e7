//! The requests that matter most, each by who may make it: in the whole cluster, and where that is different.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::answer::{Answers, Words};
use super::roll::{Accesses, Roll};
use super::{Counts, Login, Row};
use crate::rbac::Attributes;

const RBAC: &str = "rbac.authorization.k8s.io";
const WEBHOOKS: &str = "admissionregistration.k8s.io";

/// By verb, group and resource, and whether a namespace has its own. What each leads to Kubernetes documents ("RBAC good
/// practices", "Privilege escalation risks").
const DANGEROUS: &[(&str, &str, &str, bool)] = &[
    ("*", "*", "*", true),
    ("get", "", "secrets", true),
    ("list", "", "secrets", true),
    ("create", "", "pods/exec", true),
    ("create", "", "pods", true),
    ("escalate", RBAC, "clusterroles", false),
    ("bind", RBAC, "clusterroles", false),
    ("create", RBAC, "clusterrolebindings", false),
    ("create", RBAC, "rolebindings", true),
    ("impersonate", "", "users", false),
    ("impersonate", "", "groups", false),
    ("get", "", "nodes/proxy", false),
    ("create", "", "nodes/proxy", false),
    ("create", "", "serviceaccounts/token", true),
    ("create", WEBHOOKS, "mutatingwebhookconfigurations", false),
    ("patch", WEBHOOKS, "mutatingwebhookconfigurations", false),
    ("create", WEBHOOKS, "validatingwebhookconfigurations", false),
    ("patch", WEBHOOKS, "validatingwebhookconfigurations", false),
    ("update", "certificates.k8s.io", "certificatesigningrequests/approval", false),
];

/// A request, and who may make it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Danger {
    pub request: Attributes,
    /// The whole cluster first; then namespaces in which others may, those that are alike as one.
    pub scopes: Vec<DangerScope>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DangerScope {
    /// Empty: the whole cluster. A `*` at the end stands for any rest.
    pub namespaces: BTreeSet<String>,
    #[serde(flatten)]
    pub counts: Counts,
    pub who: Vec<Row>,
}

/// Each in the whole cluster, and whether it is worth asking in a namespace.
pub(super) fn dangerous_requests() -> impl Iterator<Item = (Attributes, bool)> {
    DANGEROUS.iter().map(|(verb, group, resource, in_namespace)| {
        let (resource, subresource) = match resource.split_once('/') {
            Some((resource, subresource)) => (resource, Some(subresource)),
            None => (*resource, None),
        };
        (Attributes::resource(verb, group, resource).of_subresource(subresource), *in_namespace)
    })
}

impl Roll<'_> {
    /// Who may what matters most.
    pub fn dangerous(&self) -> Vec<Danger> {
        let members = self.given();
        dangerous_requests()
            .map(|(request, in_namespace)| self.danger(&members, request, in_namespace))
            .collect()
    }

    /// What all members are given.
    pub(super) fn given(&self) -> Vec<Member<'_>> {
        let member = |login| {
            let access = Accesses::of(self.sides, login);
            let places = access.before.all().chain(access.after.all());
            let places = places.filter_map(|(place, _)| place).collect();
            Member { login, access, places }
        };
        self.members.iter().map(|(_, login)| member(login)).collect()
    }

    /// Who may make a request that is about the whole cluster: there, and where others may.
    pub(super) fn danger(&self, members: &[Member<'_>], request: Attributes, in_namespace: bool) -> Danger {
        let whole: Vec<Answers> = members.iter().map(|member| self.ask(member, &request)).collect();
        let by_place = match in_namespace {
            true => self.by_place(members, &whole, &request),
            false => ByPlace::new(),
        };
        // by the words that are others than in the whole cluster
        let mut alike: BTreeMap<Vec<(usize, Words)>, Alike> = BTreeMap::new();
        for (place, here) in by_place {
            let changed = here
                .iter()
                .filter(|(at, answers)| whole.get(**at).is_some_and(|whole| !whole.is_same_words(answers)));
            let changed: Vec<(usize, Words)> = changed.map(|(at, answers)| (*at, answers.words())).collect();
            if !changed.is_empty() {
                alike
                    .entry(changed)
                    .or_insert_with(|| Alike { places: BTreeSet::new(), here })
                    .places
                    .insert(place.to_owned());
            }
        }
        let mut scopes: Vec<DangerScope> = alike
            .into_values()
            .map(|Alike { places, here }| {
                let answers = whole.iter().enumerate().map(|(at, whole)| here.get(&at).unwrap_or(whole));
                self.scope(places, &answers.collect::<Vec<_>>())
            })
            .collect();
        scopes.sort_by(|a, b| a.namespaces.cmp(&b.namespaces));
        scopes.insert(0, self.scope(BTreeSet::new(), &whole.iter().collect::<Vec<_>>()));
        Danger { request, scopes }
    }

    /// By namespace or prefix, what members are told there and not in the whole cluster; by their number.
    fn by_place<'m>(
        &self,
        members: &'m [Member<'_>],
        whole: &[Answers],
        request: &Attributes,
    ) -> ByPlace<'m> {
        let mut by_place = ByPlace::new();
        // who may everywhere may there, too
        let others = || {
            let all = members.iter().zip(whole).enumerate();
            all.filter(|(_, (_, whole))| !(whole.before.is_yes() && whole.after.is_yes()))
        };
        for (at, (member, whole)) in others() {
            for place in &member.places {
                let here = self.ask(member, &request.clone().in_namespace(place));
                if here != *whole {
                    by_place.entry(place).or_default().insert(at, here);
                }
            }
        }
        // and whoever has it there by a prefix
        for (at, (member, _)) in others() {
            let prefixes: Vec<&str> =
                member.places.iter().filter_map(|place| place.strip_suffix('*')).collect();
            for (place, here) in &mut by_place {
                if prefixes.iter().any(|prefix| place.starts_with(prefix)) {
                    let ask = || self.ask(member, &request.clone().in_namespace(place));
                    here.entry(at).or_insert_with(ask);
                }
            }
        }
        by_place
    }

    pub(super) fn ask(&self, Member { login, access, .. }: &Member<'_>, what: &Attributes) -> Answers {
        Answers {
            before: self.sides.answer(&access.before, login.before.as_ref(), what),
            after: self.sides.answer(&access.after, login.after.as_ref(), what),
        }
    }

    fn scope(&self, namespaces: BTreeSet<String>, answers: &[&Answers]) -> DangerScope {
        let told = self.told(answers);
        let counts = Counts::of(told.iter().filter_map(|at| answers.get(*at)).copied());
        DangerScope { namespaces, counts, who: self.rows(&told, answers) }
    }
}

/// By the number of the member.
type ByMember = BTreeMap<usize, Answers>;

/// By namespace, or prefix with a `*`.
type ByPlace<'m> = BTreeMap<&'m str, ByMember>;

/// Places in which the same members are told the same, with what that is by in the first.
struct Alike {
    places: BTreeSet<String>,
    here: ByMember,
}

/// A login, and what it is given.
pub(super) struct Member<'a> {
    login: &'a Login,
    access: Accesses<'a>,
    /// The namespaces and prefixes in which something gives it more than in the whole cluster.
    places: BTreeSet<String>,
}
