use std::collections::BTreeMap;

use similar::{ChangeTag, TextDiff};

use super::fields::FieldChange;

type Data = BTreeMap<String, String>;

/// The values of a ConfigMap before and after, line by line, with two lines around each change.
pub(super) fn diff(before: Option<&Data>, after: Option<&Data>) -> Vec<FieldChange> {
    let (before, after) = (text(before), text(after));
    let diff = TextDiff::from_lines(&before, &after);
    let mut lines = Vec::new();
    for (i, group) in diff.grouped_ops(2).iter().enumerate() {
        if i > 0 {
            lines.push(FieldChange { sign: ' ', text: "…".to_owned() });
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            lines.push(FieldChange { sign, text: change.value().trim_end_matches(['\r', '\n']).to_owned() });
        }
    }
    lines
}

fn text(data: Option<&Data>) -> String {
    let mut text = String::new();
    for (key, value) in data.into_iter().flatten() {
        text.push_str(&format!("{key}: |\n"));
        for line in value.lines() {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text
}
