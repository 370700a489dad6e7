//! Small clusters of every kind: mappings of all sorts, entries alive and dead, IAM known and unknown, with decisions.

use std::collections::BTreeMap;

use eksodus::model::{AuthenticationMode, EntryType};
use eksodus::planner::Decisions;
use eksodus::rbac::SubjectKind;
use eksodus::snapshot::{ObservedEntry, Snapshot};
use proptest::prelude::*;

use super::cluster::{self as kit, ACCOUNT, With, manifest, observed, observed_node, role};

const OTHER: &str = "444455556666";

/// As IAM has them, and whether each was created after the entries.
const PRINCIPALS: [(&str, bool); 9] = [
    ("111122223333:role/team/Dev", false),
    ("111122223333:role/Ops", false),
    ("111122223333:role/Node", false),
    ("111122223333:role/Caller", false),
    ("111122223333:role/Again", true),
    ("111122223333:user/ann", false),
    ("111122223333:user/team/bob", false),
    ("111122223333:user/again", true),
    ("444455556666:role/Partner", false),
];

/// Everybody that somebody could ask about: sessions of roles, and users.
pub fn everybody() -> Vec<String> {
    let roles = ["Dev", "Ops", "Node", "Caller", "Again", "Gone", "Nobody", "dev"];
    let users = ["ann", "Ann", "team/bob", "again", "gone", "nobody"];
    let roles = roles.map(|name| format!("arn:aws:sts::{ACCOUNT}:assumed-role/{name}/ann@x.org"));
    let users = users.map(|name| format!("arn:aws:iam::{ACCOUNT}:user/{name}"));
    let others = [
        format!("arn:aws:sts::{OTHER}:assumed-role/Partner/i-0123456789abcdef0"),
        format!("arn:aws:iam::{OTHER}:user/eve"),
        format!("arn:aws:iam::{ACCOUNT}:root"),
    ];
    roles.into_iter().chain(users).chain(others).collect()
}

fn pick(options: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(options)
}

fn mapping(kind: &'static str, names: &'static [&'static str]) -> impl Strategy<Value = String> {
    let username = pick(&[
        "dev",
        "ops",
        "{{SessionName}}",
        "t:{{SessionName}}",
        "t:{{SessionNameRaw}}",
        "system:node:{{EC2PrivateDNSName}}",
        "system:x",
        "",
        "a-{{AccountID}}",
        "k:{{AccessKeyID}}",
    ]);
    let group = pick(&[
        "devs",
        "ops",
        "system:masters",
        "system:nodes",
        "system:bootstrappers",
        "system:ci",
        "g-{{SessionName}}",
        "",
        "system:authenticated",
    ]);
    (pick(names), prop::option::weighted(0.9, username), prop::collection::vec(group, 0..3)).prop_map(
        move |(name, username, groups)| {
            let username = username.map(|name| format!("  username: {name:?}\n")).unwrap_or_default();
            format!("- {kind}arn: \"arn:aws:iam::{name}\"\n{username}  groups: {groups:?}\n")
        },
    )
}

fn data() -> impl Strategy<Value = BTreeMap<String, String>> {
    let roles = mapping(
        "role",
        &[
            "111122223333:role/Dev",
            "111122223333:role/dev",
            "111122223333:role/team/Dev",
            "111122223333:role/Ops",
            "111122223333:role/Node",
            "111122223333:role/Caller",
            "111122223333:role/Again",
            "111122223333:role/Gone",
            "444455556666:role/Partner",
            "111122223333:role/AWSServiceRoleForBatch",
            "111122223333:root",
            "111122223333:role/Dev ",
        ],
    );
    let users = mapping(
        "user",
        &[
            "111122223333:user/ann",
            "111122223333:user/Ann",
            "111122223333:user/team/bob",
            "111122223333:user/again",
            "111122223333:user/gone",
            "444455556666:user/eve",
        ],
    );
    let accounts = pick(&["", "", "- '444455556666'\n", "- '111122223333'\n- '111122223333'\n", "- 7\n"]);
    let lost = prop::bool::weighted(0.05);
    (prop::collection::vec(roles, 0..6), prop::collection::vec(users, 0..4), accounts, lost).prop_map(
        |(roles, users, accounts, lost)| {
            let users = if lost { "\t- userarn: x\n".to_owned() } else { users.concat() };
            let data = [("mapRoles", roles.concat()), ("mapUsers", users), ("mapAccounts", accounts.into())];
            data.into_iter()
                .filter(|(_, text)| !text.is_empty())
                .map(|(key, text)| (key.to_owned(), text))
                .collect()
        },
    )
}

fn entries() -> impl Strategy<Value = Vec<ObservedEntry>> {
    let one = (
        pick(&[
            "111122223333:role/team/Dev",
            "111122223333:role/Ops",
            "111122223333:role/Node",
            "111122223333:role/Caller",
            "111122223333:role/Again",
            "111122223333:role/Gone",
            "111122223333:user/ann",
            "111122223333:user/team/bob",
            "111122223333:user/again",
            "444455556666:role/Partner",
            "111122223333:role/Foreign",
        ]),
        pick(&["dev", "ops", "t:{{SessionName}}", "t:{{SessionNameRaw}}"]),
        prop::sample::subsequence(vec!["devs", "ops", "x"], 0..3),
        prop::bool::ANY,
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.05),
    );
    prop::collection::vec(one, 0..6).prop_map(|entries| {
        let entries = entries.into_iter().map(|(name, username, groups, admin, node, odd_time)| {
            let principal = format!("arn:aws:iam::{name}");
            let policies: &[&str] = if admin { &["AmazonEKSClusterAdminPolicy"] } else { &[] };
            let mut entry = match node && name.contains(":role/") {
                true => observed_node(&principal, EntryType::Ec2Linux),
                false => observed(&principal, username, &groups, policies),
            };
            if odd_time {
                entry.created = "soon".to_owned();
            }
            (principal, entry)
        });
        entries.collect::<BTreeMap<_, _>>().into_values().collect()
    })
}

fn bound() -> impl Strategy<Value = Vec<&'static str>> {
    let subject = pick(&["devs", "ops", "system:ci", "arn:aws:iam::444455556666:user/eve", "t:ann-x.org"]);
    prop::collection::vec(subject, 0..4)
}

pub fn cluster() -> impl Strategy<Value = Snapshot> {
    use AuthenticationMode::{Api, ApiAndConfigMap};
    let modes = vec![AuthenticationMode::ConfigMap, ApiAndConfigMap, ApiAndConfigMap, Api];
    let mode = prop::sample::select(modes);
    let nodes = prop::bool::weighted(0.3);
    (mode, data(), entries(), (prop::bool::weighted(0.8), prop::bool::ANY), bound(), nodes).prop_map(
        |(mode, data, entries, (known, complete), bound, nodes)| {
            let mut snapshot = kit::cluster(mode, &[]).entries(entries);
            snapshot.aws_auth = Some(manifest(data));
            for (name, again) in PRINCIPALS {
                let arn = format!("arn:aws:iam::{name}");
                snapshot = if again { snapshot.recreated(&arn) } else { snapshot.iam(&[&arn]) };
            }
            for subject in bound {
                let is_group = matches!(subject, "devs" | "ops" | "system:ci");
                let kind = if is_group { SubjectKind::Group } else { SubjectKind::User };
                snapshot = snapshot.bound(kind, subject, "view");
            }
            if nodes {
                snapshot = snapshot.nodegroup("workers", &role("Node"), Some("AL2023_x86_64_STANDARD"));
            }
            snapshot.iam_known(known, complete)
        },
    )
}

/// Answers to what such a cluster asks; some of them to nothing.
pub fn decisions() -> impl Strategy<Value = Decisions> {
    let principal = pick(&["role/Dev", "role/Ops", "role/Node", "role/Gone", "role/Caller", "user/ann", "*"]);
    let decision = pick(&[
        "skip: not needed",
        "keep: entry",
        "take: mapping",
        "username: default",
        "username: t:{{SessionName}}",
        "groups: [devs]",
        "type: EC2_LINUX",
    ]);
    let principals = prop::collection::vec((principal, decision), 0..3);
    let rest = prop::sample::subsequence(
        vec![
            "proposed-usernames: accept\n",
            "groups: {'system:ci': drop}\n",
            "accounts: {'444455556666': {principals: [], skip-others: nobody}}\n",
            "masters: {group: admins}\n",
            "prune: delete\n",
        ],
        0..3,
    );
    (principals, rest).prop_map(|(principals, rest)| {
        // one decision for each
        let principals = BTreeMap::from_iter(principals);
        let principals = principals.iter().map(|(name, decision)| {
            let arn = if *name == "*" { "*".to_owned() } else { format!("arn:aws:iam::{ACCOUNT}:{name}") };
            format!("  - principal: '{arn}'\n    {decision}\n")
        });
        let principals: String = principals.collect();
        let principals =
            if principals.is_empty() { principals } else { format!("principals:\n{principals}") };
        let text = format!("version: 1\n{}{principals}", rest.concat());
        Decisions::parse("eksodus.yaml", &text).unwrap()
    })
}
