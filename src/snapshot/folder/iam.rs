use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::document::Document;
use super::native::{self, Time};
use crate::documents::Misread;
use crate::model::PrincipalArn;
use crate::snapshot::{IamRole, IamUser, Listing};

/// `aws iam list-roles`, or `get-role` of some
pub(super) const ROLES: Document<Listing<IamRole>> =
    Document { file: "iam-roles.json", read: |text, _| read_roles(text), write: write_roles };

/// `aws iam list-users`, or `get-user` of some
pub(super) const USERS: Document<Listing<IamUser>> =
    Document { file: "iam-users.json", read: |text, _| read_users(text), write: write_users };

#[derive(Deserialize)]
#[serde(try_from = "Raw")]
enum Output {
    List { items: Vec<Self>, truncated: bool },
    One(Identity),
}

struct Identity {
    arn: PrincipalArn,
    id: String,
    created: String,
    /// As a list prints it: get-role and get-user print more, under a key of their own.
    listed: bool,
}

/// The fields of all outputs; which ones are there tells them apart.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Raw {
    /// `Some` where the key is there: null is an empty list.
    #[serde(default, alias = "Users", deserialize_with = "native::present")]
    roles: Option<Vec<Output>>,
    #[serde(alias = "User")]
    role: Option<Box<Self>>,
    #[serde(default, deserialize_with = "native::nullable")]
    is_truncated: bool,
    marker: Option<IgnoredAny>,
    next_token: Option<IgnoredAny>,
    arn: Option<PrincipalArn>,
    #[serde(alias = "UserId")]
    role_id: Option<String>,
    create_date: Option<Time>,
    role_last_used: Option<IgnoredAny>,
    tags: Option<IgnoredAny>,
}

impl TryFrom<Raw> for Output {
    type Error = &'static str;

    fn try_from(raw: Raw) -> Result<Self, Self::Error> {
        let Raw {
            roles,
            role,
            is_truncated,
            marker,
            next_token,
            arn,
            role_id,
            create_date,
            role_last_used,
            tags,
        } = raw;
        if let Some(items) = roles {
            let truncated = is_truncated || marker.is_some() || next_token.is_some();
            return Ok(Self::List { items, truncated });
        }
        if let Some(inner) = role {
            return match Self::try_from(*inner)? {
                Self::One(identity) => Ok(Self::One(Identity { listed: false, ..identity })),
                Self::List { .. } => Err("a list where one role or user belongs"),
            };
        }
        Ok(Self::One(Identity {
            arn: arn.ok_or("missing field `Arn`")?,
            id: role_id.ok_or("missing field `RoleId` or `UserId`")?,
            created: create_date.ok_or("missing field `CreateDate`")?.0,
            listed: role_last_used.is_none() && tags.is_none(),
        }))
    }
}

fn read(text: &str, role: bool) -> Result<Listing<Identity>, Misread> {
    let mut outputs: Vec<Output> = native::many(text)?;
    let (outputs, mut complete) = match (outputs.pop(), outputs.is_empty()) {
        (Some(Output::List { items, truncated }), true) => (items, !truncated),
        (last, _) => {
            outputs.extend(last);
            (outputs, false)
        }
    };
    let mut items = Vec::new();
    let mut pending: Vec<Output> = outputs;
    while let Some(output) = pending.pop() {
        match output {
            Output::One(identity) => {
                complete &= identity.listed;
                items.push(identity);
            }
            Output::List { items, .. } => {
                complete = false;
                pending.extend(items);
            }
        }
    }
    if let Some(other) = items.iter().find(|identity| identity.arn.is_role() != role) {
        let kind = if role { "role" } else { "user" };
        return Err(Misread::new(format!("{} is not a {kind}", other.arn)));
    }
    items.sort_by_cached_key(|identity| identity.arn.to_string());
    Ok(Listing { items, complete })
}

fn read_roles(text: &str) -> Result<Listing<IamRole>, Misread> {
    let Listing { items, complete } = read(text, true)?;
    let roles =
        items.into_iter().map(|Identity { arn, id, created, listed: _ }| IamRole { arn, id, created });
    Ok(Listing { items: roles.collect(), complete })
}

fn read_users(text: &str) -> Result<Listing<IamUser>, Misread> {
    let Listing { items, complete } = read(text, false)?;
    let users =
        items.into_iter().map(|Identity { arn, id, created, listed: _ }| IamUser { arn, id, created });
    Ok(Listing { items: users.collect(), complete })
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Roles {
    roles: Vec<NativeRole>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_truncated: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NativeRole {
    path: String,
    role_name: String,
    role_id: String,
    arn: String,
    create_date: Time,
}

fn write_roles(listing: &Listing<IamRole>) -> String {
    let mut roles: Vec<NativeRole> = listing
        .items
        .iter()
        .map(|IamRole { arn, id, created }| NativeRole {
            path: arn.path().to_owned(),
            role_name: arn.name().to_owned(),
            role_id: id.clone(),
            arn: arn.to_string(),
            create_date: Time(created.clone()),
        })
        .collect();
    roles.sort_by(|a, b| a.arn.cmp(&b.arn));
    native::write(&Roles { roles, is_truncated: !listing.complete })
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Users {
    users: Vec<NativeUser>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_truncated: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NativeUser {
    path: String,
    user_name: String,
    user_id: String,
    arn: String,
    create_date: Time,
}

fn write_users(listing: &Listing<IamUser>) -> String {
    let mut users: Vec<NativeUser> = listing
        .items
        .iter()
        .map(|IamUser { arn, id, created }| NativeUser {
            path: arn.path().to_owned(),
            user_name: arn.name().to_owned(),
            user_id: id.clone(),
            arn: arn.to_string(),
            create_date: Time(created.clone()),
        })
        .collect();
    users.sort_by(|a, b| a.arn.cmp(&b.arn));
    native::write(&Users { users, is_truncated: !listing.complete })
}
