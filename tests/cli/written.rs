//! What a run of the binary prints as JSON, and the plans and journals that it leaves behind, are as the published schemas say.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::{LazyLock, Mutex};

use serde_json::Value;

use crate::kit::schemas::{holds, journal_holds, plan_holds};

/// Panics when something is not. Redacted output has words in place of account ids, and is of no schema.
pub fn is_as_the_schemas_say(args: &[String], stdout: &[u8], stderr: &[u8], folder: &Path) {
    let has = |option: &str, value: &str| {
        args.windows(2).any(|pair| pair[0] == option && pair[1] == value)
            || args.contains(&format!("{option}={value}"))
    };
    let is_redacted = args.iter().any(|arg| arg == "--redact");
    if has("--log-format", "json") && !is_redacted {
        for line in String::from_utf8_lossy(stderr).lines() {
            holds("events", &serde_json::from_str(line).unwrap());
        }
    }
    if (has("-o", "json") || has("--output", "json"))
        && !is_redacted
        && let Ok(value) = serde_json::from_slice::<Value>(stdout)
    {
        answer(args.first().map_or("", String::as_str), &value);
    }
    files(folder);
}

fn answer(command: &str, value: &Value) {
    let Some(object) = value.as_object() else {
        // several plans
        let plans = value.as_array().into_iter().flatten().filter(|_| command == "show");
        plans.for_each(|plan| holds("plan", plan));
        return;
    };
    match command {
        _ if object.contains_key("error") && object.len() == 1 => holds("error", value),
        "plan" | "show" => holds("plan", value),
        "rollback" if object.contains_key("digest") => holds("plan", value),
        "lint" => holds("findings", value),
        "verify" => holds("verify", value),
        _ => {}
    }
}

/// By their content, those that were looked at before.
static SEEN: LazyLock<Mutex<BTreeSet<u64>>> = LazyLock::new(Mutex::default);

/// What a test has written, or damaged, is not what the binary leaves behind.
pub fn is_of_a_test(bytes: &[u8]) {
    SEEN.lock().unwrap().insert(hash(bytes));
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

fn files(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() {
            files(&path);
        }
        let (is_journal, is_plan) =
            (name == "journal.jsonl", name.ends_with(".json") && name.contains("plan"));
        if !kind.is_file() || !(is_journal || is_plan) {
            continue;
        }
        let Ok(bytes) = fs::read(&path) else { continue };
        if !SEEN.lock().unwrap().insert(hash(&bytes)) {
            continue;
        }
        match is_journal {
            true => journal_holds(&bytes),
            false => std::str::from_utf8(&bytes).into_iter().for_each(plan_holds),
        }
    }
}
