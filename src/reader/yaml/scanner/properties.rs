use super::{Fault, Scanner, TokenKind};

impl Scanner<'_> {
    pub(super) fn fetch_anchor(&mut self) -> Result<(), Fault> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.cursor.mark;
        let alias = self.cursor.is(b'*');
        self.cursor.skip();
        let name = self.cursor.read_word()?;
        if name.is_empty() || !(self.cursor.is_white(0) || self.cursor.is_any(b"?:,]}%@`")) {
            return self.fail("an anchor or alias has letters, digits, _ and - only");
        }
        self.push_from(start, if alias { TokenKind::Alias(name) } else { TokenKind::Anchor(name) });
        Ok(())
    }

    pub(super) fn fetch_tag(&mut self) -> Result<(), Fault> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.cursor.mark;
        self.cursor.need(2)?;
        let (handle, suffix) = if self.cursor.byte(1) == b'<' {
            self.cursor.skip_all(2);
            let uri = self.scan_tag_uri("")?;
            if !self.cursor.is(b'>') {
                return self.fail("did not find the '>' of a tag");
            }
            self.cursor.skip();
            (String::new(), uri)
        } else {
            let handle = self.scan_tag_handle(false)?;
            if handle.len() > 1 && handle.ends_with('!') {
                (handle, self.scan_tag_uri("")?)
            } else {
                // it was no handle, but the beginning of the tag
                match self.scan_tag_uri(&handle)? {
                    suffix if suffix.is_empty() => (suffix, "!".to_owned()),
                    suffix => ("!".to_owned(), suffix),
                }
            }
        };
        self.cursor.need(1)?;
        if !self.cursor.is_white(0) {
            return self.fail("did not find a blank or line end behind a tag");
        }
        self.push_from(start, TokenKind::Tag { handle, suffix });
        Ok(())
    }

    /// `!`, `!!` or `!name!`; in a node's tag also `!name`.
    pub(super) fn scan_tag_handle(&mut self, directive: bool) -> Result<String, Fault> {
        self.cursor.need(1)?;
        if !self.cursor.is(b'!') {
            return self.fail("did not find the '!' of a tag");
        }
        self.cursor.skip();
        let mut handle = format!("!{}", self.cursor.read_word()?);
        if self.cursor.is(b'!') {
            self.cursor.read(&mut handle);
        } else if directive && handle != "!" {
            return self.fail("did not find the '!' of a tag handle");
        }
        Ok(handle)
    }

    /// The rest of a tag behind `head`, of which the `!` is left out.
    pub(super) fn scan_tag_uri(&mut self, head: &str) -> Result<String, Fault> {
        let mut uri: Vec<u8> = head.bytes().skip(1).collect();
        let mut empty = head.is_empty();
        self.cursor.need(1)?;
        while self.cursor.is_word() || self.cursor.is_any(b";/?:@&=+$,.!~*'()[]%") {
            if self.cursor.is(b'%') {
                self.scan_uri_escape(&mut uri)?;
            } else {
                uri.push(self.cursor.byte(0));
                self.cursor.skip();
            }
            self.cursor.need(1)?;
            empty = false;
        }
        if empty {
            return self.fail("did not find a tag");
        }
        Ok(String::from_utf8_lossy(&uri).into_owned())
    }

    /// The `%XX` of the bytes of one UTF-8 character.
    fn scan_uri_escape(&mut self, uri: &mut Vec<u8>) -> Result<(), Fault> {
        let mut left = None;
        while left != Some(0) {
            self.cursor.need(3)?;
            let digit = |ahead: usize| char::from(self.cursor.byte(ahead)).to_digit(16);
            let (true, Some(high), Some(low)) = (self.cursor.is(b'%'), digit(1), digit(2)) else {
                return self.fail("did not find the %XX of a tag");
            };
            let Ok(octet) = u8::try_from(high << 4 | low) else {
                return self.fail("did not find the %XX of a tag");
            };
            left = match (left, octet) {
                (None, 0..=0x7f) => Some(0),
                (None, 0xc0..=0xdf) => Some(1),
                (None, 0xe0..=0xef) => Some(2),
                (None, 0xf0..=0xf7) => Some(3),
                (Some(left), 0x80..=0xbf) => Some(left - 1),
                _ => return self.fail("the %XX of a tag are no UTF-8"),
            };
            uri.push(octet);
            self.cursor.skip_all(3);
        }
        Ok(())
    }
}
