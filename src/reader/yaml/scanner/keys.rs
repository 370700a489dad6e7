use super::{Fault, Mark, Scanner, Token, TokenKind};
use crate::reader::Span;

/// Something that is a key if a `:` follows soon enough.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SimpleKey {
    possible: bool,
    /// It stands where a block mapping's next key must be: nothing else will do.
    required: bool,
    token: usize,
    mark: Mark,
}

/// How many characters a key may have in front of its `:`.
const KEY_LENGTH: usize = 1024;

/// How deep block and flow collections may nest, each.
const DEPTH: usize = 10_000;

impl Scanner<'_> {
    /// Whether the key of a level is one still; one that has become none and was required is an error.
    pub(super) fn is_possible_key(&mut self, level: usize) -> Result<bool, Fault> {
        let mark = self.cursor.mark;
        let key = &mut self.simple_keys[level];
        if !key.possible {
            return Ok(false);
        }
        if key.mark.line < mark.line || key.mark.index + KEY_LENGTH < mark.index {
            if key.required {
                return Err(Fault::new("could not find the ':' of a key", key.mark.at));
            }
            key.possible = false;
            return Ok(false);
        }
        Ok(true)
    }

    /// A key may begin here.
    pub(super) fn save_simple_key(&mut self) -> Result<(), Fault> {
        if !self.simple_key_allowed {
            return Ok(());
        }
        let key = SimpleKey {
            possible: true,
            required: self.flow_level == 0 && self.indent == self.column(),
            token: self.taken + self.queue.len(),
            mark: self.cursor.mark,
        };
        self.remove_simple_key()?;
        let level = self.simple_keys.len() - 1;
        self.simple_keys[level] = key;
        self.simple_keys_by_token.insert(key.token, level);
        Ok(())
    }

    /// What might have been a key is none.
    pub(super) fn remove_simple_key(&mut self) -> Result<(), Fault> {
        let level = self.simple_keys.len() - 1;
        let key = &mut self.simple_keys[level];
        if key.possible {
            if key.required {
                return Err(Fault::new("could not find the ':' of a key", key.mark.at));
            }
            key.possible = false;
            self.simple_keys_by_token.remove(&key.token);
        }
        Ok(())
    }

    pub(super) fn increase_flow_level(&mut self) -> Result<(), Fault> {
        let token = self.taken + self.queue.len();
        self.simple_keys.push(SimpleKey { token, mark: self.cursor.mark, ..SimpleKey::default() });
        self.flow_level += 1;
        if self.flow_level > DEPTH {
            return self.fail("nested more than 10,000 deep");
        }
        Ok(())
    }

    /// An empty collection takes the number of its own first token along: go-yaml forgets that it may be a key.
    pub(super) fn decrease_flow_level(&mut self) {
        if self.flow_level > 0 {
            self.flow_level -= 1;
            if let Some(key) = self.simple_keys.pop() {
                self.simple_keys_by_token.remove(&key.token);
            }
        }
    }

    /// A block collection begins if the column is right of the current one. With `token`, its first token is put
    /// in front of that one.
    pub(super) fn roll_indent(
        &mut self,
        column: isize,
        token: Option<usize>,
        kind: TokenKind,
        at: usize,
    ) -> Result<(), Fault> {
        if self.flow_level > 0 || self.indent >= column {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column;
        if self.indents.len() > DEPTH {
            return self.fail("nested more than 10,000 deep");
        }
        self.insert(token, kind, at);
        Ok(())
    }

    /// Block collections end that are right of a column.
    pub(super) fn unroll_indent(&mut self, column: isize) {
        if self.flow_level > 0 {
            return;
        }
        while self.indent > column {
            self.push_here(TokenKind::BlockEnd);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    /// A token of no length in front of the one with a number; at the end if that has left the queue.
    fn insert(&mut self, token: Option<usize>, kind: TokenKind, at: usize) {
        let new = Token { kind, span: Span { start: at, end: at } };
        match token.and_then(|token| token.checked_sub(self.taken)) {
            Some(place) if place <= self.queue.len() => self.queue.insert(place, new),
            _ => self.queue.push_back(new),
        }
    }

    pub(super) fn fetch_key(&mut self) -> Result<(), Fault> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return self.fail("a mapping key is not allowed here");
            }
            self.roll_indent(self.column(), None, TokenKind::BlockMappingStart, self.cursor.mark.at)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = self.flow_level == 0;
        self.push_chars(TokenKind::Key, 1);
        Ok(())
    }

    pub(super) fn fetch_value(&mut self) -> Result<(), Fault> {
        let level = self.simple_keys.len() - 1;
        if self.is_possible_key(level)? {
            let SimpleKey { token, mark, .. } = self.simple_keys[level];
            self.insert(Some(token), TokenKind::Key, mark.at);
            let column = mark.column.cast_signed();
            self.roll_indent(column, Some(token), TokenKind::BlockMappingStart, mark.at)?;
            self.simple_keys[level].possible = false;
            self.simple_keys_by_token.remove(&token);
            self.simple_key_allowed = false;
        } else {
            if self.flow_level == 0 {
                if !self.simple_key_allowed {
                    return self.fail("a mapping value is not allowed here");
                }
                self.roll_indent(self.column(), None, TokenKind::BlockMappingStart, self.cursor.mark.at)?;
            }
            self.simple_key_allowed = self.flow_level == 0;
        }
        self.push_chars(TokenKind::Value, 1);
        Ok(())
    }
}
