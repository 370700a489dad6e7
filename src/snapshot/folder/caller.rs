use serde::{Deserialize, Serialize};

use super::document::Document;
use super::home::Claims;
use super::native;
use crate::documents::Misread;
use crate::model::IamArn;
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

/// A caller of another account is let in by Kubernetes as any other; one of another partition nowhere.
fn read(text: &str, claims: &mut Claims) -> Result<Caller, Misread> {
    let Native { user_id, account, arn } = native::one(text)?;
    if let Ok(parsed) = arn.parse::<IamArn>() {
        claims.partition(parsed.partition(), || format!("the caller {arn}"));
        if parsed.account().as_str() != account {
            return Err(Misread::new(format!("the account is {account}, but {arn} is in another one")));
        }
    }
    Ok(Caller { arn, account, user_id })
}

fn write(caller: &Caller) -> String {
    let Caller { arn, account, user_id } = caller.clone();
    native::write(&Native { user_id, account, arn })
}
