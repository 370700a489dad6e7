//! The reader against the answers of the authenticator's own code, for every case of the conformance suite.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be read fails the test")]

use std::collections::BTreeMap;
use std::io::Read;

use eksodus::model::ConfigMap;
use eksodus::reader::{
    AwsAuth, Ec2PrivateDnsNames, Identity, Lookup, Manifest, Mapping, Section, Status, lookup, read,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::logged::logged_errors;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    name: String,
    configmap: BTreeMap<String, String>,
    identity: CaseIdentity,
    ec2_private_dns_names: Ec2PrivateDnsNames,
    expect: Value,
    #[serde(rename = "parse_error")]
    parse_error: bool,
    kept: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CaseIdentity {
    arn: String,
    session_name: String,
    account_id: String,
    user_id: String,
    access_key_id: String,
}

fn cases() -> Vec<Case> {
    let packed = include_bytes!("../../../fixtures/vectors/aws-auth.jsonl.gz");
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_case_of_the_suite_agrees() {
    let cases = cases();
    assert_eq!(cases.len(), 1497);
    let mut differences = Vec::new();
    for case in &cases {
        let config_map = ConfigMap { data: case.configmap.clone(), ..ConfigMap::default() };
        let auth = read(&Manifest::from_config_map(config_map));
        let CaseIdentity { arn, session_name, account_id, user_id, access_key_id } = &case.identity;
        let identity = Identity {
            arn: arn.clone(),
            account: account_id.clone(),
            user_id: user_id.clone(),
            session_name: session_name.clone(),
            access_key_id: access_key_id.clone(),
        };
        let answer = answer(&lookup(&auth, &identity, &case.ec2_private_dns_names));
        let errors = !logged_errors(&auth).is_empty();
        for (what, ours, theirs) in [
            ("answer", answer, &case.expect),
            ("error", json!(errors), &json!(case.parse_error)),
            ("kept", kept(&auth), &without_sso(&case.kept)),
        ] {
            if ours != *theirs {
                differences.push(format!("{} {what}\n  ours   {ours}\n  theirs {theirs}", case.name));
            }
        }
    }
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}

fn answer(lookup: &Lookup) -> Value {
    match lookup {
        Lookup::Mapped(user) => json!({ "username": user.username, "groups": user.groups }),
        Lookup::NotMapped => json!({ "error": "not-mapped" }),
        Lookup::TemplateFailed { .. } => json!({ "error": "template-failed" }),
        Lookup::IdentityRejected(_) => json!({ "error": "identity-rejected" }),
        Lookup::Nondeterministic { .. } => json!({ "nondeterministic": true }),
    }
}

fn kept(auth: &AwsAuth) -> Value {
    let accounts: Vec<&str> = auth
        .accounts
        .entries
        .iter()
        .filter(|account| !matches!(account.status, Status::Dropped(_)))
        .map(|account| account.text.as_str())
        .collect();
    json!({
        "roles": mappings(&auth.roles, "rolearn"),
        "users": mappings(&auth.users, "userarn"),
        "accounts": accounts,
    })
}

fn mappings(section: &Section<Mapping>, arn: &str) -> Vec<Value> {
    let held = section.entries.iter().filter(|mapping| !matches!(mapping.status, Status::Dropped(_)));
    held.map(|mapping| {
        let mut object = Map::new();
        if mapping.sso {
            object.insert("sso".to_owned(), json!(true));
        } else {
            object.insert(arn.to_owned(), json!(mapping.arn));
        }
        object.insert("username".to_owned(), json!(mapping.username));
        object.insert("groups".to_owned(), json!(mapping.groups));
        if !mapping.user_id.is_empty() {
            object.insert("userid".to_owned(), json!(mapping.user_id));
        }
        Value::Object(object)
    })
    .collect()
}

/// What is in an `sso` matcher does not matter once it is valid.
fn without_sso(kept: &Value) -> Value {
    let mut kept = kept.clone();
    for role in kept["roles"].as_array_mut().unwrap() {
        if let Some(sso) = role.get_mut("sso") {
            *sso = json!(true);
        }
    }
    kept
}
