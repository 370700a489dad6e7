//! Sessions in usernames: which name a session's login gets, and which session has a name.

use crate::model::{PrincipalArn, Token, UsernameTemplate, plain_session};

/// The name of the login of one session; placeholders of anything else stay.
pub fn written(template: &UsernameTemplate, session: &str) -> String {
    template
        .with(Token::SessionName, &plain_session(session))
        .with(Token::SessionNameRaw, session)
        .to_string()
}

fn session_tokens(template: &UsernameTemplate) -> Vec<Token> {
    template.tokens().filter(|token| matches!(token, Token::SessionName | Token::SessionNameRaw)).collect()
}

/// Whether each login by the old name is one login by the new name, and no two are the same.
pub fn is_one_to_one(
    principal: &PrincipalArn,
    from: &UsernameTemplate,
    to: &UsernameTemplate,
    session: &str,
) -> bool {
    let (from, to) = (session_tokens(from), session_tokens(to));
    // a user's session name is always empty
    !principal.is_role()
        || from == to
        || (!from.is_empty() && !to.is_empty() && !session.contains(['@', '-']))
}

/// The session whose login has the name; empty for users, and where the template does not say the session.
///
/// `None`: no login has it, or something besides the session could make it.
pub fn session_of<'n>(
    principal: &PrincipalArn,
    template: &UsernameTemplate,
    name: &'n str,
) -> Option<&'n str> {
    let tokens = session_tokens(template);
    let session = match tokens.as_slice() {
        _ if !principal.is_role() => "",
        [] => "",
        tokens => {
            let count = |token: &Token| template.as_str().matches(token.as_str()).count();
            let spelled: usize = tokens.iter().map(|token| count(token) * token.as_str().len()).sum();
            let times: usize = tokens.iter().map(count).sum();
            let length = name.len().checked_sub(template.as_str().len() - spelled)? / times;
            let start = tokens.iter().filter_map(|token| template.as_str().find(token.as_str())).min()?;
            let session = name.get(start..start + length)?;
            // STS: a RoleSessionName is 2 to 64 of these
            let legal = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b);
            if !(2..=64).contains(&length) || !session.bytes().all(legal) {
                return None;
            }
            session
        }
    };
    (written(template, session) == name).then_some(session)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_read_back_from_its_name() {
        let role: PrincipalArn = "arn:aws:iam::111122223333:role/Dev".parse().unwrap();
        let of =
            |template: &str, name: &'static str| session_of(&role, &UsernameTemplate::new(template), name);
        assert_eq!(of("dev:{{SessionName}}", "dev:alice"), Some("alice"));
        assert_eq!(of("a:{{SessionNameRaw}}:b", "a:x@y:b"), Some("x@y"));
        assert_eq!(of("{{SessionName}}:{{SessionNameRaw}}", "x-y:x@y"), None);
        assert_eq!(of("dev:{{SessionName}}", "ops:alice"), None);
        assert_eq!(of("dev:{{SessionName}}", "dev:"), None);
        assert_eq!(of("dev", "dev"), Some(""));
        assert_eq!(of("{{SessionName}}{{SessionName}}", "annann"), Some("ann"));
        assert_eq!(of("{{AccessKeyID}}", "x"), None);
    }
}
