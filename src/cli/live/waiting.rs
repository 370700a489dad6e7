//! What a command waits for: told after a while, and not for ever.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::pin;
use std::time::Duration;

use eksodus::carrier::Carrier;
use futures_util::future::{Either, LocalBoxFuture, select};
use tokio::time::Instant;

use crate::cli::output::Aside;

/// Without `--timeout`: what it takes to look at the largest clusters that EKS is throttled for, and then some.
pub const TIMEOUT: Duration = Duration::from_secs(900);
/// One read with all its tries. A server that hangs costs no more than this and the try that it began with.
const READ: Duration = Duration::from_secs(90);
/// When it is first told what is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// What has failed, and is not tried again in so long, is waited for no more.
const FORGOTTEN: Duration = Duration::from_secs(35);

/// The calls of one command that have no answer yet.
pub struct Waiting {
    /// All the time that looking may take.
    whole: Cell<Duration>,
    /// Of it, what is used up.
    used: Cell<Duration>,
    /// When it is over; `None` while the run goes on, which ends between two calls and nowhere else.
    until: Cell<Option<Instant>>,
    calls: RefCell<BTreeMap<&'static str, Unanswered>>,
    aside: Aside,
}

/// The calls of one operation.
struct Unanswered {
    since: Instant,
    under_way: usize,
    /// When the last try failed, and why.
    failed: Option<(Instant, String)>,
    /// After how long it is told next.
    next: Duration,
}

impl Unanswered {
    fn new() -> Self {
        Self { since: Instant::now(), under_way: 0, failed: None, next: PATIENCE }
    }
}

impl Waiting {
    pub fn new(timeout: Option<Duration>, aside: Aside) -> Self {
        Self {
            whole: Cell::new(timeout.unwrap_or(TIMEOUT)),
            used: Cell::default(),
            until: Cell::default(),
            calls: RefCell::default(),
            aside,
        }
    }

    /// How long one read may take, with all its tries.
    pub fn of_a_read(&self) -> Duration {
        self.whole.get().min(READ)
    }

    /// From now on looking may take all of its time again.
    pub fn renew(&self) {
        self.used.take();
    }

    /// Somebody asked for something that takes so long.
    pub fn allow(&self, more: Duration) {
        self.whole.set(self.whole.get().saturating_add(more));
    }

    /// What `future` waits for is told meanwhile, and given up when the time for looking is over.
    pub async fn look<F: Future>(&self, future: F) -> F::Output {
        let begin = Instant::now();
        self.until.set(begin.checked_add(self.whole.get().saturating_sub(self.used.get())));
        let output = self.told(future).await;
        self.until.take();
        self.used.set(self.used.get() + begin.elapsed());
        output
    }

    /// The same without an end.
    pub async fn told<F: Future>(&self, future: F) -> F::Output {
        // futures of the AWS clients are large, and are moved when they are wrapped
        match select(Box::pin(future), pin!(self.tell())).await {
            Either::Left((output, _)) => output,
            Either::Right((never, _)) => match never {},
        }
    }

    /// Between two tries, or two looks. It ends when the time is over, so that the next call can say so.
    pub async fn sleep(&self, duration: Duration) {
        match self.until.get() {
            Some(until) => drop(tokio::time::timeout_at(until, tokio::time::sleep(duration)).await),
            None => tokio::time::sleep(duration).await,
        }
    }

    fn given_up(&self, operation: &str) -> String {
        let mut message = format!("stopped: the --timeout of {} s is over", self.whole.get().as_secs());
        if let Some((_, why)) = self.calls.borrow().get(operation).and_then(|it| it.failed.as_ref()) {
            message = format!("{message}; {why}");
        }
        message
    }

    async fn tell(&self) -> Infallible {
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            self.calls.borrow_mut().retain(|_, it| {
                let is_recent = |(at, _): &(Instant, String)| at.elapsed() < FORGOTTEN;
                it.under_way > 0 || it.failed.as_ref().is_some_and(is_recent)
            });
            for (operation, it) in self.calls.borrow_mut().iter_mut() {
                let waited = it.since.elapsed();
                if waited < it.next {
                    continue;
                }
                it.next = waited + waited.clamp(Duration::from_secs(10), Duration::from_secs(60));
                let why = it.failed.as_ref().map(|(_, why)| why.as_str());
                self.aside.note(&self.words(operation, waited), why);
            }
        }
    }

    fn words(&self, operation: &str, waited: Duration) -> String {
        let waited = waited.as_secs();
        match self.until.get() {
            Some(until) => {
                let left = until.saturating_duration_since(Instant::now()).as_secs();
                format!("waiting for {operation}, for {waited} s; {left} s left")
            }
            None => format!("waiting for {operation}, for {waited} s"),
        }
    }
}

impl Carrier for Waiting {
    fn carry<'c>(
        &'c self,
        operation: &'static str,
        call: LocalBoxFuture<'c, Option<String>>,
    ) -> LocalBoxFuture<'c, Result<(), String>> {
        Box::pin(async move {
            if self.until.get().is_some_and(|until| until <= Instant::now()) {
                return Err(self.given_up(operation));
            }
            let under_way = UnderWay::begin(self, operation);
            let ended = match self.until.get() {
                Some(until) => tokio::time::timeout_at(until, call).await.ok(),
                None => Some(call.await),
            };
            let given_up = ended.is_none().then(|| self.given_up(operation));
            under_way.end(ended.flatten().as_deref());
            given_up.map_or(Ok(()), Err)
        })
    }
}

/// A call that may be left at any time.
struct UnderWay<'w> {
    waiting: &'w Waiting,
    operation: &'static str,
}

impl<'w> UnderWay<'w> {
    fn begin(waiting: &'w Waiting, operation: &'static str) -> Self {
        let mut calls = waiting.calls.borrow_mut();
        calls.entry(operation).or_insert_with(Unanswered::new).under_way += 1;
        Self { waiting, operation }
    }

    /// `failed`: nobody answered. An answer for one is a sign of life for all of the operation.
    fn end(self, failed: Option<&str>) {
        // given back before the call itself is dropped
        if let Some(it) = self.waiting.calls.borrow_mut().get_mut(self.operation) {
            match failed {
                Some(why) => {
                    let why = why.strip_prefix(self.operation).unwrap_or(why).trim_start_matches(": ");
                    it.failed = Some((Instant::now(), format!("the last attempt: {why}")));
                }
                None => *it = Unanswered { under_way: it.under_way, ..Unanswered::new() },
            }
        }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        if let Some(it) = self.waiting.calls.borrow_mut().get_mut(self.operation) {
            it.under_way = it.under_way.saturating_sub(1);
        }
    }
}
