//! What to type next: the one place where [`Next`] becomes a command line.

use std::path::Path;

use eksodus::executor::Pruning;
use eksodus::parity::Permissions;
use eksodus::planner::{Phase, Plan};
use eksodus::render;
use eksodus::session::{Next, Reach, WhyPlan, WhyResume};
use serde::Serialize;

use super::Context;
use super::output::advice;
use super::target::Target;
use eksodus::render::shell_word;

/// Where a plan is saved, unless it is somewhere already.
const PLAN: &str = "plan.json";

/// What to do now, for whoever asks where a migration stands.
#[derive(Debug, Serialize)]
pub struct NextStep {
    /// `null`: nothing is left to do, or what is left is not a command.
    pub command: Option<String>,
    /// What follows it, once its plan was read.
    pub then: Option<String>,
    pub note: String,
}

impl NextStep {
    pub fn of(next: &Next, target: &impl Target) -> Self {
        let options = target.options();
        let step = |command: String, note: &str| Self::new(Some(command), note);
        match next {
            Next::Nothing => Self::new(None, "nothing is left to do"),
            Next::Decide => step(
                plan(target),
                "something needs a decision first: the plan says what, under NEEDS A DECISION",
            ),
            Next::Plan { why, then } => {
                let then = then.map(|reach| apply(PLAN, &options, reach));
                Self { then, ..step(plan(target), &why_plan(why)) }
            }
            Next::Apply { first, reach } => step(apply(PLAN, &options, *reach), can_undo(*first)),
            Next::Resume { plan, reach, why, or_undo } => {
                let why = match why {
                    WhyResume::Stopped => "the run stopped, and this resumes it",
                    WhyResume::Ahead(phase) => ahead(*phase),
                };
                let undo = or_undo.then(|| format!("; or undo it: {}", rollback(&options)));
                let note = format!("{why}{}", undo.unwrap_or_default());
                step(resume(plan, &options, *reach), &note)
            }
            Next::Rollback => step(rollback(&options), "shows what it would undo; changes nothing"),
            Next::ResumeRollback { in_doubt } => step(
                format!("{} --yes", rollback(&options)),
                match in_doubt {
                    false => "the rollback stopped; this resumes it",
                    true => {
                        "the rollback stopped in the middle of a call: this looks what became of it, and resumes it"
                    }
                },
            ),
            Next::Refused { phase, refusals } => {
                let why: Vec<String> = refusals.iter().map(ToString::to_string).collect();
                let advice = advice::of_refusals(refusals, false).map(|it| format!("; {it}"));
                let (why, advice) = (why.join("; "), advice.unwrap_or_default());
                Self::new(None, &format!("{phase} would be refused: {why}{advice}"))
            }
        }
    }

    fn new(command: Option<String>, note: &str) -> Self {
        Self { command, then: None, note: note.to_owned() }
    }
}

/// With a plan; `None` when there is nothing to do. `saved` is the file it is in, if it is in one.
pub fn of_plan(context: &Context<'_>, plan: &Plan, saved: Option<&Path>) -> Option<render::Next> {
    let given = given(context);
    let next = |what: String, note: &str| Some(render::Next { what, note: note.to_owned() });
    let anew = format!("eksodus plan --snapshot DIR --out {PLAN}{given}");
    let (first, reach) = match Next::of_plan(plan) {
        Next::Decide => {
            return next("decide what is blocked".to_owned(), "in eksodus.yaml; then plan again");
        }
        Next::Apply { first, reach } => (first, reach),
        Next::Plan { .. } => return next(anew, "a plan of aws-auth alone cannot be applied"),
        _ => return None,
    };
    let live = context.global.cluster_options();
    match (saved.filter(|path| path.as_os_str() != "-"), &context.global.snapshot) {
        (Some(saved), _) => {
            let saved = saved.display().to_string();
            next(apply(&saved, &on_cluster(&live, context, plan), reach), can_undo(first))
        }
        (None, None) if !live.is_empty() => {
            next(format!("eksodus plan {live} --out {PLAN}{given}"), "saves it for review; changes nothing")
        }
        (None, Some(snapshot)) => {
            next(format!("eksodus rehearse --snapshot {}{given}", snapshot.display()), "changes nothing")
        }
        (None, None) => next(anew, "saves it for review"),
    }
}

/// With a plan that is not saved, and with an audit log, by its option: what that told is in the plan alone, and another plan
/// would be made without it.
pub fn of_plan_with_log(context: &Context<'_>, plan: &Plan, log: &str) -> Option<render::Next> {
    if !matches!(Next::of_plan(plan), Next::Apply { .. }) {
        return of_plan(context, plan, None);
    }
    let from = match &context.global.snapshot {
        Some(folder) => format!("--snapshot {}", shell_word(&folder.display().to_string())),
        None => context.global.cluster_options(),
    };
    let what = format!("eksodus plan {from} {log} --out {PLAN}{}", given(context));
    Some(render::Next { what, note: "saves it for review; changes nothing".to_owned() })
}

/// After a run that stopped, a line each. `saved` is the plan that was given.
pub fn after_run(next: &Next, options: &str, saved: Option<&Path>) -> Vec<String> {
    let undo = || format!("or undo it with {}", rollback(options));
    match next {
        Next::Resume { plan, reach, or_undo, why: WhyResume::Stopped } => {
            let saved = saved.filter(|path| path.as_os_str() != "-").map(|path| path.display().to_string());
            let resume = resume(saved.as_ref().unwrap_or(plan), options, *reach);
            let resume = format!("resume with {resume}");
            std::iter::once(resume).chain(or_undo.then(undo)).collect()
        }
        Next::Rollback => vec![undo()],
        _ => Vec::new(),
    }
}

/// After a look at what a rollback would undo; `run` is the one that was named.
pub fn to_roll_back(options: &str, run: Option<&Path>) -> render::Next {
    let run = run.map(|run| format!(" {}", shell_word(&run.display().to_string()))).unwrap_or_default();
    render::Next {
        what: format!("{}{run} --yes", rollback(options)),
        note: "what it undoes can be applied again".to_owned(),
    }
}

fn plan(target: &impl Target) -> String {
    let from = match target.folder() {
        Some(folder) => format!("--snapshot {}", shell_word(&folder.display().to_string())),
        None => target.options(),
    };
    format!("eksodus plan {from} --out {PLAN}")
}

/// The phase is named where it is not the usual one.
fn apply(plan: &str, options: &str, reach: Reach) -> String {
    let through = match reach.through {
        Phase::Verify => String::new(),
        through => format!(" --through {through}"),
    };
    format!("eksodus apply {} {options}{through}{}", shell_word(plan), allowed(reach))
}

fn resume(plan: &str, options: &str, reach: Reach) -> String {
    let through = reach.through;
    format!("eksodus apply {} {options} --resume --through {through}{}", shell_word(plan), allowed(reach))
}

fn rollback(options: &str) -> String {
    format!("eksodus rollback {options}")
}

fn allowed(reach: Reach) -> String {
    let Reach { through: _, irreversible, pruning, accept } = reach;
    let allow = if irreversible { " --allow-irreversible" } else { "" };
    let prune = if pruning == Pruning::None { " --prune none" } else { "" };
    format!("{allow}{prune}{}", accepting(accept))
}

/// The options that accept what is lost and gained.
pub fn accepting(of: Permissions) -> String {
    let option = |name: &str, n: usize| match n {
        0 => String::new(),
        n => format!(" --accept-{name} {n}"),
    };
    format!("{}{}", option("lost", of.lost), option("gained", of.gained))
}

fn why_plan(why: &WhyPlan) -> String {
    match why {
        WhyPlan::First => "saves what would be done, for review; changes nothing".to_owned(),
        WhyPlan::NoCluster => "a plan of aws-auth alone cannot be applied".to_owned(),
        WhyPlan::UnknownRun { place } => {
            format!("what the run {place} did is not known: go by what is there now")
        }
        WhyPlan::Changed => {
            "the cluster is not what the last run left: make a new plan from what is there".to_owned()
        }
        WhyPlan::Unsound => "the planner makes no such plan: make a new one".to_owned(),
        WhyPlan::CannotResume(why) => {
            format!("the run cannot be resumed: {why}; make a new plan from what is there")
        }
        WhyPlan::CannotResumeRollback(why) => format!("the rollback stopped, and cannot be resumed: {why}"),
    }
}

/// What can be undone of a plan that begins with this phase.
fn can_undo(first: Phase) -> &'static str {
    match first {
        Phase::ApiMode => ahead(Phase::ApiMode),
        Phase::DualMode => {
            "the phase dual-mode is irreversible; the entries can be undone with eksodus rollback"
        }
        _ => "can be undone with eksodus rollback",
    }
}

/// What a phase does, for whoever decides to go on.
fn ahead(phase: Phase) -> &'static str {
    match phase {
        Phase::Preflight | Phase::DualMode | Phase::Entries | Phase::Verify => {
            "goes on to the entries, which can be undone with eksodus rollback"
        }
        Phase::Prune => {
            "takes the mappings that have entries out of aws-auth; can be undone with eksodus rollback"
        }
        Phase::ApiMode => "ends aws-auth for good: API mode is irreversible. It can wait",
    }
}

/// The options that name the cluster of a plan: as they were given, else the simulated one that its folder is, else as
/// its snapshot knows it.
fn on_cluster(given: &str, context: &Context<'_>, plan: &Plan) -> String {
    let folder = context.global.snapshot.as_deref();
    let simulated = folder.filter(|folder| folder.join("runs").is_dir() || cfg!(not(feature = "live")));
    match (&plan.cluster, simulated) {
        _ if !given.is_empty() => given.to_owned(),
        (_, Some(folder)) => format!("--simulate {}", shell_word(&folder.display().to_string())),
        (Some(id), None) if cfg!(feature = "live") => format!("--cluster {} --region {}", id.name, id.region),
        _ => "--simulate DIR".to_owned(),
    }
}

/// The options that must be given again for the same plan.
fn given(context: &Context<'_>) -> String {
    let config = context.global.config.as_deref().or(context.host.config.as_deref());
    let options = [("aws-auth", context.global.aws_auth.as_deref()), ("config", config)];
    let given = options.iter().filter_map(|(name, path)| Some(format!(" --{name} {}", (*path)?.display())));
    given.collect()
}
