//! The command lines of the pages: what README.md and `docs/` tell people to type, each with its place.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a page that cannot be read is a test that fails")]

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// README.md and every page below `docs/`, by their paths in the repository.
pub fn pages() -> Vec<PathBuf> {
    fn gather(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            match entry.unwrap().path() {
                path if path.is_dir() => gather(&path, into),
                path if path.extension().is_some_and(|it| it == "md") => into.push(path),
                _ => {}
            }
        }
    }
    let mut found = vec![root().join("README.md")];
    gather(&root().join("docs"), &mut found);
    found.sort();
    found.into_iter().map(|path| path.strip_prefix(root()).unwrap().to_owned()).collect()
}

pub fn text(page: &Path) -> String {
    fs::read_to_string(root().join(page)).unwrap()
}

/// Where something is written: `docs/x.md:12`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub page: PathBuf,
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, into: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(into, "{}:{}", self.page.display(), self.line)
    }
}

/// A line of a `console` block that begins with a prompt, and what the page shows below it.
#[derive(Debug, Clone)]
pub struct Typed {
    pub at: Place,
    /// Without the prompt; continued lines are one.
    pub line: String,
    pub shown: Vec<String>,
}

/// A fenced block: its language, its first line's number, its lines.
struct Block {
    language: String,
    first: usize,
    lines: Vec<String>,
}

/// The fenced blocks of a page, and its other lines with their numbers.
fn split(page: &Path) -> (Vec<Block>, Vec<(usize, String)>) {
    let (mut blocks, mut prose) = (Vec::new(), Vec::new());
    let mut open: Option<(Block, String)> = None;
    for (index, line) in text(page).lines().enumerate() {
        match &mut open {
            Some((block, indent)) => {
                if line.trim() == "```" {
                    blocks.push(open.take().map(|(block, _)| block).unwrap());
                } else {
                    block.lines.push(line.strip_prefix(indent.as_str()).unwrap_or(line).to_owned());
                }
            }
            None => match line.trim_start().strip_prefix("```") {
                Some(language) => {
                    let indent = line[..line.len() - line.trim_start().len()].to_owned();
                    let block = Block { language: language.to_owned(), first: index + 2, lines: Vec::new() };
                    open = Some((block, indent));
                }
                None => prose.push((index + 1, line.to_owned())),
            },
        }
    }
    assert!(open.is_none(), "{}: a block is not closed", page.display());
    (blocks, prose)
}

/// What is typed in the `console` blocks of a page, in order.
pub fn typed(page: &Path) -> Vec<Typed> {
    let mut all: Vec<Typed> = Vec::new();
    for block in split(page).0.into_iter().filter(|block| block.language == "console") {
        let mut lines = block.lines.iter().enumerate();
        let mut begun = false;
        while let Some((index, line)) = lines.next() {
            let at = Place { page: page.to_owned(), line: block.first + index };
            if let Some(command) = line.strip_prefix("$ ") {
                let mut command = command.to_owned();
                while let Some(start) = command.strip_suffix('\\') {
                    let (_, next) = lines.next().unwrap();
                    command = format!("{} {}", start.trim_end(), next.trim_start());
                }
                all.push(Typed { at, line: command, shown: Vec::new() });
                begun = true;
            } else if begun {
                all.last_mut().unwrap().shown.push(line.clone());
            }
            // a block that begins without a prompt shows more of what was printed before
        }
    }
    all
}

/// Files that the page shows whole: blocks whose language is followed by a name, such as `yaml aws-auth.yaml`.
pub fn files(page: &Path) -> Vec<(String, String)> {
    let named = split(page).0.into_iter().filter_map(|block| {
        let name = block.language.split_once(' ')?.1.to_owned();
        Some((name, block.lines.join("\n") + "\n"))
    });
    named.collect()
}

/// A command of the program: its words, the program itself included.
#[derive(Debug, Clone)]
pub struct CommandLine {
    pub at: Place,
    pub words: Vec<String>,
    /// A mention in the text, which may leave out what is required.
    pub is_mention: bool,
}

/// Every command of the program on the page: in blocks, indented, and between backticks. Of a synopsis, such as
/// `plan [--out FILE]`, the shortest line, and one for each thing in brackets.
pub fn command_lines(page: &Path, commands: &[&str]) -> Vec<CommandLine> {
    let (blocks, prose) = split(page);
    let mut found = Vec::new();
    for block in &blocks {
        for (line, text) in joined(block) {
            let at = Place { page: page.to_owned(), line };
            let text = match block.language.as_str() {
                "console" => match text.strip_prefix("$ ") {
                    Some(typed) => typed.to_owned(),
                    // what is printed: commands of NEXT are tried where they are made
                    None => continue,
                },
                "sh" | "bash" => text,
                "yaml" => match of_yaml(&text, commands) {
                    Some(command) => command.to_owned(),
                    None => continue,
                },
                _ => continue,
            };
            let own = parts(&text).into_iter().filter_map(own_words);
            found.extend(own.map(|words| CommandLine { at: at.clone(), words, is_mention: false }));
        }
    }
    let mut lines = prose.iter().peekable();
    while let Some((line, text)) = lines.next() {
        let at = Place { page: page.to_owned(), line: *line };
        if let Some(synopsis) = text.strip_prefix("    ").filter(|it| it.contains("eksodus ")) {
            let mut whole = synopsis.to_owned();
            while let Some((_, more)) = lines.next_if(|(_, more)| more.starts_with("        ")) {
                whole = format!("{whole} {}", more.trim());
            }
            for variant in variants(&whole) {
                // what one thing in brackets needs may be in others
                let is_mention = !variant.is_shortest;
                let own = parts(&variant.line).into_iter().filter_map(own_words);
                found.extend(own.map(|words| CommandLine { at: at.clone(), words, is_mention }));
            }
            continue;
        }
        for code in quoted(text) {
            let first = code.split(' ').next().unwrap_or_default();
            let whole = match () {
                () if first == "eksodus" && code.contains(' ') => code.to_owned(),
                () if commands.contains(&first) && is_command(code) => format!("eksodus {code}"),
                () => continue,
            };
            for variant in variants(&whole) {
                let own = parts(&variant.line).into_iter().filter_map(own_words);
                found.extend(own.map(|words| CommandLine { at: at.clone(), words, is_mention: true }));
            }
        }
    }
    found
}

/// `apply PLAN` and `plan --exit-code`, not `plan.json` nor `snapshot of a cluster`.
fn is_command(code: &str) -> bool {
    let mut words = code.split(' ').skip(1).peekable();
    let is_word = |word: &str| word.starts_with(['-', '[']) || word.bytes().all(|it| it.is_ascii_uppercase());
    words.peek().is_some() && words.clone().any(is_word)
}

/// What is between backticks.
pub fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// All code between backticks on the page, with its place.
pub fn mentions(page: &Path) -> Vec<(Place, String)> {
    let prose = split(page).1;
    let of_line = |(line, text): &(usize, String)| {
        let at = Place { page: page.to_owned(), line: *line };
        quoted(text).map(|code| (at.clone(), code.to_owned())).collect::<Vec<_>>()
    };
    prose.iter().flat_map(of_line).collect()
}

/// The text outside of blocks and backticks, line by line.
pub fn prose(page: &Path) -> Vec<(Place, String)> {
    let of_line = |(line, text): (usize, String)| {
        let at = Place { page: page.to_owned(), line };
        let outside: Vec<&str> = text.split('`').step_by(2).collect();
        (at, outside.join("``"))
    };
    split(page).1.into_iter().map(of_line).collect()
}

/// Lines that end in a backslash are one with the next.
fn joined(block: &Block) -> Vec<(usize, String)> {
    let mut all: Vec<(usize, String)> = Vec::new();
    let mut goes_on = false;
    for (index, line) in block.lines.iter().enumerate() {
        let end = line.strip_suffix('\\');
        let text = end.unwrap_or(line);
        match all.last_mut().filter(|_| goes_on) {
            Some((_, whole)) => whole.push_str(text.trim_start()),
            None => all.push((block.first + index, text.to_owned())),
        }
        goes_on = end.is_some();
    }
    all
}

/// The command in a line of a workflow: `run: eksodus plan …`, `- eksodus plan …`.
fn of_yaml<'t>(text: &'t str, commands: &[&str]) -> Option<&'t str> {
    let at = text.match_indices("eksodus ").find(|(at, _)| {
        let before = text[..*at].chars().next_back();
        let next = text[at + "eksodus ".len()..].split(' ').next().unwrap_or_default();
        before.is_none_or(|it| it == ' ') && commands.contains(&next)
    })?;
    Some(&text[at.0..])
}

/// The words of a command of the program, whatever stands before it; `kubectl eksodus` is one, too.
fn own_words(words: Vec<String>) -> Option<Vec<String>> {
    let is_variable = |word: &&String| {
        word.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
        })
    };
    let start = words.iter().take_while(is_variable).count();
    let rest = &words[start..];
    match rest.first().map(String::as_str) {
        Some("eksodus") => Some(rest.to_vec()),
        Some("kubectl") if rest.get(1).is_some_and(|it| it == "eksodus") => Some(rest[1..].to_vec()),
        Some("cargo") => {
            let end = rest.iter().position(|word| word == "--")?;
            Some(std::iter::once("eksodus".to_owned()).chain(rest[end + 1..].iter().cloned()).collect())
        }
        _ => None,
    }
}

/// The commands of a line of a shell, each as its words; redirections and comments are left out.
pub fn parts(line: &str) -> Vec<Vec<String>> {
    let mut all = vec![Vec::new()];
    let (mut word, mut is_word) = (String::new(), false);
    let mut chars = line.chars().peekable();
    let mut redirected = false;
    macro_rules! end_word {
        () => {
            if is_word && !std::mem::take(&mut redirected) {
                all.last_mut().unwrap().push(std::mem::take(&mut word));
            }
            word.clear();
            is_word = false;
        };
    }
    while let Some(char) = chars.next() {
        match char {
            '\'' => {
                is_word = true;
                word.extend(chars.by_ref().take_while(|it| *it != '\''));
            }
            '"' => {
                is_word = true;
                while let Some(inner) = chars.next().filter(|it| *it != '"') {
                    let escaped = (inner == '\\').then(|| chars.next()).flatten();
                    word.push(escaped.unwrap_or(inner));
                }
            }
            '\\' => {
                is_word = true;
                word.extend(chars.next());
            }
            '#' if !is_word => break,
            ' ' | '\t' => {
                end_word!();
            }
            '>' | '<' => {
                // a number before it is a file descriptor
                if word.bytes().all(|it| it.is_ascii_digit()) {
                    is_word = false;
                }
                end_word!();
                while chars.next_if(|it| ['>', '&'].contains(it)).is_some() {}
                redirected = true;
            }
            '|' | '&' | ';' | '(' | ')' => {
                end_word!();
                all.push(Vec::new());
            }
            other => {
                is_word = true;
                word.push(other);
            }
        }
    }
    end_word!();
    let _ = (word, is_word);
    all.retain(|words| !words.is_empty());
    all
}

#[derive(Debug)]
struct Variant {
    line: String,
    is_shortest: bool,
}

/// What a synopsis stands for: the shortest line, and one with each thing that is in brackets.
fn variants(synopsis: &str) -> Vec<Variant> {
    let mut all = Vec::new();
    let synopsis = synopsis.replace('…', "").replace("\\|", "|");
    for line in alternatives(&synopsis) {
        let (mut shortest, mut optional, mut depth) = (String::new(), Vec::new(), 0_usize);
        for (at, char) in line.char_indices() {
            match char {
                '[' => {
                    if depth == 0 {
                        optional.push((shortest.len(), at + 1, at + 1));
                    }
                    depth += 1;
                }
                ']' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0
                        && let Some(last) = optional.last_mut()
                    {
                        last.2 = at;
                    }
                }
                _ if depth == 0 => shortest.push(char),
                _ => {}
            }
        }
        for (place, start, end) in optional {
            for inner in alternatives(&line[start..end]).iter().flat_map(|inner| variants(inner)) {
                let line = format!("{}{}{}", &shortest[..place], inner.line, &shortest[place..]);
                all.push(Variant { line, is_shortest: false });
            }
        }
        all.push(Variant { line: shortest, is_shortest: true });
    }
    all
}

/// `a (b | c) d` is `a b d` and `a c d`; `a | b` at the top is both; so is `bash|zsh` within a word.
fn alternatives(text: &str) -> Vec<String> {
    let (mut depth, mut cuts, mut group) = (0_usize, Vec::new(), None);
    for (at, char) in text.char_indices() {
        match char {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            '(' if depth == 0 && group.is_none() => {
                let end = at + text[at..].find(')').unwrap_or(text.len() - at);
                group = Some((at, end));
                depth += 1;
            }
            ')' => depth = depth.saturating_sub(1),
            '|' if depth == 0 => cuts.push(at),
            _ => {}
        }
    }
    if let Some((start, end)) = group {
        let inner = alternatives(&text[start + 1..end]);
        let each = inner.iter().map(|it| format!("{}{it}{}", &text[..start], &text[end + 1..]));
        return each.flat_map(|it| alternatives(&it)).collect();
    }
    let Some(&cut) = cuts.first() else { return vec![text.to_owned()] };
    let is_spaced = text[..cut].ends_with(' ');
    let (before, after) = (&text[..cut], &text[cut + 1..]);
    if is_spaced || !text.contains(' ') {
        // what both have in common is the command and its arguments before the first option
        let common = match before.starts_with("eksodus ") && !after.trim_start().starts_with("eksodus") {
            true => before.split(" --").next().unwrap_or_default(),
            false => "",
        };
        let rest = alternatives(after);
        let rest = rest.iter().map(|it| format!("{common} {it}"));
        return std::iter::once(before.to_owned()).chain(rest).collect();
    }
    // within a word
    let start = before.rfind(' ').map_or(0, |it| it + 1);
    let end = after.find(' ').map_or(text.len(), |it| cut + 1 + it);
    let words = text[start..end].split('|').map(|word| format!("{}{word}{}", &text[..start], &text[end..]));
    words.flat_map(|it| alternatives(&it)).collect()
}

#[cfg(test)]
mod tests {
    #[allow(unused_imports, reason = "a bench compiles this without the tests")]
    use super::*;

    #[test]
    fn a_line_of_a_shell_is_its_commands() {
        let found = parts("A=b eksodus plan --out 'a b.json' 2>/dev/null | cat > x && true # so");
        let expected: [&[&str]; 3] = [&["A=b", "eksodus", "plan", "--out", "a b.json"], &["cat"], &["true"]];
        assert_eq!(found, expected.map(|words| words.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>()));
    }

    #[test]
    fn a_synopsis_stands_for_several_lines() {
        let found = variants("eksodus plan [--out FILE] [--audit-log FILE | --audit-days N]");
        let words: Vec<String> =
            found.iter().map(|it| it.line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        let expected = [
            "eksodus plan --out FILE",
            "eksodus plan --audit-log FILE",
            "eksodus plan --audit-days N",
            "eksodus plan",
        ];
        assert_eq!(words, expected);
        let found = variants("eksodus x A (--b | --c) [--d]");
        assert!(found.iter().any(|it| it.line.contains("--c") && !it.line.contains("--b")), "{found:?}");
    }
}
