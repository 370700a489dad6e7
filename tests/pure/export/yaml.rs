//! One set of documents for all formats in YAML.

use serde_json::Value;

/// Each document of a stream, by a parser that is not ours.
pub fn documents(text: &str) -> Vec<Value> {
    // the sign stands alone in its line; inside of a text it is indented
    let text = format!("\n{text}");
    text.split("\n---\n").skip(1).map(document).collect()
}

pub fn document(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}
