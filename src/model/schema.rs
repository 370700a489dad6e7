//! The JSON Schemas of names that are written as one string: what a pattern can say of the rules that their parsers have.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{
    AccessScope, AccountId, ClusterId, EntryType, GroupName, Partition, PolicyArn, PrincipalArn,
    RESERVED_PREFIXES, Token, Username,
};

/// Of the types that are one string, or are written otherwise than serde derives: name and schema.
macro_rules! named {
    ($($of:ty => $schema:expr;)*) => {$(
        impl JsonSchema for $of {
            fn schema_name() -> Cow<'static, str> {
                stringify!($of).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    )*};
}

named! {
    AccountId => json_schema!({
        "description": "An AWS account id; leading zeros are part of it.",
        "type": "string",
        "pattern": "^[0-9]{12}$",
    });
    ClusterId => json_schema!({
        "description": "The ARN of an EKS cluster.",
        "type": "string",
        "pattern": format!("^arn:{}:eks:[a-z0-9-]+:[0-9]{{12}}:cluster/[A-Za-z0-9_-]{{1,100}}$", partitions()),
    });
    PrincipalArn => json_schema!({
        "description": "The ARN of an IAM role or user, with its path.",
        "type": "string",
        "pattern": format!(
            "^arn:{}:iam::[0-9]{{12}}:(role|user)/([!-9;-~]*/)?[A-Za-z0-9+=,.@_-]{{1,64}}$",
            partitions()
        ),
    });
    PolicyArn => json_schema!({
        "description": "The ARN of an EKS access policy.",
        "type": "string",
        "pattern": format!("^arn:{}:eks::aws:cluster-access-policy/[A-Za-z0-9-]+$", partitions()),
    });
    GroupName => json_schema!({
        "description": "A Kubernetes group that an access entry can have.",
        "type": "string",
        "minLength": 1,
        "not": { "anyOf": [{ "pattern": "^system:" }, { "pattern": any_of(&Token::ALL) }] },
    });
    Username => json_schema!({
        "description": "A username that an access entry can have.",
        "type": "string",
        "minLength": 1,
        "not": {
            "anyOf": [
                { "pattern": format!("^({})", RESERVED_PREFIXES.join("|")) },
                { "pattern": any_of(&[Token::Ec2PrivateDnsName, Token::AccountId, Token::AccessKeyId]) },
                { "pattern": format!("^[^:]*{}", any_of(&[Token::SessionName, Token::SessionNameRaw])) },
            ],
        },
    });
    // a type that nobody knows yet is kept as it is
    EntryType => json_schema!({
        "description": "The type of an access entry, as EKS spells it.",
        "type": "string",
        "examples": known_types(),
    });
    AccessScope => json_schema!({
        "description": "Where an access policy holds; a namespace may end in `*`.",
        "oneOf": [scope("cluster", json_schema!({ "maxItems": 0 })), scope("namespace", json_schema!({ "minItems": 1 }))],
    });
}

/// The types that customers can choose.
pub(crate) fn known_types() -> Vec<String> {
    let all: [EntryType; 7] = [
        EntryType::Standard,
        EntryType::Ec2Linux,
        EntryType::Ec2Windows,
        EntryType::FargateLinux,
        EntryType::HybridLinux,
        EntryType::Ec2,
        EntryType::HyperpodLinux,
    ];
    all.iter().map(|it| it.as_str().to_owned()).collect()
}

/// `(aws|aws-cn|…)`.
pub(crate) fn partitions() -> String {
    format!("({})", Partition::ALL.map(Partition::as_str).join("|"))
}

/// One of these placeholders, anywhere.
fn any_of(tokens: &[Token]) -> String {
    let tokens = tokens.iter().map(|token| token.as_str().replace('{', "\\{").replace('}', "\\}"));
    format!("({})", tokens.collect::<Vec<_>>().join("|"))
}

fn scope(kind: &str, mut namespaces: Schema) -> Schema {
    namespaces.insert("type".to_owned(), "array".into());
    namespaces.insert("items".to_owned(), json_schema!({ "type": "string" }).to_value());
    json_schema!({
        "type": "object",
        "properties": { "type": { "const": kind }, "namespaces": namespaces },
        "required": ["type", "namespaces"],
    })
}
