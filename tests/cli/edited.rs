//! Somebody edits access entries by hand after a run: what `verify` and `status` say.

use serde_json::{Value, json};

use crate::apply::{apply, planned};
use crate::bench::{Bench, Ran};

const MARIA: &str = "arn:aws:iam::111122223333:user/ops/maria";
const DEPLOYER: &str = "arn:aws:iam::111122223333:role/ci/deployer";

fn edit(bench: &Bench, file: &str, change: impl FnOnce(&mut Value)) {
    let mut document: Value = serde_json::from_str(&bench.read(file)).unwrap();
    change(&mut document);
    bench.write(file, document.to_string());
}

/// After a run through `verify`, with the entry of a principal edited.
fn edited(principal: &str, change: impl FnOnce(&mut Value)) -> Bench {
    let bench = planned();
    assert_eq!(apply(&bench, &[]).code, Some(0));
    edit(&bench, "sim/access-entries.json", |entries| {
        let mut entries = entries.as_array_mut().unwrap().iter_mut();
        change(entries.find(|it| it["accessEntry"]["principalArn"] == principal).unwrap());
    });
    bench
}

fn verify(bench: &Bench) -> Ran {
    bench.run(&["verify", "plan.json", "--simulate", "sim", "--quiet"])
}

/// `verify` and the headline of `status` say that this is so.
fn is_told(bench: &Bench, what: &str) {
    let told = verify(bench);
    assert_eq!(told.code, Some(3), "{}", told.all());
    let shown = told.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains(&format!("DIFFERENCES (1) {what} NEXT")), "{}", told.all());
    let status = bench.run(&["status", "--simulate", "sim", "--quiet"]).stdout;
    let status = status.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = "✗ prod-eu (111122223333, eu-west-1): not as the last run left it, 1 difference; completed through verify";
    assert!(status.starts_with(said), "{status}");
    assert!(status.contains(what), "{status}");
    let json = bench.run(&["status", "--simulate", "sim", "-o", "json"]).stdout;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["differences"].as_array().map(Vec::len), Some(1), "{json}");
}

fn policy(name: &str, scope: &Value) -> Value {
    let arn = format!("arn:aws:eks::aws:cluster-access-policy/{name}");
    json!({"policyArn": arn, "accessScope": scope})
}

#[test]
fn rights_that_somebody_added_are_named() {
    let cluster = json!({"type": "cluster", "namespaces": []});
    let policies = |entry: &mut Value| entry["associatedAccessPolicies"].as_array_mut().unwrap().clone();
    let added = edited(MARIA, |entry| {
        let mut all = policies(entry);
        all.push(policy("AmazonEKSClusterAdminPolicy", &cluster));
        entry["associatedAccessPolicies"] = all.into();
    });
    is_told(
        &added,
        "access entry user/ops/maria has more than the plan: AmazonEKSClusterAdminPolicy (cluster)",
    );
    let grouped = edited(MARIA, |entry| {
        entry["accessEntry"]["kubernetesGroups"].as_array_mut().unwrap().push("new".into());
    });
    is_told(&grouped, "access entry user/ops/maria has more than the plan: group new");
    let widened = edited(MARIA, |entry| {
        entry["associatedAccessPolicies"][0]["accessScope"] = cluster.clone();
    });
    is_told(
        &widened,
        "access entry user/ops/maria has more than the plan: AmazonEKSSecretReaderPolicy (cluster) \
         instead of (namespaces shop)",
    );
}

#[test]
fn rights_that_somebody_took_away_are_named() {
    let bench = edited(MARIA, |entry| entry["associatedAccessPolicies"] = json!([]));
    is_told(
        &bench,
        "access entry user/ops/maria has less than the plan: without AmazonEKSSecretReaderPolicy \
         (namespaces shop)",
    );
}

#[test]
fn an_entry_of_a_role_that_was_recreated_gives_no_access() {
    let bench = edited(DEPLOYER, |_| ());
    edit(&bench, "sim/iam-roles.json", |roles| {
        let mut roles = roles["Roles"].as_array_mut().unwrap().iter_mut();
        let role = roles.find(|it| it["Arn"] == DEPLOYER).unwrap();
        role["RoleId"] = "AROAANOTHERANOTHERANO".into();
        role["CreateDate"] = "2099-01-01T00:00:00Z".into();
    });
    is_told(
        &bench,
        "role/ci/deployer has no access by its entry, which is dead: the role was recreated after the \
         entry was made",
    );
    let json: Value =
        serde_json::from_str(&bench.run(&["verify", "plan.json", "--simulate", "sim", "-o", "json"]).stdout)
            .unwrap();
    assert_eq!(json["differences"][0]["kind"], "dead-entry", "{json}");
    assert_eq!(json["differences"][0]["subject"], DEPLOYER);
}

#[test]
fn administrators_among_the_others_are_marked() {
    let bench = edited(MARIA, |_| ());
    let evil = "arn:aws:iam::111122223333:role/evil";
    edit(&bench, "sim/access-entries.json", |entries| {
        let entries = entries.as_array_mut().unwrap();
        let mut entry = entries.iter().find(|it| it["accessEntry"]["principalArn"] == MARIA).unwrap().clone();
        entry["accessEntry"]["principalArn"] = evil.into();
        entry["accessEntry"]["username"] = "evil".into();
        let cluster = json!({"type": "cluster", "namespaces": []});
        entry["associatedAccessPolicies"] = json!([policy("AmazonEKSClusterAdminPolicy", &cluster)]);
        entries.push(entry);
    });
    let told = verify(&bench);
    assert_eq!(told.code, Some(0), "{}", told.all());
    // IAM lists no such role
    let shown = told.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains(" role/evil (administrator, unknown to the plan; dead) NEXT"), "{shown}");
    edit(&bench, "sim/iam-roles.json", |roles| {
        let role = json!({"Arn": evil, "RoleName": "evil", "RoleId": "AROAEVIL", "CreateDate": "2020-01-01T00:00:00Z"});
        roles["Roles"].as_array_mut().unwrap().push(role);
    });
    let told = verify(&bench);
    let shown = told.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains(" role/evil (administrator, unknown to the plan) NEXT"), "{shown}");
}
