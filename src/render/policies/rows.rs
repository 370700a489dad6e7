//! Rules as lines that fit the page.

use super::permissions;
use crate::rbac::PolicyRule;
use crate::render::page::Page;
use crate::render::words::count;

const WIDTH: usize = 100;

/// How many rules of a list are shown where not everything is asked for.
pub(super) const MOST: usize = 12;

/// And of one that is beside the point.
pub(super) const FEW: usize = 3;

/// Each rule with its sign, ` ` for none; long ones go on in further lines.
pub(super) fn rows(page: &mut Page, level: usize, sign: char, rules: &[PolicyRule], most: usize) {
    let shown = rules.len().min(most);
    for rule in &rules[..shown] {
        for (at, line) in wrapped(&rule.to_string(), WIDTH - 2 * level - 6).iter().enumerate() {
            match (at, sign) {
                (0, ' ') => page.line(level, line.as_str()),
                (0, _) => page.signed(level, sign, line),
                _ => page.line(level + 2, line.as_str()),
            }
        }
    }
    if shown < rules.len() {
        let rest = permissions(&rules[shown..]);
        page.line(
            level,
            format!("and {} with --verbose", count(rest, "permission more", "permissions more")),
        );
    }
}

/// A sentence over several lines, each at the same level.
pub(super) fn prose(page: &mut Page, level: usize, text: &str) {
    for line in wrapped(text, WIDTH - 2 * level) {
        page.line(level, line);
    }
}

/// At spaces; a word that is longer than a line stays whole.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_at_spaces_and_nothing_is_left_out() {
        assert_eq!(wrapped("get, list pods, secrets", 10), ["get, list", "pods,", "secrets"]);
        assert_eq!(wrapped("abcdefghijkl m", 5), ["abcdefghijkl", "m"]);
        assert_eq!(wrapped("", 5), [""]);
    }
}
