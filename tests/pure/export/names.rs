//! A name stays what it was, whatever else is exported with it: an export that is made again renames nothing.

use std::collections::{BTreeMap, BTreeSet};

use eksodus::export::{
    Handover, TerraformForm, ack, cdk, cloudformation, crossplane, pulumi, resources_to_import, terraform,
};
use eksodus::model::{AccessEntry, AccessScope};
use eksodus::rbac::SubjectKind;
use proptest::prelude::*;

use super::yaml::{document, documents};
use super::{binding, handover};
use crate::kit::cluster::{ACCOUNT, arn, policy, role};

fn exported(principals: &BTreeSet<String>) -> Handover {
    let entries = principals.iter().map(|principal| {
        let mut entry = AccessEntry::standard(arn(principal));
        entry.policies.insert(policy("AmazonEKSViewPolicy"), AccessScope::Cluster);
        entry
    });
    handover(&entries.collect::<Vec<_>>(), true)
}

/// By form and name, the principal: of every form that names things.
fn names(principals: &BTreeSet<String>) -> BTreeMap<(&'static str, String), String> {
    let handover = exported(principals);
    let mut names = BTreeMap::new();
    let mut add = |form, name: &str, of: &str| {
        let before = names.insert((form, name.to_owned()), of.to_owned());
        assert_eq!(before, None, "{form}: {name} is two things");
    };
    for form in [TerraformForm::Resources, TerraformForm::Module("eks".to_owned())] {
        let text = terraform(&handover, &form, false).unwrap();
        let of = if form == TerraformForm::Resources { "terraform" } else { "module" };
        let body: hcl::Body = hcl::parse(&text).unwrap();
        for block in body.blocks().filter(|block| block.identifier() == "import") {
            let of_block =
                |key: &str| block.body().attributes().find(|it| it.key() == key).unwrap().expr().clone();
            let hcl::Expression::String(id) = of_block("id") else { panic!("{text}") };
            add(of, &of_block("to").to_string(), &id);
        }
    }
    let template = document(&cloudformation(&handover).unwrap());
    for (id, resource) in template["Resources"].as_object().unwrap() {
        let principal = resource["Properties"]["PrincipalArn"].as_str().unwrap();
        add("cloudformation", id, principal);
        // the same in what is to be imported, and in the program that synthesises to it
        let imports = resources_to_import(&handover).unwrap();
        assert!(imports.contains(&format!("{id:?}")), "{imports}");
        let program = cdk(&handover).unwrap();
        assert!(program.contains(&format!("new CfnAccessEntry(this, {id:?}, {{")), "{program}");
    }
    for (name, resource) in document(&pulumi(&handover).unwrap())["resources"].as_object().unwrap() {
        add("pulumi", name, resource["options"]["import"].as_str().unwrap());
    }
    for object in documents(&ack(&handover).unwrap()) {
        let principal = object["spec"]["principalARN"].as_str().unwrap();
        add("ack", object["metadata"]["name"].as_str().unwrap(), principal);
    }
    for object in documents(&crossplane(&handover).unwrap()) {
        let form = if object["kind"] == "AccessEntry" { "crossplane" } else { "crossplane policy" };
        let of = object["metadata"]["annotations"]["crossplane.io/external-name"].as_str().unwrap();
        add(form, object["metadata"]["name"].as_str().unwrap(), of);
    }
    names
}

fn principal() -> impl Strategy<Value = String> {
    let kind = prop::sample::select(vec!["role", "user"]);
    let account = prop::sample::select(vec!["111122223333", "444455556666"]);
    // few characters, so that names are alike
    let name = prop_oneof!["[abAB._@-]{1,3}", Just("a_AmazonEKSViewPolicy".to_owned())];
    (account, kind, "([ab._-]{1,2}/){0,2}", name)
        .prop_map(|(account, kind, path, name)| format!("arn:aws:iam::{account}:{kind}/{path}{name}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_name_is_the_same_in_every_set(
        some in prop::collection::btree_set(principal(), 1..5),
        others in prop::collection::btree_set(principal(), 0..8),
    ) {
        let alone = names(&some);
        let with_others = names(&some.union(&others).cloned().collect());
        for (name, of) in alone {
            prop_assert_eq!(with_others.get(&name), Some(&of), "{:?}", name);
        }
    }
}

/// The one that comes later takes nobody's name.
#[test]
fn who_comes_later_is_called_otherwise() {
    let user = |name: &str| format!("arn:aws:iam::{ACCOUNT}:user/{name}");
    let maria = user("ops/maria");
    let before = names(&[maria.clone()].into());
    let after = names(&[maria, user("maria")].into());
    assert!(before.iter().all(|(name, of)| after.get(name) == Some(of)), "{before:?}\n{after:?}");
    assert!(before.contains_key(&("terraform", "aws_eks_access_entry.user_ops__maria".to_owned())));
    assert!(after.contains_key(&("terraform", "aws_eks_access_entry.user_maria".to_owned())));
    assert!(!before.contains_key(&("terraform", "aws_eks_access_entry.user_maria".to_owned())));
}

#[test]
fn a_binding_is_called_by_its_own_name_and_not_by_its_place() {
    let of = |names: &[(&str, Option<&str>)]| -> BTreeSet<String> {
        let bindings =
            names.iter().map(|(name, space)| binding(name, *space, "view", &[(SubjectKind::Group, "g")]));
        let handover = Handover { bindings: bindings.collect(), ..handover(&[], false) };
        let text = terraform(&handover, &TerraformForm::Resources, true).unwrap();
        let body: hcl::Body = hcl::parse(&text).unwrap();
        body.blocks()
            .map(|block| block.labels().iter().map(|it| it.as_str()).collect::<Vec<_>>().join("."))
            .collect()
    };
    let last = of(&[("view-devs", Some("shop"))]);
    assert_eq!(last, ["kubernetes_role_binding_v1.carried_over_shop__view-devs".to_owned()].into());
    let all = of(&[("a:b", None), ("a.b", None), ("view-devs", Some("web")), ("view-devs", Some("shop"))]);
    assert!(all.len() == 4 && all.is_superset(&last), "{all:?}");
}

#[test]
fn an_entry_is_not_renamed_by_its_policies() {
    let one = exported(&[role("Dev")].into());
    let mut many = one.clone();
    many.entries[0].entry.policies.insert(policy("AmazonEKSEditPolicy"), AccessScope::Cluster);
    let text = |handover| terraform(handover, &TerraformForm::Resources, false).unwrap();
    assert!(
        text(&many).contains("\"role_Dev_AmazonEKSViewPolicy\"")
            && text(&one).contains("\"role_Dev_AmazonEKSViewPolicy\"")
    );
}
