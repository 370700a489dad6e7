use super::Exchange;
use super::wire::Service;
use super::xml::{nest, tag};
use crate::eks::AwsErrorKind;
use crate::model::PrincipalArn;
use crate::simulator::Operation;
use crate::simulator::change::Target;
use crate::simulator::http::message::Response;
use crate::simulator::http::wire::call;
use crate::simulator::iam::principals::Presence;
use crate::simulator::refusal::{AwsRefusal, Refusal, rule};
use crate::simulator::state::State;

/// What an action on a resource is judged to be.
struct Verdict {
    action: String,
    resource: String,
    allowed: bool,
}

impl Exchange<'_> {
    pub(super) fn simulate_principal_policy(&self) -> Response {
        let source = self.parameter("PolicySourceArn").unwrap_or_default();
        let target = (Operation::SimulatePrincipalPolicy, Target::Named(source));
        call(self.simulator, &Service::Iam, target, |state| self.judge(state, source), show)
    }

    /// A session is no source of policies: IAM wants its role, with the path.
    fn judge(&self, state: &State, source: &str) -> Result<Vec<Verdict>, AwsRefusal> {
        let principal: PrincipalArn = source.parse().map_err(|_| {
            rule(format!("Invalid Entity Arn: {source} does not clearly define entity type and name."))
        })?;
        if state.iam.presence(&principal) == Presence::Absent {
            let message = format!("The entity with name {} cannot be found.", principal.name());
            return Err(Refusal::new(AwsErrorKind::NotFound, message));
        }
        let actions = self.members("ActionNames");
        if actions.is_empty() {
            return Err(rule("ActionNames is empty."));
        }
        let denied = state.denied_of(&actions);
        let mut resources = self.members("ResourceArns");
        if resources.is_empty() {
            resources.push("*");
        }
        let verdict = |action: &str, resource: &str| Verdict {
            action: action.to_owned(),
            resource: resource.to_owned(),
            allowed: !denied.iter().any(|denied| denied == action),
        };
        let pairs = actions.iter().flat_map(|action| resources.iter().map(move |it| (*action, *it)));
        Ok(pairs.map(|(action, resource)| verdict(action, resource)).collect())
    }
}

fn show(verdicts: Vec<Verdict>) -> Response {
    let members = verdicts.into_iter().map(|Verdict { action, resource, allowed }| {
        let decision = if allowed { "allowed" } else { "implicitDeny" };
        nest(
            "member",
            [
                tag("EvalActionName", &action),
                tag("EvalResourceName", &resource),
                tag("EvalDecision", decision),
                nest("MatchedStatements", []),
                nest("MissingContextValues", []),
            ],
        )
    });
    let results = [nest("EvaluationResults", members), tag("IsTruncated", "false")];
    Service::Iam.answer("SimulatePrincipalPolicy", results)
}
