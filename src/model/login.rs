use std::collections::BTreeMap;

use super::{Token, UsernameTemplate};

/// Private DNS names of EC2 instances, by instance id, for `{{EC2PrivateDNSName}}`.
pub type Ec2PrivateDnsNames = BTreeMap<String, String>;

/// What one login has for the placeholders of a username or group. What is not known, `None`, leaves its placeholder.
#[derive(Debug, Clone, Copy)]
pub struct LoginValues<'a> {
    pub account: &'a str,
    /// Empty for users, the root user and federated users; as STS knows it, `@` and all.
    pub session_name: Option<&'a str>,
    pub access_key_id: Option<&'a str>,
    pub dns: Option<&'a Ec2PrivateDnsNames>,
}

/// Why a username or group cannot be rendered; the login ends with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateFailure {
    #[error("{{{{EC2PrivateDNSName}}}} needs a session named after an EC2 instance, not {0:?}")]
    NotAnInstance(String),
    #[error("the private DNS name of instance {0} is unknown")]
    UnknownInstance(String),
}

/// A session name as `{{SessionName}}` renders it.
pub fn plain_session(session: &str) -> String {
    session.replace('@', "-")
}

impl UsernameTemplate {
    /// Replaces each placeholder in turn, everywhere (authenticator: `pkg/server/server.go`, renderTemplate).
    ///
    /// # Errors
    /// The login has no value for a placeholder.
    pub fn render(&self, login: &LoginValues<'_>) -> Result<String, TemplateFailure> {
        let mut text = self.clone();
        for token in Token::ALL {
            if text.has(token)
                && let Some(value) = value(token, login)?
            {
                text = text.with(token, &value);
            }
        }
        Ok(text.as_str().to_owned())
    }
}

fn value(token: Token, login: &LoginValues<'_>) -> Result<Option<String>, TemplateFailure> {
    let session = login.session_name;
    Ok(match token {
        Token::Ec2PrivateDnsName => match (session, login.dns) {
            (Some(session), _) if !is_instance_id(session) => {
                return Err(TemplateFailure::NotAnInstance(session.to_owned()));
            }
            (Some(session), Some(dns)) => match dns.get(session) {
                Some(name) => Some(name.clone()),
                None => return Err(TemplateFailure::UnknownInstance(session.to_owned())),
            },
            (None, _) | (_, None) => None,
        },
        Token::AccountId => Some(login.account.to_owned()),
        Token::SessionName => session.map(plain_session),
        Token::SessionNameRaw => session.map(str::to_owned),
        Token::AccessKeyId => login.access_key_id.map(str::to_owned),
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
        let dns = Ec2PrivateDnsNames::from([("i-0123abcd".to_owned(), "ip-10-0-0-1.internal".to_owned())]);
        let login = LoginValues {
            account: "111122223333",
            session_name: Some(session),
            access_key_id: Some("ASIAX"),
            dns: Some(&dns),
        };
        UsernameTemplate::new(template).render(&login)
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

    #[test]
    fn what_is_not_known_leaves_its_placeholder() {
        let of = |template: &str, session_name| {
            let login = LoginValues { account: "111122223333", session_name, access_key_id: None, dns: None };
            UsernameTemplate::new(template).render(&login)
        };
        let all = "{{AccountID}}:{{SessionName}}:{{SessionNameRaw}}:{{AccessKeyID}}:{{EC2PrivateDNSName}}";
        assert_eq!(of(all, None).unwrap(), all.replace("{{AccountID}}", "111122223333"));
        assert_eq!(of("x:{{SessionNameRaw}}:{{AccessKeyID}}", Some("a@b")).unwrap(), "x:a@b:{{AccessKeyID}}");
        let node = "system:node:{{EC2PrivateDNSName}}";
        assert_eq!(of(node, Some("i-0123abcd")).unwrap(), node);
        assert_eq!(of(node, Some("ann")), Err(TemplateFailure::NotAnInstance("ann".to_owned())));
    }
}
