use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use super::error::CliError;
use super::exit::Exit;

/// What Ctrl-C and SIGTERM do from now on.
///
/// Until [`Interrupt::flag`] the first one ends the program at once: nothing has begun, and whoever waits for another
/// operator may leave. After it the first one only raises the flag, so that a run stops between two calls; the second
/// ends the program at once, and the journal tells what was under way.
#[derive(Debug, Clone)]
pub struct Interrupt {
    has_begun: Arc<AtomicBool>,
    raised: Arc<AtomicBool>,
}

/// A process has one handler of signals, and may execute several commands, one after the other.
static HANDLED: OnceLock<Interrupt> = OnceLock::new();

impl Interrupt {
    pub fn catch() -> Result<Self, CliError> {
        if let Some(caught) = HANDLED.get() {
            return Ok(caught.clone());
        }
        let (has_begun, raised) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let caught = Self { has_begun: Arc::clone(&has_begun), raised: Arc::clone(&raised) };
        ctrlc::set_handler(move || {
            if raised.swap(true, Ordering::SeqCst) || !has_begun.load(Ordering::SeqCst) {
                end();
            }
        })
        .map_err(CliError::Signals)?;
        Ok(HANDLED.get_or_init(|| caught).clone())
    }

    pub fn flag(self) -> Arc<AtomicBool> {
        self.has_begun.store(true, Ordering::SeqCst);
        self.raised
    }
}

/// For what changes nothing, or nothing but a simulation.
pub fn flag() -> Result<Arc<AtomicBool>, CliError> {
    Ok(Interrupt::catch()?.flag())
}

#[expect(clippy::disallowed_methods, reason = "the run will not return to main in time, or ever")]
fn end() {
    std::process::exit(i32::from(Exit::Interrupted.code()));
}
