use crate::bench::{Bench, fixture_path};

const API: &str = r#"{"cluster": {"name": "lab", "arn": "arn:aws:eks:eu-west-1:111122223333:cluster/lab",
    "version": "1.31", "platformVersion": "eks.20", "status": "ACTIVE", "accessConfig": {"authenticationMode": "API"}}}"#;

/// A cluster in dual mode with entries alive and dead, some in front of mappings.
fn lab() -> Bench {
    let bench = Bench::new();
    std::fs::create_dir(bench.path("lab")).unwrap();
    let entry = |name: &str, username: &str, groups: &str, policies: &str| {
        format!(
            r#"{{"accessEntry": {{"clusterName": "lab", "principalArn": "arn:aws:iam::111122223333:role/{name}",
            "kubernetesGroups": {groups}, "createdAt": "2024-01-01T00:00:00Z", "modifiedAt": "2024-01-01T00:00:00Z",
            "tags": {{}}, "username": "{username}", "type": "STANDARD"}}, "associatedAccessPolicies": {policies}}}"#
        )
    };
    let view = r#"[{"policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
        "accessScope": {"type": "namespace", "namespaces": ["shop", "web"]}}]"#;
    let entries = [
        entry("team/oncall", "oncall:{{SessionName}}", r#"["devs"]"#, view),
        entry("again", "again", r#"["devs"]"#, "[]"),
    ];
    let role = |name: &str, created: &str| {
        format!(
            r#"{{"Arn": "arn:aws:iam::111122223333:role/{name}", "RoleId": "AROA{created}", "CreateDate": "{created}-01-01T00:00:00Z"}}"#
        )
    };
    let roles =
        [("team/oncall", "2022"), ("again", "2025"), ("left", "2022"), ("ops", "2022"), ("ci", "2022")];
    let roles = roles.map(|(name, created)| role(name, created)).join(", ");
    bench.write("lab/cluster.json", API.replace("\"API\"", "\"API_AND_CONFIG_MAP\""));
    bench.write("lab/access-entries.json", format!("[{}]", entries.join(", ")));
    bench.write("lab/iam-roles.json", format!("{{\"Roles\": [{roles}]}}"));
    for empty in ["nodegroups.json", "fargate-profiles.json"] {
        bench.write(&format!("lab/{empty}"), "[]");
    }
    let mapping = |name: &str, username: &str, groups: &str| {
        format!(
            "    - rolearn: arn:aws:iam::111122223333:role/{name}\n      username: {username}\n      groups: [{groups}]\n"
        )
    };
    let mappings = [
        mapping("oncall", "oncall", "devs, admins"),
        mapping("again", "again", "\"system:masters\""),
        mapping("left", "left", "devs"),
        mapping("ci", "ci", "\"system:ci\""),
        mapping("ops", "old", "devs"),
        mapping("ops", "ops:{{SessionName}}", "\"system:masters\""),
    ];
    bench.write(
        "lab/aws-auth.yaml",
        format!(
            "metadata: {{name: aws-auth, namespace: kube-system}}\ndata:\n  mapRoles: |\n{}",
            mappings.concat()
        ),
    );
    bench.write(
        "lab/eksodus.yaml",
        "version: 1\nprincipals:\n  - principal: arn:aws:iam::111122223333:role/left\n    skip: moved to another cluster\n",
    );
    bench
}

const LAB: [&str; 6] = ["oncall", "again", "left", "ci", "ops", "nobody"];

#[test]
fn entries_come_first_and_each_answer_goes_on_after_the_plan() {
    let bench = lab();
    let ask = |name: &str| {
        let arn = format!("arn:aws:iam::111122223333:role/{name}");
        bench.run(&["whois", &arn, "--snapshot", "lab", "--quiet"]).all()
    };
    insta::assert_snapshot!(LAB.map(ask).join("\n"));
}

#[test]
fn in_api_mode_a_mapping_gives_no_access() {
    let bench = lab();
    bench.write("lab/cluster.json", API);
    let ask = |name: &str| {
        let arn = format!("arn:aws:sts::111122223333:assumed-role/{name}/ann@example.com");
        bench.run(&["whois", &arn, "--snapshot", "lab", "--quiet"]).all()
    };
    insta::assert_snapshot!(["oncall", "again", "ops"].map(ask).join("\n"));
    // entries that were not looked at are not known
    std::fs::remove_file(bench.path("lab/access-entries.json")).unwrap();
    assert!(ask("ops").contains("is not known\n"), "{}", ask("ops"));
    let lint = bench.run(&["lint", "--snapshot", "lab"]);
    assert!(lint.code == Some(0) && lint.stdout.contains(": nothing found\n"), "{}", lint.all());
}

#[test]
fn json_says_by_what_over_what_and_what_comes() {
    let arn = "arn:aws:sts::111122223333:assumed-role/oncall/ann@example.com";
    insta::assert_snapshot!(lab().run(&["whois", arn, "--snapshot", "lab", "-o", "json", "--quiet"]).all());
}

#[test]
fn what_is_no_arn_is_a_usage_error() {
    for text in ["alice", "111122223333", "", " arn:aws:iam::111122223333:role/x"] {
        let ran = lab().run(&["whois", text, "--snapshot", "lab"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{}", ran.all());
        assert!(ran.stderr.contains("is not an ARN"), "{}", ran.all());
    }
}

#[test]
fn a_placeholder_stays_where_nothing_fills_it() {
    let role = "arn:aws:iam::111122223333:role/prod-eu-workers";
    assert!(whois(&[role]).contains("is system:node:{{EC2PrivateDNSName}}\n"), "{}", whois(&[role]));
    let sso = "arn:aws:iam::111122223333:role/AWSReservedSSO_PlatformAdmin_0123456789abcdef";
    assert!(whois(&[sso]).contains("is platform:{{SessionName}}\n"), "{}", whois(&[sso]));
    let with = whois(&[sso, "--session-name", "a@b"]);
    assert!(with.contains("is platform:a-b\n"), "{with}");
    let user = whois(&["arn:aws:iam::111122223333:user/ops/maria", "--session-name", "x"]);
    assert!(user.contains("only roles have sessions"), "{user}");
}

fn whois(args: &[&str]) -> String {
    let aws_auth = fixture_path("quickstart/aws-auth.yaml");
    let bench = Bench::new();
    bench.write("aws-auth.yaml", std::fs::read(aws_auth).unwrap());
    bench.run(&[&["whois", "--aws-auth", "aws-auth.yaml"], args].concat()).all()
}

#[test]
fn each_kind_of_answer_as_text() {
    let asked: [&[&str]; 6] = [
        &[
            "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_PlatformAdmin_0123456789abcdef/maria@example.com",
        ],
        &["arn:aws:iam::111122223333:role/monitoring", "--session-name", "x"],
        &["arn:aws:iam::444455556666:user/bob"],
        &["arn:aws:iam::111122223333:role/nobody"],
        &["arn:aws:iam::111122223333:role/prod-eu-workers", "--session-name", "x"],
        &["arn:aws:iam::111122223333:group/Dev"],
    ];
    insta::assert_snapshot!(asked.map(whois).join("\n"));
}

#[test]
fn json_names_the_line() {
    insta::assert_snapshot!(whois(&["arn:aws:iam::111122223333:user/ops/maria", "--output", "json"]));
}

#[test]
fn placeholders_get_their_values_from_options() {
    let session = ["--session-name", "i-0123456789abcdef0", "--ec2-private-dns-name", "ip-10-0-0-1.internal"];
    let answer = whois(&[&["arn:aws:iam::111122223333:role/prod-eu-workers"], &session[..]].concat());
    assert!(answer.contains("is system:node:ip-10-0-0-1.internal\n"), "{answer}");
}
