//! What EKS demands of the parts of an access entry, on raw text: what a client sends need not be valid.

use std::collections::{BTreeMap, BTreeSet};

use super::tags::check_not_reserved;
use crate::model::{AccountId, EntryType, IamArn, PrincipalArn, RESERVED_PREFIXES, Token};

use crate::simulator::behaviour::{Behaviour, Placeholders};
use crate::simulator::refusal::{
    AwsRefusal, invalid_principal, reserved_group, reserved_username, rule, service_linked_role,
};

/// What CreateAccessEntry is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CreateRequest {
    pub principal: String,
    pub entry_type: EntryType,
    pub username: Option<String>,
    pub groups: BTreeSet<String>,
    pub tags: BTreeMap<String, String>,
}

/// What an entry may stand for. EKS accepts `:root`, to no effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum EntrySubject {
    Principal(PrincipalArn),
    Root { account: AccountId },
}

impl EntrySubject {
    /// STS sessions, federated users and what is no ARN at all are refused.
    pub fn read(text: &str) -> Result<Self, AwsRefusal> {
        match text.parse() {
            Ok(IamArn::Principal(principal)) if principal.is_service_linked() => Err(service_linked_role()),
            Ok(IamArn::Principal(principal)) => Ok(Self::Principal(principal)),
            Ok(IamArn::Root { account, .. }) => Ok(Self::Root { account }),
            Ok(IamArn::AssumedRole { .. } | IamArn::FederatedUser { .. }) | Err(_) => {
                Err(invalid_principal())
            }
        }
    }
}

/// An entry of a service-linked role belongs to EKS, whatever is to be done with it.
pub(crate) fn check_is_ours(principal: &str) -> Result<(), AwsRefusal> {
    match principal.parse::<PrincipalArn>() {
        Ok(principal) if principal.is_service_linked() => Err(service_linked_role()),
        _ => Ok(()),
    }
}

pub(crate) fn check_create(
    request: &CreateRequest,
    subject: &EntrySubject,
    cluster_account: &AccountId,
    behaviour: &Behaviour,
) -> Result<(), AwsRefusal> {
    let CreateRequest { principal: _, entry_type, username, groups, tags } = request;
    if let EntryType::Other(text) = entry_type {
        return Err(rule(format!("The access entry type {text} is not valid.")));
    }
    if let Some(username) = username {
        check_username(username, behaviour)?;
    }
    check_groups(groups, behaviour)?;
    check_tags(tags)?;
    check_not_reserved(tags.keys())?;
    if entry_type.is_standard() {
        return Ok(());
    }
    let EntrySubject::Principal(principal) = subject else {
        return Err(rule(format!("An access entry of type {entry_type} needs an IAM role.")));
    };
    if !principal.is_role() {
        return Err(rule(format!("An access entry of type {entry_type} needs an IAM role.")));
    }
    if principal.account() != cluster_account {
        return Err(rule(format!(
            "An access entry of type {entry_type} needs a role of the cluster's account."
        )));
    }
    if username.is_some() || !groups.is_empty() {
        return Err(rule(format!(
            "An access entry of type {entry_type} takes no username and no Kubernetes groups."
        )));
    }
    Ok(())
}

/// EKS user guide, "Create access entries".
pub(crate) fn check_username(username: &str, behaviour: &Behaviour) -> Result<(), AwsRefusal> {
    if let Some(prefix) = RESERVED_PREFIXES.into_iter().find(|prefix| username.starts_with(prefix)) {
        return Err(reserved_username(prefix));
    }
    for token in [Token::SessionName, Token::SessionNameRaw] {
        if let Some((before, _)) = username.split_once(token.as_str())
            && !before.contains(':')
        {
            return Err(rule(format!("The username must have a colon before {}.", token.as_str())));
        }
    }
    if behaviour.username_placeholders == Placeholders::Refused {
        let unknown = [Token::AccountId, Token::AccessKeyId, Token::Ec2PrivateDnsName];
        if let Some(token) = unknown.into_iter().find(|token| username.contains(token.as_str())) {
            return Err(rule(format!("The username has the unknown placeholder {}.", token.as_str())));
        }
    }
    Ok(())
}

pub(crate) fn check_groups(groups: &BTreeSet<String>, behaviour: &Behaviour) -> Result<(), AwsRefusal> {
    for group in groups {
        if group.starts_with("system:") {
            return Err(reserved_group(group));
        }
        if behaviour.group_placeholders == Placeholders::Refused
            && let Some(token) = Token::ALL.into_iter().find(|token| group.contains(token.as_str()))
        {
            return Err(rule(format!(
                "The kubernetes group name {group} has the placeholder {}.",
                token.as_str()
            )));
        }
    }
    Ok(())
}

/// EKS API model, TagMap: 50 tags, keys of 1 to 128 and values of up to 256 characters.
pub(crate) fn check_tags(tags: &BTreeMap<String, String>) -> Result<(), AwsRefusal> {
    if tags.len() > 50 {
        return Err(rule("An access entry takes at most 50 tags."));
    }
    for (key, value) in tags {
        if !(1..=128).contains(&key.chars().count()) || value.chars().count() > 256 {
            return Err(rule(format!("The tag {key:?} is too long or empty.")));
        }
    }
    Ok(())
}
