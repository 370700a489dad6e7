//! What somebody else has changed: shown to people, and named for machines.

use eksodus::render::{Names, Page, conflict};
use eksodus::session::{ChangedBy, Conflict};
use serde::Serialize;

use super::console::Console;

/// A conflict as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConflictSeen {
    resource: String,
    expected: String,
    found: String,
    /// `null`: not known.
    by: Option<String>,
    /// RFC 3339; `null`: not known.
    at: Option<String>,
}

impl ConflictSeen {
    pub fn of(conflict: &Conflict) -> Self {
        let Conflict { resource, expected, found, by } = conflict;
        Self {
            resource: resource.to_string(),
            expected: whole(expected),
            found: whole(found),
            by: by.as_ref().and_then(|by| by.who.clone()),
            at: by.as_ref().and_then(|by| by.at).map(|at| at.to_string()),
        }
    }

    /// `subject`: a principal, for its access entry, or what else a difference is about.
    pub fn is_about(&self, subject: &str) -> bool {
        self.resource == subject || self.resource.strip_prefix("access entry ") == Some(subject)
    }
}

/// Of `aws-auth` its values, not what a line of text would say of them.
fn whole(state: &eksodus::calls::ResourceState) -> String {
    match state {
        eksodus::calls::ResourceState::AwsAuth(Some(data)) => {
            data.iter().map(|(key, value)| format!("{key}: |\n{value}")).collect::<Vec<_>>().join("\n")
        }
        other => other.to_string(),
    }
}

/// Each with its difference.
pub fn page(names: &Names, conflicts: &[Conflict]) -> Page {
    let mut page = Page::default();
    for Conflict { resource, expected, found, by } in conflicts {
        conflict(&mut page, resource, [expected, found], by.as_ref().and_then(by_whom).as_deref(), names);
    }
    page
}

pub fn tell(console: &mut Console, names: &Names, conflicts: &[Conflict]) {
    if !conflicts.is_empty() {
        console.page(page(names, conflicts));
    }
}

/// `by kubectl-edit, 2026-03-02T02:13:44Z`.
fn by_whom(by: &ChangedBy) -> Option<String> {
    let ChangedBy { who, at } = by;
    match (who, at) {
        (Some(who), Some(at)) => Some(format!("by {who}, {at:.0}")),
        (Some(who), None) => Some(format!("by {who}")),
        (None, Some(at)) => Some(format!("{at:.0}")),
        (None, None) => None,
    }
}
