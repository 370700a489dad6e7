//! Random worlds, judged by an oracle that shares no code with the planner: no world may take access away, grant any,
//! lock anybody out, or change anything without saying so.
//!
//! `EKSODUS_WORLDS=N` plays N worlds in place of the default number, `EKSODUS_WORLDS_SEED` begins elsewhere.
//! The oracle knows a world because it made it: `facts` of AWS and of the authenticator are its only source.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on fails"
)]

mod apply;
mod cast;
mod compare;
mod documents;
mod facts;
mod find;
mod generate;
mod mappings;
mod oracle;
mod outcomes;
mod permits;
mod properties;
mod rights;
mod said;
mod world;
