//! The requests that matter most, each by who may make it: in the whole cluster, and where that is different.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::roll::{Accesses, Roll};
use super::{Answer, Counts, Login, Row};
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

impl Roll<'_> {
    /// Who may what matters most.
    pub fn dangerous(&self) -> Vec<Danger> {
        let members = self.given();
        let asked = DANGEROUS.iter().map(|(verb, group, resource, in_namespace)| {
            let (resource, subresource) = match resource.split_once('/') {
                Some((resource, subresource)) => (resource, Some(subresource)),
                None => (*resource, None),
            };
            let request = Attributes::resource(verb, group, resource).of_subresource(subresource);
            self.danger(&members, request, *in_namespace)
        });
        asked.collect()
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
        let ask = |member: &Member<'_>, what: &Attributes| -> (Answer, Answer) {
            let Member { login, access, .. } = member;
            (
                self.sides.answer(&access.before, login.before.as_ref(), what),
                self.sides.answer(&access.after, login.after.as_ref(), what),
            )
        };
        let whole: Vec<(Answer, Answer)> = members.iter().map(|member| ask(member, &request)).collect();
        let mut scopes = vec![self.scope(BTreeSet::new(), &whole)];
        if !in_namespace {
            return Danger { request, scopes };
        }
        let may_both =
            |at: usize| whole.get(at).is_some_and(|(before, after)| before.is_yes() && after.is_yes());
        // by place, who of all may there what they may not everywhere
        let mut by_place: BTreeMap<&str, BTreeMap<usize, (Answer, Answer)>> = BTreeMap::new();
        for (at, member) in members.iter().enumerate().filter(|(at, _)| !may_both(*at)) {
            for place in &member.places {
                let here = ask(member, &request.clone().in_namespace(place));
                if whole.get(at) != Some(&here) {
                    by_place.entry(place).or_default().insert(at, here);
                }
            }
        }
        // and whoever has it there by a prefix
        for (at, member) in members.iter().enumerate().filter(|(at, _)| !may_both(*at)) {
            let prefixes: Vec<&str> =
                member.places.iter().filter_map(|place| place.strip_suffix('*')).collect();
            for (place, here) in &mut by_place {
                if prefixes.iter().any(|prefix| place.starts_with(prefix)) && !here.contains_key(&at) {
                    here.insert(at, ask(member, &request.clone().in_namespace(place)));
                }
            }
        }
        let mut alike: Vec<(BTreeSet<String>, Vec<(Answer, Answer)>)> = Vec::new();
        for (place, changed) in by_place {
            let mut here = whole.clone();
            for (at, answers) in changed {
                if let Some(slot) = here.get_mut(at) {
                    *slot = answers;
                }
            }
            let words = |answers: &[(Answer, Answer)], others: &[(Answer, Answer)]| {
                answers.iter().zip(others).all(|(a, b)| a.0.is_same_word(&b.0) && a.1.is_same_word(&b.1))
            };
            if words(&here, &whole) {
                continue;
            }
            match alike.iter_mut().find(|(_, others)| words(others, &here)) {
                Some((places, _)) => drop(places.insert(place.to_owned())),
                None => alike.push(([place.to_owned()].into(), here)),
            }
        }
        scopes.extend(alike.into_iter().map(|(places, answers)| self.scope(places, &answers)));
        Danger { request, scopes }
    }

    fn scope(&self, namespaces: BTreeSet<String>, answers: &[(Answer, Answer)]) -> DangerScope {
        let told = self.told(answers);
        let counts = Counts::of(told.iter().filter_map(|at| answers.get(*at)).map(|(a, b)| (a, b)));
        DangerScope { namespaces, counts, who: self.rows(&told, answers) }
    }
}

/// A login, and what it is given.
pub(super) struct Member<'a> {
    login: &'a Login,
    access: Accesses<'a>,
    /// The namespaces and prefixes in which something gives it more than in the whole cluster.
    places: BTreeSet<String>,
}
