//! The query protocol: a form in, XML out (API models `iam/2010-05-08` and `sts/2011-06-15`).

mod iam;
mod rights;
mod sts;
mod wire;
mod xml;

use super::message::{Request, Response};
use super::{Scene, text};
use crate::simulator::Simulator;
use wire::Service;

/// One request for IAM or STS.
struct Exchange<'e> {
    simulator: &'e Simulator,
    request: &'e Request,
    scene: &'e Scene,
    parameters: Vec<(String, String)>,
}

impl Exchange<'_> {
    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// `Name.member.1`, `Name.member.2`, …, in the order they were sent.
    fn members(&self, name: &str) -> Vec<&str> {
        let of = self
            .parameters
            .iter()
            .filter(|(known, _)| known.strip_prefix(name).is_some_and(|rest| rest.starts_with(".member.")));
        of.map(|(_, value)| value.as_str()).collect()
    }
}

pub(super) fn respond(simulator: &Simulator, request: &Request, scene: &Scene) -> Response {
    // a presigned call has everything in its query
    let mut parameters = text::parameters(&request.query);
    parameters.extend(text::parameters(&String::from_utf8_lossy(&request.body)));
    let exchange = Exchange { simulator, request, scene, parameters };
    match exchange.parameter("Action").unwrap_or_default() {
        "ListRoles" => exchange.list_roles(),
        "ListUsers" => exchange.list_users(),
        "GetRole" => exchange.get_role(),
        "GetUser" => exchange.get_user(),
        "SimulatePrincipalPolicy" => exchange.simulate_principal_policy(),
        "GetCallerIdentity" => exchange.get_caller_identity(),
        "AssumeRole" => exchange.assume_role(),
        action => {
            let message = format!("Could not find operation {action}: the simulator does not have it");
            Service::Iam.error(400, "InvalidAction", &message)
        }
    }
}
