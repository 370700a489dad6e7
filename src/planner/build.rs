use std::collections::{BTreeMap, BTreeSet};

use super::accounts::of_account;
use super::carry::Bindings;
use super::classify::NodeRoles;
use super::existing::{Created, Decided, fates, settle};
use super::lines::Lines;
use super::resolve::Directory;
use super::translate::Context;
use super::{
    Action, Blocker, CallerAccess, Decisions, FormatVersion, LinePlace, Note, Notice, Outcome, Phase, Plan,
    Prune, Severity, Target, admins, caller, fingerprint, nodes, notices, preconditions, proposal, prune,
    steps, unknown,
};
use crate::model::{AccessEntry, AuthenticationMode, PrincipalArn};
use crate::rbac::Rbac;
use crate::reader::{AwsAuth, SectionName, read};
use crate::snapshot::{ObservedEntry, Snapshot};

/// What has to be done to move the snapshot's cluster to access entries.
///
/// Pure: the same snapshot and decisions give the same plan, byte for byte.
pub fn plan(snapshot: &Snapshot, decisions: &Decisions) -> Plan {
    let aws_auth = snapshot.aws_auth.as_ref().map(read);
    let mode = snapshot.cluster.as_ref().map(|cluster| cluster.mode);
    let node_roles = NodeRoles::of(snapshot);
    let entries: &[ObservedEntry] = snapshot.access_entries.as_deref().unwrap_or_default();
    let observable = snapshot.access_entries.is_some() && mode.is_none_or(AuthenticationMode::has_entries);
    let created = Created::of(snapshot);
    let live = entries.iter().filter(|entry| observable && !created.is_stale(entry));
    let mut work = Lines {
        context: Context {
            decisions,
            nodes: &node_roles,
            rbac: snapshot.rbac.as_ref(),
            usernames: aws_auth.as_ref().map(proposal::taken).unwrap_or_default(),
        },
        directory: Directory::of(snapshot),
        mode,
        lines: Vec::new(),
        targets: BTreeMap::new(),
        bindings: Bindings::default(),
        by_entry: live.map(|entry| entry.principal.as_str()).collect(),
        policies_decided: BTreeSet::new(),
        access_decided: BTreeSet::new(),
        used: BTreeSet::new(),
    };
    if let Some(aws_auth) = &aws_auth {
        work.read(aws_auth);
        work.read_accounts(aws_auth);
    }
    if observable {
        settle_all(&mut work, entries, &created, &node_roles);
    }
    let Lines { mut lines, mut targets, bindings, used, .. } = work;
    lines.sort_by_key(|line| line.at.entry);

    let caller_access = caller::access(snapshot.caller.as_ref(), targets.values(), entries);
    if let CallerAccess::Principal { principal, .. } = &caller_access
        && let Some(target) = targets.get_mut(principal)
    {
        target.is_caller = true;
    }

    let asked = snapshot.nodegroups.is_some() || snapshot.fargate_profiles.is_some();
    let nodes = nodes::coverage(&node_roles, asked, &targets, entries);
    let pruned = match snapshot.aws_auth.as_ref().zip(aws_auth.as_ref()) {
        Some((manifest, aws_auth)) if mode != Some(AuthenticationMode::Api) => match decisions.prune {
            Prune::Covered => Ok(prune::prune(manifest, aws_auth, &lines)),
            Prune::Delete => prune::delete(manifest, &lines),
        },
        _ => Ok(prune::Pruned::default()),
    };
    let mut notices: Vec<Notice> = lines.iter().filter_map(notices::of_line).collect();
    let pruned = pruned.unwrap_or_else(|blocked| {
        notices.extend(blocked);
        prune::Pruned::default()
    });
    notices.extend(aws_auth.iter().flat_map(notices::of_sections));
    notices.extend(preconditions::of_cluster(snapshot, aws_auth.as_ref()));
    notices.extend(preconditions::of_quota(&targets, entries.len()));
    notices.extend(targets.values().flat_map(notices::of_target));
    notices.extend(nodes.iter().filter_map(notices::of_node));
    notices.extend(notices::unused(decisions, &|index| used.contains(&index), &lines));
    if mode.is_some_and(AuthenticationMode::reads_config_map) {
        let others = admins::administrators(&targets, entries, snapshot.rbac.as_ref())
            .into_iter()
            .filter(|admin| !matches!(&caller_access, CallerAccess::Principal { principal, .. } if principal == admin))
            .count();
        notices.extend(notices::of_people(&caller_access, &lines, others, observable));
    }
    notices.extend(pruned.immutable.then(prune::immutable));
    notices.extend(pruned.refused.iter().map(|(section, why)| not_pruned(*section, why, aws_auth.as_ref())));
    notices.sort_by(|a, b| {
        (&a.severity, &a.at, &a.subject, &a.rule).cmp(&(&b.severity, &b.at, &b.subject, &b.rule))
    });

    let blocked = BlockedPrincipals::of(&lines);
    let existing = fates(entries, &targets, &|principal| blocked.contain(principal));
    let after = match pruned.rest {
        prune::Rest::Same => None,
        prune::Rest::Cut(data) => Some(Some(data)),
        prune::Rest::Deleted => Some(None),
    };
    let before = snapshot.aws_auth.as_ref().map(|manifest| manifest.config_map.data.clone());
    let prune_step = after.map(|after| {
        // only a deletion takes them along
        let whole = snapshot.aws_auth.as_ref().filter(|_| after.is_none());
        let parts = whole.map(|manifest| manifest.config_map.parts()).unwrap_or_default();
        Action::AwsAuth { before, after, parts }
    });
    Plan {
        format: FormatVersion::CURRENT,
        cluster: snapshot.cluster.as_ref().map(|cluster| cluster.id.clone()),
        mode,
        caller: caller_access,
        source: snapshot.aws_auth.as_ref().map(|manifest| manifest.source.name.clone()),
        fingerprint: fingerprint::of_sources(snapshot, aws_auth.as_ref(), decisions),
        decisions: decisions.clone(),
        unknown: unknown::unknown(snapshot),
        steps: steps::steps(mode, bindings.into_sorted(), &targets, prune_step),
        lines,
        targets: targets.into_values().collect(),
        existing,
        nodes,
        notices,
        undoes: None,
        digest: String::new(),
    }
    .sealed()
}

/// Puts every target beside the entry it has; one that cannot become the target blocks its line.
fn settle_all(work: &mut Lines<'_>, entries: &[ObservedEntry], created: &Created, node_roles: &NodeRoles) {
    let by_principal: BTreeMap<&str, &ObservedEntry> =
        entries.iter().map(|entry| (entry.principal.as_str(), entry)).collect();
    // an entry of its own has let the principal in, and not the account
    let is_beaten = |principal: &PrincipalArn, target: &Target| {
        let is_of_account = target.notes.iter().any(|note| matches!(note, Note::FromAccount { .. }));
        let entry = by_principal.get(principal.as_str()).filter(|_| is_of_account);
        entry.is_some_and(|entry| !created.is_stale(entry) && !gives_the_same_login(entry, &target.entry))
    };
    let beaten: BTreeSet<PrincipalArn> = work
        .targets
        .iter()
        .filter(|(principal, target)| is_beaten(principal, target))
        .map(|(principal, _)| principal.clone())
        .collect();
    work.targets.retain(|principal, _| !beaten.contains(principal));
    if !beaten.is_empty() {
        for line in &mut work.lines {
            if let Outcome::Expanded { principals, .. } = &mut line.outcome {
                principals.retain(|own| !beaten.contains(own));
            }
        }
    }
    let mut refused: BTreeMap<PrincipalArn, Blocker> = BTreeMap::new();
    let index = work.context.rbac.map(Rbac::index);
    for (principal, target) in &mut work.targets {
        let decided = Decided {
            policies: work.policies_decided.contains(principal),
            access: work.access_decided.contains(principal),
        };
        let observed = by_principal.get(principal.as_str()).copied();
        if let Err(blocker) = settle(target, observed, decided, created, node_roles, index.as_ref()) {
            refused.insert(principal.clone(), blocker);
        }
    }
    work.targets.retain(|principal, _| !refused.contains_key(principal));
    for line in &mut work.lines {
        match &line.outcome {
            Outcome::Migrates { principal } => {
                if let Some(blocker) = refused.get(principal) {
                    line.outcome = Outcome::Blocked { by: blocker.clone() };
                }
            }
            Outcome::Expanded { principals, .. } => {
                let first =
                    principals.iter().filter_map(|own| refused.get_key_value(own)).min_by_key(|it| it.0);
                if let Some((principal, blocker)) = first {
                    line.outcome = of_account(principal.clone(), blocker.clone());
                }
            }
            _ => {}
        }
    }
}

fn gives_the_same_login(observed: &ObservedEntry, entry: &AccessEntry) -> bool {
    observed.as_entry().is_some_and(|found| {
        (&found.entry_type, &found.username, &found.groups)
            == (&entry.entry_type, &entry.username, &entry.groups)
    })
}

/// The principals that lines which do not migrate name.
#[derive(Default)]
struct BlockedPrincipals<'l> {
    /// As entries spell them.
    of_accounts: BTreeSet<&'l str>,
    /// As lines spell them, in lower case.
    of_lines: BTreeSet<String>,
}

impl<'l> BlockedPrincipals<'l> {
    fn of(lines: &'l [super::Line]) -> Self {
        let mut blocked = Self::default();
        for line in lines {
            match &line.outcome {
                Outcome::Blocked { by: Blocker::OfAccount { principal, by: _ } } => {
                    blocked.of_accounts.insert(principal.as_str());
                }
                Outcome::Blocked { by: _ } => {
                    blocked.of_lines.insert(line.arn.to_ascii_lowercase());
                }
                _ => {}
            }
        }
        blocked
    }

    fn contain(&self, principal: &str) -> bool {
        let is_of_line = || {
            let canonical =
                principal.parse::<PrincipalArn>().map_or(principal.to_owned(), |arn| arn.canonical());
            self.of_lines.contains(&canonical.to_ascii_lowercase())
        };
        self.of_accounts.contains(principal) || (!self.of_lines.is_empty() && is_of_line())
    }
}

fn not_pruned(section: SectionName, why: &str, aws_auth: Option<&AwsAuth>) -> Notice {
    let at = aws_auth.and_then(|aws_auth| match section {
        SectionName::MapRoles => aws_auth.roles.entries.first().map(super::lines::place_of),
        SectionName::MapUsers => aws_auth.users.entries.first().map(super::lines::place_of),
        SectionName::MapAccounts => None::<LinePlace>,
    });
    Notice {
        rule: "not-pruned".to_owned(),
        severity: Severity::Warning,
        at,
        subject: section.to_string(),
        message: format!("its covered lines stay, because cutting them out would change the rest: {why}"),
        help: vec!["they do no harm beside their entries; delete them by hand".to_owned()],
    }
}

impl Plan {
    /// What has to be decided before a run that ends with this phase.
    pub fn blockers(&self, through: Phase) -> impl Iterator<Item = &Notice> {
        self.notices
            .iter()
            .filter(move |notice| matches!(notice.severity, Severity::Blocks(phase) if phase <= through))
    }
}
