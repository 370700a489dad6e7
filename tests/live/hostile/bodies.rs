use super::Hostile;
use crate::servers::relay::Act;

/// More is not read of any answer, and the rest is on the way.
const MOST: usize = 48 << 20;

/// Each answer that looking at a cluster needs, by where it comes from, and how it begins.
const ANSWERS: [(&str, &str, &str); 7] = [
    ("GET", "/clusters/prod-eu", r#"{"cluster":{"name":""#),
    ("GET", "/clusters/prod-eu/node-groups?", r#"{"nodegroups":[""#),
    ("POST", "/", "<ListRolesResponse><ListRolesResult><Roles><member><Arn>"),
    (
        "GET",
        "/kubernetes/api/v1/namespaces/kube-system/configmaps/aws-auth",
        r#"{"kind":"ConfigMap","data":{"mapRoles":""#,
    ),
    (
        "GET",
        "/kubernetes/apis/rbac.authorization.k8s.io/v1/clusterroles?",
        r#"{"items":[{"metadata":{"name":""#,
    ),
    (
        "GET",
        "/kubernetes/apis/rbac.authorization.k8s.io/v1/rolebindings?",
        r#"{"items":[{"metadata":{"name":""#,
    ),
    ("GET", "/kubernetes/api/v1/namespaces?", r#"{"items":[{"metadata":{"name":""#),
];

#[test]
fn an_answer_without_an_end_takes_neither_memory_nor_time() {
    for (method, target, begin) in ANSWERS {
        let world = Hostile::new(move |asked| {
            let is_it = asked.method == method && asked.target.starts_with(target);
            let is_it = is_it && (target.ends_with('?') || asked.target == target);
            let is_it = is_it && (target != "/" || asked.body.starts_with(b"Action=ListRoles&"));
            if is_it { Act::Endless(begin) } else { Act::Pass }
        });
        let ran = world.run(&["plan"]);
        assert_eq!(ran.code, Some(1), "{target}: {ran:?}");
        assert!(ran.stderr.contains("too long to be from "), "{target}: {ran:?}");
        assert!(ran.stderr.contains("hint: "), "{target}: {ran:?}");
        assert!(world.relay.poured() < MOST, "{target}: {}", world.relay.poured());
        assert!(ran.memory < 250, "{target}: {ran:?}");
        assert!(ran.took.as_secs() < 40, "{target}: {ran:?}");
    }
}

#[test]
fn a_bucket_that_never_ends_an_answer_is_given_up() {
    let begin = "<ListBucketResult><Name>";
    let world = Hostile::new(move |asked| match asked.target.starts_with("/bucket") {
        true => Act::Endless(begin),
        false => Act::Pass,
    });
    let ran = world.run(&["status", "--state", "s3://bucket/runs"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("s3://bucket/runs") && ran.took.as_secs() < 90, "{ran:?}");
    assert!(ran.memory < 350, "{ran:?}");
}

#[test]
fn an_aws_auth_that_no_cluster_can_have_is_refused_with_a_word() {
    let target = "/kubernetes/api/v1/namespaces/kube-system/configmaps/aws-auth";
    let lines = "- rolearn: arn:aws:iam::111122223333:role/x\\n".repeat(300_000);
    let body = format!(
        r#"{{"kind":"ConfigMap","metadata":{{"name":"aws-auth","resourceVersion":"1"}},"data":{{"mapRoles":"{lines}"}}}}"#
    );
    let act = super::answer("200 OK", "", &body);
    let world = Hostile::new(move |asked| if asked.target == target { act } else { Act::Pass });
    for args in [&["plan"][..], &["lint"], &["whois", "arn:aws:iam::111122223333:role/x"]] {
        let ran = world.run(args);
        assert_eq!(ran.code, Some(1), "{args:?}: {ran:?}");
        assert!(ran.stderr.contains("GetConfigMap: the answer is longer than 8 MiB"), "{args:?}: {ran:?}");
    }
}

#[test]
fn credentials_are_not_waited_for_without_an_end_either() {
    let world = Hostile::new(|asked| match asked.target {
        "/" => Act::Endless("<AssumeRoleWithWebIdentityResponse>"),
        _ => Act::Pass,
    });
    std::fs::write(world.dir.path().join("token"), "token").unwrap();
    let mut command = world.command(&["plan"]);
    command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    command.env("AWS_WEB_IDENTITY_TOKEN_FILE", world.dir.path().join("token"));
    command.env("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/eksodus");
    let ran = super::Ran::of(&mut command);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(world.relay.poured() < MOST, "{}", world.relay.poured());
}
