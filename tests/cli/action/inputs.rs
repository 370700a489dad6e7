use std::collections::BTreeSet;

use super::runner::{action, steps};

const PAGE: &str = include_str!("../../../docs/ci.md");

#[test]
fn no_expression_is_part_of_a_script() {
    for step in steps().iter().filter(|step| !step["run"].is_null()) {
        let script = step["run"].as_str().unwrap();
        assert!(!script.contains("${{"), "{script}");
        let unused = step["env"].as_object().unwrap().keys().filter(|name| {
            !script.contains(&format!("${name}"))
                && !script.contains(&format!("${{{name}"))
                && *name != "GH_TOKEN"
        });
        assert_eq!(unused.count(), 0, "{script}");
    }
}

#[test]
fn an_action_of_others_is_pinned_to_a_commit() {
    let used: Vec<String> =
        steps().iter().filter_map(|step| step["uses"].as_str().map(str::to_owned)).collect();
    assert!(!used.is_empty());
    for action in used {
        let (_, commit) = action.split_once('@').unwrap();
        assert!(commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit()), "{action}");
    }
}

#[test]
fn the_page_has_every_input_and_output_and_no_other() {
    for (kind, heading) in [("inputs", "| input |"), ("outputs", "| output |")] {
        let names: BTreeSet<String> = action()[kind].as_object().unwrap().keys().cloned().collect();
        let (_, table) = PAGE.split_once(heading).unwrap();
        let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
        let told: BTreeSet<String> = rows.map(|row| row.split('`').nth(1).unwrap().to_owned()).collect();
        assert_eq!(names, told);
    }
}
