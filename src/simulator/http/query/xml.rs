/// `<name>text</name>`, escaped.
pub(super) fn tag(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", escape(text))
}

/// Elements inside another one.
pub(super) fn nest(name: &str, inner: impl IntoIterator<Item = String>) -> String {
    format!("<{name}>{}</{name}>", inner.into_iter().collect::<String>())
}

/// A control character has no place in XML 1.0, escaped or not.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#xA;"),
            '\r' => escaped.push_str("&#xD;"),
            c if c.is_control() && c != '\t' => escaped.push('\u{FFFD}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_element() {
        let text = tag("Message", "</Message><Code>&\u{1}\n");
        assert_eq!(text, "<Message>&lt;/Message&gt;&lt;Code&gt;&amp;\u{FFFD}&#xA;</Message>");
        assert_eq!(nest("a", [tag("b", "c")]), "<a><b>c</b></a>");
    }
}
