//! Whose an entry is: tags of a run, tags of AWS's own, entries of services, and the caller's own.

use std::collections::BTreeMap;

use eksodus::export::{
    ExportError, Handover, LeftOut, Seen, TerraformForm, ack, aws_cli, cdk, cloudformation, crossplane,
    eksctl, pulumi, terraform,
};
use eksodus::model::{AuthenticationMode, EntryType, RUN_TAG};
use eksodus::planner::{Decisions, plan};
use eksodus::snapshot::{ObservedEntry, Snapshot};

use super::{handover, snapshot};
use crate::kit::cluster::{With, cluster, entry, node, observed, policy, role};

type Write = fn(&Handover) -> Result<String, ExportError>;

fn to_terraform(handover: &Handover) -> Result<String, ExportError> {
    terraform(handover, &TerraformForm::Resources, false)
}

fn to_module(handover: &Handover) -> Result<String, ExportError> {
    terraform(handover, &TerraformForm::Module("eks".to_owned()), false)
}

const FORMS: [(&str, Write); 9] = [
    ("#", to_terraform),
    ("#", to_module),
    ("#", cloudformation),
    ("//", cdk),
    ("#", pulumi),
    ("#", eksctl),
    ("#", ack),
    ("#", crossplane),
    ("#", aws_cli),
];

fn tagged(name: &str, tags: &[(&str, &str)]) -> ObservedEntry {
    let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    ObservedEntry { tags, ..observed(&role(name), name, &["ops"], &[]) }
}

fn dual() -> Snapshot {
    let mapping = format!("- rolearn: {}\n  username: Ann\n  groups: [ops]\n", role("Ann"));
    cluster(AuthenticationMode::ApiAndConfigMap, &[("mapRoles", &mapping)]).iam(&[role("Ann")]).admin("Admin")
}

fn tags(handover: &Handover) -> Vec<(&str, &str)> {
    let tags = handover.entries.iter().flat_map(|it| &it.entry.tags);
    tags.map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

/// What imports an entry has to say what it has, or its first plan changes it.
#[test]
fn the_tag_of_a_run_is_exported_as_it_is_there() {
    let before = dual();
    let plan = plan(&before, &Decisions::default());
    // not there yet
    assert_eq!(tags(&Handover::of_plan(&plan, Seen::AtThePlan).unwrap()), []);
    assert_eq!(tags(&Handover::of_plan(&plan, Seen::Observed(&before)).unwrap()), []);
    let after = before.entry(tagged("Ann", &[("team", "a"), (RUN_TAG, "abc-1")]));
    let both = [(RUN_TAG, "abc-1"), ("team", "a")];
    let of_plan = Handover::of_plan(&plan, Seen::Observed(&after)).unwrap();
    assert_eq!(tags(&of_plan), both);
    assert_eq!(tags(&Handover::of_cluster(&after).unwrap()), both);
    let made_by = BTreeMap::from([(plan.targets[0].entry.principal.clone(), "abc-1".to_owned())]);
    assert_eq!(tags(&Handover::of_plan(&plan, Seen::Applied(&made_by)).unwrap()), both[..1]);
    assert_eq!(tags(&Handover::of_plan(&plan, Seen::Applied(&BTreeMap::new())).unwrap()), []);
    let mut of_run = of_plan.clone();
    of_run.entries.iter_mut().for_each(|it| it.entry.tags.retain(|key, _| key == RUN_TAG));
    for (sign, write) in FORMS {
        let text = write(&of_run).unwrap();
        let is_note = |line: &str| line.starts_with(sign) && line.contains("which run of eksodus made");
        assert!(text.lines().any(is_note), "{text}");
    }
    // whoever cannot say tags leaves it out, and no other
    assert!(!eksctl(&of_run).unwrap().contains("abc-1"));
    let error = eksctl(&of_plan).unwrap_err().to_string();
    assert!(error.contains("tag \"team\"") && !error.contains(RUN_TAG), "{error}");
}

/// A stack owns its entry, and nobody can write its tags.
#[test]
fn tags_of_aws_are_left_out_and_the_stack_that_owns_an_entry_is_named() {
    let of_stack = tagged(
        "Dev",
        &[("aws:cloudformation:stack-name", "eks\nshop"), ("AWS:CloudFormation:Logical-Id", "Dev")],
    );
    let snapshot = snapshot(&[]).iam(&[role("Dev"), role("Ops")]).entry(of_stack);
    let snapshot = snapshot.entry(tagged("Ops", &[("aws:servicecatalog:x", "1")]));
    let handover = Handover::of_cluster(&snapshot).unwrap();
    assert_eq!(tags(&handover), []);
    let warnings = handover.warnings();
    assert!(
        warnings[0].contains(&role("Dev")) && warnings[0].contains(r#"stack "eks\nshop" owns"#),
        "{warnings:?}"
    );
    assert!(
        warnings[1].contains(&role("Ops")) && warnings[1].contains("aws:servicecatalog:x"),
        "{warnings:?}"
    );
    for (sign, write) in FORMS {
        let text = write(&handover).unwrap();
        for warning in &warnings {
            assert!(text.lines().any(|line| line == format!("{sign} {warning}")), "{text}");
        }
    }
    // a plan leads to the same entry
    let before = dual().entry(tagged("Ann", &[("aws:cloudformation:stack-name", "x"), ("team", "a")]));
    let plan = plan(&before, &Decisions::default());
    for seen in [Seen::AtThePlan, Seen::Observed(&before), Seen::Applied(&BTreeMap::new())] {
        let handover = Handover::of_plan(&plan, seen).unwrap();
        assert_eq!((tags(&handover), handover.warnings().len()), (vec![("team", "a")], 1));
    }
}

/// AWS Batch makes the entry of its own role, and its customers associate one policy with it for each namespace.
#[test]
fn of_batchs_own_entry_the_customers_policy_is_exported_without_the_entry() {
    let batch = "arn:aws:iam::111122223333:role/aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch";
    let mut of_batch = observed(batch, "batch", &[], &["AWSBatchClusterPolicy"]);
    let scope = eksodus::model::AccessScope::namespaces(["jobs".to_owned()]).unwrap();
    of_batch.policies.insert(policy("AWSBatchNamespacePolicy"), scope);
    let slr = "arn:aws:iam::111122223333:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS";
    let mut of_eks = observed(slr, "eks:managed", &[], &[]);
    of_eks.policies.clone_from(&of_batch.policies);
    let handover = Handover::of_cluster(&snapshot(&[]).entry(of_batch).entry(of_eks)).unwrap();
    assert!(handover.entries.is_empty());
    let [LeftOut { name, why }, eks] = handover.left_out.as_slice() else {
        panic!("{:?}", handover.left_out)
    };
    assert_eq!((name.as_str(), eks.name.as_str(), eks.why), (batch, slr, "EKS made it and keeps it"));
    assert!(why.contains("AWSBatchNamespacePolicy is yours"), "{why}");
    for (write, is_said) in [
        (to_terraform as Write, true),
        (to_module, true),
        (pulumi, true),
        (crossplane, true),
        (aws_cli, true),
        // associations are a part of entries there
        (cloudformation, false),
        (cdk, false),
        (ack, false),
        (eksctl, false),
    ] {
        let text = write(&handover).unwrap();
        assert_eq!(text.matches("policy/AWSBatchNamespacePolicy").count() > 0, is_said, "{text}");
        assert!(!text.contains("AWSBatchClusterPolicy") && !text.contains(slr), "{text}");
        assert_eq!(text.contains(batch), is_said, "{text}");
    }
    let text = to_terraform(&handover).unwrap();
    assert!(text.contains(&format!(
        "\"prod#{batch}#arn:aws:eks::aws:cluster-access-policy/AWSBatchNamespacePolicy\""
    )));
    assert_eq!(text.matches("\nresource \"").count(), 1, "{text}");
}

/// What its validation takes; the others only hand it on.
#[test]
fn a_type_that_terraforms_provider_refuses_is_named_by_all_that_use_it() {
    let entries =
        [node(&role("Hyper"), EntryType::HyperpodLinux), node(&role("Hybrid"), EntryType::HybridLinux)];
    let handover = handover(&entries, true);
    for write in [to_terraform as Write, to_module, pulumi, crossplane] {
        let error = write(&handover).unwrap_err().to_string();
        assert!(error.contains(&format!("{}: type HYPERPOD_LINUX", role("Hyper"))), "{error}");
        assert!(!error.contains("HYBRID_LINUX"), "{error}");
    }
    for write in [cloudformation as Write, cdk, ack, aws_cli] {
        assert!(write(&handover).unwrap().contains("HYPERPOD_LINUX"));
    }
}

/// Without a plan it is told by who took the snapshot.
#[test]
fn the_callers_own_entry_is_known_of_a_cluster_too() {
    let entries = [entry(&role("Admin"), "", &[], &[]), entry(&role("Bob"), "", &[], &[])];
    let handover = Handover::of_cluster(&snapshot(&entries).caller("Admin")).unwrap();
    let callers: Vec<bool> = handover.entries.iter().map(|it| it.is_caller).collect();
    assert_eq!(callers, [true, false]);
    let script = aws_cli(&handover).unwrap();
    let place = |name: &str| script.find(&format!("\nentry {}", role(name))).unwrap();
    assert!(place("Bob") < place("Admin"), "{script}");
}
