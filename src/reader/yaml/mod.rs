//! YAML as EKS's parser sees it: go-yaml v2, in which YAML 1.1, its own extensions and its faults meet.
//!
//! Text → scanner → parser → [`Document`] → decode → [`Value`]. No parser of the Rust world
//! reads and refuses the same texts, and one difference here is an entry that is effective in only one of the two.

mod base64;
mod budget;
mod collection;
mod compose;
mod decode;
mod document;
mod events;
mod fault;
mod number;
mod parser;
mod resolve;
mod scanner;
mod timestamp;
mod value;

pub(super) use compose::compose;
pub(super) use decode::{decode, decode_texts};
pub(super) use document::{Document, NodeId, NodeKind};
pub(super) use events::{Event, Kind};
pub(super) use fault::Fault;
pub(super) use number::Number;
pub(super) use parser::Events;
pub(super) use resolve::{Resolved, resolve};
pub use value::ValueKind;
pub(super) use value::{Data, Pair, Value};
