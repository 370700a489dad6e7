//! Lines of `status`: the phases, a change of the cluster that is under way, who is administrator.

use eksodus::planner::Phase;
use eksodus::render::{Names, Page};
use eksodus::session::{Standing, UpdateSeen};

use super::verdicts;

/// How many administrators are named.
const NAMED: usize = 3;

pub fn administrators_line(administrators: &[String], names: &Names) -> String {
    let named: Vec<String> = administrators.iter().take(NAMED).map(|it| names.principal(it)).collect();
    match (administrators.len(), administrators.len().saturating_sub(NAMED)) {
        (0, _) => "no access entry but EKS's own makes anybody administrator".to_owned(),
        (n, 0) => format!("{}: {}", verdicts::count(n, "administrator", "administrators"), named.join(", ")),
        (n, more) => format!("{n} administrators: {}, and {more} more", named.join(", ")),
    }
}

/// The phases, of a row each.
pub fn table(page: &mut Page, phases: &[Standing], names: &Names) {
    let row = |phase: &str, journal: &str, cluster: &str| {
        format!("{phase:<10} {journal:<18} {cluster}").trim_end().to_owned()
    };
    page.section("phases", 0);
    page.aside(1, row("", "journal", "cluster"));
    for Standing { phase, journal, left, unplanned, unrecorded, existing } in phases {
        let recorded = match journal {
            None => "–".to_owned(),
            Some(it) if it.done == it.steps => "complete".to_owned(),
            Some(it) if it.done == 0 && it.in_doubt => "in progress".to_owned(),
            Some(it) if it.done == 0 => "not begun".to_owned(),
            Some(it) => format!("{} of {} done", it.done, it.steps),
        };
        let named = |ids: &[String]| ids.iter().map(|id| names.step(id)).collect::<Vec<_>>().join(", ");
        let mut said = match left {
            0 => vec!["complete".to_owned()],
            left => vec![format!("{left} to do")],
        };
        said.extend((*unplanned > 0).then(|| format!("{unplanned} of them not in its plan")));
        said.extend((*unrecorded > 0).then(|| format!("{unrecorded} made, but not recorded as done")));
        if !existing.is_empty() {
            let so = match phase {
                Phase::Entries => "already existed",
                // `aws-auth` and the mode are not made: somebody else did it, or nothing depends on it any more
                _ => "not needed any more",
            };
            said.push(format!("{} {so}: {}", existing.len(), named(existing)));
        }
        let before = journal.as_ref().map(|it| it.existing.as_slice()).unwrap_or_default();
        if !before.is_empty() {
            said.push(format!("{} of those done already existed: {}", before.len(), named(before)));
        }
        page.line(1, row(phase.as_str(), &recorded, &said.join("; ")));
    }
}

pub fn update_line(update: &UpdateSeen) -> String {
    let UpdateSeen { id, is_ours, is_of_last, is_in_progress } = update;
    let id = id.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
    let run = if *is_of_last { "the last run" } else { "an earlier run" };
    match (is_ours, is_in_progress) {
        (true, true) => format!(
            "EKS is changing the cluster, update{id} of {run}: it finishes by itself and is irreversible"
        ),
        (true, false) => format!("update{id} of {run} has ended, and the run has not seen how"),
        (false, _) => format!(
            "EKS is changing the cluster, update{id} of somebody else: a change of the mode waits until it ends"
        ),
    }
}
