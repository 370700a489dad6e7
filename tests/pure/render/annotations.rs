//! What machines of code review get: SARIF against its schema and the text that it points into, and workflow commands as GitHub's
//! runner reads them, by a reading that is written after the runner's own and shares nothing with the escaping.

use std::collections::BTreeMap;

use eksodus::findings::{RuleId, Severity};
use eksodus::lint::{Located, lint};
use eksodus::model::Phase;
use eksodus::reader::{Manifest, Place, read};
use eksodus::render::annotations::{Annotation, Level, Region, WorkflowCommand, sarif, workflow_commands};
use eksodus::render::escape::terminal;
use eksodus::render::verdict;
use proptest::prelude::*;
use serde_json::Value;

use super::sample;
use crate::kit::seen::{PAYLOADS, hidden_in};

/// The JSON Schema of OASIS, which is other people's and not in this repository.
#[expect(clippy::disallowed_methods, clippy::print_stderr, reason = "what is skipped must be seen")]
fn schema() -> Option<jsonschema::Validator> {
    let Some(folder) = std::env::var_os("EKSODUS_SCHEMAS").map(std::path::PathBuf::from) else {
        eprintln!("skipped: EKSODUS_SCHEMAS names no folder with sarif-2.1.0.schema.json");
        return None;
    };
    let text = std::fs::read_to_string(folder.join("sarif-2.1.0.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    Some(jsonschema::options().should_validate_formats(true).build(&schema).unwrap())
}

fn found(name: &str, text: &str) -> (Manifest, Vec<Located>) {
    let manifest = Manifest::parse(name, text.as_bytes()).unwrap();
    let found = lint(&manifest, &read(&manifest));
    (manifest, found)
}

fn sarif_of(name: &str, text: &str) -> Value {
    let (manifest, found) = found(name, text);
    let annotations = Annotation::of_text(&manifest.source, Some(name), &found);
    serde_json::to_value(sarif("lint", name, &annotations)).unwrap()
}

/// Every case of every rule, by the name of its file.
fn cases() -> Vec<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/lint");
    let mut cases: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|rule| {
            let path = rule.unwrap().path().join("aws-auth.yaml");
            let name = format!("{}.yaml", path.parent().unwrap().file_name().unwrap().to_string_lossy());
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    cases.sort();
    assert!(cases.len() > 50);
    cases
}

fn results(log: &Value) -> &Vec<Value> {
    log["runs"][0]["results"].as_array().unwrap()
}

/// What the schema does not say, and code scanning relies on.
fn holds_together(log: &Value) {
    assert_eq!(log["version"], "2.1.0");
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    for rule in rules {
        assert!(!rule["help"]["text"].as_str().unwrap().is_empty(), "{rule}");
        assert!(!rule["shortDescription"]["text"].as_str().unwrap().is_empty(), "{rule}");
        let uri = rule["helpUri"].as_str().unwrap();
        assert!(uri.contains(':') && uri.ends_with(rule["id"].as_str().unwrap()), "{rule}");
    }
    let mut prints = BTreeMap::new();
    for result in results(log) {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        let is_of_uri = |b: u8| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/%".contains(&b);
        assert!(!uri.is_empty() && uri.bytes().all(is_of_uri), "{uri}");
        assert!(place["region"]["startLine"].as_u64().unwrap() >= 1);
        let print = result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap();
        assert_eq!(prints.insert(print.to_owned(), result), None, "two results look like one: {print}");
    }
}

#[test]
fn every_rule_gives_sarif_that_is_valid_and_points_at_its_text() {
    let schema = schema();
    let mut seen = 0;
    for (name, text) in cases() {
        let log = sarif_of(&name, &text);
        holds_together(&log);
        if let Some(schema) = &schema {
            let wrong: Vec<String> = schema.iter_errors(&log).map(|error| error.to_string()).collect();
            assert!(wrong.is_empty(), "{name}: {wrong:#?}");
        }
        let (_, found) = found(&name, &text);
        assert_eq!(results(&log).len(), found.len());
        // a byte order mark is not a character one sees
        let lines: Vec<Vec<char>> =
            text.split('\n').map(|line| line.chars().filter(|c| *c != '\u{feff}').collect()).collect();
        for (result, located) in results(&log).iter().zip(&found) {
            seen += 1;
            let region = &result["locations"][0]["physicalLocation"]["region"];
            let at = |key: &str| usize::try_from(region[key].as_u64().unwrap()).unwrap();
            let (start, end) = ((at("startLine"), at("startColumn")), (at("endLine"), at("endColumn")));
            let mut inside = String::new();
            for line in start.0..=end.0 {
                let from = if line == start.0 { start.1 - 1 } else { 0 };
                let to = if line == end.0 { end.1 - 1 } else { lines[line - 1].len() };
                inside.extend(&lines[line - 1][from..to]);
                inside.extend((line < end.0).then_some('\n'));
            }
            let meant = text[located.span.start..located.span.end].replace('\u{feff}', "");
            assert_eq!(inside, meant, "{name}: {result}");
        }
    }
    assert!(seen > 70, "{seen} results");
}

#[test]
fn the_schema_would_refuse_it() {
    let Some(schema) = schema() else { return };
    let (name, text) = &cases()[0];
    let log = sarif_of(name, text);
    assert!(schema.is_valid(&log));
    for (pointer, wrong) in [
        ("/version", Value::from("2.0.0")),
        ("/runs/0/results/0/message", Value::from("text")),
        ("/runs/0/results/0/level", Value::from("blocks")),
        ("/runs/0/results/0/locations/0/physicalLocation/region/startLine", Value::from(0)),
        ("/runs/0/tool/driver/rules/0/helpUri", Value::from("docs/rules.md")),
    ] {
        let mut log = log.clone();
        *log.pointer_mut(pointer).unwrap() = wrong;
        assert!(!schema.is_valid(&log), "{pointer}");
    }
}

#[test]
fn a_plan_with_everything_in_it_is_valid_too() {
    let schema = schema();
    for payload in PAYLOADS {
        let mut plan = sample::plan();
        plan.source = Some(format!("a b/{payload}.yaml"));
        for notice in &mut plan.notices {
            notice.subject = format!("{}{payload}", notice.subject);
        }
        let annotations = Annotation::of_plan(&plan, plan.source.as_deref());
        assert_eq!(annotations.len(), plan.notices.len());
        let log = serde_json::to_value(sarif("plan", payload, &annotations)).unwrap();
        holds_together(&log);
        assert!(schema.as_ref().is_none_or(|schema| schema.is_valid(&log)), "{payload:?}");
        for result in results(&log) {
            let text = result["message"]["text"].as_str().unwrap();
            assert!(hidden_in(text).is_none() && !text.contains("]("), "{payload:?}: {text:?}");
        }
    }
}

fn fingerprints(log: &Value) -> Vec<String> {
    let mut prints: Vec<String> = results(log)
        .iter()
        .map(|result| {
            let print = result["partialFingerprints"]["primaryLocationLineHash"].as_str().unwrap();
            format!("{} {print}", result["ruleId"].as_str().unwrap())
        })
        .collect();
    prints.sort();
    prints
}

#[test]
fn fingerprints_outlive_a_move_and_tell_no_account() {
    for (name, text) in cases() {
        let before = fingerprints(&sarif_of(&name, &text));
        let moved = format!("# a comment\n\n# another\n{}", text.trim_start_matches('\u{feff}'));
        assert_eq!(before, fingerprints(&sarif_of(&name, &moved)), "{name}");
        // the account is not in them, so that it cannot be found by trying all that there are
        let elsewhere = text.replace("111122223333", "555566667777");
        if !text.contains("placeholder") && !text.contains("444455556666") {
            assert_eq!(before, fingerprints(&sarif_of(&name, &elsewhere)), "{name}");
        }
    }
}

/// A command as the runner reads a line, written after `ActionCommand.TryParseV2` of actions/runner.
#[derive(Debug, PartialEq, Eq)]
struct Read {
    command: String,
    properties: BTreeMap<String, String>,
    data: String,
}

fn runner_reads(line: &str) -> Option<Read> {
    let rest = line.trim_start().strip_prefix("::")?;
    let (info, data) = rest.split_once("::")?;
    let (command, properties) = info.split_once(' ').unwrap_or((info, ""));
    let known = [
        "add-mask",
        "add-matcher",
        "add-path",
        "debug",
        "echo",
        "endgroup",
        "error",
        "group",
        "notice",
        "save-state",
        "set-env",
        "set-output",
        "stop-commands",
        "warning",
    ];
    if !known.contains(&command) {
        return None;
    }
    let decoded = |text: &str, of_property: bool| {
        let text = text.replace("%0D", "\r").replace("%0A", "\n");
        let text = if of_property { text.replace("%3A", ":").replace("%2C", ",") } else { text };
        text.replace("%25", "%")
    };
    let properties = properties.trim().split(',').filter_map(|pair| pair.split_once('='));
    Some(Read {
        command: command.to_owned(),
        properties: properties.map(|(key, value)| (key.to_owned(), decoded(value, true))).collect(),
        data: decoded(data, false),
    })
}

/// Text that wants to be a command, between any other.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        Just("::error::x".to_owned()),
        Just("\n::stop-commands::x\n".to_owned()),
        Just("\r::set-env name=PATH::/tmp".to_owned()),
        Just("##[add-path]/tmp".to_owned()),
        Just("%0A::add-mask::a".to_owned()),
        Just("%25%3A,%2Cfile=x".to_owned()),
        Just("\u{2028}\u{85}\u{b}\u{c}::error::".to_owned()),
        "[a:,%=\\[\\] \u{1b}\u{202e}]{0,12}",
        "(?s).{0,12}",
    ];
    proptest::collection::vec(pieces, 0..6).prop_map(|pieces| pieces.concat())
}

fn place() -> impl Strategy<Value = Place> {
    (1..500_usize, 1..200_usize).prop_map(|(line, column)| Place { line, column })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_name_neither_starts_a_command_nor_breaks_a_line_nor_adds_a_property(
        file in proptest::option::of(hostile()),
        title in hostile(),
        message in proptest::collection::vec(hostile(), 0..4),
        region in proptest::option::of((place(), proptest::option::of(place()))),
        level in prop_oneof![Just(Level::Error), Just(Level::Warning), Just(Level::Notice)],
    ) {
        let region = region.map(|(start, end)| Region { start, end });
        let title = format!("rule: {title}");
        let command = WorkflowCommand { level, file: file.clone(), region, title: title.clone(), message: message.clone() };
        let line = command.to_string();
        prop_assert!(!line.contains(['\n', '\r']) && hidden_in(&line).is_none(), "{line:?}");
        // what the runner takes for the end of a line, and C# for a space
        prop_assert!(!line.chars().any(|c| c.is_control() || (c.is_whitespace() && c != ' ')), "{line:?}");
        let read = runner_reads(&line).unwrap();
        prop_assert_eq!(&read.command, level.as_str());
        let said: Vec<String> = message.iter().map(|line| terminal(line).into_owned()).collect();
        prop_assert_eq!(&read.data, &said.join("\n"));
        let mut expected = BTreeMap::from([("title".to_owned(), terminal(&title).trim_end().to_owned())]);
        expected.extend(file.map(|file| ("file".to_owned(), terminal(&file).into_owned())));
        if let Some(Region { start, end }) = region {
            expected.insert("line".to_owned(), start.line.to_string());
            expected.insert("col".to_owned(), start.column.to_string());
            if let Some(end) = end {
                expected.insert("endLine".to_owned(), end.line.to_string());
                if end.line == start.line {
                    expected.insert("endColumn".to_owned(), end.column.to_string());
                }
            }
        }
        prop_assert_eq!(read.properties, expected);
    }
}

#[test]
fn the_reading_would_see_it() {
    let read = |line: &str| runner_reads(line).unwrap();
    assert_eq!(read("  ::stop-commands::x").command, "stop-commands");
    assert_eq!(read("::error title=a,file=b::c").properties.len(), 2);
    assert_eq!(read("::error::a%0Ab%250A").data, "a\nb%0A");
    assert_eq!(runner_reads("x ::error::a"), None);
    assert_eq!(runner_reads("::nothing::a"), None);
}

#[test]
fn the_most_severe_come_first_and_the_verdict_closes() {
    let finding = |severity| Annotation {
        rule: RuleId::RolePath,
        severity,
        subject: "a".to_owned(),
        section: None,
        title: "a title".to_owned(),
        lines: Vec::new(),
        file: None,
        region: Some(Region { start: Place { line: 3, column: 1 }, end: None }),
    };
    let all = [Severity::Info, Severity::Blocks(Phase::Entries), Severity::Warning].map(finding).to_vec();
    let commands: Vec<String> = workflow_commands(all).iter().map(ToString::to_string).collect();
    // without a file there is no line to show it at
    assert_eq!(commands[0], "::error title=role-path%3A a title::a title");
    assert!(commands[1].starts_with("::warning ") && commands[2].starts_with("::notice "), "{commands:?}");
    let last = WorkflowCommand::of_verdict(verdict(&sample::plan())).to_string();
    assert!(last.starts_with("::warning title=eksodus::prod-eu (111122223333, eu-west-1)"), "{last}");
}
