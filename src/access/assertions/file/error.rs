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
    #[error("no version")]
    NoVersion,
    #[error("version {0}; only the number 1 is known")]
    UnknownVersion(String),
    #[error("a second document")]
    SecondDocument,
    #[error("nothing is asserted: the list is empty, or is not there")]
    NothingAsserted,
    #[error("an assertion is about a principal, or about a user and groups, not both")]
    PrincipalAndUser,
    #[error("an assertion needs principal, user or groups")]
    Nobody,
    #[error("session goes with principal: a user and groups have none")]
    SessionOfUser,
    #[error("{0:?} is an IAM user, and only roles have sessions")]
    SessionOfIamUser(String),
    #[error("the session is named twice: {0:?} has one")]
    SessionTwice(String),
    #[error("{text:?} is not the ARN of a role, a user or a session: {why}")]
    Arn { text: String, why: InvalidArn },
    #[error("can and cannot are two assertions")]
    CanAndCannot,
    #[error("an assertion needs can or cannot")]
    NeitherCanNorCannot,
    #[error("resource and path are two requests")]
    ResourceAndPath,
    #[error("a request needs resource or path")]
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
