//! The command line: one file per command, each turning its arguments into values of the library.

mod args;
mod audit_log;
#[cfg(feature = "live")]
mod call_log;
mod commands;
#[cfg(debug_assertions)]
mod fault_point;
mod host;
mod inputs;
#[cfg(feature = "live")]
mod live;
mod next_step;
mod output;
mod plan_digest;
mod simulated;
mod target;

use std::ffi::OsString;

use clap::Parser as _;
use eksodus::hidden::is_hidden;

use args::{Cli, Command, Format, Global};
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
    /// When Markdown is asked for, which only plans have.
    fn no_markdown(&self, command: &'static str) -> Result<(), CliError> {
        match self.global.output {
            Format::Text | Format::Json => Ok(()),
            Format::Markdown => Err(CliError::NoMarkdown { command }),
        }
    }
}

pub fn run() -> Exit {
    let Cli { global, command } = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(told) => {
            let has_hidden = |arg: OsString| arg.to_string_lossy().chars().any(is_hidden);
            error::tell_usage(&told, std::env::args_os().any(has_hidden));
            return if told.use_stderr() { Exit::Usage } else { Exit::Done };
        }
    };
    let host = Host::read();
    let mut console = Console::new(&host, &global);
    match dispatch(command, Context { global: &global, host: &host, console: &mut console }) {
        Ok(exit) => exit,
        Err(error) => {
            console.error(&error);
            error.exit()
        }
    }
}

fn dispatch(command: Command, context: Context<'_>) -> Result<Exit, CliError> {
    use commands::{
        apply, assert, completions, explain, lint, man, plan, policies, prove, rehearse, replay, rollback,
        show, status, verify, who_can, whois,
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
        Command::Show(args) => show::run(args, context),
        Command::Prove(args) => prove::run(args, context),
        Command::Apply(args) => apply::run(args, context),
        Command::Status(args) => status::run(args, context),
        Command::Verify(args) => verify::run(args, context),
        Command::Rollback(args) => rollback::run(args, context),
        Command::Rehearse(args) => rehearse::run(args, context),
        #[cfg(feature = "live")]
        Command::Simulate(args) => commands::simulate::run(args, context),
        Command::Completions(args) => completions::run(args, context),
        Command::Man(args) => man::run(args, context),
    }
}
