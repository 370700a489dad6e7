use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use eksodus::findings::RuleId;
use eksodus::lint::rules;

use super::{file_name, fixtures, ids};

#[test]
fn ids_are_in_order_unique_and_kebab_case() {
    let kebab = |id: &str| id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let all: Vec<&str> = RuleId::ALL.iter().map(|id| id.as_str()).collect();
    assert!(all.iter().all(|id| kebab(id)));
    assert!(all.is_sorted_by(|a, b| a < b));
    assert!(rules().collect::<Vec<_>>().is_sorted_by(|a, b| a < b));
}

#[test]
fn each_rule_has_its_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lint/rules");
    let files: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| file_name(&entry.unwrap().path()).trim_end_matches(".rs").replace('_', "-"))
        .filter(|name| name != "mod")
        .collect();
    let missing: Vec<_> = files.symmetric_difference(&ids()).cloned().collect();
    assert!(
        missing.is_empty(),
        "a file without its line in `rules!`, or a line without its file: {missing:?}"
    );
}

#[test]
fn the_contents_lead_to_each_heading() {
    let docs = include_str!("../../../docs/rules.md");
    let (contents, _) = docs.split_once("\n## ").unwrap();
    for id in RuleId::ALL {
        assert!(
            contents.contains(&format!("[`{id}`](#{id})")),
            "{id} is not in the contents of docs/rules.md"
        );
    }
}

#[test]
fn each_rule_has_its_heading() {
    let docs = include_str!("../../../docs/rules.md");
    let headings: Vec<String> = docs
        .lines()
        .filter_map(|line| line.strip_prefix("### "))
        .map(|heading| heading.trim_matches('`').to_owned())
        .collect();
    let unique: BTreeSet<String> = headings.iter().cloned().collect();
    assert_eq!(unique.len(), headings.len(), "a heading stands twice");
    let all: BTreeSet<String> = RuleId::ALL.iter().map(ToString::to_string).collect();
    let missing: Vec<_> = unique.symmetric_difference(&all).collect();
    assert!(missing.is_empty(), "a rule without its heading, or a heading without its rule: {missing:?}");
    for id in RuleId::ALL {
        let (_, rest) = docs.split_once(&format!("### `{id}`\n")).unwrap();
        let weight = format!("\n*{}*", id.severity().as_str());
        assert!(rest.starts_with(&weight), "{id} does not say that it {}", id.severity().as_str());
        if !ids().contains(id.as_str()) {
            continue;
        }
        let section = rest.split("\n#").next().unwrap();
        let example = fs::read_to_string(fixtures().join(id.as_str()).join("aws-auth.yaml")).unwrap();
        assert!(
            section.contains(&format!("```yaml\n{example}```")),
            "the example of {id} is not its first case"
        );
    }
}
