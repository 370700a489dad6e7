//! What follows from a snapshot, computed once: who each login is, which access entry is alive, what each role needs as a
//! node, who is an administrator, what is effective.
//!
//! Pure, and the one place that answers these questions: the planner, the guards, the checks, `status`, `whois`, `lint` and
//! the simulator ask here, so that no two of them tell different things of one principal.

mod administrators;
mod effective;
mod eks_made;
mod entries;
mod iam;
mod login;
mod nodes;
mod services;
mod sessions;

pub use administrators::{AdministratorBy, Administrators};
pub use effective::{Effective, EffectiveBy, Overrides};
pub use eks_made::{EksMade, made_at_switch};
pub use entries::{Entries, EntryFact, Liveness};
pub use iam::{Iam, Known};
pub use login::{Login, Today, Who, by_mapping, entry_username};
pub use nodes::{Asked, NodeNeeds, NodeUse, Requirement, UsedBy};
pub use services::{Service, service_of};
pub use sessions::{is_one_to_one, session_of, written};

use std::cell::OnceCell;

use crate::model::{AuthenticationMode, ClusterId};
use crate::rbac::served::ApiResource;
use crate::reader::{AwsAuth, read};
use crate::snapshot::Snapshot;

/// The facts of one snapshot.
pub struct Facts<'s> {
    pub snapshot: &'s Snapshot,
    /// `None`: no cluster was looked at.
    pub mode: Option<AuthenticationMode>,
    pub iam: Iam<'s>,
    pub entries: Entries<'s>,
    pub nodes: NodeNeeds,
    aws_auth: OnceCell<Option<AwsAuth>>,
}

impl<'s> Facts<'s> {
    pub fn of(snapshot: &'s Snapshot) -> Self {
        let mode = snapshot.cluster.as_ref().map(|cluster| cluster.mode);
        let iam = Iam::of(snapshot);
        let entries = Entries::of(snapshot, &iam);
        Self { snapshot, mode, iam, entries, nodes: NodeNeeds::of(snapshot), aws_auth: OnceCell::new() }
    }

    /// `None`: no cluster was looked at.
    pub fn cluster(&self) -> Option<&'s ClusterId> {
        self.snapshot.cluster.as_ref().map(|cluster| &cluster.id)
    }

    /// `aws-auth` as EKS reads it, whatever the mode; read when it is first asked for.
    pub fn aws_auth(&self) -> Option<&AwsAuth> {
        self.aws_auth.get_or_init(|| self.snapshot.aws_auth.as_ref().map(read)).as_ref()
    }

    /// What the API server serves; `None` where a part of it is not known.
    pub fn served(&self) -> Option<&'s [ApiResource]> {
        let listing = self.snapshot.api_resources.as_ref().filter(|listing| listing.complete)?;
        Some(&listing.items)
    }
}
