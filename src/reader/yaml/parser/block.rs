use super::{Event, Events, Fault, Kind, Span, State, TokenKind};

impl Events<'_> {
    pub(super) fn block_sequence_entry(&mut self, first: bool) -> Result<Event, Fault> {
        if first {
            self.scanner.take()?;
        }
        let next = State::BlockSequenceEntry { first: false };
        if let Some(entry) = self.take_if(&TokenKind::BlockEntry)? {
            self.dash = Some(entry.span.start);
            if self.next_is(&[TokenKind::BlockEntry, TokenKind::BlockEnd])? {
                return Ok(self.empty_scalar(entry.span.end, next));
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
                return Ok(self.empty_scalar(entry.span.end, next));
            }
            self.push(next);
            return self.node(true, false);
        }
        let at = self.at()?.start;
        self.pop();
        Ok(self.emit(Kind::SequenceEnd, Span { start: at, end: at }))
    }

    pub(super) fn block_mapping_key(&mut self, first: bool) -> Result<Event, Fault> {
        if first {
            self.scanner.take()?;
        }
        if let Some(key) = self.take_if(&TokenKind::Key)? {
            if self.next_is(&[TokenKind::Key, TokenKind::Value, TokenKind::BlockEnd])? {
                return Ok(self.empty_scalar(key.span.end, State::BlockMappingValue));
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
        let Some(value) = self.take_if(&TokenKind::Value)? else {
            let at = self.at()?.start;
            return Ok(self.empty_scalar(at, next));
        };
        if self.next_is(&[TokenKind::Key, TokenKind::Value, TokenKind::BlockEnd])? {
            return Ok(self.empty_scalar(value.span.end, next));
        }
        self.push(next);
        self.node(true, true)
    }
}
