//! What a command waits for: told after a while, and not for ever.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Display;
use std::pin::pin;
use std::time::Duration;

use eksodus::eks::aws::NoEndpoint;
use eksodus::eks::{AwsError, AwsErrorKind};
use eksodus::kube::client::ConnectError;
use eksodus::kube::{KubeError, KubeErrorKind};
use futures_util::future::{Either, select};
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

/// An error of a port.
pub trait OfCall: Display + Sized {
    fn given_up(operation: &'static str, message: String) -> Self;
    /// Nobody answered, or only to say that the call may be made again.
    fn is_no_answer(&self) -> bool;
}

impl OfCall for AwsError {
    fn given_up(operation: &'static str, message: String) -> Self {
        Self { operation, kind: AwsErrorKind::Unanswered, message }
    }

    fn is_no_answer(&self) -> bool {
        self.is_retryable()
    }
}

impl OfCall for NoEndpoint {
    fn given_up(operation: &'static str, message: String) -> Self {
        AwsError::given_up(operation, message).into()
    }

    fn is_no_answer(&self) -> bool {
        matches!(self, Self::Aws(error) if error.is_no_answer())
    }
}

impl OfCall for ConnectError {
    fn given_up(operation: &'static str, message: String) -> Self {
        Self::Setup(format!("{operation}: {message}"))
    }

    fn is_no_answer(&self) -> bool {
        false
    }
}

impl OfCall for KubeError {
    fn given_up(operation: &'static str, message: String) -> Self {
        Self { operation, kind: KubeErrorKind::Unanswered, message }
    }

    fn is_no_answer(&self) -> bool {
        self.is_retryable()
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

    /// One try of a call.
    pub async fn call<T, E: OfCall>(
        &self,
        operation: &'static str,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        if self.until.get().is_some_and(|until| until <= Instant::now()) {
            return Err(self.given_up(operation));
        }
        let under_way = UnderWay::begin(self, operation);
        let call = Box::pin(call);
        let answer = match self.until.get() {
            Some(until) => match tokio::time::timeout_at(until, call).await {
                Ok(answer) => answer,
                Err(_) => Err(self.given_up(operation)),
            },
            None => call.await,
        };
        under_way.end(answer.as_ref().err().filter(|error| error.is_no_answer()));
        answer
    }

    /// Between two tries, or two looks. It ends when the time is over, so that the next call can say so.
    pub async fn sleep(&self, duration: Duration) {
        match self.until.get() {
            Some(until) => drop(tokio::time::timeout_at(until, tokio::time::sleep(duration)).await),
            None => tokio::time::sleep(duration).await,
        }
    }

    fn given_up<E: OfCall>(&self, operation: &'static str) -> E {
        let mut message = format!("given up: the {} s of --timeout are over", self.whole.get().as_secs());
        if let Some((_, why)) = self.calls.borrow().get(operation).and_then(|it| it.failed.as_ref()) {
            message = format!("{message}; {why}");
        }
        E::given_up(operation, message)
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
                format!("waiting for {operation}, for {waited} s; at the latest it is given up in {left} s")
            }
            None => format!("waiting for {operation}, for {waited} s"),
        }
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
    fn end(self, failed: Option<&impl Display>) {
        // given back before the call itself is dropped
        if let Some(it) = self.waiting.calls.borrow_mut().get_mut(self.operation) {
            match failed {
                Some(why) => {
                    let why = why.to_string();
                    let why = why.strip_prefix(self.operation).unwrap_or(&why).trim_start_matches(": ");
                    it.failed = Some((Instant::now(), format!("the last try: {why}")));
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
