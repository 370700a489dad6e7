//! Access entries in the words of the tool that owns the cluster afterwards. Pure: text from typed values, one format per
//! file. What is exported is a [`Handover`], worked out once for all of them; what a format cannot say is an error that
//! names it.

mod ack;
mod association;
mod aws_cli;
mod bindings;
mod cdk;
mod cloudformation;
mod crossplane;
mod eksctl;
mod error;
mod handover;
mod hcl;
mod leaves;
mod manifests;
mod names;
mod normal;
mod notes;
mod provider;
mod pulumi;
mod scope;
mod spelling;
mod terraform;
mod value;
mod yaml;

use std::collections::BTreeMap;

pub use ack::ack;
pub use association::Association;
pub use aws_cli::aws_cli;
pub use cdk::cdk;
pub use cloudformation::{cloudformation, resources_to_import};
pub use crossplane::crossplane;
pub use eksctl::eksctl;
pub use error::{ExportError, Unsayable};
pub use handover::{CarriedBinding, Entry, Handover, LeftOut, Seen};
pub use leaves::Leaves;
pub use manifests::manifests;
pub use pulumi::pulumi;
pub use terraform::{TerraformForm, terraform};

use crate::model::{AccessEntry, EntryUsername};
use value::Value;

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
