use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::model::{AccessScope, EntryType, PolicyArn, PrincipalArn};
use crate::rbac::{Binding, RoleRef, Subject, SubjectKind};

use super::eks::rules::CreateRequest;
use super::faults::NoEffect;
use super::iam::principals::Presence;
use super::refusal::Refusal;
use super::state::State;

/// What somebody else does to the world. `None` stands for what the disturbed call is about, or, where it is about
/// nothing of the kind, for the role `someone-else`.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// One more line for the role `someone-else` in `mapRoles`.
    AddLine,
    /// The data as a whole; `None` deletes the ConfigMap.
    AwsAuth(Option<BTreeMap<String, String>>),
    /// Creates an entry in the group `someone-else`, or puts an existing one there.
    TouchEntry(Option<PrincipalArn>),
    DeleteEntry(Option<PrincipalArn>),
    Associate(PrincipalArn, PolicyArn, AccessScope),
    Disassociate(PrincipalArn, PolicyArn),
    /// An update of something other than the authentication mode.
    StartUpdate,
    CreateBinding(Option<Binding>),
    DeleteBinding(Binding),
    DeletePrincipal(Option<PrincipalArn>),
    /// Deletes the principal and makes another one of the same ARN.
    RecreatePrincipal(Option<PrincipalArn>),
    /// Every node stops being ready.
    NodesNotReady,
}

/// What a call is about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target<'a> {
    Named(&'a str),
    Principal(&'a str),
    Binding(&'a Binding),
}

impl Target<'_> {
    pub fn text(&self) -> String {
        match self {
            Self::Named(name) => (*name).to_owned(),
            Self::Principal(principal) => (*principal).to_owned(),
            Self::Binding(Binding { namespace: Some(namespace), name, .. }) => {
                format!("rolebinding/{namespace}/{name}")
            }
            Self::Binding(Binding { namespace: None, name, .. }) => format!("clusterrolebinding/{name}"),
        }
    }
}

const SOMEONE: &str = "someone-else";

impl State {
    /// Somebody else is bound by the same rules: what EKS or Kubernetes refuses them does not happen.
    ///
    /// # Errors
    /// Why nothing was changed.
    pub fn apply(&mut self, change: &Change, target: Target<'_>) -> Result<(), NoEffect> {
        match change {
            Change::AddLine => self.add_line(),
            Change::AwsAuth(data) => self.kube.overwrite_aws_auth(data.clone()),
            Change::TouchEntry(principal) => self.touch_entry(&self.meant(principal.as_ref(), target))?,
            Change::DeleteEntry(principal) => {
                let meant = self.meant(principal.as_ref(), target);
                let is_named = principal.is_some() || matches!(target, Target::Principal(_));
                match self.entry(&meant) {
                    Some(_) => self.delete_entry(&meant).map_err(refused)?,
                    None if is_named => return Err(NoEffect::NoEntry { principal: meant }),
                    None => return Err(NoEffect::AboutNoEntry),
                }
            }
            Change::Associate(principal, policy, scope) => {
                self.associate(&principal.to_string(), policy, scope).map_err(refused)?;
            }
            Change::Disassociate(principal, policy) => {
                self.disassociate(&principal.to_string(), policy).map_err(refused)?;
            }
            Change::StartUpdate => {
                if !self.start_foreign_update() {
                    return Err(NoEffect::Updating);
                }
            }
            Change::CreateBinding(binding) => {
                let binding = binding.clone().unwrap_or_else(|| foreign_binding(target));
                self.kube.create_binding(&binding).map_err(refused)?;
            }
            Change::DeleteBinding(binding) => self.kube.delete_binding(binding).map_err(refused)?,
            Change::NodesNotReady => {
                if self.nodes.is_empty() {
                    return Err(NoEffect::NoNodes);
                }
                self.nodes.iter_mut().for_each(|node| node.ready = false);
            }
            Change::DeletePrincipal(principal) => {
                let principal = whom(principal.as_ref(), target)?;
                if self.iam.presence(&principal) == Presence::Absent {
                    return Err(NoEffect::NoPrincipal { principal: principal.to_string() });
                }
                self.iam.delete(&principal);
            }
            Change::RecreatePrincipal(principal) => {
                let meant = self.meant(principal.as_ref(), target);
                let principal = meant.parse::<PrincipalArn>().map_err(|_| NoEffect::AboutNoPrincipal)?;
                // younger than every entry there is, so that their times tell
                self.advance(Duration::from_millis(1));
                let prefix = if principal.is_role() { "AROA" } else { "AIDA" };
                let id = loop {
                    self.serial += 1;
                    let id = format!("{prefix}{:017}", self.serial);
                    if !self.iam.has_id(&id) {
                        break id;
                    }
                };
                self.iam.create(&principal, id, self.timestamp(self.now));
            }
        }
        Ok(())
    }

    fn touch_entry(&mut self, principal: &str) -> Result<(), NoEffect> {
        let groups = BTreeSet::from([SOMEONE.to_owned()]);
        let request = CreateRequest {
            principal: principal.to_owned(),
            entry_type: EntryType::Standard,
            username: None,
            groups: groups.clone(),
            tags: BTreeMap::new(),
        };
        match self.create_entry(&request, None) {
            Ok(_) => Ok(()),
            Err(created) => match self.update_entry(principal, None, Some(&groups)) {
                Ok(_) => Ok(()),
                Err(updated) => Err(refused(if self.entry(principal).is_some() { updated } else { created })),
            },
        }
    }

    fn add_line(&mut self) {
        let mut data = self.kube.aws_auth.clone().unwrap_or_default().data;
        let arn = self.someone();
        let map_roles = data.entry("mapRoles".to_owned()).or_default();
        *map_roles = with_line(map_roles, &arn);
        self.kube.overwrite_aws_auth(Some(data));
    }

    fn meant(&self, principal: Option<&PrincipalArn>, target: Target<'_>) -> String {
        match (principal, target) {
            (Some(principal), _) => principal.to_string(),
            (None, Target::Principal(principal)) => principal.to_owned(),
            (None, Target::Named(_) | Target::Binding(_)) => self.someone(),
        }
    }

    /// Without a path, so that `aws-auth` and IAM spell it alike.
    fn someone(&self) -> String {
        let id = &self.cluster.truth().id;
        format!("arn:{}:iam::{}:role/{SOMEONE}", id.partition, id.account)
    }
}

/// The list with one more item, indented as its first one. A list in flow style gets a comment instead.
fn with_line(text: &str, arn: &str) -> String {
    let mut text = text.to_owned();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    let items = text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    let indent = match items.map(|line| (line, line.trim_start())).next() {
        None => "",
        Some((line, item)) if item.starts_with("- ") => &line[..line.len() - item.len()],
        Some(_) => return format!("{text}# {SOMEONE}\n"),
    };
    let line = format!("{indent}- rolearn: {arn}\n{indent}  username: {SOMEONE}\n");
    format!("{text}{line}{indent}  groups: [{SOMEONE}]\n")
}

fn refused<K>(refusal: Refusal<K>) -> NoEffect {
    NoEffect::Refused { message: refusal.message }
}

/// Whom a call is about, where it is about somebody.
fn whom(principal: Option<&PrincipalArn>, target: Target<'_>) -> Result<PrincipalArn, NoEffect> {
    match (principal, target) {
        (Some(principal), _) => Ok(principal.clone()),
        (None, Target::Principal(text)) => text.parse().map_err(|_| NoEffect::AboutNoPrincipal),
        (None, Target::Named(_) | Target::Binding(_)) => Err(NoEffect::AboutNoPrincipal),
    }
}

/// A binding of the name that the call is about to use.
fn foreign_binding(target: Target<'_>) -> Binding {
    let (namespace, name) = match target {
        Target::Binding(binding) => (binding.namespace.clone(), binding.name.clone()),
        Target::Named(_) | Target::Principal(_) => (None, SOMEONE.to_owned()),
    };
    Binding {
        namespace,
        name,
        role_ref: RoleRef { kind: "ClusterRole".to_owned(), name: "view".to_owned() },
        subjects: vec![Subject { kind: SubjectKind::Group, name: SOMEONE.to_owned(), namespace: None }],
    }
}

#[cfg(test)]
mod tests {
    use super::with_line;

    #[test]
    fn a_foreign_line_takes_the_indentation_of_the_list() {
        let arn = "arn:aws:iam::111122223333:role/x";
        let line = "rolearn: arn:aws:iam::111122223333:role/x\n";
        assert!(with_line("  - rolearn: a\n", arn).contains(&format!("\n  - {line}    username:")));
        assert!(with_line("", arn).starts_with(&format!("- {line}  username:")));
        assert!(with_line("[]", arn).starts_with("[]\n#"));
    }
}
