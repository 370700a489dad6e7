//! Who else writes `aws-auth`, told before lines are taken out of it.

use eksodus::kube::{KubeApi as _, owners};

use super::cluster::Cluster;
use super::output::Console;

/// Whatever put the lines there may put them back.
pub fn tell(cluster: &impl Cluster, console: &mut Console) {
    // what cannot be read now is told by the run itself
    let Ok(Some(config_map)) = cluster.wait(cluster.kube().get_aws_auth()) else { return };
    for owner in owners(&config_map.metadata) {
        let (tool, returns) = (&owner.tool, owner.tool.returns());
        console.warn(&format!("{tool} manages aws-auth too, and {returns} ({})", owner.evidence.join("; ")));
    }
}
