//! What is exported, worked out once for all formats.

use std::collections::BTreeMap;

use super::names::key;
use super::{Association, ExportError, Leaves};
use crate::facts::{EntryFact, Facts, Service, service_of};
use crate::model::{
    AccessEntry, AuthenticationMode, CanonicalArn, ClusterId, PrincipalArn, RUN_TAG, is_reserved_tag,
};
use crate::planner::{Action, Outcome, Plan, Standing, Target};
use crate::rbac::Binding;
use crate::snapshot::{Cluster, ObservedEntry, Snapshot};

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
    /// Policies of the customer's on entries that are not, by principal; they are there.
    pub associations: Vec<Association>,
    /// Those that carry rights over to names that change, in the plan's order; a snapshot has none.
    pub bindings: Vec<CarriedBinding>,
    pub aws_auth: Leaves,
    /// What is there, or mapped, and not exported.
    pub left_out: Vec<LeftOut>,
}

/// An access entry as it is to be, and how it stands to what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Readable, and a function of principal and cluster alone: letters, digits, `_` and `-`.
    pub key: String,
    /// With the tags that whoever owns it may write, that of the run that made it among them.
    pub entry: AccessEntry,
    /// Tags that AWS keeps to itself, and that tell who owns the entry.
    pub reserved: BTreeMap<String, String>,
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
    /// The plan is applied: all that it makes is there. By principal the run that made its entry, as far as journals tell.
    Applied(&'s BTreeMap<PrincipalArn, String>),
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
            Seen::AtThePlan | Seen::Applied(_) => None,
        };
        let facts = match seen {
            Seen::Observed(snapshot) => Some(Facts::of(snapshot)),
            Seen::AtThePlan | Seen::Applied(_) => None,
        };
        let callers = match seen {
            Seen::Observed(snapshot) => caller_of(snapshot),
            Seen::AtThePlan | Seen::Applied(_) => None,
        };
        let entries = plan.targets.iter().map(|target| {
            let Stands { exists, recreate, tags } = match (&facts, seen) {
                (Some(facts), _) => Stands::observed(target, facts),
                (None, Seen::Applied(made_by)) => Stands::applied(target, made_by),
                (None, _) => Stands::planned(target),
            };
            let is_caller = target.is_caller || is_callers(callers.as_ref(), &target.entry.principal);
            let entry = AccessEntry { tags, ..target.entry.clone() };
            Entry { exists, recreate, is_caller, ..Entry::of(plan.cluster.as_ref(), entry) }
        });
        let mut entries: Vec<Entry> = entries.collect();
        entries.sort_by(|a, b| a.entry.principal.cmp(&b.entry.principal));
        let observed = match seen {
            Seen::Observed(snapshot) => snapshot.rbac.as_ref(),
            Seen::AtThePlan | Seen::Applied(_) => None,
        };
        let bindings = plan.steps.iter().filter_map(|step| match &step.action {
            Action::Binding { before, after: Some(after) } => {
                let is_it = |it: &Binding| (&it.namespace, &it.name) == (&after.namespace, &after.name);
                let exists = match observed {
                    Some(rbac) => rbac.bindings.iter().any(is_it),
                    None => before.is_some() || matches!(seen, Seen::Applied(_)),
                };
                Some(CarriedBinding { binding: after.clone(), exists })
            }
            _ => None,
        });
        let waiting = plan.lines.iter().filter(|line| matches!(line.outcome, Outcome::Blocked { .. }));
        // entries are there, whether the plan was applied to its end or not
        let with_entries = |mode: AuthenticationMode| {
            if mode.has_entries() { mode } else { AuthenticationMode::ApiAndConfigMap }
        };
        let planned = match seen {
            Seen::Applied(_) => plan.mode.map(with_entries),
            Seen::AtThePlan | Seen::Observed(_) => plan.mode,
        };
        Ok(Self {
            cluster: plan.cluster.clone(),
            mode: cluster.map_or(planned, |cluster| Some(cluster.mode)),
            creator_admin: cluster.and_then(|cluster| cluster.creator_admin),
            entries,
            associations: Vec::new(),
            bindings: bindings.collect(),
            aws_auth: Leaves::of_plan(plan),
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
        let (facts, caller) = (Facts::of(snapshot), caller_of(snapshot));
        if !facts.entries.observable {
            return Err(ExportError::NoEntries);
        }
        let (mut owned, mut associations, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
        for fact in facts.entries.iter() {
            let why = match &fact.entry {
                _ if fact.is_eks_owned() => match of_customer(&cluster.id, fact) {
                    Some(association) => {
                        associations.push(association);
                        "AWS Batch made it and keeps it; its AWSBatchNamespacePolicy is yours"
                    }
                    None => "EKS made it and keeps it",
                },
                _ if fact.liveness.is_dead() => {
                    "it authenticates nobody: its principal is gone, or recreated"
                }
                None => "EKS takes no such value from customers",
                Some(entry) => {
                    let tags = fact.observed.tags.clone();
                    let entry = Entry::of(Some(&cluster.id), AccessEntry { tags, ..entry.clone() });
                    let is_caller = is_callers(caller.as_ref(), &entry.entry.principal);
                    owned.push(Entry { exists: true, is_caller, ..entry });
                    continue;
                }
            };
            left_out.push(LeftOut { name: fact.observed.principal.clone(), why });
        }
        owned.sort_by(|a, b| a.entry.principal.cmp(&b.entry.principal));
        Ok(Self {
            cluster: Some(cluster.id.clone()),
            mode: Some(cluster.mode),
            creator_admin: cluster.creator_admin,
            entries: owned,
            associations,
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

impl Entry {
    /// One that is not there.
    fn of(cluster: Option<&ClusterId>, entry: AccessEntry) -> Self {
        let (reserved, tags) = entry.tags.into_iter().partition(|(key, _)| is_reserved_tag(key));
        let entry = AccessEntry { tags, ..entry };
        let key = key(cluster, &entry.principal);
        Self { key, entry, reserved, exists: false, recreate: false, is_caller: false }
    }
}

/// How a target stands to what is there.
struct Stands {
    exists: bool,
    recreate: bool,
    tags: BTreeMap<String, String>,
}

impl Stands {
    fn observed(target: &Target, facts: &Facts<'_>) -> Self {
        let tags = target.entry.tags.clone();
        let Some(there) = facts.entries.of_principal(&target.entry.principal) else {
            return Self { exists: false, recreate: false, tags };
        };
        let ObservedEntry { entry_type, tags, .. } = there.observed;
        let recreate = there.liveness.is_dead() || *entry_type != target.entry.entry_type;
        // no step of a plan changes a tag
        Self { exists: true, recreate, tags: tags.clone() }
    }

    fn applied(target: &Target, made_by: &BTreeMap<PrincipalArn, String>) -> Self {
        let run = made_by.get(&target.entry.principal).map(|run| (RUN_TAG.to_owned(), run.clone()));
        let tags = target.entry.tags.clone().into_iter().chain(run).collect();
        Self { exists: true, recreate: false, tags }
    }

    fn planned(target: &Target) -> Self {
        let (exists, recreate) = match &target.standing {
            Standing::Create | Standing::NotYetObservable => (false, false),
            Standing::Equal | Standing::Update { .. } => (true, false),
            Standing::Replace { .. } => (true, true),
        };
        Self { exists, recreate, tags: target.entry.tags.clone() }
    }
}

fn caller_of(snapshot: &Snapshot) -> Option<CanonicalArn> {
    snapshot.caller.as_ref().map(|caller| CanonicalArn::of(&caller.arn))
}

fn is_callers(caller: Option<&CanonicalArn>, principal: &PrincipalArn) -> bool {
    caller.is_some_and(|caller| *caller == CanonicalArn::of_principal(principal))
}

/// What a customer has given an entry that AWS Batch made for its own role (AWS Batch guide, "eks-access-entries"). No other
/// service asks for such a thing.
fn of_customer(cluster: &ClusterId, fact: &EntryFact<'_>) -> Option<Association> {
    let principal = fact.principal.as_ref()?;
    let is_batch = principal.is_service_linked() && service_of(principal) == Some(Service::Batch);
    let policies = fact.observed.policies.iter().filter(|_| is_batch);
    let (policy, scope) =
        policies.into_iter().find(|(policy, _)| policy.name() == "AWSBatchNamespacePolicy")?;
    Some(Association {
        key: key(Some(cluster), principal),
        principal: principal.clone(),
        policy: policy.clone(),
        scope: scope.clone(),
    })
}
