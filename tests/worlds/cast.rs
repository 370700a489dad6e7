//! Who there is: every kind of IAM principal that a cluster may meet.

use std::fmt;

pub const HOME: &str = "111122223333";
pub const OTHER: &str = "444455556666";

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    Admin,
    Lead,
    Dev,
    /// A role with a path.
    Ops,
    /// A role of IAM Identity Center.
    Sso,
    Ann,
    /// A user with a path.
    Bob,
    /// Roles and a user of another account.
    Partner,
    Deploy,
    Eve,
    /// A service-linked role.
    Batch,
    NodeA,
    NodeB,
    Pods,
    Auto,
    /// Made the cluster, and is named nowhere.
    Creator,
    /// Named nowhere: whom `mapAccounts` lets in.
    Stranger,
    StrangeUser,
    OtherStranger,
}

pub const EVERYBODY: [Who; 19] = [
    Who::Admin,
    Who::Lead,
    Who::Dev,
    Who::Ops,
    Who::Sso,
    Who::Ann,
    Who::Bob,
    Who::Partner,
    Who::Deploy,
    Who::Eve,
    Who::Batch,
    Who::NodeA,
    Who::NodeB,
    Who::Pods,
    Who::Auto,
    Who::Creator,
    Who::Stranger,
    Who::StrangeUser,
    Who::OtherStranger,
];

impl Who {
    /// As IAM writes it, with the path.
    pub fn arn(self) -> String {
        format!("arn:aws:iam::{}:{}", self.account(), self.resource())
    }

    pub fn account(self) -> &'static str {
        match self {
            Self::Partner | Self::Deploy | Self::Eve | Self::OtherStranger => OTHER,
            _ => HOME,
        }
    }

    fn resource(self) -> &'static str {
        match self {
            Self::Admin => "role/Admin",
            Self::Lead => "role/Lead",
            Self::Dev => "role/Dev",
            Self::Ops => "role/team/Ops",
            Self::Sso => {
                "role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Audit_1a2b3c4d5e6f7a8b"
            }
            Self::Ann => "user/ann",
            Self::Bob => "user/people/bob",
            Self::Partner => "role/Partner",
            Self::Deploy => "role/ci/Deploy",
            Self::Eve => "user/eve",
            Self::Batch => "role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch",
            Self::NodeA => "role/node-a",
            Self::NodeB => "role/node-b",
            Self::Pods => "role/pods",
            Self::Auto => "role/auto",
            Self::Creator => "role/Creator",
            Self::Stranger | Self::OtherStranger => "role/Stranger",
            Self::StrangeUser => "user/stranger",
        }
    }

    pub fn is_role(self) -> bool {
        self.resource().starts_with("role/")
    }

    pub fn is_service_linked(self) -> bool {
        self == Self::Batch
    }

    pub fn name(self) -> &'static str {
        self.resource().rsplit('/').next().unwrap()
    }

    /// Who a login is for the authenticator: STS does not tell a role's path, and does tell a user's.
    pub fn canonical(self) -> String {
        if self.is_role() {
            format!("arn:aws:iam::{}:role/{}", self.account(), self.name())
        } else {
            self.arn()
        }
    }

    pub fn of(arn: &str) -> Option<Self> {
        EVERYBODY.into_iter().find(|who| who.arn() == arn)
    }
}

impl fmt::Debug for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
