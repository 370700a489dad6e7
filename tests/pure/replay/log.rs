//! A log in one sentence: who asked for what, and what the API server answered.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use eksodus::access::replay::{Replay, Row};
use eksodus::audit::{DistinctRequests, Whom, read_events};
use eksodus::facts::Facts;
use eksodus::planner::{Decisions, plan};
use eksodus::rbac::{Attributes, UserInfo};
use eksodus::snapshot::Snapshot;
use serde_json::{Value, json};

/// Events, one after the other, a minute apart.
#[derive(Debug, Default, Clone)]
pub struct Log(Vec<Value>);

/// Why the API server says that it allowed something.
pub const RBAC: &str = r#"RBAC: allowed by ClusterRoleBinding "b" of ClusterRole "r" to Group "g""#;
pub const POLICY: &str =
    r#"EKS Access Policy: allowed by ClusterRoleBinding "p" of ClusterRole "r" to User "u""#;

impl Log {
    /// A login by IAM when there is a canonical ARN.
    pub fn ask(&mut self, arn: Option<&str>, who: &UserInfo, what: &Attributes, answer: Option<&str>) {
        let mut user = json!({"username": who.username, "groups": who.groups});
        if let Some(arn) = arn {
            user["uid"] = json!("aws-iam-authenticator:111122223333:AROAX");
            user["extra"] = json!({"canonicalArn": [arn], "principalId": ["AROAX"], "arn": [arn]});
        }
        let number = self.0.len();
        let at = format!("2026-05-{:02}T{:02}:{:02}:00Z", 1 + number / 1440, number / 60 % 24, number % 60);
        let mut event = json!({
            "kind": "Event", "auditID": format!("id-{number}"), "stage": "ResponseComplete", "user": user,
            "requestReceivedTimestamp": at,
            "annotations": {
                "authorization.k8s.io/decision": if answer.is_some() { "allow" } else { "forbid" },
                "authorization.k8s.io/reason": answer.unwrap_or_default(),
            },
        });
        match what {
            Attributes::NonResource { path, verb } => {
                event["verb"] = json!(verb);
                event["requestURI"] = json!(path.replace('%', "%25").replace('?', "%3F"));
            }
            Attributes::Resource { namespace, verb, group, resource, subresource, name } => {
                event["verb"] = json!(verb);
                event["objectRef"] = json!({
                    "resource": resource, "apiGroup": group, "namespace": namespace, "subresource": subresource,
                    "name": name,
                });
            }
        }
        self.0.push(event);
    }

    pub fn last(&mut self) -> &mut Value {
        self.0.last_mut().unwrap()
    }

    pub fn text(&self) -> String {
        self.0.iter().map(|event| format!("{event}\n")).collect()
    }

    pub fn requests(&self, whom: Whom) -> DistinctRequests {
        let mut requests = DistinctRequests::new(whom);
        let reading = read_events(self.text().as_bytes(), |event| requests.add(event)).unwrap();
        assert_eq!((reading.broken, reading.events), (0, self.0.len() as u64));
        requests
    }

    pub fn replay(&self, snapshot: &Snapshot, decisions: &Decisions) -> Replay {
        let facts = Facts::of(snapshot);
        let plan = plan(snapshot, decisions);
        Replay::of(&self.requests(Whom::Everybody), &facts, &plan.before_after(&facts))
    }
}

/// How many distinct requests rows are of.
pub fn distinct(rows: &[Row]) -> u64 {
    rows.iter().map(|row| row.count.distinct).sum()
}
