use super::{Ec2PrivateDnsNames, Identity};
use crate::model::{Token, UsernameTemplate};

/// Why a username or group cannot be rendered; the login ends with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateFailure {
    #[error("{{{{EC2PrivateDNSName}}}} needs a session named after an EC2 instance, not {0:?}")]
    NotAnInstance(String),
    #[error("no private DNS name is known of the instance {0}")]
    UnknownInstance(String),
}

/// Replaces each placeholder in turn, everywhere (authenticator, `pkg/server/server.go`, renderTemplate).
pub(super) fn render(
    template: &str,
    identity: &Identity,
    dns: &Ec2PrivateDnsNames,
) -> Result<String, TemplateFailure> {
    let mut text = UsernameTemplate::new(template);
    for token in Token::ALL {
        if text.has(token) {
            text = text.with(token, &value(token, identity, dns)?);
        }
    }
    Ok(text.as_str().to_owned())
}

fn value(token: Token, identity: &Identity, dns: &Ec2PrivateDnsNames) -> Result<String, TemplateFailure> {
    let session = &identity.session_name;
    Ok(match token {
        Token::Ec2PrivateDnsName => {
            if !is_instance_id(session) {
                return Err(TemplateFailure::NotAnInstance(session.clone()));
            }
            let name = dns.get(session);
            name.cloned().ok_or_else(|| TemplateFailure::UnknownInstance(session.clone()))?
        }
        Token::AccountId => identity.account.clone(),
        Token::SessionName => session.replace('@', "-"),
        Token::SessionNameRaw => session.clone(),
        Token::AccessKeyId => identity.access_key_id.clone(),
    })
}

/// `i-` and 8 or 17 word characters.
fn is_instance_id(text: &str) -> bool {
    text.strip_prefix("i-").is_some_and(|id| {
        matches!(id.len(), 8 | 17) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(template: &str, session: &str) -> Result<String, TemplateFailure> {
        let mut identity = Identity::from_arn("arn:aws:iam::111122223333:role/Dev", session);
        identity.access_key_id = "ASIAX".to_owned();
        let dns = Ec2PrivateDnsNames::from([("i-0123abcd".to_owned(), "ip-10-0-0-1.internal".to_owned())]);
        render(template, &identity, &dns)
    }

    #[test]
    fn every_occurrence_is_replaced_and_other_spellings_stay() {
        let all = "{{AccountID}}:{{SessionName}}:{{SessionNameRaw}}:{{AccessKeyID}}:{{SessionName}}:{{ AccountID }}";
        assert_eq!(rendered(all, "A@b").unwrap(), "111122223333:A-b:A@b:ASIAX:A-b:{{ AccountID }}");
    }

    #[test]
    fn a_node_needs_an_instance_with_a_known_name() {
        let node = "system:node:{{EC2PrivateDNSName}}";
        assert_eq!(rendered(node, "i-0123abcd").unwrap(), "system:node:ip-10-0-0-1.internal");
        assert_eq!(rendered(node, "i-0123abc"), Err(TemplateFailure::NotAnInstance("i-0123abc".to_owned())));
        assert_eq!(
            rendered(node, "i-01234567"),
            Err(TemplateFailure::UnknownInstance("i-01234567".to_owned()))
        );
    }
}
