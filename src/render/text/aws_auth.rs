use super::prunes;
use crate::planner::{Action, Plan};
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
        page.line(1, said(&lines, after.is_none()));
        if !verbose && lines.len() > FOLDED_FROM {
            page.line(1, paint(FAINT, "-v shows the lines"));
            continue;
        }
        lines.iter().for_each(|line| page.signed(1, line.sign, &line.text));
    }
}

/// Mappings begin with their ARN, or with an account.
fn said(lines: &[FieldChange], is_deleted: bool) -> String {
    let of = |sign: char| lines.iter().filter(|line| line.sign == sign).count();
    let lines = |n: usize, what: &str| (n > 0).then(|| format!("{} {what}", count(n, "line", "lines")));
    let parts: Vec<String> =
        [lines(of('-'), "removed"), lines(of('+'), "added")].into_iter().flatten().collect();
    let of_all = parts.join(", ");
    if is_deleted { format!("the ConfigMap is deleted: {of_all}") } else { of_all }
}
