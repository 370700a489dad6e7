use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::access::assertions::When;
use crate::documents::{Spanned, Version};

type Text = Spanned<String>;

/// The version alone, whatever else a newer file may say.
#[derive(Deserialize)]
pub(super) struct Head {
    pub version: Option<Spanned<Version>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(rename = "version")]
    pub _version: IgnoredAny,
    pub assertions: Option<Spanned<Vec<Spanned<Assertion>>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Assertion {
    pub principal: Option<Text>,
    pub session: Option<Text>,
    pub user: Option<Text>,
    pub groups: Option<Spanned<Vec<Text>>>,
    pub when: Option<When>,
    pub can: Option<Spanned<Request>>,
    pub cannot: Option<Spanned<Request>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    pub verb: String,
    pub resource: Option<Text>,
    pub name: Option<Text>,
    pub namespace: Option<Text>,
    pub path: Option<Text>,
}
