//! The finer reason why a mapping never matches: one mapping, one reason.

use super::input::Input;
use crate::model::InvalidArn;
use crate::reader::{Mapping, NeverMatches};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Never<'a> {
    /// Text of a template that nobody filled in.
    Placeholder(&'a str),
    RolePath {
        pathless: &'a str,
    },
    SessionArn {
        role: Option<&'a str>,
    },
    StraySpace,
    Wildcard,
    Sso,
    InstanceProfile,
    IamGroup,
    Other {
        why: InvalidArn,
    },
}

pub(crate) fn mappings<'a>(input: &Input<'a>) -> impl Iterator<Item = (&'a Mapping, Never<'a>)> + use<'a> {
    input.never().map(|(mapping, why)| (mapping, kind(&mapping.arn, why)))
}

fn kind<'a>(arn: &'a str, why: &'a NeverMatches) -> Never<'a> {
    if let Some(text) = placeholder(arn) {
        return Never::Placeholder(text);
    }
    let resource = arn.splitn(6, ':').nth(5).unwrap_or_default().to_ascii_lowercase();
    match why {
        NeverMatches::RolePath { pathless } => Never::RolePath { pathless },
        NeverMatches::SessionArn { role } => Never::SessionArn { role: role.as_deref() },
        NeverMatches::StraySpace => Never::StraySpace,
        NeverMatches::Wildcard => Never::Wildcard,
        NeverMatches::Sso => Never::Sso,
        NeverMatches::NotAnIdentity { .. } if resource.starts_with("instance-profile/") => {
            Never::InstanceProfile
        }
        NeverMatches::NotAnIdentity { .. } if resource.starts_with("group/") => Never::IamGroup,
        NeverMatches::NotAnIdentity { why } => Never::Other { why: why.clone() },
        NeverMatches::NotAnAccount => Never::Other { why: InvalidArn::NotAnArn },
    }
}

/// `<…>`, `${…}`, `$NAME`, `{{…}}`, `[…]`, `A_NAME`, or a word where the account id belongs.
pub(crate) fn placeholder(text: &str) -> Option<&str> {
    for (open, close) in [("${", "}"), ("{{", "}}"), ("<", ">"), ("[", "]")] {
        if let Some(start) = text.find(open)
            && let Some(len) = text[start..].find(close)
        {
            return text.get(start..start + len + close.len());
        }
    }
    if let Some(start) = text.find('$') {
        let name = text[start + 1..].find(|c: char| !c.is_alphanumeric() && c != '_');
        return text.get(start..name.map_or(text.len(), |len| start + 1 + len));
    }
    let is_constant = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    if text.contains('_') && text.chars().all(is_constant) {
        return Some(text);
    }
    let account = text.split(':').nth(4)?;
    let is_word = account.len() > 1 && account.chars().all(|c| c.is_alphabetic() || "_-".contains(c));
    is_word.then_some(account)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_templates_leave_behind() {
        for (arn, left) in [
            ("arn:aws:iam::<ACCOUNT>:role/Dev", Some("<ACCOUNT>")),
            ("arn:aws:iam::${account}:role/Dev", Some("${account}")),
            ("arn:aws:iam::$ACCOUNT_ID:role/Dev", Some("$ACCOUNT_ID")),
            ("arn:aws:iam::[account_id]:root", Some("[account_id]")),
            ("arn:aws:iam::{{AccountID}}:role/Dev", Some("{{AccountID}}")),
            ("arn:aws:iam::AWSAccountID:role/Dev", Some("AWSAccountID")),
            ("NODE_ROLE_ARN", Some("NODE_ROLE_ARN")),
            ("111122223333", None),
            ("arn:aws:iam::11112222333:role/Dev", None),
            ("arn:aws:iam::111122223333:role/Dev", None),
            ("arn:aws:iam:::role/Dev", None),
        ] {
            assert_eq!(placeholder(arn), left, "{arn}");
        }
    }
}
