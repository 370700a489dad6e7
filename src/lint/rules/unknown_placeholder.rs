use super::{Check, Found, Held, Rule, RuleId};
use crate::model::Token;

/// Placeholders are replaced in their exact spelling; others stay in the text (authenticator, `server.go`, renderTemplate).
pub(crate) const RULE: Rule = Rule { id: RuleId::UnknownPlaceholder, check: Check::Mapping(check) };

fn check(held: &Held<'_>) -> Vec<Found> {
    held.templates()
        .filter_map(|(text, span)| {
            let unknown =
                placeholders(text).find(|text| !Token::ALL.iter().any(|token| token.as_str() == *text))?;
            let plain = |text: &str| text.replace(['{', '}', ' '], "").to_lowercase();
            let meant = Token::ALL.into_iter().find(|token| plain(token.as_str()) == plain(unknown));
            Some(Found {
                span,
                title: format!("{unknown} is not a placeholder"),
                label: meant.map_or("taken literally".to_owned(), |meant| format!("not {}", meant.as_str())),
                today: "EKS keeps the text, braces included, the same for every session"
                    .to_owned(),
                then: "the access entry would have the same text".to_owned(),
                help: match meant {
                    Some(meant) => {
                        format!("write {} if you mean that; the name then changes", meant.as_str())
                    }
                    None => "write the value".to_owned(),
                },
            })
        })
        .collect()
}

fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("{{").filter_map(|(start, _)| {
        let len = text[start..].find("}}")?;
        text.get(start..start + len + 2)
    })
}
