use super::{Fault, Scanner, TokenKind};

impl Scanner<'_> {
    pub(super) fn fetch_flow_start(&mut self, kind: TokenKind) -> Result<(), Fault> {
        self.save_simple_key()?;
        self.increase_flow_level()?;
        self.simple_key_allowed = true;
        self.push_chars(kind, 1);
        Ok(())
    }

    pub(super) fn fetch_flow_end(&mut self, kind: TokenKind) -> Result<(), Fault> {
        self.remove_simple_key()?;
        self.decrease_flow_level();
        self.simple_key_allowed = false;
        self.push_chars(kind, 1);
        Ok(())
    }

    pub(super) fn fetch_flow_entry(&mut self) -> Result<(), Fault> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push_chars(TokenKind::FlowEntry, 1);
        Ok(())
    }

    /// In flow context the parser refuses it.
    pub(super) fn fetch_block_entry(&mut self) -> Result<(), Fault> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return self.fail("a list item is not allowed here");
            }
            self.roll_indent(self.column(), None, TokenKind::BlockSequenceStart, self.cursor.mark.at)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push_chars(TokenKind::BlockEntry, 1);
        Ok(())
    }
}
