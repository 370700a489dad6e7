use eksodus::render::escape::{code, html, markdown, terminal};
use proptest::prelude::*;

/// Without what the escaping itself puts in.
fn without_ours(text: &str) -> String {
    text.replace("<!-- -->", "").replace("<code>", "").replace("</code>", "")
}

proptest! {
    #[test]
    fn nothing_hidden_reaches_any_output(text in "(?s).{0,40}") {
        for shown in [terminal(&text).into_owned(), html(&text), markdown(&text), code(&text)] {
            prop_assert!(!shown.chars().any(|c| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}')), "{shown:?}");
        }
    }

    #[test]
    fn no_text_ends_a_table_cell_or_opens_a_tag(text in "[a|`<>&*_@#\\\\ \n!\\[\\]()]{0,30}") {
        for shown in [without_ours(&markdown(&text)), without_ours(&code(&text))] {
            prop_assert!(!shown.contains('|') && !shown.contains('<') && !shown.contains('\n'), "{shown:?}");
        }
        prop_assert!(!without_ours(&markdown(&text)).contains('`'));
        let html = html(&text);
        prop_assert!(!html.contains(['<', '>']));
    }
}
