//! One form a file, and what several of them share: how AWS's own document spells an entry (`spelling`, `scope`), what the
//! Terraform provider takes (`provider`), role bindings as its resources (`bindings`).

mod ack;
mod aws_cli;
mod bindings;
mod cdk;
mod cloudformation;
mod crossplane;
mod eksctl;
mod manifests;
mod provider;
mod pulumi;
mod scope;
mod spelling;
mod terraform;

pub use ack::ack;
pub use aws_cli::aws_cli;
pub use cdk::cdk;
pub use cloudformation::{cloudformation, resources_to_import};
pub use crossplane::crossplane;
pub use eksctl::eksctl;
pub use manifests::manifests;
pub use pulumi::pulumi;
pub use terraform::{TerraformForm, terraform};
