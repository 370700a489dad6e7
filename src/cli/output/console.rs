use std::io::{self, BufRead, Write, stderr, stdin, stdout};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use eksodus::render::{Page, Redactor, escape};
use jiff::Timestamp;

use super::bar::Bar;
use super::error::CliError;
use super::events::{Level, Line, What};
use super::in_one_line;
use crate::cli::args::{Global, LogFormat};
use crate::cli::host::Host;

/// The one writer: data to stdout, everything else to stderr.
pub struct Console {
    out: AutoStream<io::Stdout>,
    err: AutoStream<io::Stderr>,
    quiet: bool,
    pub verbose: bool,
    /// stderr is lines of JSON.
    is_json: bool,
    redactor: Option<Redactor>,
    can_ask: bool,
    /// In columns.
    width: usize,
    /// stderr is a terminal, where a long line would be cut anywhere.
    wraps: bool,
    bar: Bar,
}

/// What is told while a command waits, and nobody holds the console.
#[cfg(feature = "live")]
pub struct Aside {
    quiet: bool,
    redacted: bool,
    is_json: bool,
    bar: Bar,
}

#[cfg(feature = "live")]
impl Aside {
    /// `detail` may name accounts, and is left out where those are hidden.
    pub fn note(&self, text: &str, detail: Option<&str>) {
        if self.quiet {
            return;
        }
        let line = match detail.filter(|_| !self.redacted) {
            Some(detail) => format!("{text} ({detail})"),
            None => text.to_owned(),
        };
        let line = match self.is_json {
            true => {
                let what = What::Message { level: Level::Note, text: &line };
                eksodus::json::line(&Line::new(Timestamp::now(), what))
                    .unwrap_or_default()
                    .trim_end()
                    .to_owned()
            }
            false => escape::terminal(&line).into_owned(),
        };
        // nobody may be left to be told
        let _ = self.bar.hidden_while(|| writeln!(stderr(), "{line}"));
    }
}

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

impl Console {
    pub fn new(host: &Host, global: &Global) -> Self {
        Self {
            out: AutoStream::new(stdout(), host.stdout_color(global.color)),
            err: AutoStream::new(stderr(), host.stderr_color(global.color)),
            quiet: global.quiet,
            verbose: global.verbose,
            is_json: global.log_format == LogFormat::Json,
            redactor: global.redact.then(Redactor::default),
            // a question is no event, and whoever reads events answers none
            can_ask: host.stdin_is_terminal && global.log_format == LogFormat::Text,
            width: host.width,
            wraps: host.stderr_is_terminal,
            bar: Bar::new(
                host.stderr_is_terminal
                    && !global.quiet
                    && !global.redact
                    && global.log_format == LogFormat::Text,
            ),
        }
    }

    /// Fixes the numbers of the accounts, so that every view of one plan has the same.
    pub fn seed_redaction(&mut self, text: impl FnOnce() -> String) {
        if self.redactor.is_some() {
            self.redactor = Some(Redactor::seeded(&text()));
        }
    }

    /// What was asked for. A page has colours of ours; of any other text each line is escaped, so that there is no way for
    /// somebody else's text to a terminal but as text.
    ///
    /// # Errors
    /// When stdout cannot be written; a reader that has gone away, such as `head`, is no error.
    pub fn data(&mut self, page: impl Into<Page>) -> Result<(), CliError> {
        let text = page.into().at(self.width);
        let text = self.redacted(&text);
        self.out(text.as_bytes())
    }

    /// A script for a shell, or a page for `man`, made of our own words alone.
    ///
    /// # Errors
    /// As [`Self::data`].
    pub fn script(&mut self, generated: &[u8]) -> Result<(), CliError> {
        self.out(generated)
    }

    fn out(&mut self, bytes: &[u8]) -> Result<(), CliError> {
        match self.out.write_all(bytes).and_then(|()| self.out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CliError::Stdout(error)),
            _ => Ok(()),
        }
    }

    /// What goes on; silent with `--quiet`.
    pub fn note(&mut self, text: &str) {
        if !self.quiet {
            self.say(Level::Note, "", text);
        }
    }

    pub fn warn(&mut self, text: &str) {
        self.say(Level::Warning, &format!("{WARNING}warning{WARNING:#}: "), text);
    }

    pub fn hint(&mut self, text: &str) {
        self.say(Level::Hint, &format!("{HINT}hint{HINT:#}: "), text);
    }

    fn say(&mut self, level: Level, before: &str, text: &str) {
        match self.is_json {
            true => self.event(What::Message { level, text: text.trim() }),
            false => {
                let line = format!("{before}{}", escape::terminal(text));
                let line = if self.wraps { wrapped(&line, self.width) } else { line };
                self.tell(&line);
            }
        }
    }

    /// Whether stderr is lines of JSON; then each of them is an event.
    pub fn is_json(&self) -> bool {
        self.is_json
    }

    /// A line of JSON; silent with `--quiet`, unless somebody has to know.
    pub fn event(&mut self, what: What<'_>) {
        let is_wanted = match &what {
            What::Message { level, .. } => *level != Level::Note || !self.quiet,
            _ => !self.quiet,
        };
        if !is_wanted {
            return;
        }
        // what has no keys but names can be written
        if let Ok(line) = eksodus::json::line(&Line::new(Timestamp::now(), what)) {
            self.tell(line.trim_end());
        }
    }

    /// The end of what is told.
    pub fn exit(&mut self, code: u8) {
        if self.is_json {
            self.event(What::Exit { code });
        }
    }

    pub fn error(&mut self, error: &CliError) {
        self.complain(&in_one_line(error));
        if let Some(hint) = error.hint() {
            self.hint(&hint);
        }
    }

    pub fn complain(&mut self, text: &str) {
        self.say(Level::Error, &format!("{ERROR}error{ERROR:#}: "), text);
    }

    /// Lines to be read before a question is answered.
    pub fn page(&mut self, page: impl Into<Page>) {
        let text = page.into().at(self.width);
        match self.is_json {
            true => {
                let text = anstream::adapter::strip_str(&text).to_string();
                self.event(What::Message { level: Level::Note, text: text.trim_end() });
            }
            false => self.tell(text.trim_end_matches('\n')),
        }
    }

    pub fn bar(&self) -> &Bar {
        &self.bar
    }

    /// Notes for when the console is in other hands.
    #[cfg(feature = "live")]
    pub fn aside(&self) -> Aside {
        Aside {
            quiet: self.quiet,
            redacted: self.redactor.is_some(),
            is_json: self.is_json,
            bar: self.bar.clone(),
        }
    }

    /// A question to be answered with one word, such as `yes` or the name of a cluster. Anything else is no, and so is a
    /// stdin that nobody types on. `what`: how the word is called.
    pub fn confirm(&mut self, question: &str, what: &str, word: &str) -> bool {
        if !self.can_ask {
            return false;
        }
        let question = self.redacted(&escape::terminal(&format!("{question} Type {what} to continue: ")));
        let _ = self.err.write_all(question.as_bytes()).and_then(|()| self.err.flush());
        let mut answer = String::new();
        stdin().lock().read_line(&mut answer).is_ok() && answer.trim() == word
    }

    /// The line that is typed behind a prompt; `None`: nobody types any more.
    pub fn ask(&mut self, prompt: &str) -> Option<String> {
        let prompt = self.redacted(&escape::terminal(prompt));
        let _ = self.err.write_all(prompt.as_bytes()).and_then(|()| self.err.flush());
        let mut answer = String::new();
        let read = stdin().lock().read_line(&mut answer).ok()?;
        (read > 0).then_some(answer)
    }

    pub fn can_ask(&self) -> bool {
        self.can_ask
    }

    fn tell(&mut self, line: &str) {
        let line = self.redacted(line);
        let err = &mut self.err;
        // nobody may be left to be told
        let _ = self.bar.hidden_while(|| writeln!(err, "{line}"));
    }

    /// With account ids hidden, where they are to be: for what is escaped in a way in which they would not be found again.
    pub fn redacted(&mut self, text: &str) -> String {
        match &mut self.redactor {
            Some(redactor) => redactor.redact(text),
            None => text.to_owned(),
        }
    }
}

/// At its spaces, below itself; a word that is longer stays whole.
fn wrapped(line: &str, width: usize) -> String {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let options = textwrap::Options::new(width.max(indent + 24))
        .subsequent_indent(&line[..indent])
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .break_words(false)
        .wrap_algorithm(textwrap::WrapAlgorithm::FirstFit);
    textwrap::fill(line, options)
}
