//! The real binary, in a scrubbed environment: what it prints where, and the code it ends with.

#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod access;
#[cfg(unix)]
mod action;
mod annotate;
mod apply;
mod assert;
mod audit_log;
mod bad_input;
mod bench;
mod book;
mod decide;
mod edited;
mod export;
mod folders;
mod hostile;
#[cfg(unix)]
mod interrupt;
#[path = "../kit/mod.rs"]
mod kit;
mod leads_on;
mod lint;
mod packaging;
mod picture;
mod plan;
#[cfg(unix)]
mod played;
mod policies;
mod prove;
mod rehearse;
mod replay;
mod report;
mod reviewed;
#[cfg(feature = "live")]
mod runbook;
mod runs;
mod setup_action;
mod status;
mod usage;
mod whois;
mod written;
mod wrong_lines;
