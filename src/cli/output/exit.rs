use std::process::ExitCode;

use eksodus::session::Conclusion;

/// What a run ended in. The numbers are API: CI tells *in sync, pending, blocked, refused, partly applied* apart by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or nothing to do.
    Done,
    Error,
    Usage,
    /// There is something to change.
    Pending,
    /// A finding needs a decision; nothing was done.
    Blocked,
    /// A guard said no; nothing was done.
    Refused,
    /// Stopped half-way; the journal was named.
    PartlyApplied,
    /// Stopped by Ctrl-C, with the same promise.
    Interrupted,
}

impl Exit {
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Error => 1,
            Self::Usage => 2,
            Self::Pending => 3,
            Self::Blocked => 4,
            Self::Refused => 5,
            Self::PartlyApplied => 6,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

impl From<Conclusion> for Exit {
    fn from(conclusion: Conclusion) -> Self {
        match conclusion {
            Conclusion::Done => Self::Done,
            // what was wanted was not done, as terraform says it too
            Conclusion::Declined => Self::Error,
            Conclusion::Blocked => Self::Blocked,
            Conclusion::Refused => Self::Refused,
            Conclusion::Failed => Self::Error,
            Conclusion::PartlyApplied => Self::PartlyApplied,
            Conclusion::Interrupted => Self::Interrupted,
        }
    }
}
