use std::fmt;

use super::{DropReason, Lost, NeverMatches};

impl fmt::Display for DropReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAMapping { found } => write!(f, "the list element is {found}, not a mapping"),
            Self::NoRoleArn => f.write_str("it has no rolearn"),
            Self::NoUserArn => f.write_str("it has no userarn"),
            Self::ArnNotAString { found } => write!(f, "its ARN is {found}, not a string"),
            Self::RoleArnAndSso => f.write_str("it has both rolearn and sso"),
            Self::InvalidSso { why } => write!(f, "its sso matcher is not valid: {why}"),
            Self::AccountNotAScalar { found } => write!(f, "the list element is {found}, not an account id"),
        }
    }
}

impl fmt::Display for NeverMatches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RolePath { pathless } => {
                write!(f, "the ARN has a path, and EKS matches roles without it: {pathless}")
            }
            Self::SessionArn { role: Some(role) } => {
                write!(f, "the ARN is a session's, and EKS looks sessions up by their role: {role}")
            }
            Self::SessionArn { role: None } => {
                f.write_str("the ARN is a session's, and EKS looks sessions up by their role")
            }
            Self::StraySpace => f.write_str("the ARN has stray spaces"),
            Self::Wildcard => f.write_str("the ARN has a wildcard, which is compared literally"),
            Self::Sso => f.write_str("sso matchers are behind a feature gate that EKS does not enable"),
            Self::NotAnIdentity { why } => write!(f, "{why}"),
            Self::NotAnAccount => f.write_str("not a 12-digit account id, and compared literally"),
        }
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Username { found } => {
                write!(f, "EKS ignores its username, which is {found}, not a string")
            }
            Self::Groups { found } => {
                write!(f, "EKS ignores its groups, which are {found}, not a list")
            }
            Self::Group { index, found } => {
                write!(f, "EKS reads group {} as empty: it is {found}, not a string", index + 1)
            }
            Self::Other { key, found } => write!(f, "EKS ignores its {key}, which is {found}"),
        }
    }
}
