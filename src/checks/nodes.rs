use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::check::{Check, CheckSubject};
use crate::kube::{KubeAccess, Node};
use crate::observe::reading;
use crate::world::Clock;

/// To look again.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// For how long.
    pub duration: Duration,
    /// How long between two looks.
    pub every: Duration,
    /// Asked between two looks; `true` ends the watch.
    pub interrupted: &'a dyn Fn() -> bool,
}

/// What a watch has seen so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    pub elapsed: Duration,
    /// For how long it goes on.
    pub of: Duration,
    pub groups: Vec<Readiness>,
}

/// The nodes of one node group, of one Fargate profile, or of neither.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// `workers-a`, `jobs (Fargate)`, `no node group`.
    pub name: String,
    pub ready: usize,
    pub all: usize,
}

/// Whether the nodes are ready, and with `watch` whether they stay so: one check for each node group, Fargate profile and
/// the rest, and one for each node that is not ready.
///
/// The first look of a watch is what the later ones are held against. A node that is gone is no failure: clusters shrink.
/// `seen` is told of each look of a watch.
pub async fn nodes(
    clock: &impl Clock,
    server: &impl KubeAccess,
    watch: Option<Watch<'_>>,
    seen: &mut dyn FnMut(&Watched),
) -> Vec<Check> {
    let mut looks = Looks::default();
    let start = clock.elapsed();
    loop {
        match reading(clock, async || server.list_nodes().await).await {
            Ok(nodes) => looks.add(nodes),
            Err(error) => return vec![Check::unknown(CheckSubject::Nodes("the cluster".to_owned()), error)],
        }
        if let Some(watch) = watch {
            let elapsed = clock.elapsed().saturating_sub(start).min(watch.duration);
            seen(&Watched { elapsed, of: watch.duration, groups: looks.readiness() });
        }
        let Some(watch) = watch.filter(|it| !(it.interrupted)()) else { break };
        let left = watch.duration.saturating_sub(clock.elapsed().saturating_sub(start));
        if left.is_zero() {
            break;
        }
        clock.sleep(watch.every.clamp(Duration::from_secs(1), left.max(Duration::from_secs(1)))).await;
    }
    looks.checks(clock.elapsed().saturating_sub(start), watch.is_some())
}

/// Where a node belongs, in words.
fn group(node: &Node) -> String {
    match (&node.nodegroup, &node.fargate_profile) {
        (Some(name), _) => format!("node group {name}"),
        (None, Some(name)) => format!("Fargate profile {name}"),
        (None, None) => "no node group".to_owned(),
    }
}

#[derive(Debug, Default)]
struct Looks {
    number: usize,
    last: BTreeMap<String, Node>,
    /// Every node of any look, with where it belongs.
    all: BTreeMap<String, String>,
    /// Not ready in some look although ready in an earlier one.
    lost: BTreeSet<String>,
    /// Ready in some look.
    ready: BTreeSet<String>,
}

impl Looks {
    fn add(&mut self, nodes: Vec<Node>) {
        self.number += 1;
        self.last = nodes.into_iter().map(|node| (node.name.clone(), node)).collect();
        for node in self.last.values() {
            self.all.insert(node.name.clone(), group(node));
            if node.ready {
                self.ready.insert(node.name.clone());
            } else if self.ready.contains(&node.name) {
                self.lost.insert(node.name.clone());
            }
        }
    }

    /// By the last look.
    fn readiness(&self) -> Vec<Readiness> {
        let mut groups: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for node in self.last.values() {
            let name = match (&node.nodegroup, &node.fargate_profile) {
                (Some(name), _) => name.clone(),
                (None, Some(name)) => format!("{name} (Fargate)"),
                (None, None) => "no node group".to_owned(),
            };
            let (ready, all) = groups.entry(name).or_default();
            *ready += usize::from(node.ready);
            *all += 1;
        }
        groups.into_iter().map(|(name, (ready, all))| Readiness { name, ready, all }).collect()
    }

    fn checks(&self, took: Duration, watched: bool) -> Vec<Check> {
        let mut checks = Vec::new();
        let mut groups: BTreeMap<&String, (usize, usize)> = BTreeMap::new();
        for (name, of) in &self.all {
            let subject = CheckSubject::Node { name: name.clone(), of: of.clone() };
            let Some(node) = self.last.get(name) else {
                checks.push(Check::unknown(subject, "it disappeared while being watched"));
                continue;
            };
            let (ready, all) = groups.entry(of).or_default();
            *all += 1;
            *ready += usize::from(node.ready && !self.lost.contains(name));
            let help = "check its kubelet log, and the type of its role's access entry";
            if self.lost.contains(name) {
                let said = if node.ready { "it was NotReady for a while" } else { "it became NotReady" };
                checks.push(Check::failed(subject, "expected to stay Ready", said, help));
            } else if !node.ready {
                checks.push(Check::failed(subject, "expected to be Ready", "it is NotReady", help));
            }
        }
        let watched = match watched {
            true => {
                let checks = if self.number == 1 { "check" } else { "checks" };
                format!(" ({} {checks} in {} s)", self.number, took.as_secs())
            }
            false => String::new(),
        };
        for (of, (ready, all)) in groups.into_iter().filter(|(_, (ready, all))| ready == all) {
            let subject = CheckSubject::Nodes(of.clone());
            checks.push(Check::passed(subject, format!("{ready} of {all} ready{watched}")));
        }
        if self.all.is_empty() {
            checks.push(Check::passed(CheckSubject::Nodes("the cluster".to_owned()), "there are none"));
        }
        checks.sort_by(|a, b| a.subject.cmp(&b.subject));
        checks
    }
}
