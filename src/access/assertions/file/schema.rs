//! What the JSON Schema of a file of assertions says beyond the names and types of [`super::native`]: the rules that its parser
//! has.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::json;

use super::native::File;
use crate::model::PrincipalArn;
use crate::model::schema::partitions;

/// Of the whole file.
pub(crate) fn of_file(generator: &mut SchemaGenerator) -> Schema {
    File::json_schema(generator)
}

pub(super) fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

pub(super) fn some<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let item = of::<T>(generator);
    json_schema!({ "type": "array", "minItems": 1, "items": item })
}

pub(super) fn version(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "const": 1 })
}

pub(super) fn principal(generator: &mut SchemaGenerator) -> Schema {
    let principal = of::<PrincipalArn>(generator);
    let session = format!("^arn:{}:sts::[0-9]{{12}}:assumed-role/[^/]+/[^/]+$", partitions());
    json_schema!({ "anyOf": [principal, { "type": "string", "pattern": session }] })
}

pub(super) fn session(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "minLength": 1 })
}

/// About a principal, or a user and groups, or groups alone; allowed or denied; and only a role has sessions.
pub(super) fn rules_of_assertion(schema: &mut Schema) {
    let none_of = |keys: &[&str]| {
        let required: Vec<_> = keys.iter().map(|key| json!({ "required": [key] })).collect();
        json!({ "anyOf": required })
    };
    let rules = json!([
        {
            "oneOf": [
                { "required": ["principal"], "not": none_of(&["user", "groups"]) },
                { "required": ["user"], "not": none_of(&["principal", "session"]) },
                {
                    "required": ["groups"],
                    "properties": { "groups": { "minItems": 1 } },
                    "not": none_of(&["principal", "session", "user"]),
                },
            ],
        },
        { "oneOf": [{ "required": ["can"] }, { "required": ["cannot"] }] },
        {
            "if": { "required": ["session"] },
            "then": { "properties": { "principal": { "pattern": ":role/" } } },
        },
    ]);
    schema.insert("allOf".to_owned(), rules);
}

/// About a resource, or about a path.
pub(super) fn rules_of_request(schema: &mut Schema) {
    let of_resource = json!({ "required": ["resource"], "not": { "required": ["path"] } });
    let not: Vec<_> = ["resource", "name", "namespace"].map(|key| json!({ "required": [key] })).into();
    let of_path = json!({ "required": ["path"], "not": { "anyOf": not } });
    schema.insert("oneOf".to_owned(), json!([of_resource, of_path]));
}
