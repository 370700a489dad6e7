use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use eksodus::lint::Located;
use serde_json::{Value, json};

use super::{cases, file_name, findings, fixtures, ids, manifest};

/// First and last line of a finding, from 1.
fn lines(text: &str, finding: &Located) -> [usize; 2] {
    let line = |at: usize| text[..at].matches('\n').count() + 1;
    let last = finding.span.end.max(finding.span.start + 1) - 1;
    [line(finding.span.start), line(last)]
}

fn shown(path: &Path) -> Value {
    let text = manifest(path).source.text;
    let findings = findings(path);
    let each = findings.iter().map(|finding| {
        json!({
            "rule": finding.finding.rule,
            "severity": finding.finding.severity.as_str(),
            "lines": lines(&text, finding),
            "text": text[finding.span.start..finding.span.end].trim_end_matches('\n'),
            "label": finding.finding.words().label,
        })
    });
    Value::Array(each.collect())
}

#[test]
fn each_rule_finds_what_its_folder_says_and_no_near_miss() {
    let folders: BTreeSet<String> =
        fs::read_dir(fixtures()).unwrap().map(|entry| file_name(&entry.unwrap().path())).collect();
    assert_eq!(folders, ids());
    for id in ids() {
        let folder = fixtures().join(&id);
        let found = |path: &Path| findings(path).iter().any(|it| it.finding.rule.as_str() == id);
        let (ok, triggering): (Vec<PathBuf>, Vec<PathBuf>) =
            cases(&folder).into_iter().partition(|path| file_name(path) == "ok.yaml");
        assert_eq!(ok.len(), 1, "{id} has no near miss");
        assert!(!found(&ok[0]), "{id} is found in its near miss");
        assert!(folder.join("aws-auth.yaml").exists(), "{id}");

        let expected = folder.join("expected.json");
        let actual = actual(&triggering);
        rewrite_if_asked(&expected, &actual);
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

/// `EKSODUS_EXPECTED=1 cargo test --test pure lint` writes what is found into the fixtures; read the difference before you commit it.
#[expect(
    clippy::disallowed_methods,
    reason = "a developer's tool; a crash leaves nothing that git does not show"
)]
fn rewrite_if_asked(expected: &Path, actual: &Value) {
    if std::env::var_os("EKSODUS_EXPECTED").is_some() {
        fs::write(expected, serde_json::to_string_pretty(actual).unwrap() + "\n").unwrap();
    }
}

#[test]
fn every_finding_says_what_happens_and_what_to_do() {
    for id in ids() {
        for path in cases(&fixtures().join(&id)) {
            for finding in findings(&path) {
                let Located { span, finding } = finding;
                let words = finding.words();
                assert_eq!(words.notes().len(), 2);
                assert!(words.notes().iter().all(|note| !note.is_empty() && !note.ends_with('.')));
                assert!(!words.title.is_empty() && !words.label.is_empty());
                assert!(!words.help.is_empty() && words.help.iter().all(|help| !help.is_empty()));
                assert!(span.start < span.end, "{}: {}", path.display(), finding.rule);
            }
        }
    }
}
