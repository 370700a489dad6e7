//! Decisions of several files: later ones win key by key.

use eksodus::planner::{
    Decisions, ExistingDecision, GroupDecision, Layer, Masters, ProposedUsernames, Prune, UsernameDecision,
};

fn layered(files: &[&str]) -> Decisions {
    let layer = |(at, text): (usize, &&str)| {
        (format!("{at}.yaml"), Layer::parse("x", &format!("version: 1\n{text}\n")).unwrap())
    };
    Decisions::layered(files.iter().enumerate().map(layer))
}

#[test]
fn one_file_alone_is_what_it_says() {
    let text = "masters: {group: a}\nprincipals: [{principal: x, username: a}]\ngroups: {g: drop}";
    let parsed = Decisions::parse("x", &format!("version: 1\n{text}\n")).unwrap();
    assert_eq!(layered(&[text]).without_places(), parsed.without_places());
    assert_eq!(layered(&[]), Decisions::default());
}

#[test]
fn a_key_that_a_later_file_has_counts_and_one_that_it_leaves_out_stays() {
    let fleet = "masters: {group: a}\nproposed-usernames: accept\nprune: delete\ngroups: {g: drop, h: drop}\naccept-gains: {name: fleet, more: fleet}";
    let decisions =
        layered(&[fleet, "masters: access-policy\ngroups: {g: {rename: i}}\naccept-gains: {name: own}"]);
    assert_eq!((decisions.masters, decisions.prune), (Masters::AccessPolicy, Prune::Delete));
    assert_eq!(decisions.proposed_usernames, ProposedUsernames::Accept);
    assert!(matches!(decisions.groups["g"], GroupDecision::Rename(_)));
    assert_eq!(decisions.groups["h"], GroupDecision::Drop);
    assert_eq!((&*decisions.accept_gains["name"], &*decisions.accept_gains["more"]), ("own", "fleet"));
    let at =
        |group: &str| (decisions.origins.groups[group].to_string(), decisions.origins.groups[group].shared);
    assert_eq!((at("g"), at("h")), (("1.yaml:3".to_owned(), false), ("0.yaml:5".to_owned(), true)));
}

#[test]
fn elements_of_later_files_come_first_and_take_what_they_leave_out() {
    let fleet = "principals:\n- {principal: D*, username: default, groups: [a]}\n- {principal: left, skip: x}\n- {principal: '*', skip: rest}";
    let own = "principals:\n- {principal: left, take: mapping}\n- {principal: D*, groups: []}\n- {principal: own, skip: z}";
    let decisions = layered(&[fleet, own]);
    let of: Vec<_> = decisions
        .principals
        .iter()
        .map(|it| (it.principal.as_str(), it.at().to_string(), it.shared))
        .collect();
    let expected = [
        ("left", "1.yaml:3", false),
        ("D*", "1.yaml:4", false),
        ("own", "1.yaml:5", false),
        ("*", "0.yaml:5", true),
    ];
    assert_eq!(of, expected.map(|(principal, at, shared)| (principal, at.to_owned(), shared)));
    let [left, dev, ..] = decisions.principals.as_slice() else { panic!() };
    // a skip and what is in an entry are two answers to one question
    assert_eq!((left.existing, &left.skip), (Some(ExistingDecision::TakeMapping), &None));
    assert_eq!(
        (&dev.username, dev.groups.as_ref().map(|it| it.len())),
        (&Some(UsernameDecision::Default), Some(0))
    );
}

#[test]
fn what_another_type_takes_none_of_goes_with_the_type() {
    let decisions = layered(&[
        "principals: [{principal: a, username: x, groups: [g], policies: [{policy: A, scope: cluster}]}]",
        "principals: [{principal: a, type: EC2_LINUX}]",
    ]);
    let of = &decisions.principals[0];
    assert_eq!((&of.username, &of.groups, &of.policies), (&None, &None, &None));
}

#[test]
fn accounts_are_taken_key_by_key() {
    let arns = "principals: ['arn:aws:iam::444455556666:role/a']";
    let fleet = format!("accounts: {{'444455556666': {{{arns}, skip-others: fleet}}}}");
    let decisions = layered(&[&fleet, "accounts: {'444455556666': {skip-others: own}}"]);
    let of = &decisions.accounts[&"444455556666".parse().unwrap()];
    assert_eq!(
        (of.principals.len(), of.skip_others.as_deref(), of.at().to_string()),
        (1, Some("own"), "1.yaml:2".to_owned())
    );
}
