use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::document::Document;
use super::native::{self, Time};
use crate::documents::Misread;
use crate::model::{UnknownUpdateStatus, Update};

/// `aws eks describe-update` of what runs now and of the last change of the mode
pub(super) const UPDATES: Document<Vec<Update>> =
    Document { file: "updates.json", read: |text, _| read(text), write: |updates| write(updates) };

#[derive(Deserialize, Serialize)]
struct Output {
    update: Native,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Native {
    id: String,
    status: String,
    r#type: String,
    params: Option<Vec<Param>>,
    created_at: Option<Time>,
    errors: Option<Vec<Detail>>,
}

#[derive(Deserialize, Serialize)]
struct Param {
    r#type: String,
    value: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<String>,
    error_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_ids: Option<Vec<String>>,
}

impl Detail {
    /// `CODE: message (ids)`, as far as each is there.
    fn into_line(self) -> String {
        let Self { error_code, error_message, resource_ids } = self;
        let code = error_code.filter(|code| !code.is_empty()).map(|code| format!("{code}:"));
        let about = resource_ids.filter(|ids| !ids.is_empty()).map(|ids| format!("({})", ids.join(", ")));
        let parts = [code, error_message.filter(|message| !message.is_empty()), about];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

fn read(text: &str) -> Result<Vec<Update>, Misread> {
    let outputs: Vec<Output> = native::many(text)?;
    let mut updates = BTreeMap::new();
    for Output { update } in outputs {
        let Native { id, status, r#type: kind, params, created_at, errors } = update;
        let params = params.unwrap_or_default().into_iter();
        let update = Update {
            id: id.clone(),
            kind,
            status: status.parse().map_err(|error: UnknownUpdateStatus| Misread::new(error.to_string()))?,
            created: created_at.unwrap_or_default().0,
            params: params.map(|Param { r#type, value }| (r#type, value.unwrap_or_default())).collect(),
            errors: errors.unwrap_or_default().into_iter().map(Detail::into_line).collect(),
        };
        if updates.insert(id.clone(), update).is_some() {
            return Err(Misread::new(format!("the update {id} is listed twice")));
        }
    }
    Ok(sorted(updates.into_values().collect()))
}

/// The newest one first; those without a time last.
fn sorted(mut updates: Vec<Update>) -> Vec<Update> {
    updates.sort_by(|a, b| (b.created_at(), &a.id).cmp(&(a.created_at(), &b.id)));
    updates
}

fn write(updates: &[Update]) -> String {
    let outputs: Vec<Output> = sorted(updates.to_vec())
        .into_iter()
        .map(|Update { id, kind, status, created, params, errors }| Output {
            update: Native {
                id,
                status: status.as_str().to_owned(),
                r#type: kind,
                params: Some(
                    params.into_iter().map(|(r#type, value)| Param { r#type, value: Some(value) }).collect(),
                ),
                created_at: Some(Time(created)),
                errors: Some(
                    errors
                        .into_iter()
                        .map(|line| Detail {
                            error_code: None,
                            error_message: Some(line),
                            resource_ids: None,
                        })
                        .collect(),
                ),
            },
        })
        .collect();
    native::write(&outputs)
}
