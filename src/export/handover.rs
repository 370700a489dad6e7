//! What is exported, worked out once for all formats.

use std::collections::BTreeMap;

use super::ExportError;
use super::keys::keys;
use crate::facts::Facts;
use crate::model::{AccessEntry, AuthenticationMode, ClusterId};
use crate::planner::{Action, Outcome, Plan, Standing};
use crate::rbac::Binding;
use crate::snapshot::{Cluster, Snapshot};

/// The access entries of one cluster and what goes with them, for the tool that is to own them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// `None`: planned from an `aws-auth` file alone.
    pub cluster: Option<ClusterId>,
    pub mode: Option<AuthenticationMode>,
    /// As DescribeCluster shows `bootstrapClusterCreatorAdminPermissions`; `None` where it is not known.
    pub creator_admin: Option<bool>,
    /// By principal.
    pub entries: Vec<Entry>,
    /// Those that carry rights over to names that change, in the plan's order; a snapshot has none.
    pub bindings: Vec<CarriedBinding>,
    pub aws_auth: Leaves,
    /// What is there, or mapped, and not exported.
    pub left_out: Vec<LeftOut>,
}

/// An access entry as it is to be, and how it stands to what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Readable, and unique among the entries even without case and underscores: letters, digits and single underscores.
    pub key: String,
    pub entry: AccessEntry,
    /// The cluster has one for this principal, so that a tool has to import it.
    pub exists: bool,
    /// It has to be deleted and created again first, which no tool can be told: another type, or an entry that
    /// authenticates nobody.
    pub recreate: bool,
    /// It gives access to whoever runs the migration, and is made last.
    pub is_caller: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarriedBinding {
    pub binding: Binding,
    pub exists: bool,
}

/// What a plan leaves of `aws-auth`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaves {
    /// No plan says anything of it.
    Unsaid,
    /// No step changes it.
    AsItIs,
    Data(BTreeMap<String, String>),
    Nothing,
}

/// Something that somebody could look for in an export, and why it is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    pub name: String,
    pub why: &'static str,
}

/// What is known of the cluster beside a plan.
#[derive(Debug, Clone, Copy)]
pub enum Seen<'s> {
    /// Nothing: what is there is what was there when the plan was made.
    AtThePlan,
    /// The plan is applied: all that it makes is there.
    Applied,
    Observed(&'s Snapshot),
}

impl Handover {
    /// The entries that a plan leads to, its bindings, and what it leaves of `aws-auth`. Entries that no mapping is about
    /// are not in it.
    ///
    /// # Errors
    /// When what was observed is another cluster than the plan's.
    pub fn of_plan(plan: &Plan, seen: Seen<'_>) -> Result<Self, ExportError> {
        let cluster = match seen {
            Seen::Observed(snapshot) => same_cluster(plan, snapshot)?,
            Seen::AtThePlan | Seen::Applied => None,
        };
        let principals: Vec<_> = plan.targets.iter().map(|target| &target.entry.principal).collect();
        let keys = keys(&principals);
        let facts = match seen {
            Seen::Observed(snapshot) => Some(Facts::of(snapshot)),
            Seen::AtThePlan | Seen::Applied => None,
        };
        let entries = plan.targets.iter().zip(keys).map(|(target, key)| {
            let (exists, recreate) = match &facts {
                Some(facts) => stands(&target.entry, facts),
                None if matches!(seen, Seen::Applied) => (true, false),
                None => match &target.standing {
                    Standing::Create | Standing::NotYetObservable => (false, false),
                    Standing::Equal | Standing::Update { .. } => (true, false),
                    Standing::Replace { .. } => (true, true),
                },
            };
            Entry { key, entry: target.entry.clone(), exists, recreate, is_caller: target.is_caller }
        });
        let mut entries: Vec<Entry> = entries.collect();
        entries.sort_by(|a, b| a.entry.principal.cmp(&b.entry.principal));
        let observed = match seen {
            Seen::Observed(snapshot) => snapshot.rbac.as_ref(),
            Seen::AtThePlan | Seen::Applied => None,
        };
        let bindings = plan.steps.iter().filter_map(|step| match &step.action {
            Action::Binding { before, after: Some(after) } => {
                let is_it = |it: &Binding| (&it.namespace, &it.name) == (&after.namespace, &after.name);
                let exists = match observed {
                    Some(rbac) => rbac.bindings.iter().any(is_it),
                    None => before.is_some() || matches!(seen, Seen::Applied),
                };
                Some(CarriedBinding { binding: after.clone(), exists })
            }
            _ => None,
        });
        let aws_auth = plan.steps.iter().find_map(|step| match &step.action {
            Action::AwsAuth { after: Some(data), .. } => Some(Leaves::Data(data.clone())),
            Action::AwsAuth { after: None, .. } => Some(Leaves::Nothing),
            _ => None,
        });
        let waiting = plan.lines.iter().filter(|line| matches!(line.outcome, Outcome::Blocked { .. }));
        // entries are there, whether the plan was applied to its end or not
        let with_entries = |mode: AuthenticationMode| {
            if mode.has_entries() { mode } else { AuthenticationMode::ApiAndConfigMap }
        };
        let planned = match seen {
            Seen::Applied => plan.mode.map(with_entries),
            Seen::AtThePlan | Seen::Observed(_) => plan.mode,
        };
        Ok(Self {
            cluster: plan.cluster.clone(),
            mode: cluster.map_or(planned, |cluster| Some(cluster.mode)),
            creator_admin: cluster.and_then(|cluster| cluster.creator_admin),
            entries,
            bindings: bindings.collect(),
            aws_auth: aws_auth.unwrap_or(Leaves::AsItIs),
            left_out: waiting
                .map(|line| LeftOut { name: line.arn.clone(), why: "its mapping needs a decision" })
                .collect(),
        })
    }

    /// The access entries that a cluster has, but for those that nobody can own: EKS's own, those that authenticate nobody,
    /// and those that break a rule for customers.
    ///
    /// # Errors
    /// When its entries are not known, as in CONFIG_MAP mode.
    pub fn of_cluster(snapshot: &Snapshot) -> Result<Self, ExportError> {
        let cluster = snapshot.cluster.as_ref().ok_or(ExportError::NoCluster)?;
        let facts = Facts::of(snapshot);
        if !facts.entries.observable {
            return Err(ExportError::NoEntries);
        }
        let (mut owned, mut left_out) = (Vec::new(), Vec::new());
        for fact in facts.entries.iter() {
            let why = match &fact.entry {
                _ if fact.is_eks_owned() => "EKS made it and keeps it",
                _ if fact.liveness.is_dead() => {
                    "it authenticates nobody: its principal is gone, or recreated"
                }
                None => "EKS takes no such value from customers",
                Some(entry) => {
                    owned.push(entry.clone());
                    continue;
                }
            };
            left_out.push(LeftOut { name: fact.observed.principal.clone(), why });
        }
        owned.sort_by(|a, b| a.principal.cmp(&b.principal));
        let keys = keys(&owned.iter().map(|entry| &entry.principal).collect::<Vec<_>>());
        let entry = |(entry, key)| Entry { key, entry, exists: true, recreate: false, is_caller: false };
        Ok(Self {
            cluster: Some(cluster.id.clone()),
            mode: Some(cluster.mode),
            creator_admin: cluster.creator_admin,
            entries: owned.into_iter().zip(keys).map(entry).collect(),
            bindings: Vec::new(),
            aws_auth: Leaves::Unsaid,
            left_out,
        })
    }

    /// The cluster, if its entries can be handed over as they are.
    ///
    /// # Errors
    /// When nothing says which cluster it is, or entries have to be recreated first.
    pub fn cluster(&self) -> Result<&ClusterId, ExportError> {
        let cluster = self.cluster.as_ref().ok_or(ExportError::NoCluster)?;
        let recreate = self.entries.iter().filter(|entry| entry.recreate);
        let principals: Vec<_> = recreate.map(|entry| entry.entry.principal.clone()).collect();
        if principals.is_empty() { Ok(cluster) } else { Err(ExportError::Recreate { principals }) }
    }
}

/// The cluster that was observed, if it is the plan's.
fn same_cluster<'s>(plan: &Plan, snapshot: &'s Snapshot) -> Result<Option<&'s Cluster>, ExportError> {
    let observed = snapshot.cluster.as_ref();
    match (&plan.cluster, observed) {
        (Some(plan), Some(observed)) if *plan != observed.id => Err(ExportError::OtherCluster {
            plan: Box::new(plan.clone()),
            observed: Box::new(observed.id.clone()),
        }),
        _ => Ok(observed),
    }
}

/// Whether the cluster has an entry for the principal, and whether that one can become this one.
fn stands(entry: &AccessEntry, facts: &Facts<'_>) -> (bool, bool) {
    match facts.entries.of_principal(&entry.principal) {
        Some(there) => (true, there.liveness.is_dead() || there.observed.entry_type != entry.entry_type),
        None => (false, false),
    }
}
