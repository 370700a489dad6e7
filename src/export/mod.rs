//! Access entries in the words of the tool that owns the cluster afterwards. Pure: text from typed values, one format per
//! file (`forms`). What is exported is a [`Handover`], worked out once for all of them; what a format cannot say is an error
//! that names it.

mod association;
mod error;
mod forms;
mod handover;
mod leaves;
mod names;
mod normal;
mod notes;
mod writers;

use std::collections::BTreeMap;

pub use association::Association;
pub use error::{ExportError, Unsayable};
pub use forms::{
    TerraformForm, ack, aws_cli, cdk, cloudformation, crossplane, eksctl, manifests, pulumi,
    resources_to_import, terraform,
};
pub use handover::{CarriedBinding, Entry, Handover, LeftOut, Seen};
pub use leaves::Leaves;

use crate::model::{AccessEntry, EntryUsername};
use writers::value::Value;
use writers::{hcl, value, yaml};

/// The username that is not left to EKS.
fn custom_username(entry: &AccessEntry) -> Option<&str> {
    match &entry.username {
        EntryUsername::Default => None,
        EntryUsername::Custom(name) => Some(name.as_str()),
    }
}

fn tag_map(tags: &BTreeMap<String, String>) -> Value {
    Value::fields(tags.iter().map(|(key, value)| (key.as_str(), Value::text(value))))
}
