use std::time::Duration;

use super::Exchange;
use super::wire::Service;
use super::xml::{nest, tag};
use crate::model::PrincipalArn;
use crate::simulator::Operation;
use crate::simulator::change::Target;
use crate::simulator::http::caller::{caller, write_session};
use crate::simulator::http::message::Response;
use crate::simulator::http::wire::call;
use crate::simulator::iam::principals::Presence;
use crate::simulator::refusal::{AwsRefusal, access_denied, rule};
use crate::simulator::state::State;
use crate::snapshot::Caller;

impl Exchange<'_> {
    pub(super) fn get_caller_identity(&self) -> Response {
        let target = (Operation::GetCallerIdentity, Target::Named("caller"));
        let show = |Caller { arn, account, user_id }| {
            let result = [tag("Arn", &arn), tag("UserId", &user_id), tag("Account", &account)];
            Service::Sts.answer("GetCallerIdentity", result)
        };
        let work = |state: &mut State| Ok(caller(self.request, state));
        call(self.simulator, &Service::Sts, target, work, show)
    }

    pub(super) fn assume_role(&self) -> Response {
        let role = self.parameter("RoleArn").unwrap_or_default();
        let target = (Operation::AssumeRole, Target::Named(role));
        let show = |session| self.show_session(&session);
        call(self.simulator, &Service::Sts, target, |state| self.session(state, role), show)
    }

    /// Every role that exists lets everybody assume it: trust policies are not known.
    fn session(&self, state: &State, role: &str) -> Result<Caller, AwsRefusal> {
        let principal: PrincipalArn = role.parse().map_err(|_| rule(format!("{role} is invalid")))?;
        let id = match state.iam.presence(&principal) {
            Presence::Known(id) => id,
            Presence::Assumed => format!("AROA{}", digits(role, 17)),
            Presence::Absent => {
                let caller = caller(self.request, state);
                return Err(access_denied(&caller.arn, "sts:AssumeRole", role));
            }
        };
        let session = self.parameter("RoleSessionName").filter(|name| !name.is_empty());
        let session = session.ok_or_else(|| rule("RoleSessionName is missing."))?;
        let (partition, account, name) = (principal.partition(), principal.account(), principal.name());
        Ok(Caller {
            arn: format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session}"),
            account: account.to_string(),
            user_id: format!("{id}:{session}"),
        })
    }

    fn show_session(&self, session: &Caller) -> Response {
        let seconds = self.parameter("DurationSeconds").and_then(|text| text.parse().ok()).unwrap_or(3600);
        let now = self.scene.now;
        let ends = now.checked_add(Duration::from_secs(seconds)).unwrap_or(now);
        let credentials = nest(
            "Credentials",
            [
                tag("AccessKeyId", &format!("ASIA{}", digits(&session.arn, 16))),
                tag("SecretAccessKey", &digits(&session.user_id, 40)),
                tag("SessionToken", &write_session(session)),
                tag("Expiration", &ends.to_string()),
            ],
        );
        let user = [tag("AssumedRoleId", &session.user_id), tag("Arn", &session.arn)];
        Service::Sts.answer("AssumeRole", [credentials, nest("AssumedRoleUser", user)])
    }
}

/// The same for the same text: nothing here is a secret.
fn digits(text: &str, count: usize) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_uppercase().chars().take(count).collect()
}
