use crate::planner::decisions::file::*;

const FULL: &str = r#"# what the team decided
version: 1
masters: {group: platform-admins}
proposed-usernames: accept
groups:
  system:ci: {rename: ci}
  system:old: drop
principals:
  - principal: arn:aws:iam::111122223333:role/Left
    skip: left the company
  - principal: arn:aws:iam::111122223333:role/Dev*
    arn: arn:aws:iam::111122223333:role/team/Dev
    username: dev:{{SessionName}}
    groups: [devs, "yes"]
    type: STANDARD
    policies:
      - {policy: AmazonEKSViewPolicy, scope: {namespaces: [team-a, team-b-*]}}
      - policy: AmazonEKSAdminViewPolicy
        scope: cluster
  - {principal: "*", username: default}
accounts:
  "444455556666":
    principals: ["arn:aws:iam::444455556666:user/x"]
    skip-others: only CI used it
"#;

fn error(text: &str) -> (Kind, Option<(usize, usize)>) {
    let error = Decisions::parse("eksodus.yaml", text).unwrap_err();
    assert_eq!(error.name, "eksodus.yaml");
    let message = error.to_string();
    assert!(!message.contains('\n') && !message.starts_with(char::is_uppercase), "{message}");
    (error.kind, error.place.map(|place| (place.line, place.column)))
}

/// The error of a file with this behind its version.
fn error_of(text: &str) -> (Kind, Option<(usize, usize)>) {
    error(&format!("version: 1\n{text}\n"))
}

#[test]
fn every_key_has_its_meaning() {
    let decisions = Decisions::parse("eksodus.yaml", FULL).unwrap();
    assert_eq!(decisions.masters, Masters::Group(GroupName::new("platform-admins").unwrap()));
    assert_eq!(decisions.proposed_usernames, ProposedUsernames::Accept);
    let ci = GroupDecision::Rename(GroupName::new("ci").unwrap());
    assert_eq!(
        decisions.groups.into_iter().collect::<Vec<_>>(),
        [("system:ci".to_owned(), ci), ("system:old".to_owned(), GroupDecision::Drop)]
    );
    let [left, dev, all] = decisions.principals.as_slice() else { panic!("{:?}", decisions.principals) };
    assert_eq!((left.skip.as_deref(), left.line), (Some("left the company"), 9));
    assert_eq!((dev.line, dev.entry_type.as_ref()), (11, Some(&EntryType::Standard)));
    assert_eq!(dev.arn.as_ref().map(PrincipalArn::path), Some("/team/"));
    assert_eq!(dev.username, Some(UsernameDecision::Custom(Username::new("dev:{{SessionName}}").unwrap())));
    assert_eq!(dev.groups.as_ref().map(BTreeSet::len), Some(2));
    let scopes: Vec<_> =
        dev.policies.iter().flatten().map(|p| (p.policy.as_str(), p.scope.to_string())).collect();
    assert_eq!(
        scopes,
        [
            ("AmazonEKSAdminViewPolicy", "cluster".to_owned()),
            ("AmazonEKSViewPolicy", "namespaces team-a, team-b-*".to_owned())
        ]
    );
    assert_eq!((all.username.as_ref(), all.line), (Some(&UsernameDecision::Default), 20));
    let account = &decisions.accounts[&"444455556666".parse().unwrap()];
    assert_eq!((account.principals.len(), account.skip_others.as_deref()), (1, Some("only CI used it")));
    assert_eq!(account.line, 22);
}

#[test]
fn what_is_left_out_is_as_if_nothing_was_decided() {
    assert_eq!(Decisions::parse("x", "version: 1\n").unwrap(), Decisions::default());
    let none = "version: 1\nmasters: access-policy\nproposed-usernames: ask\nprincipals: []\n";
    assert_eq!(Decisions::parse("x", none).unwrap(), Decisions::default());
}

#[test]
fn the_version_comes_first() {
    assert_eq!(error(""), (Kind::NoVersion, None));
    assert_eq!(error("masters: access-policy\n"), (Kind::NoVersion, None));
    assert_eq!(error("version: 2\nnew-key: 1\n"), (Kind::UnknownVersion("2".into()), Some((1, 10))));
    assert_eq!(error("version: 1\n---\nversion: 1\n"), (Kind::SecondDocument, None));
    for (text, shown) in [("\"1\"", "\"1\""), ("1.0", "1.0"), ("-1", "-1"), ("one", "\"one\"")] {
        assert_eq!(error(&format!("version: {text}\n")), (Kind::UnknownVersion(shown.into()), Some((1, 10))));
    }
    assert!(matches!(error("version: [1]\n"), (Kind::Misread(_), Some((1, _)))));
}

#[test]
fn unknown_keys_and_wrong_types_have_their_place() {
    for (text, place) in [
        ("mastrs: access-policy", (2, 1)),
        ("masters: policy", (2, 10)),
        ("masters: {groups: x}", (2, 11)),
        ("groups: [a]", (2, 9)),
        ("groups: {a: keep}", (2, 13)),
        ("principals: {}", (2, 13)),
        ("principals:\n- principal: a\n  skips: x", (4, 3)),
        ("principals:\n- principal: a\n  groups: x", (4, 11)),
        ("principals:\n- principal: a\n  groups: [1]", (4, 12)),
        ("principals:\n- principal: a\n  policies: [{policy: A}]", (4, 15)),
        ("principals:\n- principal: a\n  policies: [{policy: A, scope: namespaced}]", (4, 33)),
        ("accounts: {\"444455556666\": drop}", (2, 28)),
        ("accounts: {444455556666: {skip-others: x}}", (2, 12)),
        ("masters: access-policy\nmasters: access-policy", (3, 1)),
        ("\ttab: x", (1, 10)),
    ] {
        let (kind, at) = error_of(text);
        assert!(matches!(kind, Kind::Misread(_)), "{text}: {kind:?}");
        assert_eq!(at, Some(place), "{text}: {kind}");
    }
}

#[test]
fn values_that_eks_would_refuse_are_refused() {
    let of = |text: &str| {
        let (kind, place) = error_of(&format!("principals:\n- principal: a\n  {text}"));
        (kind.to_string(), place)
    };
    let fault = |what: &str, line, column| (what.to_owned(), Some((line, column)));
    assert_eq!(of("username: eks:x"), fault("username \"eks:x\": it cannot begin with eks:", 4, 13));
    assert_eq!(of("groups: [a, system:b]"), fault("group \"system:b\": it cannot begin with system:", 4, 15));
    assert_eq!(
        of("arn: arn:aws:iam::111122223333:root").0,
        "\"arn:aws:iam::111122223333:root\" is not the ARN of a role or user: it is the account's root user, \
         not an IAM role or user"
    );
    assert_eq!(of("type: LINUX"), fault("\"LINUX\" is not a type of access entry", 4, 9));
    assert_eq!(of("skip: x\n  type: EC2"), fault("skip cannot be combined with type", 4, 9));
    assert_eq!(of("skip: ' '"), fault("the reason to skip is empty", 4, 9));
    assert_eq!(of("type: EC2_LINUX\n  groups: [a]"), fault("type EC2_LINUX takes no groups", 3, 3));
    assert_eq!(of("type: EC2\n  username: a"), fault("type EC2 takes no username", 3, 3));
    let policy = |rest: &str| of(&format!("policies: [{{policy: {rest}}}]"));
    assert_eq!(policy("a/b, scope: cluster"), fault("\"a/b\" is not the name of an access policy", 4, 23));
    assert_eq!(policy("A, scope: {namespaces: []}"), fault("the list of namespaces is empty", 4, 33));
    assert_eq!(
        policy("A, scope: cluster}, {policy: A, scope: cluster"),
        fault("access policy A is listed twice; it has one scope", 4, 52)
    );
    assert_eq!(error_of("principals:\n- principal: a"), (Kind::NothingDecided, Some((3, 3))));
    assert_eq!(
        error_of("principals:\n- {principal: a, skip: x}\n- {principal: a, skip: more}"),
        (Kind::Twice("a".into()), Some((4, 15)))
    );
    assert!(matches!(error_of("masters: {group: system:masters}"), (Kind::Group { .. }, Some((2, 18)))));
    assert!(matches!(error_of("groups: {a: {rename: ''}}"), (Kind::Group { .. }, Some((2, 22)))));
}

#[test]
fn accounts_hold_their_own_principals() {
    assert_eq!(
        error_of("accounts:\n  \"4444\": {skip-others: x}"),
        (Kind::Account("4444".into()), Some((3, 3)))
    );
    assert_eq!(error_of("accounts: {\"444455556666\": {}}"), (Kind::NothingDecided, Some((2, 28))));
    let other = "accounts: {\"444455556666\": {principals: [\"arn:aws:iam::111122223333:role/a\"]}}";
    assert!(matches!(error_of(other), (Kind::OtherAccount { .. }, Some((2, 42)))));
}
