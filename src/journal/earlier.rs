//! Records as formats before 4 spell them: the kind of a record, and that of a call, is a key with the rest below it.

use serde_json::{Map, Value};

/// All kinds of records that these formats have.
const KINDS: [&str; 11] = [
    "header", "started", "baseline", "intended", "updating", "applied", "already", "failed", "unknown",
    "adopted", "done",
];

/// The record as it is written since; what is none stays as it is, for whoever reads it to say so.
pub(super) fn respelled(mut record: Map<String, Value>) -> Value {
    let Some((kind, body)) = KINDS.iter().find_map(|kind| Some((*kind, record.remove(*kind)?))) else {
        return Value::Object(record);
    };
    record.insert("kind".to_owned(), kind.into());
    match body {
        Value::Object(body) => record.extend(body),
        // nothing that any record has
        other => _ = record.insert(kind.to_owned(), other),
    }
    if let Some(allowed) = record.remove("allow_irreversible") {
        record.insert("allowIrreversible".to_owned(), allowed);
    }
    if let Some(Value::Object(call)) = record.get_mut("call")
        && let Some((kind, Value::Object(body))) = std::mem::take(call).into_iter().next()
    {
        *call = body;
        call.insert("kind".to_owned(), kind.into());
    }
    Value::Object(record)
}
