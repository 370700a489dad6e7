use std::collections::BTreeSet;

use aws_sdk_eks::types::{self, UpdateAccessConfigRequest};

use super::asked::Asked;
use super::convert::{self, required};
use super::{Aws, errors};
use crate::eks::{AwsError, EksApi, NewEntry, Page, Update};
use crate::model::{AccessScope, AuthenticationMode, GroupName, PolicyArn, PrincipalArn, Username};
use crate::snapshot::{Cluster, FargateProfile, Nodegroup, ObservedEntry};

/// What EKS takes for a list at most (EKS API reference, `maxResults`).
const PAGE: i32 = 100;

const CREATE_ENTRY: &str = "eks:CreateAccessEntry";
const UPDATE_ENTRY: &str = "eks:UpdateAccessEntry";
const DESCRIBE_ENTRY: &str = "eks:DescribeAccessEntry";
const DESCRIBE_UPDATE: &str = "eks:DescribeUpdate";
const UPDATES: &str = "eks:ListUpdates";
const UPDATE_CLUSTER: &str = "eks:UpdateClusterConfig";
const DESCRIBE_NODEGROUP: &str = "eks:DescribeNodegroup";
const DESCRIBE_FARGATE: &str = "eks:DescribeFargateProfile";
const ASSOCIATIONS: &str = "eks:ListAssociatedAccessPolicies";
const ENTRIES: &str = "eks:ListAccessEntries";
const NODEGROUPS: &str = "eks:ListNodegroups";
const FARGATE_PROFILES: &str = "eks:ListFargateProfiles";
const POLICIES: &str = "eks:ListAccessPolicies";

pub(super) const DESCRIBE_CLUSTER: &str = "eks:DescribeCluster";

impl Aws {
    pub(super) async fn cluster(&self) -> Result<types::Cluster, AwsError> {
        let answer =
            self.call(DESCRIBE_CLUSTER, self.eks.describe_cluster().name(&self.cluster).send()).await?;
        let cluster = read(DESCRIBE_CLUSTER, "cluster", answer.cluster, Ok)?;
        self.asked(DESCRIBE_CLUSTER).whole(&cluster)?;
        Ok(cluster)
    }

    fn asked(&self, operation: &'static str) -> Asked<'_> {
        Asked { aws: self, operation }
    }

    /// An access entry, if it is the one.
    fn entry(
        &self,
        operation: &'static str,
        principal: &str,
        answer: Option<types::AccessEntry>,
    ) -> Result<ObservedEntry, AwsError> {
        if let Some(entry) = &answer {
            let asked = self.asked(operation);
            asked.cluster(entry.cluster_name.as_deref())?;
            asked.same("principal", principal, entry.principal_arn.as_deref())?;
            asked.part(entry.access_entry_arn.as_deref())?;
        }
        read(operation, "accessEntry", answer, convert::entry)
    }
}

/// The one thing that an answer is about.
fn read<T, U>(
    operation: &'static str,
    name: &str,
    field: Option<T>,
    convert: impl FnOnce(T) -> Result<U, String>,
) -> Result<U, AwsError> {
    required(field, name).and_then(convert).map_err(|message| errors::unreadable(operation, message))
}

/// EKS ends some lists with an empty token. An answer without the list is none, and not an empty one: it may have been
/// cut, or be somebody else's.
fn page<T>(
    operation: &'static str,
    name: &str,
    items: Option<Vec<T>>,
    next: Option<String>,
) -> Result<Page<T>, AwsError> {
    let items = required(items, name).map_err(|message| errors::unreadable(operation, message))?;
    Ok(Page { items, next: next.filter(|next| !next.is_empty()) })
}

fn read_page<T, U>(
    operation: &'static str,
    name: &str,
    items: Option<Vec<T>>,
    next: Option<String>,
    convert: impl FnMut(T) -> Result<U, String>,
) -> Result<Page<U>, AwsError> {
    let Page { items, next } = page(operation, name, items, next)?;
    let items: Result<Vec<U>, String> = items.into_iter().map(convert).collect();
    Ok(Page { items: items.map_err(|message| errors::unreadable(operation, message))?, next })
}

fn texts(groups: &BTreeSet<GroupName>) -> Vec<String> {
    groups.iter().map(ToString::to_string).collect()
}

fn owned(next: Option<&str>) -> Option<String> {
    next.map(str::to_owned)
}

impl EksApi for Aws {
    async fn describe_cluster(&self) -> Result<Cluster, AwsError> {
        read(DESCRIBE_CLUSTER, "cluster", Some(self.cluster().await?), convert::cluster)
    }

    async fn update_authentication_mode(
        &self,
        to: AuthenticationMode,
        client_token: &str,
    ) -> Result<Update, AwsError> {
        let access = UpdateAccessConfigRequest::builder().authentication_mode(to.as_str().into()).build();
        let call = self.eks.update_cluster_config().name(&self.cluster).access_config(access);
        let answer = self.call(UPDATE_CLUSTER, call.client_request_token(client_token).send()).await?;
        read(UPDATE_CLUSTER, "update", answer.update, convert::update)
    }

    async fn describe_update(&self, id: &str) -> Result<Update, AwsError> {
        let answer = self
            .call(DESCRIBE_UPDATE, self.eks.describe_update().name(&self.cluster).update_id(id).send())
            .await?;
        let update = read(DESCRIBE_UPDATE, "update", answer.update, convert::update)?;
        self.asked(DESCRIBE_UPDATE).same("update", id, Some(&update.id))?;
        Ok(update)
    }

    async fn list_updates(&self, next: Option<&str>) -> Result<Page<String>, AwsError> {
        let call = self.eks.list_updates().name(&self.cluster).max_results(PAGE);
        let answer = self.call(UPDATES, call.set_next_token(owned(next)).send()).await?;
        page(UPDATES, "updateIds", answer.update_ids, answer.next_token)
    }

    async fn list_access_entries(&self, next: Option<&str>) -> Result<Page<String>, AwsError> {
        let call = self.eks.list_access_entries().cluster_name(&self.cluster).max_results(PAGE);
        let answer = self.call(ENTRIES, call.set_next_token(owned(next)).send()).await?;
        page(ENTRIES, "accessEntries", answer.access_entries, answer.next_token)
    }

    async fn describe_access_entry(&self, principal: &str) -> Result<ObservedEntry, AwsError> {
        let call = self.eks.describe_access_entry().cluster_name(&self.cluster).principal_arn(principal);
        let answer = self.call(DESCRIBE_ENTRY, call.send()).await?;
        self.entry(DESCRIBE_ENTRY, principal, answer.access_entry)
    }

    async fn list_associated_access_policies(
        &self,
        principal: &str,
        next: Option<&str>,
    ) -> Result<Page<(PolicyArn, AccessScope)>, AwsError> {
        let call = self.eks.list_associated_access_policies().cluster_name(&self.cluster);
        let call = call.principal_arn(principal).max_results(PAGE).set_next_token(owned(next));
        let answer = self.call(ASSOCIATIONS, call.send()).await?;
        let asked = self.asked(ASSOCIATIONS);
        asked.cluster(answer.cluster_name.as_deref())?;
        asked.same("principal", principal, answer.principal_arn.as_deref())?;
        let (items, next) = (answer.associated_access_policies, answer.next_token);
        read_page(ASSOCIATIONS, "associatedAccessPolicies", items, next, convert::association)
    }

    async fn create_access_entry(&self, entry: &NewEntry) -> Result<ObservedEntry, AwsError> {
        let NewEntry { principal, entry_type, username, groups, tags, client_token } = entry;
        let call = self.eks.create_access_entry().cluster_name(&self.cluster);
        let call = call.principal_arn(principal.as_str()).r#type(entry_type.as_str());
        let call = call
            // an empty field is documented nowhere: what is not said is left out
            .set_username(username.as_ref().map(ToString::to_string))
            .set_kubernetes_groups(Some(texts(groups)).filter(|groups| !groups.is_empty()))
            .set_tags((!tags.is_empty()).then(|| tags.clone().into_iter().collect()))
            .client_request_token(client_token);
        let answer = self.call(CREATE_ENTRY, call.send()).await?;
        self.entry(CREATE_ENTRY, principal.as_str(), answer.access_entry)
    }

    async fn update_access_entry(
        &self,
        principal: &PrincipalArn,
        username: &Username,
        groups: &BTreeSet<GroupName>,
    ) -> Result<ObservedEntry, AwsError> {
        let call = self.eks.update_access_entry().cluster_name(&self.cluster);
        let call = call.principal_arn(principal.as_str()).username(username.as_str());
        // an empty list takes the groups away; none would keep them
        let call = call.set_kubernetes_groups(Some(texts(groups)));
        let answer = self.call(UPDATE_ENTRY, call.send()).await?;
        self.entry(UPDATE_ENTRY, principal.as_str(), answer.access_entry)
    }

    async fn delete_access_entry(&self, principal: &PrincipalArn) -> Result<(), AwsError> {
        let call = self.eks.delete_access_entry().cluster_name(&self.cluster);
        self.call("eks:DeleteAccessEntry", call.principal_arn(principal.as_str()).send()).await?;
        Ok(())
    }

    async fn associate_access_policy(
        &self,
        principal: &PrincipalArn,
        policy: &PolicyArn,
        scope: &AccessScope,
    ) -> Result<(), AwsError> {
        let call = self.eks.associate_access_policy().cluster_name(&self.cluster);
        let call = call.principal_arn(principal.as_str()).policy_arn(policy.to_string());
        self.call("eks:AssociateAccessPolicy", call.access_scope(convert::scope(scope)).send()).await?;
        Ok(())
    }

    async fn disassociate_access_policy(
        &self,
        principal: &PrincipalArn,
        policy: &PolicyArn,
    ) -> Result<(), AwsError> {
        let call = self.eks.disassociate_access_policy().cluster_name(&self.cluster);
        self.call(
            "eks:DisassociateAccessPolicy",
            call.principal_arn(principal.as_str()).policy_arn(policy.to_string()).send(),
        )
        .await?;
        Ok(())
    }

    async fn list_access_policies(&self, next: Option<&str>) -> Result<Page<PolicyArn>, AwsError> {
        let call = self.eks.list_access_policies().max_results(PAGE).set_next_token(owned(next));
        let answer = self.call(POLICIES, call.send()).await?;
        read_page(POLICIES, "accessPolicies", answer.access_policies, answer.next_token, |policy| {
            convert::policy(&required(policy.arn, "accessPolicies.arn")?)
        })
    }

    async fn list_nodegroups(&self, next: Option<&str>) -> Result<Page<String>, AwsError> {
        let call = self.eks.list_nodegroups().cluster_name(&self.cluster).max_results(PAGE);
        let answer = self.call(NODEGROUPS, call.set_next_token(owned(next)).send()).await?;
        page(NODEGROUPS, "nodegroups", answer.nodegroups, answer.next_token)
    }

    async fn describe_nodegroup(&self, name: &str) -> Result<Nodegroup, AwsError> {
        let call = self.eks.describe_nodegroup().cluster_name(&self.cluster).nodegroup_name(name);
        let answer = self.call(DESCRIBE_NODEGROUP, call.send()).await?;
        if let Some(found) = &answer.nodegroup {
            let asked = self.asked(DESCRIBE_NODEGROUP);
            asked.cluster(found.cluster_name.as_deref())?;
            asked.same("node group", name, found.nodegroup_name.as_deref())?;
            asked.part(found.nodegroup_arn.as_deref())?;
        }
        read(DESCRIBE_NODEGROUP, "nodegroup", answer.nodegroup, convert::nodegroup)
    }

    async fn list_fargate_profiles(&self, next: Option<&str>) -> Result<Page<String>, AwsError> {
        let call = self.eks.list_fargate_profiles().cluster_name(&self.cluster).max_results(PAGE);
        let answer = self.call(FARGATE_PROFILES, call.set_next_token(owned(next)).send()).await?;
        page(FARGATE_PROFILES, "fargateProfileNames", answer.fargate_profile_names, answer.next_token)
    }

    async fn describe_fargate_profile(&self, name: &str) -> Result<FargateProfile, AwsError> {
        let call = self.eks.describe_fargate_profile().cluster_name(&self.cluster);
        let answer = self.call(DESCRIBE_FARGATE, call.fargate_profile_name(name).send()).await?;
        if let Some(found) = &answer.fargate_profile {
            let asked = self.asked(DESCRIBE_FARGATE);
            asked.cluster(found.cluster_name.as_deref())?;
            asked.same("Fargate profile", name, found.fargate_profile_name.as_deref())?;
            asked.part(found.fargate_profile_arn.as_deref())?;
        }
        read(DESCRIBE_FARGATE, "fargateProfile", answer.fargate_profile, convert::fargate_profile)
    }
}
