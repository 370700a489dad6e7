use crate::model::InvalidArn;
use crate::reader::Place;

/// The text is not a file of assertions, or asserts what cannot be asked of what it is held against.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}")]
pub struct AssertionsError {
    /// As the file was named.
    pub name: String,
    /// `None` where the whole text is at fault.
    pub place: Option<Place>,
    pub kind: AssertionsErrorKind,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssertionsErrorKind {
    /// Not YAML, an unknown key, or a value of another type.
    #[error("{0}")]
    Misread(String),
    #[error("version is missing; begin with `version: 1`")]
    NoVersion,
    #[error("version {0} is unknown; write `version: 1`")]
    UnknownVersion(String),
    #[error("it has a second YAML document")]
    SecondDocument,
    #[error("it asserts nothing: the list is empty or missing")]
    NothingAsserted,
    #[error("give either principal, or user and groups")]
    PrincipalAndUser,
    #[error("principal, user or groups is missing")]
    Nobody,
    #[error("session needs principal")]
    SessionOfUser,
    #[error("{0:?} is an IAM user, and only roles have sessions")]
    SessionOfIamUser(String),
    #[error("remove session: {0:?} already names one")]
    SessionTwice(String),
    #[error("{text:?} is not the ARN of a role, a user or a session: {why}")]
    Arn { text: String, why: InvalidArn },
    #[error("give either can or cannot")]
    CanAndCannot,
    #[error("can or cannot is missing")]
    NeitherCanNorCannot,
    #[error("give either resource or path")]
    ResourceAndPath,
    #[error("resource or path is missing")]
    NeitherResourceNorPath,
    #[error("a path has no {0}")]
    PathAnd(&'static str),
    #[error("{0} is empty")]
    Empty(&'static str),
    /// Roles and bindings alone do not say who an IAM principal is.
    #[error(
        "{0:?} is a principal, and without aws-auth and access entries nobody knows who that is in the cluster"
    )]
    WhoIsPrincipal(String),
}
