//! What whoever reads an export has to know of it: comments at its head.

use super::handover::{Entry, Handover};
use crate::json;
use crate::model::RUN_TAG;

/// Which stack made something (AWS CloudFormation user guide, "Resource tag"), also where eksctl or the CDK made the stack.
const STACK: &str = "aws:cloudformation:stack-name";

impl Handover {
    /// Entries that somebody else owns, and tags that nobody can write.
    pub fn warnings(&self) -> Vec<String> {
        self.entries.iter().filter(|entry| !entry.reserved.is_empty()).map(reserved).collect()
    }

    /// The warnings, and of whom the tag of a run is. `has_tags`: the form can say tags.
    pub(super) fn notes(&self, has_tags: bool) -> Vec<String> {
        let is_tagged = self.entries.iter().any(|entry| entry.entry.tags.contains_key(RUN_TAG));
        let of_run = is_tagged.then(|| match has_tags {
            true => format!(
                "The tag {RUN_TAG} says which run of eksodus made an entry, and is here since the cluster has it. Nothing needs it: take it out whenever you like."
            ),
            false => format!(
                "The tag {RUN_TAG}, which says which run of eksodus made an entry, is left out. Nothing needs it."
            ),
        });
        self.warnings().into_iter().chain(of_run).collect()
    }

    /// The notes as comments of a line each.
    pub(super) fn comments(&self, sign: &str, has_tags: bool) -> String {
        self.notes(has_tags).into_iter().map(|note| format!("{sign} {note}\n")).collect()
    }
}

fn reserved(Entry { entry, reserved, .. }: &Entry) -> String {
    let principal = &entry.principal;
    let keys: Vec<String> = reserved.keys().map(|key| shown(key)).collect();
    let keys = keys.join(", ");
    match reserved.iter().find(|(key, _)| key.eq_ignore_ascii_case(STACK)) {
        Some((_, stack)) => format!(
            "{principal}: the CloudFormation stack {} owns this entry. Take it out of the stack first, and keep it (DeletionPolicy: Retain): two owners undo what the other does. Tags of AWS's own are left out: {keys}",
            shown(stack)
        ),
        None => format!("{principal}: tags of AWS's own are left out: {keys}"),
    }
}

/// In quotes, and nothing in it is hidden.
fn shown(text: &str) -> String {
    json::pretty(&text).unwrap_or_default().trim_end().to_owned()
}
