use std::fmt;

use super::Operation;

/// One call that reached the simulator, or would have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// From 1, over the whole life of the simulator.
    pub number: usize,
    /// How many calls were answered when it began.
    pub begun: usize,
    pub operation: Operation,
    /// The principal, binding or name the call is about.
    pub target: String,
    pub outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// A rule was broken; in the words of AWS or Kubernetes.
    Refused(String),
    /// A fault struck.
    Broken {
        /// The call was done although its caller was not told.
        took_effect: bool,
        message: String,
    },
}

impl Outcome {
    /// Whether the call was done, whatever its caller was told.
    pub const fn took_effect(&self) -> bool {
        matches!(self, Self::Done | Self::Broken { took_effect: true, .. })
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, begun: _, operation, target, outcome } = self;
        write!(f, "{number} {operation} {target}: {outcome}")
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("done"),
            Self::Refused(message) => write!(f, "refused: {message}"),
            Self::Broken { took_effect: true, message } => write!(f, "done, but: {message}"),
            Self::Broken { took_effect: false, message } => write!(f, "not done: {message}"),
        }
    }
}
