//! A decisions file with one decision more: what was there stays, and what was chosen is there.

use eksodus::findings::{Choice, Edit, GroupEdit, PrincipalEdit};
use eksodus::model::{GroupName, Username};
use eksodus::planner::{CannotExtend, Decisions, OpenQuestion, extended, with_open_questions};
use proptest::prelude::*;

const DEV: &str = "arn:aws:iam::111122223333:role/Dev";

fn one(edit: Edit) -> Choice {
    Choice { edits: vec![edit] }
}

fn of(principal: &str, what: PrincipalEdit) -> Choice {
    one(Edit::Principal { principal: principal.to_owned(), what })
}

fn username(name: &str) -> PrincipalEdit {
    PrincipalEdit::Username { username: Some(Username::new(name).unwrap()) }
}

fn skip(reason: &str) -> PrincipalEdit {
    PrincipalEdit::Skip { reason: Some(reason.to_owned()) }
}

fn drop_group(group: &str) -> Choice {
    one(Edit::Group { group: group.to_owned(), becomes: GroupEdit::Drop })
}

fn extend(text: &str, choice: &Choice) -> String {
    extended("eksodus.yaml", text, choice, "why: \u{1b}[31m\nx")
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
}

const COMMENT: &str = "# why: \u{fffd}[31m\u{fffd}x";

#[test]
fn a_new_file_begins_with_its_version() {
    let text = extend("", &of(DEV, username("dev:{{SessionName}}")));
    assert_eq!(
        text,
        format!(
            "version: 1\n\nprincipals:\n  {COMMENT}\n  - principal: {DEV}\n    username: \"dev:{{{{SessionName}}}}\"\n"
        )
    );
    let text = extend("# ours\n", &drop_group("system:ci"));
    assert_eq!(text, format!("# ours\nversion: 1\n\ngroups:\n  {COMMENT}\n  system:ci: drop\n"));
}

#[test]
fn it_goes_under_its_key_and_every_other_byte_stays() {
    let text = "# top\nversion: 1   # the only one\ngroups:  # of old\n    # kept\n    \"system:a\": drop # gone\n\n# the end of groups\nprincipals:\n- principal: x # first\n  skip: left\n# the end\n";
    assert_eq!(
        extend(text, &drop_group("system:ci")),
        text.replace("gone\n", &format!("gone\n    {COMMENT}\n    system:ci: drop\n"))
    );
    assert_eq!(
        extend(text, &of(DEV, skip("no: \"one\""))),
        text.replace(
            "  skip: left\n",
            &format!("  skip: left\n{COMMENT}\n- principal: {DEV}\n  skip: \"no: \\\"one\\\"\"\n")
        )
    );
}

#[test]
fn windows_line_ends_stay() {
    let text = extend("version: 1\r\ngroups:\r\n  a: drop\r\n", &drop_group("b"));
    assert!(
        text.ends_with("  b: drop\r\n") && text.matches('\n').count() == text.matches("\r\n").count(),
        "{text:?}"
    );
}

#[test]
fn an_element_of_the_principal_takes_the_value() {
    let text = format!(
        "version: 1\nprincipals:\n  - principal: {DEV}\n    groups: []  # none\n  - principal: '*'\n    skip: rest\n"
    );
    let longer = extend(&text, &of(DEV, username("dev")));
    assert_eq!(longer, text.replace("# none\n", &format!("# none\n    {COMMENT}\n    username: dev\n")));
    // and in place of another
    let again = extend(&longer, &of(DEV, username("team:dev")));
    assert_eq!(again, longer.replace("username: dev\n", "username: team:dev\n"));
    let groups = PrincipalEdit::Groups { groups: Some([GroupName::new("a").unwrap()].into()) };
    assert_eq!(extend(&text, &of(DEV, groups)), text.replace("groups: []  #", "groups: [a]  #"));
}

#[test]
fn before_an_element_for_many_stands_what_it_says_of_one() {
    let text = "version: 1\nprincipals:\n  # for all\n  - principal: arn:aws:iam::111122223333:role/*\n    policies: [{policy: A, scope: {namespaces: [a-*]}}]\n    groups: [x]\n";
    let longer = extend(text, &of(DEV, username("dev")));
    let new = format!(
        "  {COMMENT}\n  - principal: {DEV}\n    groups: [x]\n    policies: [{{policy: A, scope: {{namespaces: [\"a-*\"]}}}}]\n    username: dev\n"
    );
    assert_eq!(longer, text.replace("  # for all\n", &format!("{new}  # for all\n")));
}

#[test]
fn one_value_is_put_in_place_of_another() {
    let text = "version: 1\nproposed-usernames: ask  # each\nprune: delete\nmasters: access-policy\n";
    assert_eq!(extend(text, &one(Edit::ProposedUsernames)), text.replace("ask ", "accept "));
    assert_eq!(extend(text, &one(Edit::PruneCovered)), text.replace("delete", "covered"));
    let masters = one(Edit::Masters { group: Some(GroupName::new("admins").unwrap()) });
    assert_eq!(extend(text, &masters), text.replace("access-policy", "{group: admins}"));
    assert_eq!(
        extend("version: 1\n", &masters),
        format!("version: 1\n{COMMENT}\nmasters: {{group: admins}}\n")
    );
}

#[test]
fn an_account_that_is_there_gets_its_other_key() {
    let text = "version: 1\naccounts:\n  \"444455556666\":\n    principals:\n      - arn:aws:iam::444455556666:role/x\n  # end\n";
    let account = Edit::Account {
        account: "444455556666".parse().unwrap(),
        principals: None,
        skip_others: Some("only x".to_owned()),
    };
    assert_eq!(extend(text, &one(account)), text.replace("role/x\n", "role/x\n    skip-others: only x\n"));
}

#[test]
fn what_cannot_be_done_for_sure_is_refused() {
    let refused = |text: &str, choice: &Choice| extended("e", text, choice, "").unwrap_err();
    let in_one_line = refused("version: 1\ngroups: {a: drop}\n", &drop_group("b"));
    assert_eq!(in_one_line, CannotExtend::InOneLine { key: "groups" });
    assert_eq!(
        refused(
            &format!("version: 1\nprincipals:\n- {{principal: {DEV}, skip: x}}\n"),
            &of(DEV, username("a"))
        ),
        CannotExtend::InOneLine { key: "principals" }
    );
    // the skip stands in the way, and is not taken out
    let skipped = format!("version: 1\nprincipals:\n- principal: {DEV}\n  skip: x\n");
    assert!(refused(&skipped, &of(DEV, username("a"))).to_string().contains("cannot be found"));
    // a quoted key is one, too
    assert_eq!(
        refused("version: 1\n\"groups\":\n  a: drop\n", &drop_group("b")),
        CannotExtend::NoPlace { key: "groups" }
    );
    assert!(matches!(refused("principals: [", &drop_group("b")), CannotExtend::Misread(_)));
    assert_eq!(refused("version: 1\n", &of(DEV, PrincipalEdit::Skip { reason: None })), CannotExtend::Open);
}

fn choices() -> impl Strategy<Value = Choice> {
    let arn = prop::sample::select(vec![
        DEV,
        "arn:aws:iam::111122223333:role/Ops",
        "arn:aws:iam::111122223333:role/a b: #c",
    ]);
    let what = prop_oneof![
        "[ -~]{1,9}\\PC{0,3}".prop_filter("a reason", |it| !it.trim().is_empty()).prop_map(|it| skip(&it)),
        prop::sample::select(vec!["dev", "a:{{SessionName}}", "x y", "#", "- a"]).prop_map(username),
        Just(PrincipalEdit::UsernameDefault),
        Just(PrincipalEdit::KeepEntry),
        prop::collection::btree_set(prop::sample::select(vec!["a", "b: c", "yes"]), 0..3).prop_map(
            |groups| {
                PrincipalEdit::Groups {
                    groups: Some(groups.into_iter().map(|it| GroupName::new(it).unwrap()).collect()),
                }
            }
        ),
    ];
    prop_oneof![
        4 => (arn, what).prop_map(|(arn, what)| of(arn, what)),
        2 => prop::sample::select(vec!["system:ci", "a: b", "\u{202e}x", "true"]).prop_map(drop_group),
        1 => Just(one(Edit::ProposedUsernames)),
        1 => ("[a-z]{1,3}", "[ -~]{0,5}x").prop_map(|(name, reason)| one(Edit::AcceptGains { name, reason: Some(reason) })),
    ]
}

/// Parts of files as people write them.
fn texts() -> impl Strategy<Value = String> {
    let parts = vec![
        "# a comment\n",
        "\n",
        "proposed-usernames: ask # for now\n",
        "groups:\n  # first\n  \"system:ci\": {rename: ci}\n\n",
        "groups: {}\n",
        "groups:\n    'a: b': drop\n",
        "principals:\n- principal: arn:aws:iam::111122223333:role/D*\n  username: default\n\n",
        "principals:\n    # dev\n    - principal: arn:aws:iam::111122223333:role/Dev # him\n      skip: |\n        left:\n        - long ago\n",
        "principals: []\n",
        "principals:\n  -   principal: arn:aws:iam::111122223333:role/Ops\n      groups:\n        - a\n      username: \"ops\"\n  - {principal: '*', skip: x}\n",
        "principals:\n",
        "accept-gains: {a: b}\n",
        "accept-gains:\n  a:\n    because\n",
    ];
    prop::sample::subsequence(parts, 0..5)
        .prop_shuffle()
        .prop_map(|parts| format!("version: 1\n{}", parts.concat()))
}

#[test]
fn a_file_may_have_any_number_of_comments_anywhere() {
    let comments = "# said\n".repeat(2_000);
    let text = format!("{comments}version: 1\n{comments}groups:\n{comments}  a: drop\n{comments}");
    assert_eq!(Decisions::parse("e", &text).unwrap().groups.len(), 1);
    let longer = extend(&text, &drop_group("b"));
    assert_eq!(Decisions::parse("e", &longer).unwrap().groups.len(), 2);
}

#[test]
fn any_number_of_questions_can_be_asked_in_a_new_file() {
    let choices = [Edit::ProposedUsernames, Edit::PruneCovered];
    let questions: Vec<OpenQuestion> = (0..200)
        .map(|n| {
            let principal = format!("arn:aws:iam::111122223333:user/u{n}");
            let skip = of(&principal, PrincipalEdit::Skip { reason: None });
            let options = choices.iter().map(|edit| one(edit.clone())).chain([skip]);
            let options = options.map(|choice| ("what it does".to_owned(), choice)).collect();
            OpenQuestion { head: principal, says: vec!["what is open".to_owned(); 4], options }
        })
        .collect();
    let asked = with_open_questions("e", "", &questions).unwrap();
    assert_eq!(
        Decisions::parse("e", &asked).unwrap().without_places(),
        Decisions::default().without_places()
    );
    assert_eq!(asked.matches("# proposed-usernames: accept").count(), 200);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Whatever stands there: every line stays, in its order, but for one whose value is replaced; and what was said is said.
    #[test]
    fn what_was_there_stays(text in texts(), choices in prop::collection::vec(choices(), 1..4)) {
        let Ok(mut decisions) = Decisions::parse("e", &text) else { return Ok(()) };
        let mut now = text;
        for choice in choices {
            let wanted = decisions.with(&choice).unwrap();
            let Ok(longer) = extended("e", &now, &choice, "why") else { continue };
            decisions = Decisions::parse("e", &longer).unwrap();
            prop_assert_eq!(decisions.clone().without_places(), wanted.without_places(), "{}\n{:?}\n{}", now, choice, longer);
            let mut left = longer.lines();
            let lost: Vec<&str> = now.lines().filter(|line| !left.by_ref().any(|it| it == *line)).take(1).collect();
            let comments = |text: &str| text.lines().filter(|line| line.trim_start().starts_with('#')).count();
            prop_assert!(lost.len() <= 1 && comments(&longer) >= comments(&now), "{}\n{}", now, longer);
            now = longer;
        }
    }

    /// Questions are comments: they decide nothing, and asking twice writes once.
    #[test]
    fn questions_decide_nothing(text in texts(), choices in prop::collection::vec(choices(), 1..4), head in "\\PC{1,9}|\n\r#x") {
        let Ok(before) = Decisions::parse("e", &text) else { return Ok(()) };
        let options = choices.into_iter().map(|choice| ("does\nthis".to_owned(), choice)).collect();
        let questions = [OpenQuestion { head: format!("q {head}"), says: vec![head], options }];
        let Ok(asked) = with_open_questions("e", &text, &questions) else { return Ok(()) };
        prop_assert_eq!(Decisions::parse("e", &asked).unwrap().without_places(), before.without_places(), "{}", asked);
        prop_assert_eq!(with_open_questions("e", &asked, &questions).unwrap(), asked);
    }
}
