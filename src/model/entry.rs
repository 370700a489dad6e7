use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{AccessScope, AccountId, GroupName, PolicyArn, PrincipalArn, Token, Username, is_reserved_tag};

/// The kind of an access entry. It cannot be changed: another type is another entry.
///
/// The API field is an open string, so a value nobody knows yet is kept as it is and never touched.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(from = "String")]
pub enum EntryType {
    Standard,
    Ec2Linux,
    Ec2Windows,
    FargateLinux,
    HybridLinux,
    /// EKS Auto Mode nodes.
    Ec2,
    HyperpodLinux,
    Other(String),
}

impl EntryType {
    pub fn as_str(&self) -> &str {
        match self {
            Self::Standard => "STANDARD",
            Self::Ec2Linux => "EC2_LINUX",
            Self::Ec2Windows => "EC2_WINDOWS",
            Self::FargateLinux => "FARGATE_LINUX",
            Self::HybridLinux => "HYBRID_LINUX",
            Self::Ec2 => "EC2",
            Self::HyperpodLinux => "HYPERPOD_LINUX",
            Self::Other(text) => text,
        }
    }

    /// Groups and a username of one's own: STANDARD alone.
    pub fn is_standard(&self) -> bool {
        matches!(self, Self::Standard)
    }

    /// STANDARD, and EC2 for AmazonEKSAutoNodePolicy. On the others even listing policies is refused.
    pub fn takes_policies(&self) -> bool {
        matches!(self, Self::Standard | Self::Ec2)
    }

    /// Creating it needs `iam:PassRole` on the role.
    pub fn needs_pass_role(&self) -> bool {
        matches!(self, Self::Ec2Linux | Self::Ec2Windows)
    }

    /// Whether the username is the one EKS sets when none is given.
    pub fn is_default_username(&self, principal: &PrincipalArn, username: &str) -> bool {
        // what begins otherwise is none, and needs no comparison
        (username.starts_with("arn:") || username.starts_with("system:"))
            && self.default_username(principal).as_deref() == Some(username)
    }

    /// The username EKS sets when none is given; `None` where AWS does not say.
    pub fn default_username(&self, principal: &PrincipalArn) -> Option<String> {
        let session = Token::SessionName.as_str();
        match self {
            Self::Standard if principal.is_role() => Some(format!(
                "arn:{}:sts::{}:assumed-role/{}/{session}",
                principal.partition(),
                principal.account(),
                principal.name()
            )),
            Self::Standard => Some(principal.to_string()),
            Self::Ec2Linux | Self::Ec2Windows => {
                Some(format!("system:node:{}", Token::Ec2PrivateDnsName.as_str()))
            }
            Self::FargateLinux | Self::HybridLinux | Self::Ec2 => Some(format!("system:node:{session}")),
            Self::HyperpodLinux | Self::Other(_) => None,
        }
    }
}

impl Serialize for EntryType {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Display for EntryType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<String> for EntryType {
    fn from(text: String) -> Self {
        match text.as_str() {
            "STANDARD" => Self::Standard,
            "EC2_LINUX" => Self::Ec2Linux,
            "EC2_WINDOWS" => Self::Ec2Windows,
            "FARGATE_LINUX" => Self::FargateLinux,
            "HYBRID_LINUX" => Self::HybridLinux,
            "EC2" => Self::Ec2,
            "HYPERPOD_LINUX" => Self::HyperpodLinux,
            _ => Self::Other(text),
        }
    }
}

impl From<EntryType> for String {
    fn from(entry_type: EntryType) -> Self {
        entry_type.as_str().to_owned()
    }
}

/// The username of an entry: EKS's default for its type, or one of ours.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", content = "name", rename_all = "kebab-case", from = "ReadUsername")]
pub enum EntryUsername {
    Default,
    Custom(Username),
}

/// As it is written, or as journals before format 3 have it.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
enum ReadUsername {
    Now(UsernameNow),
    Before(UsernameBefore),
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", content = "name", rename_all = "kebab-case")]
enum UsernameNow {
    Default,
    Custom(Username),
}

#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
enum UsernameBefore {
    Default,
    Custom(Username),
}

impl From<ReadUsername> for EntryUsername {
    fn from(read: ReadUsername) -> Self {
        match read {
            ReadUsername::Now(UsernameNow::Default) | ReadUsername::Before(UsernameBefore::Default) => {
                Self::Default
            }
            ReadUsername::Now(UsernameNow::Custom(name))
            | ReadUsername::Before(UsernameBefore::Custom(name)) => Self::Custom(name),
        }
    }
}

/// The access policies of an entry, each with the one scope it holds in.
pub type Associations = BTreeMap<PolicyArn, AccessScope>;

/// The whole value of an access entry that a customer decides: what is planned, compared, written and restored.
///
/// What EKS decides (ARN, times, the principal's unique id) is not part of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AccessEntry {
    pub principal: PrincipalArn,
    #[serde(rename = "type")]
    pub entry_type: EntryType,
    pub username: EntryUsername,
    pub groups: BTreeSet<GroupName>,
    pub policies: Associations,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

/// Why EKS would refuse an entry as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", content = "of", rename_all = "kebab-case")]
pub enum EntryRefusal {
    #[error("type {0} takes no groups")]
    Groups(EntryType),
    #[error("type {0} takes no username")]
    Username(EntryType),
    #[error("type {0} takes no access policies")]
    Policies(EntryType),
    #[error("type EC2 takes only the access policy AmazonEKSAutoNodePolicy on the whole cluster, not {0}")]
    NotAutoNode(PolicyArn),
    #[error("type {0} is for roles, not users")]
    NotARole(EntryType),
    #[error("type {0} needs a role in the cluster's account")]
    ForeignAccount(EntryType),
    #[error("the principal is a service-linked role")]
    ServiceLinked,
    #[error("policy {0} and the principal are in different partitions")]
    Partition(PolicyArn),
}

impl AccessEntry {
    /// A STANDARD entry with the default username and nothing else.
    pub fn standard(principal: PrincipalArn) -> Self {
        Self::of_type(principal, EntryType::Standard)
    }

    pub fn of_type(principal: PrincipalArn, entry_type: EntryType) -> Self {
        Self {
            principal,
            entry_type,
            username: EntryUsername::Default,
            groups: BTreeSet::new(),
            policies: Associations::new(),
            tags: BTreeMap::new(),
        }
    }

    /// The username as DescribeAccessEntry shows it; `None` where AWS does not say what the default is.
    pub fn effective_username(&self) -> Option<String> {
        match &self.username {
            EntryUsername::Custom(username) => Some(username.to_string()),
            EntryUsername::Default => self.entry_type.default_username(&self.principal),
        }
    }

    /// Its tags, as far as another entry can be created with them.
    pub fn tags_to_create(&self) -> BTreeMap<String, String> {
        let tags = self.tags.iter().filter(|(key, _)| !is_reserved_tag(key));
        tags.map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    pub fn is_cluster_admin_by_policy(&self) -> bool {
        self.policies.iter().any(|(policy, scope)| {
            policy.name() == PolicyArn::CLUSTER_ADMIN && *scope == AccessScope::Cluster
        })
    }

    /// The rules of types, accounts and partitions (EKS user guide, "Create access entries").
    ///
    /// # Errors
    /// The first rule that the entry breaks.
    pub fn check(&self, cluster_account: &AccountId) -> Result<(), EntryRefusal> {
        let Self { principal, entry_type, username, groups, policies, tags: _ } = self;
        if principal.is_service_linked() {
            return Err(EntryRefusal::ServiceLinked);
        }
        if !entry_type.is_standard() {
            if !principal.is_role() {
                return Err(EntryRefusal::NotARole(entry_type.clone()));
            }
            if principal.account() != cluster_account {
                return Err(EntryRefusal::ForeignAccount(entry_type.clone()));
            }
            if !groups.is_empty() {
                return Err(EntryRefusal::Groups(entry_type.clone()));
            }
            if *username != EntryUsername::Default {
                return Err(EntryRefusal::Username(entry_type.clone()));
            }
        }
        if !entry_type.takes_policies() && !policies.is_empty() {
            return Err(EntryRefusal::Policies(entry_type.clone()));
        }
        let of_nodes = |(policy, scope): &(&PolicyArn, &AccessScope)| {
            policy.name() == PolicyArn::AUTO_NODE && **scope == AccessScope::Cluster
        };
        if *entry_type == EntryType::Ec2
            && let Some((policy, _)) = policies.iter().find(|policy| !of_nodes(policy))
        {
            return Err(EntryRefusal::NotAutoNode(policy.clone()));
        }
        match policies.keys().find(|policy| policy.partition() != principal.partition()) {
            Some(policy) => Err(EntryRefusal::Partition(policy.clone())),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role() -> PrincipalArn {
        "arn:aws:iam::111122223333:role/team/Dev".parse().unwrap()
    }

    #[test]
    fn default_usernames_are_those_of_the_guide() {
        assert_eq!(
            EntryType::Standard.default_username(&role()).unwrap(),
            "arn:aws:sts::111122223333:assumed-role/Dev/{{SessionName}}"
        );
        let user: PrincipalArn = "arn:aws:iam::111122223333:user/a/b".parse().unwrap();
        assert_eq!(EntryType::Standard.default_username(&user).unwrap(), user.to_string());
        assert_eq!(
            EntryType::Ec2Windows.default_username(&role()).unwrap(),
            "system:node:{{EC2PrivateDNSName}}"
        );
        assert_eq!(EntryType::HyperpodLinux.default_username(&role()), None);
    }

    #[test]
    fn node_types_take_nothing_but_a_role_of_the_same_account() {
        let home: AccountId = "111122223333".parse().unwrap();
        let other: AccountId = "444455556666".parse().unwrap();
        let mut node = AccessEntry::of_type(role(), EntryType::Ec2Linux);
        assert_eq!(node.check(&home), Ok(()));
        assert!(matches!(node.check(&other), Err(EntryRefusal::ForeignAccount(_))));
        node.groups.insert(GroupName::new("x").unwrap());
        assert!(matches!(node.check(&home), Err(EntryRefusal::Groups(_))));
    }

    #[test]
    fn an_entry_for_auto_mode_takes_one_policy_on_the_whole_cluster() {
        let home: AccountId = "111122223333".parse().unwrap();
        let with = |name: &str, scope: AccessScope| {
            let mut entry = AccessEntry::of_type(role(), EntryType::Ec2);
            entry.policies.insert(PolicyArn::new(crate::model::Partition::Aws, name).unwrap(), scope);
            entry.check(&home)
        };
        assert_eq!(with(PolicyArn::AUTO_NODE, AccessScope::Cluster), Ok(()));
        let namespaces = AccessScope::namespaces(["a".to_owned()]).unwrap();
        assert!(matches!(with(PolicyArn::AUTO_NODE, namespaces), Err(EntryRefusal::NotAutoNode(_))));
        assert!(matches!(
            with("AmazonEKSViewPolicy", AccessScope::Cluster),
            Err(EntryRefusal::NotAutoNode(_))
        ));
    }

    #[test]
    fn types_read_back_and_unknown_ones_are_kept() {
        for text in ["STANDARD", "EC2_LINUX", "EC2", "HYPERPOD_LINUX", "SOMETHING_NEW"] {
            assert_eq!(String::from(EntryType::from(text.to_owned())), text);
        }
    }
}
