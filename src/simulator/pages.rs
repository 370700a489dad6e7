use crate::eks::Page;

use super::refusal::{AwsRefusal, invalid_token};

/// Which page of a list somebody wants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Wanted<'t> {
    pub next: Option<&'t str>,
    /// `None`: as many as the server gives.
    pub at_most: Option<usize>,
}

impl<'t> From<Option<&'t str>> for Wanted<'t> {
    fn from(next: Option<&'t str>) -> Self {
        Self { next, at_most: None }
    }
}

/// One page of a list that is sorted by key. The token names the list and the last key given out, so that it stays
/// good while the list changes, and is refused by every other list.
pub(super) fn page<'t, T>(
    list: &str,
    items: impl IntoIterator<Item = (String, T)>,
    size: usize,
    wanted: impl Into<Wanted<'t>>,
) -> Result<Page<T>, AwsRefusal> {
    let Wanted { next, at_most } = wanted.into();
    let size = at_most.map_or(size, |most| most.min(size));
    let after = next.map(|token| read_token(list, token).ok_or_else(invalid_token)).transpose()?;
    let mut rest = items.into_iter().skip_while(|(key, _)| after.as_ref().is_some_and(|after| key <= after));
    let mut page = Page { items: Vec::new(), next: None };
    let mut last = String::new();
    for (key, item) in rest.by_ref().take(size.max(1)) {
        page.items.push(item);
        last = key;
    }
    if rest.next().is_some() {
        page.next = Some(write_token(list, &last));
    }
    Ok(page)
}

/// Keys for a list that keeps the order it was given in.
pub(super) fn in_given_order<T>(items: impl IntoIterator<Item = T>) -> impl Iterator<Item = (String, T)> {
    items.into_iter().enumerate().map(|(index, item)| (format!("{index:08}"), item))
}

fn write_token(list: &str, key: &str) -> String {
    let key = key.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("{}{key}", seal(list, &key))
}

fn read_token(list: &str, token: &str) -> Option<String> {
    let (sealed, key) = token.split_at_checked(16)?;
    if sealed != seal(list, key) {
        return None;
    }
    let bytes = key
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok())
        .collect::<Option<Vec<u8>>>()?;
    String::from_utf8(bytes).ok()
}

fn seal(list: &str, key: &str) -> String {
    let digest = blake3::hash(format!("{list}\n{key}").as_bytes());
    digest.to_hex()[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(names: &[&str]) -> Vec<(String, String)> {
        names.iter().map(|name| ((*name).to_owned(), (*name).to_owned())).collect()
    }

    #[test]
    fn pages_follow_each_other_while_the_list_changes() {
        let first = page("l", list(&["a", "b", "c"]), 2, None).unwrap();
        assert_eq!(first.items, ["a", "b"]);
        // b is gone and bb is new when the second page is asked for
        let second = page("l", list(&["a", "bb", "c"]), 2, first.next.as_deref()).unwrap();
        assert_eq!((second.items, second.next), (vec!["bb".to_owned(), "c".to_owned()], None));
    }

    #[test]
    fn a_full_last_page_has_no_token() {
        assert_eq!(page("l", list(&["a", "b"]), 2, None).unwrap().next, None);
    }

    #[test]
    fn tokens_of_other_lists_and_invented_ones_are_refused() {
        let token = page("l", list(&["a", "b"]), 1, None).unwrap().next.unwrap();
        assert!(page("l", list(&["a"]), 1, Some(token.as_str())).is_ok());
        for (name, token) in [("m", token.as_str()), ("l", "x"), ("l", ""), ("l", &format!("{token}00"))] {
            assert!(page(name, list(&["a"]), 1, Some(token)).is_err(), "{name} {token}");
        }
    }
}
