//! What was found, as rows that people read: collapsed, each with its source, what comes near, and a request.

use super::compare::Others;
use super::consequence::Consequence;
use super::counterexample::{is_well_known, rank, request};
use super::coverage::{Atom, Coverage};
use super::{Access, Beyond, Difference, Granted, GrantedBy, Near, Reach, Served};
use crate::rbac::{PolicyRule, collapse};

impl Beyond<'_> {
    /// The gravest first; each row is of one consequence, one source and one reach. A request for each is looked for among what is `served`, where that is known.
    pub fn rows(&self, other: &Access<'_>, served: Option<&Served>) -> Vec<Difference> {
        let mut rows: Vec<Difference> = Vec::new();
        let others = served.map(|served| (served, Others::of(other)));
        for (reach, granted, atoms) in &self.atoms {
            let there: Vec<&Granted<'_>> = at(other, reach).collect();
            let coverage = Coverage::of(there.iter().copied());
            let by = granted.source.to_owned();
            let mut atoms: Vec<(Consequence, &Atom<'_>)> =
                atoms.iter().map(|atom| (Consequence::of(atom), atom)).collect();
            atoms.sort();
            for alike in atoms.chunk_by(|(one, _), (other, _)| one == other) {
                let rules: Vec<PolicyRule> = alike.iter().map(|(_, atom)| atom.rule()).collect();
                for rule in collapse(&rules) {
                    let of_rule: Vec<&Atom<'_>> =
                        alike.iter().map(|(_, atom)| *atom).filter(|atom| is_of(atom, &rule)).collect();
                    // of groups × resources some are no resources at all: what is served, or what everybody knows, says more
                    let example = others.as_ref().and_then(|(served, others)| {
                        let examples =
                            of_rule.iter().filter_map(|atom| others.example(served, **atom, reach));
                        examples.min_by_key(rank)
                    });
                    let known = of_rule.iter().copied().find(|atom| is_well_known(atom));
                    let Some(first) = example.or(known.or(of_rule.first().copied()).copied()) else {
                        continue;
                    };
                    rows.push(Difference {
                        consequence: alike
                            .first()
                            .map_or(Consequence::Other, |(consequence, _)| *consequence),
                        reach: reach.clone(),
                        permissions: of_rule.len() * reach.namespaces.len().max(1),
                        by: by.clone(),
                        near: near(&first, &there),
                        request: request(&first, reach, &coverage),
                        rule,
                    });
                }
            }
        }
        if self.node {
            rows.push(of_node());
        }
        rows.sort_by(|a, b| (a.consequence, &a.reach).cmp(&(b.consequence, &b.reach)));
        rows
    }
}

/// What the other side has throughout the reach, or, of several namespaces, in the first, from which the request is taken.
fn at<'a, 'r>(access: &'a Access<'r>, reach: &'a Reach) -> impl Iterator<Item = &'a Granted<'r>> {
    let namespace = reach.namespaces.first();
    access.cluster.iter().chain(namespace.into_iter().flat_map(|namespace| access.within(namespace)))
}

fn is_of(atom: &Atom<'_>, rule: &PolicyRule) -> bool {
    let has = |list: &[String], text: &str| list.iter().any(|item| item == text);
    match atom {
        Atom::Url { url, verb } => has(&rule.non_resource_urls, url) && has(&rule.verbs, verb),
        Atom::Resource { group, resource, verb, name } => {
            has(&rule.api_groups, group)
                && has(&rule.resources, resource)
                && has(&rule.verbs, verb)
                && name.map_or(rule.resource_names.is_empty(), |name| has(&rule.resource_names, name))
        }
    }
}

/// The first source on the other side that has something on the same resource, or on it without the subresource.
fn near(atom: &Atom<'_>, there: &[&Granted<'_>]) -> Option<Near> {
    let Atom::Resource { group, resource, .. } = atom else { return None };
    let of = resource.split_once('/').map_or(*resource, |(of, _)| of);
    let on = |asked: &str| {
        there.iter().find_map(|granted| {
            let rule = granted.rules.iter().find(|rule| {
                rule.api_groups.iter().any(|item| item == group)
                    && rule.resources.iter().any(|it| it == asked)
            })?;
            let rule = PolicyRule {
                api_groups: vec![(*group).to_owned()],
                resources: vec![asked.to_owned()],
                ..rule.clone()
            };
            Some(Near { by: granted.source.to_owned(), rule })
        })
    };
    on(resource).or_else(|| on(of))
}

/// What the Node authorizer gives is decided by what runs on the node, and not by rules: its row stands for all of it
/// (kubernetes: plugin/pkg/auth/authorizer/node/node_authorizer.go; every node reads its own Node object).
fn of_node() -> Difference {
    let one = |text: &str| vec![text.to_owned()];
    let rule = PolicyRule {
        verbs: one("get"),
        api_groups: one(""),
        resources: one("nodes"),
        ..PolicyRule::default()
    };
    let request = crate::rbac::Attributes::resource("get", "", "nodes");
    Difference {
        consequence: Consequence::Other,
        rule,
        reach: Reach::default(),
        permissions: 1,
        by: GrantedBy::NodeAuthorizer,
        near: None,
        request,
    }
}
