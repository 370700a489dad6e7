use crate::eks::{AwsError, AwsErrorKind};
use crate::kube::{KubeError, KubeErrorKind};

/// What a call through one of the ports ended in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    #[error(transparent)]
    Aws(#[from] AwsError),
    #[error(transparent)]
    Kube(#[from] KubeError),
}

impl ApiError {
    /// The same call may succeed later, unchanged.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Aws(error) => error.is_retryable(),
            Self::Kube(error) => error.is_retryable(),
        }
    }

    /// No answer came, or only a part of one: so it goes with a server that hangs.
    pub(crate) fn is_silence(&self) -> bool {
        match self {
            Self::Aws(error) => error.kind == AwsErrorKind::Transport,
            Self::Kube(error) => error.kind == KubeErrorKind::Transport,
        }
    }

    /// A write may have taken effect although it failed.
    pub fn leaves_doubt(&self) -> bool {
        match self {
            Self::Aws(error) => error.leaves_doubt(),
            Self::Kube(error) => error.leaves_doubt(),
        }
    }

    pub fn is_not_found(&self) -> bool {
        match self {
            Self::Aws(error) => error.kind == AwsErrorKind::NotFound,
            Self::Kube(error) => error.kind == KubeErrorKind::NotFound,
        }
    }

    /// Something is there already, or has another version than ours: look before anything else.
    pub fn is_conflict(&self) -> bool {
        match self {
            Self::Aws(error) => error.kind == AwsErrorKind::InUse,
            Self::Kube(error) => {
                matches!(error.kind, KubeErrorKind::AlreadyExists | KubeErrorKind::Conflict)
            }
        }
    }

    pub fn is_denied(&self) -> bool {
        match self {
            Self::Aws(error) => error.kind == AwsErrorKind::AccessDenied,
            Self::Kube(error) => error.kind == KubeErrorKind::Forbidden,
        }
    }
}
