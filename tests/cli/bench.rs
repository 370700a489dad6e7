use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::written::{is_as_the_schemas_say, is_of_a_test};

/// An empty working directory, and the binary run in it with nothing else around.
pub struct Bench {
    dir: TempDir,
}

/// What a run printed and ended with.
pub struct Ran {
    pub stdout: String,
    pub stderr: String,
    pub code: Option<i32>,
}

impl Bench {
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        let mut file = fs::File::create(&path).unwrap();
        std::io::Write::write_all(&mut file, content.as_ref()).unwrap();
        is_of_a_test(content.as_ref());
        path
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// A copy of a folder of `fixtures`.
    pub fn copy(&self, fixture: &str, name: &str) -> PathBuf {
        let to = self.path(name);
        copy_folder(&fixture_path(fixture), &to);
        to
    }

    /// The binary, to be given more than arguments.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_eksodus"));
        command.env_clear().env("HOSTNAME", "bench").current_dir(self.dir.path()).args(args);
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_with(self.command(args), b"")
    }

    pub fn run_with(&self, command: Command, stdin: &[u8]) -> Ran {
        let args: Vec<String> = command.get_args().map(|arg| arg.to_string_lossy().into_owned()).collect();
        let output = assert_cmd::Command::from_std(command).write_stdin(stdin).output().unwrap();
        is_as_the_schemas_say(&args, &output.stdout, &output.stderr, self.dir.path());
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).unwrap();
            text.replace(&*self.dir.path().to_string_lossy(), "[DIR]")
        };
        Ran { stdout: text(output.stdout), stderr: text(output.stderr), code: output.status.code() }
    }
}

impl Ran {
    /// Everything, for a snapshot.
    pub fn all(&self) -> String {
        let Self { stdout, stderr, code } = self;
        let code = code.map_or("killed".to_owned(), |code| code.to_string());
        without_times(&without_digests(&format!(
            "exit code: {code}\n--- stdout\n{stdout}--- stderr\n{stderr}"
        )))
    }

    /// Without what was printed to stdout.
    pub fn told(&self) -> String {
        let Self { stdout: _, stderr, code } = self;
        format!("{code:?}\n{stderr}")
    }
}

/// Digests change with every change of the planner, and nobody reads them: whole or short, they become `[digest]`.
pub fn without_digests(text: &str) -> String {
    let is_digest = |word: &str| {
        matches!(word.len(), 12 | 64)
            && word.bytes().all(|b| b.is_ascii_hexdigit())
            && word.bytes().any(|b| b.is_ascii_alphabetic())
    };
    let mut shown = String::new();
    for piece in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let word = piece.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let rest = &piece[word.len()..];
        shown.push_str(if is_digest(word) { "[digest]" } else { word });
        shown.push_str(rest);
    }
    shown
}

/// Every run is at another time: RFC 3339 to the millisecond becomes `[time]`.
pub fn without_times(text: &str) -> String {
    const SHAPE: &[u8] = b"0000-00-00T00:00:00.000Z";
    let is_time = |text: &str| {
        text.bytes()
            .zip(SHAPE)
            .all(|(b, shape)| if *shape == b'0' { b.is_ascii_digit() } else { b == *shape })
    };
    let (mut shown, mut rest) = (String::new(), text);
    while !rest.is_empty() {
        if rest.get(..SHAPE.len()).is_some_and(is_time) {
            shown.push_str("[time]");
            rest = &rest[SHAPE.len()..];
        } else if let Some(char) = rest.chars().next() {
            shown.push(char);
            rest = &rest[char.len_utf8()..];
        }
    }
    shown
}

pub fn fixture_path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
