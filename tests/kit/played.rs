//! A page played from top to bottom: what it tells people to type is typed, in a folder of its own, and what it shows has to
//! be what is printed.

#![allow(
    clippy::disallowed_methods,
    clippy::panic,
    reason = "a helper that fails is a test that fails, and its folder goes with it"
)]

use std::ffi::OsString;
use std::io::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::pages::{Typed, files, parts, root, text, typed};

/// What a page needs to be played.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scene {
    pub page: &'static str,
    /// Only what stands between these headings; nothing: from the start, to the end.
    pub part: (&'static str, &'static str),
    /// A script that puts there what the page takes for granted.
    pub before: &'static str,
    /// What happens out of sight: before the first line that begins so, this is run as well.
    pub unseen: &'static [(&'static str, &'static str)],
    /// What is put in the place of what cannot be had: `s3://…`, minutes of waiting.
    pub instead: &'static [(&'static str, &'static str)],
    /// Nothing of the page can be played without a live cluster.
    pub needs_cluster: bool,
    /// Lines that begin so are only parsed, and why.
    pub left_out: &'static [(&'static str, &'static str)],
}

impl Scene {
    /// Nothing is put there, or in place of anything.
    pub const PLAIN: Self = Self {
        page: "",
        part: ("", ""),
        before: "",
        unseen: &[],
        instead: &[],
        needs_cluster: false,
        left_out: &[],
    };
}

impl Scene {
    fn lines(&self) -> Range<usize> {
        let page = text(Path::new(self.page));
        let find = |heading: &str| {
            let at = page.lines().position(|line| line == heading);
            assert!(at.is_some(), "{} has no {heading}", self.page);
            at.unwrap()
        };
        let (from, to) = self.part;
        let to = if to.is_empty() { usize::MAX } else { find(to) };
        (if from.is_empty() { 0 } else { find(from) })..to
    }
}

/// Programs of others. What is typed for them is not run, and what they print is not compared.
const OTHERS: [&str; 11] =
    ["aws", "bash", "cargo", "cdk", "eksctl", "git", "jq", "kubectl", "man", "pulumi", "terraform"];

/// A folder in which a page is played.
#[derive(Debug)]
pub struct Stage {
    folder: tempfile::TempDir,
    environment: Vec<(String, OsString)>,
    /// What was exported.
    exported: String,
    has_cluster: bool,
}

#[derive(Debug)]
struct Ran {
    code: Option<i32>,
    text: String,
}

impl Stage {
    /// With a live cluster where the environment leads to one; without it such lines are left out.
    pub fn new(binary: &Path, cluster: Option<Vec<(String, OsString)>>) -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let bin = folder.path().join(".bin");
        std::fs::create_dir(&bin).unwrap();
        std::os::unix::fs::symlink(binary, bin.join("eksodus")).unwrap();
        std::os::unix::fs::symlink(root().join("fixtures"), folder.path().join("fixtures")).unwrap();
        let mut path = bin.into_os_string();
        path.push(":/usr/bin:/bin");
        let mut environment = vec![
            ("PATH".to_owned(), path),
            ("HOME".to_owned(), folder.path().as_os_str().to_owned()),
            ("TERM".to_owned(), "dumb".into()),
            ("COLUMNS".to_owned(), "100".into()),
        ];
        let has_cluster = cluster.is_some();
        environment.extend(cluster.unwrap_or_default());
        Self { folder, environment, exported: String::new(), has_cluster }
    }

    /// Each line that did not come out as the page says, with its place.
    pub fn play(&mut self, scene: &Scene) -> Vec<String> {
        if scene.needs_cluster && !self.has_cluster {
            return Vec::new();
        }
        for (name, text) in files(Path::new(scene.page)) {
            std::fs::write(self.folder.path().join(name), text).unwrap();
        }
        if !scene.before.is_empty() {
            let ran = self.run(scene.before, None);
            assert_eq!(ran.code, Some(0), "before {}: {}", scene.page, ran.text);
        }
        let mut wrong = Vec::new();
        let mut unseen: Vec<_> = scene.unseen.to_vec();
        let part = scene.lines();
        for line in typed(Path::new(scene.page)).into_iter().filter(|line| part.contains(&line.at.line)) {
            while let Some(at) = unseen.iter().position(|(begins, _)| line.line.starts_with(begins)) {
                let (_, script) = unseen.remove(at);
                if is_about_a_cluster(script) && !self.has_cluster {
                    continue;
                }
                let script = self.played(script, scene);
                let ran = self.run(&script, None);
                if ran.code != Some(0) {
                    wrong.push(format!(
                        "{}: unseen `{script}` ended with {:?}: {}",
                        line.at, ran.code, ran.text
                    ));
                }
            }
            wrong.extend(self.line(&line, scene));
        }
        wrong.extend(unseen.iter().map(|(begins, _)| format!("{}: no line `{begins}`", scene.page)));
        wrong
    }

    /// The line with what is put in place of something else, and the run that the page is about.
    fn played(&self, line: &str, scene: &Scene) -> String {
        let line = scene.instead.iter().fold(line.to_owned(), |line, (from, to)| line.replace(from, to));
        match self.newest_run() {
            Some(run) => line.replace("5ca24caad531-1", &run),
            None => line,
        }
    }

    /// The name of the folder of the run that was begun last.
    fn newest_run(&self) -> Option<String> {
        let runs = ["state", ".eksodus"].map(|it| self.folder.path().join(it));
        let runs = runs.iter().map(|it| it.join("111122223333/eu-west-1/prod-eu"));
        let entries = runs.filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
        let dated = entries.filter_map(|it| Some((it.metadata().ok()?.modified().ok()?, it.file_name())));
        dated.max().and_then(|(_, name)| name.into_string().ok())
    }

    fn line(&mut self, line: &Typed, scene: &Scene) -> Option<String> {
        let text = line.line.replace("cargo run --no-default-features -- ", "eksodus ");
        let text = text.as_str();
        if scene.left_out.iter().any(|(begins, _)| text.starts_with(begins)) {
            return None;
        }
        if let Some(exports) = text.strip_prefix("export ") {
            let kept = exports.split(" #").next().unwrap_or_default();
            // what leads to the cluster was said before
            let of_aws = kept.starts_with("AWS_");
            if !of_aws {
                let kept = self.played(kept, scene);
                self.exported += &format!("export {kept}\n");
            }
            return None;
        }
        let commands = parts(text);
        let programs: Vec<&str> = commands.iter().filter_map(|it| it.first()).map(String::as_str).collect();
        let is_served = text.starts_with("eksodus simulate serve");
        let cannot = is_about_a_cluster(text) && !self.has_cluster;
        if programs.iter().any(|it| OTHERS.contains(it)) || is_served || cannot {
            return None;
        }
        let answer =
            line.shown.iter().find_map(|it| it.split_once(" to continue: ")).map(|it| it.1.to_owned());
        let ran = self.run(&self.played(text, scene), answer.as_deref());
        let failed = !matches!(ran.code, Some(0 | 3 | 4));
        let is_told = line.shown.iter().any(|it| it.starts_with("error: ") || it.starts_with('✗'));
        let told = format!("{}: `{text}` ended with {:?}", line.at, ran.code);
        if failed && !is_told {
            return Some(format!("{told}, and printed\n{}", ran.text));
        }
        let shown: Vec<String> = line
            .shown
            .iter()
            .map(|it| match it.split_once(" to continue: ") {
                Some((question, _)) => format!("{question} to continue:"),
                None => it.clone(),
            })
            .collect();
        let shown = self.played(&shown.join("\n"), scene);
        let mut printed = ran.text.clone();
        if !shown.contains("decisions from ") {
            // said wherever decisions are found: the pages say it once
            let others = printed.lines().filter(|line| !line.starts_with("decisions from "));
            printed = others.collect::<Vec<_>>().join("\n");
        }
        if shown.trim().is_empty() {
            return None;
        }
        missing(&shown, &printed)
            .map(|piece| format!("{told}, and printed nothing like {piece:?} there:\n{}", ran.text))
    }

    fn run(&self, script: &str, answer: Option<&str>) -> Ran {
        let script = format!("{}{script}", self.exported);
        let mut command = match answer {
            None => {
                let mut command = Command::new("bash");
                command.args(["-c", &format!("exec 2>&1\n{script}")]).stdin(Stdio::null());
                command
            }
            Some(_) => {
                let file: PathBuf = self.folder.path().join(".typed");
                std::fs::write(&file, &script).unwrap();
                let mut command = Command::new("script");
                command.args(["-qec", "bash .typed", "/dev/null"]).stdin(Stdio::piped());
                command
            }
        };
        command.current_dir(self.folder.path()).env_clear();
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        if let (Some(answer), Some(mut stdin)) = (answer, child.stdin.take()) {
            writeln!(stdin, "{answer}").unwrap();
        }
        let output = child.wait_with_output().unwrap();
        let mut text = String::from_utf8_lossy(&output.stdout).replace('\r', "");
        if let Some(answer) = answer {
            // the terminal echoes what is typed, before it is asked for
            text = text.strip_prefix(&format!("{answer}\n")).unwrap_or(&text).to_owned();
        }
        Ran { code: output.status.code(), text }
    }
}

fn is_about_a_cluster(line: &str) -> bool {
    [" --cluster ", ".eksodus/", "s3://"].iter().any(|it| line.contains(it))
}

/// The first piece of what is shown that does not follow the pieces before it; `…` stands for anything.
fn missing(shown: &str, printed: &str) -> Option<String> {
    let (shown, printed) = (even(shown), even(printed));
    let pieces: Vec<&str> = shown.split('…').map(str::trim).collect();
    let mut rest = printed.as_str();
    for (index, piece) in pieces.iter().enumerate() {
        let at = match index {
            0 => rest.starts_with(piece).then_some(0),
            _ if index + 1 == pieces.len() && !piece.is_empty() => {
                rest.ends_with(piece).then(|| rest.len() - piece.len())
            }
            _ => rest.find(piece),
        };
        match at {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return Some(differing(piece, rest, index == 0)),
        }
    }
    (pieces.len() == 1 && !rest.trim().is_empty()).then(|| format!("the end, and not {rest}"))
}

/// Of a piece that is not there: the words from the first on that no longer fits, and two before it.
fn differing(piece: &str, rest: &str, is_first: bool) -> String {
    let words: Vec<&str> = piece.split(' ').collect();
    let fits = |count: &usize| {
        let start = words[..*count].join(" ");
        if is_first { rest.starts_with(&start) } else { rest.contains(&start) }
    };
    let common = (0..words.len()).rev().find(fits).unwrap_or_default();
    let from = common.saturating_sub(2);
    words[from..words.len().min(common + 12)].join(" ")
}

/// Without breaks, and with one word for what is another each time: times, addresses, digests.
fn even(text: &str) -> String {
    let text = text.replace(" \\\n", " ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_number = |word: &str| !word.is_empty() && word.bytes().all(|it| it.is_ascii_digit() || it == b'.');
    let mut evened: Vec<String> = Vec::new();
    for word in words {
        let bare = word.trim_end_matches([',', ';', ')']);
        let end = &word[bare.len()..];
        let unit = bare.trim_start_matches(|it: char| it.is_ascii_digit() || it == '.');
        let is_clock = bare
            .split_once(':')
            .is_some_and(|(minutes, seconds)| is_number(minutes) && seconds.len() == 2 && is_number(seconds));
        let is_time = is_clock
            || matches!(unit, "s" | "ms")
                && (bare != unit || evened.last().is_some_and(|last| is_number(last)))
            || (unit.starts_with('m') && unit.ends_with('s') && is_number(&unit[1..unit.len() - 1]))
            || (bare.len() > 18 && bare.as_bytes().get(10) == Some(&b'T') && bare.starts_with("20"));
        if is_time {
            if bare == unit {
                evened.pop();
            }
            evened.push(format!("TIME{end}"));
        } else {
            evened.push(without_digests(word));
        }
    }
    evened.join(" ")
}

fn without_digests(word: &str) -> String {
    let (mut text, mut run) = (String::new(), String::new());
    for char in word.chars().chain(std::iter::once(' ')) {
        if matches!(char, '0'..='9' | 'a'..='f') {
            run.push(char);
            continue;
        }
        let is_digest = run.len() >= 12
            && run.bytes().any(|it| it.is_ascii_digit())
            && run.bytes().any(|it| it.is_ascii_alphabetic());
        text += if is_digest { "#" } else { &run };
        run.clear();
        text.push(char);
    }
    let text = text.trim_end();
    match text.split_once("127.0.0.1:") {
        Some((before, after)) => {
            format!("{before}127.0.0.1:0{}", after.trim_start_matches(|it: char| it.is_ascii_digit()))
        }
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #[allow(unused_imports, reason = "a bench compiles this without the tests")]
    use super::missing;

    #[test]
    fn what_is_shown_is_compared_but_for_what_is_left_out() {
        assert_eq!(missing("a\n…\nd", "a\nb\nc\nd\n"), None);
        assert_eq!(missing("done in 1.2 s, plan 0123456789ab", "done in\n  30 ms, plan ba9876543210"), None);
        assert_eq!(missing("a\nb", "a\nb\nc"), Some("the end, and not  c".to_owned()));
        assert_eq!(missing("a\nx\n…", "a\nb\nc"), Some("a x".to_owned()));
        assert_eq!(missing("…\nb c d x y", "a b c d e"), Some("c d x y".to_owned()));
        assert_eq!(missing("…\nx", "a\nb"), Some("x".to_owned()));
    }
}
