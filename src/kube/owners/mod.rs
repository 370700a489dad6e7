//! Who else manages `aws-auth`, by what its metadata says, and one by what it always writes: lines that they declare come back
//! after they were cut out.

mod tool;

use std::collections::BTreeMap;

use serde_json::Value;

pub(crate) use tool::UNNAMED;
pub use tool::{Returns, Tool};

use crate::model::ConfigMap;

/// Somebody who writes `aws-auth`, and how that shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    pub tool: Tool,
    /// Such as `managedFields: manager Terraform (Apply) of data.mapRoles`; text of the cluster is in it as it is.
    pub evidence: Vec<String>,
}

/// All but this program, in a fixed order: known tools first, then managers that are not known, by name.
///
/// Where `managedFields` is missing (`kubectl get` leaves it out since 1.21), labels and annotations still speak.
pub fn owners(aws_auth: &ConfigMap) -> Vec<Owner> {
    let metadata = &aws_auth.metadata;
    let mut found: BTreeMap<Tool, Vec<String>> = BTreeMap::new();
    let managers = metadata.get("managedFields").and_then(Value::as_array);
    for entry in managers.into_iter().flatten() {
        if let Some((tool, evidence)) = managed(entry) {
            found.entry(tool).or_default().push(evidence);
        }
    }
    // many controllers call themselves so; this one always maps a role of its own
    let controller = Tool::Other(tool::CONTROLLER.to_owned());
    if aws_auth.data.values().any(|text| text.contains(tool::CLUSTER_API_NODES))
        && (managers.is_none() || found.contains_key(&controller))
    {
        let mut evidence = found.remove(&controller).unwrap_or_default();
        evidence.push(format!("a mapping of the role {}", tool::CLUSTER_API_NODES));
        found.insert(Tool::ClusterApi, evidence);
    }
    for (field, what) in [("labels", "label"), ("annotations", "annotation")] {
        for (key, value) in metadata.get(field).and_then(Value::as_object).into_iter().flatten() {
            let value = value.as_str().unwrap_or_default();
            if let Some(tool) = Tool::of_mark(key, value) {
                // this annotation holds the whole object
                let shown = if value.is_empty() || key == tool::LAST_APPLIED { "" } else { value };
                let evidence = format!("{what} {key}{}{shown}", if shown.is_empty() { "" } else { "=" });
                found.entry(tool).or_default().push(evidence);
            }
        }
    }
    found.into_iter().map(|(tool, evidence)| Owner { tool, evidence }).collect()
}

/// An entry of `managedFields` (`metav1.ManagedFieldsEntry`); one that owns nothing is left over from earlier.
fn managed(entry: &Value) -> Option<(Tool, String)> {
    let text = |key| entry.get(key).and_then(Value::as_str).unwrap_or_default();
    let fields = entry.get("fieldsV1").and_then(Value::as_object).filter(|fields| !fields.is_empty())?;
    let (manager, operation) = (text("manager"), text("operation"));
    let tool = Tool::of_manager(manager, operation)?;
    let names = |of: &str| {
        let inner = fields.get(of).and_then(Value::as_object);
        inner.into_iter().flatten().filter_map(|(key, _)| key.strip_prefix("f:").map(str::to_owned))
    };
    let mut owned: Vec<String> = names("f:data").map(|key| format!("data.{key}")).collect();
    owned.extend(names("f:metadata").map(|key| format!("metadata.{key}")));
    let of = if owned.is_empty() { String::new() } else { format!(" of {}", owned.join(", ")) };
    Some((tool, format!("managedFields: manager {manager} ({operation}){of}")))
}

#[cfg(test)]
mod tests;
