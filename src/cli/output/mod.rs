//! What a person or a script gets to see: data on stdout, everything else on stderr, and the exit code.

pub mod advice;
mod bar;
mod console;
pub mod error;
mod exit;
pub mod interrupt;
#[cfg(feature = "live")]
pub mod looking;
pub mod outcome;
mod progress;
pub mod show;

#[cfg(feature = "live")]
pub use console::Aside;
pub use console::Console;
pub use error::{CliError, in_one_line};
pub use exit::Exit;
pub use interrupt::Interrupt;
pub use progress::Progress;
