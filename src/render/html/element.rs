//! Pieces of a page. Names, reasons and messages carry whatever somebody put into them, so whatever becomes [`Html`] is
//! escaped, and markup is made of names of elements and attributes that were known when this was compiled.
//!
//! Every attribute is quoted, and none of those that are set has a meaning of its own: no `style`, no `on…`, and an `href` is
//! a place on this page ([`Element::to`]).

use std::fmt::Display;

use crate::render::escape::html;

/// Text and elements, escaped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Html(String);

impl Html {
    /// Text of ours, as it is: what stands in a file of its own, and the frame of the page.
    pub(super) fn own(markup: &'static str) -> Self {
        Self(markup.to_owned())
    }

    #[must_use]
    pub(super) fn and(mut self, more: impl Into<Self>) -> Self {
        self.0.push_str(&more.into().0);
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

impl From<&str> for Html {
    fn from(text: &str) -> Self {
        Self(html(text))
    }
}

impl From<String> for Html {
    fn from(text: String) -> Self {
        Self(html(&text))
    }
}

impl From<Element> for Html {
    fn from(Element { tag, attributes, content }: Element) -> Self {
        if VOID.contains(&tag) {
            return Self(format!("<{tag}{attributes}>"));
        }
        let Self(content) = content;
        Self(format!("<{tag}{attributes}>{content}</{tag}>"))
    }
}

impl<T: Into<Self>> From<Option<T>> for Html {
    fn from(some: Option<T>) -> Self {
        some.map(Into::into).unwrap_or_default()
    }
}

impl<T: Into<Self>> FromIterator<T> for Html {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        items.into_iter().fold(Self::default(), Self::and)
    }
}

/// Elements that have no content, and no end (HTML, 13.1.2).
const VOID: [&str; 2] = ["input", "meta"];

/// One element that is being made.
#[derive(Debug, Clone)]
pub(super) struct Element {
    tag: &'static str,
    attributes: String,
    content: Html,
}

pub(super) fn el(tag: &'static str) -> Element {
    Element { tag, attributes: String::new(), content: Html::default() }
}

impl Element {
    pub(super) fn class(self, classes: &'static str) -> Self {
        self.attribute("class", classes)
    }

    /// `value` may be anybody's: it is quoted, and escaped.
    pub(super) fn attribute(mut self, name: &'static str, value: impl Display) -> Self {
        let value = html(&value.to_string());
        self.attributes.push_str(&format!(" {name}=\"{value}\""));
        self
    }

    /// Without a value, such as `open`.
    pub(super) fn flag(mut self, name: &'static str, is_set: bool) -> Self {
        if is_set {
            self.attributes.push(' ');
            self.attributes.push_str(name);
        }
        self
    }

    /// A link to another place of this page, by the `id` that is made of the same two.
    pub(super) fn to(self, kind: &'static str, index: usize) -> Self {
        self.attribute("href", format_args!("#{kind}{index}"))
    }

    pub(super) fn id(self, kind: &'static str, index: usize) -> Self {
        self.attribute("id", format_args!("{kind}{index}"))
    }

    #[must_use]
    pub(super) fn with(mut self, content: impl Into<Html>) -> Self {
        self.content = self.content.and(content);
        self
    }

    #[must_use]
    pub(super) fn with_all<T: Into<Html>>(self, content: impl IntoIterator<Item = T>) -> Self {
        content.into_iter().fold(self, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_becomes_html_is_text() {
        let hostile = "</p><script>\"'&\u{202e}";
        let shown = "&lt;/p&gt;&lt;script&gt;&quot;&#39;&amp;\\u{202e}";
        let made: Html =
            el("p").class("x").attribute("title", hostile).with(hostile).with(hostile.to_owned()).into();
        assert_eq!(made.finish(), format!("<p class=\"x\" title=\"{shown}\">{shown}{shown}</p>"));
    }

    #[test]
    fn what_has_no_content_has_no_end() {
        let made: Html =
            el("input").attribute("type", "search").flag("checked", true).flag("hidden", false).into();
        assert_eq!(made.finish(), "<input type=\"search\" checked>");
    }
}
