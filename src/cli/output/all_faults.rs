//! What came of all interruptions of a migration.

use eksodus::planner::Plan;
use eksodus::render::{Mark, Page, Verdict, number, verdict};
use eksodus::session::{Interruption, LockOut, Right, Score, Shortfall, Story, Wait};
use serde::Serialize;

use super::rehearsal::page_of;
use crate::cli::next_step::NextStep;

/// Of what did not come out as it should, so many are told; JSON has all.
const SHOWN: usize = 20;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report<'r> {
    plan: &'r str,
    verdict: String,
    summary: Summary,
    /// After what somebody else did: a person has to tell what is right.
    waits: Vec<ShortfallJson>,
    shortfalls: Vec<ShortfallJson>,
    lock_outs: Vec<LockOutJson>,
    next: &'r NextStep,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    /// Of a run that nothing disturbs.
    calls: usize,
    /// What there is to try, and how much of it was tried; a fault may turn out to strike nothing.
    listed: usize,
    sampled: usize,
    interruptions: usize,
    ended_well: usize,
    planned: usize,
    planned_anew: usize,
    rolled_back: usize,
    refused: usize,
    waits: usize,
    shortfalls: usize,
    lock_outs: usize,
    waited: usize,
    waited_alone: usize,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ShortfallJson {
    fault: String,
    story: &'static str,
    /// Of waits `needs-decision`, `stopped` or `left`; else `stopped`, `not-as-planned` or `not-rolled-back`.
    kind: &'static str,
    details: Vec<String>,
    command: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LockOutJson {
    fault: String,
    story: &'static str,
    who: String,
    /// `administrator`, `anything` or `node`.
    right: &'static str,
    /// The call after which it was so.
    after: &'static str,
    call: usize,
    command: String,
}

impl<'r> Report<'r> {
    /// `command` types an interruption again.
    pub fn of(
        plan: &'r Plan,
        score: &Score,
        next: &'r NextStep,
        command: &dyn Fn(&Interruption) -> String,
    ) -> Self {
        Self {
            plan: &plan.digest,
            verdict: verdict(plan).said,
            summary: Summary {
                calls: score.calls,
                listed: score.listed,
                sampled: score.sampled,
                interruptions: score.interruptions,
                ended_well: score.ended_well(),
                planned: score.planned,
                planned_anew: score.planned_anew,
                rolled_back: score.rolled_back,
                refused: score.refused,
                waits: score.waits.len(),
                shortfalls: score.short.len(),
                lock_outs: score.lock_outs.len(),
                waited: score.waited,
                waited_alone: score.waited_alone,
            },
            waits: score.waits.iter().map(|(of, why)| shortfall(of, waiting(why), command)).collect(),
            shortfalls: score.short.iter().map(|(of, why)| shortfall(of, short(why), command)).collect(),
            lock_outs: score
                .lock_outs
                .iter()
                .map(|(interruption, lock_out)| LockOutJson {
                    fault: faults(interruption),
                    story: story(interruption.story),
                    who: lock_out.who.clone(),
                    right: right(lock_out.right),
                    after: lock_out.after.as_str(),
                    call: lock_out.call,
                    command: command(interruption),
                })
                .collect(),
            next,
        }
    }
}

/// All that comes after the plan's verdict.
pub fn text(plan: &Plan, score: &Score, next: &NextStep, command: &dyn Fn(&Interruption) -> String) -> Page {
    let mut lines = Vec::new();
    let mut count = |n: usize, what: &str| {
        if n > 0 {
            lines.push(format!("    {:>5} {what}", number(n)));
        }
    };
    count(score.planned, "ended in the planned state: nothing differs, and a new plan has nothing to do");
    count(score.planned_anew, "ended there by a new plan, after somebody else had changed something");
    count(
        score.rolled_back,
        "rolled back to the beginning, but for the mode where it had changed (irreversible)",
    );
    count(score.refused, "refused before anything was changed");
    count(score.waits.len(), "wait for a person, after somebody else had changed something");
    lines.extend(waits(score, command));
    let mut count = |n: usize, what: &str| {
        if n > 0 {
            lines.push(format!("    {:>5} {what}", number(n)));
        }
    };
    count(
        score.waited,
        "of these stopped between CreateAccessEntry and AssociateAccessPolicy, which EKS has no one call for: an administrator waited for the end",
    );
    count(score.waited_alone, "of these had no other administrator meanwhile");
    let (shorts, lock_outs) = (score.short.len(), score.lock_outs.len());
    if score.sampled < score.listed {
        lines.push(format!("sampled {} of {}", number(score.sampled), number(score.listed)));
    }
    let failed = score.lock_outs.iter().map(|(of, lock_out)| (of, locked_out(lock_out)));
    let failed = failed.chain(score.short.iter().map(|(of, why)| (of, said(short(why)))));
    for (interruption, why) in failed.take(SHOWN) {
        let then = story(interruption.story);
        lines.push(format!("{}, then {then}: {why}", faults(interruption)));
        lines.push(format!("  {}", command(interruption)));
    }
    if shorts + lock_outs > SHOWN {
        lines.push(format!("… and {} more: -o json has them all", number(shorts + lock_outs - SHOWN)));
    }
    let name = plan.cluster.as_ref().map_or("", |cluster| cluster.name.as_str());
    let mark = if score.is_good() { Mark::Good } else { Mark::Bad };
    let said = format!(
        "{name}: {} interruptions: {} ended in the planned state or rolled back{}; {} {}",
        number(score.interruptions),
        number(score.ended_well()),
        match score.waits.len() {
            0 => String::new(),
            1 => ", 1 waits for a person".to_owned(),
            waits => format!(", {} wait for a person", number(waits)),
        },
        number(lock_outs),
        if lock_outs == 1 { "lock-out" } else { "lock-outs" },
    );
    page_of(&lines, next, &Verdict::new(mark, said))
}

/// `halt-after:eks:CreateAccessEntry:2 and delay:20s`.
fn faults(interruption: &Interruption) -> String {
    interruption.faults().map(|fault| fault.to_string()).collect::<Vec<_>>().join(" and ")
}

fn locked_out(lock_out: &LockOut) -> String {
    let LockOut { who, right, after, call } = lock_out;
    let lost = match right {
        Right::Administrator => "is no administrator",
        Right::Anything => "has no access",
        Right::Node(_) => "cannot run nodes",
    };
    format!("LOCK-OUT: {who} {lost} after {after}, call {call}")
}

fn shortfall(
    interruption: &Interruption,
    (kind, details): (&'static str, Vec<String>),
    command: &dyn Fn(&Interruption) -> String,
) -> ShortfallJson {
    ShortfallJson {
        fault: faults(interruption),
        story: story(interruption.story),
        kind,
        details,
        command: command(interruption),
    }
}

fn short(why: &Shortfall) -> (&'static str, Vec<String>) {
    match why {
        Shortfall::Stopped { why } => ("stopped", why.clone()),
        Shortfall::NotAsPlanned { what } => ("not-as-planned", what.clone()),
        Shortfall::NotRolledBack { what } => ("not-rolled-back", what.clone()),
    }
}

fn waiting(why: &Wait) -> (&'static str, Vec<String>) {
    match why {
        Wait::Decision { rules } => {
            ("needs-decision", rules.iter().map(|rule| rule.as_str().to_owned()).collect())
        }
        Wait::Stopped { why } => ("stopped", why.clone()),
        Wait::Left { what } => ("left", what.iter().map(ToString::to_string).collect()),
    }
}

fn said((kind, details): (&'static str, Vec<String>)) -> String {
    const PARTS: usize = 3;
    let more = details.len().saturating_sub(PARTS);
    let shown: Vec<&str> = details.iter().take(PARTS).map(String::as_str).collect();
    let more = if more == 0 { String::new() } else { format!("; and {more} more") };
    let what = match kind {
        "stopped" => "stops again",
        "needs-decision" => "a new plan needs a decision",
        "not-as-planned" => "does not end as planned",
        "left" => "the rollback leaves what somebody else changed",
        _ => "is not rolled back",
    };
    format!("{what}: {}{more}", shown.join("; "))
}

/// What somebody else did, how it is met, and what that waits for, with how often and one command for it.
fn waits(score: &Score, command: &dyn Fn(&Interruption) -> String) -> Vec<String> {
    let mut groups: Vec<(String, usize, &Interruption)> = Vec::new();
    for (interruption, why) in &score.waits {
        let fault = interruption.fault.to_string();
        let kind = fault.split(':').next().unwrap_or_default();
        let why = match why {
            Wait::Decision { .. } => said(waiting(why)),
            Wait::Stopped { .. } => "no plan goes on from there".to_owned(),
            Wait::Left { .. } => "the rollback leaves what somebody else changed".to_owned(),
        };
        let group = format!("{kind}, then {}: {why}", story(interruption.story));
        match groups.iter_mut().find(|(known, ..)| *known == group) {
            Some((_, n, _)) => *n += 1,
            None => groups.push((group, 1, interruption)),
        }
    }
    groups
        .into_iter()
        .flat_map(|(group, n, first)| {
            [format!("      {:>5} {group}", number(n)), format!("            {}", command(first))]
        })
        .collect()
}

fn story(story: Story) -> &'static str {
    match story {
        Story::Resume => "resume",
        Story::RollBack => "rollback",
    }
}

fn right(right: Right) -> &'static str {
    match right {
        Right::Administrator => "administrator",
        Right::Anything => "anything",
        Right::Node(_) => "node",
    }
}
