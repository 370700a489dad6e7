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
                write!(f, "it names the role with its path, and a login shows it without: {pathless}")
            }
            Self::SessionArn { role: Some(role) } => {
                write!(f, "it names one session, and a login is looked up as its role: {role}")
            }
            Self::SessionArn { role: None } => {
                f.write_str("it names one session, and a login is looked up as its role")
            }
            Self::StraySpace => f.write_str("it has stray space, which no ARN has"),
            Self::Wildcard => f.write_str("it has a wildcard, which is compared literally"),
            Self::Sso => f.write_str("sso matchers are behind a feature gate that EKS does not open"),
            Self::NotAnIdentity { why } => write!(f, "{why}"),
            Self::NotAnAccount => f.write_str("it is not a 12-digit account id, and is compared literally"),
        }
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Username { found } => {
                write!(f, "its username is {found}, not a string, and the server loses it")
            }
            Self::Groups { found } => {
                write!(f, "its groups are {found}, not a list, and the server loses them")
            }
            Self::Group { index, found } => {
                write!(f, "group {} is {found}, not a string, and the server makes it empty", index + 1)
            }
            Self::Other { key, found } => write!(f, "its {key} is {found}, and the server loses it"),
        }
    }
}
