//! Faults: which call they strike, what becomes of it, and how they are written on a command line.

mod line;
mod text;

pub use line::{At, Fault};
pub(crate) use line::{Break, Breakable, Failure, FaultLine};
pub use text::UnknownFault;
