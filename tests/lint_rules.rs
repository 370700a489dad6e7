//! Each rule of the linter has a heading, a folder of cases, and a near miss that it leaves alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use eksodus::planner::lint::{Finding, PLAN_RULES, lint, rules};
use eksodus::planner::{Decisions, Outcome, Severity, plan};
use eksodus::reader::{Manifest, read};
use eksodus::snapshot::Snapshot;
use serde_json::{Value, json};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/lint")
}

fn manifest(path: &Path) -> Manifest {
    let bytes = fs::read(path).unwrap();
    Manifest::parse("aws-auth.yaml", &bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn findings(path: &Path) -> Vec<Finding> {
    let manifest = manifest(path);
    lint(&manifest, &read(&manifest))
}

/// First and last line of a finding, from 1.
fn lines(text: &str, finding: &Finding) -> [usize; 2] {
    let line = |at: usize| text[..at].matches('\n').count() + 1;
    let last = finding.span.end.max(finding.span.start + 1) - 1;
    [line(finding.span.start), line(last)]
}

fn shown(path: &Path) -> Value {
    let text = manifest(path).source.text;
    let findings = findings(path);
    let each = findings.iter().map(|finding| {
        json!({
            "rule": finding.rule,
            "severity": finding.severity.as_str(),
            "lines": lines(&text, finding),
            "text": text[finding.span.start..finding.span.end].trim_end_matches('\n'),
            "label": finding.label,
        })
    });
    Value::Array(each.collect())
}

fn cases(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    files
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

fn ids() -> BTreeSet<String> {
    rules().map(|(id, _)| id.to_owned()).collect()
}

#[test]
fn ids_are_in_order_unique_and_kebab_case() {
    let all: Vec<&str> = rules().map(|(id, _)| id).collect();
    let mut sorted = all.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(all, sorted);
    let kebab = |id: &str| id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    assert!(all.iter().chain(PLAN_RULES).all(|id| kebab(id)));
    assert!(PLAN_RULES.is_sorted());
    assert!(PLAN_RULES.iter().all(|id| !all.contains(id)));
}

#[test]
fn each_rule_has_its_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/planner/lint/rules");
    let files: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| file_name(&entry.unwrap().path()).trim_end_matches(".rs").replace('_', "-"))
        .filter(|name| name != "mod")
        .collect();
    assert_eq!(files, ids());
}

#[test]
fn each_rule_has_its_heading() {
    let docs = include_str!("../docs/rules.md");
    let headings: Vec<String> = docs
        .lines()
        .filter_map(|line| line.strip_prefix("### "))
        .map(|heading| heading.trim_matches('`').to_owned())
        .collect();
    let unique: BTreeSet<String> = headings.iter().cloned().collect();
    assert_eq!(unique.len(), headings.len(), "a heading stands twice");
    let all: BTreeSet<String> =
        ids().into_iter().chain(PLAN_RULES.iter().map(|id| (*id).to_owned())).collect();
    assert_eq!(unique, all);
    for (id, level) in rules() {
        let (_, rest) = docs.split_once(&format!("### `{id}`\n")).unwrap();
        let weight = format!("\n*{}*", level.as_str());
        assert!(rest.starts_with(&weight), "{id} does not say that it is {}", level.as_str());
    }
}

#[test]
fn each_rule_finds_what_its_folder_says_and_no_near_miss() {
    let folders: BTreeSet<String> =
        fs::read_dir(fixtures()).unwrap().map(|entry| file_name(&entry.unwrap().path())).collect();
    assert_eq!(folders, ids());
    for id in ids() {
        let folder = fixtures().join(&id);
        let found = |path: &Path| findings(path).iter().any(|finding| finding.rule == id);
        let (ok, triggering): (Vec<PathBuf>, Vec<PathBuf>) =
            cases(&folder).into_iter().partition(|path| file_name(path) == "ok.yaml");
        assert_eq!(ok.len(), 1, "{id} has no near miss");
        assert!(!found(&ok[0]), "{id} is found in its near miss");
        assert!(folder.join("aws-auth.yaml").exists(), "{id}");

        let expected = folder.join("expected.json");
        let actual = actual(&triggering);
        let text = fs::read_to_string(&expected).unwrap_or_default();
        let expected: Value = serde_json::from_str(&text).unwrap_or_default();
        assert_eq!(actual, expected, "{id}");
        for path in &triggering {
            assert!(found(path), "{id} is not found in {}", path.display());
        }
    }
}

fn actual(cases: &[PathBuf]) -> Value {
    Value::Object(cases.iter().map(|path| (file_name(path), shown(path))).collect())
}

/// Read the difference before committing it.
#[test]
#[ignore = "writes what is found into the fixtures"]
#[expect(
    clippy::disallowed_methods,
    reason = "a developer's tool; a crash leaves nothing that git does not show"
)]
fn rewrite_expected() {
    for id in ids() {
        let folder = fixtures().join(&id);
        let triggering: Vec<PathBuf> =
            cases(&folder).into_iter().filter(|path| file_name(path) != "ok.yaml").collect();
        let text = serde_json::to_string_pretty(&actual(&triggering)).unwrap() + "\n";
        fs::write(folder.join("expected.json"), text).unwrap();
    }
}

#[test]
fn every_finding_says_what_happens_and_what_to_do() {
    for id in ids() {
        for path in cases(&fixtures().join(&id)) {
            for finding in findings(&path) {
                assert_eq!(finding.notes.len(), 2);
                assert!(finding.notes.iter().all(|note| !note.is_empty() && !note.ends_with('.')));
                assert!(!finding.title.is_empty() && !finding.label.is_empty());
                assert!(finding.help.is_some_and(|help| !help.is_empty()));
                assert!(finding.span.start < finding.span.end, "{}: {}", path.display(), finding.rule);
            }
        }
    }
}

/// Lint blocks a line exactly where the planner, given nothing but the file, does.
#[test]
fn what_blocks_is_what_the_planner_blocks() {
    for id in ids() {
        for path in cases(&fixtures().join(&id)) {
            let manifest = manifest(&path);
            let aws_auth = read(&manifest);
            let findings = lint(&manifest, &aws_auth);
            let snapshot = Snapshot { aws_auth: Some(manifest), ..Snapshot::default() };
            let plan = plan(&snapshot, &Decisions::default());

            let mut blocked_lines = BTreeSet::new();
            for line in &plan.lines {
                let mappings = aws_auth.roles.entries.iter().chain(&aws_auth.users.entries);
                let accounts = aws_auth.accounts.entries.iter().map(|account| (account.at, account.span));
                let (_, span) = mappings
                    .map(|mapping| (mapping.at, mapping.span))
                    .chain(accounts)
                    .find(|(at, _)| *at == line.at.entry)
                    .unwrap();
                let blocking: BTreeSet<&str> = findings
                    .iter()
                    .filter(|finding| finding.severity.as_str() == "blocks")
                    .filter(|finding| span.start <= finding.span.start && finding.span.start < span.end)
                    .map(|finding| finding.rule)
                    .collect();
                blocked_lines.extend(blocking.iter().copied());
                match &line.outcome {
                    Outcome::Blocked { by } if by.rule() == "unresolved-role" => {
                        // lint has no AWS to ask, and leaves the path to the plan
                        continue;
                    }
                    Outcome::Blocked { by } => {
                        assert!(blocking.contains(by.rule()), "{}: {}", path.display(), by.rule());
                    }
                    Outcome::Expanded { others: None, .. } => {
                        assert_eq!(blocking, BTreeSet::from(["account-mapping"]), "{}", path.display());
                    }
                    _ => assert_eq!(blocking, BTreeSet::new(), "{}", path.display()),
                }
            }
            let lost = |rule: &str| rule == "section-lost";
            let sections = plan
                .notices
                .iter()
                .filter(|notice| lost(&notice.rule) && matches!(notice.severity, Severity::Blocks(_)));
            assert_eq!(
                findings.iter().filter(|finding| lost(finding.rule)).count(),
                sections.count(),
                "{}",
                path.display()
            );
        }
    }
}
