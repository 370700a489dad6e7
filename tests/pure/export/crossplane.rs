use std::collections::{BTreeMap, BTreeSet};

use eksodus::export::crossplane;
use proptest::prelude::*;

use super::yaml::documents;
use super::{Names, Read, entries, handover, is_object_name, namespaces, text};
use crate::kit::seen::hidden_in;

const NAMES: Names = Names {
    principal: "principalArn",
    entry_type: "type",
    username: "userName",
    groups: "kubernetesGroups",
    policies: "",
    policy: "policyArn",
    scope: "accessScope",
    scope_type: "type",
    namespaces: "namespaces",
    tags: "tags",
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn what_the_provider_reads_is_what_was_exported(entries in entries(true)) {
        let handover = handover(&entries, true);
        let all = Read::all(&handover);
        let written = match crossplane(&handover) {
            Ok(written) => written,
            Err(error) => {
                let is_ascii = format!("{all:?}").is_ascii();
                prop_assert!(error.to_string().contains("NFC") && !is_ascii);
                return Ok(());
            }
        };
        prop_assert_eq!(hidden_in(&written.replace('\n', "")), None);
        let objects = documents(&written);
        let mut names = BTreeSet::new();
        let mut read = BTreeMap::new();
        for object in &objects {
            prop_assert_eq!(&object["apiVersion"], "eks.aws.upbound.io/v1beta1");
            prop_assert_eq!(&object["spec"]["deletionPolicy"], "Orphan");
            let kind = text(&object["kind"]);
            let name = text(&object["metadata"]["name"]);
            prop_assert!(is_object_name(&name) && names.insert((kind.clone(), name.clone())), "{}", name);
            let spec = &object["spec"]["forProvider"];
            prop_assert_eq!((&spec["region"], &spec["clusterName"]), (&"eu-west-1".into(), &"prod".into()));
            let principal = text(&spec["principalArn"]);
            let external = text(&object["metadata"]["annotations"]["crossplane.io/external-name"]);
            if kind == "AccessEntry" {
                prop_assert_eq!(external, format!("prod:{principal}"));
                read.insert(principal, Read::from_object(spec, &NAMES, &["region", "clusterName"]));
            } else {
                prop_assert_eq!(kind, "AccessPolicyAssociation");
                let policy = text(&spec["policyArn"]);
                prop_assert_eq!(external, format!("prod#{principal}#{policy}"));
                let entry = read.get_mut(&principal).unwrap();
                entry.policies.insert(policy, namespaces(&spec["accessScope"], &NAMES));
            }
        }
        prop_assert_eq!(read.into_values().collect::<BTreeSet<_>>(), all);
    }
}
