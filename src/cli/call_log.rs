use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use eksodus::files::WriteError;
use eksodus::simulator::{Call, Outcome};
use serde_json::json;

/// The calls of a served simulator, one line of JSON each.
#[derive(Debug)]
pub struct CallLog {
    path: PathBuf,
    file: File,
}

impl CallLog {
    /// Begins the file anew.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(path: &Path) -> Result<Self, WriteError> {
        let file = File::create(path).map_err(|cause| WriteError { path: path.to_owned(), cause })?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, call: &Call) -> Result<(), WriteError> {
        let written = (&self.file).write_all(line(call).as_bytes());
        written.map_err(|cause| WriteError { path: self.path.clone(), cause })
    }
}

fn line(Call { number, begun: _, operation, target, outcome }: &Call) -> String {
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
