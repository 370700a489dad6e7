//! Tokens into events, as go-yaml v2 does it. The productions are those of YAML 1.1.

mod block;
mod flow;
mod node;
mod stream;

use super::Fault;
use super::events::{Event, Kind};
use super::scanner::{Scanner, Token, TokenKind};
use crate::reader::Span;

/// The events of a text, one at a time: what follows the last one asked for is never scanned.
pub(in crate::reader) struct Events<'t> {
    scanner: Scanner<'t>,
    state: State,
    /// Where to go on when a node is complete.
    states: Vec<State>,
    /// What `!x!` stands for in tags.
    handles: Vec<(String, String)>,
    dash: Option<usize>,
    /// Where the last token taken that has characters ends: a value that is not there is said to stand there.
    end: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    StreamStart,
    DocumentStart { implicit: bool },
    DocumentContent,
    DocumentEnd,
    BlockSequenceEntry { first: bool },
    IndentlessSequenceEntry,
    BlockMappingKey { first: bool },
    BlockMappingValue,
    FlowSequenceEntry { first: bool },
    FlowSequencePairKey,
    FlowSequencePairValue,
    FlowSequencePairEnd,
    FlowMappingKey { first: bool },
    FlowMappingValue,
    FlowMappingEmptyValue,
    BlockNode,
    End,
}

impl<'t> Events<'t> {
    pub(in crate::reader) fn new(text: &'t str) -> Self {
        Self {
            scanner: Scanner::new(text),
            state: State::StreamStart,
            states: Vec::new(),
            handles: Vec::new(),
            dash: None,
            end: 0,
        }
    }

    fn event(&mut self) -> Result<Event, Fault> {
        match self.state {
            State::StreamStart => self.stream_start(),
            State::DocumentStart { implicit } => self.document_start(implicit),
            State::DocumentContent => self.document_content(),
            State::DocumentEnd | State::End => self.document_end(),
            State::BlockNode => self.node(true, false),
            State::BlockSequenceEntry { first } => self.block_sequence_entry(first),
            State::IndentlessSequenceEntry => self.indentless_sequence_entry(),
            State::BlockMappingKey { first } => self.block_mapping_key(first),
            State::BlockMappingValue => self.block_mapping_value(),
            State::FlowSequenceEntry { first } => self.flow_sequence_entry(first),
            State::FlowSequencePairKey => self.flow_sequence_pair_key(),
            State::FlowSequencePairValue => self.flow_sequence_pair_value(),
            State::FlowSequencePairEnd => self.flow_sequence_pair_end(),
            State::FlowMappingKey { first } => self.flow_mapping_key(first),
            State::FlowMappingValue => self.flow_mapping_value(false),
            State::FlowMappingEmptyValue => self.flow_mapping_value(true),
        }
    }

    fn at(&mut self) -> Result<Span, Fault> {
        Ok(self.scanner.peek()?.span)
    }

    fn next_is(&mut self, kinds: &[TokenKind]) -> Result<bool, Fault> {
        Ok(kinds.contains(&self.scanner.peek()?.kind))
    }

    /// Takes the next token if it is of a kind.
    fn take_if(&mut self, kind: &TokenKind) -> Result<Option<Token>, Fault> {
        if self.scanner.peek()?.kind == *kind { self.take().map(Some) } else { Ok(None) }
    }

    fn take(&mut self) -> Result<Token, Fault> {
        let token = self.scanner.take()?;
        if token.span.end > token.span.start {
            self.end = token.span.end;
        }
        Ok(token)
    }

    /// The node is complete.
    fn pop(&mut self) {
        self.state = self.states.pop().unwrap_or(State::End);
    }

    /// A node follows, and then `after`.
    fn push(&mut self, after: State) {
        self.states.push(after);
    }

    fn emit(&mut self, kind: Kind, span: Span) -> Event {
        Event { kind, span, dash: self.dash.take() }
    }

    fn emit_here(&mut self, kind: Kind) -> Event {
        self.emit(kind, Span { start: self.end, end: self.end })
    }

    /// A value that is not there.
    fn empty_scalar(&mut self, next: State) -> Event {
        self.state = next;
        let kind = Kind::Scalar { anchor: None, tag: None, value: String::new(), implicit: true };
        self.emit_here(kind)
    }

    fn expected<T>(&mut self, what: &str) -> Result<T, Fault> {
        Err(Fault::new(format!("did not find {what}"), self.at()?.start))
    }
}

impl Iterator for Events<'_> {
    type Item = Result<Event, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.state == State::End {
            return None;
        }
        let event = self.event();
        if event.is_err() {
            self.state = State::End;
        }
        Some(event)
    }
}
