use jiff::Timestamp;

use super::{Reading, Record};
use crate::calls::Call;
use crate::model::AuthenticationMode;

/// How a run took its cluster out of CONFIG_MAP mode, as its journal tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switched {
    /// The id of the cluster's update; `None` where the run ended before EKS told it.
    pub update: Option<String>,
    /// By the clock of the machine that wrote the journal.
    pub sent: Timestamp,
    pub done: Timestamp,
}

impl Reading {
    /// `None`: this run did not change the mode, or a journal of format 1 does not say when.
    pub fn switched(&self) -> Option<Switched> {
        let mut found: Option<(&str, Timestamp, Option<String>)> = None;
        let stamps = self.stamps.iter().skip(1);
        for (record, stamp) in self.records.iter().zip(stamps) {
            let at = stamp.as_ref().and_then(|stamp| stamp.at.parse::<Timestamp>().ok());
            match record {
                Record::Intended {
                    step,
                    call: Call::UpdateMode { from: AuthenticationMode::ConfigMap, .. },
                    ..
                } => {
                    found = Some((step, at?, None));
                }
                Record::Updating { step, update, .. } => {
                    if let Some((own, _, id)) = &mut found
                        && own == step
                    {
                        *id = Some(update.clone());
                    }
                }
                Record::Applied { step, .. } => {
                    if let Some((own, sent, update)) = &found
                        && own == step
                    {
                        return Some(Switched { update: update.clone(), sent: *sent, done: at? });
                    }
                }
                _ => {}
            }
        }
        None
    }
}
