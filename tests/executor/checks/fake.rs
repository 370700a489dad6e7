//! A cluster of which a test says what is allowed and what is seen.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use eksodus::eks::{AwsError, AwsErrorKind, RightsApi};
use eksodus::kube::{KubeAccess, KubeError, KubeErrorKind, Node};
use eksodus::planner::{Decisions, Plan, plan};
use eksodus::rbac::{Attributes, Rbac, UserInfo};
use eksodus::simulator::{Behaviour, Simulator};
use eksodus::snapshot::Snapshot;
use eksodus::world::Clock;

/// The plan of the quickstart's cluster, with what it was made from.
pub fn quickstart() -> (Snapshot, Plan) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/quickstart");
    let snapshot = Snapshot::load(&folder).unwrap();
    let decisions = std::fs::read_to_string(folder.join("eksodus.yaml")).unwrap();
    let plan = plan(&snapshot, &Decisions::parse("eksodus.yaml", &decisions).unwrap());
    (snapshot, plan)
}

pub fn rbac(snapshot: &Snapshot) -> Rbac {
    snapshot.rbac.clone().unwrap()
}

pub fn simulator(snapshot: &Snapshot) -> Simulator {
    Simulator::from_snapshot(snapshot, Behaviour::default()).unwrap()
}

pub fn user(username: &str, groups: &[&str]) -> UserInfo {
    let groups = groups.iter().copied().chain(["system:authenticated"]).map(str::to_owned);
    UserInfo { username: username.to_owned(), groups: groups.collect() }
}

pub fn node(name: &str, ready: bool, nodegroup: Option<&str>) -> Node {
    Node { name: name.to_owned(), ready, nodegroup: nodegroup.map(str::to_owned), fargate_profile: None }
}

/// Actions, resource, and values of condition keys.
type Asked = (Vec<String>, String, BTreeMap<&'static str, String>);

#[derive(Default)]
pub struct Fake {
    /// Actions that IAM denies.
    pub denied: BTreeSet<&'static str>,
    /// The caller may not ask IAM.
    pub may_not_ask_iam: bool,
    /// Whatever is asked of IAM.
    pub asked_iam: RefCell<Vec<Asked>>,
    /// What the caller may not do in Kubernetes, as it is shown.
    pub may_not: BTreeSet<&'static str>,
    /// What others may not do, as it is shown, by username.
    pub not_allowed: BTreeSet<(String, String)>,
    /// The caller may not ask for others.
    pub may_not_review: bool,
    pub reviews: RefCell<Vec<(UserInfo, Attributes)>>,
    pub me: Option<UserInfo>,
    /// Each look at the nodes takes the next one; the last one stays.
    pub nodes: RefCell<Vec<Vec<Node>>>,
    pub clock: RefCell<Duration>,
}

fn denied(operation: &'static str) -> AwsError {
    let message = format!("User: arn:… is not authorized to perform: {operation}");
    AwsError { operation, kind: AwsErrorKind::AccessDenied, message }
}

fn forbidden(operation: &'static str) -> KubeError {
    KubeError { operation, kind: KubeErrorKind::Forbidden, message: "forbidden".to_owned() }
}

impl RightsApi for Fake {
    async fn denied_actions(&self, actions: &[&str], resource: &str) -> Result<Vec<String>, AwsError> {
        self.denied_with(actions, resource, &BTreeMap::new()).await
    }

    async fn denied_with(
        &self,
        actions: &[&str],
        resource: &str,
        context: &BTreeMap<&'static str, String>,
    ) -> Result<Vec<String>, AwsError> {
        let owned = actions.iter().map(|action| (*action).to_owned());
        self.asked_iam.borrow_mut().push((owned.clone().collect(), resource.to_owned(), context.clone()));
        if self.may_not_ask_iam {
            return Err(denied("iam:SimulatePrincipalPolicy"));
        }
        Ok(owned.filter(|action| self.denied.contains(action.as_str())).collect())
    }
}

impl KubeAccess for Fake {
    async fn list_nodes(&self) -> Result<Vec<Node>, KubeError> {
        let mut looks = self.nodes.borrow_mut();
        match looks.len() {
            0 => Err(forbidden("list nodes")),
            1 => Ok(looks[0].clone()),
            _ => Ok(looks.remove(0)),
        }
    }

    async fn is_allowed(&self, who: &UserInfo, what: &Attributes) -> Result<bool, KubeError> {
        self.reviews.borrow_mut().push((who.clone(), what.clone()));
        if self.may_not_review {
            return Err(forbidden("create subjectaccessreview"));
        }
        Ok(!self.not_allowed.contains(&(who.username.clone(), what.to_string())))
    }

    async fn may_i(&self, what: &Attributes) -> Result<bool, KubeError> {
        Ok(!self.may_not.contains(what.to_string().as_str()))
    }

    async fn who_am_i(&self) -> Result<Option<UserInfo>, KubeError> {
        Ok(self.me.clone())
    }
}

impl Clock for Fake {
    async fn sleep(&self, duration: Duration) {
        *self.clock.borrow_mut() += duration;
    }

    fn elapsed(&self) -> Duration {
        *self.clock.borrow()
    }

    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH
    }
}
