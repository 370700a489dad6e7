use std::collections::BTreeMap;

use eksodus::export::{ExportError, Handover, Leaves, manifests};
use eksodus::rbac::SubjectKind;
use eksodus::reader::Manifest;
use proptest::prelude::*;

use super::yaml::documents;
use super::{binding, handover, hostile};
use crate::kit::seen::hidden_in;

fn with(aws_auth: Leaves) -> Handover {
    Handover { aws_auth, ..handover(&[], false) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_config_map_is_what_the_plan_leaves(roles in hostile(), other in "[a-zA-Z.]{1,8}", text in hostile()) {
        let data = BTreeMap::from([("mapRoles".to_owned(), roles), (other, text)]);
        let text = manifests(&with(Leaves::Data(data.clone())), true).unwrap();
        prop_assert_eq!(hidden_in(&text.replace('\n', "")), None);
        // by the reader of other YAML, and as a cluster would have it
        let document: serde_json::Value = serde_saphyr::from_str(text.strip_prefix("---\n").unwrap()).unwrap();
        prop_assert_eq!(&document["data"], &serde_json::json!(data));
        prop_assert_eq!(&document["metadata"], &serde_json::json!({"name": "aws-auth", "namespace": "kube-system"}));
        prop_assert_eq!(Manifest::parse("x", text.as_bytes()).unwrap().config_map.data, data);
    }

    #[test]
    fn bindings_are_what_kubectl_reads(name in hostile(), subject in hostile()) {
        let carried = binding(&name, Some("shop"), "view", &[(SubjectKind::User, &subject)]);
        let text = manifests(&Handover { bindings: vec![carried], ..with(Leaves::Unsaid) }, false).unwrap();
        prop_assert_eq!(hidden_in(&text.replace('\n', "")), None);
        let document: serde_json::Value = serde_saphyr::from_str(text.strip_prefix("---\n").unwrap()).unwrap();
        prop_assert_eq!(&document["metadata"], &serde_json::json!({"name": name, "namespace": "shop"}));
        prop_assert_eq!(&document["subjects"][0]["name"], &serde_json::json!(subject));
    }
}

#[test]
fn aws_auth_is_written_when_it_is_wanted_and_can_be() {
    let data = BTreeMap::from([("mapRoles".to_owned(), "- rolearn: x\n".to_owned())]);
    let carried = vec![binding("b", None, "view", &[(SubjectKind::Group, "g")])];
    let pruned = Handover { bindings: carried, ..with(Leaves::Data(data)) };
    assert_eq!(documents(&manifests(&pruned, false).unwrap()).len(), 1);
    let both = manifests(&pruned, true).unwrap();
    let kinds: Vec<String> =
        documents(&both).iter().map(|it| it["kind"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["ClusterRoleBinding", "ConfigMap"]);
    assert!(both.ends_with("data:\n  mapRoles: |\n    - rolearn: x\n"), "{both}");
    let stays = || with(Leaves::AsItIs("nothing covers it".to_owned()));
    let why = "nothing covers it".to_owned();
    assert_eq!(manifests(&stays(), true), Err(ExportError::NotPruned { why }));
    assert_eq!(manifests(&stays(), false).unwrap(), "");
    assert_eq!(manifests(&with(Leaves::Nothing), true), Err(ExportError::Deleted));
    assert_eq!(manifests(&with(Leaves::Unsaid), true), Err(ExportError::NoPlan));
    assert_eq!(manifests(&with(Leaves::Nothing), false).unwrap(), "");
}
