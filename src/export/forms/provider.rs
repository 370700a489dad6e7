//! What Terraform's AWS provider cannot say, wherever it is at work: in Terraform, Pulumi and Crossplane.

use crate::export::error::Unsayable;
use crate::export::normal::not_normal;
use crate::model::{AccessEntry, EntryType};

/// Types that it does not take, and text that it would change.
pub(super) fn unsayable(entry: &AccessEntry) -> Vec<Unsayable> {
    // `accessEntryType_Values` of its `internal/service/eks/consts.go`
    let has_type = matches!(
        entry.entry_type,
        EntryType::Standard
            | EntryType::Ec2
            | EntryType::Ec2Linux
            | EntryType::Ec2Windows
            | EntryType::FargateLinux
            | EntryType::HybridLinux
    );
    let what = format!("type {}, which Terraform's AWS provider refuses", entry.entry_type);
    let entry_type = (!has_type).then(|| Unsayable::of(&entry.principal, what));
    entry_type.into_iter().chain(not_normal(entry)).collect()
}
