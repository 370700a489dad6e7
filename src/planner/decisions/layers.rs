//! Decisions of several files, the most general first: fleet, account, cluster.

use std::collections::BTreeMap;

use super::{
    AccountDecision, Decisions, Masters, Origins, PrincipalDecision, ProposedUsernames, Prune,
    UsernameDecision,
};
use crate::findings::DecidedAt;

/// What one file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layer {
    /// `None`: it says nothing of that, so that what a more general file says counts.
    pub(super) masters: Option<Masters>,
    pub(super) proposed_usernames: Option<ProposedUsernames>,
    pub(super) prune: Option<Prune>,
    /// All else; of these three nothing.
    pub(super) others: Decisions,
}

impl Decisions {
    /// Of files by their names, the most general first: a later one wins key by key, of groups, accounts and accepted names by
    /// theirs too. Its `principals` come before those of the earlier ones, and an element with the same `principal` takes
    /// from the earlier one the keys that it does not have itself.
    pub fn layered(layers: impl IntoIterator<Item = (String, Layer)>) -> Self {
        let mut layers: Vec<(String, Layer)> = layers.into_iter().collect();
        let last = layers.len().saturating_sub(1);
        let mut all = Self::default();
        for (at, (file, layer)) in layers.drain(..).enumerate() {
            let Layer { masters, proposed_usernames, prune, others } = layer.of(&file, at < last);
            let Self {
                masters: _,
                proposed_usernames: _,
                prune: _,
                groups,
                principals,
                accounts,
                accept_gains,
                accept_differences,
                origins,
            } = others;
            all.masters = masters.unwrap_or(all.masters);
            all.proposed_usernames = proposed_usernames.unwrap_or(all.proposed_usernames);
            all.prune = prune.unwrap_or(all.prune);
            all.groups.extend(groups);
            all.accept_gains.extend(accept_gains);
            all.accept_differences.extend(accept_differences);
            all.origins.groups.extend(origins.groups);
            all.origins.accept_gains.extend(origins.accept_gains);
            all.principals = over(principals, all.principals);
            for (account, decision) in accounts {
                let earlier = all.accounts.remove(&account);
                all.accounts.insert(account, decision.over(earlier));
            }
        }
        all
    }
}

impl Layer {
    /// Each decision with where it comes from; `shared`: other clusters read the file, too.
    fn of(mut self, file: &str, shared: bool) -> Self {
        let Origins { groups, accept_gains } = &mut self.others.origins;
        for at in groups.values_mut().chain(accept_gains.values_mut()) {
            *at = DecidedAt { file: file.to_owned(), shared, ..*at };
        }
        for decision in &mut self.others.principals {
            (decision.file, decision.shared) = (file.to_owned(), shared);
        }
        for decision in self.others.accounts.values_mut() {
            (decision.file, decision.shared) = (file.to_owned(), shared);
        }
        self
    }
}

/// The elements of the later file, then those of the earlier ones.
fn over(later: Vec<PrincipalDecision>, earlier: Vec<PrincipalDecision>) -> Vec<PrincipalDecision> {
    let mut earlier: Vec<Option<PrincipalDecision>> = earlier.into_iter().map(Some).collect();
    let mut all = Vec::with_capacity(later.len() + earlier.len());
    for decision in later {
        let is_same = |it: &&mut Option<PrincipalDecision>| {
            it.as_ref().is_some_and(|it| it.principal == decision.principal)
        };
        let same = earlier.iter_mut().find(is_same).and_then(Option::take);
        all.push(match same {
            Some(same) => decision.over(same),
            None => decision,
        });
    }
    all.extend(earlier.into_iter().flatten());
    all
}

impl PrincipalDecision {
    /// With the keys of the earlier one that it does not have.
    fn over(self, earlier: Self) -> Self {
        // the one says that there is no entry, the other what is in it
        if self.is_skipped() || earlier.is_skipped() {
            return self;
        }
        let Self {
            principal,
            skip,
            existing,
            arn,
            username,
            groups,
            entry_type,
            policies,
            line,
            file,
            shared,
        } = self;
        let entry_type = entry_type.or(earlier.entry_type);
        // what the type takes none of was said for another type
        let takes_names = entry_type.as_ref().is_none_or(crate::model::EntryType::is_standard);
        let takes_policies = entry_type.as_ref().is_none_or(crate::model::EntryType::takes_policies);
        let is_fit = |it: &UsernameDecision| takes_names || *it == UsernameDecision::Default;
        Self {
            principal,
            skip,
            existing: existing.or(earlier.existing),
            arn: arn.or(earlier.arn),
            username: username.or(earlier.username).filter(is_fit),
            groups: groups.or(earlier.groups).filter(|it| takes_names || it.is_empty()),
            entry_type,
            policies: policies.or(earlier.policies).filter(|it| takes_policies || it.is_empty()),
            line,
            file,
            shared,
        }
    }

    /// Where it stands.
    pub fn at(&self) -> DecidedAt {
        DecidedAt { file: self.file.clone(), line: self.line, shared: self.shared }
    }
}

impl AccountDecision {
    fn over(self, earlier: Option<Self>) -> Self {
        let Some(earlier) = earlier else { return self };
        let principals = if self.principals.is_empty() { earlier.principals } else { self.principals };
        Self { principals, skip_others: self.skip_others.or(earlier.skip_others), ..self }
    }

    /// Where it stands.
    pub fn at(&self) -> DecidedAt {
        DecidedAt { file: self.file.clone(), line: self.line, shared: self.shared }
    }
}

impl Decisions {
    /// What is decided, without where it stands.
    #[must_use]
    pub fn without_places(mut self) -> Self {
        self.origins = Origins { groups: BTreeMap::new(), accept_gains: BTreeMap::new() };
        for decision in &mut self.principals {
            (decision.file, decision.line, decision.shared) = (String::new(), 0, false);
        }
        for decision in self.accounts.values_mut() {
            (decision.file, decision.line, decision.shared) = (String::new(), 0, false);
        }
        self
    }
}
