use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::budget::Budget;
use super::collection::Collection;
use super::document::{Document, Node, NodeId, NodeKind};
use super::number::Number;
use super::resolve::{Resolved, resolve};
use super::{Data, Fault, Value, ValueKind};
use crate::reader::Span;

/// The deepest nesting that Go's JSON decoder takes.
const JSON_DEPTH: u32 = 10_000;

/// EKS looks into the list, its entries and their fields. What is within those is checked and not kept.
const KEPT: usize = 3;

/// The document as JSON; `None` when there is none.
///
/// # Errors
/// The document cannot be decoded, or not be written as JSON. Either costs EKS the whole text.
pub(in crate::reader) fn decode(document: &Document) -> Result<Option<Value>, Fault> {
    let Some(root) = document.root() else { return Ok(None) };
    let mut decoder = Decoder::new(document);
    decoder.budget.spend(0)?;
    let value = decoder.run(root)?;
    if let Some(fault) = value.fault {
        return Err(*fault);
    }
    if value.height > JSON_DEPTH {
        return Err(Fault::new("nested more than 10,000 deep", value.span.start));
    }
    Ok(Some(value))
}

/// An element of `mapAccounts`.
#[derive(Debug, Clone)]
pub(in crate::reader) struct Text {
    /// With its `-`.
    pub span: Span,
    /// Its source text, empty for null; what it is instead if it is no scalar.
    pub text: Result<Rc<str>, ValueKind>,
}

/// The document as a list of strings, the way go-yaml fills one itself: without JSON, and scalars as they are written.
///
/// An item that cannot be decoded ends the decoding. The list has its full length by then: it and those behind it
/// are empty, and the fault is given along.
///
/// # Errors
/// The document is no list, which costs EKS the whole text.
pub(in crate::reader) fn decode_texts(document: &Document) -> Result<(Vec<Text>, Option<Fault>), Fault> {
    let Some(root) = document.root() else { return Ok((Vec::new(), None)) };
    let mut decoder = Decoder::new(document);
    decoder.budget.spend(0)?;
    let (root, span) = decoder.target(root)?;
    match document.node(root).kind {
        NodeKind::Sequence => {
            let mut fault = None;
            let mut texts = Vec::new();
            for child in document.children(root) {
                let text = if fault.is_some() { Ok(Ok(Rc::default())) } else { decoder.text(child) };
                let text = text.unwrap_or_else(|found| {
                    fault = Some(found);
                    Ok(Rc::default())
                });
                texts.push(Text { span: document.item_span(child), text });
            }
            Ok((texts, fault))
        }
        NodeKind::Mapping | NodeKind::Alias { .. } => {
            Err(Fault::new("the value is a mapping, not a list", span.start))
        }
        NodeKind::Scalar { .. } => match decoder.resolve(root, span)?.data {
            Data::Null => Ok((Vec::new(), None)),
            data => Err(Fault::new(format!("the value is {}, not a list", data.kind()), span.start)),
        },
    }
}

/// A decoder that follows go-yaml's recursion step by step on its own stacks, as nesting has no useful limit.
struct Decoder<'d> {
    document: &'d Document,
    budget: Budget,
    /// Aliases being followed.
    following: BTreeSet<NodeId>,
    steps: Vec<Step>,
    /// Values that wait for the collection they belong to.
    values: Vec<Value>,
    /// Collections being filled.
    open: Vec<Collection>,
    /// Long scalars that were decoded before: aliases come back to them.
    long: BTreeMap<NodeId, Value>,
}

/// From this many bytes on a scalar is decoded once only.
const LONG: usize = 64;

enum Step {
    /// Decode a node; what it gives is shown at `span`.
    Node { id: NodeId, span: Span },
    /// The alias has been followed.
    Return(NodeId),
    /// Put the last value into the open list, then go on with `child`.
    Elements { of: NodeId, child: Option<NodeId>, taken: bool },
    /// Go on with the pair whose key is `key`.
    Pairs { of: NodeId, key: Option<NodeId> },
    /// Refuse a collection as a key.
    Key,
    /// Put the last two values into the open mapping.
    Put,
    /// Merge a mapping, an alias of one, or a list of such into the open mapping.
    Merge { id: NodeId, in_list: bool },
    /// The open collection is complete.
    Close(Span),
}

impl<'d> Decoder<'d> {
    fn new(document: &'d Document) -> Self {
        Self {
            document,
            budget: Budget::default(),
            following: BTreeSet::new(),
            steps: Vec::new(),
            values: Vec::new(),
            open: Vec::new(),
            long: BTreeMap::new(),
        }
    }

    fn run(&mut self, root: NodeId) -> Result<Value, Fault> {
        let span = self.document.span(root);
        self.steps.push(Step::Node { id: root, span });
        while let Some(step) = self.steps.pop() {
            self.step(step)?;
        }
        self.values.pop().ok_or_else(|| Fault::new("no value", 0))
    }

    fn step(&mut self, step: Step) -> Result<(), Fault> {
        match step {
            Step::Node { id, span } => self.node(id, span)?,
            Step::Return(id) => {
                self.budget.depth -= 1;
                self.following.remove(&id);
            }
            Step::Elements { of, child, taken } => {
                if taken && let (Some(list), Some(value)) = (self.open.last_mut(), self.values.pop()) {
                    list.push(value);
                }
                if let Some(id) = child {
                    let child = self.document.sibling(of, id);
                    self.steps.push(Step::Elements { of, child, taken: true });
                    self.steps.push(Step::Node { id, span: self.document.span(id) });
                }
            }
            Step::Pairs { of, key } => self.pair(of, key),
            Step::Key => {
                if let Some(Value { data: Data::List(_) | Data::Map(_), span, .. }) = self.values.last() {
                    return Err(Fault::new("a list or mapping cannot be a key", span.start));
                }
            }
            Step::Put => {
                if let (Some(map), Some(value), Some(key)) =
                    (self.open.last_mut(), self.values.pop(), self.values.pop())
                {
                    map.put(key, value);
                }
            }
            Step::Merge { id, in_list } => self.merge(id, in_list)?,
            Step::Close(span) => {
                if let Some(collection) = self.open.pop() {
                    self.values.push(collection.close(span));
                }
            }
        }
        Ok(())
    }

    fn node(&mut self, id: NodeId, span: Span) -> Result<(), Fault> {
        self.budget.spend(span.start)?;
        match self.document.node(id).kind {
            NodeKind::Scalar { .. } => {
                let value = self.resolve(id, span)?;
                self.values.push(value);
            }
            NodeKind::Alias { target } => {
                self.follow(id, span)?;
                self.steps.push(Step::Node { id: target, span });
            }
            NodeKind::Sequence => {
                self.open.push(Collection::list(self.open.len() < KEPT));
                self.steps.push(Step::Close(span));
                let child = self.document.first_child(id);
                self.steps.push(Step::Elements { of: id, child, taken: false });
            }
            NodeKind::Mapping => {
                self.open.push(Collection::map(self.open.len() < KEPT));
                self.steps.push(Step::Close(span));
                self.steps.push(Step::Pairs { of: id, key: self.document.first_child(id) });
            }
        }
        Ok(())
    }

    fn resolve(&mut self, id: NodeId, span: Span) -> Result<Value, Fault> {
        let NodeKind::Scalar { text, tag, implicit } = self.document.node(id).kind else {
            return Err(Fault::new("expected a scalar", span.start));
        };
        if let Some(known) = self.long.get(&id) {
            return Ok(Value { span, ..known.clone() });
        }
        let text = self.document.text(text);
        let resolved =
            resolve(self.document.tag(tag), implicit, text).map_err(|what| Fault::new(what, span.start))?;
        let value = scalar(resolved, text, span);
        if text.len() >= LONG {
            self.long.insert(id, value.clone());
        }
        Ok(value)
    }

    /// The node itself or, for an alias, what it stands for.
    fn target(&mut self, id: NodeId) -> Result<(NodeId, Span), Fault> {
        let span = self.document.span(id);
        self.budget.spend(span.start)?;
        let NodeKind::Alias { target } = self.document.node(id).kind else { return Ok((id, span)) };
        self.budget.depth += 1;
        self.budget.spend(span.start)?;
        self.budget.depth -= 1;
        Ok((target, span))
    }

    fn text(&mut self, id: NodeId) -> Result<Result<Rc<str>, ValueKind>, Fault> {
        let (id, span) = self.target(id)?;
        Ok(match self.document.node(id).kind {
            NodeKind::Scalar { text, .. } => match self.resolve(id, span)?.data {
                Data::Null => Ok(Rc::default()),
                Data::Text(text) => Ok(text),
                _ => Ok(self.document.text(text).into()),
            },
            NodeKind::Sequence => Err(ValueKind::List),
            NodeKind::Mapping | NodeKind::Alias { .. } => Err(ValueKind::Mapping),
        })
    }

    fn follow(&mut self, alias: NodeId, span: Span) -> Result<(), Fault> {
        if !self.following.insert(alias) {
            return Err(Fault::new("an anchor's value contains itself", span.start));
        }
        self.budget.depth += 1;
        self.steps.push(Step::Return(alias));
        Ok(())
    }

    fn pair(&mut self, of: NodeId, key: Option<NodeId>) {
        let Some(key) = key else { return };
        let Some(value) = self.document.sibling(of, key) else { return };
        self.steps.push(Step::Pairs { of, key: self.document.sibling(of, value) });
        if self.is_merge(self.document.node(key)) {
            self.steps.push(Step::Merge { id: value, in_list: false });
        } else {
            self.steps.push(Step::Put);
            self.steps.push(Step::Node { id: value, span: self.document.span(value) });
            self.steps.push(Step::Key);
            self.steps.push(Step::Node { id: key, span: self.document.span(key) });
        }
    }

    fn is_merge(&self, key: Node) -> bool {
        let NodeKind::Scalar { text, tag, implicit } = key.kind else { return false };
        let tagged = self.document.tag(tag) == Some("tag:yaml.org,2002:merge");
        (implicit || tagged) && self.document.text(text) == "<<"
    }

    /// Pairs are put where the `<<` stands: they replace what was there before, and are replaced by what follows.
    fn merge(&mut self, id: NodeId, in_list: bool) -> Result<(), Fault> {
        let span = self.document.span(id);
        let fault = || Err(Fault::new("<< needs a mapping or a list of mappings", span.start));
        let first = match self.document.node(id).kind {
            NodeKind::Mapping => id,
            NodeKind::Alias { target } if self.document.node(target).kind == NodeKind::Mapping => {
                self.budget.spend(span.start)?;
                self.follow(id, span)?;
                target
            }
            NodeKind::Sequence if !in_list => {
                // the last step pushed is the first one done: from the last mapping to the first
                let elements = self.document.children(id).map(|id| Step::Merge { id, in_list: true });
                self.steps.extend(elements);
                return Ok(());
            }
            _ => return fault(),
        };
        self.budget.spend(span.start)?;
        self.steps.push(Step::Pairs { of: first, key: self.document.first_child(first) });
        Ok(())
    }
}

fn scalar(resolved: Resolved, text: &str, span: Span) -> Value {
    let mut fault = None;
    let data = match resolved {
        Resolved::Null => Data::Null,
        Resolved::Bool(value) => Data::Bool(value),
        Resolved::Number(number) => {
            if matches!(number, Number::Float(float) if !float.is_finite()) {
                fault = Some(Box::new(Fault::new(format!("JSON has no number {text}"), span.start)));
            }
            Data::Number(number)
        }
        Resolved::Text => Data::Text(text.into()),
        Resolved::Binary(text) => Data::Text(text.into()),
    };
    Value { span, data, fault, height: 0 }
}
