//! Plans and findings of every fixture and of random clusters, and the files of decisions and assertions that are kept, are as
//! the published schemas say.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use eksodus::access::assertions::Assertions;
use eksodus::lint::{lint, lint_plan};
use eksodus::planner::{Decisions, Plan, Prune, plan};
use eksodus::reader::{AwsAuth, Manifest, read};
use eksodus::render::findings::{report, report_of_plan};
use eksodus::snapshot::{Part, Snapshot};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::kit::clusters;
use crate::kit::schemas::{faults, holds, plan_holds, schema};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder.
fn files(of: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(of).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn check(plan: &Plan) {
    let text = plan.to_json();
    plan_holds(&text);
    holds("findings", &serde_json::to_value(report_of_plan(&lint_plan(plan))).unwrap());
    assert_eq!(Plan::parse(&text).unwrap().to_json(), text);
    outlook_is_what_the_step_does(plan);
}

/// What a plan says of `aws-auth` after phase `prune` is what EKS would read of it.
fn outlook_is_what_the_step_does(plan: &Plan) {
    let Some(outlook) = &plan.prune else { return };
    let listed: BTreeSet<_> =
        outlook.removed.iter().map(|it| &it.at).chain(outlook.kept.iter().map(|it| &it.at)).collect();
    assert_eq!(listed, plan.lines.iter().map(|line| &line.at).collect());
    assert_eq!(listed.len(), outlook.removed.len() + outlook.kept.len());
    let of_aws_auth = plan.steps.iter().find_map(|step| match &step.action {
        eksodus::planner::Action::AwsAuth { before, after, .. } => Some((before, after)),
        _ => None,
    });
    match of_aws_auth {
        None => assert!(outlook.removed.is_empty() && !outlook.deletes_config_map),
        Some((_, None)) => assert!(outlook.kept.is_empty() && outlook.deletes_config_map),
        Some((_, Some(after))) => {
            let config_map = eksodus::model::ConfigMap { data: after.clone(), ..Default::default() };
            let rest = arns(&read(&Manifest::from_config_map(config_map)));
            let kept: Vec<String> = outlook.kept.iter().map(|it| it.arn.clone()).collect();
            assert_eq!(rest, kept);
            assert!(!outlook.removed.is_empty() && !outlook.deletes_config_map);
        }
    }
}

fn arns(aws_auth: &AwsAuth) -> Vec<String> {
    let AwsAuth { roles, users, accounts } = aws_auth;
    let mapped = roles.entries.iter().chain(&users.entries).map(|mapping| mapping.arn.clone());
    mapped.chain(accounts.entries.iter().map(|account| account.text.clone())).collect()
}

#[test]
fn the_plans_of_all_fixtures() {
    let mut folders: Vec<PathBuf> =
        fs::read_dir(root().join("fixtures/cases")).unwrap().map(|it| it.unwrap().path()).collect();
    folders.push(root().join("fixtures/quickstart"));
    let mut planned = 0;
    for folder in folders {
        let Ok(snapshot) = Snapshot::load(&folder) else { continue };
        let decided = fs::read_to_string(folder.join("eksodus.yaml"));
        let decided =
            decided.map(|text| Decisions::parse("eksodus.yaml", &text).unwrap()).unwrap_or_default();
        let deleted = Decisions { prune: Prune::Delete, ..decided.clone() };
        for decisions in [decided, deleted, Decisions::default()] {
            check(&plan(&snapshot, &decisions));
            planned += 1;
        }
    }
    assert!(planned > 50, "{planned}");
}

#[test]
fn what_lint_says_of_all_fixtures() {
    let manifests: Vec<Manifest> = files(&root().join("fixtures"))
        .iter()
        .filter(|path| path.extension().is_some_and(|it| it == "yaml"))
        .filter_map(|path| Manifest::parse("aws-auth.yaml", &fs::read(path).unwrap()).ok())
        .collect();
    assert!(manifests.len() > 80, "{}", manifests.len());
    let mut with_reasons = 0;
    for manifest in manifests {
        let aws_auth = read(&manifest);
        let report =
            serde_json::to_value(report(&manifest.source, &aws_auth, &lint(&manifest, &aws_auth))).unwrap();
        holds("findings", &report);
        let snapshot = Snapshot { aws_auth: Some(manifest), ..Snapshot::default() };
        check(&plan(&snapshot, &Decisions::default()));
        with_reasons +=
            report["findings"].as_array().unwrap().iter().filter(|it| it.get("reason").is_some()).count();
    }
    assert!(with_reasons > 10, "{with_reasons}");
}

/// A file of a repository that is what its parser takes.
#[test]
fn the_decisions_and_assertions_of_all_fixtures() {
    let mut decided = 0;
    for path in files(&root().join("fixtures")).iter().chain(&files(&root().join("docs"))) {
        let is_yaml = path.extension().is_some_and(|it| it == "yaml" || it == "yml");
        let Some(text) = is_yaml.then(|| fs::read_to_string(path).unwrap()) else { continue };
        let value = || serde_saphyr::from_str::<Value>(&text).unwrap();
        if path.ends_with("eksodus.yaml") {
            holds("decisions", &value());
            decided += 1;
        }
        if Assertions::parse("assertions.yaml", &text).is_ok() {
            holds("assertions", &value());
        }
    }
    assert!(decided > 3, "{decided}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn plans_of_random_clusters(snapshot in clusters::cluster(), decisions in clusters::decisions(), delete in any::<bool>()) {
        let prune = if delete { Prune::Delete } else { Prune::Covered };
        check(&plan(&snapshot, &Decisions { prune, ..decisions }));
    }
}

/// The check itself sees what is missing, what is too much, and what is of another kind.
#[test]
fn what_is_not_as_the_schema_says_is_found() {
    let snapshot = Snapshot::load(&root().join("fixtures/quickstart")).unwrap();
    let good: Value = serde_json::from_str(&plan(&snapshot, &Decisions::default()).to_json()).unwrap();
    assert_eq!(faults("plan", &good), Vec::<String>::new());
    let with = |pointer: &str, change: &dyn Fn(&mut Value)| {
        let mut value = good.clone();
        change(value.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")));
        faults("plan", &value)
    };
    let put = |key: &'static str, value: Value| move |it: &mut Value| it[key] = value.clone();
    for (pointer, change) in [
        ("", &put("more", json!(1)) as &dyn Fn(&mut Value)),
        ("/lines/0", &put("more", json!(1))),
        ("/lines/0/outcome", &put("more", json!(1))),
        ("/lines/0/outcome", &put("kind", json!("other"))),
        ("/lines/0/at", &put("section", json!("maproles"))),
        ("/targets/0/entry", &put("principal", json!("role/Dev"))),
        ("/targets/0", &put("username_today", json!("x"))),
        ("/steps/0/action", &put("more", json!(1))),
        ("/notices/0", &put("severity", json!("warning"))),
        ("/notices/0", &put("rule", json!("no-such-rule"))),
        ("/parity/summary", &put("lose", json!(-1))),
        ("/administrators/0", &put("before", json!({ "kind": "masters" }))),
        ("/prune", &put("kept", Value::Null)),
        ("", &put("undoes", Value::Null)),
        ("", &|it: &mut Value| _ = it.as_object_mut().unwrap().remove("mode")),
    ] {
        assert!(!with(pointer, change).is_empty(), "{pointer}");
    }
}

/// Keys are camelCase wherever the program and not a person chose them, and each schema says what it is of.
#[test]
fn every_key_of_the_schemas_is_camel_case() {
    for name in ["error", "events", "findings", "parity", "plan", "verify"] {
        let schema = schema(name);
        assert!(schema["title"].as_str().unwrap().starts_with("eksodus "));
        let mut wrong = Vec::new();
        keys(&schema, &mut wrong);
        wrong.retain(|key| key.contains(['_', '-']) || key.starts_with(char::is_uppercase));
        // the documents of a snapshot are called as their files
        wrong.retain(|key| serde_json::from_value::<Part>(json!(key)).is_err());
        assert!(wrong.is_empty(), "{name}: {wrong:?}");
    }
}

fn keys(schema: &Value, found: &mut Vec<String>) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Object(properties)) = object.get("properties") {
                found.extend(properties.keys().cloned());
            }
            object.values().for_each(|below| keys(below, found));
        }
        Value::Array(parts) => parts.iter().for_each(|part| keys(part, found)),
        _ => {}
    }
}
