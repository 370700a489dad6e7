//! What is done at the same time, and what is not.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use eksodus::eks::simulator::{Fault, Operation};
use eksodus::eks::{AwsError, Clock, EksApi, IamApi, IamPage, NewEntry, Page, Simulator, StsApi, Update};
use eksodus::executor::journal::{Journal, MemoryStore, Record, Store, read};
use eksodus::executor::{
    Ending, Finished, Observing, Options, READS_AT_ONCE, STEPS_AT_ONCE, execute, observe, observe_with,
};
use eksodus::kube::{KubeApi, KubeError};
use eksodus::model::{
    AccessScope, AuthenticationMode, ConfigMap, GroupName, PolicyArn, PrincipalArn, Username,
};
use eksodus::planner::{Phase, Plan, PlanSource};
use eksodus::rbac::{Binding, Rbac};
use eksodus::snapshot::{Caller, Cluster, FargateProfile, IamRole, IamUser, Nodegroup, ObservedEntry};
use pollster::block_on;

use crate::budget::{of_size, world};
use crate::plans::{from_config_map, in_dual_mode};
use crate::world::{ADMIN, decided, header, options, progress, simulator, undo};

/// A world whose calls take a while, in which others are made.
struct Slow<'a> {
    inner: &'a Simulator,
    /// Reads and writes under way.
    under_way: [Cell<usize>; 2],
    most: [Cell<usize>; 2],
    /// Begin (`true`) and end of every write, with what it is about.
    writes: RefCell<Vec<(bool, String)>>,
}

impl<'a> Slow<'a> {
    fn of(inner: &'a Simulator) -> Self {
        Self { inner, under_way: Default::default(), most: Default::default(), writes: RefCell::default() }
    }

    async fn read<T>(&self, call: impl Future<Output = T>) -> T {
        self.call(0, call).await
    }

    async fn write<T>(&self, about: &impl ToString, call: impl Future<Output = T>) -> T {
        self.writes.borrow_mut().push((true, about.to_string()));
        let answer = self.call(1, call).await;
        self.writes.borrow_mut().push((false, about.to_string()));
        answer
    }

    async fn call<T>(&self, kind: usize, call: impl Future<Output = T>) -> T {
        let (now, most) = (&self.under_way[kind], &self.most[kind]);
        now.set(now.get() + 1);
        most.set(most.get().max(now.get()));
        let mut turns = 5;
        poll_fn(|context| match turns {
            0 => Poll::Ready(()),
            _ => {
                turns -= 1;
                context.waker().wake_by_ref();
                Poll::Pending
            }
        })
        .await;
        let answer = call.await;
        now.set(now.get() - 1);
        answer
    }
}

impl EksApi for Slow<'_> {
    async fn describe_cluster(&self) -> Result<Cluster, AwsError> {
        self.read(self.inner.describe_cluster()).await
    }
    async fn update_authentication_mode(
        &self,
        to: AuthenticationMode,
        token: &str,
    ) -> Result<Update, AwsError> {
        self.write(&"mode", self.inner.update_authentication_mode(to, token)).await
    }
    async fn describe_update(&self, id: &str) -> Result<Update, AwsError> {
        self.read(self.inner.describe_update(id)).await
    }
    async fn list_access_entries(&self, next: Option<&str>) -> Result<Page<String>, AwsError> {
        self.read(self.inner.list_access_entries(next)).await
    }
    async fn describe_access_entry(&self, principal: &str) -> Result<ObservedEntry, AwsError> {
        self.read(self.inner.describe_access_entry(principal)).await
    }
    async fn list_associated_access_policies(
        &self,
        principal: &str,
        next: Option<&str>,
    ) -> Result<Page<(PolicyArn, AccessScope)>, AwsError> {
        self.read(self.inner.list_associated_access_policies(principal, next)).await
    }
    async fn create_access_entry(&self, entry: &NewEntry) -> Result<ObservedEntry, AwsError> {
        self.write(&entry.principal, self.inner.create_access_entry(entry)).await
    }
    async fn update_access_entry(
        &self,
        principal: &PrincipalArn,
        username: &Username,
        groups: &BTreeSet<GroupName>,
    ) -> Result<ObservedEntry, AwsError> {
        self.write(principal, self.inner.update_access_entry(principal, username, groups)).await
    }
    async fn delete_access_entry(&self, principal: &PrincipalArn) -> Result<(), AwsError> {
        self.write(principal, self.inner.delete_access_entry(principal)).await
    }
    async fn associate_access_policy(
        &self,
        principal: &PrincipalArn,
        policy: &PolicyArn,
        scope: &AccessScope,
    ) -> Result<(), AwsError> {
        self.write(principal, self.inner.associate_access_policy(principal, policy, scope)).await
    }
    async fn disassociate_access_policy(
        &self,
        principal: &PrincipalArn,
        policy: &PolicyArn,
    ) -> Result<(), AwsError> {
        self.write(principal, self.inner.disassociate_access_policy(principal, policy)).await
    }
    async fn list_access_policies(&self, next: Option<&str>) -> Result<Page<PolicyArn>, AwsError> {
        self.read(self.inner.list_access_policies(next)).await
    }
    async fn list_nodegroups(&self, next: Option<&str>) -> Result<Page<String>, AwsError> {
        self.read(self.inner.list_nodegroups(next)).await
    }
    async fn describe_nodegroup(&self, name: &str) -> Result<Nodegroup, AwsError> {
        self.read(self.inner.describe_nodegroup(name)).await
    }
    async fn list_fargate_profiles(&self, next: Option<&str>) -> Result<Page<String>, AwsError> {
        self.read(self.inner.list_fargate_profiles(next)).await
    }
    async fn describe_fargate_profile(&self, name: &str) -> Result<FargateProfile, AwsError> {
        self.read(self.inner.describe_fargate_profile(name)).await
    }
}

impl IamApi for Slow<'_> {
    async fn list_roles(&self, next: Option<&str>) -> Result<IamPage<IamRole>, AwsError> {
        self.read(self.inner.list_roles(next)).await
    }
    async fn list_users(&self, next: Option<&str>) -> Result<IamPage<IamUser>, AwsError> {
        self.read(self.inner.list_users(next)).await
    }
}

impl StsApi for Slow<'_> {
    async fn get_caller_identity(&self) -> Result<Caller, AwsError> {
        self.read(self.inner.get_caller_identity()).await
    }
}

impl Clock for Slow<'_> {
    async fn sleep(&self, duration: Duration) {
        self.inner.sleep(duration).await;
    }
    fn elapsed(&self) -> Duration {
        self.inner.elapsed()
    }
    fn now(&self) -> jiff::Timestamp {
        self.inner.now()
    }
}

impl KubeApi for Slow<'_> {
    async fn get_aws_auth(&self) -> Result<Option<ConfigMap>, KubeError> {
        self.read(self.inner.get_aws_auth()).await
    }
    async fn create_aws_auth(&self, data: &BTreeMap<String, String>) -> Result<ConfigMap, KubeError> {
        self.write(&"aws-auth", self.inner.create_aws_auth(data)).await
    }
    async fn replace_aws_auth(
        &self,
        data: &BTreeMap<String, String>,
        version: &str,
    ) -> Result<ConfigMap, KubeError> {
        self.write(&"aws-auth", self.inner.replace_aws_auth(data, version)).await
    }
    async fn delete_aws_auth(&self, version: &str) -> Result<(), KubeError> {
        self.write(&"aws-auth", self.inner.delete_aws_auth(version)).await
    }
    async fn list_rbac(&self) -> Result<Rbac, KubeError> {
        self.read(self.inner.list_rbac()).await
    }
    async fn get_binding(&self, namespace: Option<&str>, name: &str) -> Result<Option<Binding>, KubeError> {
        self.read(self.inner.get_binding(namespace, name)).await
    }
    async fn create_binding(&self, binding: &Binding) -> Result<(), KubeError> {
        self.write(&format!("binding {}", binding.name), self.inner.create_binding(binding)).await
    }
    async fn delete_binding(&self, binding: &Binding) -> Result<(), KubeError> {
        self.write(&format!("binding {}", binding.name), self.inner.delete_binding(binding)).await
    }
    async fn list_namespaces(&self) -> Result<Vec<String>, KubeError> {
        self.read(self.inner.list_namespaces()).await
    }
}

fn run_in(world: &Slow<'_>, plan: &Plan, store: &impl Keep, options: Options<'_>) -> Finished {
    let mut journal = Journal::create(store.keep(), header(plan)).unwrap();
    block_on(execute(world, plan, &mut journal, options, &mut ()))
}

trait Keep {
    fn keep(&self) -> Box<dyn Store>;
}

impl<S: Store + Clone + 'static> Keep for S {
    fn keep(&self) -> Box<dyn Store> {
        Box::new(self.clone())
    }
}

/// Counts its writes.
#[derive(Clone, Default)]
struct Counting {
    inner: MemoryStore,
    writes: std::rc::Rc<Cell<usize>>,
}

impl Store for Counting {
    fn read(&mut self) -> std::io::Result<Vec<u8>> {
        self.inner.read()
    }
    fn append(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.writes.set(self.writes.get() + 1);
        self.inner.append(bytes)
    }
    fn truncate(&mut self, len: u64) -> std::io::Result<()> {
        self.inner.truncate(len)
    }
}

const DUAL: AuthenticationMode = AuthenticationMode::ApiAndConfigMap;

#[test]
fn never_more_calls_are_under_way_than_the_limits_say_and_that_many_are() {
    let (snapshot, plan) = of_size(DUAL, 120, 20);
    for at_once in [1, 3, STEPS_AT_ONCE] {
        let simulator = world(&snapshot);
        let slow = Slow::of(&simulator);
        let options = Options { at_once, ..options(Phase::Verify) };
        let finished = run_in(&slow, &plan, &MemoryStore::default(), options);
        assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
        assert_eq!(slow.most.each_ref().map(Cell::get), [READS_AT_ONCE, at_once]);
    }
}

#[test]
fn what_is_written_at_the_same_time_shares_one_write_of_the_journal() {
    let (snapshot, plan) = of_size(DUAL, 160, 1);
    let writes = |at_once| {
        let (simulator, store) = (world(&snapshot), Counting::default());
        let finished =
            run_in(&Slow::of(&simulator), &plan, &store, Options { at_once, ..options(Phase::Entries) });
        assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
        (store.writes.get(), read(&store.inner.bytes()).unwrap().records.len())
    };
    let (alone, records) = writes(1);
    let (together, same) = writes(8);
    assert_eq!(records, same);
    assert!(together * 4 < alone, "{together} and {alone} writes of {records} records");
}

/// The journal has every intention before its call, and the writes in their order.
#[test]
fn the_caller_comes_last_and_alone_and_a_principal_gets_its_policies_at_once() {
    let (snapshot, plan) = of_size(DUAL, 40, 12);
    let simulator = world(&snapshot);
    let slow = Slow::of(&simulator);
    let store = MemoryStore::default();
    let finished = run_in(&slow, &plan, &store, options(Phase::Entries));
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);

    let writes = slow.writes.borrow();
    let first_own = writes.iter().position(|(_, about)| about == ADMIN).unwrap();
    assert!(writes[first_own..].iter().all(|(_, about)| about == ADMIN));
    assert_eq!(writes[first_own..].len(), 4);
    let mut under_way: BTreeSet<&str> = BTreeSet::new();
    for (begins, about) in writes.iter() {
        let was_free = if *begins { under_way.insert(about) } else { under_way.remove(about.as_str()) };
        assert!(was_free, "{about} twice at once");
    }

    let records = read(&store.bytes()).unwrap().records;
    let own = format!("entries/{ADMIN}");
    let begins = |it: &Record| matches!(it, Record::Intended { step, .. } if *step == own);
    let at = records.iter().position(begins).unwrap();
    let done = records[..at].iter().filter(|it| matches!(it, Record::Done { .. })).count();
    assert_eq!(done, 39, "all others are read back before");

    // between a creation and its association nothing else of the same step, and few of others
    let calls: Vec<_> = simulator
        .calls()
        .into_iter()
        .filter(|call| {
            [Operation::CreateAccessEntry, Operation::AssociateAccessPolicy].contains(&call.operation)
        })
        .collect();
    for (at, call) in calls.iter().enumerate() {
        if call.operation == Operation::AssociateAccessPolicy {
            let created = calls[..at].iter().rposition(|it| it.target == call.target).unwrap();
            assert!(at - created <= STEPS_AT_ONCE, "{call}");
        }
    }
}

#[test]
fn bindings_are_there_before_the_entries_that_need_them() {
    let (snapshot, plan) = from_config_map();
    let simulator = simulator(&snapshot);
    let slow = Slow::of(&simulator);
    let finished = run_in(&slow, &plan, &MemoryStore::default(), options(Phase::Entries));
    assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
    let writes = slow.writes.borrow();
    assert_eq!(writes[..2].iter().map(|(_, about)| about.as_str()).collect::<Vec<_>>(), ["mode"; 2]);
    assert!(writes[2..4].iter().all(|(_, about)| about == "binding eksodus-developers"), "{writes:?}");
}

#[test]
fn a_rollback_brings_the_lines_back_alone_and_first_and_ends_where_it_began() {
    for (snapshot, plan) in [in_dual_mode(), of_size(DUAL, 30, 5)] {
        let simulator = world(&snapshot);
        let start = decided(&simulator);
        let store = MemoryStore::default();
        let finished = run_in(&Slow::of(&simulator), &plan, &store, options(Phase::Prune));
        assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
        let back = undo(&simulator, &plan, &store).plan;
        let slow = Slow::of(&simulator);
        let finished = run_in(&slow, &back, &MemoryStore::default(), options(Phase::Verify));
        assert!(matches!(finished.ending, Ending::Done), "{:?}", finished.ending);
        assert_eq!(decided(&simulator), start);
        let writes = slow.writes.borrow();
        assert!(writes[..2].iter().all(|(_, about)| about == "aws-auth"), "{writes:?}");
    }
}

#[test]
fn after_a_failure_no_step_is_begun_and_those_under_way_are_written_down() {
    let (snapshot, plan) = of_size(DUAL, 60, 0);
    let simulator = world(&snapshot);
    simulator.set_faults([Fault::Throttle {
        at: eksodus::eks::simulator::At { operation: Some(Operation::CreateAccessEntry), number: 20 },
        last: 20 + 400,
    }]);
    let store = MemoryStore::default();
    let finished = run_in(&Slow::of(&simulator), &plan, &store, options(Phase::Entries));
    assert!(matches!(finished.ending, Ending::Failed(_)), "{:?}", finished.ending);
    let told = progress(&store);
    assert!(!told.has_open());
    let begun = told.steps().count();
    assert!(begun <= 19 + 2 * STEPS_AT_ONCE, "{begun}");
    assert_eq!(told.applied(), decided(&simulator).entries.len());
}

#[test]
fn an_interrupted_run_ends_the_steps_under_way() {
    let (snapshot, plan) = of_size(DUAL, 60, 60);
    let simulator = world(&snapshot);
    let store = MemoryStore::default();
    let asked = Cell::new(0);
    let interrupted = || {
        asked.set(asked.get() + 1);
        asked.get() > 40
    };
    let options = Options { interrupted: &interrupted, ..options(Phase::Verify) };
    let finished = run_in(&Slow::of(&simulator), &plan, &store, options);
    assert!(matches!(finished.ending, Ending::Interrupted), "{:?}", finished.ending);
    assert!(!progress(&store).has_open());
    let entries = decided(&simulator).entries;
    assert!(!entries.is_empty() && entries.len() < 60);
    assert!(entries.values().all(|entry| entry.policies.len() == 1), "one is left without its policy");
}

#[test]
fn observing_tells_how_far_it_is_and_what_it_may_not_read() {
    let (snapshot, _) = in_dual_mode();
    let world = simulator(&snapshot);
    let mut told: Vec<Observing> = Vec::new();
    let seen = block_on(observe_with(&world, &mut |so_far| told.push(so_far))).unwrap();
    assert_eq!((&seen.snapshot, seen.unread.len()), (&block_on(observe(&world)).unwrap(), 0));
    let last = told.last().unwrap();
    assert_eq!((last.sources, last.of_sources), (11, 11));
    assert_eq!((last.entries, last.of_entries), (6, Some(6)));
    assert!(told.is_sorted_by_key(|it| (it.sources, it.entries)));

    let denied = ["iam:ListUsers", "eks:ListFargateProfiles"];
    world.set_faults(denied.map(|action| Fault::Deny { action: action.to_owned() }));
    let seen = block_on(observe_with(&world, &mut |_| ())).unwrap();
    let sources: Vec<PlanSource> = seen.unread.iter().map(|it| it.source).collect();
    assert_eq!(sources, [PlanSource::FargateProfiles, PlanSource::IamUsers]);
    assert!(seen.unread[0].why.to_string().starts_with("eks:ListFargateProfiles"));
}

#[test]
fn an_error_of_several_is_the_same_one_each_time() {
    let (snapshot, _) = in_dual_mode();
    let world = simulator(&snapshot);
    let denied = ["eks:ListAccessEntries", "aws-auth", "eks:DescribeAccessEntry"];
    world.set_faults(denied.map(|action| Fault::Deny { action: action.to_owned() }));
    let slow = Slow::of(&world);
    let errors: BTreeSet<String> =
        (0..3).map(|_| block_on(observe(&slow)).unwrap_err().to_string()).collect();
    assert_eq!(errors.len(), 1);
}
