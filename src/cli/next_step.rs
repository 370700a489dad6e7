//! Where a migration stands: what the journals say beside what the cluster says, and what to type now.

use eksodus::executor::{Ending, Options, Origin, Refusal, execute};
use eksodus::journal::{Header, Journal, MemoryStore, Stamps};
use eksodus::model::ClusterId;
use eksodus::observe::{Backoff, Patience};
use eksodus::planner::{Phase, Plan};
use eksodus::simulator::{Behaviour, Simulator};
use eksodus::snapshot::Snapshot;
use pollster::block_on;
use serde::Serialize;

use super::args::shell_word;
use super::cluster::Cluster;
use super::history::{Found, History, KnownRun};
use super::output::{advice, in_one_line, outcome};

/// One phase, by both.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    phase: Phase,
    /// Steps of the newest plan that its journal says are done, and how many it has; `null`: no plan that is in effect has any.
    journal: Option<[usize; 2]>,
    /// A call of it may have taken effect, and nobody looked.
    in_doubt: bool,
    /// Steps that a plan made now has.
    left: usize,
}

/// What to do now.
#[derive(Debug, Serialize)]
pub struct NextStep {
    /// `null`: nothing is left to do, or what is left is not a command.
    pub command: Option<String>,
    /// What follows it, once its plan was read.
    pub then: Option<String>,
    pub note: String,
}

/// All that the next step follows from.
pub struct Ground<'g, C> {
    pub cluster: &'g C,
    pub id: &'g ClusterId,
    pub now: &'g Snapshot,
    /// A plan made now.
    pub fresh: &'g Plan,
    pub history: &'g History,
}

impl KnownRun {
    /// Steps that are done, and all.
    fn count(&self, phase: Phase) -> Option<[usize; 2]> {
        let steps: Vec<_> = self.plan.steps.iter().filter(|step| step.phase == phase).collect();
        let done = steps.iter().filter(|step| self.reading.progress.is_done(&step.id)).count();
        (!steps.is_empty()).then_some([done, steps.len()])
    }

    fn is_in_doubt_in(&self, phase: Phase) -> bool {
        let progress = &self.reading.progress;
        let is_open =
            |id: &str| progress.step(id).is_some_and(|it| it.calls.iter().any(|it| it.state.is_open()));
        self.plan.steps.iter().any(|step| step.phase == phase && is_open(&step.id))
    }

    /// The first phase with a step that is not done.
    fn is_at(&self) -> Option<Phase> {
        let open = |phase: &Phase| self.count(*phase).is_some_and(|[done, of]| done < of);
        Phase::ALL.into_iter().find(open)
    }

    /// It ended within a phase.
    fn is_stopped(&self) -> bool {
        let progress = &self.reading.progress;
        let within = |phase| self.count(phase).is_some_and(|[done, of]| 0 < done && done < of);
        self.in_doubt() > 0
            || progress.steps().any(|(id, _)| !progress.is_done(id))
            || Phase::ALL.into_iter().any(within)
    }
}

/// The newest run, unless it is a rollback.
fn in_effect(history: &History) -> Option<&KnownRun> {
    history.known().next_back().filter(|newest| newest.plan.undoes.is_none())
}

/// The phases that change something, where there is anything to say of them.
pub fn standings(history: &History, fresh: &Plan) -> Vec<Standing> {
    let newest = in_effect(history);
    let of = |phase| Standing {
        phase,
        journal: newest.and_then(|run| run.count(phase)),
        in_doubt: newest.is_some_and(|run| run.is_in_doubt_in(phase)),
        left: fresh.steps.iter().filter(|step| step.phase == phase).count(),
    };
    Phase::ALL.into_iter().map(of).filter(|it| it.journal.is_some() || it.left > 0).collect()
}

/// What would come of a command, as far as that can be told before it changes anything.
enum Tried {
    /// It passes the gate and the guards of its first phase.
    Passes,
    /// It ends in this, and a new plan leads on.
    NeedsPlan(String),
    /// It ends in this, and so does what any other plan does there.
    Refused { why: String, advice: Option<&'static str> },
}

impl<C: Cluster> Ground<'_, C> {
    /// Every command that it names was tried on a copy of the cluster as it was just seen.
    pub fn next(&self) -> NextStep {
        if let Some(Found::Unknown { place, .. }) = self.history.runs.last() {
            return self.anew(&format!("what the run {place} did is not known: go by what is there now"));
        }
        let options = self.cluster.options();
        let newest = self.history.known().next_back();
        if let Some(rollback) = newest.filter(|run| run.plan.undoes.is_some() && !run.is_done()) {
            match self.try_rollback() {
                Ok(true) => {
                    let note = match rollback.in_doubt() {
                        0 => "the rollback stopped; this resumes it",
                        _ => {
                            "the rollback stopped in the middle of a call: this looks what became of it, and resumes it"
                        }
                    };
                    return step(format!("eksodus rollback {options} --yes"), note);
                }
                // all that it was for is done
                Ok(false) => {}
                Err(why) => return self.anew(&format!("the rollback stopped, and cannot be resumed: {why}")),
            }
        }
        let in_effect = in_effect(self.history);
        let left = &self.fresh.steps;
        if let Some(stopped) = in_effect.filter(|run| run.is_stopped())
            && (stopped.in_doubt() > 0 || !left.is_empty())
        {
            return self.resume(stopped, "the run stopped, and this resumes it");
        }
        if left.is_empty() && self.fresh.blockers(Phase::ApiMode).next().is_none() {
            return nothing("nothing is left to do");
        }
        let at = in_effect.and_then(KnownRun::is_at).unwrap_or(Phase::Verify);
        if self.fresh.blockers(at.max(Phase::Verify)).next().is_some() {
            return self.to_decide();
        }
        let Some(run) = in_effect else {
            return self.anew("saves what would be done, for review; changes nothing");
        };
        let changed =
            |step: &eksodus::planner::Step| run.count(step.phase).is_none_or(|[done, of]| done == of);
        match run.is_at() {
            Some(at) if !left.is_empty() && !left.iter().any(changed) => self.resume(run, note(at)),
            _ => self.anew("the cluster is not what the last run left: make a new plan from what is there"),
        }
    }

    /// On to the end of the phase that it is in, if that is not refused.
    fn resume(&self, run: &KnownRun, what: &str) -> NextStep {
        let through = run.is_at().unwrap_or(Phase::Verify).max(Phase::Verify);
        let one_way = |step: &eksodus::planner::Step| step.phase.is_irreversible() && step.phase <= through;
        let is_left = |step: &&eksodus::planner::Step| !run.reading.progress.is_done(&step.id);
        let is_one_way = run.plan.steps.iter().filter(is_left).any(one_way);
        match self.try_resume(run, through, is_one_way) {
            Tried::Passes => {
                let allow = if is_one_way { " --allow-irreversible" } else { "" };
                let (plan, options) = (shell_word(&run.run.plan_place()), self.cluster.options());
                let undo = match run.is_stopped() && self.try_rollback() == Ok(true) {
                    true => format!("; or undo it: eksodus rollback {options}"),
                    false => String::new(),
                };
                step(
                    format!("eksodus apply {plan} {options} --resume --through {through}{allow}"),
                    &format!("{what}{undo}"),
                )
            }
            Tried::NeedsPlan(_) if self.is_all_done() => nothing("nothing is left to do"),
            Tried::NeedsPlan(why) => {
                self.anew(&format!("the run cannot be resumed: {why}; make a new plan from what is there"))
            }
            Tried::Refused { why, advice } => {
                let advice = advice.map(|it| format!("; {it}")).unwrap_or_default();
                nothing(&format!("{through} would be refused: {why}{advice}"))
            }
        }
    }

    fn is_all_done(&self) -> bool {
        self.fresh.steps.is_empty() && self.fresh.blockers(Phase::ApiMode).next().is_none()
    }

    fn to_decide(&self) -> NextStep {
        let planned = self.anew("something needs a decision first: the plan says what, under BLOCKED");
        NextStep { then: None, ..planned }
    }

    /// A new plan, and how it is applied.
    fn anew(&self, note: &str) -> NextStep {
        let options = self.cluster.options();
        let plan = match self.cluster.folder() {
            Some(folder) => format!("--snapshot {}", shell_word(&folder.display().to_string())),
            None => options.clone(),
        };
        let first = self.fresh.steps.iter().map(|step| step.phase).min();
        let is_blocked =
            first.is_none_or(|first| self.fresh.blockers(first.max(Phase::Verify)).next().is_some());
        let then =
            (!is_blocked).then(|| format!("eksodus apply plan.json {options}{}", reaching(self.fresh)));
        NextStep { then, ..step(format!("eksodus plan {plan} --out plan.json"), note) }
    }

    /// The very engine on a copy of the cluster, interrupted before its first step.
    fn try_resume(&self, run: &KnownRun, through: Phase, irreversible: bool) -> Tried {
        let store = Box::new(MemoryStore::of(run.bytes.clone()));
        match Journal::open(store, Stamps::default()) {
            Ok(journal) => self.try_run(&run.plan, journal, Origin::Planner, through, irreversible),
            Err(error) => Tried::NeedsPlan(in_one_line(&error)),
        }
    }

    /// Whether there is something to undo; else why it cannot be undone.
    fn try_rollback(&self) -> Result<bool, String> {
        let undo = self.history.to_undo(self.id, &self.cluster.runs(), self.now);
        let Some(undo) = undo.map_err(|error| error.in_one_line())? else { return Ok(false) };
        let plan = &undo.rollback.plan;
        if plan.steps.is_empty() {
            return Err(undo.rollback.refused.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "));
        }
        let header = Header::new(&plan.digest, self.id.clone(), "tried");
        let journal = Journal::create(Box::new(MemoryStore::default()), header, Stamps::default());
        let journal = journal.map_err(|error| error.to_string())?;
        let origin = Origin::Rollback { plan: &undo.run.plan, progress: &undo.run.reading.progress };
        match self.try_run(plan, journal, origin, Phase::Verify, false) {
            Tried::Passes => Ok(true),
            Tried::NeedsPlan(why) | Tried::Refused { why, .. } => Err(why),
        }
    }

    fn try_run(
        &self,
        plan: &Plan,
        mut journal: Journal,
        origin: Origin<'_>,
        through: Phase,
        irreversible: bool,
    ) -> Tried {
        let world = match Simulator::from_snapshot(self.now, Behaviour::default()) {
            Ok(world) => world,
            Err(error) => return Tried::NeedsPlan(error.to_string()),
        };
        // nothing of it changes while it is looked at
        let once = |backoff| Backoff { retries: 0, ..backoff };
        let Patience { calls, read_back, update } = Patience::default();
        let options = Options {
            allow_irreversible: irreversible,
            patience: Patience { calls: once(calls), read_back: once(read_back), update: once(update) },
            interrupted: &|| true,
            origin,
            own_switch: self.now.own_switch.as_ref(),
            ..Options::through(through)
        };
        let finished = block_on(execute(&world, plan, &mut journal, options, &mut ()));
        let why = outcome::why(&finished.ending).join("; ");
        match &finished.ending {
            Ending::Done | Ending::Interrupted => Tried::Passes,
            Ending::Refused(refusals) if !refusals.iter().all(is_of_old_plan) => {
                Tried::Refused { why, advice: advice::of_refusals(refusals, false) }
            }
            Ending::Refused(_) | Ending::Blocked(_) | Ending::Failed(_) => Tried::NeedsPlan(why),
        }
    }
}

/// Whether it is about this plan, so that another one made from what is there now would not meet it.
fn is_of_old_plan(refusal: &Refusal) -> bool {
    match refusal {
        Refusal::Stale { .. }
        | Refusal::Edited { .. }
        | Refusal::OtherPlan { .. }
        | Refusal::OriginUnknown
        | Refusal::SwitchUnknown
        | Refusal::Changed { .. }
        | Refusal::ChangedSince { .. }
        | Refusal::NeedsNewPlan { .. }
        | Refusal::UnknownLine { .. }
        | Refusal::NotCovered { .. }
        | Refusal::NotPrunable { .. }
        | Refusal::NotMigrated { .. }
        | Refusal::NoCluster
        | Refusal::OtherCluster { .. } => true,
        Refusal::Unchecked { .. }
        | Refusal::Irreversible { .. }
        | Refusal::CallerLosesAccess { .. }
        | Refusal::CallerUnknown
        | Refusal::CallerHasNoEntry { .. }
        | Refusal::CallerEntryGivesNothing { .. }
        | Refusal::MeansOtherwise { .. }
        | Refusal::NodeRole { .. }
        | Refusal::NodesUnknown
        | Refusal::NoOtherAdministrator
        | Refusal::AdministratorUnknown { .. }
        | Refusal::LostAccess { .. }
        | Refusal::DeletesInApiMode { .. }
        | Refusal::LineGone { .. }
        | Refusal::PrincipalGone { .. }
        | Refusal::PrincipalRecreated { .. }
        | Refusal::BindingNeeded { .. } => false,
    }
}

/// The options with which a new plan comes to something: through the phase of its first step at least.
pub fn reaching(plan: &Plan) -> String {
    let first = plan.steps.iter().map(|step| step.phase).min().unwrap_or(Phase::Verify);
    let through = first.max(Phase::Verify);
    let one_way = plan.steps.iter().any(|step| step.phase.is_irreversible() && step.phase <= through);
    let through = if through > Phase::Verify { format!(" --through {through}") } else { String::new() };
    format!("{through}{}", if one_way { " --allow-irreversible" } else { "" })
}

fn step(command: String, note: &str) -> NextStep {
    NextStep { command: Some(command), then: None, note: note.to_owned() }
}

fn nothing(note: &str) -> NextStep {
    NextStep { command: None, then: None, note: note.to_owned() }
}

/// What a phase does, for whoever decides to go on.
pub fn note(phase: Phase) -> &'static str {
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

impl Standing {
    /// Of a line each, below a heading.
    pub fn table(standings: &[Self]) -> Vec<String> {
        let row =
            |phase: &str, journal: &str, cluster: &str| format!("  {phase:<10} {journal:<14} {cluster}");
        let mut lines = vec![row("", "by the journal", "by the cluster")];
        for Self { phase, journal, in_doubt, left } in standings {
            let journal = match journal {
                None => "–".to_owned(),
                Some([done, of]) if done == of => "done".to_owned(),
                Some([0, _]) if *in_doubt => "in progress".to_owned(),
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
