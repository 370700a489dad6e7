use super::prunes;
use crate::planner::{Action, Line, Outcome, Plan, PruneOutlook};
use crate::render::config_map;
use crate::render::fields::FieldChange;
use crate::render::page::{Page, paint};
use crate::render::style::{FAINT, HEADING};
use crate::render::words::count;

/// A longer difference is shown when everything is asked for.
const FOLDED_FROM: usize = 30;

/// What is taken out of `aws-auth`, or put back: how much, and, unless it is long, what.
pub(super) fn changes(page: &mut Page, plan: &Plan, verbose: bool) {
    for action in prunes(plan) {
        let Action::AwsAuth { before, after, parts: _ } = action else { continue };
        let lines = config_map::diff(before.as_ref(), after.as_ref());
        page.heading(HEADING, "aws-auth", 0);
        let counts = plan.prune.as_ref().map(|outlook| mappings(outlook, plan));
        let said = said(&lines, after.is_none());
        page.line(1, counts.into_iter().chain([said]).collect::<Vec<_>>().join("; "));
        if !verbose && lines.len() > FOLDED_FROM {
            page.line(1, paint(FAINT, "-v shows the lines"));
            continue;
        }
        lines.iter().for_each(|line| page.signed(1, line.sign, &line.text));
    }
}

/// `9 of 12 mappings removed, 1 of them overridden by another; 3 stay (lines 4, 28, 39)`.
fn mappings(outlook: &PruneOutlook, plan: &Plan) -> String {
    let PruneOutlook { deletes_config_map: _, removed, kept } = outlook;
    let all = count(removed.len() + kept.len(), "mapping", "mappings");
    // no entry covers it, so that it is not among those of the verdict
    let is_overridden = |it: &&Line| {
        matches!(it.outcome, Outcome::Superseded { .. }) && removed.iter().any(|gone| gone.at == it.at)
    };
    let removed = match plan.lines.iter().filter(is_overridden).count() {
        0 => format!("{} of {all} removed", removed.len()),
        n => format!("{} of {all} removed, {n} of them overridden by another", removed.len()),
    };
    let mut lines: Vec<usize> = kept.iter().map(|kept| kept.at.place.line).collect();
    lines.sort_unstable();
    let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
    match lines.as_slice() {
        [] => removed,
        [one] => format!("{removed}, 1 stays (line {one})"),
        many => format!("{removed}, {} stay (lines {})", many.len(), many.join(", ")),
    }
}

/// Of the text.
fn said(lines: &[FieldChange], is_deleted: bool) -> String {
    let of = |sign: char| lines.iter().filter(|line| line.sign == sign).count();
    let lines = |n: usize, what: &str| (n > 0).then(|| format!("{} {what}", count(n, "line", "lines")));
    let parts: Vec<String> =
        [lines(of('-'), "removed"), lines(of('+'), "added")].into_iter().flatten().collect();
    let of_all = parts.join(", ");
    if is_deleted { format!("the ConfigMap is deleted: {of_all}") } else { of_all }
}
