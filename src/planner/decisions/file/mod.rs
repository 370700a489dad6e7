//! The file `eksodus.yaml`, version 1: `docs/decisions.md` says what each key means.

mod error;
mod native;
#[cfg(test)]
pub(crate) mod schema;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use error::DecisionsErrorKind as Kind;
pub use error::{DecisionsError, DecisionsErrorKind};

use crate::documents::{Location, Misread, Spanned, strict_yaml_documents};
use crate::findings::{DecidedAt, PLACEHOLDERS};
use crate::model::{
    AccessScope, AccountId, EntryType, GroupName, Partition, PolicyArn, PrincipalArn, Username,
};
use crate::parity::Acceptance;
use crate::planner::{
    AccountDecision, Decisions, ExistingDecision, GroupDecision, Layer, Masters, Origins, PolicyDecision,
    PrincipalDecision, ProposedUsernames, Prune, UsernameDecision,
};
use crate::reader::Place;

/// A value that breaks a rule, and where.
type Fault = (Kind, Option<Place>);

impl Decisions {
    /// Reads a decisions file; `name` is only for its error.
    ///
    /// # Errors
    /// The first value that has no meaning, or one that EKS would refuse.
    pub fn parse(name: &str, text: &str) -> Result<Self, DecisionsError> {
        Ok(Self::layered([(String::new(), Layer::parse(name, text)?)]))
    }
}

impl Layer {
    /// Reads one of several decisions files; `name` is only for its error.
    ///
    /// # Errors
    /// As [`Decisions::parse`].
    pub fn parse(name: &str, text: &str) -> Result<Self, DecisionsError> {
        parse(text).map_err(|(kind, place)| DecisionsError { name: name.to_owned(), place, kind })
    }
}

fn parse(text: &str) -> Result<Layer, Fault> {
    let misread = |Misread { what, place }| (Kind::Misread(what), place);
    // before all else, so that a newer file is not refused for a key it may have
    let heads: Vec<native::Head> = strict_yaml_documents(text).map_err(misread)?;
    match heads.as_slice() {
        [native::Head { version: Some(version) }] if version.value.0 != "1" => {
            return Err(at(version.referenced, Kind::UnknownVersion(version.value.0.clone())));
        }
        [native::Head { version: Some(_) }] => {}
        [] | [native::Head { version: None }] => return Err((Kind::NoVersion, None)),
        [_, _, ..] => return Err((Kind::SecondDocument, None)),
    }
    let mut files: Vec<native::File> = strict_yaml_documents(text).map_err(misread)?;
    let Some(file) = files.pop() else { return Err((Kind::NoVersion, None)) };
    let native::File {
        _version: _,
        masters,
        proposed_usernames,
        groups,
        principals,
        accounts,
        accept_gains,
        accept_differences,
        prune,
    } = file;
    let origins = Origins {
        groups: groups.0.iter().map(|(name, _)| origin(name)).collect(),
        accept_gains: accept_gains.0.iter().map(|(name, _)| origin(name)).collect(),
    };
    let others = Decisions {
        groups: groups.0.into_iter().map(group_decision).collect::<Result<_, _>>()?,
        principals: principal_decisions(principals)?,
        accounts: accounts.0.into_iter().map(account_decision).collect::<Result<_, _>>()?,
        accept_gains: accept_gains.0.into_iter().map(accepted_gain).collect::<Result<_, _>>()?,
        accept_differences: accept_differences
            .0
            .into_iter()
            .map(accepted_change)
            .collect::<Result<_, _>>()?,
        origins,
        ..Decisions::default()
    };
    let masters = masters.map(|masters| match masters {
        native::Masters::AccessPolicy => Ok(Masters::AccessPolicy),
        native::Masters::Group(name) => group(name).map(Masters::Group),
    });
    let proposed_usernames = proposed_usernames.map(|it| match it {
        native::ProposedUsernames::Ask => ProposedUsernames::Ask,
        native::ProposedUsernames::Accept => ProposedUsernames::Accept,
    });
    Ok(Layer { masters: masters.transpose()?, proposed_usernames, prune, others })
}

fn origin(name: &Spanned<String>) -> (String, DecidedAt) {
    (name.value.clone(), DecidedAt { line: line(name.referenced), ..DecidedAt::default() })
}

fn at(location: Location, kind: Kind) -> Fault {
    (kind, Misread::at("", location).place)
}

fn line(location: Location) -> usize {
    Misread::at("", location).place.map_or(0, |place| place.line)
}

fn filled(text: Spanned<String>, what: &'static str) -> Result<String, Fault> {
    if text.value.trim().is_empty() {
        return Err(at(text.referenced, Kind::Empty(what)));
    }
    said(&text)?;
    Ok(text.value)
}

/// What stands in a hint until somebody says it decides nothing.
fn said(text: &Spanned<String>) -> Result<(), Fault> {
    match PLACEHOLDERS.contains(&text.value.as_str()) {
        true => Err(at(text.referenced, Kind::Placeholder(text.value.clone()))),
        false => Ok(()),
    }
}

fn group(text: Spanned<String>) -> Result<GroupName, Fault> {
    said(&text)?;
    let Spanned { value: text, referenced, .. } = text;
    GroupName::new(text.clone()).map_err(|why| at(referenced, Kind::Group { text, why }))
}

fn arn(text: Spanned<String>) -> Result<PrincipalArn, Fault> {
    said(&text)?;
    let Spanned { value: text, referenced, .. } = text;
    text.parse().map_err(|why| at(referenced, Kind::Arn { text, why }))
}

fn group_decision(
    (name, decision): (Spanned<String>, native::GroupDecision),
) -> Result<(String, GroupDecision), Fault> {
    let decision = match decision {
        native::GroupDecision::Drop => GroupDecision::Drop,
        native::GroupDecision::Rename(to) => GroupDecision::Rename(group(to)?),
    };
    Ok((filled(name, "the group's name")?, decision))
}

fn accepted_gain((name, why): (Spanned<String>, Spanned<String>)) -> Result<(String, String), Fault> {
    Ok((filled(name, "the name")?, filled(why, "the reason")?))
}

fn accepted_change(
    (id, accepted): (Spanned<String>, native::Accepted),
) -> Result<(String, Acceptance), Fault> {
    let native::Accepted { reason, until } = accepted;
    let day = filled(until.clone(), "the last day")?;
    if day.parse::<jiff::civil::Date>().is_err() {
        return Err(at(until.referenced, Kind::NotADay(day)));
    }
    Ok((filled(id, "the id")?, Acceptance { reason: filled(reason, "the reason")?, until: day }))
}

fn principal_decisions(principals: Vec<Spanned<native::Principal>>) -> Result<Vec<PrincipalDecision>, Fault> {
    let mut seen = BTreeSet::new();
    let mut decisions = Vec::new();
    for Spanned { value, referenced, .. } in principals {
        let place = value.principal.referenced;
        let decision = principal_decision(value, referenced)?;
        if !seen.insert(decision.principal.clone()) {
            return Err(at(place, Kind::Twice(decision.principal)));
        }
        decisions.push(decision);
    }
    Ok(decisions)
}

fn principal_decision(native: native::Principal, location: Location) -> Result<PrincipalDecision, Fault> {
    let native::Principal { principal, skip, keep, take, arn: real, username, groups, entry_type, policies } =
        native;
    let others = [
        ("arn", real.is_some()),
        ("username", username.is_some()),
        ("groups", groups.is_some()),
        ("type", entry_type.is_some()),
        ("policies", policies.is_some()),
    ];
    let existing = match (keep, take) {
        (Some(native::Keep::Entry), None) => Some(ExistingDecision::KeepEntry),
        (None, Some(native::Take::Mapping)) => Some(ExistingDecision::TakeMapping),
        (None, None) => None,
        (Some(_), Some(_)) => return Err(at(location, Kind::KeepAndTake)),
    };
    let first_of_others = others.into_iter().find(|(_, given)| *given).map(|(other, _)| other);
    match (&skip, existing, first_of_others) {
        (Some(skip), Some(_), _) => return Err(at(skip.referenced, Kind::SkipAndMore("keep or take"))),
        (Some(skip), None, Some(other)) => return Err(at(skip.referenced, Kind::SkipAndMore(other))),
        (None, None, None) => return Err(at(location, Kind::NothingDecided)),
        _ => {}
    }
    let entry_type = entry_type.map(known_type).transpose()?;
    if let Some(entry_type) = &entry_type {
        let custom = username.as_ref().is_some_and(|username| username.value != "default");
        let some_groups = groups.as_ref().is_some_and(|groups| !groups.is_empty());
        let some_policies = policies.as_ref().is_some_and(|policies| !policies.is_empty());
        for (given, taken, what) in [
            (custom, entry_type.is_standard(), "username"),
            (some_groups, entry_type.is_standard(), "groups"),
            (some_policies, entry_type.takes_policies(), "access policies"),
        ] {
            if given && !taken {
                return Err(at(location, Kind::TakesNone { entry_type: entry_type.clone(), what }));
            }
        }
    }
    Ok(PrincipalDecision {
        principal: filled(principal, "principal")?,
        skip: skip.map(|reason| filled(reason, "the reason to skip")).transpose()?,
        existing,
        arn: real.map(arn).transpose()?,
        username: username.map(username_decision).transpose()?,
        groups: groups.map(|groups| groups.into_iter().map(group).collect()).transpose()?,
        entry_type,
        policies: policies.map(policy_decisions).transpose()?,
        line: line(location),
        ..PrincipalDecision::default()
    })
}

fn known_type(Spanned { value: text, referenced, .. }: Spanned<String>) -> Result<EntryType, Fault> {
    match EntryType::from(text) {
        EntryType::Other(text) => Err(at(referenced, Kind::UnknownType(text))),
        known => Ok(known),
    }
}

fn username_decision(text: Spanned<String>) -> Result<UsernameDecision, Fault> {
    said(&text)?;
    let Spanned { value: text, referenced, .. } = text;
    if text == "default" {
        return Ok(UsernameDecision::Default);
    }
    match Username::new(text.clone()) {
        Ok(username) => Ok(UsernameDecision::Custom(username)),
        Err(why) => Err(at(referenced, Kind::Username { text, why })),
    }
}

fn policy_decisions(policies: Vec<native::Policy>) -> Result<Vec<PolicyDecision>, Fault> {
    let mut decisions: BTreeMap<String, PolicyDecision> = BTreeMap::new();
    for native::Policy { policy: Spanned { value: policy, referenced, .. }, scope } in policies {
        if PolicyArn::new(Partition::Aws, &policy).is_err() {
            return Err(at(referenced, Kind::PolicyName(policy)));
        }
        let scope = match scope.value {
            native::Scope::Cluster => AccessScope::Cluster,
            native::Scope::Namespaces(names) => {
                let names: Vec<String> =
                    names.into_iter().map(|name| filled(name, "the namespace")).collect::<Result<_, _>>()?;
                AccessScope::namespaces(names)
                    .map_err(|_| at(scope.referenced, Kind::Empty("the list of namespaces")))?
            }
        };
        if decisions.insert(policy.clone(), PolicyDecision { policy: policy.clone(), scope }).is_some() {
            return Err(at(referenced, Kind::PolicyTwice(policy)));
        }
    }
    Ok(decisions.into_values().collect())
}

fn account_decision(
    (id, decision): (Spanned<String>, Spanned<native::Account>),
) -> Result<(AccountId, AccountDecision), Fault> {
    let Ok(account) = id.value.parse::<AccountId>() else {
        return Err(at(id.referenced, Kind::Account(id.value)));
    };
    let native::Account { principals: listed, skip_others } = decision.value;
    if listed.is_empty() && skip_others.is_none() {
        return Err(at(decision.referenced, Kind::NothingDecided));
    }
    let mut principals = Vec::new();
    for text in listed {
        let place = text.referenced;
        let principal = arn(text)?;
        if *principal.account() != account {
            let (principal, account) = (principal.to_string(), account.to_string());
            return Err(at(place, Kind::OtherAccount { principal, account }));
        }
        principals.push(principal);
    }
    let skip_others = skip_others.map(|reason| filled(reason, "the reason to skip others")).transpose()?;
    let line = line(id.referenced);
    Ok((account, AccountDecision { principals, skip_others, line, ..AccountDecision::default() }))
}
