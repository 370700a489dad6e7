//! Files in, values of the library out.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use eksodus::planner::Plan;

use super::error::CliError;

/// The bytes of a file; `-` is standard input.
pub fn bytes(path: &Path) -> Result<Vec<u8>, CliError> {
    let read = if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    read.map_err(|source| CliError::Read { path: path.to_owned(), source })
}

pub fn text(path: &Path) -> Result<String, CliError> {
    String::from_utf8(bytes(path)?).map_err(|_| CliError::NotText { path: path.to_owned() })
}

/// A saved plan, as it was saved.
pub fn plan_file(path: &Path) -> Result<Plan, CliError> {
    Plan::parse(&text(path)?).map_err(|source| CliError::PlanFile { path: path.to_owned(), source })
}
