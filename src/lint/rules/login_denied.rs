use super::{Check, Found, Held, Rule, RuleId};
use crate::model::Token;

/// A session that is no instance's cannot have `{{EC2PrivateDNSName}}`, and its login ends (authenticator, `server.go`).
pub(crate) const RULE: Rule = Rule { id: RuleId::LoginDenied, check: Check::Line(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    if held.principal.is_role() {
        return Vec::new();
    }
    let token = Token::Ec2PrivateDnsName.as_str();
    held.templates()
        .filter(|(text, _)| text.contains(token))
        .map(|(_, span)| Found {
            span,
            title: format!("{token} denies every login of a user"),
            label: "for EC2 instances alone".to_owned(),
            today: "the server refuses the login, and asks neither mapAccounts nor anything else".to_owned(),
            then: "an access entry would grant access that nobody has".to_owned(),
            help: "name the nodes' role if nodes are meant, or delete the line".to_owned(),
        })
        .collect()
}
