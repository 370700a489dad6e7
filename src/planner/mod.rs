//! What is to be done, and why: a plain function from a snapshot and the team's decisions to a plan.
//!
//! No clock, no network, no environment, no randomness: the same input gives the same bytes.
//!
//! [`plan()`] is the story. Its chapters: `mappings/`, from an element of `aws-auth` to what it becomes; `existing/`, what is
//! there already: entries, the caller, nodes, what EKS makes; `plan/`, the plan itself and its file; `decisions/`, `eksodus.yaml`.

mod administrators;
mod decisions;
mod evidence;
mod existing;
mod findings;
mod given;
pub(crate) mod mappings;
mod notices;
mod order;
mod parity;
mod people;
mod plan;
mod preconditions;
mod proof;
mod prune;
mod questions;
mod quota;
mod unknowns;
mod unsound_rbac;

#[cfg(test)]
pub(crate) use decisions::schema_of_file as schema_of_decisions;
pub use decisions::{
    AccountDecision, CannotExtend, Decisions, DecisionsError, DecisionsErrorKind, ExistingDecision,
    GroupDecision, Layer, Masters, OpenQuestion, Origins, PolicyDecision, PrincipalDecision,
    ProposedUsernames, Prune, Seat, UsernameDecision, extended, matches, with_open_questions,
};
pub use people::{ANY_SESSION, BeforeAfter, LoginTemplate, Person, Session, people};
pub use plan::{
    Action, Administrator, After, CallerAccess, Existing, ExistingFate, Expected, Fingerprint, FormatVersion,
    KeptBecause, KeptMapping, Line, NodeCounts, NodeRole, Outcome, Plan, PlanFileError, PruneOutlook,
    RemovedMapping, Standing, Step, Summary, Target, fingerprint,
};
pub use questions::{Asking, Changed, Effect, Matter, Offer, Question};

pub use proof::{Alike, Asked, Proof};

pub use crate::findings::{Blocker, Finding, Gain, GivesMore, Note, PolicyRefusal, Severity};
pub use crate::model::Phase;
pub use crate::reader::LinePlace;

use administrators::administrators;
use existing::caller::find_caller;
use existing::fates::fates;
use existing::nodes::cover_nodes;
use findings::{Draft, collect_findings};
use given::Given;
use mappings::accounts::expand_accounts;
use mappings::gains::{Gains, find_gains};
use mappings::read::read_mappings;
use mappings::settle::{Settled, settle_with_existing};
use order::order_steps;
use parity::prove;
use plan::fingerprint::of_facts;
use prune::{Pruned, prune};
use unknowns::unknown;

use crate::facts::Facts;
use crate::snapshot::Snapshot;

/// What has to be done to move the snapshot's cluster to access entries.
///
/// Pure: the same snapshot and decisions give the same plan, byte for byte.
pub fn plan(snapshot: &Snapshot, decisions: &Decisions) -> Plan {
    let facts = Facts::of(snapshot);
    let given = Given::of(&facts, decisions);

    // Whom each mapping is about. Nothing is made yet, so that this is done once, whatever has to be settled again.
    let mappings = read_mappings(&given);

    // After the mappings: a principal's own one beats that of its account.
    let accounts = expand_accounts(&given, &mappings);

    // What becomes of each, beside the entry that is there.
    let settled = settle_with_existing(&given, &mappings, &accounts, &Gains::default());

    // Only the whole shows who else has a name that one of them would get. Where somebody would have more by it, its
    // principal waits, and nothing is made for it: neither entry nor binding.
    let gains = find_gains(&given, &settled);
    let mut settled = match gains.are_refused() {
        true => settle_with_existing(&given, &mappings, &accounts, &gains),
        false => settled,
    };

    // From here on it is known which entries there will be. The caller's own is marked, for the order of the steps.
    let caller = find_caller(&facts, &mut settled.targets);

    // An entry's type can never change: whether nodes get the right one is for a reviewer to see.
    let nodes = cover_nodes(&facts, &settled.targets);

    // Mappings that an entry covers can go.
    let Pruned { step: prune_step, outlook, notices: unpruned } = prune(&given, &settled.lines);

    // After all that findings are about.
    let draft = Draft { given: &given, mappings, accounts, gains, settled, caller, nodes, unpruned };
    let notices = collect_findings(&draft);

    // What waits for a decision is no target, and so no step.
    let steps = order_steps(facts.mode, &draft.settled, prune_step);

    // The digest covers all the rest, so it is last.
    seal(draft, notices, steps, outlook)
}

fn seal(draft: Draft<'_>, notices: Vec<Finding>, steps: Vec<Step>, prune: Option<PruneOutlook>) -> Plan {
    let Draft { given, settled, caller, nodes, .. } = draft;
    let Given { facts, decisions, .. } = given;
    let Settled { lines, targets, bindings } = settled;
    let snapshot = facts.snapshot;
    let (proof, administrators) = {
        let targets: Vec<&Target> = targets.values().collect();
        let people = people(facts, &lines, targets.iter().copied());
        let draft = parity::Draft {
            facts,
            decisions,
            lines: &lines,
            targets: &targets,
            people: &people,
            steps: &steps,
        };
        (prove(&draft), administrators(given, &people, &bindings))
    };
    Plan {
        format: FormatVersion::CURRENT,
        summary: Summary::default(),
        cluster: snapshot.cluster.as_ref().map(|cluster| cluster.id.clone()),
        mode: facts.mode,
        caller,
        source: snapshot.aws_auth.as_ref().map(|manifest| manifest.source.name.clone()),
        fingerprint: of_facts(facts, decisions),
        decisions: (*decisions).clone(),
        own_switch: snapshot.own_switch.clone(),
        evidence: snapshot.evidence.clone(),
        unknown: unknown(snapshot),
        existing: fates(facts, &targets, &lines),
        lines,
        targets: targets.into_values().collect(),
        nodes,
        notices,
        steps,
        parity: Some(proof),
        administrators: Some(administrators),
        prune,
        undoes: None,
        digest: String::new(),
    }
    .sealed()
}
