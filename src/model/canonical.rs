use std::borrow::Borrow;
use std::fmt;

use super::fold::{fold, lower};
use super::{IamArn, InvalidArn, PrincipalArn};

/// What tells identities apart at login: the ARN that the authenticator matches, folded as it folds it.
///
/// A session is its role, a role has no path, and case does not count (authenticator: `pkg/arn/arn.go`, and
/// `strings.EqualFold` in `pkg/config/mapper.go`). Two texts are one principal when their canonical ARNs are equal; every
/// comparison of ARNs that is not one of exact spelling goes by this type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CanonicalArn(String);

impl CanonicalArn {
    /// Of any ARN of IAM or STS, in any case; a text that is none stands for itself.
    pub fn of(text: &str) -> Self {
        match parse_any_case(text) {
            Ok(IamArn::Principal(principal)) => Self::of_principal(&principal),
            Ok(arn) => Self(fold(&lower(&arn.canonical()))),
            Err(_) => Self::as_mapped(text),
        }
    }

    pub fn of_principal(principal: &PrincipalArn) -> Self {
        let mut key = principal.canonical();
        // the ARN of a principal is ASCII
        key.make_ascii_lowercase();
        Self(key)
    }

    /// Of the text of a mapping: `aws-auth` is compared as it is written, so that a path or a session in it stays, and
    /// matches nobody.
    pub fn as_mapped(text: &str) -> Self {
        Self(fold(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&PrincipalArn> for CanonicalArn {
    fn from(principal: &PrincipalArn) -> Self {
        Self::of_principal(principal)
    }
}

impl Borrow<str> for CanonicalArn {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CanonicalArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An ARN as `aws-auth` may spell it: in any case up to the kind of its principal.
///
/// IAM never prints anything but lower case there. The path and the name stay as they were written: IAM keeps their case,
/// and CreateAccessEntry wants it right.
///
/// # Errors
/// The text is no ARN of IAM or STS, whatever its case.
pub fn parse_any_case(text: &str) -> Result<IamArn, InvalidArn> {
    text.parse().or_else(|error| {
        let (head, rest) = text.split_at(text.find('/').unwrap_or(text.len()));
        format!("{}{rest}", fold(head)).parse().map_err(|_| error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "arn:aws:iam::111122223333:role/Dev";

    #[test]
    fn sessions_paths_and_case_do_not_count() {
        let role = CanonicalArn::of(ROLE);
        for same in [
            "arn:aws:iam::111122223333:role/team/a/Dev",
            "arn:aws:sts::111122223333:assumed-role/Dev/alice@example.com",
            "ARN:AWS:IAM::111122223333:ROLE/DEV",
            "arn:aws:iam::111122223333:role/dev",
        ] {
            assert_eq!(CanonicalArn::of(same), role, "{same}");
        }
        for other in [
            "arn:aws:iam::111122223333:user/Dev",
            "arn:aws:iam::444455556666:role/Dev",
            "arn:aws-cn:iam::111122223333:role/Dev",
            "arn:aws:iam::111122223333:user/team/Dev",
        ] {
            assert_ne!(CanonicalArn::of(other), role, "{other}");
        }
    }

    #[test]
    fn a_mapping_is_compared_as_it_is_written() {
        assert_eq!(CanonicalArn::as_mapped(&ROLE.to_uppercase()), CanonicalArn::of(ROLE));
        assert_ne!(
            CanonicalArn::as_mapped("arn:aws:iam::111122223333:role/team/Dev"),
            CanonicalArn::of(ROLE)
        );
        // U+017F is an s, U+212A a k
        assert_eq!(
            CanonicalArn::as_mapped("arn:aw\u{17f}:iam::111122223333:user/\u{212a}"),
            CanonicalArn::of("arn:aws:iam::111122223333:user/k")
        );
    }

    #[test]
    fn paths_and_names_keep_their_case() {
        let of = |text: &str| parse_any_case(text).map(|arn| arn.canonical());
        let user = "arn:aws:iam::111122223333:user/Team/Ann";
        assert_eq!(of("ARN:AWS:IAM::111122223333:USER/Team/Ann").as_deref(), Ok(user));
        assert_eq!(of(user).as_deref(), Ok(user));
        assert!(of("arn:aws:iam::111122223333:group/x").is_err());
    }
}
