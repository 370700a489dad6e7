//! Open questions, for whoever answers them.

mod text;
mod view;

pub use text::{effect_words, question, written};
pub use view::{QuestionsView, view};

use crate::planner::{Matter, Plan, Question};

/// Whom and what it is about, in one line: the same for the same question.
fn head(plan: &Plan, question: &Question) -> String {
    match &question.asked {
        Matter::Finding(finding) => {
            let place = finding.at.as_ref().map(|at| super::words::short_place(plan.source.as_deref(), at));
            let about = place.into_iter().chain([format!("[{}]", finding.rule)]).collect::<Vec<_>>();
            format!("{}  {}", super::words::or_empty(&finding.subject), about.join(" "))
        }
        Matter::Change { principal, session, is_lost: _, change } => {
            let session = session.as_ref().map(|name| format!(", session {name}")).unwrap_or_default();
            format!("{principal}{session}  [{}]", change.id)
        }
    }
}

/// What is the matter, a sentence each.
fn says(question: &Question) -> Vec<String> {
    match &question.asked {
        Matter::Finding(finding) => {
            let words = finding.words();
            match words.notes().as_slice() {
                [] => vec![words.title.clone()],
                notes => notes.iter().map(|note| (*note).to_owned()).collect(),
            }
        }
        Matter::Change { is_lost, change, .. } => {
            let verb = if *is_lost { "loses" } else { "gains" };
            let rows: Vec<String> = change.rows.iter().take(3).map(crate::render::parity::row).collect();
            let more = change.rows.len().saturating_sub(rows.len());
            let more = if more == 0 { String::new() } else { format!(", and {more} more rules") };
            vec![format!("{verb} {}: {}{more}", permissions(change.permissions), rows.join("; "))]
        }
    }
}

fn permissions(n: usize) -> String {
    super::words::count(n, "permission", "permissions")
}
