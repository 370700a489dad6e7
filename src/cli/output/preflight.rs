use eksodus::preflight::Preflight;
use eksodus::snapshot::ClusterStatus;

use super::console::Console;

/// All that is missing, with what would give it. `alone`: nothing but this was asked for.
pub fn tell(console: &mut Console, found: &Preflight, alone: bool) {
    for unchecked in &found.unchecked {
        console.warn(&unchecked.to_string());
    }
    if let Some(ClusterStatus(status)) = &found.status {
        console.warn(&format!(
            "the cluster is {status}: EKS does one thing at a time, and a change of the mode waits"
        ));
        match &found.running {
            Some(update) => console.note(&format!("another update is in progress: {update}")),
            None => console.hint("`aws eks describe-cluster` shows ACTIVE when it is done"),
        }
    }
    for lacking in &found.lacking {
        console.note(&lacking.to_string());
    }
    for missing in &found.missing {
        console.complain(&missing.to_string());
    }
    if let Some(policy) = found.policy() {
        console.hint("this IAM policy grants what is missing:");
        console.page(policy.trim_end());
    }
    if let Some(roles) = found.roles("eksodus") {
        console.hint("these roles grant what is missing, once they are bound to you:");
        console.page(roles.trim_end());
    }
    if found.passes() && alone && found.unchecked.is_empty() {
        console.note("the caller has every right that the plan needs");
    }
}
