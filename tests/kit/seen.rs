//! Hostile text, and what is seen of it, by means that share nothing with the escaping: a Markdown parser, and lists of
//! characters.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};

/// What somebody could write who wants to be more than text. Each ends in a word that shows that it is there.
pub const PAYLOADS: [&str; 26] = [
    "@octocat please",
    "@org/team fixes #1",
    "closes GH-1 and octo/repo#2",
    "octo@deadbeefdeadbeefdeadbeefdeadbeefdeadbeef defaced 1234567",
    "<img src=x onerror=alert(1)><b>",
    "</code></summary></details><h1>gone</h1>",
    "<!-- eksodus:prod-eu:ab12 --> -->",
    "[a](https://x.example) ![b](https://x.example/y.png)",
    "https://x.example www.x.example mailto:a@x.example a@x.example ftp://x.example",
    "<https://x.example> <a@x.example>",
    "`@octocat` ``#1`` ```GH-1",
    "a|b \\| \\\\| c `|` |---|",
    "x`</code>|@octocat|`",
    "line\n# heading\n- item\n\n---\n\n```\n@octocat\n",
    "\r\n\r\n</details>\r\n| a | b |\r\n|---|---|\r\n",
    "**bold** _em_ ~~gone~~ ==mark== ^sup^ ||spoiler||",
    "$`x`$ $$y$$ $z$ :tada: :+1:",
    "[^1] [x] [ ] [[wiki]] > [!NOTE]",
    "\\@octocat \\#1 &#64;octocat &commat;octocat &#35;1",
    "1. one\t2) two     code",
    "\u{1b}[5;45mred\u{1b}]8;;https://x.example\u{7}link\u{1b}\\ \u{1b}c",
    "\u{9b}5;45m\u{9d}8;;x\u{9c}\u{85}\u{7f}\u{0}\u{8}",
    "dev\u{202e}nimda\u{2066}\u{2069}\u{200f}\u{61c}",
    "zero\u{200b}\u{200d}\u{2060}\u{feff}\u{ad}width\u{a0}\u{2028}\u{2029}\u{e0041}",
    "'''~~~ ~~~\n```diff\n+ x\n~~~",
    "\u{2f}**/ --> ]]> ?> <![CDATA[ <?php <!DOCTYPE <script>",
];

pub fn payloads() -> Vec<String> {
    let mut all: Vec<String> = PAYLOADS.iter().map(|&payload| payload.to_owned()).collect();
    all.push("`".repeat(300) + " #1");
    all
}

/// Whatever a reader of GitHub's kind could take for markup, and more.
fn options() -> Options<'static> {
    let mut options = Options::default();
    let all = &mut options.extension;
    all.strikethrough = true;
    all.table = true;
    all.autolink = true;
    all.tasklist = true;
    all.superscript = true;
    all.footnotes = true;
    all.description_lists = true;
    all.math_dollars = true;
    all.math_code = true;
    all.wikilinks_title_after_pipe = true;
    all.underline = true;
    all.spoiler = true;
    all.alerts = true;
    options.parse.relaxed_autolinks = true;
    options
}

/// What the parser makes of it: kinds of nodes without words and values, HTML without what is in `code`, and the words.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    pub structure: Vec<String>,
    pub headings: Vec<String>,
    pub words: Vec<String>,
}

pub fn parsed(markdown: &str) -> Parsed {
    let arena = Arena::new();
    let mut parsed = Parsed::default();
    walk(parse_document(&arena, markdown, &options()), 0, &mut parsed);
    parsed
}

fn walk<'a>(node: &'a AstNode<'a>, depth: usize, parsed: &mut Parsed) {
    let mut shape = |kind: String| parsed.structure.push(format!("{}{kind}", " ".repeat(depth)));
    match &node.data.borrow().value {
        NodeValue::Text(text) => parsed.words.push(text.to_string()),
        NodeValue::Code(_) | NodeValue::SoftBreak => {}
        NodeValue::CodeBlock(block) => shape(format!("code block {:?}", block.info)),
        NodeValue::HtmlBlock(block) => shape(format!("html {:?}", without_code(&block.literal))),
        NodeValue::HtmlInline(html) => shape(format!("inline html {html:?}")),
        NodeValue::Link(_) | NodeValue::Image(_) => shape("link".to_owned()),
        NodeValue::Heading(heading) => {
            shape(format!("heading {}", heading.level));
            parsed.headings.push(node.collect_text());
        }
        NodeValue::List(_) => shape("list".to_owned()),
        NodeValue::Item(_) => shape("item".to_owned()),
        NodeValue::Table(table) => shape(format!("table {} × {}", table.num_columns, table.num_rows)),
        other => shape(format!("{other:?}")),
    }
    node.children().for_each(|child| walk(child, depth + 1, parsed));
}

/// HTML with what stands in its `code` left out, and the marker with its name and digest.
fn without_code(html: &str) -> String {
    if html.starts_with("<!-- eksodus:") {
        return html[html.find("-->").unwrap()..].to_owned();
    }
    let mut rest = html;
    let mut shown = String::new();
    while let Some((before, behind)) = rest.split_once("<code>") {
        shown.push_str(before);
        rest = behind.split_once("</code>").unwrap().1;
    }
    shown + rest
}

/// Text for a machine, a terminal, or a file: no character of it is hidden.
pub fn hidden_in(text: &str) -> Option<char> {
    text.chars().find(|c| is_bad(*c))
}

/// What GitHub's filters would look for in words outside of code. A pipe is there by itself, and ends no cell.
pub fn live(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let is_emoji = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+' | b'-');
    let is_hash = |run: &str| (7..=40).contains(&run.len()) && run.bytes().all(|b| b.is_ascii_hexdigit());
    word.contains(['@', '#', '$', '<', '[', ']', '*', '_', '~', '`', '\\', '&'])
        || lower.contains("gh-")
        || lower.contains("://")
        || lower.contains("www.")
        || lower.split(|c: char| !c.is_ascii_alphanumeric()).any(is_hash)
        || lower.split(':').skip(1).any(|name| {
            !name.is_empty() && name.bytes().all(is_emoji) && lower.contains(&format!(":{name}:"))
        })
}

/// All that a terminal could take for anything but a character that one sees.
fn is_bad(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{a0}' | '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Without our own styles, each of which is `ESC [ digits m`, and none of which is the blink of the payloads.
pub fn without_styles(text: &str) -> String {
    assert!(!text.contains("\u{1b}[5;45m"), "{text}");
    let mut pieces = text.split("\u{1b}[");
    let mut plain = pieces.next().unwrap().to_owned();
    for piece in pieces {
        let (style, rest) = piece.split_once('m').unwrap();
        assert!(style.bytes().all(|b| b.is_ascii_digit() || b == b';'), "{piece:?}");
        plain.push_str(rest);
    }
    plain
}
