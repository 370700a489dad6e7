//! Text into tokens, as go-yaml v2 does it: YAML 1.1 with its own ideas of keys, tabs, tags and escapes.
//!
//! Tokens are made on demand. What no token needs is never looked at, and errors there go unseen.

mod block_scalar;
mod collections;
mod cursor;
mod directives;
mod keys;
mod plain_scalar;
mod properties;
mod quoted_scalar;
mod token;

use std::collections::{BTreeMap, VecDeque};

use super::Fault;
use crate::reader::Span;
use crate::reader::yaml::scanner::cursor::{Cursor, Mark};
use crate::reader::yaml::scanner::keys::SimpleKey;
pub(super) use crate::reader::yaml::scanner::token::{Token, TokenKind};

pub(super) struct Scanner<'t> {
    cursor: Cursor<'t>,
    queue: VecDeque<Token>,
    /// How many tokens have left the queue.
    taken: usize,
    started: bool,
    /// The column of the innermost block collection; -1 outside of all.
    indent: isize,
    indents: Vec<isize>,
    /// How many `[` and `{` are open.
    flow_level: usize,
    simple_key_allowed: bool,
    /// What may turn out to be a key, one for each flow level.
    simple_keys: Vec<SimpleKey>,
    /// Their levels, by the numbers of the tokens they begin with.
    simple_keys_by_token: BTreeMap<usize, usize>,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            cursor: Cursor::new(text),
            queue: VecDeque::new(),
            taken: 0,
            started: false,
            indent: -1,
            indents: Vec::new(),
            flow_level: 0,
            simple_key_allowed: true,
            simple_keys: vec![SimpleKey::default()],
            simple_keys_by_token: BTreeMap::new(),
        }
    }

    /// The next token; it stays the next one.
    pub(super) fn peek(&mut self) -> Result<&Token, Fault> {
        while self.wants_more()? {
            self.fetch()?;
        }
        // behind the end of the stream nothing is asked for
        self.queue.front().ok_or_else(|| Fault::new("no more tokens", 0))
    }

    pub(super) fn take(&mut self) -> Result<Token, Fault> {
        self.peek()?;
        self.taken += 1;
        self.queue.pop_front().ok_or_else(|| Fault::new("no more tokens", 0))
    }

    /// A token may leave the queue only when no key can turn out to begin with it.
    fn wants_more(&mut self) -> Result<bool, Fault> {
        if self.queue.is_empty() {
            return Ok(true);
        }
        match self.simple_keys_by_token.get(&self.taken) {
            Some(&level) => self.is_possible_key(level),
            None => Ok(false),
        }
    }

    fn fetch(&mut self) -> Result<(), Fault> {
        self.cursor.need(1)?;
        if !self.started {
            self.started = true;
            self.push_here(TokenKind::StreamStart);
            return Ok(());
        }
        self.skip_to_token()?;
        self.unroll_indent(self.column());
        self.cursor.need(4)?;
        if self.cursor.at_end() {
            return self.fetch_stream_end();
        }
        if self.cursor.mark.column == 0 && self.cursor.is(b'%') {
            return self.fetch_directive();
        }
        if self.cursor.is_document_marker("---") {
            return self.fetch_document_marker(TokenKind::DocumentStart);
        }
        if self.cursor.is_document_marker("...") {
            return self.fetch_document_marker(TokenKind::DocumentEnd);
        }
        let in_flow = self.flow_level > 0;
        match self.cursor.byte(0) {
            b'[' => self.fetch_flow_start(TokenKind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(TokenKind::FlowMappingStart),
            b']' => self.fetch_flow_end(TokenKind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(TokenKind::FlowMappingEnd),
            b',' => self.fetch_flow_entry(),
            b'-' if self.cursor.is_white(1) => self.fetch_block_entry(),
            b'?' if in_flow || self.cursor.is_white(1) => self.fetch_key(),
            b':' if in_flow || self.cursor.is_white(1) => self.fetch_value(),
            b'*' | b'&' => self.fetch_anchor(),
            b'!' => self.fetch_tag(),
            b'|' | b'>' if !in_flow => self.fetch_block_scalar(),
            b'\'' | b'"' => self.fetch_quoted_scalar(),
            b'-' => self.fetch_plain_scalar(),
            b'?' | b':' if !in_flow => self.fetch_plain_scalar(),
            b'#' | b'|' | b'>' | b'%' | b'@' | b'`' | b'\t' => {
                self.fail("found a character that cannot start any token")
            }
            _ => self.fetch_plain_scalar(),
        }
    }

    /// Skips blanks, comments and line ends. A tab is no blank where a key may begin in block context.
    fn skip_to_token(&mut self) -> Result<(), Fault> {
        loop {
            self.cursor.need(1)?;
            if self.cursor.mark.column == 0 && self.cursor.is_byte_order_mark() {
                self.cursor.skip();
            }
            self.cursor.need(1)?;
            let tabs = self.flow_level > 0 || !self.simple_key_allowed;
            while self.cursor.is(b' ') || (tabs && self.cursor.is(b'\t')) {
                self.cursor.skip();
                self.cursor.need(1)?;
            }
            self.cursor.skip_comment()?;
            if !self.cursor.is_break(0) {
                return Ok(());
            }
            self.cursor.need(2)?;
            self.cursor.skip_line();
            if self.flow_level == 0 {
                self.simple_key_allowed = true;
            }
        }
    }

    fn fetch_stream_end(&mut self) -> Result<(), Fault> {
        if self.cursor.mark.column != 0 {
            self.cursor.mark.column = 0;
            self.cursor.mark.line += 1;
        }
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.push_here(TokenKind::StreamEnd);
        Ok(())
    }

    fn fetch_document_marker(&mut self, kind: TokenKind) -> Result<(), Fault> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.push_chars(kind, 3);
        Ok(())
    }

    fn column(&self) -> isize {
        self.cursor.mark.column.cast_signed()
    }

    /// A token of no length at the mark.
    fn push_here(&mut self, kind: TokenKind) {
        self.push_chars(kind, 0);
    }

    /// A token of the next characters.
    fn push_chars(&mut self, kind: TokenKind, chars: usize) {
        let start = self.cursor.mark;
        self.cursor.skip_all(chars);
        self.push_from(start, kind);
    }

    /// A token from `start` to the mark.
    fn push_from(&mut self, start: Mark, kind: TokenKind) {
        let span = Span { start: start.at, end: self.cursor.mark.at };
        self.queue.push_back(Token { kind, span });
    }

    fn fail<T>(&self, what: &str) -> Result<T, Fault> {
        Err(Fault::new(what, self.cursor.mark.at))
    }
}
