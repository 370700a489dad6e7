//! What becomes of each entry, with its place: the oddities that are found in real maps.

#![expect(clippy::unwrap_used, reason = "a text that is not there fails the test")]

use std::collections::BTreeMap;

use eksodus::model::ConfigMap;
use eksodus::reader::{
    AwsAuth, Damage, DropReason, EntryRef, Lost, Manifest, NeverMatches, Place, SectionName, SectionStatus,
    Span, Status, ValueKind, read,
};

use super::logged::logged_errors;

const DEV: &str = "arn:aws:iam::111122223333:role/Dev";

struct Reading {
    text: String,
    auth: AwsAuth,
}

fn section(name: SectionName, text: &str) -> Reading {
    let data = BTreeMap::from([(name.to_string(), text.to_owned())]);
    let manifest = Manifest::from_config_map(ConfigMap { data, ..ConfigMap::default() });
    Reading { text: manifest.source.text.clone(), auth: read(&manifest) }
}

fn roles(text: &str) -> Reading {
    section(SectionName::MapRoles, text)
}

fn users(text: &str) -> Reading {
    section(SectionName::MapUsers, text)
}

fn role(index: usize) -> EntryRef {
    EntryRef { section: SectionName::MapRoles, index }
}

impl Reading {
    fn at(&self, span: Span) -> &str {
        &self.text[span.start..span.end]
    }

    /// Where a text first stands in the manifest.
    fn place(&self, text: &str) -> Place {
        let before = &self.text[..self.text.find(text).unwrap()];
        let line = before.rsplit('\n').next().unwrap_or(before);
        Place { line: before.matches('\n').count() + 1, column: line.chars().count() + 1 }
    }

    fn role_statuses(&self) -> Vec<&Status> {
        self.auth.roles.entries.iter().map(|entry| &entry.status).collect()
    }
}

#[test]
fn an_entry_has_its_places() {
    let text =
        format!("# team\n- groups: [a, \"b\"] # odd\n  rolearn: {DEV}\n  username: é\n  note: x\n- {{}}\n");
    let reading = roles(&text);
    let entry = &reading.auth.roles.entries[0];
    assert_eq!(entry.place, reading.place("- groups"));
    assert!(reading.at(entry.span).starts_with("- groups") && reading.at(entry.span).ends_with("note: x"));
    assert_eq!(reading.at(entry.arn_span.unwrap()), DEV);
    assert_eq!(reading.at(entry.username_span.unwrap()), "é");
    assert_eq!(reading.at(entry.groups_span.unwrap()), "[a, \"b\"]");
    let [(key, span)] = entry.unknown_keys.as_slice() else { panic!("one key is unknown") };
    assert_eq!((key.as_str(), reading.at(*span)), ("note", "note"));
    assert_eq!(reading.auth.roles.entries[1].place, reading.place("- {}"));
}

#[test]
fn the_last_of_equal_roles_wins_whole() {
    let reading =
        roles(&format!("- {{rolearn: {DEV}, groups: [a]}}\n- {{rolearn: {}}}\n", DEV.to_uppercase()));
    assert_eq!(reading.role_statuses(), [&Status::Superseded { by: role(1) }, &Status::InForce]);
    assert_eq!(reading.auth.roles.entries[1].groups, None);
}

#[test]
fn a_dropped_entry_shadows_nothing() {
    let reading = roles(&format!("- rolearn: {DEV}\n- {{rolearn: {DEV}, sso: x}}\n"));
    assert_eq!(reading.role_statuses(), [&Status::InForce, &Status::Dropped(DropReason::RoleArnAndSso)]);
}

#[test]
fn users_in_different_case_are_random() {
    let arn = "arn:aws:iam::111122223333:user/";
    let reading = users(&format!("- userarn: {arn}a\n- userarn: {arn}A\n- userarn: {arn}a\n"));
    let user = |index| EntryRef { section: SectionName::MapUsers, index };
    let statuses: Vec<Status> = reading.auth.users.entries.into_iter().map(|entry| entry.status).collect();
    let random = |with| Status::Random { with: vec![user(with)] };
    assert_eq!(statuses, [Status::Superseded { by: user(2) }, random(2), random(1)]);
}

#[test]
fn dropped_comes_before_superseded_before_never_matches() {
    let path = "arn:aws:iam::111122223333:role/team/Dev";
    let reading =
        roles(&format!("- rolearn: {path}\n- rolearn: {path}\n- username: x\n- rolearn: [x]\n- 1\n-\n"));
    let never = Status::NeverMatches(NeverMatches::RolePath { pathless: DEV.to_owned() });
    let dropped: Vec<Status> = [
        DropReason::NoRoleArn,
        DropReason::ArnNotAString { found: ValueKind::List },
        DropReason::NotAMapping { found: ValueKind::Number },
        DropReason::NotAMapping { found: ValueKind::Nothing },
    ]
    .map(Status::Dropped)
    .to_vec();
    let mut expected = vec![Status::Superseded { by: role(1) }, never];
    expected.extend(dropped);
    assert_eq!(reading.role_statuses(), expected.iter().collect::<Vec<_>>());
}

#[test]
fn sso_matchers_are_valid_or_dropped_and_never_match() {
    let reading = roles(
        "- sso: {permissionSetName: Admin, accountID: '111122223333'}\n\
         - sso: {permissionSetName: Admin, accountID: 111122223333}\n\
         - sso: {permissionSetName: Ad min, accountID: '111122223333'}\n",
    );
    let statuses = reading.role_statuses();
    assert_eq!(statuses[0], &Status::NeverMatches(NeverMatches::Sso));
    assert!(matches!(statuses[1], Status::Dropped(DropReason::InvalidSso { .. })));
    assert!(matches!(statuses[2], Status::Dropped(DropReason::InvalidSso { .. })));
    let [Damage { lost: Lost::Other { key, found }, .. }] = reading.auth.roles.entries[1].damage.as_slice()
    else {
        panic!("the account id is a number")
    };
    assert_eq!((key.as_str(), *found), ("sso.accountID", ValueKind::Number));
}

#[test]
fn damage_names_what_was_lost_and_where() {
    let reading = roles(&format!(
        "- rolearn: {DEV}\n  username: 123\n  groups: system:masters\n\
         - rolearn: {DEV}-2\n  groups: [a, 1, ~]\n  userid: {{}}\n"
    ));
    let entries = &reading.auth.roles.entries;
    let lost: Vec<&Lost> = entries[0].damage.iter().map(|damage| &damage.lost).collect();
    assert_eq!(
        lost,
        [&Lost::Username { found: ValueKind::Number }, &Lost::Groups { found: ValueKind::String }]
    );
    assert_eq!(reading.at(entries[0].damage[0].span), "123");
    assert_eq!((entries[0].username.as_str(), &entries[0].groups), ("", &None));
    assert_eq!(entries[1].groups, Some(vec!["a".to_owned(), String::new(), String::new()]));
    assert_eq!(entries[1].damage.len(), 2);
    assert_eq!(entries[1].damage[0].lost, Lost::Group { index: 1, found: ValueKind::Number });
    assert_eq!(entries[0].status, Status::InForce);
    assert_eq!(logged_errors(&reading.auth).len(), 4);
}

#[test]
fn the_lower_case_spelling_of_a_key_wins_wherever_it_stands() {
    let reading =
        roles(&format!("- rolearn: {DEV}\n  roleARN: other\n  username: a\n  Username: b\n  USERNAME: ~\n"));
    let entry = &reading.auth.roles.entries[0];
    assert_eq!((entry.arn.as_str(), entry.username.as_str()), (DEV, "a"));
    assert_eq!(entry.damage, []);
}

#[test]
fn a_merge_overwrites_what_is_before_it() {
    let text =
        format!("- &a {{rolearn: {DEV}, username: a}}\n- username: b\n  <<: *a\n- <<: *a\n  username: c\n");
    let reading = roles(&text);
    let names: Vec<&str> = reading.auth.roles.entries.iter().map(|entry| entry.username.as_str()).collect();
    assert_eq!(names, ["a", "a", "c"]);
}

#[test]
fn sections_stand_alone_and_say_where_they_are_lost() {
    let data = [
        ("mapRoles", "- rolearn: a\n  username: {{SessionName}}\n"),
        ("mapUsers", "- userarn: arn:aws:iam::111122223333:user/a\n"),
        ("mapAccounts", " '' \n"),
    ];
    let data = data.map(|(key, text)| (key.to_owned(), text.to_owned()));
    let manifest = Manifest::from_config_map(ConfigMap { data: data.into(), ..ConfigMap::default() });
    let auth = read(&manifest);
    let SectionStatus::Lost { span, .. } = auth.roles.status else { panic!("{:?}", auth.roles.status) };
    assert_eq!(&manifest.source.text[span.start..span.end], "{");
    assert_eq!(auth.roles.entries, []);
    assert_eq!(auth.users.status, SectionStatus::Read);
    assert_eq!((auth.accounts.status, auth.accounts.span.is_some()), (SectionStatus::Absent, true));
}

#[test]
fn a_section_cut_short_says_where_and_logs_nothing() {
    let reading = roles("  - rolearn: a\n- rolearn: b\n");
    let SectionStatus::CutShort { place, span } = reading.auth.roles.status else { panic!("not cut short") };
    assert_eq!(place, reading.place("- rolearn: b"));
    assert_eq!(reading.at(span), "- rolearn: b\n");
    assert_eq!(reading.auth.roles.entries.len(), 1);
    assert_eq!(logged_errors(&reading.auth), []);
}

#[test]
fn a_section_that_is_no_list_is_lost() {
    for text in ["{}", "rolearn: a", "a", "1", "{\"a\": [", "-", "- \n..."] {
        let lost = matches!(roles(text).auth.roles.status, SectionStatus::Lost { .. });
        assert_eq!(lost, !text.starts_with('-'), "{text}");
    }
    for text in ["null", "[]", "# nothing", "---\n---\n"] {
        assert_eq!(roles(text).auth.roles.status, SectionStatus::Read, "{text}");
    }
}

#[test]
fn accounts_keep_their_source_text() {
    let text = "- 012345678901\n- 2.1e+11\n- 111122223333\n- {a: b}\n-\n- '111122223333'\n";
    let reading = section(SectionName::MapAccounts, text);
    let entries: Vec<(&str, &Status)> =
        reading.auth.accounts.entries.iter().map(|entry| (entry.text.as_str(), &entry.status)).collect();
    let never = Status::NeverMatches(NeverMatches::NotAnAccount);
    let dropped = Status::Dropped(DropReason::AccountNotAScalar { found: ValueKind::Mapping });
    let by = EntryRef { section: SectionName::MapAccounts, index: 5 };
    assert_eq!(
        entries,
        [
            ("012345678901", &Status::InForce),
            ("2.1e+11", &never),
            ("111122223333", &Status::Superseded { by }),
            ("", &dropped),
            ("", &never),
            ("111122223333", &Status::InForce),
        ]
    );
    assert_eq!(reading.at(reading.auth.accounts.entries[5].span), "- '111122223333'");
}

#[test]
fn what_people_write_by_mistake_means_what_the_server_makes_of_it() {
    let lost = |text: &str| matches!(roles(text).auth.roles.status, SectionStatus::Lost { .. });
    // an unquoted placeholder is a mapping with a mapping as its key
    assert!(lost("- rolearn: a\n  username: {{SessionName}}\n"));
    assert!(lost("- rolearn: a\n\tusername: b\n"));
    assert!(lost("- rolearn: a\n  username:b\n  groups: [c]\n"));
    assert!(lost("- rolearn: 'a\n  username: b\n"));
    assert!(lost("- rolearn: a\n  groups:\n  - b\n c: d\n"));

    // an item that is indented too far goes on with the one before
    let folded = roles("- rolearn: a\n  groups:\n  - alpha\n    - beta\n");
    assert_eq!(folded.auth.roles.entries[0].groups, Some(vec!["alpha - beta".to_owned()]));

    let statuses = |arn: &str| roles(&format!("- rolearn: {arn}\n")).auth.roles.entries[0].status.clone();
    for works in ["arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:user/alice"] {
        assert_eq!(statuses(works), Status::InForce, "{works}");
    }
    for never in [
        "arn:aws:iam:111122223333:role/Dev",
        "arn:aws:iam::<account>:role/Dev",
        "arn:aws:eks:eu-west-1:111122223333:nodegroup/c/n/1a2b",
        "arn:aws:iam::11112222333:role/Dev",
        "\"arn:aws:iam::111122223333:role/Dev \"",
        "arn:aws:sts::111122223333:assumed-role/Dev/alice",
    ] {
        assert!(matches!(statuses(never), Status::NeverMatches(_)), "{never}");
    }
}

#[test]
fn a_line_of_map_users_that_map_roles_knows_is_never_asked() {
    let data = BTreeMap::from([
        ("mapRoles".to_owned(), format!("- rolearn: {DEV}\n  username: a\n")),
        ("mapUsers".to_owned(), format!("- userarn: {}\n  username: b\n", DEV.to_uppercase())),
    ]);
    let auth = read(&Manifest::from_config_map(ConfigMap { data, ..ConfigMap::default() }));
    assert_eq!(auth.users.entries[0].status, Status::Superseded { by: role(0) });
    assert_eq!(auth.roles.entries[0].status, Status::InForce);
}
