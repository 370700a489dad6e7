//! What plans say of a principal, by the typed fields of their JSON.

use eksodus::planner::Plan;
use serde_json::Value;

use crate::cast::Who;

/// What one plan says.
pub struct Said {
    plan: Value,
}

impl Said {
    pub fn by(plan: &Plan) -> Self {
        Self { plan: serde_json::from_str(&plan.to_json()).unwrap() }
    }

    fn all(&self, key: &str) -> impl Iterator<Item = &Value> {
        self.plan[key].as_array().into_iter().flatten()
    }

    /// One for each mapping.
    pub fn outcomes(&self) -> Vec<&Value> {
        self.all("lines").chain(self.all("mappings")).collect()
    }

    pub fn steps(&self) -> usize {
        self.all("steps").count()
    }

    /// A finding, a note of its entry, or an outcome that is not a plain move.
    pub fn mentions(&self, who: Who) -> bool {
        let names = |value: &Value| value.as_str().is_some_and(|text| is_about(text, who));
        let finding = |it: &Value| names(&it["subject"]) || names(&it["principal"]);
        let noted = |it: &Value| {
            names(&it["entry"]["principal"]) && it["notes"].as_array().is_some_and(|notes| !notes.is_empty())
        };
        let otherwise = |it: &Value| names(&it["arn"]) && kind(&it["outcome"]) != "migrates";
        self.all("notices").chain(self.all("findings")).any(finding)
            || self.all("targets").any(noted)
            || self.outcomes().into_iter().any(otherwise)
            || self.all("nodes").any(|it| names(&it["role"]))
    }

    /// The kind of the note or finding about the principal that says it of its username.
    pub fn speaks_of_username(&self, who: Who) -> bool {
        let names = |value: &Value| value.as_str().is_some_and(|text| is_about(text, who));
        let noted = |it: &&Value| names(&it["entry"]["principal"]);
        let notes =
            self.all("targets").filter(noted).flat_map(|it| it["notes"].as_array().into_iter().flatten());
        notes.into_iter().any(|note| kind(note).contains("username"))
            || self.all("notices").chain(self.all("findings")).any(|it| {
                names(&it["subject"]) && it["rule"].as_str().is_some_and(|rule| rule.contains("username"))
            })
    }
}

/// The ARN of the principal in any spelling, also inside of another text.
fn is_about(text: &str, who: Who) -> bool {
    let text = text.to_lowercase();
    [who.arn(), who.canonical()].iter().any(|arn| text.trim() == arn.to_lowercase())
}

/// Of a union: `{"kind": …}`.
pub fn kind(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(map) => match map.get("kind").and_then(Value::as_str) {
            Some(kind) => kind.to_owned(),
            None => map.keys().next().cloned().unwrap_or_default(),
        },
        _ => String::new(),
    }
}
