//! How a run stands, in one line: the first of what `apply`, `rollback` and `status` print, and the last.

use eksodus::executor::{Ending, Failure};
use eksodus::model::ClusterId;
use eksodus::planner::Phase;
pub use eksodus::render::count;
use eksodus::render::{Mark, Verdict, cluster_name};
use eksodus::session::{Conclusion, End, MigrationResult, PhaseCount};

/// The cluster with its account and Region.
pub fn name(id: Option<&ClusterId>) -> String {
    id.map_or_else(|| "the cluster".to_owned(), cluster_name)
}

/// About a cluster.
pub fn of(id: Option<&ClusterId>, mark: Mark, said: &str) -> Verdict {
    Verdict::new(mark, format!("{}: {said}", name(id)))
}

/// Of a run that is over, or was not begun.
pub fn of_run(result: &MigrationResult) -> Verdict {
    let (mark, said) = match (result.conclusion, &result.end) {
        (Conclusion::Done, _) => done(result),
        (Conclusion::Declined, _) => (Mark::Care, "declined: nothing was changed".to_owned()),
        (Conclusion::Blocked, End::Ended(Ending::Blocked(findings))) => {
            let n = findings.len();
            let verb = if n == 1 { "needs" } else { "need" };
            let said = format!("{} {verb} a decision: nothing was changed", count(n, "finding", "findings"));
            (Mark::Care, said)
        }
        (Conclusion::Blocked, _) => (Mark::Care, "needs a decision: nothing was changed".to_owned()),
        (Conclusion::Refused, _) => (Mark::Bad, format!("refused: {}", by_this_run(result))),
        (Conclusion::Failed, _) => (Mark::Bad, format!("failed: {}", by_this_run(result))),
        (Conclusion::PartlyApplied, End::Ended(Ending::Failed(Failure::Unsafe { after, refusals }))) => {
            let things = count(refusals.len(), "thing", "things");
            (Mark::Bad, format!("unsafe after {after}: {things} to fix now; {}", counts(result)))
        }
        (Conclusion::PartlyApplied, _) => {
            (Mark::Bad, format!("stopped{}: {}", place(result), counts(result)))
        }
        (Conclusion::Interrupted, _) => {
            let goes_on = result.update.as_ref().map(|update| format!("; {}", goes_on(update)));
            let said = format!("interrupted{}: {}", place(result), counts(result));
            (Mark::Care, said + &goes_on.unwrap_or_default())
        }
    };
    of(result.cluster.as_ref(), mark, &said)
}

/// What nobody can stop.
pub fn goes_on(update: &str) -> String {
    format!(
        "EKS is still changing the authentication mode (update {update}): it finishes by itself and is irreversible"
    )
}

fn done(result: &MigrationResult) -> (Mark, String) {
    let MigrationResult { through, applied, is_rollback, .. } = result;
    match (is_rollback, applied) {
        (true, 0) => (Mark::Idle, format!("nothing was left to roll back; {}", steps(result.steps))),
        (true, _) => (Mark::Good, format!("rolled back: {}", counts(result))),
        (false, 0) if result.steps[1] == 0 => (Mark::Idle, "nothing to do: the plan has no steps".to_owned()),
        (false, 0) => {
            let said = format!("nothing to change through {through}; {}", steps(result.steps));
            (Mark::Idle, said + &left(&result.phases))
        }
        (false, _) => {
            let said = format!("completed through {through}: {}", counts(result));
            (Mark::Good, said + &left(&result.phases))
        }
    }
}

fn by_this_run(result: &MigrationResult) -> String {
    match result.applied_in_all {
        0 => "nothing was changed".to_owned(),
        n => {
            let earlier = count(n, "change", "changes");
            format!("nothing was changed; {earlier} by earlier runs, {}", steps(result.steps))
        }
    }
}

fn counts(result: &MigrationResult) -> String {
    let MigrationResult { applied, applied_in_all, in_doubt, update, .. } = result;
    let mut said = match (applied, update) {
        (0, None) => "no changes made".to_owned(),
        (0, Some(_)) => "1 change under way".to_owned(),
        (n, None) => format!("{} made", count(*n, "change", "changes")),
        (n, Some(_)) => format!("{} made, 1 under way", count(*n, "change", "changes")),
    };
    if applied_in_all > applied {
        let earlier = if update.is_some() { "made in total" } else { "in total" };
        said.push_str(&format!(", {applied_in_all} {earlier}"));
    }
    said.push_str(&format!("; {}", steps(result.steps)));
    // of the one that is under way it is said
    if *in_doubt && update.is_none() {
        said.push_str("; the outcome of a call is unknown");
    }
    said
}

/// `11 of 13 steps done`.
pub fn steps([done, all]: [usize; 2]) -> String {
    format!("{done} of {} done", count(all, "step", "steps"))
}

/// `; left: prune, api-mode`.
pub fn left(phases: &[PhaseCount]) -> String {
    let left: Vec<&str> = phases.iter().filter(|it| it.done < it.steps).map(|it| it.phase.as_str()).collect();
    if left.is_empty() { String::new() } else { format!("; left: {}", left.join(", ")) }
}

/// The phase that it came to, of those that it was to do.
fn place(result: &MigrationResult) -> String {
    let open = |it: &&PhaseCount| it.done < it.steps && it.phase <= result.through;
    let at = result.phases.iter().find(open).map(|it| it.phase);
    match at {
        Some(phase) => format!(" in {phase}"),
        None if result.phases.iter().any(|it| it.phase <= result.through) => format!(" in {}", Phase::Verify),
        None => String::new(),
    }
}
