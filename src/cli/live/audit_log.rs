//! The audit log of a live cluster, from CloudWatch Logs.

use std::panic::resume_unwind;
use std::rc::Rc;
use std::time::Duration;

use eksodus::audit::{AuditEvent, Reading, paged_log, read_events};
use eksodus::eks::aws::{Aws, AwsOptions};
use eksodus::eks::log_group;
use eksodus::model::ClusterId;
use eksodus::observe::audit_log;
use eksodus::world::Clock as _;
use jiff::{SignedDuration, Timestamp};
use tokio::runtime::{Builder, Runtime};

use super::clock::SleepProof;
use super::connect::options;
use super::error::LiveError;
use super::waiting::Waiting;
use crate::cli::Context;
use crate::cli::output::{CliError, Console};

/// How often it is told how far the log is read.
const STRIDE: Duration = Duration::from_secs(15);

/// What reads the log: AWS alone, for Kubernetes is not asked.
pub struct LiveLog {
    runtime: Runtime,
    aws: Aws,
    waiting: Rc<Waiting>,
    clock: SleepProof,
}

impl LiveLog {
    /// As whoever looks at the cluster; reading has the whole time of `--timeout` to itself.
    pub fn connect(name: &str, context: &Context<'_>) -> Result<Self, CliError> {
        let (global, host) = (context.global, context.host);
        let runtime = Builder::new_current_thread().enable_all().build().map_err(LiveError::Runtime)?;
        let waiting = Rc::new(Waiting::new(global.timeout.map(Duration::from_secs), context.console.aside()));
        // the log is of the caller's own account
        let options = AwsOptions { accounts: Vec::new(), ..options(name, global, host)? };
        let aws = runtime.block_on(waiting.look(Aws::connect(&options))).map_err(LiveError::Aws)?;
        let aws = aws.carried_by(Rc::<Waiting>::clone(&waiting));
        Ok(Self { runtime, aws, clock: SleepProof::start(Rc::clone(&waiting)), waiting })
    }

    /// The log of the last days, which is read on another thread while the next page is asked for.
    pub fn read(
        &self,
        id: &ClusterId,
        days: u16,
        console: &mut Console,
        each: impl FnMut(&AuditEvent<'_>) + Send,
    ) -> Result<Reading, CliError> {
        let until = self.clock.now();
        let long = SignedDuration::from_hours(24 * i64::from(days));
        let from = until.checked_sub(long).unwrap_or(Timestamp::UNIX_EPOCH);
        let group = log_group(&id.name);
        let last = if days == 1 { "day".to_owned() } else { format!("{days} days") };
        console.note(&format!("reading {group} of the last {last}"));
        let (pages, log) = paged_log();
        std::thread::scope(|scope| {
            let reading = scope.spawn(move || read_events(log, each));
            let (mut events, mut due) = (0, self.clock.elapsed() + STRIDE);
            let asked = audit_log(&self.aws, &self.clock, (from, until), |page| {
                events += page.len();
                if self.clock.elapsed() >= due {
                    due += STRIDE;
                    console.note(&format!("{group}: {events} events so far"));
                }
                pages.hand_over(page)
            });
            let asked = self.runtime.block_on(self.waiting.look(asked));
            drop(pages);
            let reading = reading.join().unwrap_or_else(|panic| resume_unwind(panic));
            asked.map_err(|source| LiveError::AuditLog { id: Box::new(id.clone()), source })?;
            reading.map_err(|source| CliError::Read { path: group.into(), source })
        })
    }
}
