use super::{EntryFact, Facts};
use crate::model::{AuthenticationMode, CanonicalArn};
use crate::reader::{Account, AwsAuth, EntryRef, Mapping, Status};

/// By what a principal authenticates in the cluster's present mode.
#[derive(Debug, Clone)]
pub enum EffectiveBy<'a> {
    Entry(&'a EntryFact<'a>),
    Mapping(&'a Mapping),
    /// Mappings that differ only in the case of their ARN: each login takes one of them.
    AnyOf(Vec<&'a Mapping>),
    Account(&'a Account),
    /// Nothing names it.
    Nobody,
}

/// What is effective for a principal, and what that overrides.
#[derive(Debug, Clone)]
pub struct Effective<'a> {
    pub by: EffectiveBy<'a>,
    pub overrides: Vec<Overrides<'a>>,
}

/// What names the principal and gives it nothing.
#[derive(Debug, Clone)]
pub enum Overrides<'a> {
    /// The entry is dead: its principal is gone, or was recreated.
    DeadEntry(&'a EntryFact<'a>),
    /// An effective entry stands before it, or the mode does not read `aws-auth`.
    Mapping(&'a Mapping),
    /// Another mapping of the same principal is the winning one.
    Duplicate { mapping: &'a Mapping, by: EntryRef },
    /// As a mapping, or one of the principal's own stands before it.
    Account(&'a Account),
}

impl<'s> Facts<'s> {
    /// What is effective for a principal: its live access entry, else its winning mapping, each as far as the mode has it
    /// (EKS user guide, "migrating-access-entries": an entry replaces the mapping of its principal completely).
    pub fn effective<'a>(&'a self, key: &CanonicalArn, account: &str) -> Effective<'a>
    where
        's: 'a,
    {
        let aws_auth = self.aws_auth();
        let reads_config_map = self.mode.is_none_or(AuthenticationMode::reads_config_map);
        let mut overrides: Vec<Overrides<'a>> = Vec::new();
        let live = self.entries.live(key);
        let dead = self.entries.of_key(key).filter(|entry| entry.liveness.is_dead());
        overrides.extend(dead.map(Overrides::DeadEntry));
        let named = aws_auth.map(|aws_auth| winning(aws_auth, key)).unwrap_or_default();
        let of_account = aws_auth.and_then(|aws_auth| account_mapping(aws_auth, account));
        let by = match live {
            Some(entry) => EffectiveBy::Entry(entry),
            None if !reads_config_map => EffectiveBy::Nobody,
            None => match (named.as_slice(), of_account) {
                ([one], _) => EffectiveBy::Mapping(one),
                ([_, _, ..], _) => EffectiveBy::AnyOf(named.clone()),
                ([], Some(account)) => EffectiveBy::Account(account),
                ([], None) => EffectiveBy::Nobody,
            },
        };
        let by_mapping = matches!(by, EffectiveBy::Mapping(_) | EffectiveBy::AnyOf(_));
        if !by_mapping {
            overrides.extend(named.into_iter().map(Overrides::Mapping));
        }
        overrides.extend(aws_auth.into_iter().flat_map(|aws_auth| duplicates(aws_auth, key)));
        if !matches!(by, EffectiveBy::Account(_)) {
            overrides.extend(of_account.map(Overrides::Account));
        }
        Effective { by, overrides }
    }
}

/// The mappings that the authenticator could take for a principal: one, or several that differ in case.
fn winning<'a>(aws_auth: &'a AwsAuth, key: &CanonicalArn) -> Vec<&'a Mapping> {
    let wins = |mapping: &&Mapping| {
        matches!(mapping.status, Status::InForce | Status::Random { .. })
            && CanonicalArn::as_mapped(&mapping.arn) == *key
    };
    for section in [&aws_auth.roles, &aws_auth.users] {
        let found: Vec<&Mapping> = section.entries.iter().filter(wins).collect();
        if !found.is_empty() {
            return found;
        }
    }
    Vec::new()
}

/// The mappings of a principal that another one replaces.
fn duplicates<'a>(aws_auth: &'a AwsAuth, key: &CanonicalArn) -> Vec<Overrides<'a>> {
    let all = aws_auth.roles.entries.iter().chain(&aws_auth.users.entries);
    let replaced = all.filter_map(|mapping| match mapping.status {
        Status::Superseded { by } if CanonicalArn::as_mapped(&mapping.arn) == *key => {
            Some(Overrides::Duplicate { mapping, by })
        }
        _ => None,
    });
    replaced.collect()
}

/// The element of `mapAccounts` that counts; of equal ones the last.
fn account_mapping<'a>(aws_auth: &'a AwsAuth, account: &str) -> Option<&'a Account> {
    let counts = |mapping: &&Account| {
        matches!(mapping.status, Status::InForce | Status::Random { .. }) && mapping.text == account
    };
    aws_auth.accounts.entries.iter().rfind(counts)
}

/// Where the mapping of an effective answer stands.
impl EffectiveBy<'_> {
    pub fn place(&self) -> Option<EntryRef> {
        match self {
            Self::Mapping(mapping) => Some(mapping.at),
            Self::Account(account) => Some(account.at),
            Self::Entry(_) | Self::AnyOf(_) | Self::Nobody => None,
        }
    }
}
