//! Plans written by hand, so that they hold every kind of step.

use std::collections::BTreeMap;

use eksodus::model::{AccessEntry, AccessScope, AuthenticationMode, ConfigMapParts, EntryType};
use eksodus::planner::{
    Action, CallerAccess, Decisions, Expected, FormatVersion, Line, LinePlace, NodeRole, Outcome, Phase,
    Plan, Standing, Step, Summary, Target, fingerprint,
};
use eksodus::reader::{EntryRef, Place, SectionName};
use eksodus::snapshot::Snapshot;

use super::world::{ADMIN, AGAIN, ALICE, AWS_AUTH, DEV, NODE, OLD, OPS, WINDOWS, map_roles, snapshot};
use crate::kit::cluster::{arn, binding, entry, node, policy};
use eksodus::rbac::SubjectKind;

pub fn entry_step(before: Expected, after: Option<AccessEntry>, recreate: bool) -> Step {
    let principal = match (&before, &after) {
        (Expected::Entry(entry), _) | (_, Some(entry)) => entry.principal.clone(),
        _ => panic!("a step about nothing"),
    };
    let id = format!("entries/{principal}");
    Step { id, phase: Phase::Entries, action: Action::Entry { principal, before, after, recreate } }
}

pub fn mode_step(from: AuthenticationMode, to: AuthenticationMode) -> Step {
    let phase = match to {
        AuthenticationMode::Api => Phase::ApiMode,
        _ => Phase::DualMode,
    };
    Step { id: format!("{phase}/{to}"), phase, action: Action::Mode { from, to } }
}

pub fn prune_step(after: &str) -> Step {
    let action = Action::AwsAuth {
        before: Some(map_roles(AWS_AUTH)),
        after: Some(map_roles(after)),
        parts: ConfigMapParts::default(),
    };
    Step { id: "prune/aws-auth".to_owned(), phase: Phase::Prune, action }
}

/// A plan with these steps, whose targets are what the steps leave behind.
pub fn plan(snapshot: &Snapshot, steps: Vec<Step>) -> Plan {
    let mut targets = Vec::new();
    let mut lines = Vec::new();
    let written = steps.iter().filter_map(|step| match &step.action {
        Action::Entry { after, .. } => after.clone(),
        _ => None,
    });
    let mut entries: Vec<AccessEntry> = written.collect();
    // lines whose entries are right already
    for observed in snapshot.access_entries.iter().flatten() {
        let about_it = |step: &Step| step.id.ends_with(&observed.principal);
        if [NODE, OPS].contains(&observed.principal.as_str()) && !steps.iter().any(about_it) {
            entries.extend(observed.as_entry());
        }
    }
    for entry in &entries {
        let principal = &entry.principal;
        let index = targets.len();
        let at = LinePlace {
            entry: EntryRef { section: SectionName::MapRoles, index },
            place: Place { line: index + 1, column: 1 },
        };
        // the others are in a plan for what a decision says of them
        if AWS_AUTH.contains(&principal.canonical()) {
            lines.push(Line {
                at: at.clone(),
                arn: principal.canonical(),
                username: String::new(),
                groups: Vec::new(),
                outcome: Outcome::Migrates { principal: principal.clone() },
            });
        }
        targets.push(Target {
            entry: entry.clone(),
            username_today: String::new(),
            groups_today: Vec::new(),
            from: at,
            standing: Standing::Create,
            is_caller: *principal == arn(ADMIN),
            notes: Vec::new(),
        });
    }
    let cluster = snapshot.cluster.as_ref().unwrap();
    Plan {
        format: FormatVersion::CURRENT,
        cluster: Some(cluster.id.clone()),
        mode: Some(cluster.mode),
        caller: CallerAccess::Principal { arn: ADMIN.to_owned(), principal: arn(ADMIN) },
        source: None,
        fingerprint: fingerprint(snapshot, &Decisions::default()),
        decisions: Decisions::default(),
        own_switch: None,
        evidence: None,
        summary: Summary::default(),
        unknown: BTreeMap::new(),
        lines,
        targets,
        existing: Vec::new(),
        nodes: vec![NodeRole {
            role: arn(NODE),
            used_by: vec!["node group a".to_owned()],
            needs: EntryType::Ec2Linux,
            gets: Some(EntryType::Ec2Linux),
            covered: true,
        }],
        notices: Vec::new(),
        steps,
        parity: None,
        administrators: None,
        prune: None,
        undoes: None,
        digest: String::new(),
    }
    .sealed()
}

/// Everything that a migration from CONFIG_MAP does.
pub fn from_config_map() -> (Snapshot, Plan) {
    use AuthenticationMode::{Api, ApiAndConfigMap, ConfigMap};
    let snapshot = snapshot(ConfigMap, &[]);
    let create = |entry| entry_step(Expected::Unobserved, Some(entry), false);
    let added = binding("eksodus-developers", SubjectKind::Group, "developers", "edit");
    let steps = vec![
        mode_step(ConfigMap, ApiAndConfigMap),
        Step {
            id: "entries/binding".to_owned(),
            phase: Phase::Entries,
            action: Action::Binding { before: None, after: Some(added) },
        },
        create(entry(DEV, "dev:{{SessionName}}", &["developers"], &["AmazonEKSViewPolicy"])),
        create(node(NODE, EntryType::Ec2Linux)),
        create(entry(OPS, "ops", &[], &["AmazonEKSClusterAdminPolicy", "AmazonEKSViewPolicy"])),
        create(entry(ALICE, "", &["people"], &[])),
        create(entry(ADMIN, "admin", &[], &["AmazonEKSClusterAdminPolicy", "AmazonEKSViewPolicy"])),
        prune_step("# moved\n[]\n"),
        mode_step(ApiAndConfigMap, Api),
    ];
    let plan = plan(&snapshot, steps);
    (snapshot, plan)
}

/// In dual mode, with entries to change, replace, recreate and delete.
pub fn in_dual_mode() -> (Snapshot, Plan) {
    let mut old = entry(OLD, "old", &["a", "b"], &["AmazonEKSViewPolicy", "AmazonEKSEditPolicy"]);
    old.tags = BTreeMap::from([("team".to_owned(), "a".to_owned())]);
    let mut new = entry(OLD, "", &["b", "c"], &["AmazonEKSViewPolicy", "AmazonEKSAdminPolicy"]);
    new.tags = old.tags.clone();
    let scope = AccessScope::namespaces(["default".to_owned()]).unwrap();
    new.policies.insert(policy("AmazonEKSViewPolicy"), scope);
    let again = entry(AGAIN, "again", &["a"], &["AmazonEKSViewPolicy"]);
    let alice = entry(ALICE, "alice", &["people"], &["AmazonEKSViewPolicy"]);
    let admin = entry(ADMIN, "admin", &[], &["AmazonEKSClusterAdminPolicy"]);
    let existing = [
        old.clone(),
        node(WINDOWS, EntryType::Ec2Linux),
        again.clone(),
        alice.clone(),
        node(NODE, EntryType::Ec2Linux),
        entry(OPS, "ops", &[], &["AmazonEKSClusterAdminPolicy"]),
    ];
    let snapshot = snapshot(AuthenticationMode::ApiAndConfigMap, &existing);
    let steps = vec![
        entry_step(Expected::Entry(old), Some(new), false),
        entry_step(
            Expected::Entry(node(WINDOWS, EntryType::Ec2Linux)),
            Some(node(WINDOWS, EntryType::Ec2Windows)),
            false,
        ),
        entry_step(Expected::Entry(again.clone()), Some(again), true),
        entry_step(Expected::Entry(alice), None, false),
        entry_step(
            Expected::Absent,
            Some(entry(DEV, "dev:{{SessionName}}", &["developers"], &["AmazonEKSEditPolicy"])),
            false,
        ),
        entry_step(Expected::Absent, Some(admin), false),
        prune_step("[]\n"),
    ];
    let plan = plan(&snapshot, steps);
    (snapshot, plan)
}

/// One entry of another type than its node group needs, with a tag of a stack and one of a team.
pub fn of_a_stack() -> (Snapshot, Plan) {
    let tags = |keys: &[&str]| keys.iter().map(|key| ((*key).to_owned(), "s".to_owned())).collect();
    let mut of_stack = node(WINDOWS, EntryType::Ec2Linux);
    of_stack.tags = tags(&["aws:cloudformation:stack-name", "team"]);
    let mut new = node(WINDOWS, EntryType::Ec2Windows);
    new.tags = tags(&["team"]);
    let snapshot = snapshot(AuthenticationMode::ApiAndConfigMap, std::slice::from_ref(&of_stack));
    let plan = plan(&snapshot, vec![entry_step(Expected::Entry(of_stack), Some(new), false)]);
    (snapshot, plan)
}
