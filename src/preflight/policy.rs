use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Narrowed, Need, Needed};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    version: &'static str,
    statement: Vec<Statement>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    effect: &'static str,
    action: Vec<String>,
    resource: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<Condition>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Condition {
    string_equals: BTreeMap<&'static str, BTreeSet<String>>,
}

/// Actions on one resource that are narrowed alike.
type Alike = BTreeMap<&'static str, BTreeSet<String>>;

/// An IAM policy that allows these needs and nothing else, indented; `None` when none of them is IAM's.
pub fn policy<'n>(needs: impl IntoIterator<Item = &'n Need>) -> Option<String> {
    // several values of one key become one condition
    let mut narrowed: BTreeMap<(&str, &str), Alike> = BTreeMap::new();
    for need in needs {
        let Needed::Iam { action, resource, context } = &need.what else { continue };
        let alike = narrowed.entry((resource.as_str(), action)).or_default();
        // which service a role is passed to is not published for access entries, so nothing is narrowed by it
        for (key, value) in context.iter().filter(|(key, _)| **key != Narrowed::PassedTo.key()) {
            alike.entry(key).or_default().insert(value.clone());
        }
    }
    let mut by_resource: BTreeMap<(&str, Alike), BTreeSet<&str>> = BTreeMap::new();
    for ((resource, action), alike) in narrowed {
        by_resource.entry((resource, alike)).or_default().insert(action);
    }
    let mut statements: BTreeMap<(BTreeSet<&str>, Alike), BTreeSet<&str>> = BTreeMap::new();
    for ((resource, alike), actions) in by_resource {
        statements.entry((actions, alike)).or_default().insert(resource);
    }
    let strings = |set: BTreeSet<&str>| set.into_iter().map(str::to_owned).collect();
    let statement: Vec<Statement> = statements
        .into_iter()
        .map(|((actions, alike), resources)| Statement {
            effect: "Allow",
            action: strings(actions),
            resource: strings(resources),
            condition: (!alike.is_empty()).then_some(Condition { string_equals: alike }),
        })
        .collect();
    if statement.is_empty() {
        return None;
    }
    serde_json::to_string_pretty(&Policy { version: "2012-10-17", statement }).ok()
}
