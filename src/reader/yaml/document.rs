use crate::reader::Span;

/// A document's nodes in the order of the text; the nodes of a collection stand directly behind it.
#[derive(Debug, Default)]
pub(in crate::reader) struct Document {
    nodes: Vec<Node>,
    /// The scalars' texts, one behind the other: a map of a million scalars must not take a million allocations.
    texts: String,
    tags: Vec<String>,
    /// Where the collection that closed last ends.
    closed: u32,
    /// Where the first text stands that is behind the document, comments and markers aside.
    pub rest: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::reader) struct NodeId(u32);

#[derive(Debug, Clone, Copy)]
pub(in crate::reader) struct Node {
    pub kind: NodeKind,
    /// Where its list item begins: at the `-` in block style, otherwise with the node.
    item: u32,
    start: u32,
    end: u32,
    /// The first node that is neither this one nor within it.
    next: NodeId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::reader) enum NodeKind {
    Scalar { text: (u32, u32), tag: Option<u32>, implicit: bool },
    Alias { target: NodeId },
    Sequence,
    Mapping,
}

impl Document {
    /// The root; `None` for a text without a document.
    pub(in crate::reader) fn root(&self) -> Option<NodeId> {
        (!self.nodes.is_empty()).then_some(NodeId(0))
    }

    pub(in crate::reader) fn node(&self, id: NodeId) -> Node {
        self.nodes[id.0 as usize]
    }

    pub(in crate::reader) fn span(&self, id: NodeId) -> Span {
        self.node(id).span()
    }

    /// The list item that a node is, with its `-`.
    pub(in crate::reader) fn item_span(&self, id: NodeId) -> Span {
        let node = self.node(id);
        Span { start: node.item as usize, end: node.end as usize }
    }

    pub(in crate::reader) fn text(&self, (start, end): (u32, u32)) -> &str {
        &self.texts[start as usize..end as usize]
    }

    pub(in crate::reader) fn tag(&self, tag: Option<u32>) -> Option<&str> {
        tag.map(|index| self.tags[index as usize].as_str())
    }

    /// The first node within a collection, if it has one.
    pub(in crate::reader) fn first_child(&self, of: NodeId) -> Option<NodeId> {
        let first = NodeId(of.0 + 1);
        (first < self.node(of).next).then_some(first)
    }

    /// The node that follows `child` within the collection `of`.
    pub(in crate::reader) fn sibling(&self, of: NodeId, child: NodeId) -> Option<NodeId> {
        let next = self.node(child).next;
        (next < self.node(of).next).then_some(next)
    }

    pub(in crate::reader) fn children(&self, of: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.first_child(of), move |child| self.sibling(of, *child))
    }

    /// The items of the list that the root is; none if it is something else.
    pub(in crate::reader) fn items(&self) -> impl Iterator<Item = NodeId> + '_ {
        let list = self.root().filter(|root| self.node(*root).kind == NodeKind::Sequence);
        list.into_iter().flat_map(|root| self.children(root))
    }

    /// Each alias and what it stands for.
    pub(in crate::reader) fn aliases(&self) -> impl Iterator<Item = (NodeId, NodeId)> + '_ {
        self.nodes.iter().enumerate().filter_map(|(index, node)| match node.kind {
            NodeKind::Alias { target } => Some((NodeId(narrow(index)), target)),
            NodeKind::Scalar { .. } | NodeKind::Sequence | NodeKind::Mapping => None,
        })
    }

    /// A new node behind all others; a collection stays open until [`Self::close`].
    pub(super) fn push(&mut self, kind: NodeKind, span: Span, dash: Option<usize>) -> NodeId {
        let id = NodeId(narrow(self.nodes.len()));
        let next = NodeId(id.0 + 1);
        let item = narrow(dash.unwrap_or(span.start));
        self.nodes.push(Node { kind, item, start: narrow(span.start), end: narrow(span.end), next });
        id
    }

    pub(super) fn push_scalar(
        &mut self,
        value: &str,
        tag: Option<String>,
        implicit: bool,
        span: Span,
        dash: Option<usize>,
    ) -> NodeId {
        let start = narrow(self.texts.len());
        self.texts.push_str(value);
        let tag = tag.map(|tag| {
            self.tags.push(tag);
            narrow(self.tags.len() - 1)
        });
        self.push(NodeKind::Scalar { text: (start, narrow(self.texts.len())), tag, implicit }, span, dash)
    }

    pub(super) fn close(&mut self, id: NodeId, end: usize) {
        let next = NodeId(narrow(self.nodes.len()));
        let node = &mut self.nodes[id.0 as usize];
        node.next = next;
        node.end = narrow(end);
        self.closed = narrow(end);
    }

    /// Where the last node so far ends.
    pub(super) fn last_end(&self) -> usize {
        self.nodes.last().map_or(0, |node| node.end).max(self.closed) as usize
    }
}

impl Node {
    pub(in crate::reader) fn span(&self) -> Span {
        Span { start: self.start as usize, end: self.end as usize }
    }
}

/// Offsets fit: the API server refuses a ConfigMap above 1 MiB.
fn narrow(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
