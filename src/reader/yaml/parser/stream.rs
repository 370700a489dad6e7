use super::{Event, Events, Fault, Kind, State, TokenKind};

impl Events<'_> {
    pub(super) fn stream_start(&mut self) -> Result<Event, Fault> {
        let span = self.take()?.span;
        self.state = State::DocumentStart { implicit: true };
        Ok(self.emit(Kind::StreamStart, span))
    }

    pub(super) fn document_start(&mut self, mut implicit: bool) -> Result<Event, Fault> {
        if !implicit {
            while self.take_if(&TokenKind::DocumentEnd)?.is_some() {}
        }
        implicit &= !matches!(
            self.scanner.peek()?.kind,
            TokenKind::VersionDirective { .. } | TokenKind::TagDirective { .. } | TokenKind::DocumentStart
        );
        let span = self.at()?;
        if self.take_if(&TokenKind::StreamEnd)?.is_some() {
            self.state = State::End;
            return Ok(self.emit(Kind::StreamEnd, span));
        }
        self.directives()?;
        if implicit {
            self.state = State::BlockNode;
        } else {
            if self.take_if(&TokenKind::DocumentStart)?.is_none() {
                return self.expected("the '---' of a document");
            }
            self.state = State::DocumentContent;
        }
        self.push(State::DocumentEnd);
        Ok(self.emit(Kind::DocumentStart, span))
    }

    pub(super) fn document_content(&mut self) -> Result<Event, Fault> {
        match self.scanner.peek()?.kind {
            TokenKind::VersionDirective { .. }
            | TokenKind::TagDirective { .. }
            | TokenKind::DocumentStart
            | TokenKind::DocumentEnd
            | TokenKind::StreamEnd => Ok(self.empty_scalar_here()),
            _ => self.node(true, false),
        }
    }

    pub(super) fn document_end(&mut self) -> Result<Event, Fault> {
        let span = self.at()?;
        self.take_if(&TokenKind::DocumentEnd)?;
        self.handles.clear();
        self.state = State::DocumentStart { implicit: false };
        Ok(self.emit(Kind::DocumentEnd, span))
    }

    /// `%YAML 1.1` and `%TAG` lines; the two handles that need no line come last.
    fn directives(&mut self) -> Result<(), Fault> {
        let mut version = false;
        loop {
            let token = self.scanner.peek()?;
            let at = token.span.start;
            match token.kind.clone() {
                TokenKind::VersionDirective { .. } if version => {
                    return Err(Fault::new("found a second %YAML directive", at));
                }
                TokenKind::VersionDirective { major: 1, minor: 1 } => version = true,
                TokenKind::VersionDirective { .. } => {
                    return Err(Fault::new("EKS reads YAML 1.1 only", at));
                }
                TokenKind::TagDirective { handle, .. } if self.handle(&handle).is_some() => {
                    return Err(Fault::new("found a second %TAG directive for the same handle", at));
                }
                TokenKind::TagDirective { handle, prefix } => self.handles.push((handle, prefix)),
                _ => break,
            }
            self.take()?;
        }
        for (handle, prefix) in [("!", "!"), ("!!", "tag:yaml.org,2002:")] {
            if self.handle(handle).is_none() {
                self.handles.push((handle.to_owned(), prefix.to_owned()));
            }
        }
        Ok(())
    }

    pub(super) fn handle(&self, handle: &str) -> Option<&str> {
        self.handles.iter().find(|(known, _)| known == handle).map(|(_, prefix)| prefix.as_str())
    }
}
