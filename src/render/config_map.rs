use std::collections::{BTreeMap, BTreeSet};

use similar::{Algorithm, ChangeTag, capture_diff_slices};

use super::fields::FieldChange;

type Data = BTreeMap<String, String>;

/// Unchanged lines that are shown on each side of a change.
const CONTEXT: usize = 2;

/// The values of a ConfigMap that change, each under its key, line by line.
pub(super) fn diff(before: Option<&Data>, after: Option<&Data>) -> Vec<FieldChange> {
    let value = |data: Option<&Data>, key: &str| data.and_then(|data| data.get(key)).cloned();
    let keys: BTreeSet<&String> = before.into_iter().chain(after).flat_map(Data::keys).collect();
    let mut shown = Vec::new();
    for key in keys {
        let (before, after) = (value(before, key), value(after, key));
        if before == after {
            continue;
        }
        let sign = match (&before, &after) {
            (None, _) => '+',
            (_, None) => '-',
            _ => ' ',
        };
        shown.push(FieldChange { sign, text: format!("{key}: |") });
        let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
        let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
        shown.extend(around_changes(lines(&before, &after)));
    }
    shown
}

/// Lines are mostly taken out, or put back, in whole items, which is not what the shortest difference shows.
fn lines<'l>(before: &[&'l str], after: &[&'l str]) -> Vec<(char, &'l str)> {
    if let Some(lines) = without_blocks(before, after, '-') {
        return lines;
    }
    if let Some(lines) = without_blocks(after, before, '+') {
        return lines;
    }
    capture_diff_slices(Algorithm::Myers, before, after)
        .iter()
        .flat_map(|op| op.iter_changes(before, after))
        .map(|change| match change.tag() {
            ChangeTag::Delete => ('-', change.value()),
            ChangeTag::Insert => ('+', change.value()),
            ChangeTag::Equal => (' ', change.value()),
        })
        .collect()
}

/// All lines of `whole`, those of the blocks that `rest` lacks with the sign; `None` when it lacks other than blocks.
fn without_blocks<'l>(whole: &[&'l str], rest: &[&str], sign: char) -> Option<Vec<(char, &'l str)>> {
    let (mut lines, mut left, mut rest) = (Vec::new(), whole, rest);
    while let Some((first, more)) = left.split_first() {
        // a line, and those that are indented more
        let deeper = more.iter().take_while(|line| indent(line) > indent(first)).count();
        let (block, behind) = left.split_at(1 + deeper);
        let sign = match rest.strip_prefix(block) {
            Some(behind) => {
                rest = behind;
                ' '
            }
            None => sign,
        };
        lines.extend(block.iter().map(|line| (sign, *line)));
        left = behind;
    }
    rest.is_empty().then_some(lines)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn around_changes(lines: Vec<(char, &str)>) -> Vec<FieldChange> {
    let near = |i: usize| {
        let end = lines.len().min(i + CONTEXT + 1);
        lines
            .get(i.saturating_sub(CONTEXT)..end)
            .is_some_and(|near| near.iter().any(|(sign, _)| *sign != ' '))
    };
    let mut shown = Vec::new();
    let mut is_gap = false;
    for (i, (sign, line)) in lines.iter().enumerate() {
        if !near(i) {
            is_gap = true;
            continue;
        }
        if std::mem::take(&mut is_gap) {
            shown.push(FieldChange { sign: ' ', text: "  …".to_owned() });
        }
        shown.push(FieldChange { sign: *sign, text: format!("  {line}") });
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(sections: &[(&str, &str)]) -> Data {
        sections.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn shown(before: &[(&str, &str)], after: &[(&str, &str)]) -> String {
        let changes = diff(Some(&data(before)), Some(&data(after)));
        changes.iter().map(|change| format!("{} {}\n", change.sign, change.text)).collect()
    }

    const ALL: &str = "\
- rolearn: one
  groups:
    - masters
- rolearn: two
  username: two
  groups:
    - masters
# kept
- rolearn: three
  groups:
    - masters
";
    const REST: &str = "\
- rolearn: one
  groups:
    - masters
# kept
- rolearn: three
  groups:
    - masters
";
    const DIFFERENCE: &str = "  mapRoles: |
    …
      groups:
        - masters
-   - rolearn: two
-     username: two
-     groups:
-       - masters
    # kept
    - rolearn: three
";

    #[test]
    fn whole_items_go_and_come_back_under_the_key_of_their_section() {
        let other = ("mapUsers", "- userarn: stays\n");
        assert_eq!(shown(&[("mapRoles", ALL), other], &[("mapRoles", REST), other]), DIFFERENCE);
        let back = shown(&[("mapRoles", REST), other], &[("mapRoles", ALL), other]);
        assert_eq!(back, DIFFERENCE.replace("\n- ", "\n+ "));
    }

    #[test]
    fn of_two_items_that_begin_alike_the_right_one_goes() {
        let before = "- userarn: maria\n  groups: [a]\n- userarn: maria\n  groups: [b]\n";
        let after = "- userarn: maria\n  groups: [b]\n";
        let expected = "  mapUsers: |\n-   - userarn: maria\n-     groups: [a]\n    - userarn: maria\n      groups: [b]\n";
        assert_eq!(shown(&[("mapUsers", before)], &[("mapUsers", after)]), expected);
    }

    #[test]
    fn a_section_that_changes_otherwise_or_goes_is_shown_too() {
        assert_eq!(
            shown(&[("a", "[x, y]\n"), ("b", "z\n")], &[("a", "[x]\n")]),
            "  a: |\n-   [x, y]\n+   [x]\n- b: |\n-   z\n"
        );
    }
}
