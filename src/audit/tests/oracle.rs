//! What is read of a line against what `serde_json` makes of the whole of it.

use proptest::prelude::*;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::super::native::{Native, Outer};
use super::super::scan::{Base, Kept};
use super::super::texts::Texts;
use super::super::{AuditEvent, Decision, ObjectRef, Stage, Target, User};
use super::{event, read};

/// The event of a JSON value, field by field; `None`: it has a value of a kind that an event never has there.
fn of_value(it: &Value) -> Option<AuditEvent<'_>> {
    let text = |it: &'_ Value| match it {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        _ => None,
    };
    let field = |of: &Value, name: &str| match of {
        Value::Object(of) => text(of.get(name).unwrap_or(&Value::Null)),
        Value::Null => Some(String::new()),
        _ => None,
    };
    let list = |it: &Value| match it {
        Value::Null => Some(Vec::new()),
        Value::Array(items) => items.iter().map(text).collect::<Option<Vec<String>>>(),
        _ => None,
    };
    let first = |of: &Value, name: &str| match of {
        Value::Object(of) => match of.get(name) {
            None | Some(Value::Null) => Some(String::new()),
            Some(Value::Array(items)) => items.first().map_or(Some(String::new()), text),
            Some(_) => None,
        },
        Value::Null => Some(String::new()),
        _ => None,
    };
    let user = |it: &Value| {
        let extra = &it["extra"];
        let ids =
            [first(extra, "principalId")?, first(extra, "sigs.k8s.io/aws-iam-authenticator/principalId")?];
        Some(User {
            username: field(it, "username")?.into(),
            uid: field(it, "uid")?.into(),
            groups: list(it.get("groups").unwrap_or(&Value::Null))?.into_iter().map(Into::into).collect(),
            arn: first(extra, "arn")?.into(),
            canonical_arn: first(extra, "canonicalArn")?.into(),
            session_name: first(extra, "sessionName")?.into(),
            principal_id: ids.into_iter().find(|id| !id.is_empty()).unwrap_or_default().into(),
        })
    };
    for name in ["kind", "auditID", "requestReceivedTimestamp", "stageTimestamp"] {
        field(it, name)?;
    }
    let status = &it["responseStatus"];
    let code = match (status, status.get("code")) {
        (Value::Null, _) | (Value::Object(_), None | Some(Value::Null)) => None,
        (Value::Object(_), Some(Value::Number(code))) => code.as_u64(),
        _ => return None,
    };
    let object = &it["objectRef"];
    let object = ObjectRef {
        resource: field(object, "resource")?.into(),
        subresource: field(object, "subresource")?.into(),
        api_group: field(object, "apiGroup")?.into(),
        namespace: field(object, "namespace")?.into(),
        name: field(object, "name")?.into(),
    };
    let path = field(it, "requestURI")?;
    let annotations = &it["annotations"];
    let decision = field(annotations, "authorization.k8s.io/decision")?;
    let time = ["requestReceivedTimestamp", "stageTimestamp"].map(|name| field(it, name));
    Some(AuditEvent {
        stage: match field(it, "stage")?.as_str() {
            "RequestReceived" => Stage::RequestReceived,
            "ResponseStarted" => Stage::ResponseStarted,
            "ResponseComplete" => Stage::ResponseComplete,
            "Panic" => Stage::Panic,
            _ => return None,
        },
        verb: field(it, "verb")?.into(),
        user: user(&it["user"])?,
        impersonated: match it.get("impersonatedUser") {
            None | Some(Value::Null) => None,
            Some(it) => Some(user(it)?),
        },
        target: match object.resource.is_empty() {
            true => Target::Path(path.split('?').next().unwrap_or_default().to_owned().into()),
            false => Target::Resource(object),
        },
        decision: [("allow", Decision::Allow), ("forbid", Decision::Forbid)]
            .into_iter()
            .find(|(name, _)| *name == decision)
            .map(|(_, decision)| decision),
        reason: field(annotations, "authorization.k8s.io/reason")?.into(),
        code: code.and_then(|code| u16::try_from(code).ok()),
        time: time.into_iter().flatten().find_map(|time| time.parse().ok()),
    })
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        "[ -~]{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(".{0,6}", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

const FIELDS: [&str; 16] = [
    "stage",
    "verb",
    "user",
    "impersonatedUser",
    "objectRef",
    "requestURI",
    "responseStatus",
    "annotations",
    "requestReceivedTimestamp",
    "stageTimestamp",
    "kind",
    "auditID",
    "level",
    "requestObject",
    "sourceIPs",
    "é\"\\",
];

/// Not of what the path escapes, which has a test of its own.
fn is_plain(line: &str) -> bool {
    !line.contains('%')
}

/// Held against each other, on any text.
fn agree(line: &str) -> Result<(), TestCaseError> {
    let mut kept = Kept::default();
    let ours = Native::parse(line, Base::Lines(0), &mut kept);
    if serde_json::from_str::<IgnoredAny>(line).is_err() {
        prop_assert!(ours.is_err(), "it takes {}", line);
        return Ok(());
    }
    // it is JSON; but half of a surrogate or a number beyond all bounds is no value
    let Ok(value) = serde_json::from_str::<Value>(line) else { return Ok(()) };
    let expected = value.is_object().then(|| of_value(&value)).flatten();
    let texts = Texts { lines: line.to_owned(), unescaped: std::mem::take(&mut kept.unescaped) };
    let found = match &ours {
        Ok(Outer::Event(native)) => native.stage().map(|stage| native.event(stage, &texts, &kept.groups)),
        _ => None,
    };
    prop_assert_eq!(found, expected, "{}", line);
    Ok(())
}

/// As a line and as the text of a message, beside lines with control characters and without.
fn is_taken_in_a_log(line: &str) -> Result<(), TestCaseError> {
    let is_json = serde_json::from_str::<IgnoredAny>(line).is_ok();
    let is_taken = |log: &str| {
        let (reading, _) = read(log.as_bytes());
        reading.broken == 0
    };
    let message = json!({ "message": line }).to_string();
    // what does not begin as an object is a text of another log
    let is_object = line.trim_ascii_start().starts_with('{');
    for other in ["", "{}\n", "{ }\r\n", "{\t}\n"] {
        prop_assert!(
            is_json || !is_object || !is_taken(&format!("{other}{message}")),
            "it takes {}",
            message
        );
        prop_assert!(
            is_json || line.contains('\n') || !is_taken(&format!("{other}{line}")),
            "it takes {}",
            line
        );
    }
    Ok(())
}

fn takes(line: &str) -> bool {
    Native::parse(line, Base::Lines(0), &mut Kept::default()).is_ok()
}

proptest! {
    #[test]
    fn any_value_in_any_field_is_read_as_serde_reads_it(
        other in proptest::collection::vec((proptest::sample::select(FIELDS.to_vec()), value()), 0..4),
        pretty in any::<bool>(),
    ) {
        let mut event = event("1", json!({}));
        for (field, value) in other {
            event[field] = value;
        }
        let line = if pretty { serde_json::to_string_pretty(&event).unwrap() } else { event.to_string() };
        if is_plain(&line) {
            agree(&line)?;
        }
    }

    #[test]
    fn a_line_with_bytes_changed_is_json_where_serde_says_so(
        edits in proptest::collection::vec((any::<proptest::sample::Index>(), 0_usize..40, 0_usize..3), 1..4),
    ) {
        const BYTES: &[u8] = b"\"\\{}[]:,0123-+.eEtrufalsn \t\nx\x00\x1f\x7f/";
        let mut line = event("1", json!({"n": [1, -2.5e3, 0, true, null]})).to_string().into_bytes();
        for (at, byte, kind) in edits {
            let at = at.index(line.len());
            match kind {
                0 => line[at] = BYTES[byte % BYTES.len()],
                1 => line.insert(at, BYTES[byte % BYTES.len()]),
                _ => { line.remove(at); }
            }
        }
        if let Some(line) = std::str::from_utf8(&line).ok().filter(|line| is_plain(line)) {
            agree(line)?;
            is_taken_in_a_log(line)?;
        }
    }

    #[test]
    fn texts_that_look_like_json_are_read_as_serde_reads_them(text in "[{}\\[\\]:,\"\\\\ /u0a1.eE+-]{0,24}") {
        agree(&text)?;
        agree(&format!("{{\"x\":{text}}}"))?;
        agree(&format!("{{\"x\":\"{text}\"}}"))?;
    }

    #[test]
    fn the_end_of_a_string_is_found_wherever_it_is(text in ".{0,40}", before in 0_usize..9) {
        let line = format!("{{{}\"verb\":{}}}", " ".repeat(before), Value::from(text.clone()));
        agree(&line)?;
        let bare = format!("{{{}\"verb\":\"{text}\"}}", " ".repeat(before));
        agree(&bare)?;
        is_taken_in_a_log(&bare)?;
    }
}

#[test]
fn a_line_is_no_deeper_than_serde_goes() {
    for depth in [1, 126, 127, 128, 5_000_000] {
        let line = format!("{{\"x\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        let serde = serde_json::from_str::<IgnoredAny>(&line).is_ok();
        // what is skipped serde skips without going deep; an event has nothing of the kind
        assert!(takes(&line) <= serde, "{depth}");
        assert_eq!(takes(&line), depth <= 126, "{depth}");
    }
}
