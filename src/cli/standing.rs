//! Where a migration stands: what the journals say beside what the cluster says, and what to type now.

use eksodus::executor::journal::{KeptRun, Reading};
use eksodus::planner::{Phase, Plan};
use serde::Serialize;

use super::args::shell_word;
use super::cluster::Cluster;

/// A run whose journal and plan could be read.
pub struct Told {
    pub run: KeptRun,
    pub plan: Plan,
    pub reading: Reading,
}

/// One phase, by both.
#[derive(Debug, Serialize)]
pub struct Standing {
    phase: Phase,
    /// Steps of the newest plan that its journal says are done, and how many it has; `null`: no plan that is in effect has any.
    journal: Option<[usize; 2]>,
    /// Steps that a plan made now has.
    left: usize,
}

/// What to do now.
#[derive(Debug, Serialize)]
pub struct NextStep {
    /// `null`: nothing is left to do.
    pub command: Option<String>,
    pub note: String,
}

impl Told {
    pub fn is_done(&self) -> bool {
        self.plan.steps.iter().all(|step| self.reading.progress.is_done(&step.id))
    }

    pub fn is_in_doubt(&self) -> bool {
        self.reading.progress.has_open() || self.reading.torn > 0
    }

    /// Steps that are done, and all.
    fn of(&self, phase: Phase) -> Option<[usize; 2]> {
        let steps: Vec<_> = self.plan.steps.iter().filter(|step| step.phase == phase).collect();
        let done = steps.iter().filter(|step| self.reading.progress.is_done(&step.id)).count();
        (!steps.is_empty()).then_some([done, steps.len()])
    }

    /// The first phase with a step that is not done.
    fn is_at(&self) -> Option<Phase> {
        let open = |phase: &Phase| self.of(*phase).is_some_and(|[done, of]| done < of);
        Phase::ALL.into_iter().find(open)
    }

    /// It ended within a phase.
    fn is_stopped(&self) -> bool {
        let progress = &self.reading.progress;
        let within = |phase| self.of(phase).is_some_and(|[done, of]| 0 < done && done < of);
        self.is_in_doubt()
            || progress.steps().any(|(id, _)| !progress.is_done(id))
            || Phase::ALL.into_iter().any(within)
    }
}

/// The newest run, unless it was rolled back, or is a rollback.
fn in_effect(told: &[Told]) -> Option<&Told> {
    told.last().filter(|newest| newest.plan.undoes.is_none())
}

/// The phases that change something, where there is anything to say of them.
pub fn standings(told: &[Told], fresh: &Plan) -> Vec<Standing> {
    let newest = in_effect(told);
    let of = |phase| {
        let left = fresh.steps.iter().filter(|step| step.phase == phase).count();
        Standing { phase, journal: newest.and_then(|run| run.of(phase)), left }
    };
    Phase::ALL.into_iter().map(of).filter(|it| it.journal.is_some() || it.left > 0).collect()
}

/// `fresh` is the plan made now.
pub fn next(told: &[Told], fresh: &Plan, cluster: &impl Cluster) -> NextStep {
    let options = cluster.options();
    let step = |command: String, note: &str| NextStep { command: Some(command), note: note.to_owned() };
    let anew = |note: &str| {
        let plan = match cluster.folder() {
            Some(folder) => format!("--snapshot {}", shell_word(&folder.display().to_string())),
            None => options.clone(),
        };
        step(format!("eksodus plan {plan} --out plan.json"), note)
    };
    let newest = told.last();
    if let Some(rollback) = newest.filter(|run| run.plan.undoes.is_some() && !run.is_done()) {
        let note = match rollback.is_in_doubt() {
            true => "the rollback stopped in the middle of a call: this looks what became of it, and goes on",
            false => "the rollback stopped; this goes on with it",
        };
        return step(format!("eksodus rollback {options} --yes"), note);
    }
    let newest = in_effect(told);
    if let Some(stopped) = newest.filter(|run| run.is_stopped())
        && (stopped.is_in_doubt() || !fresh.steps.is_empty())
    {
        return step(
            resume(stopped, &options),
            &format!("the run stopped, and this goes on with it; or undo it: eksodus rollback {options}"),
        );
    }
    if fresh.steps.is_empty() && fresh.blockers(Phase::ApiMode).next().is_none() {
        return NextStep { command: None, note: "nothing is left to do".to_owned() };
    }
    if fresh.blockers(Phase::Verify).next().is_some() {
        return anew("something needs a decision first: the plan says what, under BLOCKED");
    }
    let Some(run) = newest else {
        return anew("saves what would be done, for review; changes nothing");
    };
    let changed = |step: &eksodus::planner::Step| run.of(step.phase).is_none_or(|[done, of]| done == of);
    match run.is_at() {
        Some(at) if !fresh.steps.iter().any(changed) => step(resume(run, &options), note(at)),
        _ => anew("the cluster is not what the last run left: make a new plan from what is there"),
    }
}

fn note(phase: Phase) -> &'static str {
    match phase {
        Phase::Preflight | Phase::DualMode | Phase::Entries | Phase::Verify => {
            "goes on to the entries, which can be undone with eksodus rollback"
        }
        Phase::Prune => {
            "takes the lines that have entries out of aws-auth; can be undone with eksodus rollback"
        }
        Phase::ApiMode => "ends aws-auth for good: AWS has no way back from API mode. It can wait",
    }
}

/// On to the end of the phase that it is in.
fn resume(run: &Told, options: &str) -> String {
    let at = run.is_at().unwrap_or(Phase::Verify);
    let through = at.max(Phase::Verify);
    let one_way = |step: &eksodus::planner::Step| step.phase.is_irreversible() && step.phase <= through;
    let left = |step: &&eksodus::planner::Step| !run.reading.progress.is_done(&step.id);
    let allow = if run.plan.steps.iter().filter(left).any(one_way) { " --allow-irreversible" } else { "" };
    let plan = shell_word(&run.run.plan_place());
    format!("eksodus apply {plan} {options} --resume --through {through}{allow}")
}

impl Standing {
    /// Of a line each, below a heading.
    pub fn table(standings: &[Self]) -> Vec<String> {
        let row =
            |phase: &str, journal: &str, cluster: &str| format!("  {phase:<10} {journal:<14} {cluster}");
        let mut lines = vec![row("", "by the journal", "by the cluster")];
        for Self { phase, journal, left } in standings {
            let journal = match journal {
                None => "–".to_owned(),
                Some([done, of]) if done == of => "done".to_owned(),
                Some([0, _]) => "not begun".to_owned(),
                Some([done, of]) => format!("{done} of {of} steps"),
            };
            let cluster = match left {
                0 => "nothing left".to_owned(),
                1 => "1 step left".to_owned(),
                left => format!("{left} steps left"),
            };
            lines.push(row(phase.as_str(), &journal, &cluster));
        }
        lines
    }
}
