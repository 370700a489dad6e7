use super::{Effective, EffectiveBy, EntryFact, Facts, Overrides, written};
use crate::model::{
    Associations, AuthenticationMode, CanonicalArn, LoginValues, TemplateFailure, Token, UsernameTemplate,
};
use crate::reader::{Identity, IdentityRejection, Mapping};

/// What a login gets. The API server adds `system:authenticated`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Who {
    pub username: String,
    pub groups: Vec<String>,
    /// Only an access entry has any.
    pub policies: Associations,
}

/// What becomes of a login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login<'a> {
    As(Who),
    /// A placeholder has no value, and the login ends: nothing else is asked.
    Fails(TemplateFailure),
    /// Each login takes one of these mappings at random.
    OneOf(Vec<(&'a Mapping, Result<Who, TemplateFailure>)>),
    /// Nothing effective names the principal.
    Nobody,
    /// The mode reads access entries alone, and those were not looked at.
    Unknown,
}

/// Who an identity is in the cluster's present mode, and by what.
#[derive(Debug, Clone)]
pub struct Today<'a> {
    pub login: Login<'a>,
    pub by: EffectiveBy<'a>,
    pub overrides: Vec<Overrides<'a>>,
}

impl<'s> Facts<'s> {
    /// Who an identity is today: by its live access entry, its winning mapping or its account, as the mode has it.
    ///
    /// `values` are of the same identity; what they do not know stays a placeholder.
    ///
    /// # Errors
    /// Nothing of this kind authenticates in any cluster.
    pub fn today<'a>(
        &'a self,
        identity: &Identity,
        values: &LoginValues<'_>,
    ) -> Result<Today<'a>, IdentityRejection>
    where
        's: 'a,
    {
        let canonical = identity.canonical_arn()?;
        let Effective { by, overrides } = self.effective(&CanonicalArn::of(&canonical), &identity.account);
        let login = match &by {
            EffectiveBy::Entry(entry) => Login::As(by_entry(entry, values)),
            EffectiveBy::Mapping(mapping) => match by_mapping(mapping, values) {
                Ok(who) => Login::As(who),
                Err(why) => Login::Fails(why),
            },
            EffectiveBy::AnyOf(mappings) => one_of(mappings, values),
            EffectiveBy::Account(_) => Login::As(Who { username: canonical, ..Who::default() }),
            EffectiveBy::Nobody if self.mode == Some(AuthenticationMode::Api) && !self.entries.observable => {
                Login::Unknown
            }
            EffectiveBy::Nobody => Login::Nobody,
        };
        Ok(Today { login, by, overrides })
    }
}

/// What the username of an access entry is in a login; EKS fills in the session, and of nodes the name of the instance.
pub fn entry_username(template: &str, values: &LoginValues<'_>) -> String {
    let template = UsernameTemplate::new(template);
    let Some(session) = values.session_name else { return template.to_string() };
    let username = written(&template, session);
    match values.dns.and_then(|dns| dns.get(session)) {
        Some(name) => UsernameTemplate::new(username).with(Token::Ec2PrivateDnsName, name).to_string(),
        None => username,
    }
}

fn by_entry(entry: &EntryFact<'_>, values: &LoginValues<'_>) -> Who {
    let observed = entry.observed;
    Who {
        username: entry_username(&observed.username, values),
        groups: observed.groups.iter().cloned().collect(),
        policies: observed.policies.clone(),
    }
}

/// As the authenticator does it (`pkg/server/server.go`, renderTemplate).
pub fn by_mapping(mapping: &Mapping, values: &LoginValues<'_>) -> Result<Who, TemplateFailure> {
    let rendered = |text: &str| UsernameTemplate::new(text).render(values);
    let username = rendered(&mapping.username)?;
    let groups = mapping.groups.iter().flatten().map(|group| rendered(group));
    Ok(Who { username, groups: groups.collect::<Result<_, _>>()?, policies: Associations::new() })
}

/// Mappings that differ in case; where all of them give the same, the cluster cannot tell them apart.
fn one_of<'a>(mappings: &[&'a Mapping], values: &LoginValues<'_>) -> Login<'a> {
    let each: Vec<_> = mappings.iter().map(|mapping| (*mapping, by_mapping(mapping, values))).collect();
    let is_same = |pair: &[(&Mapping, Result<Who, TemplateFailure>)]| match pair {
        [(_, Ok(a)), (_, Ok(b))] => a == b,
        [(_, a), (_, b)] => a.is_err() && b.is_err(),
        _ => true,
    };
    if !each.windows(2).all(is_same) {
        return Login::OneOf(each);
    }
    match each.into_iter().next() {
        Some((_, Ok(who))) => Login::As(who),
        Some((_, Err(why))) => Login::Fails(why),
        None => Login::Nobody,
    }
}
