use std::str::FromStr;

use eksodus::planner::Plan;

use super::output::CliError;

/// The digest of a plan, as it was reviewed: whole, or as much of it as is printed. A part of it a forger can have another plan
/// meet, so that what runs unattended pins all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanDigest(String);

/// So many digits are printed where a digest only names a plan.
const PRINTED: usize = 12;

#[derive(Debug, thiserror::Error)]
#[error(
    "at least the first 12 of the 64 hexadecimal digits of a plan's digest are needed; eksodus show --output json has it, as digest"
)]
pub struct NotADigest;

impl FromStr for PlanDigest {
    type Err = NotADigest;

    /// With or without the `blake3:` that pages put before it, and whole or cut as it is printed.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix("blake3:").unwrap_or(text).to_ascii_lowercase();
        let is_one =
            (PRINTED..=64).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_one { Ok(Self(digits)) } else { Err(NotADigest) }
    }
}

impl PlanDigest {
    /// The plan, if it is the one that was reviewed, or if none was named.
    pub fn pinned(reviewed: Option<&Self>, plan: Plan) -> Result<Plan, CliError> {
        match reviewed {
            Some(Self(reviewed)) if !plan.digest.starts_with(reviewed.as_str()) => {
                Err(CliError::OtherDigest { reviewed: reviewed.clone(), found: plan.digest })
            }
            _ => Ok(plan),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_whole_or_as_it_is_printed() {
        let digits = "0123456789abcdef".repeat(4);
        assert_eq!(format!("blake3:{digits}").parse::<PlanDigest>().unwrap(), PlanDigest(digits.clone()));
        assert_eq!(digits.to_uppercase().parse::<PlanDigest>().unwrap(), PlanDigest(digits.clone()));
        assert_eq!("blake3:0123456789ab".parse::<PlanDigest>().unwrap(), PlanDigest(digits[..12].to_owned()));
        for bad in ["", "blake3:", &digits[..11], &format!("{digits}0"), &"g".repeat(64), &"g".repeat(12)] {
            assert!(bad.parse::<PlanDigest>().is_err(), "{bad}");
        }
    }
}
