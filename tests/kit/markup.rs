//! What a browser makes of a page: its tags and its text, read by a tokenizer of HTML that is not ours.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

/// A tag, or the text between two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Start {
        name: String,
        attributes: Vec<(String, String)>,
    },
    End(String),
    Text(String),
    /// A comment, a document type, a zero byte: whatever a page of ours has none of, but for the one document type.
    Other(String),
}

impl Piece {
    pub fn attribute(&self, wanted: &str) -> Option<&str> {
        let Self::Start { attributes, .. } = self else { return None };
        attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    }

    pub fn is(&self, tag: &str) -> bool {
        matches!(self, Self::Start { name, .. } if name == tag)
    }
}

pub fn pieces(page: &str) -> Vec<Piece> {
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(page));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

#[derive(Default)]
struct Sink(RefCell<Vec<Piece>>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut pieces = self.0.borrow_mut();
        match token {
            Token::TagToken(Tag { kind: TagKind::StartTag, name, attrs, .. }) => {
                let attributes =
                    attrs.iter().map(|it| (it.name.local.to_string(), it.value.to_string())).collect();
                pieces.push(Piece::Start { name: name.to_string(), attributes });
                return match &*name {
                    "script" => TokenSinkResult::RawData(RawKind::ScriptData),
                    "style" => TokenSinkResult::RawData(RawKind::Rawtext),
                    "title" => TokenSinkResult::RawData(RawKind::Rcdata),
                    _ => TokenSinkResult::Continue,
                };
            }
            Token::TagToken(tag) => pieces.push(Piece::End(tag.name.to_string())),
            Token::CharacterTokens(text) => match pieces.last_mut() {
                Some(Piece::Text(before)) => before.push_str(&text),
                _ => pieces.push(Piece::Text(text.to_string())),
            },
            Token::EOFToken => {}
            other => pieces.push(Piece::Other(format!("{other:?}"))),
        }
        TokenSinkResult::Continue
    }
}

/// Tags with the names of their attributes, and with the values of those that our own style and script go by; where text
/// stands, and not which.
pub fn structure(page: &str) -> Vec<String> {
    let shape = |piece: Piece| match piece {
        Piece::Start { name, attributes } => {
            let shown = attributes.iter().map(|(name, value)| match name.as_str() {
                "class" | "type" | "role" | "http-equiv" => format!(" {name}={value}"),
                _ => format!(" {name}"),
            });
            format!("<{name}{}>", shown.collect::<String>())
        }
        Piece::End(name) => format!("</{name}>"),
        Piece::Text(text) if text.trim().is_empty() => String::new(),
        Piece::Text(_) => "text".to_owned(),
        Piece::Other(other) => other,
    };
    pieces(page).into_iter().map(shape).filter(|shape| !shape.is_empty()).collect()
}

/// All text, with that of the script and the style.
pub fn text(page: &str) -> String {
    let texts = pieces(page).into_iter().filter_map(|piece| match piece {
        Piece::Text(text) => Some(text),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// Elements that a page of ours is made of.
const OURS: [&str; 46] = [
    "a", "body", "button", "caption", "code", "dd", "details", "div", "dl", "dt", "fieldset", "footer",
    "form", "h1", "h2", "h3", "head", "header", "html", "input", "label", "legend", "li", "main", "meta",
    "nav", "ol", "output", "p", "path", "pre", "script", "section", "span", "strong", "style", "summary",
    "svg", "table", "tbody", "td", "th", "thead", "title", "tr", "ul",
];

/// Nothing is in a page but elements of ours, each of which ends, and no attribute runs or loads anything.
pub fn holds_only_ours(page: &str) {
    let pieces = pieces(page);
    let mut open: Vec<&str> = Vec::new();
    for piece in &pieces {
        match piece {
            Piece::Start { name, attributes } => {
                assert!(OURS.contains(&name.as_str()), "{name}");
                for (attribute, value) in attributes {
                    let runs = attribute.starts_with("on")
                        || ["style", "src", "srcset"].contains(&attribute.as_str());
                    assert!(!runs, "{attribute}={value:?}");
                    let leads =
                        attribute == "href" && !value.starts_with('#') && !value.starts_with("https://");
                    assert!(!leads, "{attribute}={value:?}");
                }
                if !matches!(name.as_str(), "meta" | "input") {
                    open.push(name);
                }
            }
            Piece::End(name) => assert_eq!(open.pop(), Some(name.as_str())),
            Piece::Text(_) => {}
            Piece::Other(other) => assert!(other.contains("DoctypeToken"), "{other}"),
        }
    }
    assert_eq!(open, [""; 0]);
    for tag in ["script", "style", "title", "h1"] {
        assert_eq!(pieces.iter().filter(|piece| piece.is(tag)).count(), 1, "{tag}");
    }
}
