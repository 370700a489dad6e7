use std::collections::BTreeMap;

use super::Fault;
use super::document::{Document, NodeId, NodeKind};
use super::events::{Event, Kind};
use super::parser::Events;
use crate::reader::Span;

/// The first document of a text. Nothing behind it is looked at but the first token.
///
/// # Errors
/// The text is no YAML up to there, or an alias names no anchor before it.
pub(in crate::reader) fn compose(text: &str) -> Result<Document, Fault> {
    let mut composer = Composer { document: Document::default(), anchors: BTreeMap::new(), open: Vec::new() };
    for event in Events::new(text) {
        let event = event?;
        match event.kind {
            Kind::StreamStart | Kind::DocumentStart => {}
            Kind::StreamEnd => break,
            Kind::DocumentEnd => {
                composer.document.rest = rest(text, event.span.start);
                break;
            }
            _ => composer.node(event)?,
        }
    }
    Ok(composer.document)
}

struct Composer {
    document: Document,
    anchors: BTreeMap<String, NodeId>,
    /// Collections that have not ended yet: an own stack, because nesting may be 10,000 deep.
    open: Vec<NodeId>,
}

impl Composer {
    fn node(&mut self, event: Event) -> Result<(), Fault> {
        let (span, dash) = (event.span, event.dash);
        match event.kind {
            Kind::Scalar { anchor, tag, value, implicit } => {
                let id = self.document.push_scalar(&value, tag, implicit, span, dash);
                self.anchor(anchor, id);
            }
            Kind::Alias { anchor } => {
                let Some(&target) = self.anchors.get(&anchor) else {
                    return Err(Fault::new(format!("unknown anchor {anchor:?}"), span.start));
                };
                self.document.push(NodeKind::Alias { target }, span, dash);
            }
            Kind::SequenceStart { anchor } => {
                self.collection(NodeKind::Sequence, anchor, span, dash);
            }
            Kind::MappingStart { anchor } => {
                self.collection(NodeKind::Mapping, anchor, span, dash);
            }
            Kind::SequenceEnd | Kind::MappingEnd => {
                if let Some(id) = self.open.pop() {
                    // a block collection ends where its last node does, not at the token behind it
                    let flow_end = (span.end > span.start).then_some(span.end);
                    let end = flow_end.unwrap_or_else(|| self.document.last_end());
                    self.document.close(id, end.max(self.document.span(id).start));
                }
            }
            Kind::StreamStart | Kind::StreamEnd | Kind::DocumentStart | Kind::DocumentEnd => {}
        }
        Ok(())
    }

    fn collection(&mut self, kind: NodeKind, anchor: Option<String>, span: Span, dash: Option<usize>) {
        let id = self.document.push(kind, span, dash);
        // before its contents: an alias within it names it
        self.anchor(anchor, id);
        self.open.push(id);
    }

    /// A later anchor of the same name replaces the earlier one for the aliases behind it.
    fn anchor(&mut self, anchor: Option<String>, id: NodeId) {
        if let Some(anchor) = anchor {
            self.anchors.insert(anchor, id);
        }
    }
}

/// Where the text goes on behind its first document, unless with blanks, comments and document markers only.
fn rest(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    for line in text[from..].split_inclusive(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
        let marker = |text: &str| text.starts_with("---") || text.starts_with("...");
        let content = if marker(line) { &line[3..] } else { line };
        let trimmed = content.trim_start();
        if !trimmed.is_empty() && !trimmed.starts_with('#') {
            return Some(at + line.len() - trimmed.len());
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_behind_the_first_document_is_found() {
        fn rest(text: &str) -> Option<&str> {
            compose(text).unwrap().rest.map(|at| &text[at..])
        }
        assert_eq!(rest("- a\n"), None);
        assert_eq!(rest("- a\n# done\n"), None);
        assert_eq!(rest("- a\n---\n# nothing\n...\n"), None);
        assert_eq!(rest("- a\n---\n- b\n"), Some("- b\n"));
        assert_eq!(rest("[a] junk"), Some("junk"));
        assert_eq!(rest("  - a\n- b\n"), Some("- b\n"));
        assert_eq!(rest("---\n---\n- b\n"), Some("- b\n"));
    }

    #[test]
    fn a_collection_ends_with_its_last_node() {
        let text = "- a: b\n  c:\n  # comment\n- [d, e]  # end\n";
        let document = compose(text).unwrap();
        let items: Vec<&str> = document
            .children(document.root().unwrap())
            .map(|id| &text[document.span(id).start..document.span(id).end])
            .collect();
        assert_eq!(items, ["a: b\n  c:", "[d, e]"]);
    }

    #[test]
    fn an_alias_needs_an_anchor_before_it() {
        let fault = compose("- *a\n- &a b\n").unwrap_err();
        assert_eq!(fault.at, 2);
    }
}
