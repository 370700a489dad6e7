//! Lines of `aws-auth` as people write them, right and wrong.

use proptest::prelude::*;
use proptest::sample::select;

use super::world::{FARGATE, HOME, NODE, OTHER, WINDOWS};

/// Every name a line, an entry or a decision may be about; roles with and without path, and people of two accounts.
pub const ROLES: [&str; 8] = ["Admin", "Ops", "Dev", "Old", "Node", "Windows", "Fargate", "Auto"];

fn role_arn() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => select(ROLES.to_vec()).prop_map(|name| format!("arn:aws:iam::{HOME}:role/{name}")),
        1 => Just(format!("arn:aws:iam::{HOME}:role/dev")),
        1 => Just(format!("arn:aws:iam::{HOME}:role/team/Dev")),
        1 => Just(format!("arn:aws:iam::{HOME}:role/Gone")),
        1 => Just(format!("arn:aws:iam::{OTHER}:role/Partner")),
        1 => Just(format!("arn:aws:iam::{HOME}:user/alice")),
        1 => Just(format!("arn:aws:iam::{HOME}:root")),
        1 => Just(format!("arn:aws:sts::{HOME}:assumed-role/Dev/ann")),
    ]
}

fn user_arn() -> impl Strategy<Value = String> {
    select(vec!["user/alice", "user/people/bob", "user/Alice", "user/gone", "role/Ops", "role/Dev"])
        .prop_map(|name| format!("arn:aws:iam::{HOME}:{name}"))
}

fn username() -> impl Strategy<Value = &'static str> {
    select(vec![
        "dev",
        "ops",
        "{{SessionName}}",
        "t-{{SessionName}}",
        "t:{{SessionName}}",
        "t:{{SessionNameRaw}}",
        "system:dev",
        "aws:dev",
        "a-{{AccountID}}",
        "k:{{AccessKeyID}}",
        "{{SessionName}}:{{SessionName}}",
        "",
    ])
}

fn groups() -> impl Strategy<Value = Vec<&'static str>> {
    let group = select(vec![
        "devs",
        "ops",
        "devs",
        "ops",
        "system:masters",
        "system:ci",
        "system:authenticated",
        "a/b",
        "a-b",
        "",
        "g-{{AccountID}}",
    ]);
    prop::collection::vec(group, 0..4)
}

fn line(key: &'static str, arn: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let flow = (arn, prop::option::weighted(0.9, username()), prop::option::weighted(0.9, groups()))
        .prop_map(move |(arn, username, groups)| {
            let mut text = format!("- {key}: {arn}\n");
            if let Some(username) = username {
                text += &format!("  username: {username:?}\n");
            }
            if let Some(groups) = groups {
                text += &format!("  groups: {groups:?}\n");
            }
            text
        });
    let odd = select(vec![
        format!("- {key}: arn:aws:iam::{HOME}:role/Ops\n  username: 7\n  groups: devs\n"),
        "- username: nobody\n".to_owned(),
        "# a comment of its own\n".to_owned(),
        "- nothing\n".to_owned(),
    ]);
    prop_oneof![12 => flow, 1 => odd]
}

fn node_lines() -> impl Strategy<Value = Vec<String>> {
    let node = |role: &str, username: &str, groups: &str| {
        format!("- rolearn: {role}\n  username: system:node:{{{{{username}}}}}\n  groups: {groups}\n")
    };
    let linux = node(NODE, "EC2PrivateDNSName", "[system:bootstrappers, system:nodes]");
    let lossy = node(NODE, "EC2PrivateDNSName", "[system:bootstrappers, system:nodes, devs]");
    let windows =
        node(WINDOWS, "EC2PrivateDNSName", "[system:bootstrappers, system:nodes, 'eks:kube-proxy-windows']");
    let fargate = node(FARGATE, "SessionName", "[system:bootstrappers, system:nodes, system:node-proxier]");
    prop::sample::subsequence(vec![linux, lossy, windows, fargate], 0..=4)
}

/// The text of `mapRoles`; now and then one that the server reads only in part, or not at all.
pub fn map_roles() -> impl Strategy<Value = String> {
    let admin = |name: &str, username: &str| {
        format!(
            "- rolearn: arn:aws:iam::{HOME}:role/{name}\n  username: {username}\n  groups: [system:masters]\n"
        )
    };
    let admins = prop::sample::subsequence(vec![admin("Admin", "admin"), admin("Ops", "boss")], 0..=2);
    (node_lines(), admins, prop::collection::vec(line("rolearn", role_arn()), 0..5), tail()).prop_map(
        |(nodes, admins, lines, tail)| {
            format!("{}{}{}{tail}", nodes.concat(), lines.concat(), admins.concat())
        },
    )
}

pub fn map_users() -> impl Strategy<Value = String> {
    (prop::collection::vec(line("userarn", user_arn()), 0..4), tail())
        .prop_map(|(lines, tail)| format!("{}{tail}", lines.concat()))
}

fn tail() -> impl Strategy<Value = &'static str> {
    prop_oneof![20 => Just(""), 1 => Just("- '@\n"), 1 => Just("...\n- cut: short\n")]
}
