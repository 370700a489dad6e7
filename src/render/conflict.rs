//! What somebody else has changed, as a difference: from what was expected to what is there.

use super::names::Names;
use super::page::{Page, Shown, paint};
use super::style::{CARE, FAINT};
use super::{config_map, fields};
use crate::calls::{Resource, ResourceState};

/// One resource, two levels in. `by`: who changed it, and when, as far as that is known.
pub fn conflict(
    page: &mut Page,
    resource: &Resource,
    [expected, found]: [&ResourceState; 2],
    by: Option<&str>,
    names: &Names,
) {
    let what = match resource {
        Resource::Entry(principal) => format!("access entry {}", names.principal(principal.as_str())),
        other => other.to_string(),
    };
    let head = paint(CARE, format!("{what} was changed"));
    let by = by.map(|by| paint(FAINT, format!(" ({by})"))).unwrap_or_default();
    page.line(1, Shown::default().and(head).and(by));
    match (expected, found) {
        (ResourceState::AwsAuth(expected), ResourceState::AwsAuth(found)) => {
            let lines = config_map::diff(expected.as_ref(), found.as_ref());
            lines.iter().for_each(|line| page.signed(2, line.sign, &line.text));
        }
        (ResourceState::Entry(expected), ResourceState::Entry(found)) => {
            let changes = fields::between(expected.as_ref(), found.as_ref());
            changes.iter().for_each(|change| page.signed(2, change.sign, &change.text));
        }
        _ => {
            page.signed(2, '-', &expected.to_string());
            page.signed(2, '+', &found.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::AuthenticationMode;
    use crate::render::style::{GONE, GOOD};

    #[test]
    fn both_sides_are_shown_and_who_it_was() {
        let data = |text: &str| {
            ResourceState::AwsAuth(Some([("mapRoles".to_owned(), text.to_owned())].into_iter().collect()))
        };
        let mut page = Page::default();
        let names = Names::default();
        let (before, after) = (data("- rolearn: a\n"), data("- rolearn: a\n- rolearn: \u{202e}b\n"));
        conflict(&mut page, &Resource::AwsAuth, [&before, &after], Some("by kubectl-edit\u{7}"), &names);
        let [before, after] =
            [AuthenticationMode::ConfigMap, AuthenticationMode::Api].map(ResourceState::Mode);
        conflict(&mut page, &Resource::Mode, [&before, &after], None, &names);
        let expected = format!(
            "  {CARE}aws-auth was changed{CARE:#}{FAINT} (by kubectl-edit\\u{{7}}){FAINT:#}\n      mapRoles: |\n        \
             - rolearn: a\n    {GOOD}+   - rolearn: \\u{{202e}}b{GOOD:#}\n  {CARE}authentication mode was \
             changed{CARE:#}\n    {GONE}- CONFIG_MAP{GONE:#}\n    {GOOD}+ API{GOOD:#}\n"
        );
        assert_eq!(page.to_string(), expected);
    }
}
