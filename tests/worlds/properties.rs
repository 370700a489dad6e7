//! A world played to each stage and back, and all that must hold on the way.

use std::path::Path;

use crate::apply::{Ended, Played, Stage};
use crate::compare::{Compared, Violation, locked_out, restored, untouched};
use crate::oracle::State;
use crate::outcomes::outcomes;
use crate::said::Said;
use crate::world::{Mode, World};

/// What became of a world.
#[derive(Debug, Default)]
pub struct Verdict {
    pub violations: Vec<Violation>,
    /// The furthest stage that was done.
    pub reached: Option<Stage>,
    /// Why it went no further.
    pub stopped: Option<String>,
}

/// From the beginning to the stage where the world stops, and back.
pub fn judge(world: &World, folder: &Path) -> Verdict {
    let mut verdict = Verdict::default();
    let mut played = match Played::begin(world, folder) {
        Ok(played) => played,
        Err(error) => {
            verdict.violations.push(Violation { kind: "unreadable".to_owned(), text: error });
            return verdict;
        }
    };
    let before = played.state().unwrap();
    verdict.violations.extend(outcomes(world, &before, &Said::by(&played.plan())));
    let mut last = Stage::Entries;
    for stage in Stage::ALL.into_iter().filter(|stage| *stage <= world.until) {
        let stopped = go_on(world, &mut played, stage, &mut verdict.violations).err();
        last = stage;
        // whatever stopped it, nobody is worse off
        verdict.violations.extend(at_rest(world, &played, &before, stage));
        if stopped.is_some() {
            verdict.stopped = stopped;
            break;
        }
        verdict.reached = Some(stage);
        let misjudged = played.misjudged(stage).into_iter();
        let kind = || format!("misjudged/{stage:?}");
        verdict.violations.extend(misjudged.map(|text| Violation { kind: kind(), text }));
        let left = played.left_to_do(stage);
        if !left.is_empty() {
            let text = format!("{left:?}");
            verdict.violations.push(Violation { kind: format!("not-empty/{stage:?}"), text });
        }
    }
    if verdict.reached == Some(Stage::Api) && world.mode != Mode::Api {
        verdict.violations.extend(locked_out(world, &before, &played.state().unwrap()));
    }
    if world.mode == Mode::Api && played.state().unwrap() != before {
        verdict.violations.push(Violation { kind: "api-mode-changed".to_owned(), text: String::new() });
    }
    verdict.violations.extend(back(world, &played, &before, last));
    verdict
}

/// One stage further, with new plans where EKS's own entries ask for one.
fn go_on(
    world: &World,
    played: &mut Played<'_>,
    stage: Stage,
    found: &mut Vec<Violation>,
) -> Result<(), String> {
    let mode = played.state().map(|it| it.mode);
    for attempt in 0..4 {
        let anew = world.again || attempt > 0;
        let ended = played.advance(stage, anew);
        let changed = played.state().map(|it| it.mode) != mode;
        let mut report = |kind: &str, text: String| {
            found.push(Violation { kind: format!("{kind}/{stage:?}"), text });
        };
        match ended {
            Ended::Done => return Ok(()),
            Ended::Blocked(why) => return Err(format!("blocked {why}")),
            Ended::Refused(why, applied) => {
                if applied > 0 && changed && attempt < 3 {
                    continue;
                }
                if changed && applied == 0 && attempt == 0 {
                    report("ending-refused-after-the-mode", why.clone());
                }
                if attempt > 0 {
                    report("stuck-after-the-mode", why.clone());
                }
                if applied > 0 {
                    report("ending-refused-half-way", why.clone());
                }
                return Err(format!("refused {}", why.split(['{', ' ']).next().unwrap_or_default()));
            }
            Ended::Failed(why) => {
                report("ending-failed", why.clone());
                return Err(format!("failed {why}"));
            }
        }
    }
    Err("no end".to_owned())
}

fn at_rest(world: &World, played: &Played<'_>, before: &State, stage: Stage) -> Vec<Violation> {
    let after = match played.state() {
        Ok(state) => state,
        Err(error) => return vec![Violation { kind: format!("aws-auth-bytes/{stage:?}"), text: error }],
    };
    let said: Vec<Said> = played.runs.iter().map(|run| Said::by(&run.plan)).collect();
    let mut found = Compared { world, said: &said, before, after: &after, stage }.violations();
    found.extend(untouched(world, before, &after, stage));
    found
}

fn back(world: &World, played: &Played<'_>, before: &State, stage: Stage) -> Vec<Violation> {
    let Ok(then) = played.state() else { return Vec::new() };
    let undone = played.roll_back();
    let Ok(after) = played.state() else { return Vec::new() };
    if then.mode == Mode::Api {
        // nothing else gives access now: at worst nothing is undone
        let said = Vec::new();
        let all = Compared { world, said: &said, before: &then, after: &after, stage }.violations();
        let taken = all.into_iter().filter(|it| it.kind.contains("take-access"));
        return taken.map(|it| Violation { kind: format!("rollback-in-api/{}", it.kind), ..it }).collect();
    }
    match undone {
        Ok(()) => restored(world, before, &after, stage),
        Err(why) => vec![Violation { kind: format!("rollback-stuck/{stage:?}"), text: why }],
    }
}
