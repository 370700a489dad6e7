use crate::export::value::Value;
use crate::export::{ExportError, Handover, Leaves, yaml};
use crate::rbac::native::binding_object;

/// The role bindings that carry rights over to other names, as documents for `kubectl apply -f`, in the plan's order. They
/// are what `apply` creates, so that whoever keeps the cluster's RBAC in a repository can own them. Empty: there is none.
///
/// With the ConfigMap, last, as the plan leaves it: for whoever keeps that in a repository. Applied before every entry is
/// there and checked, it takes access from people and nodes.
///
/// # Errors
/// When the ConfigMap is wanted, and no plan tells, or it stays as it is, or it is deleted.
pub fn manifests(handover: &Handover, with_aws_auth: bool) -> Result<String, ExportError> {
    let bindings = handover.bindings.iter().map(|carried| Value::from(binding_object(&carried.binding)));
    let mut documents: Vec<Value> = bindings.collect();
    match &handover.aws_auth {
        _ if !with_aws_auth => {}
        Leaves::AsItIs(why) => return Err(ExportError::NotPruned { why: why.clone() }),
        Leaves::Unsaid => return Err(ExportError::NoPlan),
        Leaves::Nothing => return Err(ExportError::Deleted),
        Leaves::Data(data) => {
            let metadata = [("name", Value::text("aws-auth")), ("namespace", Value::text("kube-system"))];
            let data = data.iter().map(|(key, text)| (key.as_str(), Value::text(text)));
            documents.push(Value::fields([
                ("apiVersion", Value::text("v1")),
                ("kind", Value::text("ConfigMap")),
                ("metadata", Value::fields(metadata)),
                ("data", Value::fields(data)),
            ]));
        }
    }
    Ok(yaml::documents("", &documents))
}
