//! Behind microburst: throttling, server errors, resets, hangs, lost answers and half bodies on every operation.

use serde_json::{Value, json};

use super::ground::Ground;
use super::network::{finish, is_complete};
use super::shape::Shape;
use crate::servers::microburst::Microburst;

const APPLY: [&str; 4] = ["apply", "plan.json", "--yes", "--quiet"];

/// What an operation of AWS does wrong, and how often.
fn storm() -> Value {
    let throttled = |code: &str, status: u16| json!({"probability": 0.3, "error": {"code": code, "status": status, "message": "Rate exceeded"}});
    let mut rules = Vec::new();
    for (service, throttle) in [
        ("eks", throttled("ThrottlingException", 429)),
        ("iam", throttled("Throttling", 400)),
        ("sts", throttled("Throttling", 400)),
    ] {
        for mut rule in [
            throttle,
            json!({"probability": 0.1, "error": {"code": "InternalFailure", "status": 500, "message": "internal"}}),
            json!({"probability": 0.03, "reset": true}),
            json!({"probability": 0.03, "response": {"abort_bytes": 1}}),
            json!({"probability": 0.03, "response": {"truncate_frac": 0.5}}),
            json!({"probability": 0.01, "timeout_ms": 3_000}),
        ] {
            rule["service"] = service.into();
            rules.push(rule);
        }
    }
    Value::from(rules)
}

/// One kind of failure, on every operation.
fn only(rule: Value) -> Value {
    json!([rule])
}

fn ends_complete(test: &str, shape: Shape, rules: &Value) {
    let mut ground = Ground::served(shape, &[]);
    let served = ground.served.as_mut().expect("it is served");
    let Some(burst) = Microburst::before(served.port, test) else { return };
    let direct = std::mem::replace(&mut served.aws, burst.url());
    burst.rules(rules);
    let first = ground.on_cluster(&APPLY);
    let resumed = finish(&ground, first, test);
    let fired = burst.fired();
    burst.rules(&json!([]));
    ground.served.as_mut().expect("it is served").aws = direct;
    assert!(fired > 0, "{test}: nothing was broken");
    is_complete(&ground, shape, &format!("{test}: {fired} calls were broken, {resumed} times resumed"));
}

#[test]
fn two_hundred_entries_in_a_storm() {
    ends_complete("two_hundred_entries_in_a_storm", Shape::LARGE, &storm());
}

#[test]
fn every_fifth_answer_is_lost() {
    let rules = only(json!({"service": "eks", "probability": 0.2, "response": {"abort_bytes": 1}}));
    ends_complete("every_fifth_answer_is_lost", Shape { people: 40, ..Shape::SMALL }, &rules);
}

#[test]
fn every_fifth_answer_is_half_a_body() {
    let rules = only(json!({"service": "eks", "probability": 0.2, "response": {"truncate_frac": 0.5}}));
    ends_complete("every_fifth_answer_is_half_a_body", Shape { people: 40, ..Shape::SMALL }, &rules);
}

#[test]
fn some_calls_hang() {
    let rules = only(json!({"service": "eks", "probability": 0.1, "timeout_ms": 5_000}));
    // enough calls for one in ten to be some
    ends_complete("some_calls_hang", Shape { people: 20, ..Shape::SMALL }, &rules);
}
