//! Terraform: `aws_eks_access_entry` and `aws_eks_access_policy_association` of the AWS provider, with `import` blocks
//! (Terraform 1.5 and later) for what is there already.

use super::bindings::role_bindings;
use super::provider::unsayable;
use super::scope;
use crate::export::error::say_all;
use crate::export::handover::{CarriedBinding, Entry, Handover};
use crate::export::hcl::Body;
use crate::export::value::Value;
use crate::export::{Association, ExportError};
use crate::model::{AccessEntry, AccessScope, ClusterId, PolicyArn, PrincipalArn};

/// Resources of their own, or the input of the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TerraformForm {
    Resources,
    /// `access_entries` of `terraform-aws-modules/eks`, version 20 or later; the name of the module block.
    Module(String),
}

/// A file of its own. The role bindings go with it as resources of the Kubernetes provider, on request.
///
/// # Errors
/// When it is not known which cluster it is, or Terraform cannot say a value.
pub fn terraform(
    handover: &Handover,
    form: &TerraformForm,
    with_bindings: bool,
) -> Result<String, ExportError> {
    let cluster = handover.cluster()?;
    let mut cannot: Vec<_> = handover.entries.iter().flat_map(|it| unsayable(&it.entry)).collect();
    let bindings: &[CarriedBinding] = if with_bindings { &handover.bindings } else { &[] };
    let bindings = role_bindings(bindings, &mut cannot);
    say_all("Terraform", cannot)?;
    let body = heading(handover, cluster, form);
    let body = match form {
        TerraformForm::Resources => {
            let entries = handover.entries.iter().map(|entry| resources(cluster, entry));
            entries.fold(body, |body, entry| body.gap().then(entry))
        }
        TerraformForm::Module(name) => module(handover, cluster, name, body),
    };
    let associations = handover.associations.iter().map(|it| foreign_association(cluster, it));
    let body = associations.fold(body, |body, association| body.gap().then(association));
    Ok(body.then(bindings).written())
}

fn heading(handover: &Handover, cluster: &ClusterId, form: &TerraformForm) -> Body {
    let mode = handover.mode.map_or("API_AND_CONFIG_MAP", |mode| mode.as_str());
    let mut body = Body::default()
        .comment(format!("The access entries of {cluster}."))
        .comment("")
        .comment("Stop where `terraform plan` says \"forces replacement\" of the cluster. Its own resource has to say what the")
        .comment("cluster has, or Terraform replaces the cluster:");
    body = match (form, handover.creator_admin) {
        (TerraformForm::Resources, Some(is_admin)) => body
            .comment("")
            .comment("  access_config {")
            .comment(format!("    authentication_mode                         = \"{mode}\""))
            .comment(format!("    bootstrap_cluster_creator_admin_permissions = {is_admin}"))
            .comment("  }"),
        (TerraformForm::Module(_), Some(false)) => body.comment(
            "bootstrap_cluster_creator_admin_permissions is false, as the module sets it.",
        ),
        (TerraformForm::Module(_), Some(true)) => body
            .comment("bootstrap_cluster_creator_admin_permissions is true, and the module sets false. Use a version of it that")
            .comment("ignores changes of that argument, or keep the cluster out of it."),
        (_, None) => body
            .comment("")
            .comment("  lifecycle {")
            .comment("    ignore_changes = [access_config[0].bootstrap_cluster_creator_admin_permissions]")
            .comment("  }"),
    };
    let notes = handover.notes(true);
    body = notes.into_iter().fold(body, |body, note| body.comment("").comment(note));
    body
        .comment("")
        .comment("What else the cluster has is found by `terraform query`, with the list resource \"aws_eks_access_entry\".")
}

fn resources(cluster: &ClusterId, Entry { key, entry, exists, .. }: &Entry) -> Body {
    let AccessEntry { principal, entry_type, username: _, groups, policies, tags } = entry;
    let address = format!("aws_eks_access_entry.{key}");
    let mut body = Body::default();
    if *exists {
        body = body.then(import(&address, entry_id(cluster, entry))).gap();
    }
    let resource = Body::default()
        .attribute("cluster_name", Value::text(&cluster.name))
        .attribute("principal_arn", Value::text(principal))
        .attribute("type", Value::text(entry_type))
        .optional("user_name", crate::export::custom_username(entry).map(Value::text))
        .optional("kubernetes_groups", (!groups.is_empty()).then(|| Value::texts(groups)))
        .optional("tags", (!tags.is_empty()).then(|| crate::export::tag_map(tags)));
    body = body.block("resource", &["aws_eks_access_entry", key], resource);
    for (policy, scope) in policies {
        let name = format!("{key}_{}", policy.name());
        body = body.gap();
        if *exists {
            let id = association_id(cluster, principal, policy);
            body = body.then(import(&format!("{ASSOCIATION}.{name}"), id)).gap();
        }
        let resource = Body::default()
            .attribute("cluster_name", Value::text(&cluster.name))
            .reference("principal_arn", format!("{address}.principal_arn"));
        body = body.then(association(&name, resource, policy, scope));
    }
    body
}

const ASSOCIATION: &str = "aws_eks_access_policy_association";

/// `resource` says the cluster and the principal.
fn association(name: &str, resource: Body, policy: &PolicyArn, scope: &AccessScope) -> Body {
    let (kind, namespaces) = scope::parts(scope);
    let scope = Body::default()
        .attribute("type", Value::text(kind))
        .optional("namespaces", namespaces.map(Value::texts));
    let resource =
        resource.attribute("policy_arn", Value::text(policy)).gap().block("access_scope", &[], scope);
    Body::default().block("resource", &[ASSOCIATION, name], resource)
}

/// On an entry that is not in the file.
fn foreign_association(cluster: &ClusterId, it: &Association) -> Body {
    let Association { key, principal, policy, scope } = it;
    let name = format!("{key}_{}", policy.name());
    let resource = Body::default()
        .attribute("cluster_name", Value::text(&cluster.name))
        .attribute("principal_arn", Value::text(principal));
    import(&format!("{ASSOCIATION}.{name}"), association_id(cluster, principal, policy))
        .gap()
        .then(association(&name, resource, policy, scope))
}

/// `var.access_entries` of the module (`variables.tf`, version 20), as a local value, and the imports, which have to stand in
/// the root module.
fn module(handover: &Handover, cluster: &ClusterId, name: &str, body: Body) -> Body {
    let entries = handover.entries.iter().map(|Entry { key, entry, .. }| {
        let AccessEntry { principal, entry_type, username: _, groups, policies, tags } = entry;
        let policies = policies.iter().map(|(policy, scope)| {
            let (kind, namespaces) = scope::parts(scope);
            let scope = [("type", Value::text(kind))];
            let scope = scope.into_iter().chain(namespaces.map(|names| ("namespaces", Value::texts(names))));
            let fields = [("policy_arn", Value::text(policy)), ("access_scope", Value::fields(scope))];
            (policy.name(), Value::fields(fields))
        });
        let fields = [
            Some(("principal_arn", Value::text(principal))),
            Some(("type", Value::text(entry_type))),
            crate::export::custom_username(entry).map(|name| ("user_name", Value::text(name))),
            (!groups.is_empty()).then(|| ("kubernetes_groups", Value::texts(groups))),
            (!tags.is_empty()).then(|| ("tags", crate::export::tag_map(tags))),
            // the module of version 20 takes any object, and looks for this field
            Some(("policy_associations", Value::fields(policies))),
        ];
        (key.as_str(), Value::fields(fields.into_iter().flatten()))
    });
    let entries = Body::default().attribute("access_entries", Value::fields(entries));
    let body = body
        .comment("")
        .comment(format!(
            "In the block `module \"{name}\"` of terraform-aws-modules/eks, version 20 or later:"
        ))
        .comment("")
        .comment("  access_entries = local.access_entries")
        .gap()
        .block("locals", &[], entries);
    handover.entries.iter().filter(|entry| entry.exists).fold(body, |body, Entry { key, entry, .. }| {
        let address = format!("module.{name}.aws_eks_access_entry.this[\"{key}\"]");
        let body = body.gap().then(import(&address, entry_id(cluster, entry)));
        entry.policies.keys().fold(body, |body, policy| {
            // the keys of the module: main.tf, `"${v.entry_key}_${v.pol_key}" => v`
            let key = format!("{key}_{}", policy.name());
            let address = format!("module.{name}.aws_eks_access_policy_association.this[\"{key}\"]");
            body.gap().then(import(&address, association_id(cluster, &entry.principal, policy)))
        })
    })
}

pub(super) fn import(to: &str, id: String) -> Body {
    let body = Body::default().reference("to", to.to_owned()).attribute("id", Value::Text(id));
    Body::default().block("import", &[], body)
}

/// The AWS provider's documentation of `aws_eks_access_entry`, "Import"; Pulumi and Crossplane have the same.
pub(super) fn entry_id(cluster: &ClusterId, entry: &AccessEntry) -> String {
    format!("{}:{}", cluster.name, entry.principal)
}

/// The same of `aws_eks_access_policy_association`.
pub(super) fn association_id(cluster: &ClusterId, principal: &PrincipalArn, policy: &PolicyArn) -> String {
    format!("{}#{principal}#{policy}", cluster.name)
}
