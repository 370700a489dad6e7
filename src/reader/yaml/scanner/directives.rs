use super::{Fault, Scanner, TokenKind};

impl Scanner<'_> {
    pub(super) fn fetch_directive(&mut self) -> Result<(), Fault> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.cursor.mark;
        self.cursor.skip();
        let name = self.cursor.read_word()?;
        if name.is_empty() || !self.cursor.is_white(0) {
            return self.fail("did not find the name of a directive");
        }
        let kind = match name.as_str() {
            "YAML" => self.scan_version()?,
            "TAG" => self.scan_tag_directive()?,
            _ => return self.fail("found an unknown directive"),
        };
        self.push_from(start, kind);
        self.cursor.skip_blanks()?;
        self.cursor.skip_comment()?;
        if !self.cursor.is_break_or_end(0) {
            return self.fail("did not find a comment or line end behind a directive");
        }
        if self.cursor.is_break(0) {
            self.cursor.need(2)?;
            self.cursor.skip_line();
        }
        Ok(())
    }

    fn scan_version(&mut self) -> Result<TokenKind, Fault> {
        self.cursor.skip_blanks()?;
        let major = self.scan_version_number()?;
        if !self.cursor.is(b'.') {
            return self.fail("did not find the '.' of a YAML version");
        }
        self.cursor.skip();
        let minor = self.scan_version_number()?;
        Ok(TokenKind::VersionDirective { major, minor })
    }

    fn scan_version_number(&mut self) -> Result<u8, Fault> {
        self.cursor.need(1)?;
        let mut digits = String::new();
        while self.cursor.byte(0).is_ascii_digit() {
            if digits.len() == 2 {
                return self.fail("a YAML version is too long");
            }
            self.cursor.read(&mut digits);
            self.cursor.need(1)?;
        }
        match digits.parse() {
            Ok(number) => Ok(number),
            Err(_) => self.fail("did not find the number of a YAML version"),
        }
    }

    fn scan_tag_directive(&mut self) -> Result<TokenKind, Fault> {
        self.cursor.skip_blanks()?;
        let handle = self.scan_tag_handle(true)?;
        self.cursor.need(1)?;
        if !self.cursor.is_blank(0) {
            return self.fail("did not find a blank behind a tag handle");
        }
        self.cursor.skip_blanks()?;
        let prefix = self.scan_tag_uri("")?;
        self.cursor.need(1)?;
        if !self.cursor.is_white(0) {
            return self.fail("did not find a blank or line end behind a tag prefix");
        }
        Ok(TokenKind::TagDirective { handle, prefix })
    }
}
