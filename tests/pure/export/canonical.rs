//! The canonical form of HCL, checked by itself: what `terraform fmt` would not change. Where Terraform is, it is asked as
//! well (`tests/live/exports`).

/// Two spaces for each bracket that is open, one space or as many as align around `=`, no blanks at the end.
pub fn is_canonical(text: &str) {
    let mut depth = 0_usize;
    let mut run: Vec<(usize, usize, usize)> = Vec::new();
    for line in text.lines() {
        assert_eq!(line, line.trim_end(), "{text}");
        let bare = line.trim_start_matches(' ');
        let indent = line.len() - bare.len();
        let closes = bare.starts_with(['}', ']']);
        let opens = !bare.starts_with('#') && bare.ends_with(['{', '[']);
        depth -= usize::from(closes);
        assert!(bare.is_empty() || indent == depth * 2, "{line}\n{text}");
        depth += usize::from(opens);
        match assignment(bare) {
            Some((name, at)) if !opens => run.push((depth, name, at)),
            Some((name, at)) => {
                aligned(&std::mem::take(&mut run), text);
                assert_eq!(at, name + 1, "{line}");
            }
            None => aligned(&std::mem::take(&mut run), text),
        }
    }
    aligned(&run, text);
    assert_eq!(depth, 0, "{text}");
    assert!(text.ends_with('\n') && !text.ends_with("\n\n") && !text.contains("\n\n\n"), "{text}");
}

/// How long the name is, and in which column the sign stands.
fn assignment(line: &str) -> Option<(usize, usize)> {
    if line.starts_with('#') {
        return None;
    }
    let mut in_string = false;
    let mut escaped = false;
    let mut columns = 0;
    let mut name = 0;
    for c in line.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            '=' if !in_string => return Some((name, columns)),
            // a value, and no name
            '[' | ',' if !in_string => return None,
            _ => {}
        }
        columns += 1;
        if in_string || c != ' ' {
            name = columns;
        }
    }
    None
}

/// One space behind the longest name, and the signs below one another.
fn aligned(run: &[(usize, usize, usize)], text: &str) {
    let longest = run.iter().map(|(_, name, _)| *name).max().unwrap_or_default();
    assert!(run.iter().all(|(_, _, at)| *at == longest + 1), "{run:?}\n{text}");
}

#[test]
fn what_terraform_would_change_is_seen() {
    let is_refused = |text: &'static str| std::panic::catch_unwind(|| is_canonical(text)).is_err();
    is_canonical("locals {\n  a  = 1\n  bc = [\"=\"]\n\n  d = {\n    e = 1\n  }\n}\n");
    for wrong in
        ["a  = 1\n", "a = 1\nbc = 2\n", "x {\n a = 1\n}\n", "a = 1 \n", "a = 1\n\n\nb = 1\n", "a = 1"]
    {
        assert!(is_refused(wrong), "{wrong:?}");
    }
}
