use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{AccountId, Partition};

/// Any IAM or STS ARN that names, or is mistaken for, a principal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IamArn {
    /// `arn:P:iam::A:role/…` or `user/…`.
    Principal(PrincipalArn),
    /// `arn:P:iam::A:root`: the root user alone, not "everyone in the account".
    Root { partition: Partition, account: AccountId },
    /// `arn:P:sts::A:assumed-role/ROLE/SESSION`.
    AssumedRole { partition: Partition, account: AccountId, role: String, session: String },
    /// `arn:P:sts::A:federated-user/NAME`.
    FederatedUser { partition: Partition, account: AccountId, name: String },
}

/// What an access entry can stand for: an IAM role or user, with its full path.
///
/// Names keep their case: IAM ignores it for uniqueness and keeps it in ARNs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct PrincipalArn {
    /// The whole ARN, once; the rest are places in it.
    text: String,
    path_at: u16,
    name_at: u16,
    account: AccountId,
    kind: PrincipalKind,
    partition: Partition,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalKind {
    Role,
    User,
}

/// Why a text is not an ARN of an IAM principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", content = "text", rename_all = "kebab-case")]
pub enum InvalidArn {
    #[error("not an ARN: it has fewer than six fields separated by colons")]
    NotAnArn,
    #[error("unknown partition {0:?}")]
    Partition(String),
    #[error("{0:?} is not a 12-digit account id")]
    Account(String),
    #[error("the service is {0:?}, not iam or sts")]
    Service(String),
    #[error("an IAM ARN has no region, but this one has {0:?}")]
    Region(String),
    #[error("{0:?} is not a role, user, root or session")]
    Resource(String),
    #[error("it is {0}, not an IAM role or user")]
    NotAPrincipal(OtherLogin),
    /// Nobody of it can log in: AWS accounts are of one partition, and STS answers for its own alone.
    #[error("it is of another partition than the cluster, {0}")]
    OtherPartition(String),
}

/// What authenticates, and is neither an IAM role nor a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum OtherLogin {
    Root,
    Session,
    FederatedUser,
}

impl fmt::Display for OtherLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Root => "the account's root user",
            Self::Session => "one session of a role",
            Self::FederatedUser => "a federated user",
        })
    }
}

impl IamArn {
    pub fn account(&self) -> &AccountId {
        match self {
            Self::Principal(principal) => principal.account(),
            Self::Root { account, .. }
            | Self::AssumedRole { account, .. }
            | Self::FederatedUser { account, .. } => account,
        }
    }

    /// The ARN that the authenticator matches: a session becomes its role, a role loses its path, the rest stays.
    pub fn canonical(&self) -> String {
        match self {
            Self::Principal(principal) => principal.canonical(),
            Self::Root { partition, account } => format!("arn:{partition}:iam::{account}:root"),
            Self::AssumedRole { partition, account, role, session: _ } => {
                format!("arn:{partition}:iam::{account}:role/{role}")
            }
            Self::FederatedUser { partition, account, name } => {
                format!("arn:{partition}:sts::{account}:federated-user/{name}")
            }
        }
    }

    pub fn partition(&self) -> Partition {
        match self {
            Self::Principal(principal) => principal.partition(),
            Self::Root { partition, .. }
            | Self::AssumedRole { partition, .. }
            | Self::FederatedUser { partition, .. } => *partition,
        }
    }
}

impl FromStr for IamArn {
    type Err = InvalidArn;

    /// Strict: surrounding space, a missing field or an odd account id is an error, because IAM never prints one.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let [prefix, partition, service, region, account, resource] =
            fields(text).ok_or(InvalidArn::NotAnArn)?;
        if prefix != "arn" {
            return Err(InvalidArn::NotAnArn);
        }
        let partition: Partition =
            partition.parse().map_err(|_| InvalidArn::Partition(partition.to_owned()))?;
        if !matches!(service, "iam" | "sts") {
            return Err(InvalidArn::Service(service.to_owned()));
        }
        if !region.is_empty() {
            return Err(InvalidArn::Region(region.to_owned()));
        }
        let account: AccountId = account.parse().map_err(|_| InvalidArn::Account(account.to_owned()))?;
        let unknown = || InvalidArn::Resource(resource.to_owned());
        match service {
            "iam" if resource == "root" => Ok(Self::Root { partition, account }),
            "iam" => {
                let (kind, rest) = resource.split_once('/').ok_or_else(unknown)?;
                let kind = match kind {
                    "role" => PrincipalKind::Role,
                    "user" => PrincipalKind::User,
                    _ => return Err(unknown()),
                };
                let path_at = text.len() - rest.len() - 1;
                let name_at = text.rfind('/').map_or(path_at, |slash| slash) + 1;
                let (path, name) = (&text[path_at..name_at], &text[name_at..]);
                if !is_iam_name(name) || !is_iam_path(path) {
                    return Err(unknown());
                }
                let place = |at: usize| u16::try_from(at).map_err(|_| unknown());
                Ok(Self::Principal(PrincipalArn {
                    text: text.to_owned(),
                    path_at: place(path_at)?,
                    name_at: place(name_at)?,
                    account,
                    kind,
                    partition,
                }))
            }
            _ => match *resource.split('/').collect::<Vec<_>>().as_slice() {
                ["assumed-role", role, session] if is_iam_name(role) && !session.is_empty() => {
                    Ok(Self::AssumedRole {
                        partition,
                        account,
                        role: role.to_owned(),
                        session: session.to_owned(),
                    })
                }
                ["federated-user", name] if !name.is_empty() => {
                    Ok(Self::FederatedUser { partition, account, name: name.to_owned() })
                }
                _ => Err(unknown()),
            },
        }
    }
}

/// The six fields of an ARN; only the last may have colons of its own.
fn fields(text: &str) -> Option<[&str; 6]> {
    // by bytes, as ARNs are short and there are many: each search for a colon costs more than the whole text is long
    let mut colons = text.bytes().enumerate().filter(|(_, byte)| *byte == b':').map(|(at, _)| at);
    let mut start = 0;
    let mut fields = [text; 6];
    for field in &mut fields[..5] {
        let end = colons.next()?;
        *field = &text[start..end];
        start = end + 1;
    }
    fields[5] = &text[start..];
    Some(fields)
}

/// IAM names: letters, digits and `+=,.@_-`, at most 64 of them (IAM API reference, CreateRole and CreateUser).
fn is_iam_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b))
}

/// IAM paths: printable ASCII between slashes, at most 512 (IAM API reference); an empty segment is legal there.
fn is_iam_path(path: &str) -> bool {
    path.len() <= 512 && path.bytes().all(|b| (0x21..=0x7e).contains(&b) && b != b':')
}

impl PrincipalArn {
    pub fn partition(&self) -> Partition {
        self.partition
    }

    pub fn account(&self) -> &AccountId {
        &self.account
    }

    pub fn kind(&self) -> PrincipalKind {
        self.kind
    }

    pub fn is_role(&self) -> bool {
        self.kind == PrincipalKind::Role
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn name(&self) -> &str {
        &self.text[usize::from(self.name_at)..]
    }

    /// Begins and ends with `/`.
    pub fn path(&self) -> &str {
        &self.text[usize::from(self.path_at)..usize::from(self.name_at)]
    }

    pub fn has_path(&self) -> bool {
        self.path() != "/"
    }

    /// Owned by an AWS service; customers cannot make or change its access entry.
    pub fn is_service_linked(&self) -> bool {
        self.is_role() && self.path().starts_with("/aws-service-role/")
    }

    /// [`Self::canonical`] in lower case: what tells principals apart where case does not count.
    pub fn match_key(&self) -> String {
        let mut key = self.canonical();
        key.make_ascii_lowercase();
        key
    }

    /// The ARN the authenticator matches against: without path for a role, whole for a user.
    pub fn canonical(&self) -> String {
        if self.is_role() && self.has_path() {
            let head = &self.text[..usize::from(self.path_at)];
            [head, "/", self.name()].concat()
        } else {
            self.text.clone()
        }
    }
}

impl fmt::Display for PrincipalArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for PrincipalArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for PrincipalArn {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl FromStr for PrincipalArn {
    type Err = InvalidArn;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse()? {
            IamArn::Principal(principal) => Ok(principal),
            IamArn::Root { .. } => Err(InvalidArn::NotAPrincipal(OtherLogin::Root)),
            IamArn::AssumedRole { .. } => Err(InvalidArn::NotAPrincipal(OtherLogin::Session)),
            IamArn::FederatedUser { .. } => Err(InvalidArn::NotAPrincipal(OtherLogin::FederatedUser)),
        }
    }
}

impl TryFrom<String> for PrincipalArn {
    type Error = InvalidArn;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<PrincipalArn> for String {
    fn from(principal: PrincipalArn) -> Self {
        principal.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_read_back() {
        for text in [
            "arn:aws:iam::000011112222:role/Dev",
            "arn:aws-cn:iam::111122223333:role/team/a/Dev",
            "arn:aws-us-gov:iam::111122223333:user/x@y.z",
            "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_A_0123456789abcdef",
        ] {
            assert_eq!(text.parse::<PrincipalArn>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_role_loses_its_path_and_a_user_keeps_it() {
        let role: PrincipalArn = "arn:aws:iam::111122223333:role/a/b/Dev".parse().unwrap();
        assert_eq!(role.canonical(), "arn:aws:iam::111122223333:role/Dev");
        let user: PrincipalArn = "arn:aws:iam::111122223333:user/a/Dev".parse().unwrap();
        assert_eq!(user.canonical(), "arn:aws:iam::111122223333:user/a/Dev");
    }

    #[test]
    fn what_is_not_a_principal_says_why() {
        let why = |text: &str| text.parse::<PrincipalArn>().unwrap_err();
        assert_eq!(why("role/Dev"), InvalidArn::NotAnArn);
        assert_eq!(why("arn:aws:iam:111122223333:role/Dev"), InvalidArn::NotAnArn);
        assert_eq!(why(" arn:aws:iam::111122223333:role/Dev"), InvalidArn::NotAnArn);
        assert_eq!(why("arn:AWS:iam::111122223333:role/Dev"), InvalidArn::Partition("AWS".into()));
        assert_eq!(why("arn:aws:iam::1111222233:role/Dev"), InvalidArn::Account("1111222233".into()));
        assert_eq!(why("arn:aws:eks:eu-west-1:111122223333:cluster/c"), InvalidArn::Service("eks".into()));
        assert_eq!(why("arn:aws:iam::111122223333::role/Dev"), InvalidArn::Resource(":role/Dev".into()));
        assert_eq!(why("arn:aws:iam::111122223333:group/Dev"), InvalidArn::Resource("group/Dev".into()));
        assert_eq!(why("arn:aws:iam::111122223333:role/Dev "), InvalidArn::Resource("role/Dev ".into()));
        assert!(matches!(why("arn:aws:iam::111122223333:root"), InvalidArn::NotAPrincipal(_)));
        assert!(matches!(
            why("arn:aws:sts::111122223333:assumed-role/Dev/alice"),
            InvalidArn::NotAPrincipal(_)
        ));
    }

    #[test]
    fn service_linked_roles_are_known_by_their_path() {
        let slr: PrincipalArn =
            "arn:aws:iam::111122223333:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS"
                .parse()
                .unwrap();
        assert!(slr.is_service_linked());
    }
}
