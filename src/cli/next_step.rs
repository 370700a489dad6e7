//! What to type next: the one place where [`Next`] becomes a command line.

use std::path::{Path, PathBuf};

use eksodus::executor::Pruning;
use eksodus::parity::Permissions;
use eksodus::planner::{Phase, Plan};
use eksodus::render::{self, Page};
use eksodus::session::{Next, Reach, WhyPlan, WhyResume};
use serde::Serialize;

use super::audit_log::is_stdin;
use super::output::advice;
use super::target::Target;
use super::{Context, inputs};
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

/// How a cluster, and the plan that was given for it, are named on the command line.
#[derive(Debug, Clone)]
pub struct Typed {
    /// The options that name the cluster.
    pub options: String,
    /// Of a simulated cluster.
    folder: Option<PathBuf>,
    /// The file of the plan, where there is one.
    saved: Option<PathBuf>,
}

impl Typed {
    pub fn of(target: &impl Target, saved: Option<&Path>) -> Self {
        let saved = saved.filter(|path| path.as_os_str() != "-").map(Path::to_owned);
        Self { options: target.options(), folder: target.folder().map(Path::to_owned), saved }
    }

    fn saved(&self) -> Option<String> {
        self.saved.as_ref().map(|path| path.display().to_string())
    }

    /// What a plan, a rehearsal or a snapshot is made of.
    fn from(&self) -> String {
        match &self.folder {
            Some(folder) => format!("--snapshot {}", shell_word(&folder.display().to_string())),
            None => self.options.clone(),
        }
    }

    pub fn plan(&self) -> String {
        format!("eksodus plan {} --out {PLAN}", self.from())
    }

    pub fn status(&self) -> NextStep {
        NextStep::new(
            Some(format!("eksodus status {}", self.options)),
            "shows how far the migration has got, and the next command",
        )
    }

    /// A new plan, for what is not as it was planned.
    pub fn fresh_plan(&self, note: &str) -> NextStep {
        NextStep::new(Some(self.plan()), note)
    }

    /// Read before it is accepted that permissions are lost or gained.
    pub fn to_accept(&self, found: Permissions) -> NextStep {
        let note = "shows who loses and gains what, and the question that proves it";
        match self.saved() {
            Some(saved) => NextStep::new(Some(format!("eksodus show {}", shell_word(&saved))), note),
            None => NextStep::new(Some(self.plan()), note),
        }
        .then(self.saved().map(|saved| {
            format!("eksodus apply {} {}{}", shell_word(&saved), self.options, accepting(found))
        }))
    }
}

impl NextStep {
    pub fn of(next: &Next, typed: &Typed) -> Self {
        let options = typed.options.as_str();
        let step = |command: String, note: &str| Self::new(Some(command), note);
        match next {
            Next::Nothing => Self::new(None, "nothing is left to do"),
            Next::Decide => step(typed.plan(), "shows what needs a decision, and the lines for eksodus.yaml"),
            Next::Plan { why, then } => {
                let then = then.map(|reach| apply(PLAN, options, reach));
                step(typed.plan(), &why_plan(why)).then(then)
            }
            Next::Apply { first, reach } => match typed.saved() {
                Some(saved) => step(apply(&saved, options, *reach), can_undo(*first)),
                None => step(typed.plan(), "saves the plan for review; changes nothing")
                    .then(Some(apply(PLAN, options, *reach))),
            },
            Next::Resume { plan, reach, why, or_undo } => {
                let why = match why {
                    WhyResume::Stopped => "resumes the stopped run",
                    WhyResume::Ahead(phase) => ahead(*phase),
                };
                let undo = or_undo.then(|| format!("; to undo it instead: {}", rollback(options)));
                let note = format!("{why}{}", undo.unwrap_or_default());
                let plan = typed.saved().unwrap_or_else(|| plan.clone());
                step(resume(&plan, options, *reach), &note)
            }
            Next::Rehearse { then } => {
                let saved = typed.saved();
                let then = apply(saved.as_deref().unwrap_or(PLAN), options, *then);
                step(
                    format!("eksodus rehearse {}", typed.from()),
                    "changes nothing; what comes next cannot be undone, and has to be allowed",
                )
                .then(Some(then))
            }
            Next::Rollback => step(rollback(options), "shows what it would undo; changes nothing"),
            Next::ResumeRollback { in_doubt } => step(
                format!("{} --yes", rollback(options)),
                match in_doubt {
                    false => "resumes the stopped rollback",
                    true => {
                        "finds out what became of the calls whose outcome is unknown, and resumes the rollback"
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

    pub fn new(command: Option<String>, note: &str) -> Self {
        Self { command, then: None, note: note.to_owned() }
    }

    pub fn then(self, then: Option<String>) -> Self {
        Self { then, ..self }
    }

    /// The section that ends an answer.
    pub fn page(&self) -> Page {
        let Self { command, then, note } = self;
        let mut page = Page::default();
        page.section("next", 0);
        if let Some(command) = command {
            page.command(1, command.as_str());
        }
        page.aside(1, note.as_str());
        if let Some(then) = then {
            page.aside(1, "then");
            page.command(1, then.as_str());
        }
        page
    }
}

/// With a plan; `None` when there is nothing to do. `saved` is the file it is in, if it is in one.
pub fn of_plan(context: &Context<'_>, plan: &Plan, saved: Option<&Path>) -> Option<render::Next> {
    let given = given(context);
    let next = |what: String, note: &str| Some(render::Next { what, note: note.to_owned() });
    let anew = format!("eksodus plan --snapshot DIR --out {PLAN}{given}");
    let (first, reach) = match Next::of_plan(plan) {
        Next::Decide => {
            let cluster = from(context);
            if cluster.is_empty() {
                return next("decide what is blocked".to_owned(), "in eksodus.yaml; then plan again");
            }
            return next(
                format!("eksodus decide {cluster}{given}"),
                "asks each open question, and writes eksodus.yaml",
            );
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

/// With several plans: the most pressing of them, by itself.
pub fn of_plans<'p>(plans: impl Iterator<Item = (&'p Path, &'p Plan)>) -> Option<render::Next> {
    let pressing = |plan: &Plan| match Next::of_plan(plan) {
        Next::Decide => Some((0, "what has to be decided, and the options")),
        Next::Apply { .. } => Some((1, "the whole plan, and the command that applies it")),
        _ => None,
    };
    let each = plans.filter(|(path, _)| !is_stdin(path)).filter_map(|it| Some((pressing(it.1)?, it.0)));
    let ((_, note), path) = each.min_by_key(|((rank, _), _)| *rank)?;
    let what = format!("eksodus show {}", shell_word(&path.display().to_string()));
    Some(render::Next { what, note: note.to_owned() })
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

/// A rehearsal on the same cluster with the same decisions; `options` begin with a space.
pub fn to_rehearse(context: &Context<'_>, options: &str) -> String {
    format!("eksodus rehearse {}{}{options}", from(context), given(context))
}

/// After a rehearsal that leaves a question.
pub fn to_try_all(context: &Context<'_>) -> NextStep {
    let command = to_rehearse(context, " --all-faults");
    NextStep::new(Some(command), "tries every fault at every call; changes nothing")
}

/// After a look at what a rollback would undo; `run` is the one that was named.
pub fn to_roll_back(options: &str, run: Option<&Path>) -> render::Next {
    let run = run.map(|run| format!(" {}", shell_word(&run.display().to_string()))).unwrap_or_default();
    render::Next {
        what: format!("{}{run} --yes", rollback(options)),
        note: "rolls it back; it can be re-applied later".to_owned(),
    }
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
        WhyPlan::Changed => "the cluster is not what the last run left: make a new plan".to_owned(),
        WhyPlan::Stale => "the cluster changed since the plan was made: make a new plan".to_owned(),
        WhyPlan::RolledBack => "what was rolled back can be planned and applied again".to_owned(),
        WhyPlan::Unsound => "the planner makes no such plan: make a new one".to_owned(),
        WhyPlan::CannotResume(why) => {
            format!("the run cannot be resumed: {why}; make a new plan")
        }
        WhyPlan::CannotResumeRollback(why) => format!("the rollback stopped, and cannot be resumed: {why}"),
    }
}

/// What can be undone of a plan that begins with this phase.
fn can_undo(first: Phase) -> &'static str {
    match first {
        Phase::ApiMode => ahead(Phase::ApiMode),
        Phase::DualMode => "dual-mode is irreversible; the entries can be rolled back",
        _ => "can be rolled back",
    }
}

/// What a phase does, for whoever decides to go on.
fn ahead(phase: Phase) -> &'static str {
    match phase {
        Phase::Preflight | Phase::DualMode | Phase::Entries | Phase::Verify => {
            "creates the entries; can be rolled back"
        }
        Phase::Prune => "removes the migrated mappings from aws-auth; can be rolled back",
        Phase::ApiMode => "disables aws-auth for good (irreversible); there is no hurry",
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

/// After decisions were written.
pub fn after_decisions(context: &Context<'_>) -> String {
    let options = format!("{}{}", from(context), given(context));
    format!("eksodus plan {}", options.trim_start())
}

/// Saved for review, after an answer that changes nothing.
pub const FOR_REVIEW: &str = "saves the plan for review; changes nothing";

/// After an answer about a cluster: the plan, to be read or to be saved.
pub fn to_plan(context: &Context<'_>, note: &str) -> NextStep {
    let from = from(context);
    let from = if from.is_empty() { given(context).trim_start().to_owned() } else { from + &given(context) };
    NextStep::new(Some(format!("eksodus plan {from} --out {PLAN}")), note)
}

/// After a lint: what is open is decided, if the cluster is known.
pub fn after_lint(context: &Context<'_>, file: Option<&Path>, is_open: bool) -> Option<NextStep> {
    let cluster = from(context);
    let file = file.filter(|_| context.global.aws_auth.is_none());
    if file.is_some_and(is_stdin) || context.global.aws_auth.as_deref().is_some_and(is_stdin) {
        return None;
    }
    let named = file.map(|path| format!(" --aws-auth {}", shell_word(&path.display().to_string())));
    let rest = format!("{cluster}{}{}", named.unwrap_or_default(), given(context));
    let rest = rest.trim_start();
    Some(match is_open && !cluster.is_empty() {
        true => NextStep::new(
            Some(format!("eksodus decide {rest}")),
            "asks each open question, and writes eksodus.yaml",
        ),
        false => NextStep::new(Some(format!("eksodus plan {rest}")), "shows what becomes of each mapping"),
    })
}

/// The options that name what is planned from, but for aws-auth.
fn from(context: &Context<'_>) -> String {
    match &context.global.snapshot {
        Some(folder) => format!("--snapshot {}", shell_word(&folder.display().to_string())),
        None => context.global.cluster_options(),
    }
}

/// The options that must be given again for the same plan.
fn given(context: &Context<'_>) -> String {
    let aws_auth = context.global.aws_auth.iter().map(|path| ("aws-auth", path));
    let config = inputs::named_configs(context).iter().map(|path| ("config", path));
    let word = |path: &Path| shell_word(&path.display().to_string());
    aws_auth.chain(config).map(|(name, path)| format!(" --{name} {}", word(path))).collect()
}
