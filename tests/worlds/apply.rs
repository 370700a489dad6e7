//! The one place where worlds meet the library: planned, carried out on the simulator, rolled back, looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use eksodus::executor::{Ending, Options, Origin, execute, rollback_plan, verify};
use eksodus::journal::{Header, Journal, MemoryStore, Stamps, read};
use eksodus::model::{AccessScope, AuthenticationMode};
use eksodus::observe::observe;
use eksodus::planner::{Action, Decisions, Phase, Plan, Step, plan};
use eksodus::rbac::SubjectKind;
use eksodus::simulator::{Behaviour, CustomImages, NodeEntries, Simulator};
use eksodus::snapshot::{ObservedEntry, OwnSwitch, Snapshot};
use pollster::block_on;

use crate::cast::Who;
use crate::documents::{decisions, documents};
use crate::edits::{Edit, principals_of};
use crate::mappings::read_back;
use crate::oracle::{RawEntry, State};
use crate::world::{Binding, MadeForNodes, Mode, Subject, World};

/// Where a migration may be stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Entries,
    Prune,
    Api,
}

impl Stage {
    pub const ALL: [Self; 3] = [Self::Entries, Self::Prune, Self::Api];

    fn phase(self) -> Phase {
        match self {
            Self::Entries => Phase::Verify,
            Self::Prune => Phase::Prune,
            Self::Api => Phase::ApiMode,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    Done,
    /// Needs a decision.
    Blocked(String),
    /// By a guard, with the number of calls that this run made before.
    Refused(String, usize),
    Failed(String),
}

pub struct Run {
    pub plan: Plan,
    store: MemoryStore,
}

/// A world being played.
pub struct Played<'w> {
    world: &'w World,
    decisions: Decisions,
    simulator: Simulator,
    pub runs: Vec<Run>,
}

/// Whether decisions know a key yet.
pub fn is_known(key: &str) -> bool {
    let text = format!(
        "version: 1\nprincipals:\n  - {{principal: \"arn:aws:iam::111122223333:role/Dev\", {key}}}\n"
    );
    Decisions::parse("eksodus.yaml", &text).is_ok()
}

/// Writes the world as a folder.
pub fn save(world: &World, folder: &Path) {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).unwrap();
    for (name, text) in documents(world) {
        write(&folder.join(name), &text);
    }
}

#[expect(clippy::disallowed_methods, reason = "a folder that nobody reads before it is whole")]
pub fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
}

impl<'w> Played<'w> {
    /// # Errors
    /// When the library cannot read the world's folder or its decisions.
    pub fn begin(world: &'w World, folder: &Path) -> Result<Self, String> {
        save(world, folder);
        let snapshot = Snapshot::load(folder).map_err(|error| format!("snapshot: {}", whole(&error)))?;
        let decisions = Decisions::parse("eksodus.yaml", &decisions(world))
            .map_err(|error| format!("decisions: {}", whole(&error)))?;
        let simulator = Simulator::from_snapshot(&snapshot, behaviour(world))
            .map_err(|error| format!("simulator: {error}"))?;
        Ok(Self { world, decisions, simulator, runs: Vec::new() })
    }

    /// Roles and bindings as they are; none where the world does not show them.
    pub fn rbac(&self) -> eksodus::rbac::Rbac {
        self.simulator.to_snapshot().rbac.unwrap_or_default()
    }

    pub fn plan(&self) -> Plan {
        let mut now = self.simulator.to_snapshot();
        now.own_switch = self.own_switch();
        plan(&now, &self.decisions)
    }

    /// As a run's journal tells it: whatever entries there are were made since the mode was changed.
    fn own_switch(&self) -> Option<OwnSwitch> {
        let [from, to] = ["2024-06-02T00:00:00Z", "2099-01-01T00:00:00Z"].map(|time| time.parse().unwrap());
        (self.world.mode == Mode::ConfigMap && self.state().is_ok_and(|it| it.mode != Mode::ConfigMap))
            .then_some(OwnSwitch { from, to })
    }

    /// Steps of a new plan up to the stage.
    pub fn left_to_do(&self, stage: Stage) -> Vec<String> {
        let again = self.plan();
        let steps = again.steps.iter().filter(|step| step.phase <= stage.phase());
        // without RBAC a plan cannot know that its binding is there
        let unseen =
            |step: &Step| self.world.bindings.is_none() && matches!(step.action, Action::Binding { .. });
        // what has become prunable by entries that EKS and its services made since is a next plan's
        let is_first = self.world.mode == Mode::ConfigMap && !self.world.again;
        let later = |step: &Step| is_first && matches!(step.action, Action::AwsAuth { .. });
        steps
            .filter(|step| !unseen(step) && !later(step))
            .map(|step| format!("{}: {:?}", step.id, step.action))
            .collect()
    }

    /// Goes on to the stage, as a person would: with the plan in hand, or with a new one.
    pub fn advance(&mut self, stage: Stage, anew: bool) -> Ended {
        if anew || self.runs.is_empty() {
            let plan = self.plan();
            self.runs.push(Run { plan, store: MemoryStore::default() });
        }
        let run = self.runs.last().unwrap();
        self.carry_out(&run.plan, &run.store, stage.phase(), Origin::Planner)
    }

    fn carry_out(&self, plan: &Plan, store: &MemoryStore, through: Phase, origin: Origin<'_>) -> Ended {
        let mut journal = match store.bytes().contains(&b'\n') {
            true => Journal::open(Box::new(store.clone()), Stamps::default()).unwrap(),
            false => {
                let header = Header::new(plan.digest.clone(), plan.cluster.clone().unwrap(), "run");
                Journal::create(Box::new(store.clone()), header, Stamps::default()).unwrap()
            }
        };
        let switch = plan.own_switch.clone();
        let own_switch = switch.as_ref();
        let options = Options { allow_irreversible: true, origin, own_switch, ..Options::through(through) };
        let finished = block_on(execute(&self.simulator, plan, &mut journal, options, &mut ()));
        match finished.ending {
            Ending::Done => Ended::Done,
            Ending::Blocked(why) => {
                let rules: BTreeSet<&str> = why.iter().map(|it| it.rule.as_str()).collect();
                Ended::Blocked(format!("{rules:?}"))
            }
            Ending::Refused(why) => Ended::Refused(format!("{why:?}"), finished.applied),
            other => Ended::Failed(format!("{other:?}")),
        }
    }

    /// The last run's plan held against the cluster at this stage, and against the cluster with one entry edited: what is
    /// found of what nobody edited, and each edit that is not found.
    pub fn misjudged(&self, stage: Stage) -> Vec<String> {
        let run = self.runs.last().unwrap();
        let told = read(&run.store.bytes()).unwrap().progress;
        let now = block_on(observe(&self.simulator)).unwrap();
        let done = |phase| phase <= stage.phase();
        let found = |now: &Snapshot| verify(&run.plan, &done, Some(&told), now);
        let mut wrong: Vec<String> = found(&now).iter().map(|it| format!("found of nothing: {it}")).collect();
        let seed = u64::from_str_radix(&run.plan.digest[..12], 16).unwrap() as usize;
        let principals = principals_of(&run.plan);
        for (at, edit) in Edit::ALL.into_iter().enumerate() {
            let first = seed % principals.len().max(1);
            let from_first = principals.iter().cycle().skip(first + at).take(principals.len());
            let edited = from_first.filter_map(|it| Some((it, edit.of(it, &now)?))).next();
            let Some((principal, edited)) = edited else { continue };
            let differences = found(&edited);
            if !differences.iter().any(|it| it.to_string().contains(principal.as_str())) {
                wrong.push(format!("{edit:?} of {principal} is not found: {differences:?}"));
            }
        }
        wrong
    }

    /// Undoes all runs, the newest first.
    ///
    /// # Errors
    /// When there is no rollback, or it does not come to its end.
    pub fn roll_back(&self) -> Result<(), String> {
        for run in self.runs.iter().rev() {
            if !run.store.bytes().contains(&b'\n') {
                continue;
            }
            let told = read(&run.store.bytes()).unwrap().progress;
            let now = block_on(observe(&self.simulator)).unwrap();
            let rollback = rollback_plan(&run.plan, &told, &now).map_err(|error| whole(&error))?;
            if !rollback.refused.is_empty() {
                return Err(format!("refused: {:?}", rollback.refused));
            }
            let origin = Origin::Rollback { plan: &run.plan, progress: &told };
            match self.carry_out(&rollback.plan, &MemoryStore::default(), Phase::Verify, origin) {
                Ended::Done => {}
                other => return Err(format!("{other:?}")),
            }
        }
        Ok(())
    }

    /// What decides who is who now.
    ///
    /// # Errors
    /// When `aws-auth` holds text that the world did not have.
    pub fn state(&self) -> Result<State, String> {
        let now = self.simulator.to_snapshot();
        let data = now.aws_auth.map(|it| it.config_map.data).unwrap_or_default();
        let (mappings, accounts) = read_back(self.world, |key| data.get(key).map(String::as_str))?;
        let bindings = now.rbac.map_or_else(|| self.simulator.made().bindings, |it| it.bindings);
        Ok(State {
            mode: match now.cluster.unwrap().mode {
                AuthenticationMode::ConfigMap => Mode::ConfigMap,
                AuthenticationMode::ApiAndConfigMap => Mode::Dual,
                AuthenticationMode::Api => Mode::Api,
            },
            mappings,
            accounts,
            entries: now.access_entries.into_iter().flatten().map(raw).collect(),
            bindings: bindings.into_iter().flat_map(plain).collect(),
        })
    }
}

/// An error with what lies below it.
fn whole(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(below) = source {
        text += &format!(": {below}");
        source = below.source();
    }
    text
}

fn behaviour(world: &World) -> Behaviour {
    Behaviour {
        node_entries: match world.eks.nodes {
            MadeForNodes::None => NodeEntries::None,
            MadeForNodes::NamedInAwsAuth => NodeEntries::NamedInAwsAuth,
            MadeForNodes::All => NodeEntries::All,
        },
        creator: world.eks.creator.map(|who| who.arn().parse().unwrap()),
        service_entry: world.eks.service,
        services: world.eks.batch.then(|| Who::Batch.arn().parse().unwrap()).into_iter().collect(),
        custom_images: if world.eks.knows_images { CustomImages::ByAwsAuth } else { CustomImages::Linux },
        visibility_delay: Duration::from_secs(if world.eks.slow { 7 } else { 0 }),
        page_size: if world.eks.slow { 2 } else { 100 },
        ..Behaviour::default()
    }
}

fn raw(entry: ObservedEntry) -> RawEntry {
    let ObservedEntry { principal, entry_type, username, groups, policies, tags, arn, created, modified } =
        entry;
    let scope = |scope: &AccessScope| match scope {
        AccessScope::Cluster => "cluster".to_owned(),
        AccessScope::Namespaces(names) => names.iter().cloned().collect::<Vec<_>>().join(","),
    };
    RawEntry {
        principal,
        kind: entry_type.to_string(),
        username,
        groups,
        policies: policies.iter().map(|(policy, at)| (policy.name().to_owned(), scope(at))).collect(),
        created,
        rest: format!("{:?} {arn} {modified}", BTreeMap::from_iter(tags)),
    }
}

fn plain(binding: eksodus::rbac::Binding) -> Vec<Binding> {
    let namespace = binding.namespace.map(|name| if name == "team-a" { "team-a" } else { "another" });
    let subjects = binding.subjects.into_iter().filter_map(|subject| match subject.kind {
        SubjectKind::User => Some(Subject::User(subject.name)),
        SubjectKind::Group => Some(Subject::Group(subject.name)),
        SubjectKind::ServiceAccount | SubjectKind::Other(_) => None,
    });
    subjects.map(|subject| Binding { namespace, role: binding.role_ref.name.clone(), subject }).collect()
}
