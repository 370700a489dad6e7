//! The Lease on a real API server, with clocks that run five times as fast.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use eksodus::kube::TokenSource;
use eksodus::kube::client::{KubeClient, Login};
use eksodus::lease::{Lost, NotTaken, Operator};
use eksodus::world::Clock;
use futures_util::future::{BoxFuture, join};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::servers::apiserver::{ADMIN, ApiServer};

const FASTER: u32 = 5;
const PATH: &str = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/eksodus";

struct Fast(Instant);

impl Clock for Fast {
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration / FASTER).await;
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed() * FASTER
    }

    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

struct Token(String);

impl TokenSource for Token {
    fn token(&self) -> BoxFuture<'_, Result<String, String>> {
        Box::pin(async { Ok(self.0.clone()) })
    }
}

struct Ground {
    server: &'static ApiServer,
    clock: Fast,
    runtime: Runtime,
    /// There is one Lease.
    _alone: MutexGuard<'static, ()>,
}

impl Ground {
    fn new(test: &str) -> Option<Self> {
        static ALONE: Mutex<()> = Mutex::new(());
        let server = ApiServer::shared(test)?;
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let (status, answer) = server.request(ADMIN, "DELETE", PATH, None);
        assert!(matches!(status, 200 | 404), "{answer}");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Some(Self { server, clock: Fast(Instant::now()), runtime, _alone: alone })
    }

    fn client(&self, user: &str) -> KubeClient {
        let tokens = Arc::new(Token(self.server.token(user)));
        let login = Login::Token {
            endpoint: self.server.endpoint().to_owned(),
            ca: self.server.ca().as_bytes().to_vec(),
            tokens,
        };
        self.runtime.block_on(KubeClient::connect(login)).unwrap()
    }

    /// Past the code under test, and past the runtime that it is on.
    fn request(&self, method: &str, body: Option<&Value>) -> (u16, Value) {
        std::thread::scope(|scope| {
            scope.spawn(|| self.server.request(ADMIN, method, PATH, body)).join().unwrap()
        })
    }

    /// As the server has it.
    fn lease(&self) -> Value {
        self.request("GET", None).1["spec"].clone()
    }
}

#[test]
fn one_at_a_time_and_the_next_at_once_when_it_is_given_back() {
    let Some(ground) = Ground::new("one_at_a_time_and_the_next_at_once_when_it_is_given_back") else {
        return;
    };
    let (alice, bob, clock) = (ground.client(ADMIN), ground.client(ADMIN), &ground.clock);
    ground.runtime.block_on(async {
        let first = Operator::take(&alice, clock, "alice@laptop", |_| {}).await.unwrap();
        let lease = ground.lease();
        assert!(lease["holderIdentity"].as_str().unwrap().starts_with("alice@laptop"), "{lease}");
        assert_eq!(lease["leaseDurationSeconds"], 30);
        let refused = first.keep(&alice, clock, Operator::take(&bob, clock, "bob@runner", |_| {})).await;
        let refused = refused.unwrap_err();
        assert!(matches!(refused, NotTaken::Held(_)), "{refused}");
        assert!(refused.to_string().starts_with("alice@laptop"), "{refused}");
        assert_ne!(ground.lease()["renewTime"], lease["renewTime"]);
        first.give_back(&alice, clock).await.unwrap();

        let began = clock.elapsed();
        let second = Operator::take(&bob, clock, "bob@runner", |_| {}).await.unwrap();
        assert!((clock.elapsed() - began).as_secs() < 20, "nobody is watched");
        assert_eq!(ground.lease()["leaseTransitions"], 1);
        second.give_back(&bob, clock).await.unwrap();
        assert_eq!(ground.lease()["holderIdentity"], Value::Null);
    });
}

#[test]
fn of_two_that_begin_at_once_one_is_refused() {
    let Some(ground) = Ground::new("of_two_that_begin_at_once_one_is_refused") else { return };
    let (one, two, clock) = (ground.client(ADMIN), ground.client(ADMIN), &ground.clock);
    let work = async |client: &KubeClient, identity| {
        let operator = Operator::take(client, clock, identity, |_| {}).await?;
        operator.keep(client, clock, clock.sleep(Duration::from_secs(25))).await;
        assert_eq!(operator.lost(clock), None);
        Ok::<_, NotTaken>(())
    };
    let (one, two) = ground.runtime.block_on(join(work(&one, "one"), work(&two, "two")));
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
}

#[test]
fn one_that_vanished_is_followed_and_learns_of_it_when_it_comes_back() {
    let test = "one_that_vanished_is_followed_and_learns_of_it_when_it_comes_back";
    let Some(ground) = Ground::new(test) else { return };
    let (alice, bob, clock) = (ground.client(ADMIN), ground.client(ADMIN), &ground.clock);
    ground.runtime.block_on(async {
        let vanished = Operator::take(&alice, clock, "alice@laptop", |_| {}).await.unwrap();
        let began = clock.elapsed();
        let second = Operator::take(&bob, clock, "bob@runner", |_| {}).await.unwrap();
        assert!((clock.elapsed() - began).as_secs() >= 30);
        let lost = vanished.keep(&alice, clock, async { vanished.lost(clock) }).await;
        assert!(matches!(&lost, Some(Lost::Taken { by }) if by.starts_with("bob@runner")), "{lost:?}");
        vanished.give_back(&alice, clock).await.unwrap();
        assert!(ground.lease()["holderIdentity"].as_str().unwrap().starts_with("bob@runner"));
        assert_eq!(second.lost(clock), None);
    });
}

#[test]
fn a_label_on_it_does_no_harm_nor_does_deleting_it() {
    let Some(ground) = Ground::new("a_label_on_it_does_no_harm_nor_does_deleting_it") else { return };
    let (alice, clock) = (ground.client(ADMIN), &ground.clock);
    ground.runtime.block_on(async {
        let operator = Operator::take(&alice, clock, "alice@laptop", |_| {}).await.unwrap();
        let (_, mut lease) = ground.request("GET", None);
        lease["metadata"]["labels"] = json!({"looked-at": "yes"});
        assert_eq!(ground.request("PUT", Some(&lease)).0, 200);
        let renewed = ground.lease()["renewTime"].clone();
        operator.keep(&alice, clock, clock.sleep(Duration::from_secs(15))).await;
        assert_eq!(operator.lost(clock), None);
        assert_ne!(ground.lease()["renewTime"], renewed);

        assert_eq!(ground.request("DELETE", None).0, 200);
        operator.keep(&alice, clock, clock.sleep(Duration::from_secs(15))).await;
        assert_eq!(operator.lost(clock), None);
        assert!(ground.lease()["holderIdentity"].as_str().unwrap().starts_with("alice@laptop"));
    });
}

#[test]
fn without_the_right_to_leases_it_says_so() {
    let Some(ground) = Ground::new("without_the_right_to_leases_it_says_so") else { return };
    let bob = ground.client("bob");
    let refused = ground.runtime.block_on(Operator::take(&bob, &ground.clock, "bob", |_| {})).unwrap_err();
    let NotTaken::Forbidden(error) = &refused else { panic!("{refused}") };
    assert!(error.to_string().contains("leases"), "{error}");
}
