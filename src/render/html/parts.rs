//! What several sections are made of.

use super::element::{Element, Html, el};
use crate::model::ClusterId;
use crate::render::fields::FieldChange;

/// A part of the page, with its place in the table of contents.
pub(super) struct Section {
    /// Its `id`.
    name: &'static str,
    title: &'static str,
    /// How many things are in it, where that says something.
    count: Option<usize>,
    content: Html,
    /// Filtered by the same words as those beside it.
    is_filtered: bool,
}

impl Section {
    pub(super) fn new(name: &'static str, title: &'static str, content: impl Into<Html>) -> Self {
        Self { name, title, count: None, content: content.into(), is_filtered: false }
    }

    pub(super) fn counted(self, count: usize) -> Self {
        Self { count: Some(count), ..self }
    }

    pub(super) fn filtered(self) -> Self {
        Self { is_filtered: true, ..self }
    }

    fn count(&self) -> Option<Html> {
        Some(el("span").class("count").with(self.count?.to_string()).into())
    }

    fn shown(&self) -> Html {
        let heading = format!("{}-title", self.name);
        let title = el("h2").attribute("id", &heading).with(self.title).with(" ").with(self.count());
        el("section")
            .attribute("id", self.name)
            .attribute("aria-labelledby", heading)
            .with(title)
            .with(self.content.clone())
            .into()
    }
}

/// The table of contents, and all of them. Those that are filtered follow one another, below their filter.
pub(super) fn sections(all: &[Section]) -> Html {
    let entry = |section: &Section| {
        let link = el("a").attribute("href", format_args!("#{}", section.name)).with(section.title);
        el("li").with(link.with(" ").with(section.count()))
    };
    let contents = el("nav")
        .attribute("aria-label", "Contents")
        .class("contents")
        .with(el("ol").with_all(all.iter().map(entry)));
    let (before, rest): (Vec<_>, Vec<_>) = {
        let first = all.iter().position(|section| section.is_filtered).unwrap_or(all.len());
        (all.iter().take(first).collect(), all.iter().skip(first).collect())
    };
    let (filtered, behind): (Vec<&Section>, Vec<&Section>) =
        rest.into_iter().partition(|section| section.is_filtered);
    let filter = (!filtered.is_empty())
        .then(|| el("div").class("filtered").with(filter()).with_all(filtered.iter().map(|it| it.shown())));
    let main = el("main")
        .attribute("id", "main")
        .attribute("tabindex", "-1")
        .with_all(before.iter().map(|it| it.shown()))
        .with(filter)
        .with_all(behind.iter().map(|it| it.shown()));
    el("div").class("layout").with(contents).with(main).into()
}

/// The script shows it, since it does nothing without.
fn filter() -> Element {
    let search = el("input")
        .attribute("type", "search")
        .attribute("id", "search")
        .attribute("autocomplete", "off")
        .attribute("spellcheck", "false")
        .attribute("placeholder", "name, group, namespace …");
    let label = el("label").attribute("for", "search").with("Filter");
    let choices = el("fieldset").class("choices").with(el("legend").class("unseen").with("Show"));
    let found =
        el("output").attribute("id", "found").attribute("for", "search").attribute("aria-live", "polite");
    let button = |id: &'static str, said: &'static str| {
        el("button").attribute("type", "button").attribute("id", id).flag("hidden", true).with(said)
    };
    let buttons = [button("more", "Show all"), button("open", "Open all")];
    el("form")
        .class("filter")
        .attribute("role", "search")
        .flag("hidden", true)
        .with(el("p").class("search").with(label).with(search))
        .with(choices)
        .with(el("p").class("found").with(found).with_all(buttons))
}

/// What is read aloud, and not seen.
pub(super) fn unseen(text: &'static str) -> Element {
    el("span").class("unseen").with(text)
}

/// Seen, and not read aloud.
pub(super) fn glyph(text: &'static str) -> Element {
    el("span").class("glyph").attribute("aria-hidden", "true").with(text)
}

/// How grave it is; the words say it as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Care,
    Bad,
    Plain,
}

impl Tone {
    pub(super) fn badge(self, text: impl Into<Html>) -> Element {
        let classes = match self {
            Self::Good => "badge good",
            Self::Care => "badge care",
            Self::Bad => "badge bad",
            Self::Plain => "badge",
        };
        el("span").class(classes).with(text)
    }
}

/// An ARN with the name at its end, by which people know it, before the rest in weight.
pub(super) fn arn(text: &str) -> Element {
    let separators = [':', '/'];
    let end = text.trim_end_matches(separators).rfind(separators).map_or(0, |at| at + 1);
    let (head, name) = text.split_at(end);
    el("span").class("arn").with(el("span").class("faint").with(head)).with(name)
}

/// Each name by itself.
pub(super) fn names<T: Into<Html>>(items: impl IntoIterator<Item = T>) -> Html {
    let items = items.into_iter().map(|item| el("li").with(el("code").with(item)));
    el("ul").class("names").with_all(items).into()
}

/// What is known of a thing, each with its name.
pub(super) fn facts(facts: impl IntoIterator<Item = (&'static str, Html)>) -> Element {
    let fact =
        |(name, value): (&'static str, Html)| el("div").with(el("dt").with(name)).with(el("dd").with(value));
    el("dl").class("facts").with_all(facts.into_iter().map(fact))
}

/// The lines of a diff, each with its sign in words as well.
pub(super) fn diff<'c>(changes: impl IntoIterator<Item = &'c FieldChange>) -> Element {
    let line = |change: &FieldChange| {
        let (class, sign, said) = match change.sign {
            '+' => ("add", "+", "added: "),
            '-' => ("del", "−", "removed: "),
            _ => ("", " ", ""),
        };
        let said = (!said.is_empty()).then(|| unseen(said));
        el("li").class(class).with(glyph(sign)).with(said).with(el("span").with(change.text.as_str()))
    };
    el("ul").class("diff").with_all(changes.into_iter().map(line))
}

/// What may be typed.
pub(super) fn command(text: impl Into<Html>) -> Element {
    el("pre").class("command").with(el("code").with(text))
}

/// In which account and Region a cluster is.
pub(super) fn place_of(cluster: &ClusterId) -> String {
    format!("account {}, {}", cluster.account, cluster.region)
}

/// A table that is read row by row, and moves sideways where there is no room for it.
pub(super) fn table<const N: usize>(
    label: &'static str,
    heads: [&'static str; N],
    rows: impl IntoIterator<Item = Element>,
) -> Element {
    let head = |title: &'static str| el("th").attribute("scope", "col").with(title);
    let table = el("table")
        .class("plain")
        .with(el("thead").with(el("tr").with_all(heads.map(head))))
        .with(el("tbody").with_all(rows));
    scrolling(label, table)
}

/// What may be wider than the page, in reach of the keyboard.
pub(super) fn scrolling(label: &'static str, content: Element) -> Element {
    el("div")
        .class("scrolls")
        .attribute("role", "region")
        .attribute("aria-label", label)
        .attribute("tabindex", "0")
        .with(content)
}
