//! Faults: which call they strike, what becomes of it, and how they are written on a command line.

mod strike;
mod text;

pub use strike::{At, Fault};
pub(crate) use strike::{Break, Breakable, Failure, FaultLine};
pub use text::{UnknownFault, fault_forms};
