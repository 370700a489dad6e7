use std::error::Error as _;
use std::io;
use std::path::PathBuf;

use eksodus::planner::PlanFileError;

use super::exit::Exit;

/// Why a command did not do what it was asked to. Advice is in [`CliError::hint`].
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    #[error("stdout cannot be written")]
    Stdout(#[source] io::Error),
    #[error("{}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{} is not UTF-8", path.display())]
    NotText { path: PathBuf },
    #[error("{command} needs a live cluster, which this version cannot reach")]
    Live { command: &'static str, instead: &'static str },
    #[error("{}", path.display())]
    PlanFile { path: PathBuf, source: PlanFileError },
}

impl CliError {
    pub fn exit(&self) -> Exit {
        match self {
            Self::Live { .. } => Exit::Usage,
            Self::Stdout(_) | Self::Read { .. } | Self::NotText { .. } | Self::PlanFile { .. } => Exit::Error,
        }
    }

    /// One thing to do.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Stdout(_) | Self::Read { .. } => return None,
            Self::NotText { .. } => "is it the right file?".to_owned(),
            Self::Live { instead, .. } => (*instead).to_owned(),
            Self::PlanFile { .. } => "make a new one with eksodus plan --out FILE".to_owned(),
        })
    }

    /// With its causes, which the texts leave out.
    pub fn in_one_line(&self) -> String {
        let mut line = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            line.push_str(": ");
            line.push_str(&error.to_string());
            cause = error.source();
        }
        line
    }
}
