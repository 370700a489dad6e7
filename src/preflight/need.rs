use std::collections::{BTreeMap, BTreeSet};

use super::right::{KubeScope, Narrowed, On, Right, Task, What, When};
use super::table::RIGHTS;
use crate::calls::{Call, NoCalls, calls_of};
use crate::eks::log_group;
use crate::model::{AuthenticationMode, ClusterId, PolicyArn};
use crate::planner::{Phase, Plan};
use crate::rbac::{Attributes, Binding, Rbac, spell_out};

/// One right that is needed here, with the names of this cluster filled in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    pub what: Needed,
    /// Ends "it is needed to …".
    pub why: &'static str,
    /// A run does without.
    pub optional: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needed {
    Iam {
        action: &'static str,
        /// An ARN, whose last part may be `*`; or `*`.
        resource: String,
        /// Values of condition keys that the call carries.
        context: BTreeMap<&'static str, String>,
    },
    Kube {
        what: Attributes,
        /// All of these together do as well; empty when nothing else does.
        or: Vec<Attributes>,
    },
}

/// What a command is about to do beside its plan.
#[derive(Debug, Clone, Copy, Default)]
pub struct Extra<'a> {
    /// Take the Lease.
    pub lock: bool,
    /// Look at nodes and access afterwards.
    pub verify: bool,
    /// `(bucket, prefix)` of the journal.
    pub state: Option<(&'a str, &'a str)>,
    /// Roles to be assumed.
    pub assumes: &'a [String],
    /// The caller's own role or user; without it any role of the account.
    pub caller: Option<&'a str>,
    /// Node roles, where no plan names them; without it any role of the account.
    pub node_role: Option<&'a str>,
}

/// Rules of a role to be bound beyond which nobody is asked whether they hold them all.
const MOST_RULES: usize = 200;

/// What the phases that `runs` names need of this plan, each right once, IAM first.
///
/// `rbac` is what the caller can see of roles: without it only `bind` can show that a binding may be created.
///
/// # Errors
/// When a step of the plan cannot be done by any calls.
pub fn needs_of_plan(
    plan: &Plan,
    runs: &dyn Fn(Phase) -> bool,
    extra: Extra<'_>,
    rbac: Option<&Rbac>,
) -> Result<Vec<Need>, NoCalls> {
    let Some(cluster) = &plan.cluster else { return Ok(Vec::new()) };
    let mut calls = Vec::new();
    for step in plan.steps.iter().filter(|step| runs(step.phase)) {
        calls.extend(calls_of(step)?);
    }
    let mut tasks = vec![Task::Read];
    tasks.extend(extra.lock.then_some(Task::Lock));
    tasks.extend(extra.verify.then_some(Task::Verify));
    tasks.extend(extra.state.is_some().then_some(Task::State));
    tasks.extend((!extra.assumes.is_empty()).then_some(Task::Assume));
    let asks = |right: &Right| right.tasks.iter().any(|task| tasks.contains(task));
    let mut needs = BTreeSet::new();
    for right in RIGHTS {
        let asked_for = match right.when {
            When::Always => asks(right),
            When::Reads(source) => asks(right) && plan.fingerprint.contains_key(&source),
            _ => false,
        };
        let by_calls = if asked_for {
            vec![CallDetails::default()]
        } else {
            calls.iter().filter_map(|call| details(right, call, rbac)).collect()
        };
        for details in by_calls {
            for what in filled(right, cluster, &details, &extra) {
                needs.insert(Need { what, why: right.why, optional: right.is_optional() });
            }
        }
    }
    Ok(needs.into_iter().collect())
}

/// What a command needs that has no plan, such as `snapshot`, which reads all there is.
pub fn needs_of_tasks(tasks: &[Task], cluster: &ClusterId, extra: Extra<'_>) -> Vec<Need> {
    let mut needs = BTreeSet::new();
    for right in RIGHTS {
        for task in right.tasks.iter().filter(|task| tasks.contains(task)) {
            for condition in all_conditions(right, *task, cluster) {
                let details = CallDetails { condition, ..CallDetails::default() };
                let filled = filled(right, cluster, &details, &extra);
                let optional = right.is_optional();
                needs.extend(filled.into_iter().map(|what| Need { what, why: right.why, optional }));
            }
        }
    }
    needs.into_iter().collect()
}

/// What a condition key may be narrowed to without a plan; no condition where it is not to be narrowed.
fn all_conditions(right: &Right, task: Task, cluster: &ClusterId) -> Vec<Option<String>> {
    let What::Iam { narrowed: Some(by), .. } = right.what else { return vec![None] };
    let values = match (by, task) {
        // every type that a customer may create
        (Narrowed::EntryType, _) => {
            vec!["EC2", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "STANDARD"]
        }
        (Narrowed::Mode, Task::DualMode) => vec![AuthenticationMode::ApiAndConfigMap.as_str()],
        (Narrowed::Mode, _) => vec![AuthenticationMode::Api.as_str()],
        (Narrowed::Policy, _) => return vec![Some(PolicyArn::cluster_admin(cluster.partition).to_string())],
        (Narrowed::PassedTo, _) => return vec![None],
    };
    values.into_iter().map(|value| Some(value.to_owned())).collect()
}

/// What of a call goes into the right it needs.
#[derive(Debug, Default)]
struct CallDetails {
    condition: Option<String>,
    /// A node role, or the name of the role that is bound.
    name: Option<String>,
    namespace: Option<String>,
    or: Vec<Attributes>,
}

/// `None`: the call does not need this right.
fn details(right: &Right, call: &Call, rbac: Option<&Rbac>) -> Option<CallDetails> {
    match right.when {
        When::Always | When::Reads(_) => None,
        When::Calls(operation) => (call.operation() == operation)
            .then(|| CallDetails { condition: condition(right, call), ..CallDetails::default() }),
        When::Helps(operation) => (call.operation() == operation).then(CallDetails::default),
        When::CallsOnClusterBinding(operations) => binding(call)
            .filter(|it| it.namespace.is_none() && operations.contains(&call.operation()))
            .map(|_| CallDetails::default()),
        When::CallsOnRoleBinding(operations) => binding(call)
            .filter(|it| it.namespace.is_some() && operations.contains(&call.operation()))
            .map(|it| CallDetails { namespace: it.namespace.clone(), ..CallDetails::default() }),
        When::PassesRole => match call {
            Call::CreateEntry { entry } if entry.entry_type.needs_pass_role() => Some(CallDetails {
                name: Some(entry.principal.to_string()),
                condition: condition(right, call),
                ..CallDetails::default()
            }),
            _ => None,
        },
        When::Tags => match call {
            Call::CreateEntry { entry } if !entry.tags.is_empty() => Some(CallDetails::default()),
            _ => None,
        },
        When::BindsClusterRole => bound(call, "ClusterRole", rbac),
        When::BindsRole => bound(call, "Role", rbac),
    }
}

fn binding(call: &Call) -> Option<&Binding> {
    match call {
        Call::CreateBinding { binding } | Call::DeleteBinding { binding } => Some(binding),
        _ => None,
    }
}

/// Who may not `bind` a role must hold its rules (kubernetes: pkg/registry/rbac/clusterrolebinding/policybased/storage.go).
fn bound(call: &Call, kind: &str, rbac: Option<&Rbac>) -> Option<CallDetails> {
    let Call::CreateBinding { binding } = call else { return None };
    (binding.role_ref.kind == kind).then(|| {
        let index = rbac.map(Rbac::index);
        let rules = index.map_or(&[][..], |index| index.rules_of(binding));
        let namespace = binding.namespace.as_deref();
        let or: Vec<_> =
            rules.iter().flat_map(|rule| spell_out(rule, namespace)).take(MOST_RULES + 1).collect();
        CallDetails {
            name: Some(binding.role_ref.name.clone()),
            namespace: binding.namespace.clone(),
            or: if or.len() > MOST_RULES { Vec::new() } else { or },
            condition: None,
        }
    })
}

fn condition(right: &Right, call: &Call) -> Option<String> {
    let What::Iam { narrowed: Some(key), .. } = right.what else { return None };
    match (key, call) {
        (Narrowed::EntryType, Call::CreateEntry { entry }) => Some(entry.entry_type.to_string()),
        (Narrowed::Policy, Call::Associate { policy, .. } | Call::Disassociate { policy, .. }) => {
            Some(policy.to_string())
        }
        (Narrowed::Mode, Call::UpdateMode { to, .. }) => Some(to.to_string()),
        (Narrowed::PassedTo, _) => Some("eks.amazonaws.com".to_owned()),
        _ => None,
    }
}

fn filled(right: &Right, cluster: &ClusterId, details: &CallDetails, extra: &Extra<'_>) -> Vec<Needed> {
    match right.what {
        What::Iam { action, on, narrowed } => {
            let context: BTreeMap<_, _> = narrowed
                .zip(details.condition.clone())
                .map(|(by, value)| (by.key(), value))
                .into_iter()
                .collect();
            resources(on, cluster, details, extra)
                .into_iter()
                .map(|resource| Needed::Iam { action, resource, context: context.clone() })
                .collect()
        }
        What::Kube { verb, group, resource, name, scope } => {
            let mut what = Attributes::resource(verb, group, resource);
            if let Some(name) = name.or(details.name.as_deref()) {
                what = what.named(name);
            }
            what = match (scope, &details.namespace) {
                (KubeScope::KubeSystem, _) => what.in_namespace("kube-system"),
                (KubeScope::OfBinding, Some(namespace)) => what.in_namespace(namespace),
                (KubeScope::Cluster, _) | (KubeScope::OfBinding, None) => what,
            };
            vec![Needed::Kube { what, or: details.or.clone() }]
        }
    }
}

fn resources(on: On, cluster: &ClusterId, details: &CallDetails, extra: &Extra<'_>) -> Vec<String> {
    let ClusterId { partition, region, account, name } = cluster;
    let of_eks = |kind: &str| vec![format!("arn:{partition}:eks:{region}:{account}:{kind}/{name}/*")];
    let any_role = || format!("arn:{partition}:iam::{account}:role/*");
    match on {
        On::Anything => vec!["*".to_owned()],
        On::Cluster => vec![cluster.to_string()],
        On::AccessEntries => of_eks("access-entry"),
        On::Nodegroups => of_eks("nodegroup"),
        On::FargateProfiles => of_eks("fargateprofile"),
        On::Caller => vec![extra.caller.map_or_else(any_role, str::to_owned)],
        On::NodeRole => {
            let planned = details.name.as_deref().or(extra.node_role);
            vec![planned.map_or_else(any_role, str::to_owned)]
        }
        On::StateBucket => {
            extra.state.map(|(bucket, _)| format!("arn:{partition}:s3:::{bucket}")).into_iter().collect()
        }
        On::StateObjects => {
            let objects = |(bucket, prefix): (&str, &str)| match prefix.trim_matches('/') {
                "" => format!("arn:{partition}:s3:::{bucket}/*"),
                prefix => format!("arn:{partition}:s3:::{bucket}/{prefix}/*"),
            };
            extra.state.map(objects).into_iter().collect()
        }
        On::AssumedRole => extra.assumes.to_vec(),
        // as policies name a log group (CloudWatch Logs user guide, "Log group ARNs")
        On::LogGroup => {
            vec![format!("arn:{partition}:logs:{region}:{account}:log-group:{}:*", log_group(name))]
        }
    }
}
