//! What really happened: the audit log of the API server, read as a stream.
//!
//! [`read_events`] tells each request of the log once, whatever wraps it; [`DistinctRequests`] and [`Logins`] are what is
//! kept of them, in bounded memory; [`Evidence`] is what a plan takes from the logins. Nothing here proves that somebody
//! does *not* use the cluster: events are dropped under load, and EKS's audit policy leaves reads out.

mod batch;
mod blocks;
mod event;
mod evidence;
mod hash;
mod intern;
mod logins;
mod native;
mod pages;
mod reading;
mod requests;
mod scan;
mod seen;
mod source;
#[cfg(test)]
mod tests;
mod texts;

pub use event::{AuditEvent, DecidedBy, Decision, ObjectRef, Stage, Target, User};
pub use evidence::Evidence;
pub use logins::{Login, Logins};
pub use pages::{PagedLog, Pages, paged_log};
pub use reading::{BrokenLine, Cut, Period, Reading, read_events};
pub use requests::{DistinctRequest, DistinctRequests, Identity, LastDecision, Limits, RequestCounts, Whom};
