//! A plan with one of everything, hostile names included.

use std::collections::{BTreeMap, BTreeSet};

use eksodus::facts::AdministratorBy;
use eksodus::findings::{Blocker, DecidedAt, DecidedValue, Finding, Note, Reason, Severity};
use eksodus::model::{
    AccessEntry, AccessScope, AuthenticationMode, ConfigMapParts, EntryType, EntryUsername, GroupName,
    Partition, PolicyArn, PrincipalArn, Username, UsernameRefusal,
};
use eksodus::planner::{
    Action, Administrator, CallerAccess, Decisions, Existing, ExistingFate, Expected, FormatVersion, Line,
    LinePlace, NodeRole, Outcome, Phase, Plan, Standing, Step, Summary, Target,
};
use eksodus::rbac::{Binding, RoleRef, Subject, SubjectKind};
use eksodus::reader::{EntryRef, Lost, NeverMatches, Place, SectionName, ValueKind};
use eksodus::snapshot::Part;

pub fn role(name: &str) -> PrincipalArn {
    format!("arn:aws:iam::111122223333:role/{name}").parse().unwrap()
}

fn at(index: usize) -> LinePlace {
    LinePlace {
        entry: EntryRef { section: SectionName::MapRoles, index },
        place: Place { line: 6 + 4 * index, column: 7 },
    }
}

fn line(index: usize, name: &str, username: &str, groups: &[&str], outcome: Outcome) -> Line {
    Line {
        at: at(index),
        arn: format!("arn:aws:iam::111122223333:role/{name}"),
        username: username.to_owned(),
        groups: groups.iter().map(|&group| group.to_owned()).collect(),
        outcome,
    }
}

fn target(index: usize, entry: AccessEntry, username: &str, groups: &[&str], standing: Standing) -> Target {
    Target {
        entry,
        username_today: username.to_owned(),
        groups_today: groups.iter().map(|&group| group.to_owned()).collect(),
        from: at(index),
        standing,
        is_caller: false,
        notes: Vec::new(),
    }
}

fn entry(name: &str, username: &str, groups: &[&str]) -> AccessEntry {
    AccessEntry {
        username: EntryUsername::Custom(Username::new(username).unwrap()),
        groups: groups.iter().map(|&group| GroupName::new(group).unwrap()).collect(),
        ..AccessEntry::standard(role(name))
    }
}

fn entry_step(after: &AccessEntry, before: Expected) -> Step {
    Step {
        id: format!("entries/{}", after.principal),
        phase: Phase::Entries,
        action: Action::Entry {
            principal: after.principal.clone(),
            before,
            after: Some(after.clone()),
            recreate: false,
        },
    }
}

fn admin() -> AccessEntry {
    let mut admin = entry("Admin", "admin", &["ops"]);
    admin.policies.insert(PolicyArn::cluster_admin(Partition::Aws), AccessScope::Cluster);
    admin
}

fn targets() -> Vec<Target> {
    let node = AccessEntry::of_type(role("Node"), EntryType::Ec2Linux);
    let dev = entry("team/Dev", "dev", &["devs", "readers"]);
    let old_dev = entry("team/Dev", "dev", &["devs"]);
    let hostile = entry("Hostile", "x`|</code>@org/team\u{202e}\u{1b}[31m\n# h", &["a|b", "*b*"]);
    let mut targets = vec![
        target(4, hostile, "x`|</code>@org/team\u{202e}\u{1b}[31m\n# h", &["*b*", "a|b"], Standing::Create),
        target(
            0,
            node,
            "system:node:{{EC2PrivateDNSName}}",
            &["system:bootstrappers", "system:nodes"],
            Standing::Create,
        ),
        target(1, dev, "dev", &["devs", "readers"], Standing::Update { from: old_dev }),
        target(2, admin(), "admin", &["ops", "system:masters"], Standing::NotYetObservable),
    ];
    targets[0].notes = vec![damaged()];
    targets[1].notes = vec![
        Note::ImplicitGroups { groups: BTreeSet::from(["system:bootstrappers".to_owned()]) },
        Note::PassRole,
    ];
    targets[2].notes = vec![Note::PathResolved];
    targets[3].notes = vec![
        Note::MastersByPolicy,
        Note::Decided {
            what: vec![DecidedValue::Policies],
            at: DecidedAt { line: 3, ..DecidedAt::default() },
        },
    ];
    targets[3].is_caller = true;
    targets
}

fn lines() -> Vec<Line> {
    let migrates = |name: &str| Outcome::Migrates { principal: role(name) };
    vec![
        line(
            0,
            "Node",
            "system:node:{{EC2PrivateDNSName}}",
            &["system:bootstrappers", "system:nodes"],
            migrates("Node"),
        ),
        line(1, "Dev", "dev", &["devs", "readers"], migrates("team/Dev")),
        line(2, "Admin", "admin", &["ops", "system:masters"], migrates("Admin")),
        line(3, "Old", "old", &[], Outcome::Superseded { by: at(1) }),
        line(4, "Hostile", "x", &["a|b", "*b*"], migrates("Hostile")),
        line(5, "team/Never", "n", &[], Outcome::NeverMatches { why: NeverMatches::StraySpace }),
        line(6, "Pipeline", "system:ci", &[], Outcome::Blocked { by: blocker() }),
    ]
}

fn notices() -> Vec<Finding> {
    let username = Reason::Waits { by: blocker() };
    let administrators = Reason::NoOtherAdministrator { you: true, observable: true };
    let damaged = Reason::Differs { note: damaged() };
    vec![
        Finding::new(Some(at(6)), role("Pipeline").as_str(), username),
        Finding::new(None, "prod-eu", administrators).with_severity(Severity::Blocks(Phase::DualMode)),
        Finding::new(Some(at(4)), role("Hostile").as_str(), damaged),
        Finding::new(Some(at(0)), "system:bootstrappers", Reason::Covered),
    ]
}

fn blocker() -> Blocker {
    Blocker::Username {
        username: "system:ci".to_owned(),
        refusal: UsernameRefusal::ReservedPrefix("system:".to_owned()),
        proposal: Some(Username::new("ci").unwrap()),
    }
}

fn damaged() -> Note {
    let key = "`groups` is <b>not</b> a list @org/team".to_owned();
    Note::Damaged { what: Lost::Other { key, found: ValueKind::String } }
}

fn steps(targets: &[Target]) -> Vec<Step> {
    let binding = Binding {
        namespace: None,
        name: "eksodus-ci".to_owned(),
        role_ref: RoleRef { kind: "ClusterRole".to_owned(), name: "edit".to_owned() },
        subjects: vec![Subject { kind: SubjectKind::Group, name: "ci".to_owned(), namespace: None }],
    };
    let data = |text: &str| Some(BTreeMap::from([("mapRoles".to_owned(), text.to_owned())]));
    let mut steps = vec![
        Step {
            id: "dual-mode".to_owned(),
            phase: Phase::DualMode,
            action: Action::Mode {
                from: AuthenticationMode::ConfigMap,
                to: AuthenticationMode::ApiAndConfigMap,
            },
        },
        Step {
            id: "entries/eksodus-ci".to_owned(),
            phase: Phase::Entries,
            action: Action::Binding { before: None, after: Some(binding) },
        },
    ];
    steps.extend(targets.iter().map(|target| match &target.standing {
        Standing::Update { from } => entry_step(&target.entry, Expected::Entry(from.clone())),
        Standing::NotYetObservable => entry_step(&target.entry, Expected::Unobserved),
        _ => entry_step(&target.entry, Expected::Absent),
    }));
    steps.push(Step {
        id: "prune".to_owned(),
        phase: Phase::Prune,
        action: Action::AwsAuth {
            before: data("- rolearn: a\n  username: \u{1b}[31m\n- rolearn: b\n"),
            after: data("- rolearn: b\n"),
            parts: ConfigMapParts::default(),
        },
    });
    steps
}

pub fn plan() -> Plan {
    let targets = targets();
    let steps = steps(&targets);
    let existing = |name: &str, fate| Existing {
        principal: role(name).to_string(),
        entry_type: EntryType::Standard,
        fate,
        entry: None,
    };
    Plan {
        format: FormatVersion::CURRENT,
        cluster: Some("arn:aws:eks:eu-west-1:111122223333:cluster/prod-eu".parse().unwrap()),
        mode: Some(AuthenticationMode::ConfigMap),
        caller: CallerAccess::Principal {
            arn: "arn:aws:sts::111122223333:assumed-role/Admin/alice".to_owned(),
            principal: role("Admin"),
        },
        source: Some("aws-auth.yaml".to_owned()),
        fingerprint: BTreeMap::from([(Part::AwsAuth, "00".repeat(32))]),
        decisions: Decisions::default(),
        unknown: BTreeMap::from([(Part::Rbac, "that no binding names a username that changes".to_owned())]),
        lines: lines(),
        targets,
        existing: vec![
            existing("Foreign1", ExistingFate::Foreign),
            existing("Foreign2", ExistingFate::Foreign),
            existing("Owned", ExistingFate::EksOwned),
            existing("team/Dev", ExistingFate::Update),
        ],
        nodes: vec![
            NodeRole {
                role: role("Node"),
                used_by: vec!["node group a".to_owned(), "aws-auth".to_owned()],
                needs: EntryType::Ec2Linux,
                gets: Some(EntryType::Ec2Linux),
                covered: true,
            },
            NodeRole {
                role: role("Fargate"),
                used_by: vec!["Fargate profile default".to_owned()],
                needs: EntryType::FargateLinux,
                gets: None,
                covered: false,
            },
        ],
        notices: notices(),
        steps,
        parity: None,
        administrators: Some(vec![
            Administrator {
                principal: role("Admin").to_string(),
                before: Some(AdministratorBy::Group("system:masters".to_owned())),
                after: Some(AdministratorBy::Policy),
            },
            Administrator {
                principal: role("Foreign1").to_string(),
                before: Some(AdministratorBy::Policy),
                after: Some(AdministratorBy::Policy),
            },
            Administrator {
                principal: role("Left").to_string(),
                before: Some(AdministratorBy::Policy),
                after: None,
            },
        ]),
        prune: None,
        undoes: None,
        own_switch: None,
        evidence: None,
        summary: Summary::default(),
        digest: "ab12cd34ef56".repeat(5) + "0000",
    }
}

/// Nothing to do.
pub fn done() -> Plan {
    Plan {
        mode: Some(AuthenticationMode::ApiAndConfigMap),
        lines: Vec::new(),
        targets: Vec::new(),
        existing: Vec::new(),
        nodes: Vec::new(),
        notices: Vec::new(),
        steps: Vec::new(),
        unknown: BTreeMap::new(),
        ..plan()
    }
}
