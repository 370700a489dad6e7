//! Bodies and parameters of EKS requests, as raw as the rules take them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::model::{AccessScope, AuthenticationMode, EntryType, PolicyArn};
use crate::simulator::eks::rules::CreateRequest;
use crate::simulator::http::message::Request;
use crate::simulator::pages::Wanted;
use crate::simulator::refusal::{AwsRefusal, rule};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Create {
    principal_arn: String,
    #[serde(default)]
    kubernetes_groups: Option<BTreeSet<String>>,
    tags: Option<BTreeMap<String, String>>,
    client_request_token: Option<String>,
    username: Option<String>,
    r#type: Option<EntryType>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    pub kubernetes_groups: Option<BTreeSet<String>>,
    pub username: Option<String>,
}

#[derive(Deserialize)]
struct Tags {
    tags: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Associate {
    policy_arn: String,
    access_scope: AccessScope,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    access_config: Option<AccessConfig>,
    client_request_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccessConfig {
    authentication_mode: Option<String>,
}

/// What does not fit the API model; the wording is ours.
fn body<T: DeserializeOwned>(request: &Request) -> Result<T, AwsRefusal> {
    let bytes = if request.body.is_empty() { b"{}".as_slice() } else { &request.body };
    serde_json::from_slice(bytes).map_err(|error| rule(format!("The request body is not valid: {error}")))
}

pub fn create(request: &Request) -> Result<(CreateRequest, Option<String>), AwsRefusal> {
    let Create { principal_arn, kubernetes_groups, tags, client_request_token, username, r#type } =
        body(request)?;
    let create = CreateRequest {
        principal: principal_arn,
        entry_type: r#type.unwrap_or(EntryType::Standard),
        username,
        groups: kubernetes_groups.unwrap_or_default(),
        tags: tags.unwrap_or_default(),
    };
    Ok((create, client_request_token))
}

pub fn change(request: &Request) -> Result<Change, AwsRefusal> {
    body(request)
}

pub fn tags(request: &Request) -> Result<BTreeMap<String, String>, AwsRefusal> {
    Ok(body::<Tags>(request)?.tags)
}

pub fn associate(request: &Request) -> Result<(PolicyArn, AccessScope), AwsRefusal> {
    let Associate { policy_arn, access_scope } = body(request)?;
    Ok((policy(&policy_arn)?, access_scope))
}

pub fn policy(text: &str) -> Result<PolicyArn, AwsRefusal> {
    text.parse().map_err(|_| rule(format!("The specified policyArn is invalid: {text}")))
}

pub fn mode(request: &Request) -> Result<(AuthenticationMode, Option<String>), AwsRefusal> {
    let Config { access_config, client_request_token } = body(request)?;
    let mode = access_config.and_then(|config| config.authentication_mode);
    let mode = mode.ok_or_else(|| rule("Only accessConfig.authenticationMode can be updated here."))?;
    let mode = mode.parse().map_err(|_| rule(format!("The authentication mode {mode} is not valid.")))?;
    Ok((mode, client_request_token))
}

/// `maxResults` is 1 to 100 in every list of the API model.
pub fn wanted<'t>(request: &Request, next: &'t Option<String>) -> Result<Wanted<'t>, AwsRefusal> {
    let at_most = match request.parameter("maxResults") {
        None => None,
        Some(text) => match text.parse() {
            Ok(most @ 1..=100) => Some(most),
            _ => return Err(rule(format!("maxResults is 1 to 100, not {text}."))),
        },
    };
    Ok(Wanted { next: next.as_deref(), at_most })
}
