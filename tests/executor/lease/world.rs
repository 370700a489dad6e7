//! Machines with a clock each, and a server with one Lease, in a time that passes only when everybody waits.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use eksodus::kube::{KubeError, KubeErrorKind, Lease, LeaseApi};
use eksodus::lease::Elapsed;
use eksodus::world::Clock;
use jiff::{SignedDuration, Timestamp};

#[derive(Clone, Default)]
pub struct Time {
    now: Rc<Cell<Duration>>,
    alarms: Rc<RefCell<Vec<Duration>>>,
}

impl Time {
    pub fn now(&self) -> Duration {
        self.now.get()
    }

    async fn until(&self, end: Duration) {
        std::future::poll_fn(|_| {
            if self.now.get() >= end {
                return Poll::Ready(());
            }
            self.alarms.borrow_mut().push(end);
            Poll::Pending
        })
        .await;
    }

    /// Drives a future to its end; when nothing can go on, it is at once as late as the next one waits for.
    pub fn run<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        loop {
            self.alarms.borrow_mut().clear();
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                return output;
            }
            let next = self.alarms.borrow().iter().min().copied();
            self.now.set(next.expect("somebody waits for some time"));
        }
    }

    pub async fn sleep(&self, seconds: u64) {
        self.until(self.now() + Duration::from_secs(seconds)).await;
    }
}

/// Where an operator runs. Its monotonic clock began some time of its own ago; its wall clock says anything.
pub struct Machine {
    time: Time,
    up: Cell<Duration>,
    pub wall: Cell<Timestamp>,
    elapsed: Elapsed,
}

impl Machine {
    pub fn new(time: &Time) -> Self {
        let up = Duration::from_secs(1000);
        let wall: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let elapsed = Elapsed::since(up + time.now(), wall);
        Self { time: time.clone(), up: Cell::new(up), wall: Cell::new(wall), elapsed }
    }

    /// It sleeps, and its monotonic clock counts that: nothing of it runs meanwhile, and no alarm goes off for that long.
    pub fn suspend(&self, seconds: u64) {
        self.up.set(self.up.get() + Duration::from_secs(seconds));
    }

    pub fn jump(&self, seconds: i64) {
        self.wall.set(self.wall.get().checked_add(SignedDuration::from_secs(seconds)).unwrap());
    }
}

impl Clock for Machine {
    async fn sleep(&self, duration: Duration) {
        self.time.until(self.time.now() + duration).await;
    }

    fn elapsed(&self) -> Duration {
        self.up.get() + self.time.now()
    }

    fn elapsed_at_most(&self) -> Duration {
        self.elapsed.at(self.elapsed(), self.wall.get())
    }

    /// It stands still but for its jumps: the worst that others can see of it.
    fn now(&self) -> Timestamp {
        self.wall.get()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is done, and nobody hears of it.
    LostAnswer,
    /// It is not done.
    Fails(KubeErrorKind),
    Hangs,
}

/// The API server, as far as one Lease goes.
pub struct Server {
    time: Time,
    pub lease: RefCell<Option<Lease>>,
    version: Cell<u64>,
    /// Of the next writes, one each.
    pub writes: RefCell<VecDeque<Fault>>,
    /// Of every call, until it is taken away.
    pub always: Cell<Option<Fault>>,
}

impl Server {
    pub fn new(time: &Time) -> Self {
        Self {
            time: time.clone(),
            lease: RefCell::default(),
            version: Cell::default(),
            writes: RefCell::default(),
            always: Cell::default(),
        }
    }

    /// How many writes there were.
    pub fn version(&self) -> u64 {
        self.version.get()
    }

    pub fn holder(&self) -> Option<String> {
        self.lease.borrow().as_ref()?.holder.clone()
    }

    /// As somebody writes it past every rule.
    pub fn set(&self, holder: &str, renewed: &str) {
        let lease = Lease {
            holder: Some(holder.to_owned()),
            duration: Duration::from_secs(30),
            renewed: renewed.to_owned(),
            transitions: 7,
            resource_version: String::new(),
        };
        self.keep(lease);
    }

    fn keep(&self, lease: Lease) -> Lease {
        self.version.set(self.version.get() + 1);
        let lease = Lease { resource_version: self.version.get().to_string(), ..lease };
        *self.lease.borrow_mut() = Some(lease.clone());
        lease
    }

    async fn answer(
        &self,
        fault: Option<Fault>,
        done: impl FnOnce() -> Result<Lease, KubeErrorKind>,
    ) -> Result<Lease, KubeError> {
        // every call takes some time, in which others make theirs
        self.time.until(self.time.now() + Duration::from_millis(50)).await;
        let answer = match fault {
            None => done(),
            Some(Fault::LostAnswer) => done().and(Err(KubeErrorKind::Transport)),
            Some(Fault::Fails(kind)) => Err(kind),
            Some(Fault::Hangs) => {
                std::future::poll_fn(|_| Poll::<()>::Pending).await;
                Err(KubeErrorKind::Transport)
            }
        };
        answer.map_err(error)
    }

    fn fault(&self) -> Option<Fault> {
        self.always.get().or_else(|| self.writes.borrow_mut().pop_front())
    }
}

fn error(kind: KubeErrorKind) -> KubeError {
    KubeError { operation: "ReplaceLease", kind, message: "no luck".to_owned() }
}

impl LeaseApi for Server {
    async fn get_lease(&self, _: &str) -> Result<Option<Lease>, KubeError> {
        let none = Lease {
            holder: None,
            duration: Duration::ZERO,
            renewed: String::new(),
            transitions: 0,
            resource_version: "none".to_owned(),
        };
        let found =
            self.answer(self.always.get(), || Ok(self.lease.borrow().clone().unwrap_or(none))).await?;
        Ok(Some(found).filter(|lease| lease.resource_version != "none"))
    }

    async fn create_lease(&self, name: &str, lease: &Lease) -> Result<Lease, KubeError> {
        assert_eq!(name, "eksodus");
        self.answer(self.fault(), || {
            if self.lease.borrow().is_some() {
                return Err(KubeErrorKind::AlreadyExists);
            }
            Ok(self.keep(lease.clone()))
        })
        .await
    }

    async fn replace_lease(&self, name: &str, lease: &Lease) -> Result<Lease, KubeError> {
        assert_eq!(name, "eksodus");
        self.answer(self.fault(), || {
            let version = self.lease.borrow().as_ref().map(|lease| lease.resource_version.clone());
            match version {
                None => Err(KubeErrorKind::NotFound),
                Some(version) if version == lease.resource_version => Ok(self.keep(lease.clone())),
                Some(_) => Err(KubeErrorKind::Conflict),
            }
        })
        .await
    }
}
