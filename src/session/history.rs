//! All that is kept of the runs on a cluster: what can be read of it, and what cannot.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{Cluster, SessionError, in_one_line};
use crate::eks::EksApi as _;
use crate::executor::{Rollback, rollback_plan};
use crate::journal::{JournalError, KeptRun, Reading, Runs, read};
use crate::model::ClusterId;
use crate::planner::Plan;
use crate::snapshot::{OwnSwitch, Snapshot};

/// What EKS makes because the mode has changed may be seen so much later than the change itself.
const SEEN_LATER: SignedDuration = SignedDuration::from_mins(5);

/// When a run of ours took the cluster out of CONFIG_MAP mode, as the journals tell it; `created` asks EKS when it began with
/// an update, for its clock dates the entries.
pub fn own_switch(
    runs: &Runs,
    id: &ClusterId,
    created: impl FnOnce(&str) -> Option<Timestamp>,
) -> Option<OwnSwitch> {
    let readings = runs.list(id).ok()?.into_iter().rev().filter_map(|run| reading(&run, id).ok()?);
    let switched = readings.filter_map(|(reading, _)| reading.switched()).next()?;
    let from = switched.update.as_deref().and_then(created).unwrap_or(switched.sent);
    let took = switched.done.duration_since(switched.sent).max(SignedDuration::ZERO);
    Some(OwnSwitch { from, to: from + took + SEEN_LATER })
}

/// [`own_switch`] of a cluster that can be asked.
pub fn own_switch_of(cluster: &impl Cluster) -> Option<OwnSwitch> {
    own_switch(&cluster.runs(), &cluster.id()?, |update| {
        cluster.wait(cluster.eks().describe_update(update)).ok()?.created_at()
    })
}

/// The runs of one cluster, oldest first.
#[derive(Debug)]
pub struct History {
    pub runs: Vec<Found>,
    /// Left by earlier versions, which kept them under the cluster's name alone.
    pub old: Vec<OldRun>,
}

#[derive(Debug)]
pub enum Found {
    Known(KnownRun),
    /// It came to no first record, so it did nothing.
    NotBegun(KeptRun),
    /// Nobody knows what it did.
    Unknown {
        place: String,
        why: SessionError,
    },
}

/// A run whose journal and plan could be read.
#[derive(Debug)]
pub struct KnownRun {
    pub run: KeptRun,
    pub plan: Plan,
    pub reading: Reading,
    /// Of the journal, as it was read.
    pub bytes: Vec<u8>,
}

/// A run in the old form.
#[derive(Debug)]
pub struct OldRun {
    pub run: KeptRun,
    /// `None`: its journal cannot be read.
    pub cluster: Option<ClusterId>,
}

impl History {
    /// # Errors
    /// When the places of the runs cannot be listed.
    pub fn of(runs: &Runs, id: &ClusterId) -> Result<Self, SessionError> {
        let found = |run: KeptRun| {
            let (number, place) = (run.number(), run.place());
            let found = match KnownRun::of(run.clone(), id) {
                Ok(Some(known)) => Found::Known(known),
                Ok(None) => Found::NotBegun(run),
                Err(why) => Found::Unknown { place, why },
            };
            (number, found)
        };
        let mut all: Vec<_> = runs.list(id)?.into_iter().map(found).collect();
        all.extend(runs.lost(id)?.into_iter().map(|lost| {
            let why = SessionError::LostRun { number: lost.number, place: lost.place.clone() };
            (Some(lost.number), Found::Unknown { place: lost.place, why })
        }));
        all.sort_by_key(|(number, _)| *number);
        let old = runs.list_old(id)?.into_iter().map(OldRun::of).collect();
        Ok(Self { runs: all.into_iter().map(|(_, found)| found).collect(), old })
    }

    /// # Errors
    /// When such a run is there in the old form, where it is not looked for.
    pub fn no_old_form(
        runs: &Runs,
        id: &ClusterId,
        is_it: impl Fn(&KeptRun) -> bool,
    ) -> Result<(), SessionError> {
        let old = runs.list_old(id)?.into_iter().filter(is_it).map(OldRun::of);
        let places: Vec<String> = old.filter(|old| old.may_be_of(id)).map(|old| old.run.place()).collect();
        if places.is_empty() { Ok(()) } else { Err(SessionError::OldForm { places, to: runs.place_of(id) }) }
    }

    pub fn known(&self) -> impl DoubleEndedIterator<Item = &KnownRun> {
        self.runs.iter().filter_map(|found| match found {
            Found::Known(known) => Some(known),
            Found::NotBegun(_) | Found::Unknown { .. } => None,
        })
    }

    /// The places of the runs that a later one has rolled back to the end.
    pub fn undone(&self) -> BTreeSet<String> {
        let known: Vec<&KnownRun> = self.known().collect();
        let mut undone = BTreeSet::new();
        for (index, rollback) in known.iter().enumerate() {
            let (Some(digest), true) = (&rollback.plan.undoes, rollback.is_done()) else { continue };
            let named = rollback.reading.header.undoes.as_deref();
            // a plan may have been run again after it was undone
            let before = known.iter().take(index).rev();
            let mut of_plan = before.filter(|run| run.plan.digest == *digest);
            let of = of_plan.find(|run| match named {
                Some(name) => run.run.name() == name,
                None => !undone.contains(&run.run.place()),
            });
            undone.extend(of.map(|run| run.run.place()));
        }
        undone
    }

    /// Of the newest run that left something behind, and that was not rolled back since: that run, and what undoes it.
    ///
    /// # Errors
    /// When it cannot be undone, or when one comes before it of which nobody knows what it did.
    pub fn to_undo(
        &self,
        id: &ClusterId,
        to: &Runs,
        now: &Snapshot,
    ) -> Result<Option<Undo<'_>>, SessionError> {
        let undone = self.undone();
        for found in self.runs.iter().rev() {
            let known = match found {
                Found::Known(known) => known,
                Found::NotBegun(_) => continue,
                Found::Unknown { place, why } => {
                    return Err(SessionError::UnknownRun { place: place.clone(), why: in_one_line(why) });
                }
            };
            if known.plan.undoes.is_some() || undone.contains(&known.run.place()) {
                continue;
            }
            let rollback = known.rollback(now)?;
            // what it did is gone, or never was
            if !rollback.plan.steps.is_empty() || !rollback.refused.is_empty() {
                return Ok(Some(Undo { run: known, rollback }));
            }
        }
        let old = self.old.iter().filter(|old| old.may_be_of(id));
        let places: Vec<String> = old.map(|old| old.run.place()).collect();
        if places.is_empty() { Ok(None) } else { Err(SessionError::OldForm { places, to: to.place_of(id) }) }
    }
}

/// A run, and the plan that undoes it.
pub struct Undo<'h> {
    pub run: &'h KnownRun,
    pub rollback: Rollback,
}

impl KnownRun {
    /// `None` of a run that did not begin.
    ///
    /// # Errors
    /// When its journal or its plan cannot be read, or is of another cluster or plan.
    pub fn of(run: KeptRun, id: &ClusterId) -> Result<Option<Self>, SessionError> {
        let Some((reading, bytes)) = reading(&run, id)? else { return Ok(None) };
        let plan = kept_plan(&run)?;
        if reading.header.plan != plan.digest {
            return Err(other_plan(&run, &reading, &plan.digest));
        }
        Ok(Some(Self { run, plan, reading, bytes }))
    }

    /// # Errors
    /// When none of it can be undone.
    pub fn rollback(&self, now: &Snapshot) -> Result<Rollback, SessionError> {
        Ok(rollback_plan(&self.plan, &self.reading.progress, now)?)
    }

    pub fn is_done(&self) -> bool {
        self.plan.steps.iter().all(|step| self.reading.progress.is_done(&step.id))
    }

    /// Calls that may have taken effect without anybody having looked. A record that was cut stands for one.
    pub fn in_doubt(&self) -> usize {
        self.reading.progress.open().max(usize::from(self.reading.torn > 0))
    }
}

impl OldRun {
    fn of(run: KeptRun) -> Self {
        let cluster = run.journal_bytes().ok().and_then(|bytes| Some(read(&bytes).ok()?.header.cluster));
        Self { run, cluster }
    }

    /// Where the journal cannot be read nobody can tell.
    pub fn may_be_of(&self, id: &ClusterId) -> bool {
        self.cluster.as_ref().is_none_or(|cluster| cluster == id)
    }
}

/// What the journal of a run tells, without holding it, and its bytes; `None` of a run on S3 that did not come to its
/// first record. In a folder every run has one from the beginning.
pub fn reading(run: &KeptRun, id: &ClusterId) -> Result<Option<(Reading, Vec<u8>)>, SessionError> {
    let bytes = run.journal_bytes()?;
    let reading = match read(&bytes) {
        Ok(reading) => reading,
        Err(JournalError::Empty) if !run.is_made_at_once() => return Ok(None),
        Err(source) => return Err(SessionError::Journal { place: run.journal_place(), source }),
    };
    if reading.header.cluster == *id {
        return Ok(Some((reading, bytes)));
    }
    Err(SessionError::OthersJournal { place: run.journal_place(), found: Box::new(reading.header.cluster) })
}

pub fn other_plan(run: &KeptRun, told: &Reading, plan: &str) -> SessionError {
    SessionError::OtherPlan {
        place: run.journal_place(),
        journal: told.header.plan.clone(),
        plan: plan.to_owned(),
    }
}

/// # Errors
/// When it cannot be read.
pub fn kept_plan(run: &KeptRun) -> Result<Plan, SessionError> {
    Plan::parse(&run.plan()?).map_err(|source| SessionError::KeptPlan { place: run.plan_place(), source })
}
