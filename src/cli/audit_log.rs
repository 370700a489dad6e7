//! An audit log in, what it tells out.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use eksodus::audit::{AuditEvent, Evidence, Logins, Reading, read_events};
#[cfg(feature = "live")]
use eksodus::eks::log_group;
use eksodus::files;
#[cfg(feature = "live")]
use eksodus::session::SessionError;
use eksodus::snapshot::Snapshot;

#[cfg(feature = "live")]
use super::live::LiveLog;
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
    Ok(Some(told(&path.display().to_string(), &reading, logins, context)))
}

/// That of a file, or that of `--audit-days`, which the cluster is known for by now; `None`: no log was named.
pub fn or_of_days(
    of_file: Option<Evidence>,
    args: &args::Evidence,
    snapshot: &Snapshot,
    context: &mut Context<'_>,
) -> Result<Option<Evidence>, CliError> {
    let Some(days) = args.audit_days else { return Ok(of_file) };
    let mut logins = Logins::default();
    let (name, reading) = of_days(days, snapshot, context, |event| logins.add(event))?;
    let evidence = told(&name, &reading, logins, context);
    if reading.events == 0 {
        context.console.hint("is audit logging on? See `aws eks describe-cluster`, under logging");
    }
    Ok(Some(evidence))
}

/// Each request of the last days, from CloudWatch Logs; with the name of the log group.
#[cfg(feature = "live")]
pub fn of_days(
    days: u16,
    snapshot: &Snapshot,
    context: &mut Context<'_>,
    each: impl FnMut(&AuditEvent<'_>) + Send,
) -> Result<(String, Reading), CliError> {
    // a live cluster is always known
    let id = snapshot.cluster.as_ref().map(|cluster| &cluster.id).ok_or(SessionError::NoCluster)?;
    let reading = LiveLog::connect(&id.name, context)?.read(id, days, context.console, each)?;
    Ok((log_group(&id.name), reading))
}

#[cfg(not(feature = "live"))]
pub fn of_days(
    _: u16,
    _: &Snapshot,
    _: &mut Context<'_>,
    _: impl FnMut(&AuditEvent<'_>) + Send,
) -> Result<(String, Reading), CliError> {
    Err(CliError::NotLive)
}

/// What a log says of logins, and how much of it there is.
fn told(name: &str, reading: &Reading, logins: Logins, context: &mut Context<'_>) -> Evidence {
    tell(name, reading, context);
    let evidence = Evidence::of(reading, logins);
    if evidence.beyond > 0 {
        context.console.warn(&format!(
            "the audit log has too many principals: {} are kept, and {} requests of others are ignored",
            evidence.logins.len(),
            evidence.beyond
        ));
    }
    evidence
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
fn tell(name: &str, reading: &Reading, context: &mut Context<'_>) {
    let Reading { lines: _, events, repeated: _, others, broken, first_broken, cut, period } = reading;
    let console = &mut context.console;
    match period {
        Some(period) => console.note(&format!("audit log: {events} requests, {period}")),
        None if *events > 0 => console.warn(&format!("{name}: no event has a time, so the log is not used")),
        None => console.warn(&format!("{name}: there is no audit event in it")),
    }
    if *others > 0 {
        console.note(&format!("{name}: lines that are not audit events: {others}"));
    }
    if *broken > 0 {
        console.warn(&format!("{name}: unreadable lines: {broken}"));
        for it in first_broken {
            console.note(&format!("{name}:{}: {}", it.line, it.what));
        }
        if *events == 0 {
            console.hint("each line is one event: filter the output of the AWS CLI with `jq -c '.events[]'`");
        }
    }
    if let Some(cut) = cut {
        console.warn(&format!(
            "{name}: it ends early, after {} lines and {} bytes of text: {}",
            cut.lines, cut.bytes, cut.what
        ));
    }
}
