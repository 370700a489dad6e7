use super::{Event, Events, Fault, Kind, State, TokenKind};

impl Events<'_> {
    pub(super) fn flow_sequence_entry(&mut self, first: bool) -> Result<Event, Fault> {
        if first {
            self.take()?;
        }
        let mut closed = self.next_is(&[TokenKind::FlowSequenceEnd])?;
        if !closed && !first {
            if self.take_if(&TokenKind::FlowEntry)?.is_none() {
                return self.expected("the ',' or ']' of a list");
            }
            closed = self.next_is(&[TokenKind::FlowSequenceEnd])?;
        }
        if closed {
            let span = self.take()?.span;
            self.pop();
            return Ok(self.emit(Kind::SequenceEnd, span));
        }
        // `[a: b]` is a list of one mapping
        if let Some(key) = self.take_if(&TokenKind::Key)? {
            self.state = State::FlowSequencePairKey;
            return Ok(self.emit(Kind::MappingStart { anchor: None }, key.span));
        }
        self.push(State::FlowSequenceEntry { first: false });
        self.node(false, false)
    }

    /// An empty key takes the next token away, whatever it is.
    pub(super) fn flow_sequence_pair_key(&mut self) -> Result<Event, Fault> {
        let empty = [TokenKind::Value, TokenKind::FlowEntry, TokenKind::FlowSequenceEnd];
        if self.next_is(&empty)? {
            self.take()?;
            return Ok(self.empty_scalar(State::FlowSequencePairValue));
        }
        self.push(State::FlowSequencePairValue);
        self.node(false, false)
    }

    pub(super) fn flow_sequence_pair_value(&mut self) -> Result<Event, Fault> {
        if self.take_if(&TokenKind::Value)?.is_some()
            && !self.next_is(&[TokenKind::FlowEntry, TokenKind::FlowSequenceEnd])?
        {
            self.push(State::FlowSequencePairEnd);
            return self.node(false, false);
        }
        Ok(self.empty_scalar(State::FlowSequencePairEnd))
    }

    pub(super) fn flow_sequence_pair_end(&mut self) -> Result<Event, Fault> {
        self.state = State::FlowSequenceEntry { first: false };
        Ok(self.emit_here(Kind::MappingEnd))
    }

    pub(super) fn flow_mapping_key(&mut self, first: bool) -> Result<Event, Fault> {
        if first {
            self.take()?;
        }
        let mut closed = self.next_is(&[TokenKind::FlowMappingEnd])?;
        if !closed && !first {
            if self.take_if(&TokenKind::FlowEntry)?.is_none() {
                return self.expected("the ',' or '}' of a mapping");
            }
            closed = self.next_is(&[TokenKind::FlowMappingEnd])?;
        }
        if closed {
            let span = self.take()?.span;
            self.pop();
            return Ok(self.emit(Kind::MappingEnd, span));
        }
        if self.take_if(&TokenKind::Key)?.is_none() {
            self.push(State::FlowMappingEmptyValue);
            return self.node(false, false);
        }
        let empty = [TokenKind::Value, TokenKind::FlowEntry, TokenKind::FlowMappingEnd];
        if self.next_is(&empty)? {
            return Ok(self.empty_scalar(State::FlowMappingValue));
        }
        self.push(State::FlowMappingValue);
        self.node(false, false)
    }

    pub(super) fn flow_mapping_value(&mut self, empty: bool) -> Result<Event, Fault> {
        let next = State::FlowMappingKey { first: false };
        if !empty
            && self.take_if(&TokenKind::Value)?.is_some()
            && !self.next_is(&[TokenKind::FlowEntry, TokenKind::FlowMappingEnd])?
        {
            self.push(next);
            return self.node(false, false);
        }
        Ok(self.empty_scalar(next))
    }
}
