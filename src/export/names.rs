//! Names of what is exported. Each is a function of the principal and of the cluster alone: whatever else is exported with
//! it, it stays what it was, so that an export that is made again renames nothing, and hands no name to somebody else
//! (`docs/adr/0021-names-of-exports.md`).
//!
//! A name that can be read back is as plain as that. One that says less than the ARN ends in a digest of it, and a plain one
//! that looks as if it did gets a digest, too: no two principals have the same.

use std::fmt::Write as _;

use crate::model::{ClusterId, PrincipalArn, PrincipalKind};

/// Longer than any name of IAM (64), and short enough for whatever takes it.
const LONGEST: usize = 100;

/// IAM Identity Center makes these roles below a path of its own; the name alone tells them.
const SSO_NAME: &str = "AWSReservedSSO_";
const SSO_PATH: &str = "aws-reserved/sso.amazonaws.com/";

/// What tells a principal from all others of a cluster.
struct Parts<'p> {
    kind: &'static str,
    /// The account, where it is not the cluster's, the path as far as it tells something, the name.
    rest: Vec<&'p str>,
    /// The principal can be told from them.
    is_whole: bool,
}

impl<'p> Parts<'p> {
    fn of(cluster: Option<&ClusterId>, principal: &'p PrincipalArn) -> Self {
        let kind = match principal.kind() {
            PrincipalKind::Role => "role",
            PrincipalKind::User => "user",
        };
        let (name, path) = (principal.name(), principal.path());
        let path = path.strip_prefix('/').unwrap_or(path);
        let (path, is_known) = match name.starts_with(SSO_NAME) {
            true => path.strip_prefix(SSO_PATH).map_or((path, false), |path| (path, true)),
            false => (path, true),
        };
        let is_home = cluster.is_some_and(|it| it.account == *principal.account());
        let path: Vec<&str> = match path.strip_suffix('/') {
            Some(path) => path.split('/').collect(),
            None => Vec::new(),
        };
        let is_account = |text: &&str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
        let is_whole = is_known
            && cluster.is_some_and(|it| it.partition == principal.partition())
            && !path.first().is_some_and(is_account);
        let account = (!is_home).then_some(principal.account().as_str());
        Self { kind, rest: account.into_iter().chain(path).chain([name]).collect(), is_whole }
    }
}

/// The key of an entry: an identifier of Terraform, with the name as IAM has it.
pub(super) fn key(cluster: Option<&ClusterId>, principal: &PrincipalArn) -> String {
    let Parts { kind, rest, is_whole } = Parts::of(cluster, principal);
    identifier(kind, &rest, is_whole, || principal.to_string())
}

/// The key of a role binding, which is one of its kind in its namespace.
pub(super) fn binding_key(namespace: Option<&str>, name: &str) -> String {
    let rest: Vec<&str> = namespace.into_iter().chain([name]).collect();
    identifier("carried_over", &rest, true, || rest.join("/"))
}

/// Letters, digits, `_` and `-`, two underscores between the parts.
fn identifier(kind: &str, rest: &[&str], is_whole: bool, whole: impl FnOnce() -> String) -> String {
    let is_plain = |part: &&str| {
        let is_word = part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        is_word && !part.is_empty() && !part.starts_with('_') && !part.ends_with('_') && !part.contains("__")
    };
    let name = format!("{kind}_{}", rest.join("__"));
    if is_whole && rest.iter().all(is_plain) && name.len() <= LONGEST && !ends_in_digest(&name, "_") {
        return name;
    }
    let text = words(&name, |c| c == '-', '_');
    format!("{}_{}", cut(&text), digest(&whole()))
}

/// The name of an object of Kubernetes, a DNS subdomain (Kubernetes, "Object Names and IDs"): one cluster can manage the
/// entries of many, so that it begins with the cluster's.
pub(super) fn object_name(cluster: &ClusterId, principal: &PrincipalArn) -> String {
    let Parts { kind, rest, is_whole } = Parts::of(Some(cluster), principal);
    let is_label = |part: &str| {
        let is_word = part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        is_word && !part.is_empty() && !part.starts_with('-') && !part.ends_with('-')
    };
    let parts: Vec<&str> = [cluster.name.as_str(), kind].into_iter().chain(rest).collect();
    let name = parts.join(".");
    let is_plain = parts.iter().all(|part| is_label(part)) && name.len() <= LONGEST;
    if is_whole && is_plain && !ends_in_digest(&name, "-") {
        return name;
    }
    let labels = parts.iter().map(|part| words(&part.to_ascii_lowercase(), |_| false, '-'));
    let labels: Vec<String> = labels.filter(|label| !label.is_empty()).collect();
    format!("{}-{}", cut(&labels.join(".")), digest(&format!("{cluster} {principal}")))
}

/// Letters and digits, which are all that a logical id of CloudFormation may have. Plain are names in lower case with
/// hyphens.
pub(super) fn logical_id(cluster: &ClusterId, principal: &PrincipalArn) -> String {
    let Parts { kind, rest, is_whole } = Parts::of(Some(cluster), principal);
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    let parts = [kind].into_iter().chain(rest.iter().copied());
    let id: String =
        parts.flat_map(|part| part.split(|c: char| !c.is_ascii_alphanumeric())).map(capitalised).collect();
    let is_plain = matches!(rest.as_slice(), [name] if name.split('-').all(is_word)) && id.len() <= LONGEST;
    if is_whole && is_plain && !ends_in_digest(&id, "") {
        return id;
    }
    format!("{}{}", cut(&id), digest(principal.as_str()))
}

fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at(word.len().min(1));
    first.to_ascii_uppercase() + rest
}

/// Letters, digits and what is kept, with one `gap` for all else between them.
fn words(text: &str, is_kept: impl Fn(char) -> bool, gap: char) -> String {
    let mut words = String::new();
    for c in text.chars() {
        match c {
            c if c.is_ascii_alphanumeric() || is_kept(c) => words.push(c),
            _ if words.ends_with(gap) || words.is_empty() => {}
            _ => words.push(gap),
        }
    }
    words.truncate(words.trim_end_matches(gap).len());
    words
}

/// Of ASCII alone.
fn cut(text: &str) -> &str {
    text.get(..LONGEST).unwrap_or(text).trim_end_matches(['.', '-', '_'])
}

const DIGITS: usize = 8;

fn digest(text: &str) -> String {
    let hash = blake3::hash(text.as_bytes());
    hash.as_bytes().iter().take(DIGITS / 2).fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

fn ends_in_digest(name: &str, gap: &str) -> bool {
    let Some((before, end)) = name.len().checked_sub(DIGITS).and_then(|at| name.split_at_checked(at)) else {
        return false;
    };
    before.ends_with(gap) && end.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    const CLUSTER: &str = "arn:aws:eks:eu-west-1:111122223333:cluster/prod-eu";

    fn cluster(arn: &str) -> ClusterId {
        arn.parse().unwrap()
    }

    fn names(arn: &str) -> [String; 3] {
        let (cluster, principal) = (cluster(CLUSTER), arn.parse().unwrap());
        [key(Some(&cluster), &principal), object_name(&cluster, &principal), logical_id(&cluster, &principal)]
    }

    #[test]
    fn a_name_is_read_as_iam_has_it() {
        for (arn, [key, object, logical]) in [
            ("111122223333:role/deployer", ["role_deployer", "prod-eu.role.deployer", "RoleDeployer"]),
            (
                "111122223333:role/prod-eu-workers",
                ["role_prod-eu-workers", "prod-eu.role.prod-eu-workers", "RoleProdEuWorkers"],
            ),
            (
                "111122223333:user/ops/maria",
                ["user_ops__maria", "prod-eu.user.ops.maria", "UserOpsMaria9d5f0e2c"],
            ),
            (
                "444455556666:role/partner",
                [
                    "role_444455556666__partner",
                    "prod-eu.role.444455556666.partner",
                    "Role444455556666Partner9d5f0e2c",
                ],
            ),
            (
                "111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Dev_0123456789abcdef",
                [
                    "role_eu-west-1__AWSReservedSSO_Dev_0123456789abcdef",
                    "prod-eu.role.eu-west-1.awsreservedsso-dev-0123456789abcdef-9d5f0e2c",
                    "RoleEuWest1AWSReservedSSODev0123456789abcdef9d5f0e2c",
                ],
            ),
            (
                "111122223333:user/maria@example.com",
                [
                    "user_maria_example_com_9d5f0e2c",
                    "prod-eu.user.maria-example-com-9d5f0e2c",
                    "UserMariaExampleCom9d5f0e2c",
                ],
            ),
        ] {
            let found = names(&format!("arn:aws:iam::{arn}"));
            for (found, expected) in found.iter().zip([key, object, logical]) {
                // digests are of no interest here
                match expected.strip_suffix("9d5f0e2c") {
                    Some(stem) => {
                        let found = found.strip_prefix(stem);
                        assert!(found.is_some_and(|it| it.len() == DIGITS), "{arn}: {found:?}, {stem}");
                    }
                    None => assert_eq!(found, expected, "{arn}"),
                }
            }
        }
    }

    #[test]
    fn what_could_be_taken_for_another_is_told_apart() {
        let arns = [
            "111122223333:role/a.b",
            "111122223333:role/a-b",
            "111122223333:role/a_b",
            "111122223333:role/A_b",
            "111122223333:role/a/b",
            "111122223333:role/a__b",
            "111122223333:role/a/_b",
            "111122223333:role/a_/b",
            "111122223333:role//a//b",
            "111122223333:role/@",
            "111122223333:role/@@",
            "111122223333:user/a-b",
            "444455556666:role/x",
            "111122223333:role/444455556666/x",
            "111122223333:role/444455556666-x",
            "111122223333:role/AWSReservedSSO_Dev_0a",
            "111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_0a",
            "111122223333:role/aws-reserved/sso.amazonaws.com/eu/AWSReservedSSO_Dev_0a",
            "111122223333:role/eu/AWSReservedSSO_Dev_0a",
        ];
        let arns = arns.map(|arn| format!("arn:aws:iam::{arn}"));
        let long = format!("arn:aws:iam::111122223333:role/{}/x", "p".repeat(400));
        let china = "arn:aws-cn:iam::111122223333:role/a-b".to_owned();
        let all: Vec<String> = arns.into_iter().chain([long.replace("/x", "/y"), long, china]).collect();
        // and whoever is called as another one's name ends
        let imitations = all.iter().flat_map(|arn| names(arn)).filter_map(|name| {
            let name = name.strip_prefix("role_").or(name.strip_prefix("prod-eu.role."))?.replace('.', "/");
            let is_name = name.rsplit('/').next().is_some_and(|name| name.len() <= 64);
            is_name.then(|| format!("arn:aws:iam::111122223333:role/{name}"))
        });
        let arns: Vec<String> = all.iter().cloned().chain(imitations).collect();
        each_its_own(arns.iter().map(String::as_str));
    }

    fn each_its_own<'a>(arns: impl Iterator<Item = &'a str>) {
        let mut taken = BTreeMap::new();
        for arn in arns {
            for (nth, name) in names(arn).into_iter().enumerate() {
                assert!(
                    name.len() <= LONGEST + 1 + DIGITS && name.starts_with(|c: char| c.is_ascii_alphabetic())
                );
                let by = taken.entry((nth, name.clone())).or_insert(arn);
                assert_eq!(*by, arn, "{name}");
            }
        }
    }

    #[test]
    fn clusters_have_no_object_in_common() {
        let named = |cluster: &str, principal: &str| {
            let cluster: ClusterId =
                format!("arn:aws:eks:eu-west-1:111122223333:cluster/{cluster}").parse().unwrap();
            object_name(&cluster, &format!("arn:aws:iam::111122223333:role/{principal}").parse().unwrap())
        };
        assert_ne!(named("prod", "x-role-y"), named("prod-role-x", "y"));
        assert_ne!(named("prod", "x"), named("Prod", "x"));
        assert_ne!(named("a_b", "x"), named("a-b", "x"));
    }

    #[test]
    fn bindings_are_told_by_their_names() {
        assert_eq!(binding_key(None, "view-devs"), "carried_over_view-devs");
        assert_eq!(binding_key(Some("shop"), "view"), "carried_over_shop__view");
        let odd =
            [(None, "a:b"), (None, "a.b"), (None, "a_b"), (Some("a"), "b"), (None, "a__b"), (Some("a"), "")];
        let keys: std::collections::BTreeSet<_> =
            odd.iter().map(|(space, name)| binding_key(*space, name)).collect();
        assert_eq!(keys.len(), odd.len(), "{keys:?}");
    }

    fn arn() -> impl Strategy<Value = String> {
        let kind = prop::sample::select(vec!["role", "user"]);
        let account = prop::sample::select(vec!["111122223333", "444455556666"]);
        // few characters, so that much is alike
        (account, kind, "([ab._-]{1,3}/){0,2}", "[abAB._@-]{1,4}")
            .prop_map(|(account, kind, path, name)| format!("arn:aws:iam::{account}:{kind}/{path}{name}"))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn no_two_principals_have_the_same(arns in prop::collection::btree_set(arn(), 1..40)) {
            each_its_own(arns.iter().map(String::as_str));
        }
    }
}
