use crate::model::{Ec2PrivateDnsNames, IamArn, LoginValues, Partition, PrincipalKind};

/// Who logs in, as STS tells the authenticator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// GetCallerIdentity's `Arn`.
    pub arn: String,
    /// GetCallerIdentity's `Account`.
    pub account: String,
    /// GetCallerIdentity's `UserId`, up to the colon.
    pub user_id: String,
    /// Empty for users, the root user and federated users.
    pub session_name: String,
    pub access_key_id: String,
}

/// Why the authenticator turns an identity away before it looks at any map.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityRejection {
    #[error("not an ARN: it has fewer than six fields separated by colons")]
    NotAnArn,
    #[error("unknown partition {0:?}")]
    Partition(String),
    #[error("the assumed-role ARN has no session")]
    NoSession,
    #[error("{0:?} is not a role, user, root, assumed role or federated user")]
    Resource(String),
    #[error("the service is {0:?}, not iam or sts")]
    Service(String),
}

impl Identity {
    /// The identity behind an ARN as people write it. A role becomes a session of it, without the role's path,
    /// which STS never tells; anything else is taken as it is. Ids and keys stay empty.
    pub fn from_arn(text: &str, session_name: &str) -> Self {
        let account = fields(text).map_or("", |[_, _, _, account, _]| account);
        let mut identity = Self {
            arn: text.to_owned(),
            account: account.to_owned(),
            user_id: String::new(),
            session_name: String::new(),
            access_key_id: String::new(),
        };
        match text.parse() {
            Ok(IamArn::Principal(role)) if role.kind() == PrincipalKind::Role => {
                let (partition, account, name) = (role.partition(), role.account(), role.name());
                identity.arn = format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session_name}");
                session_name.clone_into(&mut identity.session_name);
            }
            Ok(IamArn::AssumedRole { session, .. }) => identity.session_name = session,
            _ => {}
        }
        identity
    }

    /// What this login has for placeholders.
    pub fn login_values<'a>(&'a self, dns: &'a Ec2PrivateDnsNames) -> LoginValues<'a> {
        LoginValues {
            account: &self.account,
            session_name: Some(&self.session_name),
            access_key_id: Some(&self.access_key_id),
            dns: Some(dns),
        }
    }

    /// The ARN that is looked up, in its own case: a session's role, and everything else unchanged
    /// (authenticator, `pkg/arn/arn.go`).
    ///
    /// # Errors
    /// It is not the ARN of anything that may log in.
    pub fn canonical_arn(&self) -> Result<String, IdentityRejection> {
        let [partition, service, _, account, resource] =
            fields(&self.arn).ok_or(IdentityRejection::NotAnArn)?;
        if partition.parse::<Partition>().is_err() {
            return Err(IdentityRejection::Partition(partition.to_owned()));
        }
        let parts: Vec<&str> = resource.split('/').collect();
        match (service, parts.as_slice()) {
            ("sts", ["assumed-role", role @ .., _session]) if !role.is_empty() => {
                Ok(format!("arn:{partition}:iam::{account}:role/{}", role.join("/")))
            }
            ("sts", ["assumed-role", ..]) => Err(IdentityRejection::NoSession),
            ("sts", ["federated-user", ..]) | ("iam", ["role" | "user" | "root", ..]) => Ok(self.arn.clone()),
            ("sts" | "iam", _) => Err(IdentityRejection::Resource(resource.to_owned())),
            _ => Err(IdentityRejection::Service(service.to_owned())),
        }
    }
}

/// Partition, service, region, account and resource.
fn fields(arn: &str) -> Option<[&str; 5]> {
    let mut fields = arn.strip_prefix("arn:")?.splitn(5, ':');
    let mut next = || fields.next();
    Some([next()?, next()?, next()?, next()?, next()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(arn: &str) -> Result<String, IdentityRejection> {
        Identity::from_arn(arn, "s").canonical_arn()
    }

    #[test]
    fn sessions_become_roles_and_the_rest_stays() {
        let role = || Ok("arn:aws:iam::111122223333:role/Dev".to_owned());
        assert_eq!(canonical("arn:aws:sts::111122223333:assumed-role/Dev/alice"), role());
        assert_eq!(canonical("arn:aws:iam::111122223333:role/team/Dev"), role());
        for same in [
            "arn:aws:iam::111122223333:user/team/Alice",
            "arn:aws:iam::111122223333:root",
            "arn:aws-cn:sts::111122223333:federated-user/bob",
        ] {
            assert_eq!(canonical(same), Ok(same.to_owned()));
        }
        // STS never says so, but the code would take it
        let path = "arn:aws:sts:eu-west-1:111122223333:assumed-role/team/Dev/alice";
        assert_eq!(canonical(path), Ok("arn:aws:iam::111122223333:role/team/Dev".to_owned()));
    }

    #[test]
    fn what_cannot_log_in_says_why() {
        use IdentityRejection::{NoSession, NotAnArn, Partition, Resource, Service};
        assert_eq!(canonical("alice"), Err(NotAnArn));
        assert_eq!(canonical("arn:AWS:iam::111122223333:user/a"), Err(Partition("AWS".to_owned())));
        assert_eq!(canonical("arn:aws:sts::111122223333:assumed-role/Dev"), Err(NoSession));
        assert_eq!(canonical("arn:aws:iam::111122223333:group/a"), Err(Resource("group/a".to_owned())));
        assert_eq!(canonical("arn:aws:eks::111122223333:cluster/c"), Err(Service("eks".to_owned())));
    }
}
