//! What holds for every plan.

use std::collections::{BTreeMap, BTreeSet};

use eksodus::model::{AuthenticationMode, EntryType, PrincipalArn, Token, UsernameTemplate};
use eksodus::planner::{Action, Decisions, Outcome, Phase, Plan, Standing, Target, plan};
use eksodus::reader::{Identity, Lookup, lookup, read};
use eksodus::snapshot::{ObservedEntry, Snapshot};
use proptest::prelude::*;

use crate::kit::cluster::{ACCOUNT, With, cluster, manifest, observed, observed_node, shown};

const SESSION: &str = "ann.b";

fn line(kind: &'static str) -> impl Strategy<Value = String> {
    let name =
        prop::sample::select(vec!["Dev", "Ops", "dev", "Node", "Caller", "Gone", "team/Dev", "Dev ", "*"]);
    let username = prop::sample::select(vec![
        "dev",
        "{{SessionName}}",
        "t:{{SessionName}}",
        "system:node:{{EC2PrivateDNSName}}",
        "system:x",
        "",
        "a-{{AccountID}}",
        "k:{{AccessKeyID}}",
        "system:node:{{SessionName}}",
        "t:{{SessionNameRaw}}",
    ]);
    let group = prop::sample::select(vec![
        "devs",
        "ops",
        "system:masters",
        "system:nodes",
        "system:bootstrappers",
        "system:authenticated",
        "g-{{AccountID}}",
        "g-{{SessionName}}",
        "",
        "eks:kube-proxy-windows",
        "system:ci",
    ]);
    (name, prop::option::of(username), prop::option::of(prop::collection::vec(group, 0..4))).prop_map(
        move |(name, username, groups)| {
            let mut text = format!("- {kind}arn: \"arn:aws:iam::{ACCOUNT}:{kind}/{name}\"\n");
            if let Some(username) = username {
                text += &format!("  username: {username:?}\n");
            }
            if let Some(groups) = groups {
                text += &format!("  groups: {groups:?}\n");
            }
            text
        },
    )
}

fn existing() -> impl Strategy<Value = Vec<ObservedEntry>> {
    let one = (
        prop::sample::select(vec!["role/team/Dev", "role/Ops", "role/Node", "user/Ops", "role/Foreign"]),
        prop::sample::select(vec!["dev", "t:{{SessionName}}", "other"]),
        prop::sample::subsequence(vec!["devs", "ops", "x"], 0..3),
        prop::bool::ANY,
        prop::bool::ANY,
    );
    prop::collection::vec(one, 0..4).prop_map(|entries| {
        let entries = entries.into_iter().map(|(name, username, groups, admin, node)| {
            let principal = format!("arn:aws:iam::{ACCOUNT}:{name}");
            let policies: &[&str] = if admin { &["AmazonEKSClusterAdminPolicy"] } else { &[] };
            let entry = match node && name.starts_with("role") {
                true => observed_node(&principal, EntryType::Ec2Linux),
                false => observed(&principal, username, &groups, policies),
            };
            (principal, entry)
        });
        entries.collect::<BTreeMap<_, _>>().into_values().collect()
    })
}

fn world() -> impl Strategy<Value = Snapshot> {
    (
        prop::sample::select(vec![
            AuthenticationMode::ConfigMap,
            AuthenticationMode::ApiAndConfigMap,
            AuthenticationMode::Api,
        ]),
        prop::collection::vec(line("role"), 0..6),
        prop::collection::vec(line("user"), 0..4),
        prop::bool::ANY,
        existing(),
    )
        .prop_map(|(mode, roles, users, accounts, existing)| {
            let (roles, users) = (roles.concat(), users.concat());
            let mut data = vec![("mapRoles", roles.as_str()), ("mapUsers", users.as_str())];
            if accounts {
                data.push(("mapAccounts", "- '444455556666'\n"));
            }
            let arns =
                ["role/team/Dev", "role/Ops", "role/Node", "role/Caller", "user/Dev", "user/Ops", "user/dev"]
                    .map(|name| format!("arn:aws:iam::{ACCOUNT}:{name}"));
            cluster(mode, &data).iam(&arns.each_ref().map(String::as_str)).entries(existing)
        })
}

/// Who the principal is today, by the reader's lookup: the same code that `whois` runs, not the planner's.
fn today(snapshot: &Snapshot, principal: &PrincipalArn) -> Option<(String, Vec<String>)> {
    let auth = read(snapshot.aws_auth.as_ref()?);
    let dns = BTreeMap::new();
    match lookup(&auth, &Identity::from_arn(&principal.to_string(), SESSION), &dns) {
        Lookup::Mapped(mapped) => Some((mapped.username, mapped.groups)),
        _ => None,
    }
}

/// What the entry makes of the same login.
fn tomorrow(target: &Target) -> String {
    let session = if target.entry.principal.is_role() { SESSION } else { "" };
    let template = UsernameTemplate::new(target.entry.effective_username().unwrap_or_default());
    template.with(Token::SessionName, session).with(Token::SessionNameRaw, session).to_string()
}

/// The snapshot after every step up to the phase has been done.
fn applied(snapshot: &Snapshot, plan: &Plan, through: Phase) -> Snapshot {
    let mut after = snapshot.clone();
    for step in plan.steps.iter().filter(|step| step.phase <= through) {
        match &step.action {
            Action::Mode { to, .. } => {
                after.cluster.as_mut().unwrap().mode = *to;
                after.access_entries.get_or_insert_default();
            }
            Action::Binding { after: Some(binding), .. } => {
                after.rbac.as_mut().unwrap().bindings.push(binding.clone());
            }
            Action::Entry { principal, after: Some(entry), .. } => {
                let entries = after.access_entries.get_or_insert_default();
                entries.retain(|observed| observed.principal != principal.to_string());
                entries.push(shown(entry));
            }
            Action::AwsAuth { after: Some(data), .. } => {
                after.aws_auth = Some(manifest(data.clone()));
            }
            other => panic!("a plan only creates: {other:?}"),
        }
    }
    after
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_same_input_gives_the_same_bytes(snapshot in world()) {
        let first = plan(&snapshot, &Decisions::default()).to_json();
        prop_assert_eq!(&first, &plan(&snapshot.clone(), &Decisions::default()).to_json());
        prop_assert_eq!(Plan::parse(&first).unwrap().to_json(), first);
    }

    #[test]
    fn no_plan_gives_what_the_server_does_not_give(snapshot in world()) {
        let plan = plan(&snapshot, &Decisions::default());
        for target in &plan.targets {
            let principal = &target.entry.principal;
            if !target.entry.entry_type.is_standard() {
                // nodes: the type's own username and groups, which the line must hold; a person cannot log in as one
                prop_assert!(target.groups_today.iter().any(|group| group == "system:nodes"));
                prop_assert_eq!(target.entry.effective_username().unwrap(), target.username_today.clone());
                continue;
            }
            let Some((username, groups)) = today(&snapshot, principal) else {
                return Err(TestCaseError::fail(format!("{principal} is not let in today")));
            };
            let held: BTreeSet<&str> = groups.iter().map(String::as_str).collect();
            for group in &target.entry.groups {
                prop_assert!(held.contains(group.as_str()), "{} gains {}", principal, group);
            }
            if !username.is_empty() {
                prop_assert_eq!(tomorrow(target), username, "{}", principal);
            }
            let kept = match &target.standing {
                Standing::Update { from } | Standing::Replace { from, .. } => from.policies.clone(),
                Standing::Equal => target.entry.policies.clone(),
                Standing::Create | Standing::NotYetObservable => BTreeMap::new(),
            };
            for (policy, scope) in &target.entry.policies {
                let by_masters = policy.name() == "AmazonEKSClusterAdminPolicy" && held.contains("system:masters");
                prop_assert!(by_masters || kept.get(policy) == Some(scope), "{} gains {}", principal, policy);
            }
        }
    }

    #[test]
    fn planning_over_the_result_changes_nothing(snapshot in world()) {
        let first = plan(&snapshot, &Decisions::default());
        for through in [Phase::Verify, Phase::Prune, Phase::ApiMode] {
            let again = plan(&applied(&snapshot, &first, through), &Decisions::default());
            let pending: Vec<_> = again.steps.iter().filter(|step| step.phase <= through).collect();
            prop_assert!(pending.is_empty(), "after {}: {:#?}", through, pending);
        }
    }

    #[test]
    fn every_line_and_every_entry_is_accounted_for_once(snapshot in world()) {
        let plan = plan(&snapshot, &Decisions::default());
        let auth = read(snapshot.aws_auth.as_ref().unwrap());
        let lines = auth.roles.entries.len() + auth.users.entries.len() + auth.accounts.entries.len();
        prop_assert_eq!(plan.lines.len(), lines);
        let places: BTreeSet<_> = plan.lines.iter().map(|line| line.at.entry).collect();
        prop_assert_eq!(places.len(), lines);
        prop_assert_eq!(plan.existing.len(), snapshot.access_entries.as_ref().map_or(0, Vec::len));
        for line in &plan.lines {
            if let Outcome::Migrates { principal } = &line.outcome {
                prop_assert_eq!(plan.targets.iter().filter(|t| t.entry.principal == *principal).count(), 1);
            }
        }
    }

    #[test]
    fn pruning_leaves_what_it_does_not_cover_as_it_was(snapshot in world()) {
        let plan = plan(&snapshot, &Decisions::default());
        let after = applied(&snapshot, &plan, Phase::Prune);
        for line in &plan.lines {
            let Ok(principal) = line.arn.parse::<PrincipalArn>() else { continue };
            if principal.canonical() != line.arn {
                continue; // a role's path: nobody's
            }
            let covered = plan.targets.iter().any(|target| target.entry.principal.canonical().eq_ignore_ascii_case(&line.arn));
            // of equal mappings the one that wins is overridden, and all of them go
            let overridden = plan.lines.iter().any(|other| {
                other.arn.eq_ignore_ascii_case(&line.arn)
                    && matches!(other.outcome, Outcome::Overridden { gives_more: None, unproven: false, .. })
            });
            if !covered && !overridden {
                prop_assert_eq!(today(&snapshot, &principal), today(&after, &principal), "{}", line.arn);
            }
        }
    }
}
