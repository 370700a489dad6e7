//! An audit log, decided again.

mod cases;
mod log;
mod properties;
