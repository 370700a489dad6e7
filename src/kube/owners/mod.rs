//! Who else manages `aws-auth`, by what its metadata says: lines that they declare come back after they were cut out.

mod tool;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub(crate) use tool::UNNAMED;
pub use tool::{Returns, Tool};

/// Somebody who writes `aws-auth`, and how that shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    pub tool: Tool,
    /// Such as `managedFields: manager Terraform (Apply) of data.mapRoles`; text of the cluster is in it as it is.
    pub evidence: Vec<String>,
}

/// All but this program, in a fixed order: known tools first, then managers that are not known, by name.
///
/// `metadata` is that of the ConfigMap. Where `managedFields` is missing (`kubectl get` leaves it out since 1.21), labels and
/// annotations still speak.
pub fn owners(metadata: &Map<String, Value>) -> Vec<Owner> {
    let mut found: BTreeMap<Tool, Vec<String>> = BTreeMap::new();
    for entry in metadata.get("managedFields").and_then(Value::as_array).into_iter().flatten() {
        if let Some((tool, evidence)) = managed(entry) {
            found.entry(tool).or_default().push(evidence);
        }
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
