use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::document::Document;
use super::native;
use crate::documents::Misread;
use crate::snapshot::IdentityProvider;

/// `aws eks list-identity-provider-configs`
pub(super) const IDENTITY_PROVIDERS: Document<Vec<IdentityProvider>> = Document {
    file: "identity-providers.json",
    read: |text, _| read(text),
    write: |providers| write(providers),
};

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Output {
    /// Has to be there, and null is none.
    #[serde(deserialize_with = "native::nullable")]
    identity_provider_configs: Vec<Native>,
}

#[derive(Deserialize, Serialize)]
struct Native {
    r#type: String,
    name: String,
}

fn read(text: &str) -> Result<Vec<IdentityProvider>, Misread> {
    let listed = native::one::<Output>(text)?.identity_provider_configs;
    let providers: BTreeSet<IdentityProvider> =
        listed.into_iter().map(|Native { r#type: kind, name }| IdentityProvider { kind, name }).collect();
    Ok(providers.into_iter().collect())
}

fn write(providers: &[IdentityProvider]) -> String {
    let sorted: BTreeSet<&IdentityProvider> = providers.iter().collect();
    let configs = sorted
        .into_iter()
        .map(|IdentityProvider { kind, name }| Native { r#type: kind.clone(), name: name.clone() })
        .collect();
    native::write(&Output { identity_provider_configs: configs })
}
