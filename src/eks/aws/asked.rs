//! Whether an answer is about what was asked for. What answers may be a proxy, a cache or an emulator that mixes things
//! up, and what it says would be taken for what this cluster has.

use aws_sdk_eks::types;

use super::{Aws, errors};
use crate::eks::AwsError;
use crate::model::ClusterId;

/// One call and what it asked for.
pub(super) struct Asked<'a> {
    pub aws: &'a Aws,
    pub operation: &'static str,
}

impl Asked<'_> {
    /// `what` names the field for people.
    pub fn same(&self, what: &str, asked: &str, answered: Option<&str>) -> Result<(), AwsError> {
        match answered {
            // IAM's names are not told apart by case
            Some(found) if !found.eq_ignore_ascii_case(asked) => Err(errors::about_another(
                self.operation,
                format!("the answer is about {what} {found:?}, not {asked:?}"),
            )),
            _ => Ok(()),
        }
    }

    /// The name is compared as it is: clusters are told apart by case.
    pub fn cluster(&self, answered: Option<&str>) -> Result<(), AwsError> {
        match answered {
            Some(found) if found != self.aws.cluster => Err(errors::about_another(
                self.operation,
                format!("the answer is about cluster {found:?}, not {:?}", self.aws.cluster),
            )),
            _ => Ok(()),
        }
    }

    /// `arn:P:eks:REGION:ACCOUNT:KIND/CLUSTER/…`: of this cluster, and no other of its name.
    pub fn part(&self, arn: Option<&str>) -> Result<(), AwsError> {
        let Some(arn) = arn else { return Ok(()) };
        let fields: Vec<&str> = arn.splitn(6, ':').collect();
        let (region, account, resource) = match fields.as_slice() {
            &["arn", _, "eks", region, account, resource] => (region, account, resource),
            _ => return Err(errors::about_another(self.operation, format!("the answer is about {arn:?}"))),
        };
        self.cluster(resource.split('/').nth(1))?;
        self.same("region", self.aws.region(), Some(region))?;
        match self.aws.known.get() {
            Some(known) => self.same("account", known.account.as_str(), Some(account)),
            None => Ok(()),
        }
    }

    /// Also remembers the account of the first answer, which the later ones must have.
    pub fn whole(&self, answer: &types::Cluster) -> Result<(), AwsError> {
        self.cluster(answer.name.as_deref())?;
        let Some(id) = answer.arn.as_deref().and_then(|arn| arn.parse::<ClusterId>().ok()) else {
            // said by whoever reads it
            return Ok(());
        };
        self.cluster(Some(&id.name))?;
        self.same("region", self.aws.region(), Some(&id.region))?;
        let known = self.aws.known.get_or_init(|| id.clone());
        self.same("account", known.account.as_str(), Some(id.account.as_str()))
    }
}
