use std::path::{Path, PathBuf};

use clap::Args;
use eksodus::observe::{Observed, Unread, observe_with};
use eksodus::session::{Cluster as _, SessionError};
use eksodus::snapshot::{Part, Snapshot};
use serde::Serialize;

use crate::cli::live::{Live, LiveError};
use crate::cli::output::looking::Looking;
use crate::cli::output::{CliError, Exit, looking};
use crate::cli::{Context, inputs};

#[derive(Debug, Args)]
pub struct SnapshotArgs {
    /// The folder to write, made if it is not there; files of other names in it are left alone
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// What came of one part.
#[derive(Debug, Serialize)]
struct Source {
    name: String,
    /// What there is of it; `null`: it is not known.
    found: Option<usize>,
    /// Why it could not be read.
    why: Option<String>,
    /// What nobody can tell for that reason.
    lost: Option<&'static str>,
}

pub fn run(args: SnapshotArgs, context: Context<'_>) -> Result<Exit, CliError> {
    context.no_markdown("snapshot")?;
    let Some(name) = &context.global.cluster else {
        return Err(CliError::WhichCluster { command: "snapshot", instead: "pass --cluster NAME" });
    };
    let cluster = Live::connect(name, &context, false)?;
    is_of_no_other(&args.out, &cluster.id.to_string())?;
    let mut looking = Looking::default();
    let observed = cluster
        .wait(observe_with(&cluster, cluster.looked_at, &mut |seen| looking.tell(context.console, seen)));
    context.console.bar().end();
    let Observed { snapshot, unread } = observed.map_err(SessionError::Observe)?;
    snapshot.save(&args.out)?;
    let sources = sources(&snapshot, &unread);
    context.console.data(&match context.global.output.is_json() {
        true => inputs::json(&sources)?,
        false => text(&sources),
    })?;
    context.console.note(&format!("saved to {}", args.out.display()));
    Ok(Exit::Done)
}

/// A folder may be written again, but not over another cluster's.
fn is_of_no_other(out: &Path, this: &str) -> Result<(), CliError> {
    if !out.join("cluster.json").exists() {
        return Ok(());
    }
    let there = inputs::folder_of(out)?.cluster.map(|cluster| cluster.id.to_string());
    match there {
        Some(found) if found != this => {
            Err(LiveError::OtherSnapshot { path: out.to_owned(), found, this: this.to_owned() }.into())
        }
        _ => Ok(()),
    }
}

fn sources(snapshot: &Snapshot, unread: &[Unread]) -> Vec<Source> {
    let Snapshot {
        cluster,
        updates: _,
        own_switch: _,
        evidence: _,
        aws_auth,
        access_entries,
        access_policies,
        nodegroups,
        fargate_profiles,
        iam_roles,
        iam_users,
        rbac,
        namespaces,
        api_resources,
        identity_providers: _,
        caller,
    } = snapshot;
    let sections = aws_auth.as_ref().map(|it| it.config_map.data.len());
    let found = [
        (Part::Cluster, cluster.as_ref().map(|_| 1)),
        (Part::AwsAuth, sections),
        (Part::AccessEntries, access_entries.as_ref().map(Vec::len)),
        (Part::AccessPolicies, access_policies.as_ref().map(Vec::len)),
        (Part::Nodegroups, nodegroups.as_ref().map(Vec::len)),
        (Part::FargateProfiles, fargate_profiles.as_ref().map(Vec::len)),
        (Part::IamRoles, iam_roles.as_ref().map(|it| it.items.len())),
        (Part::IamUsers, iam_users.as_ref().map(|it| it.items.len())),
        (Part::Rbac, rbac.as_ref().map(|it| it.roles.len() + it.bindings.len())),
        (Part::Namespaces, namespaces.as_ref().map(Vec::len)),
        (Part::ApiResources, api_resources.as_ref().map(|it| it.items.len())),
        (Part::Caller, caller.as_ref().map(|_| 1)),
    ];
    let why = |source| unread.iter().find(|it| it.source == source).map(|it| it.why.to_string());
    let of = |(source, found): (Part, Option<usize>)| {
        let why = why(source);
        let lost = why.as_ref().map(|_| looking::lost(source));
        Source { name: source.to_string(), found, why, lost }
    };
    found.into_iter().map(of).collect()
}

fn text(sources: &[Source]) -> String {
    let line = |source: &Source| match source {
        Source { name, found: Some(found), why: None, .. } => format!("{name:<18} {found}\n"),
        Source { name, found: Some(found), why: Some(why), lost: _ } => {
            eksodus::render::escape::terminal(&format!("{name:<18} {found}, not all: {why}")).into_owned()
                + "\n"
        }
        Source { name, found: None, why: Some(why), lost } => {
            let lost = lost.map(|it| format!("\n{:<18} {it}", "")).unwrap_or_default();
            eksodus::render::escape::terminal(&format!("{name:<18} not read: {why}")).into_owned()
                + &lost
                + "\n"
        }
        // entries before dual mode, or no aws-auth
        Source { name, found: None, why: None, lost: _ } if name == "aws-auth" => {
            format!("{name:<18} there is none\n")
        }
        Source { name, found: None, why: None, lost: _ } => {
            format!("{name:<18} cannot be listed in this authentication mode\n")
        }
    };
    sources.iter().map(line).collect()
}
