use serde::{Deserialize, Serialize};

use super::document::Document;
use super::native;
use crate::reader::Misread;
use crate::snapshot::Caller;

/// `aws sts get-caller-identity`
pub(super) const CALLER: Document<Caller> = Document { file: "caller.json", read, write };

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Native {
    user_id: String,
    account: String,
    arn: String,
}

fn read(text: &str) -> Result<Caller, Misread> {
    let Native { user_id, account, arn } = native::one(text)?;
    Ok(Caller { arn, account, user_id })
}

fn write(caller: &Caller) -> String {
    let Caller { arn, account, user_id } = caller.clone();
    native::write(&Native { user_id, account, arn })
}
