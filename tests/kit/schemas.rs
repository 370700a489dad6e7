//! What is written, held against the schemas of `docs/schemas`.
//!
//! The published schemas allow fields that they do not know, for a newer minor may have some. Here they are closed: a field that
//! no schema has is a fault.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex};

use eksodus::journal::{JOURNAL_FORMAT, read};
use eksodus::planner::{FormatVersion, Plan};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// A schema as it is published.
pub fn schema(name: &str) -> Value {
    let path = format!("{}/docs/schemas/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap()
}

static VALIDATORS: LazyLock<Mutex<BTreeMap<String, &'static Validator>>> = LazyLock::new(Mutex::default);

fn validator(name: &str) -> &'static Validator {
    let mut validators = VALIDATORS.lock().unwrap();
    validators.entry(name.to_owned()).or_insert_with(|| {
        let mut schema = schema(name);
        assert!(jsonschema::meta::is_valid(&schema), "{name}");
        close(&mut schema, false);
        Box::leak(Box::new(jsonschema::validator_for(&schema).unwrap()))
    })
}

/// Panics with everything in which the value is not as its schema says.
pub fn holds(name: &str, value: &Value) {
    let errors = faults(name, value);
    assert!(errors.is_empty(), "not as docs/schemas/{name}.schema.json says:\n{}", errors.join("\n"));
}

pub fn faults(name: &str, value: &Value) -> Vec<String> {
    let show = |error: jsonschema::ValidationError<'_>| {
        let said: String = error.to_string().chars().take(300).collect();
        format!("  {}: {said}", error.instance_path())
    };
    validator(name).iter_errors(value).map(show).collect()
}

/// A text that the program takes for a plan of the format that it writes.
pub fn plan_holds(text: &str) {
    let Ok(plan) = Plan::parse(text) else { return };
    if plan.format != FormatVersion::CURRENT {
        return;
    }
    let value: Value = serde_json::from_str(text).unwrap();
    holds("plan", &value);
    if let Some(parity) = value.get("parity") {
        holds("parity", parity);
    }
}

/// The whole lines of a journal that the program reads, of the format that it writes.
pub fn journal_holds(bytes: &[u8]) {
    let Ok(journal) = read(bytes) else { return };
    if journal.header.format != JOURNAL_FORMAT {
        return;
    }
    let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |end| end + 1);
    for line in bytes[..whole].split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
        holds("journal", &serde_json::from_slice(line).unwrap());
    }
}

/// Of each object, no field that is not in it. Where alternatives stand beside properties, they are one object.
fn close(schema: &mut Value, is_part: bool) {
    let Value::Object(object) = schema else { return };
    let has_properties = object.contains_key("properties");
    if has_properties && !is_part && !object.contains_key("additionalProperties") {
        object.insert("unevaluatedProperties".to_owned(), json!(false));
    }
    for (key, below) in object.iter_mut() {
        match (key.as_str(), below) {
            ("properties" | "$defs", Value::Object(named)) => close_all(named),
            ("items" | "additionalProperties", item) => close(item, false),
            ("oneOf" | "anyOf" | "allOf", Value::Array(parts)) => {
                parts.iter_mut().for_each(|part| close(part, has_properties || is_part));
            }
            _ => {}
        }
    }
}

fn close_all(named: &mut Map<String, Value>) {
    named.values_mut().for_each(|schema| close(schema, false));
}
