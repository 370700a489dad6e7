use std::cell::Cell;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use eksodus::files::WriteError;
use eksodus::simulator::{Call, Outcome, Simulator};
use serde_json::json;

/// The calls of a served simulator, one line of JSON each.
#[derive(Debug)]
pub struct CallLog {
    path: PathBuf,
    file: File,
    /// How many are written.
    written: Cell<usize>,
}

impl CallLog {
    /// Begins the file anew.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(path: &Path) -> Result<Self, WriteError> {
        let file = File::create(path).map_err(|cause| WriteError { path: path.to_owned(), cause })?;
        Ok(Self { path: path.to_owned(), file, written: Cell::new(0) })
    }

    /// Writes the calls that are new.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write(&self, simulator: &Simulator) -> Result<(), WriteError> {
        let calls = simulator.calls_from(self.written.get());
        let lines: String = calls.iter().map(line).collect();
        let written = (&self.file).write_all(lines.as_bytes());
        written.map_err(|cause| WriteError { path: self.path.clone(), cause })?;
        self.written.set(self.written.get() + calls.len());
        Ok(())
    }
}

fn line(Call { number, operation, target, outcome }: &Call) -> String {
    let result = match outcome {
        Outcome::Done => "done",
        Outcome::Refused(_) => "refused",
        Outcome::Broken { took_effect: true, message: _ } => "done, not told",
        Outcome::Broken { took_effect: false, message: _ } => "not done",
    };
    let message = match outcome {
        Outcome::Done => None,
        Outcome::Refused(message) | Outcome::Broken { took_effect: _, message } => Some(message),
    };
    let call = json!({
        "number": number,
        "operation": operation.as_str(),
        "target": target,
        "result": result,
        "message": message,
    });
    format!("{call}\n")
}
