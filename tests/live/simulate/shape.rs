use serde_json::Value;

/// Everything that `ours` has is in the recorded answer too, of the same type. Tags are the user's own.
pub fn check(ours: &Value, recorded: &Value, at: &str) {
    match (ours, recorded) {
        (Value::Object(ours), Value::Object(recorded)) => {
            if at.ends_with(".tags") {
                return;
            }
            for (key, value) in ours {
                let other = recorded.get(key).unwrap_or_else(|| panic!("{at}.{key} is not in AWS's answer"));
                check(value, other, &format!("{at}.{key}"));
            }
        }
        (Value::Array(ours), Value::Array(recorded)) => {
            if let Some(other) = recorded.first() {
                ours.iter().for_each(|item| check(item, other, &format!("{at}[]")));
            }
        }
        _ => assert_eq!(kind(ours, at), kind(recorded, at), "{at}: {ours} is not like {recorded}"),
    }
}

/// The same keys, too, at the top of what is named.
pub fn check_whole(ours: &Value, recorded: &Value, at: &str) {
    check(ours, recorded, at);
    check(recorded, ours, at);
}

/// Versions of the CLI differ in how they print times.
fn kind(value: &Value, at: &str) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) if at.ends_with("At") => "time",
        Value::Number(_) => "number",
        Value::String(text) if at.ends_with("At") && text.parse::<jiff::Timestamp>().is_ok() => "time",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}
