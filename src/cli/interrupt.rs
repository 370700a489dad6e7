use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::CliError;
use super::exit::Exit;

/// From now on the first Ctrl-C only raises the flag, so that a run stops between two calls; the second ends the
/// program at once, and the journal tells what was under way.
pub fn flag() -> Result<Arc<AtomicBool>, CliError> {
    let flag = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&flag);
    ctrlc::set_handler(move || {
        if raised.swap(true, Ordering::Relaxed) {
            end();
        }
    })
    .map_err(CliError::Signals)?;
    Ok(flag)
}

#[expect(clippy::disallowed_methods, reason = "the run will not return to main in time, or ever")]
fn end() {
    std::process::exit(i32::from(Exit::Interrupted.code()));
}
