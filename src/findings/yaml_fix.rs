use serde::{Deserialize, Serialize};

/// What to do about a text that is not YAML, where it stops to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum YamlFix {
    SpacesForTab,
    QuotePlaceholder,
    /// A statement of a template engine, such as Jinja's `{% if … %}`.
    Render,
    NoDirective,
    Quote,
    Fix,
}

impl YamlFix {
    /// By what stands at a byte of the text.
    pub fn of(text: &str, at: usize) -> Self {
        let rest = text.get(at..).unwrap_or_default();
        let before = text.get(..at).unwrap_or_default();
        match rest.chars().next() {
            Some('\t') => Self::SpacesForTab,
            Some('%') if before.ends_with('{') => Self::Render,
            Some('{') if rest.starts_with("{%") || rest.starts_with("{#") => Self::Render,
            Some('{') if rest.starts_with("{{") || before.ends_with('{') => Self::QuotePlaceholder,
            Some('%') if rest.starts_with("%YAML") => Self::NoDirective,
            Some('@' | '`' | '%' | '*') => Self::Quote,
            _ => Self::Fix,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_do_follows_from_what_stands_there() {
        for (before, rest, fix) in [
            ("- a\n", "\tb", YamlFix::SpacesForTab),
            ("a: ", "{{ x }}", YamlFix::QuotePlaceholder),
            ("a: {", "{ x }}", YamlFix::QuotePlaceholder),
            ("{", "% if x %}", YamlFix::Render),
            ("", "{% if x %}", YamlFix::Render),
            ("", "{# x #}", YamlFix::Render),
            ("", "%YAML 1.1", YamlFix::NoDirective),
            ("a: ", "@x", YamlFix::Quote),
            ("a: ", "%x", YamlFix::Quote),
            ("", "- x", YamlFix::Fix),
        ] {
            assert_eq!(YamlFix::of(&format!("{before}{rest}"), before.len()), fix, "{before}{rest}");
        }
    }
}
