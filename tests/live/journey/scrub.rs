//! What is another in each run.

const ACCOUNTS: [&str; 2] = ["111122223333", "444455556666"];

/// Digests, the folder, ports and waits.
pub fn scrub(text: &str, replaced: &[(String, &str)]) -> String {
    let mut text = text.to_owned();
    for (what, with) in replaced {
        text = text.replace(what.as_str(), with);
    }
    let text = without_durations(&without_times(&text));
    let mut scrubbed = String::new();
    let mut word = String::new();
    for char in text.chars().chain(['\n']) {
        if char.is_ascii_alphanumeric() {
            word.push(char);
            continue;
        }
        let is_digest = matches!(word.len(), 12 | 64) && word.chars().all(|char| char.is_ascii_hexdigit());
        // an account id has twelve digits too
        let is_digest = is_digest && !ACCOUNTS.contains(&word.as_str());
        scrubbed.push_str(if is_digest { "[DIGEST]" } else { &word });
        word.clear();
        scrubbed.push(char);
    }
    scrubbed.pop();
    scrubbed
}

/// How long a phase has taken, and the lines that are told only of what takes long.
fn without_durations(text: &str) -> String {
    let is_told_of_long = |line: &str| {
        line.contains(" in progress, ") || line.starts_with("    ✓ ") || line.starts_with("waiting for ")
    };
    let lines = text.split_inclusive('\n').filter(|line| !is_told_of_long(line));
    lines
        .map(|line| match line.split_once(" done in ") {
            Some((phase, rest)) if line.starts_with("✓ ") => {
                format!("{phase} done in [TIME]{}", rest.find(';').map_or("\n", |at| &rest[at..]))
            }
            _ => line.to_owned(),
        })
        .collect()
}

/// RFC 3339 to the millisecond, as journals and `status` have it, and to the second, as `managedFields` has it.
fn without_times(text: &str) -> String {
    const SHAPES: [&[u8]; 2] = [b"0000-00-00T00:00:00.000Z", b"0000-00-00T00:00:00Z"];
    let is_time = |text: &str, shape: &[u8]| {
        text.bytes().zip(shape).all(|(b, shape)| match shape {
            b'0' => b.is_ascii_digit(),
            shape => b == *shape,
        })
    };
    let (mut shown, mut rest) = (String::new(), text);
    while let Some(char) = rest.chars().next() {
        let mut lengths =
            SHAPES.iter().filter(|shape| rest.get(..shape.len()).is_some_and(|text| is_time(text, shape)));
        if let Some(shape) = lengths.next() {
            shown.push_str("[TIME]");
            rest = &rest[shape.len()..];
        } else {
            shown.push(char);
            rest = &rest[char.len_utf8()..];
        }
    }
    shown
}
