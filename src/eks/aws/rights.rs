use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::types::{ContextEntry, ContextKeyTypeEnum, EvaluationResult, PolicyEvaluationDecisionType};

use super::{Aws, errors};
use crate::eks::{AwsError, AwsErrorKind, RightsApi, StsApi as _};
use crate::model::IamArn;

const SIMULATE: &str = "iam:SimulatePrincipalPolicy";
const GET_ROLE: &str = "iam:GetRole";
/// Of the answer to one question, which is about a few actions.
const MOST_PAGES: usize = 50;

impl RightsApi for Aws {
    async fn denied_actions(&self, actions: &[&str], resource: &str) -> Result<Vec<String>, AwsError> {
        self.denied_with(actions, resource, &BTreeMap::new()).await
    }

    async fn denied_with(
        &self,
        actions: &[&str],
        resource: &str,
        context: &BTreeMap<&'static str, String>,
    ) -> Result<Vec<String>, AwsError> {
        let entries = context.iter().map(|(key, value)| {
            let entry = ContextEntry::builder().context_key_name(*key).context_key_values(value);
            entry.context_key_type(ContextKeyTypeEnum::String).build()
        });
        let entries: Vec<ContextEntry> = entries.collect();
        let source = self.source_arn().await?;
        let mut denied: BTreeSet<String> = BTreeSet::new();
        let mut marker = None;
        for _ in 0..MOST_PAGES {
            let call = self.iam.simulate_principal_policy().policy_source_arn(source);
            let call = call
                .set_action_names(Some(actions.iter().map(|action| (*action).to_owned()).collect()))
                .resource_arns(resource)
                .set_context_entries((!entries.is_empty()).then(|| entries.clone()))
                .set_marker(marker);
            let answer = self.call(SIMULATE, call.send()).await?;
            let results = answer.evaluation_results.unwrap_or_default();
            denied.extend(results.into_iter().filter(is_denied).map(|result| result.eval_action_name));
            marker = answer.marker.filter(|marker| answer.is_truncated && !marker.is_empty());
            if marker.is_none() {
                break;
            }
        }
        if marker.is_some() {
            let message = format!("the list does not end: {MOST_PAGES} pages, and more to come");
            return Err(AwsError { operation: SIMULATE, kind: AwsErrorKind::Unanswered, message });
        }
        // in the order and spelling of the question
        let of_answer = |action: &&&str| denied.iter().any(|denied| denied.eq_ignore_ascii_case(action));
        Ok(actions.iter().filter(of_answer).map(|action| (*action).to_owned()).collect())
    }
}

/// A policy with a condition about what only a real call has, such as its source address, is not judged by a simulated one.
fn is_denied(result: &EvaluationResult) -> bool {
    let of_resources = result.resource_specific_results();
    let mut missing = of_resources.iter().map(|it| it.missing_context_values());
    if !result.missing_context_values().is_empty() || missing.any(|keys| !keys.is_empty()) {
        return false;
    }
    let organization = &result.organizations_decision_detail;
    result.eval_decision != PolicyEvaluationDecisionType::Allowed
        || organization.as_ref().is_some_and(|detail| !detail.allowed_by_organizations)
}

impl Aws {
    /// The user or role whose policies are the caller's. STS says a session's role without its path, IAM wants it whole.
    async fn source_arn(&self) -> Result<&str, AwsError> {
        if let Some(known) = self.source_arn.get() {
            return Ok(known);
        }
        let caller = self.get_caller_identity().await?.arn;
        let found = match caller.parse() {
            Ok(IamArn::Principal(principal)) => principal.to_string(),
            Ok(IamArn::AssumedRole { role, .. }) => {
                let answer = self.call(GET_ROLE, self.iam.get_role().role_name(role).send()).await?;
                answer.role.ok_or_else(|| errors::unreadable(GET_ROLE, "the answer has no Role"))?.arn
            }
            Ok(IamArn::Root { .. } | IamArn::FederatedUser { .. }) | Err(_) => {
                return Err(AwsError {
                    operation: SIMULATE,
                    kind: AwsErrorKind::AccessDenied,
                    message: format!("IAM cannot say what {caller} may do: it is neither a user nor a role"),
                });
            }
        };
        Ok(self.source_arn.get_or_init(|| found))
    }
}
