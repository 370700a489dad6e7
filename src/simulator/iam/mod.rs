//! Which principals IAM knows, and what the caller may do.

pub(crate) mod principals;
pub(crate) mod rights;
