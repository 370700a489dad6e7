use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::{Args, ValueEnum};
use eksodus::export::{
    ExportError, Handover, Seen, TerraformForm, ack, aws_cli, cdk, cloudformation, crossplane, eksctl,
    manifests, pulumi, resources_to_import, terraform,
};
use eksodus::journal::{JournalError, KeptRun, RunFolder, RunFolders, RunsError};
use eksodus::model::PrincipalArn;
use eksodus::planner::Plan;
use eksodus::session::{History, KnownRun, SessionError, made_by};
use eksodus::snapshot::Snapshot;

use crate::cli::output::{CliError, Exit};
use crate::cli::plan_digest::PlanDigest;
use crate::cli::{Context, inputs};

#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Saved by plan --out; - is standard input. Without it the entries that --snapshot or --cluster has
    plan: Option<PathBuf>,
    /// The form it is written in
    #[arg(long, value_enum, value_name = "FORM")]
    to: Form,
    /// The plan is applied: what it makes is there, to be imported. RUN: the folder of the run, or its journal, which tells
    /// what it has marked as its own [default: the runs in .eksodus]
    #[arg(
        long,
        value_name = "RUN",
        num_args = 0..=1,
        require_equals = true,
        requires = "plan",
        conflicts_with_all = ["snapshot", "cluster"]
    )]
    applied: Option<Option<PathBuf>>,
    /// terraform: as input of the module terraform-aws-modules/eks that has this name, eks without it
    #[arg(
        long,
        value_name = "NAME",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "eks",
        value_parser = module_name
    )]
    module: Option<String>,
    /// terraform: also the role bindings that carry rights over
    #[arg(long)]
    bindings: bool,
    /// cloudformation: in place of the template the list of resources that are there, to be imported
    #[arg(long)]
    imports: bool,
    /// manifests: also aws-auth as the plan leaves it
    #[arg(long)]
    pruned: bool,
    /// Refuse any plan but the one with this digest
    #[arg(long, value_name = "DIGEST", requires = "plan")]
    plan_digest: Option<PlanDigest>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Resources of the AWS provider, with import blocks
    Terraform,
    /// A template with AWS::EKS::AccessEntry
    Cloudformation,
    /// A stack in TypeScript that synthesises to the same template
    Cdk,
    /// A project in YAML, with import options
    Pulumi,
    /// A ClusterConfig with accessConfig.accessEntries
    Eksctl,
    /// AccessEntry objects of the AWS Controllers for Kubernetes
    Ack,
    /// AccessEntry and AccessPolicyAssociation objects of Upbound's provider
    Crossplane,
    /// A bash script that can be run again
    AwsCli,
    /// The role bindings that carry rights over, for kubectl apply -f
    Manifests,
}

/// An identifier of Terraform, which goes into addresses.
fn module_name(text: &str) -> Result<String, &'static str> {
    let is_first = |c: char| c.is_ascii_alphabetic() || c == '_';
    let is_name = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if text.starts_with(is_first) && is_name { Ok(text.to_owned()) } else { Err("no name of a module block") }
}

pub fn run(args: ExportArgs, mut context: Context<'_>) -> Result<Exit, CliError> {
    args.only_where_they_mean_something()?;
    let handover = handover(&args, &mut context)?;
    let text = match args.to {
        Form::Terraform => {
            let form = args.module.map_or(TerraformForm::Resources, TerraformForm::Module);
            terraform(&handover, &form, args.bindings)?
        }
        Form::Cloudformation if args.imports => resources_to_import(&handover)?,
        Form::Cloudformation => cloudformation(&handover)?,
        Form::Cdk => cdk(&handover)?,
        Form::Pulumi => pulumi(&handover)?,
        Form::Eksctl => eksctl(&handover)?,
        Form::Ack => ack(&handover)?,
        Form::Crossplane => crossplane(&handover)?,
        Form::AwsCli => aws_cli(&handover)?,
        Form::Manifests => manifests(&handover, args.pruned)?,
    };
    tell(&handover, args.to, args.bindings, &mut context);
    context.console.data(&text)?;
    Ok(Exit::Done)
}

impl ExportArgs {
    fn only_where_they_mean_something(&self) -> Result<(), CliError> {
        let options = [
            (self.module.is_some(), "--module", Form::Terraform, "terraform"),
            (self.bindings, "--bindings", Form::Terraform, "terraform"),
            (self.imports, "--imports", Form::Cloudformation, "cloudformation"),
            (self.pruned, "--pruned", Form::Manifests, "manifests"),
        ];
        let wrong = options.into_iter().find(|(given, _, form, _)| *given && *form != self.to);
        wrong.map_or(Ok(()), |(_, option, _, form)| Err(CliError::NotOfForm { option, form }))
    }
}

/// What is exported: a plan beside what is there now, or what is there.
fn handover(args: &ExportArgs, context: &mut Context<'_>) -> Result<Handover, CliError> {
    let is_observed = context.global.snapshot.is_some() || context.global.cluster.is_some();
    let Some(path) = &args.plan else {
        let snapshot = observed(context)?;
        context.console.seed_redaction(|| format!("{:?}", snapshot.access_entries));
        return Ok(Handover::of_cluster(&snapshot)?);
    };
    let plan = PlanDigest::pinned(args.plan_digest.as_ref(), inputs::plan_file(path)?)?;
    context.console.seed_redaction(|| plan.to_json());
    let handover = if is_observed {
        Handover::of_plan(&plan, Seen::Observed(&observed(context)?))
    } else if let Some(run) = &args.applied {
        let made_by = match run {
            Some(run) => made_by(&[run_of_plan(run, &plan)?]),
            None => made_by_known_runs(&plan, context)?,
        };
        Handover::of_plan(&plan, Seen::Applied(&made_by))
    } else {
        Handover::of_plan(&plan, Seen::AtThePlan)
    };
    Ok(handover?)
}

/// A run that is named has applied this plan.
fn run_of_plan(path: &Path, plan: &Plan) -> Result<KnownRun, CliError> {
    let run = RunFolder::open(path).map_err(|error| SessionError::from(RunsError::from(error)))?;
    let run: KeptRun = Rc::new(run);
    let id = plan.cluster.as_ref().ok_or(ExportError::NoCluster)?;
    let (place, not_begun) = (run.journal_place(), JournalError::Empty);
    let known =
        KnownRun::of(run, id)?.ok_or(SessionError::Journal { place: place.clone(), source: not_begun })?;
    if known.plan.digest == plan.digest {
        return Ok(known);
    }
    Err(SessionError::OtherPlan { place, journal: known.plan.digest, plan: plan.digest.clone() }.into())
}

/// Where `apply` keeps its runs unless it is told another place.
const RUNS: &str = ".eksodus";

fn made_by_known_runs(
    plan: &Plan,
    context: &mut Context<'_>,
) -> Result<BTreeMap<PrincipalArn, String>, CliError> {
    let Some(id) = &plan.cluster else { return Ok(BTreeMap::new()) };
    let history = History::of(&RunFolders::below(RUNS), id)?;
    if !history.known().any(|known| known.plan.digest == plan.digest) {
        context.console.warn(&format!(
            "no run in {RUNS} has applied this plan, so that its tag eksodus:run is not exported: pass --applied=RUN, or --snapshot or --cluster in its place"
        ));
    }
    Ok(made_by(history.known()))
}

fn observed(context: &mut Context<'_>) -> Result<Snapshot, CliError> {
    if context.global.snapshot.is_none() && context.global.cluster.is_none() {
        let instead = "pass a PLAN, --snapshot DIR or --cluster NAME";
        return Err(CliError::WhichCluster { command: "export", instead });
    }
    inputs::snapshot("export", context)
}

/// What is not in it, and what has to be done beside it.
fn tell(handover: &Handover, form: Form, has_bindings: bool, context: &mut Context<'_>) {
    let console = &mut context.console;
    for left_out in &handover.left_out {
        console.warn(&format!("not exported: {}: {}", left_out.name, left_out.why));
    }
    if form != Form::Manifests {
        handover.warnings().iter().for_each(|warning| console.warn(warning));
    }
    if form == Form::Manifests {
        if handover.bindings.is_empty() {
            console.note("the plan makes no role bindings");
        }
        return;
    }
    let there = handover.entries.iter().filter(|entry| entry.exists).count();
    console.note(&format!("{} access entries, {there} of them on the cluster", handover.entries.len()));
    if !has_bindings && !handover.bindings.is_empty() {
        console.hint("role bindings carry rights over to other names: apply those of --to manifests first");
    }
    if handover.mode.is_some_and(|mode| !mode.has_entries()) {
        console.warn(
            "the cluster has no access entries in CONFIG_MAP mode: change the mode first, with eksodus apply",
        );
    }
}
