//! What was asked for, each request of one kind once: what `replay` decides again.

use jiff::Timestamp;
use serde::Serialize;

use super::event::{AuditEvent, DecidedBy, Decision, ObjectRef, Target, User};
use super::intern::{Interner, Lists, TextId};

/// Whose requests are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Whom {
    /// Not those of Kubernetes and EKS itself: service accounts, control plane, nodes, `eks:*`. No migration changes them,
    /// and they are most of a log.
    #[default]
    WithoutTheSystem,
    Everybody,
}

/// How much is kept. What comes after is counted in [`DistinctRequests::beyond`], never left out without a word.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Distinct requests.
    pub requests: usize,
    /// Bytes of distinct texts: users, names of objects, paths.
    pub text: usize,
}

impl Default for Limits {
    /// About 100 MB when all of it is used.
    fn default() -> Self {
        Self { requests: 300_000, text: 40 << 20 }
    }
}

/// Every distinct request of a log, with how often it was made.
///
/// Two requests are one when they agree in username, groups, principal, verb, apiGroup, resource, subresource, namespace,
/// name and path: all that an authorizer sees.
pub struct DistinctRequests {
    whom: Whom,
    texts: Interner,
    groups: Lists,
    identities: Lists,
    classes: Lists,
    counts: Vec<RequestCounts>,
    total: u64,
    skipped: u64,
    unauthenticated: u64,
    beyond: u64,
}

/// How often a request was made, and what the API server answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RequestCounts {
    pub allowed: u64,
    pub forbidden: u64,
    /// The log has no decision of them.
    pub undecided: u64,
    by: [u64; DecidedBy::COUNT],
    /// `None`: all of them are undecided.
    pub last: Option<LastDecision>,
}

/// What the API server answered the last time, by the times of the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LastDecision {
    pub decision: Decision,
    pub by: DecidedBy,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

impl LastDecision {
    pub fn is_allowed(&self) -> bool {
        self.decision == Decision::Allow
    }
}

impl RequestCounts {
    pub fn total(&self) -> u64 {
        self.allowed + self.forbidden + self.undecided
    }

    /// How often the reason named this authorizer.
    pub fn decided_by(&self, by: DecidedBy) -> u64 {
        self.by[by.index()]
    }
}

/// Whom the authorizers were asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity<'a> {
    /// Where it stands among [`DistinctRequests::identities`].
    pub index: usize,
    pub username: &'a str,
    /// Sorted, each once; `system:authenticated` is among them as the log has it.
    pub groups: Vec<&'a str>,
    /// Of an IAM login; empty for everybody else, and for somebody who was impersonated.
    pub canonical_arn: &'a str,
    pub principal_id: &'a str,
}

/// A request, and whom it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistinctRequest<'a> {
    /// [`Identity::index`]
    pub identity: usize,
    pub verb: &'a str,
    /// Empty for the core group.
    pub api_group: &'a str,
    /// Empty: the request is about [`path`](Self::path), else that is.
    pub resource: &'a str,
    pub subresource: &'a str,
    pub namespace: &'a str,
    pub name: &'a str,
    pub path: &'a str,
    pub counts: RequestCounts,
}

impl DistinctRequests {
    pub fn new(whom: Whom) -> Self {
        Self::with_limits(whom, Limits::default())
    }

    pub fn with_limits(whom: Whom, limits: Limits) -> Self {
        Self {
            whom,
            texts: Interner::new(limits.text),
            groups: Lists::new(limits.requests),
            identities: Lists::new(limits.requests),
            classes: Lists::new(limits.requests),
            counts: Vec::new(),
            total: 0,
            skipped: 0,
            unauthenticated: 0,
            beyond: 0,
        }
    }

    pub fn add(&mut self, event: &AuditEvent<'_>) {
        self.total += 1;
        if event.is_unauthenticated() {
            self.unauthenticated += 1;
        } else if self.whom == Whom::WithoutTheSystem && event.asked_about().is_of_the_system() {
            self.skipped += 1;
        } else if let Some(class) = self.class_of(event) {
            self.count(class, event);
        } else {
            self.beyond += 1;
        }
    }

    fn count(&mut self, class: usize, event: &AuditEvent<'_>) {
        if class >= self.counts.len() {
            self.counts.resize(class + 1, RequestCounts::default());
        }
        let counts = &mut self.counts[class];
        match event.decision {
            Some(Decision::Allow) => counts.allowed += 1,
            Some(Decision::Forbid) => counts.forbidden += 1,
            None => counts.undecided += 1,
        }
        counts.by[event.decided_by().index()] += 1;
        if let Some(decision) = event.decision
            && counts.last.is_none_or(|last| last.at <= event.time)
        {
            counts.last = Some(LastDecision { decision, by: event.decided_by(), at: event.time });
        }
    }

    fn class_of(&mut self, event: &AuditEvent<'_>) -> Option<usize> {
        let identity = self.identity_of(event)?;
        let texts = &mut self.texts;
        let verb = texts.id(&event.verb)?;
        let class = match &event.target {
            Target::Resource(object) => [
                identity,
                verb,
                texts.id(&object.api_group)?,
                texts.id(&object.resource)?,
                texts.id(&object.subresource)?,
                texts.id(&object.namespace)?,
                texts.id(asked_name(&event.verb, object))?,
                0,
            ],
            Target::Path(path) => [identity, verb, 0, 0, 0, 0, 0, texts.id(path)?],
        };
        self.classes.id(&class).map(|class| class as usize)
    }

    fn identity_of(&mut self, event: &AuditEvent<'_>) -> Option<u32> {
        let user = event.asked_about();
        let groups = self.groups_of(user)?;
        let is_login = event.impersonated.is_none() && user.is_iam_login();
        let texts = &mut self.texts;
        let (arn, id) = match is_login {
            true => (texts.id(&user.canonical())?, texts.id(user.principal())?),
            false => (0, 0),
        };
        let username = texts.id(&user.username)?;
        self.identities.id(&[username, groups, arn, id])
    }

    fn groups_of(&mut self, user: &User<'_>) -> Option<u32> {
        let texts = &mut self.texts;
        let mut groups: Vec<TextId> =
            user.groups.iter().map(|group| texts.id(group)).collect::<Option<_>>()?;
        groups.sort_unstable();
        groups.dedup();
        self.groups.id(&groups)
    }

    /// Everybody who asked, in the order in which they first did.
    pub fn identities(&self) -> impl Iterator<Item = Identity<'_>> {
        (0..self.identities.len()).filter_map(|index| self.identity(index))
    }

    pub fn identity(&self, index: usize) -> Option<Identity<'_>> {
        let &[username, groups, arn, id] = self.identities.get(u32::try_from(index).ok()?) else {
            return None;
        };
        let mut groups: Vec<&str> =
            self.groups.get(groups).iter().map(|group| self.texts.text(*group)).collect();
        groups.sort_unstable();
        Some(Identity {
            index,
            username: self.texts.text(username),
            groups,
            canonical_arn: self.texts.text(arn),
            principal_id: self.texts.text(id),
        })
    }

    /// In the order in which each was first made.
    pub fn iter(&self) -> impl Iterator<Item = DistinctRequest<'_>> {
        (0..self.counts.len()).filter_map(|index| self.request(index))
    }

    /// The one that stands there among [`Self::iter`].
    pub fn request(&self, index: usize) -> Option<DistinctRequest<'_>> {
        let counts = self.counts.get(index)?;
        let &[identity, verb, api_group, resource, subresource, namespace, name, path] =
            self.classes.get(u32::try_from(index).ok()?)
        else {
            return None;
        };
        Some(DistinctRequest {
            identity: identity as usize,
            verb: self.texts.text(verb),
            api_group: self.texts.text(api_group),
            resource: self.texts.text(resource),
            subresource: self.texts.text(subresource),
            namespace: self.texts.text(namespace),
            name: self.texts.text(name),
            path: self.texts.text(path),
            counts: *counts,
        })
    }

    /// Distinct ones.
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// All requests that were added, those of the next three among them.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Of the system, and not asked for.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Of nobody: the login failed.
    pub fn unauthenticated(&self) -> u64 {
        self.unauthenticated
    }

    /// Distinct ones that came when there was no room for another: they are not among these.
    pub fn beyond(&self) -> u64 {
        self.beyond
    }
}

/// The name that authorizers are asked about. An object that is created has none in the request; the log takes it from the
/// body afterwards (apiserver: pkg/endpoints/request/requestinfo.go, and pkg/audit/request.go, LogRequestObject).
fn asked_name<'a>(verb: &str, object: &'a ObjectRef<'_>) -> &'a str {
    if verb == "create" && object.subresource.is_empty() { "" } else { &object.name }
}
