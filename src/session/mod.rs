//! The use cases, each one call for one cluster: [`migrate()`] plans, checks rights, asks for agreement, holds the cluster,
//! begins or resumes a run, executes it and concludes in one [`MigrationResult`]; [`rollback()`], [`PreparedRehearsal`], [`status()`] and
//! [`verify()`] stand beside it.
//!
//! Nothing here prints, reads the environment or knows a clock of its own. A [`Cluster`] carries the calls and says where
//! runs are kept; a [`Talk`] is told what goes on, as values, and asked what only a person can answer. They are plain calls
//! that wait: whoever has several clusters gives each a thread, for a journal on S3 blocks the one that it is written on.

mod agree;
mod cluster;
mod conflict;
mod count;
mod error;
mod history;
mod made_by;
mod migrate;
mod next;
mod preflight;
mod reasons;
mod rehearse;
mod result;
mod rollback;
mod run;
mod shown;
mod status;
mod talk;
#[cfg(test)]
mod tests;
mod tried;
mod verify;

pub use cluster::{Cluster, NotEnded, look};
pub use conflict::{ChangedBy, Conflict};
pub use count::PhaseCount;
pub use error::SessionError;
pub use history::{Found, History, KnownRun, OldRun, kept_plan, own_switch};
pub use made_by::made_by;
pub use migrate::{Migration, PruneWish, Start, migrate};
pub use next::{Next, Reach, WhyPlan, WhyResume};
pub use reasons::{in_one_line, reasons};
pub use rehearse::{
    Aftermath, AllFaults, AllTried, End as InterruptionEnd, FaultReport, Interruption, LeftBehind, LockOut,
    PreparedRehearsal, Rehearsal, Rehearsed, Right, Score, Shortfall, Story, Struck, Wait, look_at_simulated,
};
pub use result::{Conclusion, End, MigrationResult, RunPlaces};
pub use rollback::{RollbackRequest, RolledBack, rollback};
pub use status::{Position, Standing, Status, UpdateSeen, status};
pub use talk::{News, Question, Stake, Talk, Tell};
pub use tried::Obstacle;
pub use verify::{OtherEntry, Verification, Verified, verify};
