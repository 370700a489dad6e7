use serde_json::json;

use super::{Exchange, read, show};
use crate::simulator::Operation;
use crate::simulator::change::Target;
use crate::simulator::http::message::Response;

impl Exchange<'_> {
    pub(super) fn list_access_policies(&self) -> Response {
        self.call(
            Operation::ListAccessPolicies,
            Target::Named("cluster"),
            |state| state.list_policies(read::wanted(self.request, &self.next)?),
            |page| show::policies(&page),
        )
    }

    pub(super) fn list_associated(&self, principal: &str) -> Response {
        self.call(
            Operation::ListAssociatedAccessPolicies,
            Target::Principal(principal),
            |state| state.list_associations(principal, read::wanted(self.request, &self.next)?),
            |page| show::associations(&page, self.cluster, principal),
        )
    }

    pub(super) fn associate(&self, principal: &str) -> Response {
        self.call(
            Operation::AssociateAccessPolicy,
            Target::Principal(principal),
            |state| {
                let (policy, scope) = read::associate(self.request)?;
                state.associate(principal, &policy, &scope)
            },
            |association| show::associated(&association, self.cluster, principal),
        )
    }

    pub(super) fn disassociate(&self, principal: &str, policy: &str) -> Response {
        self.call(
            Operation::DisassociateAccessPolicy,
            Target::Principal(principal),
            |state| state.disassociate(principal, &read::policy(policy)?),
            |()| json!({}),
        )
    }
}
