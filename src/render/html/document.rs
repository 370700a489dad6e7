//! The frame of a page: what a browser may do with it, its style and its script.

use super::element::{Element, Html, el};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Nothing is loaded, sent or run but the style and the script of this file, which are known by their hashes; a test holds
/// them. No text becomes markup by the script either (trusted types).
const POLICY: &str = "default-src 'none'; \
                      style-src 'sha256-1Vx52lO4IxceZnzzSGvvFXWXD9MPh5vvgsekQi7vSX8='; \
                      script-src 'sha256-/pNZgKjzflqtbhww4vpNHuOiFVSCa0hvGL8hk8fmb38='; \
                      base-uri 'none'; form-action 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

pub(super) fn document(title: &str, body: Html, footer: Html) -> Html {
    let head = el("head")
        .with(el("meta").attribute("charset", "utf-8"))
        .with(el("meta").attribute("http-equiv", "Content-Security-Policy").attribute("content", POLICY))
        .with(meta("viewport", "width=device-width, initial-scale=1"))
        .with(meta("color-scheme", "light dark"))
        .with(meta("referrer", "no-referrer"))
        .with(meta("robots", "noindex"))
        .with(el("title").with(title))
        .with(el("style").with(Html::own(STYLE)));
    let skip = el("a").class("skip").attribute("href", "#main").with("Skip to the content");
    let script = el("script").with(Html::own(SCRIPT));
    let body = el("body").with(skip).with(body).with(footer).with(script);
    Html::own("<!doctype html>\n").and(el("html").attribute("lang", "en").with(head).with(body)).and("\n")
}

fn meta(name: &'static str, content: &'static str) -> Element {
    el("meta").attribute("name", name).attribute("content", content)
}
