/// RFC 4648 base64 with padding, as Go's `base64.StdEncoding` decodes it: line ends anywhere, stray low bits ignored.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    if !digits.len().is_multiple_of(4) {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3);
    let groups = digits.len() / 4;
    for (index, group) in digits.chunks_exact(4).enumerate() {
        let padding = group.iter().rev().take_while(|digit| **digit == b'=').count();
        if padding > 2 || (padding > 0 && index + 1 < groups) {
            return None;
        }
        let mut bits = 0_u32;
        for digit in &group[..4 - padding] {
            bits = bits << 6 | value(*digit)?;
        }
        let [_, octets @ ..] = (bits << (6 * padding)).to_be_bytes();
        bytes.extend_from_slice(&octets[..3 - padding]);
    }
    Some(bytes)
}

fn value(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_required_and_ends_the_text() {
        assert_eq!(decode("").as_deref(), Some(b"".as_slice()));
        assert_eq!(decode("ZGV2").as_deref(), Some(b"dev".as_slice()));
        assert_eq!(decode("ZG\nU=\r\n").as_deref(), Some(b"de".as_slice()));
        assert_eq!(decode("ZB==").as_deref(), Some(b"d".as_slice()));
        for wrong in ["ZGU", "ZGU=ZGU=", "Z===", "====", "Z=GU", "ZGV-", "ZG U="] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }
}
