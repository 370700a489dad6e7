//! Lists of names that stay readable.

use crate::render::page::Page;

/// Each name in a line of its own; unless all are wanted, some of them and how many more there are.
pub fn names(page: &mut Page, level: usize, names: &[String], all: bool) {
    const MOST: usize = 5;
    // one more takes no more room than saying so
    let shown = if all || names.len() <= MOST + 1 { names.len() } else { MOST };
    names.iter().take(shown).for_each(|name| page.line(level, name.as_str()));
    if shown < names.len() {
        page.line(level, format!("and {} more (-v lists them)", names.len() - shown));
    }
}

/// `a, b and 5 more`, unless all are wanted.
pub fn some<'a>(names: impl ExactSizeIterator<Item = &'a str>, most: usize, all: bool) -> String {
    let (len, most) = (names.len(), if all { usize::MAX } else { most });
    // one more takes no more room than saying so
    let shown = if len <= most.saturating_add(1) { len } else { most };
    let list = names.take(shown).collect::<Vec<_>>().join(", ");
    if shown < len { format!("{list} and {} more", len - shown) } else { list }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_names_are_counted() {
        let names = |n: usize| vec!["a"; n];
        let told = |n, all| some(names(n).into_iter(), 2, all);
        assert_eq!(told(3, false), "a, a, a");
        assert_eq!(told(4, false), "a, a and 2 more");
        assert_eq!(told(4, true), "a, a, a, a");
        assert_eq!(told(0, false), "");
    }
}
