use super::{Check, Found, Held, Rule, RuleId};
use crate::model::Token;

/// A session that is no instance's cannot have `{{EC2PrivateDNSName}}`, and its login ends (authenticator, `server.go`).
pub(crate) const RULE: Rule = Rule { id: RuleId::LoginDenied, check: Check::Mapping(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    if held.principal.is_role() {
        return Vec::new();
    }
    let token = Token::Ec2PrivateDnsName.as_str();
    held.templates()
        .filter(|(text, _)| text.contains(token))
        .map(|(_, span)| Found {
            span,
            title: format!("with {token}, a user can never authenticate"),
            label: "for EC2 instances only".to_owned(),
            today: "EKS denies the login, and does not fall back to mapAccounts".to_owned(),
            then: "an access entry would grant new access".to_owned(),
            help: "map the nodes' role if nodes are meant, or delete the mapping".to_owned(),
        })
        .collect()
}
