//! The script in a real shell, with another `aws` that writes down what it is called with. `tests/live/exports` runs it with the
//! real one.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use eksodus::export::{Entry, Handover, aws_cli};
use eksodus::model::{AccessEntry, EntryType};
use proptest::prelude::*;
use serde_json::Value;

use super::{Names, Read, entries, handover, namespaces, text};
use crate::kit::cluster::{entry, node, policy, role};
use crate::kit::seen::hidden_in;

const NAMES: Names = Names {
    principal: "principalArn",
    entry_type: "type",
    username: "username",
    groups: "kubernetesGroups",
    policies: "",
    policy: "policyArn",
    scope: "accessScope",
    scope_type: "type",
    namespaces: "namespaces",
    tags: "tags",
};

/// The calls that change something, each with its arguments, of a cluster that has these entries with these policies.
fn calls(script: &str, mode: &str, there: &[(&AccessEntry, &[&str])]) -> Result<Vec<Vec<String>>, String> {
    let principals: Vec<String> = there.iter().map(|(entry, _)| entry.principal.to_string()).collect();
    let of_each = there.iter().map(|(entry, policies)| {
        let arn = &entry.principal;
        format!(
            "*describe-access-entry*{arn}\\ *) printf '%s\\tarn:of:{arn}\\n' {} ;;\n*list-associated*{arn}\\ *) printf '%s\\t' {} ;;\n",
            entry.entry_type,
            policies.join(" "),
        )
    });
    let stub = format!(
        "aws() {{\ncase \"$* \" in\n*describe-cluster*) echo {mode} ;;\n*list-access-entries*) printf '%s\\t' {} ;;\n{}*) printf '%s\\0' \"$@\" >&3; printf '\\0' >&3 ;;\nesac\n}}\n",
        principals.join(" "),
        of_each.collect::<String>(),
    );
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut shell = Command::new("bash");
    // in a file: some of it is longer than an argument may be
    let path = folder.path().join("script");
    let mut file = std::fs::File::create(&path).unwrap();
    std::io::Write::write_all(&mut file, format!("exec 3>'{}'\n{stub}{script}", log.display()).as_bytes())
        .unwrap();
    let output = shell.arg(&path).env_clear().env("PATH", "/usr/bin:/bin").output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let written = std::fs::read_to_string(&log).unwrap();
    let calls = written.split("\0\0").filter(|call| !call.is_empty());
    let calls = calls.map(|call| call.split('\0').map(str::to_owned).collect()).collect();
    if output.status.success() { Ok(calls) } else { Err(told) }
}

/// The operation, and the document that it is given.
fn documents(calls: &[Vec<String>]) -> Vec<(&str, Value)> {
    let read = calls.iter().map(|call| {
        let [region, name, "--output", "text", "eks", operation, rest @ ..] =
            &call.iter().map(String::as_str).collect::<Vec<_>>()[..]
        else {
            panic!("{call:?}")
        };
        assert_eq!((*region, *name), ("--region", "eu-west-1"));
        let document = match rest {
            ["--cli-input-json", document] => serde_json::from_str(document).unwrap(),
            other => serde_json::json!(other),
        };
        (*operation, document)
    });
    // the names live as long as the calls
    read.map(|(operation, document)| {
        let name = calls.iter().flatten().find(|word| *word == operation).unwrap();
        (name.as_str(), document)
    })
    .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn what_the_cli_is_given_is_what_was_exported(entries in entries(true)) {
        let handover = handover(&entries, false);
        let script = aws_cli(&handover).unwrap();
        prop_assert_eq!(hidden_in(&script.replace(['\n', '\t'], "")), None);
        let calls = calls(&script, "API", &[]).unwrap();
        let mut made = BTreeMap::new();
        for (operation, document) in documents(&calls) {
            prop_assert_eq!(&document["clusterName"], "prod");
            let principal = text(&document["principalArn"]);
            if operation == "create-access-entry" {
                made.insert(principal, Read::from_object(&document, &NAMES, &["clusterName"]));
            } else {
                prop_assert_eq!(operation, "associate-access-policy");
                let policy = text(&document["policyArn"]);
                let entry: &mut Read = made.get_mut(&principal).unwrap();
                entry.policies.insert(policy, namespaces(&document["accessScope"], &NAMES));
            }
        }
        prop_assert_eq!(made.into_values().collect::<BTreeSet<_>>(), Read::all(&handover));
    }
}

#[test]
fn what_is_there_becomes_the_same_and_rights_are_gained_before_others_are_lost() {
    let mut dev = entry(&role("Dev"), "", &["devs"], &["AmazonEKSViewPolicy"]);
    dev.tags.insert("team".to_owned(), "it's".to_owned());
    let nodes = node(&role("Node"), EntryType::Ec2Linux);
    let script = aws_cli(&handover(&[dev.clone(), nodes.clone()], true)).unwrap();
    let (view, edit) = (policy("AmazonEKSViewPolicy").to_string(), policy("AmazonEKSEditPolicy").to_string());
    let there: [(&AccessEntry, &[&str]); 2] = [(&dev, &[&view, &edit]), (&nodes, &[])];
    let calls = calls(&script, "API_AND_CONFIG_MAP", &there).unwrap();
    let documents = documents(&calls);
    let operations: Vec<&str> = documents.iter().map(|(operation, _)| *operation).collect();
    assert_eq!(
        operations,
        ["update-access-entry", "tag-resource", "associate-access-policy", "disassociate-access-policy"]
    );
    // the default has to be said, or the name that is there stays
    assert_eq!(documents[0].1["username"], dev.effective_username().unwrap());
    assert_eq!(documents[0].1["kubernetesGroups"], serde_json::json!(["devs"]));
    let arn = format!("arn:of:{}", role("Dev"));
    let tags: Value = serde_json::from_str(documents[1].1[3].as_str().unwrap()).unwrap();
    assert_eq!((&documents[1].1[1], tags), (&serde_json::json!(arn), serde_json::json!({"team": "it's"})));
    let role = role("Dev");
    let lost = ["--cluster-name", "prod", "--principal-arn", &role, "--policy-arn", &edit];
    assert_eq!(documents[3].1, serde_json::json!(lost));
}

#[test]
fn another_type_or_a_mode_without_entries_stops_it() {
    let dev = entry(&role("Dev"), "", &[], &[]);
    let script = aws_cli(&handover(std::slice::from_ref(&dev), true)).unwrap();
    let other = node(&role("Dev"), EntryType::Ec2Linux);
    let told = calls(&script, "API", &[(&other, &[])]).unwrap_err();
    assert!(told.contains("has an entry of type EC2_LINUX, not STANDARD"), "{told}");
    let told = calls(&script, "CONFIG_MAP", &[]).unwrap_err();
    assert!(told.contains("no access entries in mode CONFIG_MAP"), "{told}");
}

#[test]
fn the_callers_own_entry_is_the_last() {
    let [ann, bob] = ["Ann", "Bob"].map(|name| entry(&role(name), "", &[], &[]));
    let handover = handover(&[ann, bob], false);
    let entries = handover.entries.into_iter();
    let entries = entries.map(|it| Entry { is_caller: it.entry.principal.name() == "Ann", ..it }).collect();
    let calls = calls(&aws_cli(&Handover { entries, ..handover }).unwrap(), "API", &[]).unwrap();
    let documents = documents(&calls);
    let names: Vec<String> = documents.iter().map(|(_, it)| text(&it["principalArn"])).collect();
    assert_eq!(names, [role("Bob"), role("Ann")]);
}
