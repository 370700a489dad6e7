//! What is said otherwise than schemars does.

use serde_json::{Map, Value};

/// The whole document, each part of it once.
pub fn tidy(schema: &mut Value, is_written: bool) {
    match schema {
        Value::Object(object) => {
            of_object(object, is_written);
            object.values_mut().for_each(|part| tidy(part, is_written));
        }
        Value::Array(parts) => parts.iter_mut().for_each(|part| tidy(part, is_written)),
        _ => {}
    }
}

fn of_object(object: &mut Map<String, Value>, is_written: bool) {
    // how wide a number is in this program is nobody's concern
    if object.get("format").and_then(Value::as_str).is_some_and(|it| it.starts_with("uint") || it == "double")
    {
        object.remove("format");
    }
    if let Some(Value::String(description)) = object.get_mut("description") {
        *description = published(description);
    }
    // what is left out is not said to be null
    if object.get("default").is_some_and(Value::is_null) {
        object.remove("default");
    }
    if is_written {
        never_null(object);
    }
}

/// What may be missing is left out where there is nothing, and never `null`.
fn never_null(object: &mut Map<String, Value>) {
    let required = match object.get("required") {
        Some(Value::Array(required)) => required.clone(),
        _ => Vec::new(),
    };
    let Some(Value::Object(properties)) = object.get_mut("properties") else { return };
    for (name, property) in properties {
        let Value::Object(property) = property else { continue };
        if required.contains(&Value::String(name.clone())) {
            continue;
        }
        // the value of an absent field is what its reader takes it for
        property.remove("default");
        if let Some(Value::Array(types)) = property.get_mut("type") {
            types.retain(|it| it != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                property.insert("type".to_owned(), only);
            }
        }
        if let Some(Value::Array(any_of)) = property.get_mut("anyOf") {
            any_of.retain(|it| it.get("type").is_none_or(|of| of != "null"));
            if let [Value::Object(only)] = any_of.as_slice() {
                let only = only.clone();
                property.remove("anyOf");
                property.extend(only);
            }
        }
    }
}

/// Without the line breaks of the source, and without links to other items of the program, which lead nowhere from here.
fn published(text: &str) -> String {
    let paragraphs: Vec<String> = text.split("\n\n").map(|paragraph| paragraph.replace('\n', " ")).collect();
    // as JSON has what Rust calls so
    paragraphs.join("\n\n").replace("[`", "`").replace("`]", "`").replace("`None`", "`null`")
}
