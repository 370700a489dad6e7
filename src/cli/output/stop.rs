//! Why a rehearsal stopped, in words that name each thing once.

use eksodus::calls::Call;
use eksodus::executor::{Ending, Failure, Mismatch, Refusal};
use eksodus::observe::ApiError;
use eksodus::session::reasons;

/// A line for each reason; none when it is done.
pub fn why(ending: &Ending) -> Vec<String> {
    match ending {
        Ending::Failed(Failure::Call { call, source, .. }) => {
            vec![format!("{}, and changed nothing", failed(call, source))]
        }
        Ending::Failed(Failure::Doubt { call, source, .. }) => {
            vec![format!("{}, and whether it took effect is not known", failed(call, source))]
        }
        Ending::Failed(Failure::Overtaken(mismatch)) => vec![found(mismatch)],
        Ending::Failed(Failure::NotSeen(mismatch)) => {
            vec![format!("{}, although it was written", found(mismatch))]
        }
        Ending::Refused(refusals) | Ending::Failed(Failure::Unsafe { refusals, .. }) => {
            refusals.iter().map(refused).collect()
        }
        ending => reasons(ending),
    }
}

/// The answer may name the principal, too.
fn failed(call: &Call, source: &ApiError) -> String {
    let (operation, source) = (call.operation(), source.to_string());
    let call = call.to_string();
    let is_named = call.split_whitespace().skip(1).any(|word| source.contains(word));
    match (is_named, source.starts_with(operation)) {
        (true, true) => source,
        (true, false) => format!("{operation}: {source}"),
        (false, _) => format!("{call} failed: {source}"),
    }
}

fn found(Mismatch { resource, expected, found, step: _ }: &Mismatch) -> String {
    format!("{resource} is {found}, not {expected}")
}

fn refused(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Changed { resource, expected, found, step: _ } => {
            format!("{resource} is {found}, not {expected}")
        }
        Refusal::ChangedSince { resource, before, after, found, step: _ } => {
            format!("{resource} is {found}, which is neither {before} nor {after}: somebody else changed it")
        }
        Refusal::PrincipalGone { principal, .. } => {
            format!("IAM has no {principal} any more, so its access entry cannot be made again")
        }
        Refusal::PrincipalRecreated { principal, .. } => format!(
            "{principal} was recreated, so its access entry would give the new one what the old one had"
        ),
        Refusal::LineGone { principal, .. } => format!(
            "the mapping of {principal} is not in aws-auth any more, so its access entry is all the access it has"
        ),
        refusal => refusal.to_string(),
    }
}
