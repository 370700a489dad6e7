/// Percent-decoding; what is no escape stays as it is, and what is no UTF-8 is replaced.
pub(super) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match escape.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// Base64 in the alphabet for URLs, without padding (RFC 4648, section 5).
pub(super) fn base64_url(text: &str) -> Option<Vec<u8>> {
    let mut bits = 0_u32;
    let mut count = 0;
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    for char in text.bytes() {
        let six = match char {
            b'A'..=b'Z' => char - b'A',
            b'a'..=b'z' => char - b'a' + 26,
            b'0'..=b'9' => char - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    Some(bytes)
}

/// `a=1&b=two+words`, of a query or a form.
pub(super) fn parameters(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.map(|(name, value)| (decode(&name.replace('+', " ")), decode(&value.replace('+', " ")))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back() {
        assert_eq!(base64_url("aHR0cHM6Ly9zdHM_YT3Dv8O-").as_deref(), Some("https://sts?a=ÿþ".as_bytes()));
        assert_eq!(base64_url("YQ").as_deref(), Some(&b"a"[..]));
        assert_eq!(base64_url("a+b/"), None);
    }

    #[test]
    fn escapes_are_read_and_what_is_none_stays() {
        assert_eq!(decode("arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa%2Fb"), "arn:aws:iam::1:role/a/b");
        assert_eq!(decode("50%"), "50%");
        assert_eq!(decode("%zz%é"), "%zz%é");
        assert_eq!(
            parameters("a=1&b=x+y%2B&&c"),
            [
                ("a".to_owned(), "1".to_owned()),
                ("b".to_owned(), "x y+".to_owned()),
                ("c".to_owned(), String::new()),
            ]
        );
    }
}
