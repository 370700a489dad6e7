//! Roles and bindings that give the plan's principals other than it seems.

use std::collections::BTreeSet;

use super::given::Given;
use super::mappings::settle::Settled;
use crate::findings::{Finding, Reason};
use crate::model::EntryUsername;
use crate::rbac::{Binding, ProblemKind, SubjectKind, problems};

/// Of the bindings that name somebody of `aws-auth`, of an entry or of the plan, and of the roles that they refer to. What is
/// wrong elsewhere in the cluster is no matter of a migration.
pub(super) fn notices(given: &Given<'_>, settled: &Settled) -> Vec<Finding> {
    let Some((rbac, index)) = given.rbac.zip(given.index.as_ref()) else { return Vec::new() };
    let names = Names::of(given, settled);
    let concerns = |binding: &Binding| {
        binding.subjects.iter().any(|subject| match subject.kind {
            SubjectKind::ServiceAccount => false,
            // of whatever kind: in another case it was meant for somebody
            SubjectKind::User | SubjectKind::Group | SubjectKind::Other(_) => names.has(&subject.name),
        })
    };
    let found = problems(rbac, index, Some(&concerns));
    // no login is a service account
    let found = found.into_iter().filter(|it| it.what != ProblemKind::AccountWithoutNamespace);
    found.map(|problem| Finding::new(None, "RBAC", Reason::OfRbac { problem })).collect()
}

/// What bindings may call the principals of a plan.
struct Names<'a> {
    exact: BTreeSet<&'a str>,
    /// What stands before the first placeholder of a username.
    beginnings: BTreeSet<&'a str>,
    lengths: BTreeSet<usize>,
}

impl<'a> Names<'a> {
    fn of(given: &Given<'a>, settled: &'a Settled) -> Self {
        let mut names =
            Self { exact: BTreeSet::new(), beginnings: BTreeSet::new(), lengths: BTreeSet::new() };
        for line in &settled.lines {
            names.exact.extend(line.groups.iter().map(String::as_str));
            names.username(&line.username);
        }
        for target in settled.targets.values() {
            names.exact.extend(target.entry.groups.iter().map(|group| group.as_str()));
            if let EntryUsername::Custom(username) = &target.entry.username {
                names.username(username.as_str());
            }
        }
        for entry in given.facts.entries.iter().filter(|entry| !entry.liveness.is_dead()) {
            names.exact.extend(entry.observed.groups.iter().map(String::as_str));
            names.username(&entry.observed.username);
        }
        names
    }

    fn username(&mut self, username: &'a str) {
        match username.split_once("{{") {
            None => _ = self.exact.insert(username),
            // without a beginning it could be anybody
            Some(("", _)) => {}
            Some((beginning, _)) => {
                self.lengths.insert(beginning.len());
                self.beginnings.insert(beginning);
            }
        }
    }

    fn has(&self, name: &str) -> bool {
        let begins = |length: &usize| name.get(..*length).is_some_and(|it| self.beginnings.contains(it));
        self.exact.contains(name) || self.lengths.iter().any(begins)
    }
}
