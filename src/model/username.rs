use std::fmt;

use serde::{Deserialize, Serialize};

/// Prefixes an access entry's username may not have (EKS user guide, "Create access entries").
pub const RESERVED_PREFIXES: [&str; 5] = ["system:", "eks:", "aws:", "amazon:", "iam:"];

/// A placeholder the authenticator replaces at login (`pkg/server/server.go`, renderTemplate).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Token {
    Ec2PrivateDnsName,
    AccountId,
    SessionName,
    SessionNameRaw,
    AccessKeyId,
}

impl Token {
    /// In the order in which the authenticator replaces them.
    pub const ALL: [Self; 5] = [
        Self::Ec2PrivateDnsName,
        Self::AccountId,
        Self::SessionName,
        Self::SessionNameRaw,
        Self::AccessKeyId,
    ];

    /// Where it first stands in a text.
    pub fn find_in(self, text: &str) -> Option<usize> {
        let text = text.as_bytes();
        // most names have no braces at all, and a search for each placeholder costs more than looking for those
        let mut braces = text.windows(2).enumerate().filter(|(_, pair)| pair == b"{{").map(|(at, _)| at);
        braces.find(|at| text[*at..].starts_with(self.as_str().as_bytes()))
    }

    pub fn is_in(self, text: &str) -> bool {
        self.find_in(text).is_some()
    }

    /// Its exact spelling; any other case or inner space is plain text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ec2PrivateDnsName => "{{EC2PrivateDNSName}}",
            Self::AccountId => "{{AccountID}}",
            Self::SessionName => "{{SessionName}}",
            Self::SessionNameRaw => "{{SessionNameRaw}}",
            Self::AccessKeyId => "{{AccessKeyID}}",
        }
    }
}

/// A username or group of `aws-auth`: text in which the five placeholders are replaced at login.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct UsernameTemplate(String);

impl UsernameTemplate {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn has(&self, token: Token) -> bool {
        token.is_in(&self.0)
    }

    pub fn tokens(&self) -> impl Iterator<Item = Token> + '_ {
        Token::ALL.into_iter().filter(|token| self.has(*token))
    }

    /// Every occurrence of one placeholder written out.
    #[must_use]
    pub fn with(&self, token: Token, value: &str) -> Self {
        if self.has(token) { Self(self.0.replace(token.as_str(), value)) } else { self.clone() }
    }
}

impl fmt::Display for UsernameTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A username that an access entry may carry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Username(String);

/// Why EKS would refuse a custom username, or why nobody knows what it would mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", content = "text", rename_all = "kebab-case")]
pub enum UsernameRefusal {
    #[error("it is empty; leave it out and EKS sets its default")]
    Empty,
    #[error("it cannot begin with {0}")]
    ReservedPrefix(String),
    #[error("{{{{SessionName}}}} needs a colon before it")]
    NoColonBeforeSessionName,
    #[error("access entries do not support the placeholder {0}")]
    UnsupportedToken(String),
}

impl Username {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// # Errors
    /// The rule of the EKS user guide ("Create access entries") that the text breaks.
    pub fn new(text: impl Into<String>) -> Result<Self, UsernameRefusal> {
        let text = text.into();
        if text.is_empty() {
            return Err(UsernameRefusal::Empty);
        }
        if let Some(prefix) = RESERVED_PREFIXES.iter().find(|prefix| text.starts_with(**prefix)) {
            return Err(UsernameRefusal::ReservedPrefix((*prefix).to_owned()));
        }
        for token in [Token::Ec2PrivateDnsName, Token::AccountId, Token::AccessKeyId] {
            if token.is_in(&text) {
                return Err(UsernameRefusal::UnsupportedToken(token.as_str().to_owned()));
            }
        }
        for token in [Token::SessionName, Token::SessionNameRaw] {
            if let Some(at) = token.find_in(&text)
                && !text[..at].contains(':')
            {
                return Err(UsernameRefusal::NoColonBeforeSessionName);
            }
        }
        Ok(Self(text))
    }
}

impl Serialize for Username {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Username {
    type Error = UsernameRefusal;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(text)
    }
}

impl From<Username> for String {
    fn from(username: Username) -> Self {
        username.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guides_examples_hold() {
        assert_eq!(Username::new("john{{SessionName}}"), Err(UsernameRefusal::NoColonBeforeSessionName));
        assert!(Username::new(":john{{SessionName}}").is_ok());
        assert!(Username::new("jo:hn{{SessionName}}").is_ok());
        assert!(Username::new("john{{SessionName}}:x").is_err());
        assert!(Username::new("a:{{SessionNameRaw}}").is_ok());
    }

    #[test]
    fn reserved_prefixes_and_foreign_placeholders_are_refused() {
        for prefix in RESERVED_PREFIXES {
            assert!(Username::new(format!("{prefix}x")).is_err());
        }
        assert!(Username::new("system").is_ok());
        assert!(Username::new("{{AccountID}}").is_err());
        assert!(Username::new("").is_err());
    }

    #[test]
    fn a_placeholder_must_be_spelled_exactly() {
        let template = UsernameTemplate::new("a:{{ SessionName }}:{{sessionname}}");
        assert_eq!(template.tokens().count(), 0);
    }
}
