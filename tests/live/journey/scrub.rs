//! What is another in each run.

/// Digests, the folder, ports and waits.
pub fn scrub(text: &str, replaced: &[(String, &str)]) -> String {
    let mut text = text.to_owned();
    for (what, with) in replaced {
        text = text.replace(what.as_str(), with);
    }
    let mut scrubbed = String::new();
    let mut word = String::new();
    for char in text.chars().chain(['\n']) {
        if char.is_ascii_alphanumeric() {
            word.push(char);
            continue;
        }
        let is_digest = matches!(word.len(), 12 | 64) && word.chars().all(|char| char.is_ascii_hexdigit());
        // an account id has twelve digits and no letters
        let is_digest = is_digest && word.chars().any(|char| char.is_ascii_alphabetic());
        scrubbed.push_str(if is_digest { "[DIGEST]" } else { &word });
        word.clear();
        scrubbed.push(char);
    }
    scrubbed.pop();
    scrubbed
}
