//! What the JSON Schema of `eksodus.yaml` says beyond the names and types of [`super::native`]: the rules that its parser has.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::json;

use super::native::{Accepted, Account, File, GroupDecision, Principal};
use crate::findings::PLACEHOLDERS;
use crate::model::schema::known_types;
use crate::model::{GroupName, PrincipalArn, Username};

/// Of the whole file.
pub(crate) fn of_file(generator: &mut SchemaGenerator) -> Schema {
    File::json_schema(generator)
}

pub(super) fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

pub(super) fn version(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "const": 1 })
}

/// What stands in a hint until somebody says it is no answer.
struct Placeholder;

impl JsonSchema for Placeholder {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Placeholder".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "What stands in a hint until somebody says it.", "enum": PLACEHOLDERS })
    }
}

/// A value of this type that somebody has said.
fn said<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let (name, placeholder) = (of::<T>(generator), of::<Placeholder>(generator));
    json_schema!({ "allOf": [name, { "not": placeholder }] })
}

pub(super) fn reason(generator: &mut SchemaGenerator) -> Schema {
    let placeholder = of::<Placeholder>(generator);
    json_schema!({ "type": "string", "pattern": "\\S", "not": placeholder })
}

pub(super) fn filled(generator: &mut SchemaGenerator) -> Schema {
    reason(generator)
}

pub(super) fn day(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })
}

pub(super) fn group(generator: &mut SchemaGenerator) -> Schema {
    said::<GroupName>(generator)
}

pub(super) fn group_list(generator: &mut SchemaGenerator) -> Schema {
    let group = group(generator);
    json_schema!({ "type": "array", "items": group })
}

pub(super) fn username(generator: &mut SchemaGenerator) -> Schema {
    said::<Username>(generator)
}

pub(super) fn arn(generator: &mut SchemaGenerator) -> Schema {
    of::<PrincipalArn>(generator)
}

pub(super) fn arns(generator: &mut SchemaGenerator) -> Schema {
    of::<Vec<PrincipalArn>>(generator)
}

pub(super) fn entry_type(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "enum": known_types() })
}

pub(super) fn policy_name(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9-]+$" })
}

pub(super) fn namespaces(generator: &mut SchemaGenerator) -> Schema {
    let name = filled(generator);
    json_schema!({ "type": "array", "minItems": 1, "items": name })
}

/// A list or map that may be left empty in the file, which YAML reads as `null`.
fn or_empty(kind: &str, mut schema: Schema) -> Schema {
    schema.insert("type".to_owned(), json!([kind, "null"]));
    schema
}

fn by_name<T: JsonSchema>(pattern: Option<&str>, generator: &mut SchemaGenerator) -> Schema {
    let mut schema = or_empty("object", BTreeMap::<String, T>::json_schema(generator));
    if let Some(pattern) = pattern {
        schema.insert("propertyNames".to_owned(), json!({ "pattern": pattern }));
    }
    schema
}

pub(super) fn groups(generator: &mut SchemaGenerator) -> Schema {
    by_name::<GroupDecision>(Some("\\S"), generator)
}

pub(super) fn principals(generator: &mut SchemaGenerator) -> Schema {
    or_empty("array", Vec::<Principal>::json_schema(generator))
}

pub(super) fn accounts(generator: &mut SchemaGenerator) -> Schema {
    by_name::<Account>(Some("^[0-9]{12}$"), generator)
}

pub(super) fn accepted_gains(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = by_name::<String>(Some("\\S"), generator);
    schema.insert("additionalProperties".to_owned(), reason(generator).to_value());
    schema
}

pub(super) fn accepted_differences(generator: &mut SchemaGenerator) -> Schema {
    by_name::<Accepted>(None, generator)
}

/// It decides something; a skip nothing else; and no more than the type of the entry takes.
pub(super) fn rules_of_principal(schema: &mut Schema) {
    let not_of = |types: &[&str]| json!({ "required": ["type"], "not": { "properties": { "type": { "enum": types } } } });
    schema.insert("minProperties".to_owned(), json!(2));
    schema.insert(
        "dependentSchemas".to_owned(),
        json!({ "skip": { "maxProperties": 2 }, "keep": { "properties": { "take": false } } }),
    );
    schema.insert(
        "allOf".to_owned(),
        json!([
            {
                "if": not_of(&["STANDARD"]),
                "then": { "properties": { "username": { "const": "default" }, "groups": { "maxItems": 0 } } },
            },
            { "if": not_of(&["STANDARD", "EC2"]), "then": { "properties": { "policies": { "maxItems": 0 } } } },
        ]),
    );
}

/// It names somebody, or says why nobody.
pub(super) fn rules_of_account(schema: &mut Schema) {
    schema.insert("minProperties".to_owned(), json!(1));
    schema.insert("if".to_owned(), json!({ "not": { "required": ["skip-others"] } }));
    schema.insert("then".to_owned(), json!({ "properties": { "principals": { "minItems": 1 } } }));
}
