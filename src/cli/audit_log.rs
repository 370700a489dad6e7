//! An audit log in, what it tells out.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use eksodus::audit::{Evidence, Logins, Reading, read_events};
use eksodus::files;

use super::output::CliError;
use super::{Context, args};

/// `None`: no log was named.
pub fn read(args: &args::Evidence, context: &mut Context<'_>) -> Result<Option<Evidence>, CliError> {
    let Some(path) = args.audit_log.as_deref() else { return Ok(None) };
    if is_stdin(path) && context.global.aws_auth.as_deref().is_some_and(is_stdin) {
        return Err(CliError::StdinTwice);
    }
    let mut logins = Logins::default();
    let read = open(path).and_then(|source| read_events(source, |event| logins.add(event)));
    let reading = read.map_err(|source| CliError::Read { path: path.to_owned(), source })?;
    tell(path, &reading, context);
    let evidence = Evidence::of(&reading, logins);
    if evidence.beyond > 0 {
        context.console.warn(&format!(
            "the audit log has more principals than there is room for: {} are known, and of {} requests nobody",
            evidence.logins.len(),
            evidence.beyond
        ));
    }
    Ok(Some(evidence))
}

pub fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-" || path == Path::new("/dev/stdin")
}

/// A log may be of any size, and may come through a pipe that somebody has opened for us.
pub fn open(path: &Path) -> io::Result<Box<dyn Read + Send>> {
    let is_open = ["/dev/fd", "/proc/self/fd"].iter().any(|opened| path.starts_with(opened));
    Ok(match path {
        path if is_stdin(path) => Box::new(io::stdin()),
        path if is_open => Box::new(File::open(path)?),
        path => Box::new(files::open(path)?),
    })
}

/// How much of it there is, and what of it could not be read.
fn tell(path: &Path, reading: &Reading, context: &mut Context<'_>) {
    let Reading { lines: _, events, repeated: _, others, broken, first_broken, cut, period } = reading;
    let console = &mut context.console;
    let name = path.display();
    match period {
        Some(period) => console.note(&format!("audit log: {events} requests, {period}")),
        None if *events > 0 => {
            console.warn(&format!("{name}: no event has a time, so nothing follows from it"))
        }
        None => console.warn(&format!("{name}: there is no audit event in it")),
    }
    if *others > 0 {
        console.note(&format!("{name}: lines that are no audit events: {others}"));
    }
    if *broken > 0 {
        console.warn(&format!("{name}: lines that could not be read: {broken}"));
        for it in first_broken {
            console.note(&format!("{name}:{}: {}", it.line, it.what));
        }
        if *events == 0 {
            console.hint(
                "one line is one event: of what the AWS CLI prints, pass what `jq -c '.events[]'` makes",
            );
        }
    }
    if let Some(cut) = cut {
        console.warn(&format!(
            "{name}: it ends early, after {} lines and {} bytes of text: {}",
            cut.lines, cut.bytes, cut.what
        ));
    }
}
