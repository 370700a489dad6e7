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
        let question = Question { actions, resource, entries: entries.collect() };
        let (source, role) = match self.source().await? {
            Source::Known(source) => return self.simulate(&source, &question).await,
            Source::Guessed { source, role } => (source, role),
        };
        let answer = self.simulate(&source, &question).await;
        match &answer {
            // nothing is allowed to a role that is not there
            Ok(denied) if denied.is_empty() => {
                self.source_arn.get_or_init(|| source);
                return answer;
            }
            Err(error) if error.is_retryable() => return answer,
            Ok(_) | Err(_) => {}
        }
        match self.whole_arn(&role).await {
            Ok(whole) if *self.source_arn.get_or_init(|| whole.clone()) != source => {
                self.simulate(&whole, &question).await
            }
            Ok(_) => answer,
            // what IAM said of the question itself
            Err(_) if answer.as_ref().is_err_and(|error| error.kind == AwsErrorKind::AccessDenied) => answer,
            Err(error) => Err(error),
        }
    }
}

/// What SimulatePrincipalPolicy is asked.
struct Question<'q> {
    actions: &'q [&'q str],
    resource: &'q str,
    entries: Vec<ContextEntry>,
}

/// The user or role whose policies are the caller's.
enum Source {
    Known(String),
    /// As the role would be without a path.
    Guessed {
        source: String,
        role: String,
    },
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
    /// Asks who the caller is, so that the first question about their rights need not. A failure is told there.
    pub async fn know_caller(&self) {
        drop(self.caller_arn().await);
    }

    /// The caller, as long as it is about their rights: asked for once.
    async fn caller_arn(&self) -> Result<&str, AwsError> {
        match self.caller_arn.get() {
            Some(known) => Ok(known),
            None => {
                let caller = self.get_caller_identity().await?;
                Ok(self.caller_arn.get_or_init(|| caller.arn))
            }
        }
    }

    /// STS says a session's role without its path, and IAM wants it whole. Most roles have none, so that is tried first.
    async fn source(&self) -> Result<Source, AwsError> {
        if let Some(known) = self.source_arn.get() {
            return Ok(Source::Known(known.clone()));
        }
        let caller = self.caller_arn().await?;
        match caller.parse() {
            Ok(IamArn::Principal(principal)) => {
                Ok(Source::Known(self.source_arn.get_or_init(|| principal.to_string()).clone()))
            }
            // all roles of IAM Identity Center have one (IAM Identity Center user guide, "Referencing permission sets")
            Ok(IamArn::AssumedRole { role, .. }) if role.starts_with("AWSReservedSSO_") => {
                let whole = self.whole_arn(&role).await?;
                Ok(Source::Known(self.source_arn.get_or_init(|| whole).clone()))
            }
            Ok(IamArn::AssumedRole { partition, account, role, session: _ }) => {
                Ok(Source::Guessed { source: format!("arn:{partition}:iam::{account}:role/{role}"), role })
            }
            Ok(IamArn::Root { .. } | IamArn::FederatedUser { .. }) | Err(_) => Err(AwsError {
                operation: SIMULATE,
                kind: AwsErrorKind::AccessDenied,
                message: format!(
                    "IAM cannot check the permissions of {caller}, which is neither a user nor a role"
                ),
            }),
        }
    }

    /// The ARN of a role with its path.
    async fn whole_arn(&self, role: &str) -> Result<String, AwsError> {
        let answer = self.call(GET_ROLE, self.iam.get_role().role_name(role).send()).await?;
        Ok(answer.role.ok_or_else(|| errors::unreadable(GET_ROLE, "the answer has no Role"))?.arn)
    }

    /// The actions of the question that are denied, in its order and spelling.
    async fn simulate(&self, source: &str, question: &Question<'_>) -> Result<Vec<String>, AwsError> {
        let Question { actions, resource, entries } = question;
        let mut denied: BTreeSet<String> = BTreeSet::new();
        let mut marker = None;
        for _ in 0..MOST_PAGES {
            let call = self.iam.simulate_principal_policy().policy_source_arn(source);
            let call = call
                .set_action_names(Some(actions.iter().map(|action| (*action).to_owned()).collect()))
                .resource_arns(*resource)
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
        let of_answer = |action: &&&str| denied.iter().any(|denied| denied.eq_ignore_ascii_case(action));
        Ok(actions.iter().filter(of_answer).map(|action| (*action).to_owned()).collect())
    }
}
