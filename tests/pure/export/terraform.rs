use std::collections::{BTreeMap, BTreeSet};

use eksodus::export::{ExportError, Handover, TerraformForm, terraform};
use eksodus::model::EntryUsername;
use eksodus::model::Username;
use eksodus::rbac::SubjectKind;
use hcl::{Block, Body, Expression};
use proptest::prelude::*;

use super::canonical::is_canonical;
use super::{Read, binding, entries, handover, hostile};
use crate::kit::cluster::{entry, role};
use crate::kit::seen::hidden_in;

/// A string without templates in it.
fn text(expression: &Expression) -> String {
    match expression {
        Expression::String(text) => text.clone(),
        other => panic!("{other:?} is no string"),
    }
}

fn texts(expression: &Expression) -> BTreeSet<String> {
    let Expression::Array(items) = expression else { panic!("{expression:?}") };
    items.iter().map(text).collect()
}

fn object(expression: &Expression) -> BTreeMap<String, &Expression> {
    let Expression::Object(fields) = expression else { panic!("{expression:?}") };
    let key = |key: &hcl::ObjectKey| match key {
        hcl::ObjectKey::Identifier(name) => name.to_string(),
        hcl::ObjectKey::Expression(expression) => text(expression),
        other => panic!("{other:?}"),
    };
    let read: BTreeMap<String, &Expression> = fields.iter().map(|(name, value)| (key(name), value)).collect();
    assert_eq!(read.len(), fields.len());
    read
}

fn tags(expression: &Expression) -> BTreeMap<String, String> {
    object(expression).into_iter().map(|(key, value)| (key, text(value))).collect()
}

fn attributes(body: &Body) -> BTreeMap<&str, &Expression> {
    body.attributes().map(|attribute| (attribute.key(), attribute.expr())).collect()
}

fn label(block: &Block, nth: usize) -> &str {
    block.labels()[nth].as_str()
}

fn scope(of: &BTreeMap<&str, &Expression>) -> Option<BTreeSet<String>> {
    let names = of.get("namespaces").map(|names| texts(names));
    assert_eq!(text(of["type"]), if names.is_some() { "namespace" } else { "cluster" });
    names
}

/// The entries of resources, each with its associations, by the references between them.
fn resources(text_of_all: &str) -> BTreeSet<Read> {
    let body: Body = hcl::parse(text_of_all).unwrap();
    let mut read = BTreeMap::new();
    for block in body.blocks().filter(|block| block.identifier() == "resource") {
        let of = attributes(block.body());
        match label(block, 0) {
            "aws_eks_access_entry" => {
                assert_eq!(text(of["cluster_name"]), "prod");
                let entry = Read {
                    principal: text(of["principal_arn"]),
                    entry_type: text(of["type"]),
                    username: of.get("user_name").map(|it| text(it)),
                    groups: of.get("kubernetes_groups").map(|it| texts(it)).unwrap_or_default(),
                    policies: BTreeMap::new(),
                    tags: of.get("tags").map(|it| tags(it)).unwrap_or_default(),
                };
                read.insert(format!("aws_eks_access_entry.{}.principal_arn", label(block, 1)), entry);
            }
            "aws_eks_access_policy_association" => {
                assert_eq!(text(of["cluster_name"]), "prod");
                let of_scope = block.body().blocks().next().unwrap();
                assert_eq!(of_scope.identifier(), "access_scope");
                let of_whom = of["principal_arn"].to_string();
                let entry = read.get_mut(&of_whom).unwrap();
                let before =
                    entry.policies.insert(text(of["policy_arn"]), scope(&attributes(of_scope.body())));
                assert_eq!(before, None);
            }
            other => assert!(other.starts_with("kubernetes_"), "{other}"),
        }
    }
    let count = read.len();
    let read: BTreeSet<Read> = read.into_values().collect();
    assert_eq!(read.len(), count);
    read
}

/// What the module takes.
fn module(text_of_all: &str) -> BTreeSet<Read> {
    let body: Body = hcl::parse(text_of_all).unwrap();
    let locals = body.blocks().find(|block| block.identifier() == "locals").unwrap();
    let entries = object(attributes(locals.body())["access_entries"]);
    let read = entries.into_values().map(|entry| {
        let of = object(entry);
        let policies = object(of["policy_associations"]).into_values().map(|policy| {
            let policy = object(policy);
            let scope_of = object(policy["access_scope"]);
            let scope_of = scope_of.iter().map(|(key, value)| (key.as_str(), *value)).collect();
            (text(policy["policy_arn"]), scope(&scope_of))
        });
        Read {
            principal: text(of["principal_arn"]),
            entry_type: text(of["type"]),
            username: of.get("user_name").map(|it| text(it)),
            groups: of.get("kubernetes_groups").map(|it| texts(it)).unwrap_or_default(),
            policies: policies.collect(),
            tags: of.get("tags").map(|it| tags(it)).unwrap_or_default(),
        }
    });
    read.collect()
}

/// The address and the id of each import.
fn imports(text_of_all: &str) -> BTreeMap<String, String> {
    let body: Body = hcl::parse(text_of_all).unwrap();
    let imports = body.blocks().filter(|block| block.identifier() == "import");
    imports
        .map(|block| {
            let of = attributes(block.body());
            (of["to"].to_string(), text(of["id"]))
        })
        .collect()
}

fn written(handover: &Handover, form: &TerraformForm) -> Result<String, ExportError> {
    let text = terraform(handover, form, true)?;
    assert_eq!(hidden_in(&text.replace('\n', "")), None);
    is_canonical(&text);
    Ok(text)
}

fn eks() -> TerraformForm {
    TerraformForm::Module("eks".to_owned())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_terraform_reads_is_what_was_exported(entries in entries(true), exist: bool) {
        let handover = handover(&entries, exist);
        let all = Read::all(&handover);
        match written(&handover, &TerraformForm::Resources) {
            Ok(text) => {
                prop_assert_eq!(&resources(&text), &all);
                let policies: usize = all.iter().map(|entry| entry.policies.len()).sum();
                let expected = if exist { all.len() + policies } else { 0 };
                prop_assert_eq!(imports(&text).len(), expected);
                let text = written(&handover, &eks()).unwrap();
                prop_assert_eq!(&module(&text), &all);
                prop_assert_eq!(imports(&text).len(), expected);
            }
            // Terraform itself would make another text of it
            Err(error) => {
                let named = error.to_string();
                prop_assert!(named.contains("NFC"), "{}", named);
                let texts = format!("{all:?}");
                prop_assert!(!texts.is_ascii());
            }
        }
    }

    #[test]
    fn names_of_bindings_are_text_as_well(name in hostile(), role in hostile(), subject in hostile(), namespaced: bool) {
        let subjects = [(SubjectKind::User, subject.as_str()), (SubjectKind::ServiceAccount, "sa")];
        let bindings = vec![binding(&name, namespaced.then_some("shop"), &role, &subjects)];
        let handover = Handover { bindings, ..handover(&[], false) };
        if let Ok(text_of_all) = written(&handover, &TerraformForm::Resources) {
            let body: Body = hcl::parse(&text_of_all).unwrap();
            let block = body.blocks().next().unwrap();
            let kind = if namespaced { "kubernetes_role_binding_v1" } else { "kubernetes_cluster_role_binding_v1" };
            prop_assert_eq!(label(block, 0), kind);
            let parts: Vec<(&str, BTreeMap<&str, &Expression>)> =
                block.body().blocks().map(|part| (part.identifier(), attributes(part.body()))).collect();
            let kinds: Vec<&str> = parts.iter().map(|(kind, _)| *kind).collect();
            prop_assert_eq!(kinds, ["metadata", "role_ref", "subject", "subject"]);
            prop_assert_eq!(text(parts[0].1["name"]), name);
            prop_assert_eq!(parts[0].1.get("namespace").map(|it| text(it)), namespaced.then(|| "shop".to_owned()));
            prop_assert_eq!(text(parts[1].1["name"]), role);
            prop_assert_eq!(text(parts[2].1["name"]), subject);
            prop_assert_eq!((text(parts[3].1["namespace"]), text(parts[3].1["api_group"])), ("shop".to_owned(), String::new()));
        } else {
            let is_ascii = [&name, &role, &subject].iter().all(|text| text.is_ascii());
            prop_assert!(!is_ascii);
        }
    }
}

#[test]
fn what_is_there_is_imported_by_its_id() {
    let admin = entry(&role("ci/deployer"), "deployer", &["ops"], &["AmazonEKSClusterAdminPolicy"]);
    let handover = handover(&[admin], true);
    let expected = |entry: &str, policy: &str| -> BTreeMap<String, String> {
        let id = format!("prod:{}", role("ci/deployer"));
        let of_policy = format!(
            "prod#{}#arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
            role("ci/deployer")
        );
        [(entry.to_owned(), id), (policy.to_owned(), of_policy)].into()
    };
    assert_eq!(
        imports(&written(&handover, &TerraformForm::Resources).unwrap()),
        expected(
            "aws_eks_access_entry.role_ci__deployer",
            "aws_eks_access_policy_association.role_ci__deployer_AmazonEKSClusterAdminPolicy"
        )
    );
    assert_eq!(
        imports(&written(&handover, &eks()).unwrap()),
        expected(
            "module.eks.aws_eks_access_entry.this[\"role_ci__deployer\"]",
            "module.eks.aws_eks_access_policy_association.this[\"role_ci__deployer_AmazonEKSClusterAdminPolicy\"]"
        )
    );
}

#[test]
fn what_unicode_would_change_is_an_error_that_names_it() {
    let mut dev = entry(&role("Dev"), "", &["de\u{301}v"], &[]);
    dev.username = EntryUsername::Custom(Username::new("ok").unwrap());
    let error =
        terraform(&handover(&[dev], false), &TerraformForm::Resources, false).unwrap_err().to_string();
    assert!(error.contains(&role("Dev")) && error.contains(&format!("group {:?}", "de\u{301}v")), "{error}");
    assert!(!error.contains("ok"), "{error}");
}

#[test]
fn the_clusters_own_resource_is_said_as_it_is() {
    let of = |creator_admin| {
        let handover = Handover { creator_admin, ..handover(&[], false) };
        let resources = terraform(&handover, &TerraformForm::Resources, false).unwrap();
        (resources, terraform(&handover, &eks(), false).unwrap())
    };
    let (resources, module) = of(Some(true));
    assert!(resources.contains("#     bootstrap_cluster_creator_admin_permissions = true\n"), "{resources}");
    assert!(resources.contains("authentication_mode                         = \"API_AND_CONFIG_MAP\""));
    assert!(module.contains("is true, and the module sets false"), "{module}");
    let (resources, module) = of(Some(false));
    assert!(resources.contains("#     bootstrap_cluster_creator_admin_permissions = false\n"), "{resources}");
    assert!(module.contains("is false, as the module sets it"), "{module}");
    let (resources, module) = of(None);
    for text in [resources, module] {
        assert!(text.contains("ignore_changes = [access_config[0].bootstrap_cluster_creator"), "{text}");
    }
}
