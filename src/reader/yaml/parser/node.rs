use super::{Event, Events, Fault, Kind, Span, State, TokenKind};

/// An anchor and a tag in front of a node.
#[derive(Default)]
struct Properties {
    anchor: Option<String>,
    tag: Option<String>,
    /// Where they begin.
    start: Option<usize>,
    end: usize,
}

impl Events<'_> {
    /// `indentless`: in a mapping a list may begin in the column of its key.
    pub(super) fn node(&mut self, block: bool, indentless: bool) -> Result<Event, Fault> {
        if let TokenKind::Alias(_) = self.scanner.peek()?.kind {
            return self.alias();
        }
        let Properties { anchor, tag, start, end } = self.properties()?;
        let token = self.scanner.peek()?;
        let span = Span { start: start.unwrap_or(token.span.start), end: token.span.end };
        let plain = match &token.kind {
            TokenKind::Scalar { plain, .. } => Some(*plain),
            _ => None,
        };
        if let Some(plain) = plain {
            let TokenKind::Scalar { value, .. } = self.take()?.kind else {
                return self.expected("a scalar");
            };
            self.pop();
            let implicit = tag.as_deref().map_or(plain, |tag| tag == "!");
            return Ok(self.emit(Kind::Scalar { anchor, tag, value, implicit }, span));
        }
        let (state, kind) = match token.kind {
            TokenKind::BlockEntry if indentless => {
                (State::IndentlessSequenceEntry, Kind::SequenceStart { anchor })
            }
            TokenKind::FlowSequenceStart => {
                (State::FlowSequenceEntry { first: true }, Kind::SequenceStart { anchor })
            }
            TokenKind::FlowMappingStart => {
                (State::FlowMappingKey { first: true }, Kind::MappingStart { anchor })
            }
            TokenKind::BlockSequenceStart if block => {
                (State::BlockSequenceEntry { first: true }, Kind::SequenceStart { anchor })
            }
            TokenKind::BlockMappingStart if block => {
                (State::BlockMappingKey { first: true }, Kind::MappingStart { anchor })
            }
            _ => {
                let Some(start) = start else { return self.expected("a value") };
                self.pop();
                let implicit = tag.is_none();
                let kind = Kind::Scalar { anchor, tag, value: String::new(), implicit };
                return Ok(self.emit(kind, Span { start, end }));
            }
        };
        self.state = state;
        Ok(self.emit(kind, span))
    }

    fn alias(&mut self) -> Result<Event, Fault> {
        let token = self.take()?;
        let TokenKind::Alias(anchor) = token.kind else { return self.expected("an alias") };
        self.pop();
        Ok(self.emit(Kind::Alias { anchor }, token.span))
    }

    /// An anchor, a tag, or both in either order.
    fn properties(&mut self) -> Result<Properties, Fault> {
        let mut properties = Properties::default();
        let mut tag = None;
        loop {
            let token = self.scanner.peek()?;
            match token.kind {
                TokenKind::Anchor(_) if properties.anchor.is_none() => {}
                TokenKind::Tag { .. } if tag.is_none() => {}
                _ => break,
            }
            let token = self.take()?;
            properties.start.get_or_insert(token.span.start);
            properties.end = token.span.end;
            match token.kind {
                TokenKind::Anchor(name) => properties.anchor = Some(name),
                TokenKind::Tag { handle, suffix } => tag = Some((handle, suffix, token.span.start)),
                _ => {}
            }
        }
        if let Some((handle, suffix, at)) = tag {
            let prefix = if handle.is_empty() { Some("") } else { self.handle(&handle) };
            let Some(prefix) = prefix else {
                return Err(Fault::new(format!("the tag handle {handle} is not defined"), at));
            };
            properties.tag = Some(format!("{prefix}{suffix}"));
        }
        Ok(properties)
    }

    /// For a document without contents.
    pub(super) fn empty_scalar_here(&mut self) -> Event {
        let next = self.states.pop().unwrap_or(State::End);
        self.empty_scalar(next)
    }
}
