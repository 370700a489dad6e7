use std::str::FromStr;

use eksodus::planner::Plan;

use super::output::CliError;

/// The digest of a plan, as it was reviewed: whole, for a part of it can be met by another plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanDigest(String);

#[derive(Debug, thiserror::Error)]
#[error("a plan's digest has 64 hexadecimal digits; eksodus show --output json has it, as digest")]
pub struct NotADigest;

impl FromStr for PlanDigest {
    type Err = NotADigest;

    /// With or without the `blake3:` that pages put before it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix("blake3:").unwrap_or(text).to_ascii_lowercase();
        let is_whole = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_whole { Ok(Self(digits)) } else { Err(NotADigest) }
    }
}

impl PlanDigest {
    /// The plan, if it is the one that was reviewed, or if none was named.
    pub fn pinned(reviewed: Option<&Self>, plan: Plan) -> Result<Plan, CliError> {
        match reviewed {
            Some(Self(reviewed)) if *reviewed != plan.digest => {
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
    fn a_digest_is_whole_or_none() {
        let digits = "0123456789abcdef".repeat(4);
        assert_eq!(format!("blake3:{digits}").parse::<PlanDigest>().unwrap(), PlanDigest(digits.clone()));
        assert_eq!(digits.to_uppercase().parse::<PlanDigest>().unwrap(), PlanDigest(digits.clone()));
        for bad in ["", "blake3:", &digits[..12], &digits[..63], &format!("{digits}0"), &"g".repeat(64)] {
            assert!(bad.parse::<PlanDigest>().is_err(), "{bad}");
        }
    }
}
