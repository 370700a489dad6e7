use crate::simulator::http::tests::*;

fn entries(world: &Simulator) -> usize {
    world.to_snapshot().access_entries.map_or(0, |entries| entries.len())
}

fn create(world: &Simulator) -> Response {
    send(world, "POST", "/clusters/prod/access-entries", &format!(r#"{{"principalArn": "{DEV}"}}"#))
}

#[test]
fn what_is_lost_is_cut_before_or_after_the_work() {
    for (fault, delivery, done) in [
        ("halt:1", Delivery::None, 0),
        ("lost-answer:1", Delivery::None, 1),
        ("half-answer:1", Delivery::Half, 1),
        ("fail:1", Delivery::Whole, 0),
        ("fail-after:1", Delivery::Whole, 1),
    ] {
        let world = dual();
        world.set_faults(read_faults(&[fault]));
        assert_eq!((create(&world).delivery, entries(&world)), (delivery, done), "{fault}");
    }
}

#[test]
fn throttling_is_429_of_eks_and_kubernetes_and_400_of_iam() {
    let world = dual();
    world.set_faults(read_faults(&["throttle:1-3"]));
    let eks = create(&world);
    assert_eq!((eks.status, header(&eks, "x-amzn-errortype")), (429, Some("ThrottlingException")));
    let iam = send(&world, "POST", "/", "Action=ListRoles&Version=2010-05-08");
    let text = String::from_utf8(iam.body.clone()).unwrap();
    assert_eq!(iam.status, 400);
    assert!(text.contains("<Code>Throttling</Code><Message>Rate exceeded</Message>"), "{text}");
    let kube = send(&world, "GET", "/kubernetes/api/v1/namespaces/kube-system/configmaps/aws-auth", "");
    assert_eq!((kube.status, header(&kube, "retry-after")), (429, Some("1")));
    assert_eq!(entries(&world), 0);
}

#[test]
fn who_may_not_is_told_so_in_each_protocol() {
    let world = dual();
    world.set_faults(read_faults(&[
        "deny:eks:CreateAccessEntry",
        "deny:iam:ListRoles",
        "deny:kube:GetAwsAuth",
    ]));
    assert_eq!(create(&world).status, 403);
    let iam = send(&world, "POST", "/", "Action=ListRoles");
    assert_eq!(iam.status, 403);
    assert!(String::from_utf8(iam.body).unwrap().contains("<Code>AccessDenied</Code>"));
    let (status, body) =
        ask(&world, "GET", "/kubernetes/api/v1/namespaces/kube-system/configmaps/aws-auth", "");
    assert_eq!(status, 403);
    assert_eq!(
        body["message"],
        "configmaps \"aws-auth\" is forbidden: User \"\" cannot get resource \"configmaps\" in API group \"\" in the namespace \"kube-system\""
    );
}
