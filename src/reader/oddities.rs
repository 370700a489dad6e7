use std::collections::{BTreeMap, BTreeSet};

use super::yaml::{self, Document, NodeId, NodeKind};
use super::{Manifest, SectionName, Span};

/// A place where YAML, as EKS reads it, means something else than it seems to say. None of it is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oddity {
    pub kind: OddityKind,
    pub span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OddityKind {
    /// The same key comes again in this mapping, and the later one wins.
    DuplicateKey { key: String },
    /// Another spelling of the field in the same entry wins, whatever their order.
    CaseVariant { key: String, wins: String },
    /// A `<<` behind these keys replaces them.
    MergeOverwrites { keys: Vec<String> },
    /// A line that begins like a list item continues the value before it.
    FoldedItem { value: String },
    /// What follows a `#` is no part of the value.
    CommentInValue { value: String },
    /// A tag says how the value is to be read.
    Tagged { tag: String },
}

/// The fields that every spelling reaches.
const FIELDS: [&str; 6] = ["rolearn", "userarn", "username", "groups", "userid", "sso"];

/// The oddities of the three sections; a section that EKS cannot read has none.
pub fn oddities(manifest: &Manifest) -> Vec<Oddity> {
    let mut found = Vec::new();
    for name in SectionName::ALL {
        let Some((text, places)) = manifest.section(name) else { continue };
        // decoding keeps to EKS's bounds on aliases, and so does what follows
        let Ok(document) = yaml::compose(text) else { continue };
        if yaml::decode(&document).is_err() {
            continue;
        }
        let walk = Walk { text, document: &document };
        let oddities = walk.oddities().into_iter();
        found.extend(oddities.map(|oddity| Oddity { span: places.to_source(oddity.span), ..oddity }));
    }
    found
}

fn field(key: &str) -> Option<String> {
    let field = key.to_ascii_lowercase();
    FIELDS.contains(&field.as_str()).then_some(field)
}

struct Walk<'d> {
    text: &'d str,
    document: &'d Document,
}

impl<'d> Walk<'d> {
    fn oddities(&self) -> Vec<Oddity> {
        let mut found = Vec::new();
        // an own stack: nesting may be deep
        let mut open: Vec<NodeId> = self.document.root().into_iter().collect();
        while let Some(id) = open.pop() {
            match self.document.node(id).kind {
                NodeKind::Mapping => {
                    let pairs = self.pairs(id);
                    self.keys(&pairs, &mut found);
                    self.merges(&pairs, &mut found);
                    for (_, value) in pairs {
                        found.extend(self.comment(value));
                        found.extend(self.tag(value));
                        open.push(value);
                    }
                }
                NodeKind::Sequence => {
                    for item in self.document.children(id) {
                        found.extend(self.comment(item));
                        found.extend(self.tag(item));
                        found.extend(self.folded(item));
                        open.push(item);
                    }
                }
                NodeKind::Scalar { .. } | NodeKind::Alias { .. } => {}
            }
        }
        found
    }

    /// The YAML 1.1 tags by their short names, such as `!!binary`.
    fn tag(&self, id: NodeId) -> Option<Oddity> {
        let NodeKind::Scalar { tag, .. } = self.document.node(id).kind else { return None };
        let tag = self.document.tag(tag)?.replace("tag:yaml.org,2002:", "!!");
        Some(Oddity { kind: OddityKind::Tagged { tag }, span: self.document.span(id) })
    }

    fn pairs(&self, mapping: NodeId) -> Vec<(NodeId, NodeId)> {
        let nodes: Vec<NodeId> = self.document.children(mapping).collect();
        nodes.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
    }

    fn scalar(&self, id: NodeId) -> Option<&'d str> {
        match self.document.node(id).kind {
            NodeKind::Scalar { text, .. } => Some(self.document.text(text)),
            _ => None,
        }
    }

    fn keys(&self, pairs: &[(NodeId, NodeId)], found: &mut Vec<Oddity>) {
        let mut last: BTreeMap<&str, usize> = BTreeMap::new();
        // EKS assigns the spellings of a field in the order of their bytes
        let mut wins: BTreeMap<String, &str> = BTreeMap::new();
        for (index, (key, value)) in pairs.iter().enumerate() {
            let Some(name) = self.scalar(*key) else { continue };
            last.insert(name, index);
            if let Some(field) = field(name)
                && !self.is_null(*value)
            {
                let winner = wins.entry(field).or_insert(name);
                *winner = name.max(winner);
            }
        }
        for (index, (key, value)) in pairs.iter().enumerate() {
            let Some(name) = self.scalar(*key).filter(|name| *name != "<<") else { continue };
            let span = self.document.span(*key);
            if last.get(name).is_some_and(|last| *last > index) {
                found.push(Oddity { kind: OddityKind::DuplicateKey { key: name.to_owned() }, span });
                continue;
            }
            let winner = field(name).and_then(|field| wins.get(&field).copied());
            if let Some(wins) = winner.filter(|wins| *wins != name && !self.is_null(*value)) {
                let kind = OddityKind::CaseVariant { key: name.to_owned(), wins: wins.to_owned() };
                found.push(Oddity { kind, span });
            }
        }
    }

    fn is_null(&self, value: NodeId) -> bool {
        self.is_plain(value) && matches!(self.scalar(value), Some("" | "~" | "null" | "Null" | "NULL"))
    }

    fn merges(&self, pairs: &[(NodeId, NodeId)], found: &mut Vec<Oddity>) {
        for (index, (key, value)) in pairs.iter().enumerate() {
            if self.scalar(*key) != Some("<<") || !self.is_plain(*key) {
                continue;
            }
            let merged: BTreeSet<&str> = self.merged(*value, 0).into_iter().collect();
            let keys: Vec<String> = pairs[..index]
                .iter()
                .filter_map(|(key, _)| self.scalar(*key))
                .filter(|key| merged.contains(key))
                .map(str::to_owned)
                .collect();
            if !keys.is_empty() {
                let span =
                    Span { start: self.document.span(*key).start, end: self.document.span(*value).end };
                found.push(Oddity { kind: OddityKind::MergeOverwrites { keys }, span });
            }
        }
    }

    /// The keys that a `<<` brings; merges within merges as deep as anybody writes them.
    fn merged(&self, id: NodeId, depth: usize) -> Vec<&'d str> {
        if depth > 4 {
            return Vec::new();
        }
        match self.document.node(id).kind {
            NodeKind::Alias { target } => self.merged(target, depth + 1),
            NodeKind::Sequence => {
                self.document.children(id).flat_map(|item| self.merged(item, depth + 1)).collect()
            }
            NodeKind::Mapping => self
                .pairs(id)
                .into_iter()
                .flat_map(|(key, value)| match self.scalar(key) {
                    Some("<<") => self.merged(value, depth + 1),
                    key => key.into_iter().collect(),
                })
                .collect(),
            NodeKind::Scalar { .. } => Vec::new(),
        }
    }

    fn folded(&self, item: NodeId) -> Option<Oddity> {
        let value = self.scalar(item).filter(|_| self.is_plain(item))?;
        let span = self.document.span(item);
        let written = self.text.get(span.start..span.end)?;
        let is_item = |line: &str| line.trim_start().starts_with("- ");
        let folded = written.lines().skip(1).any(is_item);
        folded.then(|| Oddity { kind: OddityKind::FoldedItem { value: value.to_owned() }, span })
    }

    /// `dev #1`; with a space behind the `#` it is a comment that somebody meant.
    fn comment(&self, id: NodeId) -> Option<Oddity> {
        let value = self.scalar(id).filter(|value| !value.is_empty() && self.is_plain(id))?;
        let end = self.document.span(id).end;
        let line = self.text.get(end..)?.lines().next()?;
        let rest = line.trim_start();
        let meant = rest.strip_prefix('#')?.chars().next().is_some_and(|c| c.is_alphanumeric());
        let start = end + line.len() - rest.len();
        let span = Span { start, end: end + line.trim_end().len() };
        (meant && start > end)
            .then(|| Oddity { kind: OddityKind::CommentInValue { value: value.to_owned() }, span })
    }

    /// Neither quoted nor a block scalar.
    fn is_plain(&self, id: NodeId) -> bool {
        let span = self.document.span(id);
        let written = self.text.get(span.start..span.end).unwrap_or_default();
        !written.starts_with(['"', '\'', '|', '>', '!', '&'])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<(OddityKind, &str)> {
        let document = yaml::compose(text).unwrap();
        let oddities = Walk { text, document: &document }.oddities().into_iter();
        oddities.map(|oddity| (oddity.kind, &text[oddity.span.start..oddity.span.end])).collect()
    }

    #[test]
    fn the_key_that_loses_is_shown() {
        let text = "- username: a\n  username: b\n";
        assert_eq!(of(text), [(OddityKind::DuplicateKey { key: "username".into() }, "username")]);
        let wins = OddityKind::CaseVariant { key: "userName".into(), wins: "username".into() };
        assert_eq!(of("- username: a\n  userName: b\n"), [(wins, "userName")]);
        assert_eq!(of("- username: ~\n  userName: b\n"), []);
        assert_eq!(of("- note: a\n  Note: b\n"), []);
    }

    #[test]
    fn a_merge_overwrites_only_what_stands_before_it() {
        let behind = "- &a {username: x}\n- username: b\n  <<: *a\n";
        let kind = OddityKind::MergeOverwrites { keys: vec!["username".into()] };
        assert_eq!(of(behind), [(kind, "<<: *a")]);
        assert_eq!(of("- &a {username: x}\n- <<: *a\n  username: b\n"), []);
        assert_eq!(of("- &a {groups: [x]}\n- username: b\n  <<: [*a]\n"), []);
    }

    #[test]
    fn folded_items_and_cut_values() {
        let kind = OddityKind::FoldedItem { value: "alpha - beta".into() };
        assert_eq!(of("- alpha\n    - beta\n"), [(kind, "alpha\n    - beta")]);
        assert_eq!(of("- \"alpha\n    - beta\"\n"), []);
        let kind = OddityKind::CommentInValue { value: "dev".into() };
        assert_eq!(of("- a: dev #1\n"), [(kind, "#1")]);
        assert_eq!(of("- !!binary ZGV2\n")[0].0, OddityKind::Tagged { tag: "!!binary".into() });
        assert_eq!(of("- a: dev # one\n- 'dev' #1\n- dev#1\n"), []);
    }
}
