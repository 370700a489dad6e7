use crate::model::{Token, UsernameTemplate};

/// Whether some login could turn the template into this name.
///
/// Each placeholder is taken by itself, so a name that gives two values to one placeholder passes too: what is looked for
/// here must not be missed.
pub(crate) fn could_become(template: &UsernameTemplate, name: &str) -> bool {
    matches(&pieces(template.as_str()), name)
}

enum Piece<'t> {
    Text(&'t str),
    Token(Token),
}

fn pieces(mut text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    while let Some((at, token)) =
        Token::ALL.into_iter().filter_map(|token| Some((text.find(token.as_str())?, token))).min()
    {
        pieces.push(Piece::Text(&text[..at]));
        pieces.push(Piece::Token(token));
        text = &text[at + token.as_str().len()..];
    }
    pieces.push(Piece::Text(text));
    pieces
}

/// The ends that the pieces so far can reach, kept as a set: linear in the name for each piece.
fn matches(pieces: &[Piece<'_>], name: &str) -> bool {
    let mut reached = vec![false; name.len() + 1];
    reached[0] = true;
    for piece in pieces {
        let mut next = vec![false; name.len() + 1];
        for at in (0..=name.len()).filter(|at| reached[*at]) {
            match piece {
                Piece::Text(text) if name.as_bytes()[at..].starts_with(text.as_bytes()) => {
                    next[at + text.len()] = true;
                }
                Piece::Text(_) => {}
                Piece::Token(token) => {
                    let (least, most) = lengths(*token);
                    let fitting = name.as_bytes()[at..].iter().take(most).take_while(|b| fits(*token, **b));
                    for len in least..=fitting.count() {
                        next[at + len] = true;
                    }
                }
            }
        }
        reached = next;
    }
    reached[name.len()]
}

/// Session names are empty for IAM users, and at most 64 long (STS API reference, RoleSessionName).
const fn lengths(token: Token) -> (usize, usize) {
    match token {
        Token::Ec2PrivateDnsName => (1, 253),
        Token::AccountId => (12, 12),
        Token::SessionName | Token::SessionNameRaw => (0, 64),
        Token::AccessKeyId => (16, 128),
    }
}

/// `[\w+=,.@-]` for session names; the authenticator turns `@` into `-` for `{{SessionName}}` (renderTemplate).
fn fits(token: Token, byte: u8) -> bool {
    let word = byte.is_ascii_alphanumeric() || byte == b'_';
    match token {
        Token::Ec2PrivateDnsName => byte.is_ascii_alphanumeric() || b".-".contains(&byte),
        Token::AccountId => byte.is_ascii_digit(),
        Token::SessionName => word || b"+=,.-".contains(&byte),
        Token::SessionNameRaw => word || b"+=,.@-".contains(&byte),
        Token::AccessKeyId => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn could(template: &str, name: &str) -> bool {
        could_become(&UsernameTemplate::new(template), name)
    }

    #[test]
    fn placeholders_take_what_a_login_could_put_there() {
        assert!(could("dev:{{SessionName}}", "dev:alice"));
        assert!(could("dev:{{SessionName}}", "dev:"));
        assert!(could("{{SessionName}}:{{AccountID}}", "a-b:111122223333"));
        assert!(could("{{SessionName}}{{SessionName}}x", "axx"));
        assert!(could("{{SessionNameRaw}}", "a@b.c"));
        assert!(could("system:node:{{EC2PrivateDNSName}}", "system:node:ip-10-0-0-1.ec2.internal"));
        assert!(could("{{AccessKeyID}}", "ASIAABCDEFGHIJKLMNOP"));
        assert!(could("plain", "plain"));
    }

    #[test]
    fn and_nothing_else() {
        assert!(!could("dev:{{SessionName}}", "ops:alice"));
        assert!(!could("dev:{{SessionName}}", "dev:a b"));
        assert!(!could("dev:{{SessionName}}", "dev:a@b"));
        assert!(!could("dev:{{SessionName}}", "dev:a:b"));
        assert!(!could("dev:{{SessionName}}", &format!("dev:{}", "a".repeat(65))));
        assert!(!could("{{AccountID}}", "11112222333"));
        assert!(!could("system:node:{{EC2PrivateDNSName}}", "system:node:"));
        assert!(!could("{{sessionname}}", "alice"));
        assert!(!could("plain", "plainer"));
        assert!(!could("dev:{{SessionName}}", "dev:é"));
    }
}
