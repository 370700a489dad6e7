use std::collections::BTreeMap;

use super::node::{Node, NodeKind};
use super::{ManifestError, ManifestErrorKind};
use crate::reader::Span;
use crate::reader::yaml::{Event, Events, Fault, Kind};

const MAX_DEPTH: usize = 100;
/// Nodes and bytes that aliases may add; a hand-written manifest stays far below.
const MAX_EXPANSION: usize = 16 << 20;

/// The documents of a YAML stream, empty ones included.
///
/// # Errors
/// A syntax error, an alias without anchor, or more depth or expansion than a ConfigMap has.
pub(super) fn documents(text: &str) -> Result<Vec<Node>, ManifestError> {
    let mut composer = Composer { text, events: Events::new(text), anchors: BTreeMap::new(), expanded: 0 };
    let mut documents = Vec::new();
    while let Some(event) = composer.next()? {
        if event.kind == Kind::DocumentStart
            && let Some(content) = composer.next()?
        {
            composer.anchors.clear();
            documents.push(composer.node(content, 0)?);
        }
    }
    Ok(documents)
}

struct Composer<'t> {
    text: &'t str,
    events: Events<'t>,
    anchors: BTreeMap<String, (Node, usize)>,
    expanded: usize,
}

impl Composer<'_> {
    fn next(&mut self) -> Result<Option<Event>, ManifestError> {
        self.events
            .next()
            .transpose()
            .map_err(|Fault { what, at }| ManifestErrorKind::Syntax(what).at(self.text, at))
    }

    fn node(&mut self, event: Event, depth: usize) -> Result<Node, ManifestError> {
        let Event { kind, span, dash: _ } = event;
        if depth > MAX_DEPTH {
            return Err(ManifestErrorKind::TooDeep(MAX_DEPTH).at(self.text, span.start));
        }
        let (anchor, node) = match kind {
            Kind::Alias { anchor } => return self.alias(anchor, span),
            Kind::Scalar { anchor, tag, value, implicit } => {
                let node = Node::scalar(span, value, tag.as_deref(), implicit)
                    .map_err(|what| ManifestErrorKind::Syntax(what).at(self.text, span.start))?;
                (anchor, node)
            }
            Kind::SequenceStart { anchor } => {
                let mut items = Vec::new();
                let mut end = span.end;
                while let Some(event) = self.next()? {
                    end = event.span.end;
                    if event.kind == Kind::SequenceEnd {
                        break;
                    }
                    items.push(self.node(event, depth + 1)?);
                }
                (anchor, Node { span: Span { start: span.start, end }, kind: NodeKind::List(items) })
            }
            Kind::MappingStart { anchor } => {
                let mut pairs = Vec::new();
                let mut end = span.end;
                while let Some(event) = self.next()? {
                    end = event.span.end;
                    if event.kind == Kind::MappingEnd {
                        break;
                    }
                    let key = self.node(event, depth + 1)?;
                    if let Some(event) = self.next()? {
                        pairs.push((key, self.node(event, depth + 1)?));
                    }
                }
                (anchor, Node { span: Span { start: span.start, end }, kind: NodeKind::Map(pairs) })
            }
            // the parser puts none of these where a node begins
            Kind::StreamStart
            | Kind::StreamEnd
            | Kind::DocumentStart
            | Kind::DocumentEnd
            | Kind::SequenceEnd
            | Kind::MappingEnd => {
                let unexpected = ManifestErrorKind::Syntax("did not find expected node content".to_owned());
                return Err(unexpected.at(self.text, span.start));
            }
        };
        if let Some(anchor) = anchor {
            let weight = weight(&node);
            self.anchors.insert(anchor, (node.clone(), weight));
        }
        Ok(node)
    }

    /// The value of the anchor, with the anchor's place: that is where its characters stand.
    fn alias(&mut self, anchor: String, span: Span) -> Result<Node, ManifestError> {
        let Some((node, weight)) = self.anchors.get(&anchor) else {
            return Err(ManifestErrorKind::UnknownAnchor(anchor).at(self.text, span.start));
        };
        self.expanded += weight;
        if self.expanded > MAX_EXPANSION {
            return Err(ManifestErrorKind::TooManyAliases.at(self.text, span.start));
        }
        Ok(node.clone())
    }
}

fn weight(node: &Node) -> usize {
    let inner = match &node.kind {
        NodeKind::Scalar { text, .. } => text.len(),
        NodeKind::List(items) => items.iter().map(weight).sum(),
        NodeKind::Map(pairs) => pairs.iter().map(|(key, value)| weight(key) + weight(value)).sum(),
    };
    size_of::<Node>() + inner
}
