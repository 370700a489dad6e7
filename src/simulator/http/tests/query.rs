use crate::simulator::http::tests::*;

fn post(world: &Simulator, body: &str) -> (u16, String) {
    let response = send(world, "POST", "/", body);
    (response.status, String::from_utf8(response.body).unwrap())
}

fn between<'t>(text: &'t str, tag: &str) -> &'t str {
    let (_, rest) = text.split_once(&format!("<{tag}>")).unwrap();
    rest.split_once(&format!("</{tag}>")).unwrap().0
}

#[test]
fn roles_come_in_pages_with_their_paths() {
    let world = dual();
    let (status, first) = post(&world, "Action=ListRoles&Version=2010-05-08&MaxItems=2");
    assert_eq!(status, 200);
    assert_eq!(between(&first, "IsTruncated"), "true");
    assert!(first.contains("<Path>/team/</Path><RoleName>Dev</RoleName><RoleId>AROADEV</RoleId>"), "{first}");
    let marker = between(&first, "Marker");
    let (_, second) = post(&world, &format!("Action=ListRoles&MaxItems=2&Marker={marker}"));
    assert_eq!(between(&second, "IsTruncated"), "false");
    assert_eq!(second.matches("<member>").count(), 1);
    let (status, refused) = post(&world, "Action=ListRoles&Marker=invented");
    assert_eq!((status, between(&refused, "Code")), (400, "InvalidInput"));
}

#[test]
fn a_name_is_found_whatever_its_case_or_is_no_entity() {
    let world = dual();
    assert_eq!(between(&post(&world, "Action=GetRole&RoleName=dev").1, "Arn"), DEV);
    let (status, gone) = post(&world, "Action=GetUser&UserName=bob");
    assert_eq!((status, between(&gone, "Code")), (404, "NoSuchEntity"));
    assert_eq!(between(&gone, "Message"), "The user with name bob cannot be found.");
}

#[test]
fn a_part_of_an_account_is_not_listed_as_if_it_were_the_whole() {
    let mut partial = snapshot(AuthenticationMode::ApiAndConfigMap);
    if let Some(roles) = &mut partial.iam_roles {
        roles.complete = false;
    }
    let world = Simulator::from_snapshot(&partial, Behaviour::default()).unwrap();
    assert_eq!(post(&world, "Action=ListRoles").0, 403);
    assert_eq!(post(&world, "Action=GetRole&RoleName=Dev").0, 200);
    assert_eq!(post(&world, "Action=GetRole&RoleName=Unheard").0, 403);
}

#[test]
fn an_assumed_role_is_somebody_else_in_another_account() {
    let world = dual();
    let assume =
        "Action=AssumeRole&RoleArn=arn%3Aaws%3Aiam%3A%3A444455556666%3Arole%2FReader&RoleSessionName=me";
    let (status, answer) = post(&world, assume);
    assert_eq!(status, 200);
    assert_eq!(between(&answer, "Expiration"), "2026-01-01T01:00:00Z");
    let token = between(&answer, "SessionToken").to_owned();
    let as_reader = |body: &str| {
        let mut request = signed("sts", request("POST", "/", body));
        request.headers.push(("x-amz-security-token".to_owned(), token.clone()));
        let response = world.respond(&request, &scene());
        (response.status, String::from_utf8(response.body).unwrap())
    };
    let (_, who) = as_reader("Action=GetCallerIdentity");
    assert_eq!(between(&who, "Arn"), "arn:aws:sts::444455556666:assumed-role/Reader/me");
    // no list tells of that account
    assert_eq!(as_reader("Action=ListRoles").0, 403);
    let gone = "Action=AssumeRole&RoleArn=arn:aws:iam::111122223333:role/Gone&RoleSessionName=me";
    assert_eq!(post(&world, gone).0, 403);
}

#[test]
fn rights_are_asked_of_a_role_and_not_of_its_session() {
    let world = dual();
    world.set_faults(read_faults(&["deny:eks:CreateAccessEntry"]));
    let ask = |source: &str| {
        let actions = "ActionNames.member.1=eks:CreateAccessEntry&ActionNames.member.2=eks:DescribeCluster";
        post(&world, &format!("Action=SimulatePrincipalPolicy&PolicySourceArn={source}&{actions}"))
    };
    let (status, answer) = ask(DEV);
    assert_eq!(status, 200);
    let decisions: Vec<&str> =
        answer.split("<EvalDecision>").skip(1).filter_map(|rest| rest.split('<').next()).collect();
    assert_eq!(decisions, ["implicitDeny", "allowed"]);
    assert_eq!(ask("arn:aws:sts::111122223333:assumed-role/Dev/me").0, 400);
}

#[test]
fn the_service_that_is_signed_for_is_asked() {
    let world = dual();
    let presigned = request(
        "GET",
        "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Credential=A%2F20260101%2Fus-east-1%2Fsts%2Faws4_request",
        "",
    );
    assert_eq!(world.respond(&presigned, &scene()).status, 200);
    let eks = world.respond(&signed("eks", request("GET", "/clusters/prod", "")), &scene());
    assert_eq!(json(&eks)["cluster"]["name"], "prod");
    assert!(header(&eks, "x-amzn-requestid").is_some());
}
