//! The state of a cluster, asked for without the product.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::shape::{CLUSTER, Entry};
use crate::servers::http::ask;
use crate::servers::relay::Relay;
use crate::servers::{Server, free_port, listens};

/// A simulator behind HTTP, and a relay before it through which the binary reaches it.
pub struct Served {
    _server: Server,
    pub port: u16,
    pub relay: Relay,
    /// Where the binary looks for AWS: the relay, or something before it.
    pub aws: String,
}

impl Served {
    pub fn start(snapshot: &Path, options: &[&str]) -> Self {
        let port = free_port();
        let listen = format!("127.0.0.1:{port}");
        let mut command: Vec<&OsStr> = vec![env!("CARGO_BIN_EXE_eksodus").as_ref()];
        command.extend(["simulate", "serve", "--listen", &listen, "--snapshot"].map(OsStr::new));
        command.push(snapshot.as_os_str());
        command.extend(options.iter().map(OsStr::new));
        let mut server = Server::start(&command, &[]);
        server.wait_until("the simulator", || listens(port));
        let relay = Relay::start(port);
        Self { _server: server, port, aws: relay.url(), relay }
    }

    pub fn environment(&self) -> [(&'static str, &str); 6] {
        [
            ("AWS_ENDPOINT_URL", &self.aws),
            ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "not-checked"),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            // what takes minutes for a person takes seconds here
            ("EKSODUS_HASTE", "20"),
        ]
    }

    fn get(&self, target: &str) -> Value {
        let (status, answer) = ask(self.port, "GET", target, "").expect("the simulator answers");
        assert_eq!(status, 200, "{target}: {answer}");
        serde_json::from_str(&answer).expect("it answers in JSON")
    }

    pub fn entries(&self) -> BTreeMap<String, Entry> {
        let all = format!("/clusters/{CLUSTER}/access-entries");
        let (mut principals, mut next) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("{all}?maxResults=100{next}"));
            let texts = page["accessEntries"].as_array().expect("a list of ARNs").clone();
            principals.extend(texts.iter().filter_map(|text| Some(text.as_str()?.to_owned())));
            match page["nextToken"].as_str() {
                Some(token) => next = format!("&nextToken={}", escaped(token)),
                None => break,
            }
        }
        let entries = principals.iter().map(|principal| {
            let one = format!("{all}/{}", escaped(principal));
            let shown = self.get(&one)["accessEntry"].clone();
            let policies = match shown["type"].as_str() {
                Some("STANDARD") => {
                    self.get(&format!("{one}/access-policies"))["associatedAccessPolicies"].clone()
                }
                _ => Value::Null,
            };
            entry(&shown, &policies)
        });
        let entries: BTreeMap<_, _> = entries.collect();
        assert_eq!(entries.len(), principals.len(), "a principal is there twice");
        entries
    }

    /// Who holds the Lease of the operators; `None` when nobody does.
    pub fn operator(&self) -> Option<String> {
        let lease = self.get("/kubernetes/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/eksodus");
        lease["spec"]["holderIdentity"].as_str().filter(|holder| !holder.is_empty()).map(str::to_owned)
    }

    /// `data` of the ConfigMap, in one text.
    pub fn aws_auth(&self) -> String {
        self.get("/kubernetes/api/v1/namespaces/kube-system/configmaps/aws-auth")["data"].to_string()
    }
}

/// Of a snapshot folder.
pub fn entries_of(folder: &Path) -> BTreeMap<String, Entry> {
    let Ok(text) = fs::read_to_string(folder.join("access-entries.json")) else { return BTreeMap::new() };
    let documents: Vec<Value> = serde_json::from_str(&text).expect("a list of entries");
    let entries: BTreeMap<_, _> =
        documents.iter().map(|it| entry(&it["accessEntry"], &it["associatedAccessPolicies"])).collect();
    assert_eq!(entries.len(), documents.len(), "a principal is there twice");
    entries
}

/// As DescribeAccessEntry and ListAssociatedAccessPolicies show it.
fn entry(shown: &Value, policies: &Value) -> (String, Entry) {
    let text = |name: &str| shown[name].as_str().unwrap_or_default().to_owned();
    let texts = |values: &Value, of: &dyn Fn(&Value) -> Option<String>| -> BTreeSet<String> {
        values.as_array().into_iter().flatten().filter_map(of).collect()
    };
    let entry = Entry {
        kind: text("type"),
        username: text("username"),
        groups: texts(&shown["kubernetesGroups"], &|group| Some(group.as_str()?.to_owned())),
        policies: texts(policies, &|policy| Some(policy["policyArn"].as_str()?.to_owned())),
    };
    (text("principalArn"), entry)
}

fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
