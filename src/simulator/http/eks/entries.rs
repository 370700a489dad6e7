use serde_json::json;

use super::{Exchange, read, show};
use crate::simulator::Operation;
use crate::simulator::change::Target;
use crate::simulator::http::message::Response;

impl Exchange<'_> {
    pub(super) fn list_access_entries(&self) -> Response {
        let policy = self.request.parameter("associatedPolicyArn");
        self.call(
            Operation::ListAccessEntries,
            Target::Named("cluster"),
            |state| state.list_entries(policy.as_deref(), read::wanted(self.request, &self.next)?),
            |page| show::names("accessEntries", &page),
        )
    }

    pub(super) fn create_access_entry(&self) -> Response {
        let asked = read::create(self.request);
        let principal = asked.as_ref().map_or_else(|_| String::new(), |(create, _)| create.principal.clone());
        self.call(
            Operation::CreateAccessEntry,
            Target::Principal(&principal),
            |state| {
                let (create, token) = asked?;
                state.create_entry(&create, token.as_deref())
            },
            |entry| show::entry(&entry, self.cluster),
        )
    }

    pub(super) fn describe_access_entry(&self, principal: &str) -> Response {
        self.call(
            Operation::DescribeAccessEntry,
            Target::Principal(principal),
            |state| state.describe_entry(principal),
            |entry| show::entry(&entry, self.cluster),
        )
    }

    pub(super) fn update_access_entry(&self, principal: &str) -> Response {
        self.call(
            Operation::UpdateAccessEntry,
            Target::Principal(principal),
            |state| {
                let read::Change { kubernetes_groups, username } = read::change(self.request)?;
                state.update_entry(principal, username.as_deref(), kubernetes_groups.as_ref())
            },
            |entry| show::entry(&entry, self.cluster),
        )
    }

    pub(super) fn delete_access_entry(&self, principal: &str) -> Response {
        self.call(
            Operation::DeleteAccessEntry,
            Target::Principal(principal),
            |state| state.delete_entry(principal),
            |()| json!({}),
        )
    }
}
