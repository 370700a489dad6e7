use serde_json::json;

use super::{Exchange, read};
use crate::simulator::Operation;
use crate::simulator::change::Target;
use crate::simulator::http::message::Response;

/// The cluster of an access entry's ARN, `arn:…:access-entry/CLUSTER/…`; empty of what is none.
pub(super) fn cluster_of(arn: &str) -> &str {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
    resource.strip_prefix("access-entry/").and_then(|rest| rest.split('/').next()).unwrap_or_default()
}

impl Exchange<'_> {
    pub(super) fn list_tags_for_resource(&self, arn: &str) -> Response {
        self.call(
            Operation::ListTagsForResource,
            Target::Named(arn),
            |state| state.list_tags(arn),
            |tags| json!({ "tags": tags }),
        )
    }

    pub(super) fn tag_resource(&self, arn: &str) -> Response {
        self.call(
            Operation::TagResource,
            Target::Named(arn),
            |state| state.tag_entry(arn, &read::tags(self.request)?),
            |()| json!({}),
        )
    }

    pub(super) fn untag_resource(&self, arn: &str) -> Response {
        let keys = self.request.parameters("tagKeys").into_iter().collect();
        self.call(
            Operation::UntagResource,
            Target::Named(arn),
            |state| state.untag_entry(arn, &keys),
            |()| json!({}),
        )
    }
}
