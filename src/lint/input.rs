use super::held::Held;
use crate::model::{IamArn, PrincipalArn, parse_any_case};
use crate::reader::{
    Account, AwsAuth, EntryRef, Manifest, Mapping, NeverMatches, Oddity, SectionName, SectionStatus, Status,
    oddities,
};

/// What the rules look at.
pub(crate) struct Input<'a> {
    pub manifest: &'a Manifest,
    pub aws_auth: &'a AwsAuth,
    pub oddities: Vec<Oddity>,
    /// Lines in force whose principal could have an entry, in file order.
    pub held: Vec<Held<'a>>,
    /// Lines in force that no entry can stand for.
    pub set_aside: Vec<(&'a Mapping, SetAside)>,
}

/// Why a line that the server keeps is no candidate for an entry.
pub(crate) enum SetAside {
    Root,
    ServiceLinked,
    NotAPrincipal(String),
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
        Self { manifest, aws_auth, oddities: oddities(manifest), held, set_aside }
    }

    pub(crate) fn text(&self) -> &'a str {
        &self.manifest.source.text
    }

    /// Every line of `mapRoles` and `mapUsers`, dropped ones too.
    pub(crate) fn mappings(&self) -> impl Iterator<Item = &'a Mapping> + use<'a> {
        mappings_of(self.aws_auth)
    }

    pub(crate) fn mapping(&self, at: EntryRef) -> Option<&'a Mapping> {
        self.aws_auth.mapping(at)
    }

    /// Lines that somebody can be let in by, whatever becomes of them in the migration.
    pub(crate) fn effective(&self) -> impl Iterator<Item = &'a Mapping> + use<'a> {
        self.mappings().filter(|mapping| matches!(mapping.status, Status::InForce | Status::Random { .. }))
    }

    pub(crate) fn never(&self) -> impl Iterator<Item = (&'a Mapping, &'a NeverMatches)> + use<'a> {
        self.mappings().filter_map(|mapping| match &mapping.status {
            Status::NeverMatches(why) => Some((mapping, why)),
            _ => None,
        })
    }

    /// The lines of `mapAccounts`; without the empty ones that the server puts behind an error.
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
    match parse_any_case(arn) {
        Ok(IamArn::Principal(principal)) if is_service_linked(&principal) => Err(SetAside::ServiceLinked),
        Ok(IamArn::Principal(principal)) => Ok(principal),
        Ok(IamArn::Root { .. }) => Err(SetAside::Root),
        Ok(IamArn::AssumedRole { .. }) => Err(SetAside::NotAPrincipal("one session of a role".to_owned())),
        Ok(IamArn::FederatedUser { .. }) => Err(SetAside::NotAPrincipal("a federated user".to_owned())),
        Err(why) => Err(SetAside::NotAPrincipal(why.to_string())),
    }
}

/// IAM keeps the name for them: nobody else can make a role that begins so.
fn is_service_linked(principal: &PrincipalArn) -> bool {
    principal.is_service_linked()
        || (principal.is_role() && principal.name().starts_with("AWSServiceRoleFor"))
}
