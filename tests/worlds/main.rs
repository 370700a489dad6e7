//! Random worlds, judged by an oracle that shares no code with the planner: no world may take access away, grant any,
//! lock anybody out, or change anything without saying so.
//!
//! `EKSODUS_WORLDS=N` plays N worlds in place of the default number, `EKSODUS_WORLDS_SEED=S` plays others,
//! `EKSODUS_WORLDS_FIRST=F` begins with the world of that number, and
//! `EKSODUS_WORLDS_TRIES=T` limits how long each kind of failure is made smaller. A world that fails is left as a folder
//! that the command line can play: `eksodus plan --snapshot DIR`.
//!
//! The oracle reads nothing: it knows a world because the test made it, and what EKS makes of it by the rules that AWS and
//! the authenticator document.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod apply;
mod cases;
mod cast;
mod compare;
mod documents;
mod edits;
mod facts;
mod find;
mod generate;
mod mappings;
mod oracle;
mod outcomes;
mod permits;
mod proof;
mod properties;
mod rights;
mod said;
mod world;
