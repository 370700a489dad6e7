//! Answers about access for people and for machines: what somebody may do, whether they may do one thing, and who may.

mod dangerous;
mod explain;
mod lines;
mod question;
mod who_can;
mod words;

pub use dangerous::Dangers;
pub use explain::Explanation;
pub use question::Question;
pub use who_can::WhoMay;

use crate::access::Login;
use crate::model::GroupName;
use crate::render::whois::{Answer, PolicyView, WhoView};

/// With what the plan itself does not do: EKS makes access entries of its own when the mode is switched.
fn with_expected(mut who: Answer, logins: &[Login]) -> Answer {
    let is_new = |login: &&Login| login.before.is_none() && login.after.is_some();
    let Some(login) = logins.iter().find(is_new) else { return who };
    let (Some(after), Some(identity)) = (&mut who.after_plan, &login.after) else { return who };
    if after.result != "same" {
        return who;
    }
    let groups = identity.user.groups.iter().filter(|group| *group != GroupName::AUTHENTICATED);
    let policies = identity
        .policies
        .iter()
        .map(|(policy, scope)| PolicyView { policy: policy.name().to_owned(), scope: scope.to_string() });
    after.result = "changed";
    after.why = Some("by the access entry that EKS creates when the mode changes".to_owned());
    after.who = WhoView {
        username: login.shown_after.clone(),
        groups: Some(groups.cloned().collect()),
        policies: Some(policies.collect()),
    };
    who
}
