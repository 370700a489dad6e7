use serde::Deserialize;
use serde::de::IgnoredAny;

#[cfg(test)]
use super::schema;
use crate::access::assertions::When;
use crate::documents::{Spanned, Version};

type Text = Spanned<String>;

/// The version alone, whatever else a newer file may say.
#[derive(Deserialize)]
pub(super) struct Head {
    pub version: Option<Spanned<Version>>,
}

/// Who must be able to do what in a cluster, and who must not: a file for eksodus assert.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// The version of this format.
    #[serde(rename = "version")]
    #[cfg_attr(test, schemars(schema_with = "schema::version"))]
    pub _version: IgnoredAny,
    /// Each is checked; its index in the answer is its place in this list, from 0.
    #[cfg_attr(test, schemars(schema_with = "schema::some::<Assertion>"))]
    pub assertions: Option<Spanned<Vec<Spanned<Assertion>>>>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(transform = schema::rules_of_assertion))]
#[serde(deny_unknown_fields)]
pub(super) struct Assertion {
    /// An IAM role or user, or a session of a role: whoever the cluster takes it for.
    #[cfg_attr(test, schemars(default, schema_with = "schema::principal"))]
    pub principal: Option<Text>,
    /// The name of a session of the role; without it any session that no binding names.
    #[cfg_attr(test, schemars(default, schema_with = "schema::session"))]
    pub session: Option<Text>,
    /// A username, as the API server sees it.
    #[cfg_attr(test, schemars(default, schema_with = "schema::of::<String>"))]
    pub user: Option<Text>,
    /// Its groups, exactly these.
    #[cfg_attr(test, schemars(default, schema_with = "schema::of::<Vec<String>>"))]
    pub groups: Option<Spanned<Vec<Text>>>,
    /// The side of the plan that is asked; same: both, whichever the answer is.
    #[cfg_attr(test, schemars(default, schema_with = "schema::of::<When>", extend("default" = "both")))]
    pub when: Option<When>,
    /// The request is allowed.
    #[cfg_attr(test, schemars(default, schema_with = "schema::of::<Request>"))]
    pub can: Option<Spanned<Request>>,
    /// The request is denied.
    #[cfg_attr(test, schemars(default, schema_with = "schema::of::<Request>"))]
    pub cannot: Option<Spanned<Request>>,
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(transform = schema::rules_of_request))]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    /// Such as get, list, create, impersonate; of a path the HTTP method in lower case.
    pub verb: String,
    /// `PLURAL[.GROUP][/SUBRESOURCE]`, such as `deployments.apps/scale`.
    #[cfg_attr(test, schemars(default, schema_with = "schema::of::<String>"))]
    pub resource: Option<Text>,
    /// Of one object.
    #[cfg_attr(test, schemars(default, schema_with = "schema::of::<String>"))]
    pub name: Option<Text>,
    /// Without it: the whole cluster, or all namespaces.
    #[cfg_attr(test, schemars(default, schema_with = "schema::of::<String>"))]
    pub namespace: Option<Text>,
    /// A URL that is no resource, such as /metrics.
    #[cfg_attr(test, schemars(default, schema_with = "schema::of::<String>"))]
    pub path: Option<Text>,
}
