//! Names of entries that are readable, and the same whenever the same entries are exported.

use std::collections::BTreeMap;

use crate::model::{PrincipalArn, PrincipalKind};

/// Longer than any name of IAM (64), and short enough for whatever takes it.
const LONGEST: usize = 100;

/// A key for each principal, in their order: the name in IAM as an identifier of Terraform, and more of the ARN where names
/// are alike. No two differ in case or in underscores alone, so that each can be turned into a name of another kind.
pub(super) fn keys(principals: &[&PrincipalArn]) -> Vec<String> {
    let mut levels = vec![0_usize; principals.len()];
    loop {
        let keys: Vec<String> =
            principals.iter().zip(&levels).map(|(principal, level)| key(principal, *level)).collect();
        let mut alike = BTreeMap::<String, Vec<usize>>::new();
        for (index, key) in keys.iter().enumerate() {
            let folded = key.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
            alike.entry(folded.to_ascii_lowercase()).or_default().push(index);
        }
        let clashes = alike.values().filter(|indices| indices.len() > 1).flatten();
        // the last level is of the whole ARN, and no two of these are alike
        let more: Vec<usize> = clashes.copied().filter(|index| levels[*index] < LAST).collect();
        if more.is_empty() {
            return keys;
        }
        more.into_iter().for_each(|index| levels[index] += 1);
    }
}

const LAST: usize = 4;

fn key(principal: &PrincipalArn, level: usize) -> String {
    let kind = match principal.kind() {
        PrincipalKind::Role => "role",
        PrincipalKind::User => "user",
    };
    let (name, path, account) = (principal.name(), principal.path(), principal.account());
    let text = match level {
        0 => name.to_owned(),
        1 => format!("{path}{name}"),
        2 => format!("{kind}_{path}{name}"),
        3 => format!("{kind}_{account}_{path}{name}"),
        _ => String::new(),
    };
    let key = identifier(&text);
    if key.is_empty() || key.len() > LONGEST {
        let whole = blake3::hash(principal.as_str().as_bytes()).to_hex();
        return format!("{}_{}", identifier(&format!("{kind}_{name}")), &whole[..16]);
    }
    key
}

/// Letters, digits and single underscores, a letter first.
fn identifier(text: &str) -> String {
    let mut key = String::new();
    for c in text.chars() {
        match c {
            c if c.is_ascii_alphanumeric() => key.push(c),
            _ if key.ends_with('_') || key.is_empty() => {}
            _ => key.push('_'),
        }
    }
    let end = key.trim_end_matches('_').len();
    key.truncate(end);
    if key.starts_with(|c: char| c.is_ascii_digit()) { format!("p{key}") } else { key }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys_of(arns: &[&str]) -> Vec<String> {
        let principals: Vec<PrincipalArn> = arns.iter().map(|arn| arn.parse().unwrap()).collect();
        keys(&principals.iter().collect::<Vec<_>>())
    }

    #[test]
    fn a_name_is_its_key_and_what_is_alike_says_more() {
        assert_eq!(
            keys_of(&[
                "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_0a",
                "arn:aws:iam::111122223333:role/ci/deployer",
                "arn:aws:iam::111122223333:role/deployer",
                "arn:aws:iam::111122223333:role/x",
                "arn:aws:iam::111122223333:user/7up",
                "arn:aws:iam::111122223333:user/Deployer",
                "arn:aws:iam::444455556666:role/x",
            ]),
            [
                "AWSReservedSSO_Dev_0a",
                "ci_deployer",
                "role_deployer",
                "role_111122223333_x",
                "p7up",
                "user_Deployer",
                "role_444455556666_x",
            ]
        );
    }

    #[test]
    fn no_two_are_the_same_without_case_and_underscores() {
        let long = format!("arn:aws:iam::111122223333:role/{}/x", "p".repeat(400));
        let keys = keys_of(&[
            "arn:aws:iam::111122223333:role/a.b",
            "arn:aws:iam::111122223333:role/a-b",
            "arn:aws:iam::111122223333:role/A_b",
            "arn:aws:iam::111122223333:role/a/b",
            "arn:aws:iam::111122223333:role/role-a-b",
            "arn:aws:iam::111122223333:role/@@",
            "arn:aws:iam::111122223333:role/@",
            "arn:aws:iam::111122223333:role/x",
            &long,
        ]);
        let folded = |key: &String| key.replace('_', "").to_ascii_lowercase();
        let all: std::collections::BTreeSet<String> = keys.iter().map(folded).collect();
        assert_eq!(all.len(), keys.len(), "{keys:?}");
        assert!(keys.iter().all(|key| key.starts_with(|c: char| c.is_ascii_alphabetic()) && key.len() < 130));
    }
}
