use std::error::Error;

use crate::executor::{Ending, Failure};

/// An error with its causes, which the texts leave out.
pub fn in_one_line(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    line
}

/// Why a run ended as it did, a line each; empty when it is done.
pub fn reasons(ending: &Ending) -> Vec<String> {
    match ending {
        Ending::Done => Vec::new(),
        Ending::Blocked(notices) => {
            notices.iter().map(|notice| format!("{}: {}", notice.subject, notice.words().message())).collect()
        }
        Ending::Refused(refusals) | Ending::Failed(Failure::Unsafe { after: _, refusals }) => {
            refusals.iter().map(ToString::to_string).collect()
        }
        Ending::Failed(Failure::Verify { after: _, differences }) => {
            differences.iter().map(ToString::to_string).collect()
        }
        Ending::Failed(failure) => vec![in_one_line(failure)],
        Ending::Interrupted => vec!["interrupted".to_owned()],
    }
}
