//! What a person or a script gets to see: data on stdout, everything else on stderr, and the exit code.

pub mod advice;
pub mod all_faults;
pub mod annotate;
mod bar;
pub mod conflicts;
mod console;
pub mod error;
mod events;
mod exit;
mod interrupt;
pub mod looking;
pub mod outcome;
pub mod owners;
mod preflight;
mod progress;
pub mod rehearsal;
#[cfg(test)]
mod schemas;
mod session_error;
pub mod show;
pub mod standings;
pub mod stop;
pub mod struck;
mod terminal;
pub mod verdicts;
pub mod verified;

#[cfg(feature = "live")]
pub use console::Aside;
pub use console::Console;
pub use eksodus::session::in_one_line;
pub use error::CliError;
pub use exit::Exit;
pub use interrupt::Interrupt;
pub use terminal::{Terminal, Told};
