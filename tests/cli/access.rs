//! `explain` and `who-can`: what the real binary says of a cluster in which a decision takes something and gives something.

use crate::bench::{Bench, fixture_path};

/// Dual mode: mappings of all kinds, an access entry before one of them, roles of a few sorts, and a decision that gives the
/// developers two access policies in place of their group.
pub fn lab() -> Bench {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("lab")).unwrap();
    let file = |name: &str, text: &str| drop(bench.write(&format!("lab/{name}"), text));
    file("cluster.json", include_str!("access/cluster.json"));
    file("aws-auth.yaml", include_str!("access/aws-auth.yaml"));
    file("iam-roles.json", include_str!("access/iam-roles.json"));
    file("iam-users.json", include_str!("access/iam-users.json"));
    file("access-entries.json", include_str!("access/access-entries.json"));
    file("rbac.yaml", include_str!("access/rbac.yaml"));
    file("eksodus.yaml", include_str!("access/eksodus.yaml"));
    for empty in ["nodegroups.json", "fargate-profiles.json"] {
        file(empty, "[]");
    }
    bench
}

fn in_lab(args: &[&str]) -> String {
    lab().run(&[args, &["--snapshot", "lab", "--quiet"]].concat()).all()
}

fn role(name: &str) -> String {
    format!("arn:aws:iam::111122223333:role/{name}")
}

#[test]
fn explain_tells_the_path_of_each_permission_and_what_changes() {
    let told = ["dev", "oncall", "admin", "workers", "readers"].map(|name| in_lab(&["explain", &role(name)]));
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn explain_says_why_somebody_may_nothing() {
    let session = "arn:aws:sts::111122223333:assumed-role/oncall/ann@example.com";
    let asked = [
        session,
        "arn:aws:iam::111122223333:user/ann",
        "arn:aws:iam::111122223333:user/nobody",
        "arn:aws:iam::111122223333:root",
        "arn:aws:iam::444455556666:role/partner",
        "arn:aws:iam::444455556666:role/other",
        "arn:aws:iam::111122223333:role/meant",
        "arn:aws:iam::111122223333:group/x",
        "arn:aws:iam::111122223333:role/sales",
    ];
    insta::assert_snapshot!(asked.map(|arn| in_lab(&["explain", arn])).join("\n"));
}

#[test]
fn explain_answers_one_question_and_says_what_comes_near() {
    let questions: [&[&str]; 10] = [
        &["--verb", "create", "--resource", "pods", "--subresource", "eviction", "-n", "shop"],
        &["--verb", "get", "--resource", "pods", "-n", "web"],
        &["--verb", "delete", "--resource", "deploy", "-n", "shop"],
        &["--verb", "get", "--resource", "secrets", "-n", "shop", "--name", "other"],
        &["--verb", "get", "--resource", "secrets", "-n", "shop", "--name", "tls"],
        &["--verb", "list", "--resource", "widgets", "-n", "shop"],
        &["--verb", "get", "--path", "/metrics"],
        &["--verb", "get", "--path", "/version/x"],
        &["--verb", "get", "--resource", "deployments.extensions", "-n", "shop"],
        &["--verb", "GET", "--resource", "nodes.v1/proxy", "-n", "shop"],
    ];
    let answers = questions.map(|question| in_lab(&[&["explain", &role("dev")], question].concat()));
    insta::assert_snapshot!(
        answers
            .map(|it| it.lines().skip_while(|line| !line.is_empty()).collect::<Vec<_>>().join("\n"))
            .join("\n")
    );
}

#[test]
fn who_can_tells_who_changes_first() {
    let questions: [&[&str]; 9] = [
        &["create", "pods/eviction", "-n", "shop"],
        &["get", "secrets", "-n", "shop"],
        &["get", "secrets", "tls", "-n", "shop"],
        &["get", "secrets"],
        &["get", "secrets", "-A", "-v"],
        &["get", "/version"],
        &["get", "/version", "-v"],
        &["update", "deploy", "-n", "team-9"],
        &["impersonate", "users"],
    ];
    let answers = questions.map(|question| {
        let quiet: &[&str] = if question.contains(&"-v") { &[] } else { &["--quiet"] };
        lab().run(&[&["who-can"], question, &["--snapshot", "lab"], quiet].concat()).all()
    });
    insta::assert_snapshot!(answers.join("\n"));
}

#[test]
fn the_dangerous_requests_as_a_table() {
    insta::assert_snapshot!(in_lab(&["who-can", "--dangerous"]));
    let verbose = lab().run(&["who-can", "--dangerous", "-v", "--snapshot", "lab"]);
    assert!(
        verbose.stdout.contains("  by the group system:masters, then by access policy"),
        "{}",
        verbose.all()
    );
}

#[test]
fn json_has_all_of_it() {
    let asked: [&[&str]; 4] = [
        &["explain", &role("oncall")],
        &["explain", &role("dev"), "--verb", "create", "--resource", "pods/eviction", "-n", "shop"],
        &["who-can", "create", "pods/eviction", "-n", "shop"],
        &["who-can", "get", "secrets"],
    ];
    insta::assert_snapshot!(asked.map(|args| in_lab(&[args, &["-o", "json"]].concat())).join("\n"));
    let table = lab().run(&["who-can", "--dangerous", "-o", "json", "--snapshot", "lab", "--quiet"]);
    let table: serde_json::Value = serde_json::from_str(&table.stdout).unwrap();
    assert!(table["requests"].as_array().unwrap().len() >= 12);
    assert_eq!(table["requests"][0]["request"]["verb"], "*");
    let scopes = table["requests"][1]["scopes"].as_array().unwrap();
    assert!(scopes[0]["namespaces"].as_array().unwrap().is_empty() && scopes.len() > 1, "{scopes:?}");
    assert!(scopes[0]["who"].as_array().unwrap().len() >= scopes[0]["before"].as_u64().unwrap() as usize);
}

#[test]
fn without_rbac_nothing_that_could_be_is_denied() {
    let bench = Bench::new();
    bench.write("aws-auth.yaml", std::fs::read(fixture_path("quickstart/aws-auth.yaml")).unwrap());
    let ask = |args: &[&str]| bench.run(&[args, &["--aws-auth", "aws-auth.yaml", "--quiet"]].concat()).all();
    let deployer = role("deployer");
    let asked: [&[&str]; 5] = [
        &["explain", &deployer],
        &["explain", &deployer, "--verb", "get", "--resource", "pods"],
        &["explain", "arn:aws:iam::111122223333:user/break-glass", "--verb", "get", "--resource", "pods"],
        &["who-can", "get", "pods"],
        &["who-can", "--dangerous"],
    ];
    insta::assert_snapshot!(asked.map(ask).join("\n"));
}

#[test]
fn the_text_fits_a_terminal() {
    let bench = lab();
    let dev = role("dev");
    let readers = role("readers");
    let asked: [&[&str]; 6] = [
        &["explain", &dev],
        &["explain", &readers],
        &["explain", "arn:aws:iam::111122223333:root", "--verb", "get", "--resource", "pods"],
        &["who-can", "get", "secrets", "-n", "shop"],
        &["who-can", "--dangerous"],
        &["who-can", "get", "/version", "-v"],
    ];
    for args in asked {
        let ran = bench.run(&[args, &["--snapshot", "lab"]].concat());
        let long: Vec<&str> = ran.stdout.lines().filter(|line| line.chars().count() > 100).collect();
        assert!(long.is_empty(), "{long:#?}");
    }
}

#[test]
fn what_is_no_request_is_a_usage_error() {
    let dev = role("dev");
    let asked: [&[&str]; 12] = [
        &["who-can"],
        &["who-can", "get"],
        &["who-can", "", "pods"],
        &["who-can", "get", "pods/a/b"],
        &["who-can", "get", "/metrics", "name"],
        &["who-can", "get", "pods", "--dangerous"],
        &["who-can", "get", "pods", "-n", "a", "-A"],
        &["explain", "alice"],
        &["explain", &dev, "--verb", "get"],
        &["explain", &dev, "--resource", "pods"],
        &["explain", &dev, "--verb", "get", "--path", "metrics"],
        &["explain", &dev, "--verb", "get", "--path", "/metrics", "--name", "a"],
    ];
    for args in asked {
        let ran = lab().run(&[args, &["--snapshot", "lab"]].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{args:?}: {}", ran.all());
    }
}
