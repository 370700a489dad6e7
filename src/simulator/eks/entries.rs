use std::collections::BTreeSet;

use crate::eks::Page;
use crate::model::{Associations, EntryType, GroupName};
use crate::snapshot::ObservedEntry;

use super::rules::{CreateRequest, EntrySubject, check_create, check_groups, check_is_ours, check_username};
use crate::simulator::behaviour::ShownGroups;
use crate::simulator::iam::principals::Presence;
use crate::simulator::pages::{Wanted, page};
use crate::simulator::refusal::{
    AwsRefusal, entry_exists, invalid_principal, no_entry, standard_only, too_many_entries,
};
use crate::simulator::state::{Bound, Entry, State};

impl State {
    /// All, or those that a policy is associated with.
    pub fn list_entries<'t>(
        &self,
        policy: Option<&str>,
        wanted: impl Into<Wanted<'t>>,
    ) -> Result<Page<String>, AwsRefusal> {
        self.gate()?;
        let shown = self.entries.iter().filter(|(_, entry)| {
            let has =
                |policies: &Associations, policy| policies.keys().any(|known| known.to_string() == policy);
            let shown = entry.shown().as_ref();
            shown.is_some_and(|it| policy.is_none_or(|policy| has(&it.observed.policies, policy)))
        });
        let items = shown.map(|(principal, _)| (principal.clone(), principal.clone()));
        page("access-entries", items, self.behaviour.page_size, wanted)
    }

    /// Without its policies, as DescribeAccessEntry answers.
    pub fn describe_entry(&self, principal: &str) -> Result<ObservedEntry, AwsRefusal> {
        self.gate()?;
        self.shown_entry(principal).map(|entry| without_policies(&entry.observed)).ok_or_else(no_entry)
    }

    pub fn create_entry(
        &mut self,
        request: &CreateRequest,
        client_token: Option<&str>,
    ) -> Result<ObservedEntry, AwsRefusal> {
        self.gate()?;
        if let Some(entry) = self.repeated_create(request, client_token) {
            return Ok(entry);
        }
        let subject = EntrySubject::read(&request.principal)?;
        check_create(request, &subject, &self.cluster.truth().id.account, &self.behaviour)?;
        let bound = match &subject {
            EntrySubject::Principal(principal) => match self.iam.presence(principal) {
                Presence::Absent => return Err(invalid_principal()),
                Presence::Known(id) => Bound::To(id),
                Presence::Assumed => Bound::Unknown,
            },
            EntrySubject::Root { .. } => Bound::Unknown,
        };
        if self.entry(&request.principal).is_some() {
            return Err(entry_exists());
        }
        if self.count_entries() >= self.behaviour.entry_quota {
            return Err(too_many_entries(self.behaviour.entry_quota));
        }
        if request.entry_type.needs_pass_role() {
            self.permit("iam:PassRole", &request.principal)?;
        }
        if !request.tags.is_empty() {
            self.permit("eks:TagResource", &request.principal)?;
        }
        let observed = self.new_entry(request, &subject);
        if let Some(token) = client_token {
            self.create_tokens.insert(token.to_owned(), request.clone());
        }
        self.put_entry(&request.principal, Some(Entry::new(observed.clone(), bound)), self.now);
        Ok(observed)
    }

    /// Replaces what is given as a whole. A reserved username is noticed before the type is: Terraform, sending a node
    /// entry's own username back, was told of the prefix.
    pub fn update_entry(
        &mut self,
        principal: &str,
        username: Option<&str>,
        groups: Option<&BTreeSet<String>>,
    ) -> Result<ObservedEntry, AwsRefusal> {
        self.gate()?;
        check_is_ours(principal)?;
        let mut entry = self.entry(principal).ok_or_else(no_entry)?.clone();
        if let Some(username) = username {
            check_username(username, &self.behaviour)?;
        }
        if let Some(groups) = groups {
            check_groups(groups, &self.behaviour)?;
        }
        if !entry.observed.entry_type.is_standard() {
            return Err(standard_only());
        }
        if let Some(username) = username {
            username.clone_into(&mut entry.observed.username);
        }
        if let Some(groups) = groups {
            entry.observed.groups.clone_from(groups);
        }
        entry.observed.modified = self.timestamp(self.now);
        let answer = without_policies(&entry.observed);
        self.put_entry(principal, Some(entry), self.now);
        Ok(answer)
    }

    /// Deletes any type, as EKS does: that node entries are needed is not its concern.
    pub fn delete_entry(&mut self, principal: &str) -> Result<(), AwsRefusal> {
        self.gate()?;
        check_is_ours(principal)?;
        self.entry(principal).ok_or_else(no_entry)?;
        self.put_entry(principal, None, self.now);
        Ok(())
    }

    /// An entry as EKS fills it in: default username, groups of the type, ARN and times.
    pub fn new_entry(&mut self, request: &CreateRequest, subject: &EntrySubject) -> ObservedEntry {
        let CreateRequest { principal, entry_type, username, groups, tags } = request;
        let default = match subject {
            EntrySubject::Principal(principal) => entry_type.default_username(principal),
            EntrySubject::Root { .. } => Some(principal.clone()),
        };
        let groups = if entry_type.is_standard() { groups.clone() } else { self.shown_groups(entry_type) };
        let created = self.timestamp(self.now);
        ObservedEntry {
            principal: principal.clone(),
            entry_type: entry_type.clone(),
            username: username.clone().or(default).unwrap_or_default(),
            groups,
            policies: Associations::new(),
            tags: tags.clone(),
            arn: self.entry_arn(subject),
            modified: created.clone(),
            created,
        }
    }

    /// `arn:P:eks:REGION:ACCT:access-entry/CLUSTER/{role|user}/PRINCIPAL_ACCT/NAME/UUID`, without the principal's path
    /// (Service Authorization Reference).
    fn entry_arn(&mut self, subject: &EntrySubject) -> String {
        let uuid = self.next_uuid();
        let id = &self.cluster.truth().id;
        let subject = match subject {
            EntrySubject::Principal(principal) => {
                let kind = if principal.is_role() { "role" } else { "user" };
                format!("{kind}/{}/{}", principal.account(), principal.name())
            }
            EntrySubject::Root { account } => format!("root/{account}"),
        };
        format!(
            "arn:{}:eks:{}:{}:access-entry/{}/{subject}/{uuid}",
            id.partition, id.region, id.account, id.name
        )
    }

    fn shown_groups(&self, entry_type: &EntryType) -> BTreeSet<String> {
        let shown = match self.behaviour.shown_groups {
            ShownGroups::Ec2LinuxOnly => *entry_type == EntryType::Ec2Linux,
            ShownGroups::AllNodeTypes => true,
        };
        shown.then(|| GroupName::NODES.to_owned()).into_iter().collect()
    }

    /// The answer to a create that was made before, for as long as its entry stands.
    fn repeated_create(&self, request: &CreateRequest, client_token: Option<&str>) -> Option<ObservedEntry> {
        let earlier = self.create_tokens.get(client_token?)?;
        if !self.behaviour.client_tokens || earlier != request {
            return None;
        }
        self.entry(&request.principal).map(|entry| without_policies(&entry.observed))
    }
}

fn without_policies(entry: &ObservedEntry) -> ObservedEntry {
    ObservedEntry { policies: Associations::new(), ..entry.clone() }
}
