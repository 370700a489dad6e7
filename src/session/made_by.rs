use std::collections::BTreeMap;

use super::KnownRun;
use crate::calls::Call;
use crate::journal::CallState;
use crate::model::PrincipalArn;

/// By principal the run that created its access entry, as the journals tell: what the entry's tag says. Of runs, the oldest
/// first.
pub fn made_by<'r>(runs: impl IntoIterator<Item = &'r KnownRun>) -> BTreeMap<PrincipalArn, String> {
    let mut made_by = BTreeMap::new();
    for KnownRun { run: _, plan, reading, bytes: _ } in runs {
        let calls = reading.progress.steps().flat_map(|(_, step)| &step.calls);
        for call in calls.filter(|call| call.state == CallState::Applied) {
            match &call.call {
                // a rollback restores an entry as it was, and marks none
                Call::CreateEntry { entry } if plan.undoes.is_none() => {
                    made_by.insert(entry.principal.clone(), reading.header.run.clone());
                }
                Call::CreateEntry { entry } | Call::DeleteEntry { entry } => {
                    made_by.remove(&entry.principal);
                }
                _ => {}
            }
        }
    }
    made_by
}
