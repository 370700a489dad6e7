use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::eks::{Page, Update, UpdateStatus};
use crate::model::{AuthenticationMode, EntrySupport};
use crate::snapshot::ClusterStatus;

use crate::simulator::faults::Mark;
use crate::simulator::pages::{Wanted, page};
use crate::simulator::refusal::{
    AwsRefusal, local_cluster, not_found, platform_too_old, unsupported_mode_update, update_in_progress,
};
use crate::simulator::state::State;

/// The updates of the cluster, of which one at a time is in progress.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Updates {
    all: BTreeMap<String, Update>,
    running: Option<Running>,
    /// Of UpdateClusterConfig: the mode asked for and the update that answered.
    tokens: BTreeMap<String, (AuthenticationMode, String)>,
    mode_updates: u32,
    /// Which mode updates, counted from 1, are to end in failure.
    failing: BTreeSet<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Running {
    id: String,
    ends_at: Duration,
    /// `None` for an update of something else.
    to: Option<AuthenticationMode>,
    fails: bool,
}

impl Updates {
    /// Those that a snapshot knows of, so that they can be asked for by their ids.
    pub fn known(updates: &[Update]) -> Self {
        let all = updates.iter().map(|update| (update.id.clone(), update.clone())).collect();
        Self { all, ..Self::default() }
    }

    /// Of the mode updates started from now on, these end in failure.
    pub fn fail(&mut self, numbers: BTreeSet<u32>) {
        self.mode_updates = 0;
        self.failing = numbers;
    }

    /// Since it was said which are to fail.
    pub fn of_mode_begun(&self) -> u32 {
        self.mode_updates
    }

    pub fn last_of_mode(&self) -> Option<Update> {
        let of_mode = self.all.values().filter(|update| update.mode().is_some());
        of_mode.max_by_key(|update| (update.created_at(), &update.id)).cloned()
    }
}

impl State {
    /// Modes go one step forward, one update at a time. The cluster is UPDATING until the update ends.
    pub fn start_mode_update(
        &mut self,
        to: AuthenticationMode,
        client_token: Option<&str>,
    ) -> Result<Update, AwsRefusal> {
        if let Some((mode, id)) = client_token.and_then(|token| self.updates.tokens.get(token))
            && *mode == to
            && let Some(update) = self.updates.all.get(id)
        {
            return Ok(update.clone());
        }
        let cluster = self.cluster.truth();
        if let Some(running) = &self.updates.running {
            return Err(update_in_progress(&cluster.id.name, &running.id));
        }
        if cluster.mode.next() != Some(to) {
            return Err(unsupported_mode_update(cluster.mode, to));
        }
        if cluster.outpost {
            return Err(local_cluster());
        }
        // versions that nobody can read are let through
        let support = EntrySupport::of(&cluster.version, &cluster.platform_version);
        if matches!(support, EntrySupport::TooOld { .. }) {
            return Err(platform_too_old(&cluster.version, &cluster.platform_version));
        }
        self.updates.mode_updates += 1;
        let fails = self.updates.failing.contains(&self.updates.mode_updates);
        if fails {
            self.marks.push(Mark::UpdateFails { number: self.updates.mode_updates });
        }
        let update = self.start_update(Some(to), fails);
        if let Some(token) = client_token {
            self.updates.tokens.insert(token.to_owned(), (to, update.id.clone()));
        }
        Ok(update)
    }

    /// An update of something else, started by somebody else; `false`: one is running already.
    pub fn start_foreign_update(&mut self) -> bool {
        let is_free = self.updates.running.is_none();
        if is_free {
            self.start_update(None, false);
        }
        is_free
    }

    /// The update that the cluster is known to be making, from now on; one of something else where it is not known.
    pub fn continue_update(&mut self) {
        let Some(update) = self.updates.all.values().find(|update| update.is_running()) else {
            self.start_foreign_update();
            return;
        };
        let ends_at = self.now.saturating_add(self.behaviour.update_duration);
        let (id, to) = (update.id.clone(), update.mode());
        self.updates.running = Some(Running { id, ends_at, to, fails: false });
    }

    pub fn describe_update(&self, id: &str) -> Result<Update, AwsRefusal> {
        self.updates.all.get(id).cloned().ok_or_else(|| not_found("update", id))
    }

    pub fn list_updates<'t>(&self, wanted: impl Into<Wanted<'t>>) -> Result<Page<String>, AwsRefusal> {
        let ids = self.updates.all.keys().map(|id| (id.clone(), id.clone()));
        page("updates", ids, self.behaviour.page_size, wanted)
    }

    /// Ends the running update when its time has come, at that time.
    pub fn complete_update(&mut self) {
        let ended = self.updates.running.take_if(|running| running.ends_at <= self.now);
        let Some(Running { id, ends_at, to, fails }) = ended else { return };
        let from = self.mode();
        let mut cluster = self.cluster.truth().clone();
        cluster.status = ClusterStatus("ACTIVE".to_owned());
        if let (Some(to), false) = (to, fails) {
            cluster.mode = to;
        }
        let to = cluster.mode;
        self.put_cluster(cluster, ends_at);
        if let Some(update) = self.updates.all.get_mut(&id) {
            update.status = if fails { UpdateStatus::Failed } else { UpdateStatus::Successful };
            update.errors =
                fails.then(|| "Unknown: the update was rolled back".to_owned()).into_iter().collect();
        }
        if !from.has_entries() && to.has_entries() {
            self.provide_entries(ends_at);
        }
    }

    fn start_update(&mut self, to: Option<AuthenticationMode>, fails: bool) -> Update {
        let kind = if to.is_some() { Update::OF_MODE } else { "ConfigUpdate" };
        let mut id = self.next_uuid();
        while self.updates.all.contains_key(&id) {
            id = self.next_uuid();
        }
        let update = Update {
            id,
            kind: kind.to_owned(),
            status: UpdateStatus::InProgress,
            created: self.timestamp(self.now),
            params: to.map(|to| (Update::MODE.to_owned(), to.to_string())).into_iter().collect(),
            errors: Vec::new(),
        };
        let ends_at = self.now.saturating_add(self.behaviour.update_duration);
        self.updates.running = Some(Running { id: update.id.clone(), ends_at, to, fails });
        self.updates.all.insert(update.id.clone(), update.clone());
        let mut cluster = self.cluster.truth().clone();
        cluster.status = ClusterStatus::updating();
        self.put_cluster(cluster, self.now);
        update
    }
}
