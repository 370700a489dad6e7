//! Which faults can strike a run, by the calls that it makes when nothing disturbs it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::Interruption;
use crate::model::PrincipalArn;
use crate::simulator::{At, Call, Change, Fault, Operation};

/// So many seconds late, which is more than the "several seconds" that AWS speaks of.
pub(super) const LATE: Duration = Duration::from_secs(20);
const EVERY: [u32; 3] = [2, 3, 10];

/// Those at each call, in the order of the calls, and then those of the whole run.
///
/// A call that only reads is broken in fewer ways: whether it was done makes no difference.
pub(super) fn faults(calls: &[Call]) -> Vec<Fault> {
    let mut counts = BTreeMap::<Operation, u32>::new();
    let mut faults = Vec::new();
    for call in calls {
        let number = counts.entry(call.operation).or_default();
        *number += 1;
        let at = At { operation: Some(call.operation), number: *number };
        faults.extend(breaks(call.operation, at));
        faults.extend(changes(call).into_iter().map(|change| Fault::Change { at, change }));
    }
    faults.extend(EVERY.map(|every| Fault::ThrottleEvery { every }));
    faults.push(Fault::Delay(LATE));
    let operations: BTreeSet<Operation> = counts.keys().copied().collect();
    let denied = operations.iter().map(|operation| operation.as_str()).chain(["iam:PassRole"]);
    faults.extend(denied.map(|action| Fault::Deny { action: action.to_owned() }));
    let updates = counts.get(&Operation::UpdateClusterConfig).copied().unwrap_or(0);
    faults.extend((1..=updates).map(|number| Fault::FailUpdate { number }));
    faults
}

fn breaks(operation: Operation, at: At) -> Vec<Fault> {
    let mut breaks = vec![
        Fault::Fail { at },
        Fault::LostAnswer { at },
        Fault::Throttle { at, last: at.number },
        Fault::Halt { at },
    ];
    if operation.is_write() {
        breaks.extend([Fault::FailAfter { at }, Fault::HalfAnswer { at }, Fault::HaltAfter { at }]);
    }
    breaks
}

/// What somebody else may do right before the call.
fn changes(call: &Call) -> Vec<Change> {
    let mut changes = vec![Change::AddLine, Change::StartUpdate];
    if call.target.parse::<PrincipalArn>().is_ok() {
        changes.extend([
            Change::TouchEntry(None),
            Change::DeleteEntry(None),
            Change::DeletePrincipal(None),
            Change::RecreatePrincipal(None),
        ]);
    }
    if matches!(call.operation, Operation::CreateBinding | Operation::DeleteBinding | Operation::GetBinding) {
        changes.push(Change::CreateBinding(None));
    }
    changes
}

/// Those that end the process at a write. What it has written until then may be seen late, and nobody is left to wait for it.
pub(super) fn ends_at_write(fault: &Fault) -> bool {
    let (Fault::Halt { at } | Fault::HaltAfter { at }) = fault else { return false };
    at.operation.is_some_and(Operation::is_write)
}

/// At most so many, spread over all of them, and the same ones in each run; in the order of the list.
pub(super) fn sample(all: Vec<Interruption>, most: usize) -> Vec<Interruption> {
    if all.len() <= most {
        return all;
    }
    let name = |it: &Interruption| {
        blake3::hash(
            format!(
                "{:?} {}",
                it.story,
                it.faults().map(|fault| fault.to_string()).collect::<Vec<_>>().join(" ")
            )
            .as_bytes(),
        )
    };
    let mut chosen: Vec<_> = all.into_iter().enumerate().map(|(index, it)| (name(&it), index, it)).collect();
    chosen.sort_by(|(a, ..), (b, ..)| a.as_bytes().cmp(b.as_bytes()));
    chosen.truncate(most);
    chosen.sort_by_key(|(_, index, _)| *index);
    chosen.into_iter().map(|(_, _, it)| it).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planner::Phase;
    use crate::session::rehearse::all::Story;
    use crate::simulator::Outcome;

    fn call(number: usize, operation: Operation, target: &str) -> Call {
        Call { number, begun: 0, operation, target: target.to_owned(), outcome: Outcome::Done }
    }

    #[test]
    fn each_can_be_typed_and_none_is_there_twice() {
        let role = "arn:aws:iam::111122223333:role/x";
        let calls = [
            call(1, Operation::DescribeCluster, "cluster"),
            call(2, Operation::CreateAccessEntry, role),
            call(3, Operation::CreateAccessEntry, role),
            call(4, Operation::UpdateClusterConfig, "API"),
        ];
        let texts: Vec<String> = faults(&calls).iter().map(ToString::to_string).collect();
        assert_eq!(texts.iter().collect::<BTreeSet<_>>().len(), texts.len());
        for (fault, text) in faults(&calls).into_iter().zip(&texts) {
            assert_eq!(text.parse::<Fault>().as_ref(), Ok(&fault));
        }
        for wanted in
            ["half-answer:eks:CreateAccessEntry:2", "recreate-role:eks:CreateAccessEntry:1", "fail-update:1"]
        {
            assert!(texts.iter().any(|text| text == wanted), "{wanted}");
        }
        assert!(!texts.iter().any(|text| text == "halt-after:eks:DescribeCluster:1"));
    }

    #[test]
    fn a_sample_is_the_same_each_time_and_keeps_the_order() {
        let calls: Vec<Call> =
            (1..50).map(|number| call(number, Operation::DescribeCluster, "cluster")).collect();
        let all: Vec<Interruption> = faults(&calls)
            .into_iter()
            .map(|fault| Interruption { fault, late: None, story: Story::Resume, through: Phase::Prune })
            .collect();
        let chosen = sample(all.clone(), 40);
        assert_eq!(chosen, sample(all.clone(), 40));
        let places: Vec<_> = chosen.iter().map(|it| all.iter().position(|other| other == it)).collect();
        assert!(places.len() == 40 && places.is_sorted());
        assert_eq!(sample(all.clone(), 1_000), all);
    }
}
