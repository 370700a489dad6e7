use std::path::{Path, PathBuf};

use clap::Args;
use eksodus::observe::{Observed, Unread, observe_with};
use eksodus::render::{Mark, Page, Verdict, shell_word};
use eksodus::session::{Cluster as _, SessionError};
use eksodus::snapshot::{Part, Snapshot};
use serde::Serialize;

use crate::cli::live::{Live, LiveError};
use crate::cli::next_step::NextStep;
use crate::cli::output::looking::Looking;
use crate::cli::output::{CliError, Exit, looking, outcome, verdicts};
use crate::cli::{Context, inputs};

#[derive(Debug, Args)]
pub struct SnapshotArgs {
    /// Folder to write; created if missing, other files in it are kept
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// What came of one part.
#[derive(Debug, Serialize)]
struct Source {
    name: String,
    /// What is counted, one and many.
    #[serde(skip)]
    unit: [&'static str; 2],
    /// What there is of it; `null`: it is not known.
    found: Option<usize>,
    /// Why it could not be read.
    why: Option<String>,
    /// What nobody can tell for that reason.
    lost: Option<&'static str>,
}

pub fn run(args: SnapshotArgs, context: Context<'_>) -> Result<Exit, CliError> {
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
    context.console.data(match context.global.output.is_json() {
        true => inputs::json(&sources)?.into(),
        false => {
            let out = args.out.display().to_string();
            let verdict = verdict(&cluster, &out, &sources);
            let plan = format!("eksodus plan --snapshot {} --out plan.json", shell_word(&out));
            let next = NextStep::new(Some(plan), "plans the migration; changes nothing");
            outcome::around(&verdict, page(&sources), Some(&next))
        }
    })?;
    Ok(Exit::Done)
}

fn verdict(cluster: &Live, out: &str, sources: &[Source]) -> Verdict {
    let unread = sources.iter().filter(|it| it.why.is_some()).count();
    let (mark, rest) = match unread {
        0 => (Mark::Good, "everything was read".to_owned()),
        n => (
            Mark::Care,
            format!("{} could not be read, or not all of it", verdicts::count(n, "source", "sources")),
        ),
    };
    verdicts::of(Some(&cluster.id), mark, &format!("saved to {out}; {rest}"))
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
    let mappings = aws_auth.as_ref().map(|it| {
        let read = eksodus::reader::read(it);
        read.roles.entries.len() + read.users.entries.len() + read.accounts.entries.len()
    });
    let found = [
        (Part::Cluster, ["cluster", "clusters"], cluster.as_ref().map(|_| 1)),
        (Part::AwsAuth, ["mapping", "mappings"], mappings),
        (Part::AccessEntries, ["entry", "entries"], access_entries.as_ref().map(Vec::len)),
        (Part::AccessPolicies, ["policy", "policies"], access_policies.as_ref().map(Vec::len)),
        (Part::Nodegroups, ["node group", "node groups"], nodegroups.as_ref().map(Vec::len)),
        (Part::FargateProfiles, ["profile", "profiles"], fargate_profiles.as_ref().map(Vec::len)),
        (Part::IamRoles, ["role", "roles"], iam_roles.as_ref().map(|it| it.items.len())),
        (Part::IamUsers, ["user", "users"], iam_users.as_ref().map(|it| it.items.len())),
        (
            Part::Rbac,
            ["role or binding", "roles and bindings"],
            rbac.as_ref().map(|it| it.roles.len() + it.bindings.len()),
        ),
        (Part::Namespaces, ["namespace", "namespaces"], namespaces.as_ref().map(Vec::len)),
        (Part::ApiResources, ["resource", "resources"], api_resources.as_ref().map(|it| it.items.len())),
        (Part::Caller, ["identity", "identities"], caller.as_ref().map(|_| 1)),
    ];
    let why = |source| unread.iter().find(|it| it.source == source).map(|it| it.why.to_string());
    let of = |(source, unit, found): (Part, [&'static str; 2], Option<usize>)| {
        let why = why(source);
        let lost = why.as_ref().map(|_| looking::lost(source));
        Source { name: source.to_string(), unit, found, why, lost }
    };
    found.into_iter().map(of).collect()
}

fn page(sources: &[Source]) -> Page {
    let mut page = Page::default();
    for Source { name, unit, found, why, lost } in sources {
        let found = match (found, why) {
            (Some(n), None) => verdicts::count(*n, unit[0], unit[1]),
            (Some(n), Some(why)) => format!("{}, not all: {why}", verdicts::count(*n, unit[0], unit[1])),
            (None, Some(why)) => format!("not read: {why}"),
            (None, None) if name == "aws-auth" => "there is none".to_owned(),
            // entries before dual mode
            (None, None) => "cannot be listed in this authentication mode".to_owned(),
        };
        page.line(1, format!("{name:<18} {found}"));
        lost.filter(|_| why.is_some()).iter().for_each(|lost| page.aside(3, *lost));
    }
    page
}
