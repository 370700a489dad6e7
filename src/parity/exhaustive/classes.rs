use std::collections::{BTreeMap, BTreeSet};

use super::authorizer::{Grant, Place};
use super::request::{Field, Request};

/// All requests of one kind, by a value for each field: numbers in mixed radix, the last field the lowest digit.
pub(super) struct Space {
    pub(super) blank: Request<'static>,
    pub(super) dimensions: Vec<Dimension>,
}

/// What one field of a request may be, as far as rules can tell.
pub(super) struct Dimension {
    pub(super) field: Field,
    /// Every string that a rule mentions, and the fresh ones.
    pub(super) values: Vec<String>,
    /// By prefix, a string for all others that begin with it and with no longer one. The empty prefix is always there.
    fresh: BTreeMap<String, String>,
}

impl Space {
    /// How many the fields from this one on make. Saturated only when no memory could hold the strings for it.
    pub(super) fn count_from(&self, depth: usize) -> u128 {
        let counts = self.dimensions.iter().skip(depth).map(|dimension| dimension.values.len() as u128);
        counts.fold(1, u128::saturating_mul)
    }

    pub(super) fn request(&self, mut number: u128) -> Request<'_> {
        let mut request = self.blank.clone();
        for Dimension { field, values, .. } in self.dimensions.iter().rev() {
            let radix = values.len() as u128;
            request.set(*field, &values[(number % radix) as usize]);
            number /= radix;
        }
        request
    }

    pub(super) fn class_of<'a>(&'a self, of: &Request<'a>) -> Request<'a> {
        let mut request = self.blank.clone();
        for Dimension { field, values, fresh } in &self.dimensions {
            let text = of.get(*field);
            let others = fresh.iter().filter(|(prefix, _)| text.starts_with(prefix.as_str()));
            let other = others.max_by_key(|(prefix, _)| prefix.len()).map(|(_, fresh)| fresh.as_str());
            request.set(*field, other.filter(|_| !values.iter().any(|it| it == text)).unwrap_or(text));
        }
        request
    }
}

/// The requests that these rules can tell apart: those of URLs, and those of resources.
pub(super) fn spaces(grants: &[Grant<'_>]) -> [Space; 2] {
    [Request::URL, Request::RESOURCE].map(|blank| {
        let dimensions = blank.fields().iter().map(|field| match field {
            Field::Namespace if blank.is_url() => nowhere(),
            field => dimension(*field, grants),
        });
        Space { dimensions: dimensions.collect(), blank: blank.clone() }
    })
}

fn nowhere() -> Dimension {
    Dimension { field: Field::Namespace, values: vec![String::new()], fresh: BTreeMap::new() }
}

fn dimension(field: Field, grants: &[Grant<'_>]) -> Dimension {
    let mentions: Vec<(&str, bool)> = grants.iter().flat_map(|grant| mentions(field, grant)).collect();
    let mut values: BTreeSet<&str> = mentions.iter().map(|(text, _)| *text).collect();
    let prefixes: BTreeSet<&str> =
        mentions.iter().filter(|(_, is_prefix)| *is_prefix).map(|(text, _)| *text).chain([""]).collect();
    let fresh: BTreeMap<String, String> = prefixes
        .iter()
        .map(|prefix| {
            let goes_on = |it: &&str, text: &str| it.len() > prefix.len() && text.starts_with(it);
            let is_fresh = |text: &String| {
                !values.contains(text.as_str()) && !prefixes.iter().any(|it| goes_on(it, text))
            };
            // as a path begins, a word, or what begins with a character that no rule has there
            let is_whole_path = field == Field::Path && prefix.is_empty();
            let words = ["/other", "other"].into_iter().skip(usize::from(!is_whole_path));
            let rare = ('\0'..=char::MAX).map(|first| format!("{prefix}{first}other"));
            let fresh = words.map(|word| format!("{prefix}{word}")).chain(rare).find(is_fresh);
            // if rules have every character there, the prefix itself is all that is left
            ((*prefix).to_owned(), fresh.unwrap_or_else(|| (*prefix).to_owned()))
        })
        .collect();
    values.extend(fresh.values().map(String::as_str));
    if matches!(field, Field::Namespace | Field::Subresource | Field::Name) {
        values.insert(""); // absent
    }
    Dimension { field, values: values.into_iter().map(str::to_owned).collect(), fresh }
}

/// The strings that the rule holds a field against, and whether as prefixes.
fn mentions<'a>(field: Field, Grant { place, rule }: &Grant<'a>) -> Vec<(&'a str, bool)> {
    let whole = |list: &'a [String]| list.iter().map(|it| (it.as_str(), false)).collect();
    let resources = || {
        let parts = rule.resources.iter().map(|it| it.split_once('/').unwrap_or((it, "")));
        // no request has a slash in either
        parts.filter(|(_, below)| !below.contains('/'))
    };
    let cut = |text: &'a String| text.strip_suffix('*').map_or((text.as_str(), false), |it| (it, true));
    match field {
        Field::Group => whole(&rule.api_groups),
        Field::Verb => whole(&rule.verbs),
        Field::Name => whole(&rule.resource_names),
        Field::Resource => resources().map(|(above, _)| (above, false)).collect(),
        Field::Subresource => resources().map(|(_, below)| (below, false)).collect(),
        Field::Path => {
            let cut = rule.non_resource_urls.iter().map(cut);
            cut.map(|(it, is_prefix)| (if is_prefix { it.trim_end_matches('*') } else { it }, is_prefix))
                .collect()
        }
        Field::Namespace => match place {
            Place::Everywhere => Vec::new(),
            Place::Namespace(name) => vec![(*name, false)],
            Place::Scope(names) => names.iter().map(cut).collect(),
        },
    }
}
