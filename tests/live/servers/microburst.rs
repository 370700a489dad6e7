//! microburst: a proxy that knows the AWS protocols and breaks calls by rules.

use std::sync::{Mutex, MutexGuard, OnceLock};

use serde_json::{Value, json};

use super::http::{ask, ask_as};
use super::relay::Relay;
use super::{Server, TOOLS, free_port, program};

/// In front of whatever server the test that holds it names: it takes 460 MB, so there is one for all.
pub struct Microburst {
    _server: Server,
    pub port: u16,
    /// Behind it, because its upstream is fixed when it starts.
    behind: Relay,
}

static ONE: OnceLock<Option<Mutex<Microburst>>> = OnceLock::new();

impl Microburst {
    /// `None` where it is not installed; `test` says so.
    pub fn before(upstream: u16, test: &str) -> Option<MutexGuard<'static, Self>> {
        let one = ONE.get_or_init(|| Some(Mutex::new(Self::start(test)?)));
        // a test that failed with it in hand has not damaged it
        let held = one.as_ref()?.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        held.behind.retarget(upstream);
        held.rules(&json!([]));
        Some(held)
    }

    fn start(test: &str) -> Option<Self> {
        let program = program(TOOLS, "microburst", test)?;
        let (port, behind) = (free_port(), Relay::start(0));
        let (port_text, upstream) = (port.to_string(), behind.url());
        let args = ["--host", "127.0.0.1", "--port", &port_text, "--upstream", &upstream, "--no-resign"];
        let command: Vec<_> = [program.as_os_str()].into_iter().chain(args.map(AsRef::as_ref)).collect();
        let mut server = Server::start(&command, &[]);
        server.wait_until("microburst", || ask(port, "GET", "/_microburst/health", "").is_ok());
        // it loads what it knows of a service with the first request, for several seconds
        for (service, target) in [("eks", "/clusters/none/access-entries"), ("iam", "/"), ("sts", "/")] {
            let method = if target == "/" { "POST" } else { "GET" };
            let _ = ask_as(service, port, method, target, "");
        }
        Some(Self { _server: server, port, behind })
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// In place of those before; the first that matches a call decides.
    pub fn rules(&self, rules: &Value) {
        let (status, answer) =
            ask(self.port, "POST", "/_microburst/rules", &rules.to_string()).expect("microburst answers");
        assert_eq!(status, 200, "{answer}");
    }

    /// How many calls it has broken since the rules were set.
    pub fn fired(&self) -> u64 {
        let (_, answer) = ask(self.port, "GET", "/_microburst/rules", "").expect("microburst answers");
        let rules: Value = serde_json::from_str(&answer).expect("a list of rules");
        rules.as_array().into_iter().flatten().filter_map(|rule| rule["fired_count"].as_u64()).sum()
    }
}
