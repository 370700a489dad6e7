use serde::Deserialize;
use serde_json::Value;

/// An operation of a JSON patch (RFC 6902), as far as anybody patches a ConfigMap: neither `move` nor `copy`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum Operation {
    Add { path: String, value: Value },
    Replace { path: String, value: Value },
    Remove { path: String },
    Test { path: String, value: Value },
}

/// The patch does not fit the document, or a test failed. The API server says no more than that either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DoesNotApply;

pub fn apply(document: &mut Value, operations: &[Operation]) -> Result<(), DoesNotApply> {
    for operation in operations {
        match operation {
            Operation::Test { path, value } => {
                if document.pointer(path) != Some(value) {
                    return Err(DoesNotApply);
                }
            }
            Operation::Add { path, value } => put(document, path, value, false)?,
            Operation::Replace { path, value } => put(document, path, value, true)?,
            Operation::Remove { path } => remove(document, path)?,
        }
    }
    Ok(())
}

/// The object or list that holds the last part of a pointer, and that part.
fn parent<'d>(document: &'d mut Value, path: &str) -> Result<(&'d mut Value, String), DoesNotApply> {
    let (parent, last) = path.rsplit_once('/').ok_or(DoesNotApply)?;
    let last = last.replace("~1", "/").replace("~0", "~");
    Ok((document.pointer_mut(parent).ok_or(DoesNotApply)?, last))
}

fn put(document: &mut Value, path: &str, value: &Value, must_exist: bool) -> Result<(), DoesNotApply> {
    if path.is_empty() {
        *document = value.clone();
        return Ok(());
    }
    match parent(document, path)? {
        (Value::Object(map), key) if !must_exist || map.contains_key(&key) => {
            map.insert(key, value.clone());
        }
        (Value::Array(items), key) if !must_exist && key == "-" => items.push(value.clone()),
        (Value::Array(items), key) => {
            let at: usize = key.parse().map_err(|_| DoesNotApply)?;
            if must_exist {
                *items.get_mut(at).ok_or(DoesNotApply)? = value.clone();
            } else if at <= items.len() {
                items.insert(at, value.clone());
            } else {
                return Err(DoesNotApply);
            }
        }
        _ => return Err(DoesNotApply),
    }
    Ok(())
}

fn remove(document: &mut Value, path: &str) -> Result<(), DoesNotApply> {
    match parent(document, path)? {
        (Value::Object(map), key) => map.remove(&key).map(drop).ok_or(DoesNotApply),
        (Value::Array(items), key) => match key.parse() {
            Ok(at) if at < items.len() => {
                items.remove(at);
                Ok(())
            }
            _ => Err(DoesNotApply),
        },
        _ => Err(DoesNotApply),
    }
}

/// RFC 7396: `null` deletes.
pub fn merge(document: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *document = patch.clone();
        return;
    };
    if !document.is_object() {
        *document = Value::Object(serde_json::Map::new());
    }
    if let Value::Object(map) = document {
        for (key, change) in changes {
            if change.is_null() {
                map.remove(key);
            } else {
                merge(map.entry(key.clone()).or_insert(Value::Null), change);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn patched(operations: Value) -> Result<Value, DoesNotApply> {
        let mut document = json!({"data": {"a/b": "1"}, "list": [1, 2]});
        let operations: Vec<Operation> = serde_json::from_value(operations).unwrap();
        apply(&mut document, &operations).map(|()| document)
    }

    #[test]
    fn each_operation_does_what_the_rfc_says() {
        let all = json!([
            {"op": "test", "path": "/data/a~1b", "value": "1"},
            {"op": "replace", "path": "/data/a~1b", "value": "2"},
            {"op": "add", "path": "/data/c", "value": "3"},
            {"op": "add", "path": "/list/1", "value": 9},
            {"op": "add", "path": "/list/-", "value": 4},
            {"op": "remove", "path": "/list/0"},
        ]);
        assert_eq!(patched(all), Ok(json!({"data": {"a/b": "2", "c": "3"}, "list": [9, 2, 4]})));
    }

    #[test]
    fn what_is_not_there_is_not_patched() {
        for operation in [
            json!({"op": "test", "path": "/data/a~1b", "value": "x"}),
            json!({"op": "test", "path": "/none", "value": "x"}),
            json!({"op": "replace", "path": "/data/c", "value": "x"}),
            json!({"op": "add", "path": "/none/c", "value": "x"}),
            json!({"op": "remove", "path": "/data/c"}),
            json!({"op": "add", "path": "/list/7", "value": 1}),
        ] {
            assert_eq!(patched(json!([operation])), Err(DoesNotApply), "{operation}");
        }
    }

    #[test]
    fn a_merge_deletes_by_null_and_keeps_what_it_does_not_name() {
        let mut document = json!({"data": {"a": "1", "b": "2"}});
        merge(&mut document, &json!({"data": {"a": null, "c": "3"}}));
        assert_eq!(document, json!({"data": {"b": "2", "c": "3"}}));
    }
}
