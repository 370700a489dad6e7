//! The JSON Schemas of what the program alone writes, made of its types as the library makes the others.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};

use super::{error, events, verified};

// the same code as that of the library's schemas, which only its own tests see
#[path = "../../schemas/kept.rs"]
mod kept;
#[path = "../../schemas/shape.rs"]
mod shape;

fn schema_of(title: &str, description: &str, of: fn(&mut SchemaGenerator) -> Schema) -> Value {
    let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut root = of(&mut generator).to_value();
    root["$defs"] = Value::Object(generator.take_definitions(false));
    root["title"] = title.into();
    root["description"] = description.into();
    shape::tidy(&mut root, true);
    root["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    root
}

fn events() -> Value {
    schema_of(
        &format!("eksodus event, format {}", events::FORMAT),
        "One line of stderr with `--log-format json`. docs/events.md describes each event.",
        events::Line::json_schema,
    )
}

#[test]
fn the_schemas_of_the_documentation_are_those_of_the_types() {
    let verify = schema_of(
        "eksodus verify",
        "What `verify -o json` prints. docs/commands.md describes it.",
        verified::Report::json_schema,
    );
    let error = schema_of(
        "eksodus error",
        "What a command that fails prints on stdout with `-o json`. docs/commands.md describes it.",
        error::ErrorView::json_schema,
    );
    let all = [("error", error), ("events", events()), ("verify", verify)];
    let stale: Vec<&str> =
        all.iter().filter(|(name, schema)| !kept::is_kept(name, schema)).map(|it| it.0).collect();
    assert!(
        stale.is_empty(),
        "not as the types are: {stale:?}; EKSODUS_EXPECTED=1 cargo test --bin eksodus schemas writes them"
    );
}

#[test]
fn the_documentation_names_every_event() {
    let page = include_str!("../../../docs/events.md");
    let events = events();
    let events = events["oneOf"].as_array().unwrap();
    assert!(events.len() > 25);
    for event in events {
        let name = event["properties"]["event"]["const"].as_str().unwrap();
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
}
