use std::fmt::Write as _;

/// The reference of a file within the repository (RFC 3986, 4.2): relative ones stay so, without `./`; an absolute path
/// becomes a `file:` URI.
pub(super) fn reference(path: &str) -> String {
    let path = path.replace('\\', "/");
    let is_drive =
        path.as_bytes().get(1) == Some(&b':') && path.starts_with(|c: char| c.is_ascii_alphabetic());
    if is_drive {
        return format!("file:///{}", encoded(&path));
    }
    if path.starts_with('/') {
        return format!("file:///{}", encoded(path.trim_start_matches('/')));
    }
    let relative = encoded(path.trim_start_matches("./"));
    // nothing at all would be the document itself
    if relative.is_empty() { ".".to_owned() } else { relative }
}

/// All but what a segment of a path may have (RFC 3986, 3.3), and the colon, which would end a scheme.
fn encoded(path: &str) -> String {
    let mut shown = String::with_capacity(path.len());
    for byte in path.bytes() {
        let is_plain = byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte);
        match is_plain {
            true => shown.push(char::from(byte)),
            false => {
                let _ = write!(shown, "%{byte:02X}");
            }
        }
    }
    shown
}

/// Whether it names a file of the repository.
pub(super) fn is_relative(reference: &str) -> bool {
    !reference.starts_with("file:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_file_is_called_its_reference_is_one() {
        assert_eq!(reference("./a/aws-auth.yaml"), "a/aws-auth.yaml");
        assert_eq!(reference("a b/é%?#:x.yaml"), "a%20b/%C3%A9%25%3F%23%3Ax.yaml");
        assert_eq!(reference("/srv/x"), "file:///srv/x");
        assert_eq!(reference("//host/x"), "file:///host/x");
        assert_eq!(reference("C:\\x\\y"), "file:///C%3A/x/y");
        assert_eq!(reference("a\\b"), "a/b");
        assert_eq!(reference(""), ".");
        assert!(is_relative("a") && !is_relative("file:///a"));
    }
}
