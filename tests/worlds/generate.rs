//! Worlds at random. Much of a world is sensible, so that migrations go far; some of it is what people have been seen to do.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::apply::{Stage, is_known};
use crate::cast::{HOME, OTHER, Who};
use crate::world::{
    AccountChoice, Binding, Caller, Choice, Decision, Eks, Entry, Fate, Iam, Listed, MadeForNodes, Mapping,
    Mode, Person, Scope, Section, Subject, Team, Use, World,
};

pub fn worlds() -> impl Strategy<Value = World> {
    let mode = prop_oneof![6 => Just(Mode::Dual), 5 => Just(Mode::ConfigMap), 1 => Just(Mode::Api)];
    let cluster = (
        mode,
        uses(),
        option::weighted(0.95, vec(binding(), 0..6)),
        iam(),
        eks(),
        any::<bool>(),
        (prop::bool::weighted(0.85), until()),
    );
    let people = (
        vec(person(), 0..5),
        option::weighted(0.9, any::<bool>()),
        prop::bool::weighted(0.07),
        accounts(),
        caller(),
    );
    (cluster, people, team()).prop_map(
        |(
            (mode, uses, bindings, iam, eks, again, (resolved, until)),
            (mut people, lead, root, accounts, caller),
            team,
        )| {
            // those that came first stay
            people.extend(lead.map(|_| administrator(Who::Lead, mode)));
            people.extend(lead.filter(|both| *both).map(|_| administrator(Who::Admin, mode)));
            World {
                mode,
                people,
                accounts,
                root,
                uses,
                bindings,
                iam,
                caller,
                team,
                eks,
                again,
                resolved,
                until,
            }
            .settled()
        },
    )
}

fn until() -> impl Strategy<Value = Stage> {
    prop_oneof![1 => Just(Stage::Entries), 1 => Just(Stage::Prune), 2 => Just(Stage::Api)]
}

/// Administrators beside the caller, so that most migrations may end.
fn administrator(who: Who, mode: Mode) -> Person {
    let masters = vec!["system:masters".to_owned()];
    let mapping = Mapping {
        section: Section::Roles,
        arn: who.canonical(),
        username: Some("lead".to_owned()),
        groups: masters,
    };
    let entry = Entry {
        kind: "STANDARD",
        username: None,
        groups: Vec::new(),
        policies: vec![("AmazonEKSClusterAdminPolicy", Scope::Cluster)],
    };
    let (mappings, entry) = match mode {
        Mode::ConfigMap => (vec![mapping], None),
        Mode::Dual | Mode::Api => (Vec::new(), Some(entry)),
    };
    Person { who, fate: Fate::Here, mappings, entry, decision: None }
}

fn who() -> impl Strategy<Value = Who> {
    select(vec![
        Who::Admin,
        Who::Dev,
        Who::Dev,
        Who::Ops,
        Who::Ops,
        Who::Sso,
        Who::Ann,
        Who::Bob,
        Who::Partner,
        Who::Deploy,
        Who::Eve,
        Who::Batch,
        Who::NodeA,
        Who::NodeA,
        Who::NodeB,
        Who::Pods,
        Who::Auto,
    ])
}

fn person() -> impl Strategy<Value = Person> {
    let fate = prop_oneof![8 => Just(Fate::Here), 1 => Just(Fate::Gone), 1 => Just(Fate::Recreated)];
    who().prop_flat_map(move |who| {
        let mappings = prop_oneof![
            1 => Just(Vec::new()),
            5 => vec(mapping(who), 1..2),
            1 => vec(mapping(who), 2..4),
        ];
        (fate.clone(), mappings, option::weighted(0.4, entry(who)), option::weighted(0.3, decision()))
            .prop_map(move |(fate, mappings, entry, decision)| {
                // services make their own entries; they are not ours to be seen with odd ones
                let entry = entry.filter(|_| !who.is_service_linked());
                Person { who, fate, mappings, entry, decision }
            })
    })
}

fn mapping(who: Who) -> impl Strategy<Value = Mapping> {
    let at_home = if who.is_role() { Section::Roles } else { Section::Users };
    let elsewhere = if who.is_role() { Section::Users } else { Section::Roles };
    let section = prop_oneof![20 => Just(at_home), 1 => Just(elsewhere)];
    let canonical = who.canonical();
    let session = format!("arn:aws:sts::{}:assumed-role/{}/ann", who.account(), who.name());
    let arn = prop_oneof![
        20 => Just(canonical.clone()),
        1 => Just(canonical.replace(who.name(), &who.name().to_uppercase())),
        1 => Just(who.arn()),
        1 => Just(format!("{canonical} ")),
        1 => Just(session),
    ];
    (section, arn, names(who)).prop_map(|(section, arn, (username, groups))| Mapping {
        section,
        arn,
        username,
        groups,
    })
}

type Names = (Option<String>, Vec<String>);

fn names(who: Who) -> impl Strategy<Value = Names> {
    let own = |(username, groups): (Option<&'static str>, Vec<&'static str>)| -> Names {
        (username.map(str::to_owned), groups.into_iter().map(str::to_owned).collect())
    };
    let plain = (username(), subsequence(vec!["devs", "ops", "boss"], 0..=2));
    let masters = (username(), select(vec![vec!["system:masters"], vec!["system:masters", "devs"]]));
    let odd = (username(), vec(odd_group(), 1..3));
    let node = select(vec![
        (Some("system:node:{{EC2PrivateDNSName}}"), vec!["system:bootstrappers", "system:nodes"]),
        (Some("system:node:{{EC2PrivateDNSName}}"), vec!["system:bootstrappers", "system:nodes", "devs"]),
        (
            Some("system:node:{{EC2PrivateDNSName}}"),
            vec!["system:bootstrappers", "system:nodes", "eks:kube-proxy-windows"],
        ),
        (
            Some("system:node:{{SessionName}}"),
            vec!["system:bootstrappers", "system:nodes", "system:node-proxier"],
        ),
        (Some("system:node:{{SessionName}}"), vec!["system:bootstrappers", "system:nodes"]),
        (Some("system:node:{{EC2PrivateDNSName}}"), vec!["system:nodes", "system:masters"]),
    ]);
    let [plain_weight, node_weight] = match who {
        Who::NodeA | Who::NodeB | Who::Pods | Who::Auto => [2, 12],
        _ => [9, 1],
    };
    prop_oneof![plain_weight => plain, 3 => masters, 1 => odd, node_weight => node].prop_map(own)
}

fn username() -> impl Strategy<Value = Option<&'static str>> {
    prop_oneof![
        6 => select(vec![Some("dev"), Some("ops"), Some("ann"), Some("admin"), Some("t:{{SessionName}}")]),
        2 => select(vec![
            None,
            Some("system:dev"),
            Some("{{SessionName}}"),
            Some("x-{{SessionNameRaw}}"),
            Some("a-{{AccountID}}"),
            Some("k:{{AccessKeyID}}"),
            Some("arn:aws:iam::111122223333:role/Dev"),
        ]),
    ]
}

fn odd_group() -> impl Strategy<Value = &'static str> {
    select(vec![
        "system:ci",
        "system:authenticated",
        "team-{{AccountID}}",
        "t-{{SessionName}}",
        "",
        "a/b",
        "nobody",
    ])
}

fn entry(who: Who) -> impl Strategy<Value = Entry> {
    let policies = prop_oneof![
        3 => Just(Vec::new()),
        2 => Just(vec![("AmazonEKSClusterAdminPolicy", Scope::Cluster)]),
        2 => select(vec![
            vec![("AmazonEKSViewPolicy", Scope::Cluster)],
            vec![("AmazonEKSEditPolicy", Scope::TeamA)],
            vec![("AmazonEKSViewPolicy", Scope::Cluster), ("AmazonEKSEditPolicy", Scope::TeamA)],
        ]),
    ];
    let username = option::of(select(vec!["dev", "ops", "t:{{SessionName}}"]));
    let standard = (username, subsequence(vec!["devs", "ops", "boss", "extra"], 0..=2), policies).prop_map(
        |(username, groups, policies)| Entry {
            kind: "STANDARD",
            username: username.map(str::to_owned),
            groups: groups.into_iter().map(str::to_owned).collect(),
            policies,
        },
    );
    let node =
        select(vec!["EC2_LINUX", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "EC2"]).prop_map(|kind| {
            Entry {
                kind,
                username: None,
                groups: Vec::new(),
                policies: if kind == "EC2" {
                    vec![("AmazonEKSAutoNodePolicy", Scope::Cluster)]
                } else {
                    Vec::new()
                },
            }
        });
    match who {
        Who::NodeA | Who::NodeB | Who::Pods | Who::Auto => prop_oneof![1 => standard, 3 => node].boxed(),
        who if who.is_role() && who.account() == HOME => prop_oneof![12 => standard, 1 => node].boxed(),
        _ => standard.boxed(),
    }
}

fn decision() -> impl Strategy<Value = Decision> {
    let values = (
        prop::bool::weighted(0.6),
        option::weighted(0.4, select(vec!["default", "dev", "chosen", "c:{{SessionName}}"])),
        option::weighted(0.3, subsequence(vec!["devs", "new", "boss"], 0..=2)),
        option::weighted(0.1, select(vec!["STANDARD", "EC2_LINUX", "EC2_WINDOWS", "HYBRID_LINUX"])),
        option::weighted(
            0.25,
            subsequence(vec!["AmazonEKSViewPolicy", "AmazonEKSClusterAdminPolicy"], 0..=1),
        ),
    );
    let values = values.prop_map(|(arn, username, groups, kind, policies)| {
        let is_nothing = username.is_none() && groups.is_none() && kind.is_none() && policies.is_none();
        // node types take no names, and only some take policies
        let is_node = kind.is_some_and(|kind| kind != "STANDARD");
        Choice::Values {
            arn: arn || is_nothing,
            username: username.filter(|_| !is_node),
            groups: groups.filter(|_| !is_node),
            kind,
            policies: policies.filter(|_| !is_node),
        }
    });
    let choice = prop_oneof![
        2 => Just(Choice::Skip),
        1 => Just(if is_known("keep: entry") { Choice::KeepEntry } else { Choice::Skip }),
        1 => Just(if is_known("take: mapping") { Choice::TakeMapping } else { Choice::Skip }),
        6 => values,
    ];
    (any::<bool>(), choice).prop_map(|(by_real_arn, choice)| Decision { by_real_arn, choice })
}

fn uses() -> impl Strategy<Value = Vec<Use>> {
    let roles = || select(vec![Who::NodeA, Who::NodeA, Who::NodeA, Who::NodeB, Who::Pods, Who::Dev]);
    let one = prop_oneof![
        4 => roles().prop_map(Use::Linux),
        2 => roles().prop_map(Use::Windows),
        1 => roles().prop_map(Use::Custom),
        2 => select(vec![Who::Pods, Who::Pods, Who::NodeA, Who::Ops]).prop_map(Use::Fargate),
        1 => select(vec![Who::Auto, Who::Auto, Who::NodeB]).prop_map(Use::Auto),
    ];
    prop_oneof![3 => Just(Vec::new()), 2 => vec(one, 1..4)].prop_map(|mut uses| {
        let mut autos = 0;
        uses.retain(|it| {
            autos += usize::from(matches!(it, Use::Auto(_)));
            !matches!(it, Use::Auto(_)) || autos == 1
        });
        uses
    })
}

fn binding() -> impl Strategy<Value = Binding> {
    let users = select(vec![
        "dev",
        "ops",
        "ann",
        "admin",
        "t:ann",
        "t-ann",
        "system:dev",
        "chosen",
        "arn:aws:iam::111122223333:role/Dev",
        "arn:aws:sts::111122223333:assumed-role/Dev/ann",
        "arn:aws:iam::444455556666:role/Partner",
        "arn:aws:iam::444455556666:role/Deploy",
        "arn:aws:iam::444455556666:user/eve",
    ])
    .prop_map(|name| Subject::User(name.to_owned()));
    let groups =
        select(vec!["devs", "ops", "boss", "boss", "extra", "system:ci", "ci", "new", "chiefs", "a/b"])
            .prop_map(|name| Subject::Group(name.to_owned()));
    let namespace = prop_oneof![2 => Just(None), 1 => Just(Some("team-a"))];
    let role = select(vec!["view", "edit", "cluster-admin"]);
    (namespace, role, prop_oneof![2 => users, 3 => groups]).prop_map(|(namespace, role, subject)| Binding {
        namespace,
        role: role.to_owned(),
        subject,
    })
}

fn accounts() -> impl Strategy<Value = Vec<&'static str>> {
    prop_oneof![9 => Just(Vec::new()), 2 => Just(vec![OTHER]), 1 => Just(vec![HOME]), 1 => Just(vec![HOME, OTHER])]
}

fn caller() -> impl Strategy<Value = Caller> {
    let known = select(vec![
        Who::Admin,
        Who::Admin,
        Who::Lead,
        Who::Lead,
        Who::Lead,
        Who::Dev,
        Who::Ops,
        Who::Ann,
        Who::Creator,
    ]);
    prop_oneof![1 => Just(Caller::Unknown), 12 => known.prop_map(Caller::Known)]
}

fn iam() -> impl Strategy<Value = Iam> {
    let home =
        prop_oneof![8 => Just(Listed::Complete), 1 => Just(Listed::Partial), 1 => Just(Listed::Absent)];
    (home, prop::bool::weighted(0.3)).prop_map(|(home, other)| Iam { home, other })
}

fn team() -> impl Strategy<Value = Team> {
    let rename = select(vec![None, Some("ci"), Some("own-ci"), Some("devs")]);
    let groups = (option::weighted(0.6, rename), prop::bool::weighted(0.1)).prop_map(|(ci, drops)| {
        let ci = ci.map(|to| ("system:ci", to));
        ci.into_iter().chain(drops.then_some(("ops", None))).collect()
    });
    let account = |account, principals: Vec<Who>| {
        option::weighted(0.7, (subsequence(principals, 0..=2), prop::bool::weighted(0.7))).prop_map(
            move |it| {
                let (principals, skip_others) = it?;
                let named = skip_others || !principals.is_empty();
                named.then_some(AccountChoice { account, principals, skip_others })
            },
        )
    };
    let accounts = (account(HOME, vec![Who::Dev, Who::Ann]), account(OTHER, vec![Who::Partner, Who::Deploy]))
        .prop_map(|(one, other)| one.into_iter().chain(other).collect());
    let masters = prop_oneof![5 => Just(None), 1 => select(vec![Some("chiefs"), Some("devs")])];
    (masters, prop::bool::weighted(0.7), groups, accounts, prop::bool::weighted(0.15)).prop_map(
        |(masters, accept_usernames, groups, accounts, delete)| Team {
            masters,
            accept_usernames,
            groups,
            accounts,
            delete,
        },
    )
}

pub fn eks() -> impl Strategy<Value = Eks> {
    let nodes = select(vec![MadeForNodes::None, MadeForNodes::NamedInAwsAuth, MadeForNodes::All]);
    let creator = select(vec![None, Some(Who::Creator), Some(Who::Admin), Some(Who::Dev), Some(Who::Ops)]);
    let rest = (any::<bool>(), prop::bool::weighted(0.3), any::<bool>(), prop::bool::weighted(0.2));
    (nodes, creator, rest).prop_map(|(nodes, creator, (service, batch, knows_images, slow))| Eks {
        nodes,
        creator,
        service,
        batch,
        knows_images,
        slow,
    })
}
