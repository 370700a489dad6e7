//! One command a file.

pub mod apply;
pub mod assert;
pub mod completions;
pub mod decide;
pub mod demo;
pub mod explain;
pub mod export;
pub mod lint;
pub mod man;
pub mod plan;
pub mod policies;
pub mod prove;
pub mod rehearse;
pub mod replay;
pub mod report;
pub mod rollback;
pub mod show;
#[cfg(feature = "live")]
pub mod simulate;
#[cfg(feature = "live")]
pub mod snapshot;
pub mod status;
pub mod verify;
pub mod who_can;
pub mod whois;
