//! The command line: one file per command, each turning its arguments into values of the library.

mod args;
mod asking;
mod audit_log;
#[cfg(feature = "live")]
mod call_log;
mod commands;
mod completing;
#[cfg(debug_assertions)]
mod fault_point;
mod host;
mod inputs;
#[cfg(feature = "live")]
mod live;
mod next_step;
mod output;
mod plan_digest;
mod saving;
mod simulated;
mod target;

use std::ffi::OsString;
use std::io;

use eksodus::hidden::is_hidden;

use args::{Cli, Command, Format, Global, Typed};
use host::Host;
use output::{CliError, Console, Exit, error};

/// What every command gets.
struct Context<'c> {
    global: &'c Global,
    host: &'c Host,
    console: &'c mut Console,
}

impl Context<'_> {
    /// To be lent, and had again.
    fn reborrow(&mut self) -> Context<'_> {
        Context { global: self.global, host: self.host, console: self.console }
    }

    /// # Errors
    /// When a format is asked for that is none of these.
    fn only(&self, command: &str, has: &'static [Format]) -> Result<(), CliError> {
        let format = self.global.output;
        match has.contains(&format) {
            true => Ok(()),
            false => Err(CliError::NoSuchFormat { command: command.to_owned(), format, has }),
        }
    }
}

/// Another command of this program, as if it had been typed.
fn typed<'a>(args: impl Iterator<Item = &'a str>, host: &Host) -> Exit {
    let args = ["eksodus"].into_iter().chain(args).map(OsString::from).collect();
    // nothing of the environment: what is shown is all there is
    match args::parse(args, &|_| None) {
        Ok(typed) => execute(typed, host),
        Err(told) => {
            error::tell_usage(&told, false);
            Exit::Usage
        }
    }
}

pub fn run() -> Exit {
    let typed: Vec<OsString> = std::env::args_os().collect();
    if completing::complete(&typed) {
        return Exit::Done;
    }
    match args::parse(typed, &Host::variable) {
        Ok(typed) => execute(typed, &Host::read()),
        Err(told) => {
            let has_hidden = |arg: OsString| arg.to_string_lossy().chars().any(is_hidden);
            error::tell_usage(&told, std::env::args_os().any(has_hidden));
            if told.use_stderr() && asks_for_json() {
                // stdout may be closed, and then nobody is told
                let _ = inputs::json(&error::ErrorView::of_usage(&told))
                    .map(|json| io::Write::write_all(&mut io::stdout(), json.as_bytes()));
            }
            if told.use_stderr() { Exit::Usage } else { Exit::Done }
        }
    }
}

fn execute(Typed { cli: Cli { global, command }, name }: Typed, host: &Host) -> Exit {
    let mut console = Console::new(host, &global);
    let context = Context { global: &global, host, console: &mut console };
    // before the name of the command, the option takes every format
    let offered = context.only(&name, Format::all_of(&name));
    let exit = match offered.and_then(|()| dispatch(command, context)) {
        Ok(exit) => exit,
        Err(error) => {
            console.error(&error);
            if global.output.is_json() {
                // that it cannot be told either changes nothing
                let _ = inputs::json(&error::ErrorView::of(&error)).and_then(|json| console.data(&json));
            }
            error.exit()
        }
    };
    console.exit(exit.code());
    exit
}

/// Whether the arguments, which could not be read, have `--output json` among them.
fn asks_for_json() -> bool {
    let args: Vec<OsString> = std::env::args_os().collect();
    let is_json = |value: &OsString| value == "json";
    args.windows(2).any(|pair| matches!(pair[0].to_str(), Some("-o" | "--output")) && is_json(&pair[1]))
        || args.iter().any(|arg| matches!(arg.to_str(), Some("-ojson" | "-o=json" | "--output=json")))
}

fn dispatch(command: Command, context: Context<'_>) -> Result<Exit, CliError> {
    use commands::{
        apply, assert, completions, decide, demo, explain, export, lint, man, plan, policies, prove,
        rehearse, replay, report, rollback, show, status, verify, who_can, whois,
    };
    match command {
        Command::Lint(args) => lint::run(args, context),
        Command::Whois(args) => whois::run(args, context),
        Command::Replay(args) => replay::run(args, context),
        Command::Explain(args) => explain::run(args, context),
        Command::WhoCan(args) => who_can::run(args, context),
        Command::Policies(args) => policies::run(args, context),
        Command::Assert(args) => assert::run(args, context),
        #[cfg(feature = "live")]
        Command::Snapshot(args) => commands::snapshot::run(args, context),
        Command::Plan(args) => plan::run(args, context),
        Command::Decide(args) => decide::run(args, context),
        Command::Show(args) => show::run(args, context),
        Command::Export(args) => export::run(args, context),
        Command::Report(args) => report::run(args, context),
        Command::Prove(args) => prove::run(args, context),
        Command::Apply(args) => apply::run(args, context),
        Command::Status(args) => status::run(args, context),
        Command::Verify(args) => verify::run(args, context),
        Command::Rollback(args) => rollback::run(args, context),
        Command::Rehearse(args) => rehearse::run(args, context),
        #[cfg(feature = "live")]
        Command::Simulate(args) => commands::simulate::run(args, context),
        Command::Demo(args) => demo::run(args, context),
        Command::Completions(args) => completions::run(args, context),
        Command::Man(args) => man::run(args, context),
    }
}
