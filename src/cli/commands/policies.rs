use std::path::PathBuf;

use clap::Args;
use eksodus::model::{Partition, PolicyArn};
use eksodus::rbac::{DEFAULTS_OF, Rbac, Role, default_rbac, nearest_policy, propose};
use eksodus::render::policies::{GroupAnswer, PolicyAnswer, RolesOf, Table};
use eksodus::snapshot::Snapshot;

use crate::cli::output::{CliError, Exit};
use crate::cli::{Context, inputs};

#[derive(Debug, Args)]
pub struct PoliciesArgs {
    /// Show one policy, by name or ARN: its rules, and the nearest ClusterRole
    name: Option<String>,
    /// Find the policies that could replace this group, with what would be lost and gained
    #[arg(long, value_name = "GROUP", conflicts_with = "name")]
    for_group: Option<String>,
    /// Compare what the group has in this namespace
    #[arg(long, short, value_name = "NAME", requires = "for_group")]
    namespace: Option<String>,
    /// Roles and bindings as kubectl prints them, instead of the cluster's
    #[arg(long, value_name = "FILE")]
    rbac: Option<PathBuf>,
}

/// What of a cluster the policies are held against.
struct Looked {
    snapshot: Snapshot,
    rbac: Option<Rbac>,
    /// Where the roles are from, if they are known.
    name: String,
}

pub fn run(args: PoliciesArgs, mut context: Context<'_>) -> Result<Exit, CliError> {
    let PoliciesArgs { name, for_group, namespace, rbac } = args;
    let looked = look(rbac, &mut context)?;
    let (is_json, everything) = (context.global.output.is_json(), context.console.verbose);
    let offered = looked.snapshot.access_policies.as_deref();
    let page = if let Some(group) = for_group {
        let answer = for_group_of(&group, namespace.as_deref(), &looked, &context)?;
        if is_json { inputs::json(&answer)?.into() } else { answer.text(everything) }
    } else if let Some(name) = name {
        let assumed = looked.rbac.is_none();
        let of = match assumed {
            true => RolesOf { name: format!("Kubernetes {DEFAULTS_OF}"), assumed },
            false => RolesOf { name: looked.name, assumed },
        };
        let roles = looked.rbac.map_or_else(defaults_for_people, |rbac| rbac.roles);
        let arn = policy(&name, &looked.snapshot)?;
        let answer = PolicyAnswer::new(&arn, offered, &roles, &of).ok_or_else(|| no_such(&name))?;
        if is_json { inputs::json(&answer)?.into() } else { answer.text(everything) }
    } else {
        let table = Table::new(offered);
        if is_json { inputs::json(&table)?.into() } else { table.text() }
    };
    context.console.data(page)?;
    Ok(Exit::Done)
}

fn look(rbac: Option<PathBuf>, context: &mut Context<'_>) -> Result<Looked, CliError> {
    let global = context.global;
    let mut looked = match (&global.cluster, &global.snapshot) {
        (None, None) => Looked { snapshot: Snapshot::default(), rbac: None, name: String::new() },
        (Some(_), _) => Looked {
            snapshot: inputs::observed("policies", None, context)?.snapshot,
            rbac: None,
            name: "the cluster".to_owned(),
        },
        (None, Some(folder)) => Looked {
            snapshot: inputs::observed("policies", None, context)?.snapshot,
            rbac: None,
            name: folder.join("rbac.yaml").display().to_string(),
        },
    };
    looked.rbac = looked.snapshot.rbac.take();
    if let Some(path) = rbac {
        looked.rbac = Some(inputs::rbac(&path, context.console)?);
        looked.name = path.display().to_string();
    }
    Ok(looked)
}

fn for_group_of(
    group: &str,
    namespace: Option<&str>,
    looked: &Looked,
    context: &Context<'_>,
) -> Result<GroupAnswer, CliError> {
    let global = context.global;
    let Some(rbac) = &looked.rbac else {
        return Err(match (&global.cluster, &global.snapshot) {
            (None, None) => CliError::WhichCluster {
                command: "policies --for-group",
                instead: "pass --rbac FILE, --snapshot DIR or --cluster NAME",
            },
            (Some(_), _) => CliError::NoRbac { why: "they could not be read" },
            (None, Some(_)) => CliError::NoRbac { why: "the snapshot has no rbac.yaml that can be read" },
        });
    };
    let index = rbac.index();
    let offered = looked.snapshot.access_policies.as_deref();
    let proposals = propose(&index, group, namespace, |policy| {
        offered.is_none_or(|offered| offered.iter().any(|it| it.name() == policy.name))
    });
    let of = RolesOf { name: looked.name.clone(), assumed: false };
    Ok(GroupAnswer::new(group, namespace, &index, &proposals, &of))
}

/// The ClusterRoles that every cluster has to bind people to (kubernetes.io, "Using RBAC Authorization", User-facing roles).
fn defaults_for_people() -> Vec<Role> {
    let for_people = |role: &&Role| ["cluster-admin", "admin", "edit", "view"].contains(&role.name.as_str());
    default_rbac().roles.iter().filter(for_people).cloned().collect()
}

/// A name is of the cluster's partition.
fn policy(text: &str, snapshot: &Snapshot) -> Result<PolicyArn, CliError> {
    if text.starts_with("arn:") {
        return text.parse().map_err(|_| no_such(text));
    }
    let partition = snapshot.cluster.as_ref().map_or(Partition::Aws, |cluster| cluster.id.partition);
    PolicyArn::new(partition, text).map_err(|_| no_such(text))
}

/// ARNs of IAM policies are passed by mistake: their last part may be a name.
fn no_such(text: &str) -> CliError {
    let name = text.rsplit('/').next().unwrap_or(text);
    CliError::NoSuchPolicy { name: text.to_owned(), nearest: nearest_policy(name) }
}
