//! Plans carried out on the simulator, and what stands around that: calls, journal, Lease, preflight, checks.

mod audit_log;
mod calls;
mod checks;
mod end_to_end;
mod journal;
#[path = "../kit/mod.rs"]
mod kit;
mod lease;
mod run;
mod run_folders;
