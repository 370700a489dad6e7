//! Rules as lines that fit the page.

use super::permissions;
use crate::rbac::PolicyRule;
use crate::render::page::Page;
use crate::render::words::count;

/// How many rules of a list are shown where not everything is asked for.
pub(super) const MOST: usize = 12;

/// And of one that is beside the point.
pub(super) const FEW: usize = 1;

/// Collapsed rules with their sign, ` ` for none; long ones go on in further lines.
pub(super) fn rows(page: &mut Page, level: usize, sign: char, rules: &[PolicyRule], most: usize) {
    let rows = joined(rules);
    let shown = rows.len().min(most);
    for (text, _) in &rows[..shown] {
        match sign {
            ' ' => page.line(level, text.as_str()),
            _ => page.signed(level, sign, text),
        }
    }
    if shown < rows.len() {
        let rest = rows[shown..].iter().map(|(_, permissions)| permissions).sum();
        page.line(
            level,
            format!("and {} with --verbose", count(rest, "permission more", "permissions more")),
        );
    }
}

/// A row for all that takes the same verbs, groups beside each other, and how many permissions it has. What has names, and
/// URLs, keep rows of their own; subresources do not stand among resources.
fn joined(rules: &[PolicyRule]) -> Vec<(String, usize)> {
    let mut rows: Vec<((String, bool), String, usize)> = Vec::new();
    for rule in rules {
        let of_subresources = rule.resources.iter().any(|resource| resource.contains('/'));
        let key = (rule.verbs_in_words(), of_subresources);
        let own = permissions(std::slice::from_ref(rule));
        let stands_alone = !rule.resource_names.is_empty() || !rule.non_resource_urls.is_empty();
        match rows.iter_mut().find(|(other, ..)| *other == key).filter(|_| !stands_alone) {
            Some((_, text, permissions)) => {
                *text = format!("{text}, {}", rule.resources_in_words().join(", "));
                *permissions += own;
            }
            // no rule has these verbs
            None if stands_alone => rows.push(((String::new(), false), rule.to_string(), own)),
            None => rows.push((key, rule.to_string(), own)),
        }
    }
    rows.into_iter().map(|(_, text, permissions)| (text, permissions)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_the_same_verbs_shares_a_row() {
        let rule = |groups: &[&str], resources: &[&str], verbs: &[&str], names: &[&str]| {
            let strings = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
            PolicyRule {
                api_groups: strings(groups),
                resources: strings(resources),
                verbs: strings(verbs),
                resource_names: strings(names),
                ..PolicyRule::default()
            }
        };
        let rules = [
            rule(&[""], &["pods"], &["get", "list"], &[]),
            rule(&["apps"], &["deployments"], &["get", "list"], &[]),
            rule(&["batch"], &["jobs"], &["get"], &[]),
            rule(&[""], &["pods/log"], &["get", "list"], &[]),
            rule(&["apps"], &["deployments/scale"], &["get", "list"], &[]),
            rule(&[""], &["secrets"], &["get", "list"], &["a"]),
            rule(&["apps"], &["deployments"], &["get", "list"], &["a"]),
            PolicyRule::every_url(),
        ];
        let expected = [
            ("get, list pods, deployments.apps", 4),
            ("get jobs.batch", 1),
            ("get, list pods/log, deployments.apps/scale", 4),
            ("get, list secrets named \"a\"", 2),
            ("get, list deployments.apps named \"a\"", 2),
            ("* * (URLs)", 1),
        ];
        assert_eq!(joined(&rules), expected.map(|(text, n)| (text.to_owned(), n)));
    }
}
