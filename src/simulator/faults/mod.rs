//! Faults: which call they strike, what becomes of it, and how they are written on a command line.

mod strike;
mod struck;
mod text;

pub use strike::{At, Break, Fault};
pub(crate) use strike::{Breakable, Failure, FaultLine};
pub(crate) use struck::Mark;
pub use struck::{Effect, Missed, NoEffect, Strike};
pub use text::{UnknownFault, fault_forms};
