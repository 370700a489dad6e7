//! Which mapping an identity gets, and which mappings none can get.

mod identity;
pub(super) mod precedence;
pub(super) mod unmatchable;

pub use identity::{Identity, IdentityRejection};

use super::{AwsAuth, EntryRef, Mapping, NeverMatches, Section, Status};
use crate::model::fold::{fold, lower};
use crate::model::{Ec2PrivateDnsNames, TemplateFailure, UsernameTemplate};

/// Who an identity is in the cluster by `aws-auth` alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    Mapped(Mapped),
    /// No section knows it; EKS goes on to its next source, if it has one.
    NotMapped,
    /// An entry matches and cannot be rendered. The login ends: nothing else is asked.
    TemplateFailed {
        source: EntryRef,
        why: TemplateFailure,
    },
    /// Not an identity that may log in.
    IdentityRejected(IdentityRejection),
    /// Entries that differ only in the case of their ARN: each login takes one of them.
    Nondeterministic {
        candidates: Vec<Lookup>,
    },
}

/// The Kubernetes user an identity becomes; the API server adds `system:authenticated`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    pub username: String,
    pub groups: Vec<String>,
    /// The mapping, or the element of `mapAccounts`.
    pub source: EntryRef,
}

/// Looks an identity up as EKS does at login: roles, then users, then accounts.
pub fn lookup(auth: &AwsAuth, identity: &Identity, dns: &Ec2PrivateDnsNames) -> Lookup {
    let canonical = match identity.canonical_arn() {
        Ok(arn) => arn,
        Err(why) => return Lookup::IdentityRejected(why),
    };
    let wanted = fold(&lower(&canonical));
    for section in [&auth.roles, &auth.users] {
        let mut candidates: Vec<Lookup> = Vec::new();
        for mapping in held(section).filter(|mapping| fold(&mapping.arn) == wanted) {
            let candidate = login(mapping, identity, dns);
            if !candidates.iter().any(|known| known.same_user(&candidate)) {
                candidates.push(candidate);
            }
        }
        match candidates.len() {
            0 => {}
            1 => return candidates.remove(0),
            _ => return Lookup::Nondeterministic { candidates },
        }
    }
    // of equal mappings the last one stands
    let account =
        auth.accounts.entries.iter().rfind(|account| {
            !matches!(account.status, Status::Dropped(_)) && account.text == identity.account
        });
    match account {
        Some(account) => {
            Lookup::Mapped(Mapped { username: canonical, groups: Vec::new(), source: account.at })
        }
        None => Lookup::NotMapped,
    }
}

/// Entries in EKS's tables; those that no real identity matches are there as well.
fn held(section: &Section<Mapping>) -> impl Iterator<Item = &Mapping> {
    section.entries.iter().filter(|mapping| match mapping.status {
        Status::InForce | Status::Random { .. } => true,
        Status::NeverMatches(ref why) => *why != NeverMatches::Sso,
        Status::Superseded { .. } | Status::Dropped(_) => false,
    })
}

fn login(mapping: &Mapping, identity: &Identity, dns: &Ec2PrivateDnsNames) -> Lookup {
    let rendered = render(&mapping.username, identity, dns).and_then(|username| {
        let groups = mapping.groups.iter().flatten().map(|group| render(group, identity, dns));
        Ok((username, groups.collect::<Result<Vec<String>, TemplateFailure>>()?))
    });
    match rendered {
        Ok((username, groups)) => Lookup::Mapped(Mapped { username, groups, source: mapping.at }),
        Err(why) => Lookup::TemplateFailed { source: mapping.at, why },
    }
}

fn render(template: &str, identity: &Identity, dns: &Ec2PrivateDnsNames) -> Result<String, TemplateFailure> {
    UsernameTemplate::new(template).render(&identity.login_values(dns))
}

impl Lookup {
    /// Whether the cluster could not tell the two apart.
    fn same_user(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Mapped(a), Self::Mapped(b)) => a.username == b.username && a.groups == b.groups,
            (Self::TemplateFailed { .. }, Self::TemplateFailed { .. }) => true,
            _ => false,
        }
    }
}
