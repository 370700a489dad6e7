//! The edit behind pruning: items go, every other byte stays, and what stays means what it meant.

use std::collections::{BTreeMap, BTreeSet};

use eksodus::model::ConfigMap;
use eksodus::reader::{CutRefusal, Manifest, SectionName, cut, read};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

const ROLES: SectionName = SectionName::MapRoles;

fn without(text: &str, items: &[usize]) -> Result<String, CutRefusal> {
    cut(text, ROLES, &items.iter().copied().collect())
}

#[test]
fn a_block_list_loses_whole_lines_and_keeps_comments() {
    let text = "\
# the team
- rolearn: a # admin
  groups:
    - x
# nodes
- rolearn: b
  username: |
    n

  # - rolearn: old

-   # odd
  rolearn: c
";
    assert_eq!(without(text, &[]).unwrap(), text);
    assert_eq!(
        without(text, &[0]).unwrap(),
        "\
# the team
# nodes
- rolearn: b
  username: |
    n

  # - rolearn: old

-   # odd
  rolearn: c
"
    );
    assert_eq!(
        without(text, &[1, 2]).unwrap(),
        "\
# the team
- rolearn: a # admin
  groups:
    - x
# nodes
  # - rolearn: old

"
    );
    assert_eq!(without(text, &[0, 1, 2]).unwrap(), "# the team\n# nodes\n  # - rolearn: old\n\n");
}

#[test]
fn line_ends_and_indentation_stay() {
    let text = "\u{feff}  - rolearn: a\r\n  - rolearn: b\r\n  -\r\n    rolearn: c";
    assert_eq!(without(text, &[0]).unwrap(), "\u{feff}  - rolearn: b\r\n  -\r\n    rolearn: c");
    assert_eq!(without(text, &[1]).unwrap(), "\u{feff}  - rolearn: a\r\n  -\r\n    rolearn: c");
    assert_eq!(without(text, &[2]).unwrap(), "\u{feff}  - rolearn: a\r\n  - rolearn: b\r\n");
}

#[test]
fn a_flow_list_loses_the_right_commas() {
    let text = "[{rolearn: a}, {rolearn: b} , {rolearn: c}]";
    assert_eq!(without(text, &[0]).unwrap(), "[{rolearn: b} , {rolearn: c}]");
    assert_eq!(without(text, &[1]).unwrap(), "[{rolearn: a}, {rolearn: c}]");
    assert_eq!(without(text, &[2]).unwrap(), "[{rolearn: a}, {rolearn: b} ]");
    assert_eq!(without(text, &[1, 2]).unwrap(), "[{rolearn: a}]");
    assert_eq!(without(text, &[0, 1, 2]).unwrap(), "[]");
    assert_eq!(without("[{rolearn: a}, {rolearn: b},]", &[1]).unwrap(), "[{rolearn: a}, ]");

    let pretty = "[\n  {\"rolearn\": \"a\"},\n  {\"rolearn\": \"b\"}, # ops\n  {\"rolearn\": \"c\"}\n]\n";
    assert_eq!(without(pretty, &[1]).unwrap(), "[\n  {\"rolearn\": \"a\"},\n  {\"rolearn\": \"c\"}\n]\n");
    assert_eq!(
        without(pretty, &[2]).unwrap(),
        "[\n  {\"rolearn\": \"a\"},\n  {\"rolearn\": \"b\"} # ops\n]\n"
    );
    assert_eq!(without(pretty, &[0, 1, 2]).unwrap(), "[\n]\n");
}

#[test]
fn a_tag_left_alone_gets_an_empty_list() {
    assert_eq!(without("!!seq\n- rolearn: a\n# end\n", &[0]).unwrap(), "!!seq\n[]\n# end\n");
    assert_eq!(without("---\n- rolearn: a\n", &[0]).unwrap(), "---\n");
}

#[test]
fn accounts_are_cut_as_they_are_written() {
    let accounts = |text: &str, item: usize| cut(text, SectionName::MapAccounts, &BTreeSet::from([item]));
    assert_eq!(accounts("- 000011112222\n- \"444455556666\"\n", 0).unwrap(), "- \"444455556666\"\n");
    assert_eq!(accounts("- 1\n- 2\n", 5), Err(CutRefusal::NoSuchItem(5)));
}

#[test]
fn what_would_change_its_meaning_is_refused() {
    let anchored = "- &a {rolearn: a, groups: [g]}\n- rolearn: c\n- {<<: *a, rolearn: b}\n";
    assert_eq!(without(anchored, &[0]), Err(CutRefusal::AnchorUsed { of: 0, by: 2 }));
    assert!(without(anchored, &[0, 2]).is_ok());
    assert!(without(anchored, &[1]).is_ok());

    let double = "- {rolearn: a, groups: [old]}\n- {rolearn: A, groups: [new]}\n";
    assert_eq!(without(double, &[1]), Err(CutRefusal::Uncovers(0)));
    assert!(without(double, &[0]).is_ok());
    assert!(without(double, &[0, 1]).is_ok());

    assert_eq!(without("  - rolearn: a\n- rolearn: b\n", &[0]), Err(CutRefusal::CutShort));
    assert!(matches!(without("- rolearn: @\n", &[0]), Err(CutRefusal::Lost(_))));
    // the comment would become a line of the text above it
    let swallowed = "- rolearn: a\n  username: |\n    x\n- rolearn: b\n    # c\n- rolearn: c\n";
    assert_eq!(without(swallowed, &[1]), Err(CutRefusal::ChangesMeaning));
}

/// One item in one of the ways people write them; `{N}` is its number.
const BLOCK: [&str; 7] = [
    "- rolearn: role-{N}\n  username: user-{N}\n  groups:\n  - g\n",
    "- groups:\n    - \"g: {N}\" # why\n  rolearn: 'role-{N}'\n",
    "- {rolearn: role-{N}, groups: [a, b]} # flow\n",
    "-   rolearn: role-{N}\n\n    username: \"x\n      y\"\n",
    "-\n  # inner\n  rolearn: >-\n    role-{N}\n  username: {{x}}{N}\n",
    "- rolearn: role-{N}\r\n  username: é{N}\r\n",
    "- \"rolearn\": \"role-{N}\"\n  userid:\n",
];

const FLOW: [&str; 4] = [
    "{rolearn: role-{N}}",
    "{\"rolearn\": \"role-{N}\",\n    \"groups\": [\n      \"a\"]\n  }",
    "rolearn: 'role-{N}'",
    "{ username: x, rolearn: role-{N}, }",
];

fn numbered(template: &str, number: usize) -> String {
    template.replace("{{x}}", "x").replace("{N}", &number.to_string())
}

prop_compose! {
    fn block_text()(
        items in vec((0..BLOCK.len(), proptest::option::of("# [a-z :,'-]{0,8}\n")), 1..6),
        indent in 0..3_usize,
    ) -> (String, usize) {
        let mut text = String::new();
        for (number, (item, comment)) in items.iter().enumerate() {
            let item = numbered(BLOCK[*item], number);
            for line in item.split_inclusive('\n') {
                text.push_str(&" ".repeat(indent));
                text.push_str(line);
            }
            text.push_str(comment.as_deref().unwrap_or_default());
        }
        (text, items.len())
    }
}

prop_compose! {
    fn flow_text()(
        items in vec((0..FLOW.len(), prop::sample::select(vec![", ", ",\n  ", ",", " , ", ", # c\n "])), 1..6),
        open in prop::sample::select(vec!["[", "[\n  ", "[ "]),
        close in prop::sample::select(vec!["]", "\n]\n", " ]", ",]", ",\n]"]),
    ) -> (String, usize) {
        let mut text = open.to_owned();
        for (number, (item, comma)) in items.iter().enumerate() {
            if number > 0 {
                text.push_str(comma);
            }
            text.push_str(&numbered(FLOW[*item], number));
        }
        (text + close, items.len())
    }
}

fn roles(text: &str) -> Vec<(String, String, Option<Vec<String>>)> {
    let data = BTreeMap::from([(ROLES.to_string(), text.to_owned())]);
    let auth = read(&Manifest::from_config_map(ConfigMap { data, ..ConfigMap::default() }));
    let entries = auth.roles.entries.into_iter();
    entries.map(|entry| (entry.arn, entry.username, entry.groups)).collect()
}

fn is_subsequence(short: &str, long: &str) -> bool {
    let mut long = long.chars();
    short.chars().all(|char| long.any(|other| other == char))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_stays_is_what_was(
        (text, count) in prop_oneof![block_text(), flow_text()],
        wanted in btree_set(0..6_usize, 0..5),
    ) {
        let items: BTreeSet<usize> = wanted.into_iter().filter(|item| *item < count).collect();
        let before = roles(&text);
        prop_assert_eq!(before.len(), count);
        let after = cut(&text, ROLES, &items).unwrap();
        let expected: Vec<_> =
            before.into_iter().enumerate().filter(|(n, _)| !items.contains(n)).map(|(_, role)| role).collect();
        prop_assert_eq!(roles(&after), expected);
        prop_assert!(is_subsequence(&after, &text));
        let comments = |text: &str| text.lines().filter(|line| line.starts_with('#')).count();
        prop_assert_eq!(comments(&after), comments(&text));
        // in two steps as in one
        if let Some(first) = items.first() {
            let rest: BTreeSet<usize> = items.iter().skip(1).map(|item| item - 1).collect();
            let once = cut(&text, ROLES, &BTreeSet::from([*first])).unwrap();
            prop_assert_eq!(roles(&cut(&once, ROLES, &rest).unwrap()), roles(&after));
        }
    }

    #[test]
    fn any_text_is_cut_or_refused(text in "[-a:\\[\\]{},# \n'\"&*|]{0,40}", item in 0..3_usize) {
        if let Ok(after) = cut(&text, ROLES, &BTreeSet::from([item])) {
            prop_assert_eq!(roles(&after).len() + 1, roles(&text).len());
        }
    }
}

#[test]
fn a_bracket_that_ends_an_item_goes_with_it() {
    let text = "- rolearn: arn:aws:iam::111122223333:role/A\n  groups: [a, {b: c}]\n- rolearn: arn:aws:iam::111122223333:role/B\n";
    let rest = cut(text, SectionName::MapRoles, &[0].into()).unwrap();
    assert_eq!(rest, "- rolearn: arn:aws:iam::111122223333:role/B\n");
    assert_eq!(cut(text, SectionName::MapRoles, &[0, 1].into()).unwrap(), "");
}
