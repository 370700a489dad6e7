use super::{Event, Events, Fault, Kind, State, TokenKind};

impl Events<'_> {
    pub(super) fn block_sequence_entry(&mut self, first: bool) -> Result<Event, Fault> {
        if first {
            self.take()?;
        }
        let next = State::BlockSequenceEntry { first: false };
        if let Some(entry) = self.take_if(&TokenKind::BlockEntry)? {
            self.dash = Some(entry.span.start);
            if self.next_is(&[TokenKind::BlockEntry, TokenKind::BlockEnd])? {
                return Ok(self.empty_scalar(next));
            }
            self.push(next);
            return self.node(true, false);
        }
        if let Some(end) = self.take_if(&TokenKind::BlockEnd)? {
            self.pop();
            return Ok(self.emit(Kind::SequenceEnd, end.span));
        }
        self.expected("the '-' of a list item")
    }

    pub(super) fn indentless_sequence_entry(&mut self) -> Result<Event, Fault> {
        if let Some(entry) = self.take_if(&TokenKind::BlockEntry)? {
            self.dash = Some(entry.span.start);
            let next = State::IndentlessSequenceEntry;
            let empty = [TokenKind::BlockEntry, TokenKind::Key, TokenKind::Value, TokenKind::BlockEnd];
            if self.next_is(&empty)? {
                return Ok(self.empty_scalar(next));
            }
            self.push(next);
            return self.node(true, false);
        }
        self.pop();
        Ok(self.emit_here(Kind::SequenceEnd))
    }

    pub(super) fn block_mapping_key(&mut self, first: bool) -> Result<Event, Fault> {
        if first {
            self.take()?;
        }
        if self.take_if(&TokenKind::Key)?.is_some() {
            if self.next_is(&[TokenKind::Key, TokenKind::Value, TokenKind::BlockEnd])? {
                return Ok(self.empty_scalar(State::BlockMappingValue));
            }
            self.push(State::BlockMappingValue);
            return self.node(true, true);
        }
        if let Some(end) = self.take_if(&TokenKind::BlockEnd)? {
            self.pop();
            return Ok(self.emit(Kind::MappingEnd, end.span));
        }
        self.expected("a key")
    }

    pub(super) fn block_mapping_value(&mut self) -> Result<Event, Fault> {
        let next = State::BlockMappingKey { first: false };
        if self.take_if(&TokenKind::Value)?.is_none() {
            return Ok(self.empty_scalar(next));
        }
        if self.next_is(&[TokenKind::Key, TokenKind::Value, TokenKind::BlockEnd])? {
            return Ok(self.empty_scalar(next));
        }
        self.push(next);
        self.node(true, true)
    }
}
