use super::check::About;
use super::held::Held;
use super::{Mappings, spans};
use crate::facts::{Service, service_of};
use crate::findings::{Reason, RuleId};
use crate::model::{IamArn, InvalidArn, OtherLogin, PrincipalArn, parse_any_case};
use crate::reader::{
    Account, AwsAuth, EntryRef, LinePlace, Manifest, Mapping, NeverMatches, Oddity, SectionName,
    SectionStatus, Status, oddities,
};

/// What the rules look at.
pub(crate) struct Input<'a> {
    pub manifest: &'a Manifest,
    pub aws_auth: &'a AwsAuth,
    pub oddities: Vec<Oddity>,
    pub places: Mappings,
    /// Effective mappings whose principal could have an entry, in file order.
    pub held: Vec<Held<'a>>,
    /// Effective mappings that no entry can replace.
    pub set_aside: Vec<(&'a Mapping, SetAside)>,
}

/// Why an effective mapping is no candidate for an entry.
pub(crate) enum SetAside {
    Root,
    ServiceLinked(Service),
    NotAPrincipal(InvalidArn),
}

impl<'a> Input<'a> {
    pub(crate) fn of(manifest: &'a Manifest, aws_auth: &'a AwsAuth) -> Self {
        let mut held = Vec::new();
        let mut set_aside = Vec::new();
        for mapping in mappings_of(aws_auth).filter(|mapping| mapping.status == Status::InForce) {
            match principal(&mapping.arn) {
                Ok(principal) => held.push(Held::of(mapping, principal, &manifest.source.text)),
                Err(why) => set_aside.push((mapping, why)),
            }
        }
        Self {
            manifest,
            aws_auth,
            oddities: oddities(manifest),
            places: Mappings::of(aws_auth),
            held,
            set_aside,
        }
    }

    pub(crate) fn text(&self) -> &'a str {
        &self.manifest.source.text
    }

    /// Every mapping of `mapRoles` and `mapUsers`, dropped ones too.
    pub(crate) fn mappings(&self) -> impl Iterator<Item = &'a Mapping> + use<'a> {
        mappings_of(self.aws_auth)
    }

    pub(crate) fn mapping(&self, at: EntryRef) -> Option<&'a Mapping> {
        self.aws_auth.mapping(at)
    }

    /// The place of a mapping.
    pub(crate) fn place(&self, at: EntryRef) -> Option<LinePlace> {
        let account = || self.aws_auth.accounts.entries.iter().find(|it| it.at == at).map(|it| it.place);
        let place = self.mapping(at).map(|mapping| mapping.place).or_else(account)?;
        Some(LinePlace { entry: at, place })
    }

    /// Whom a mapping names.
    pub(crate) fn subject(&self, at: EntryRef) -> String {
        let account = || self.aws_auth.accounts.entries.iter().find(|it| it.at == at).map(|it| &it.text);
        self.mapping(at).map(|mapping| &mapping.arn).or_else(account).cloned().unwrap_or_default()
    }

    /// Where sections end too early.
    pub(crate) fn ends(&self) -> impl Iterator<Item = About> + use<> {
        let (text, AwsAuth { roles, users, accounts }) = (self.text(), self.aws_auth);
        let ends = [Reason::of_end(roles, text), Reason::of_end(users, text), Reason::of_end(accounts, text)];
        ends.into_iter().flatten().map(|(reason, at, span)| {
            let subject = at.entry.section.to_string();
            About { span, at: Some(at), subject, reason }
        })
    }

    /// The keys of `data` that a rule finds.
    pub(crate) fn keys(&self, rule: RuleId) -> impl Iterator<Item = About> + use<'a> {
        let text = self.text();
        let keys = self.manifest.config_map.data.keys();
        let found = keys.filter_map(|key| Some((key, Reason::of_key(key)?)));
        found.filter(move |(_, reason)| reason.rule() == rule).map(move |(key, reason)| About {
            span: spans::key(text, key),
            at: None,
            subject: key.clone(),
            reason,
        })
    }

    /// Mappings that give somebody access, whatever becomes of them in the migration.
    pub(crate) fn effective(&self) -> impl Iterator<Item = &'a Mapping> + use<'a> {
        self.mappings().filter(|mapping| matches!(mapping.status, Status::InForce | Status::Random { .. }))
    }

    pub(crate) fn never(&self) -> impl Iterator<Item = (&'a Mapping, &'a NeverMatches)> + use<'a> {
        self.mappings().filter_map(|mapping| match &mapping.status {
            Status::NeverMatches(why) => Some((mapping, why)),
            _ => None,
        })
    }

    /// The elements of `mapAccounts`; without the empty ones that EKS adds after an error.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = &'a Account> + use<'a> {
        let end = match self.aws_auth.accounts.status {
            SectionStatus::Lost { span, .. } => span.start,
            _ => usize::MAX,
        };
        self.aws_auth.accounts.entries.iter().filter(move |account| account.span.end <= end)
    }

    pub(crate) fn sections(&self) -> [Outline<'a>; 3] {
        let AwsAuth { roles, users, accounts } = self.aws_auth;
        [
            Outline { name: roles.name, status: &roles.status, entries: roles.entries.len() },
            Outline { name: users.name, status: &users.status, entries: users.entries.len() },
            Outline { name: accounts.name, status: &accounts.status, entries: accounts.entries.len() },
        ]
    }
}

/// A section without its entries.
#[derive(Clone, Copy)]
pub(crate) struct Outline<'a> {
    pub name: SectionName,
    pub status: &'a SectionStatus,
    pub entries: usize,
}

fn mappings_of(aws_auth: &AwsAuth) -> impl Iterator<Item = &Mapping> {
    aws_auth.roles.entries.iter().chain(&aws_auth.users.entries)
}

fn principal(arn: &str) -> Result<PrincipalArn, SetAside> {
    let other = |login| Err(SetAside::NotAPrincipal(InvalidArn::NotAPrincipal(login)));
    match parse_any_case(arn) {
        Ok(IamArn::Principal(principal)) => match service_of(&principal) {
            Some(service) => Err(SetAside::ServiceLinked(service)),
            None => Ok(principal),
        },
        Ok(IamArn::Root { .. }) => Err(SetAside::Root),
        Ok(IamArn::AssumedRole { .. }) => other(OtherLogin::Session),
        Ok(IamArn::FederatedUser { .. }) => other(OtherLogin::FederatedUser),
        Err(why) => Err(SetAside::NotAPrincipal(why)),
    }
}
