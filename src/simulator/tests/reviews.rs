use crate::eks::RightsApi;
use crate::kube::{KubeAccess, KubeErrorKind, Lease, LeaseApi};
use crate::rbac::{Attributes, Binding, PolicyRule, Rbac, Role, RoleRef, Subject, SubjectKind, UserInfo};
use crate::simulator::tests::*;
use crate::snapshot::Caller;

fn lease(holder: &str) -> Lease {
    Lease {
        holder: Some(holder.to_owned()),
        duration: Duration::from_secs(30),
        renewed: "2026-01-01T00:00:00.000000Z".to_owned(),
        transitions: 0,
        resource_version: String::new(),
    }
}

fn called_by(session_of: &str, mode: AuthenticationMode) -> Simulator {
    let mut snapshot = snapshot(mode);
    snapshot.caller = Some(Caller {
        arn: format!("arn:aws:sts::111122223333:assumed-role/{session_of}/me@home"),
        account: "111122223333".to_owned(),
        user_id: "AROA:me@home".to_owned(),
    });
    let line =
        "- rolearn: arn:aws:iam::111122223333:role/Dev\n  username: dev:{{SessionName}}\n  groups: [devs]\n";
    snapshot.aws_auth =
        Some(Manifest::from_config_map(ConfigMap { data: data(line), ..ConfigMap::default() }));
    Simulator::from_snapshot(&snapshot, Behaviour::default()).unwrap()
}

#[test]
fn the_caller_is_its_line_and_then_its_entry() {
    let eks = called_by("Dev", AuthenticationMode::ApiAndConfigMap);
    let who = block_on(eks.who_am_i()).unwrap().unwrap();
    assert_eq!(who.username, "dev:me-home");
    assert_eq!(who.groups, groups(&["devs", "system:authenticated"]));
    create(&eks, DEV).unwrap();
    let who = block_on(eks.who_am_i()).unwrap().unwrap();
    assert_eq!(who.username, "arn:aws:sts::111122223333:assumed-role/Dev/me-home");
    assert_eq!(who.groups, groups(&["system:authenticated"]));
}

#[test]
fn whom_nothing_lets_in_is_turned_away_and_older_servers_do_not_say() {
    let eks = called_by("Nobody", AuthenticationMode::ApiAndConfigMap);
    assert_eq!(block_on(eks.who_am_i()).unwrap_err().message, "Unauthorized");
    let behaviour = Behaviour { self_review: Some(false), ..Behaviour::default() };
    let old = simulator_with(AuthenticationMode::ApiAndConfigMap, behaviour);
    assert_eq!(block_on(old.who_am_i()).unwrap(), None);
}

#[test]
fn others_are_judged_by_the_roles_and_bindings_there_are() {
    let mut snapshot = snapshot(AuthenticationMode::ApiAndConfigMap);
    let rule = PolicyRule {
        api_groups: vec![String::new()],
        resources: vec!["pods".to_owned()],
        verbs: vec!["get".to_owned()],
        ..PolicyRule::default()
    };
    snapshot.rbac = Some(Rbac {
        roles: vec![Role {
            namespace: None,
            name: "reader".to_owned(),
            rules: vec![rule],
            ..Role::default()
        }],
        bindings: Vec::new(),
    });
    let kube = Simulator::from_snapshot(&snapshot, Behaviour::default()).unwrap();
    let who = UserInfo { username: "x".to_owned(), groups: groups(&["devs"]) };
    let what = Attributes::resource("get", "", "pods");
    assert!(!block_on(kube.is_allowed(&who, &what)).unwrap());
    let binding = Binding {
        namespace: None,
        name: "b".to_owned(),
        role_ref: RoleRef { kind: "ClusterRole".to_owned(), name: "reader".to_owned() },
        subjects: vec![Subject { kind: SubjectKind::Group, name: "devs".to_owned(), namespace: None }],
    };
    block_on(crate::kube::KubeApi::create_binding(&kube, &binding)).unwrap();
    assert!(block_on(kube.is_allowed(&who, &what)).unwrap());
}

#[test]
fn what_a_fault_denies_is_no_right_of_the_caller() {
    let eks = dual();
    let update =
        Attributes::resource("update", "", "configmaps").in_namespace("kube-system").named("aws-auth");
    let actions = ["eks:CreateAccessEntry", "iam:PassRole"];
    assert!(block_on(eks.may_i(&update)).unwrap());
    assert!(block_on(eks.denied_actions(&actions, "*")).unwrap().is_empty());
    eks.set_faults(faults(&["deny:kube:ReplaceAwsAuth", "deny:iam:PassRole"]));
    assert!(!block_on(eks.may_i(&update)).unwrap());
    assert!(block_on(eks.may_i(&Attributes::resource("get", "", "configmaps"))).unwrap());
    assert_eq!(block_on(eks.denied_actions(&actions, "*")).unwrap(), ["iam:PassRole"]);
    eks.set_faults(faults(&["deny:iam:SimulatePrincipalPolicy", "deny:kube:SelfSubjectAccessReview"]));
    assert_eq!(said(block_on(eks.denied_actions(&actions, "*"))).0, AwsErrorKind::AccessDenied);
    assert_eq!(block_on(eks.may_i(&update)).unwrap_err().kind, KubeErrorKind::Forbidden);
}

#[test]
fn a_lease_is_created_once_and_replaced_at_its_version() {
    let kube = dual();
    assert_eq!(block_on(kube.get_lease("eksodus")).unwrap(), None);
    let first = block_on(kube.create_lease("eksodus", &lease("a"))).unwrap();
    let taken = block_on(kube.create_lease("eksodus", &lease("b"))).unwrap_err();
    assert_eq!(taken.kind, KubeErrorKind::AlreadyExists);
    let renewed = block_on(kube.replace_lease("eksodus", &Lease { holder: None, ..first.clone() })).unwrap();
    let late = block_on(kube.replace_lease("eksodus", &first)).unwrap_err();
    assert_eq!(late.kind, KubeErrorKind::Conflict);
    assert_eq!(block_on(kube.get_lease("eksodus")).unwrap(), Some(renewed));
}

#[test]
fn every_node_group_has_a_ready_node_until_somebody_ends_that() {
    let kube = dual();
    let nodes = block_on(kube.list_nodes()).unwrap();
    assert!(nodes[0].ready);
    assert_eq!(nodes[0].nodegroup.as_deref(), Some("workers"));
    kube.set_faults(faults(&["nodes-not-ready:kube:ListNodes:2"]));
    assert!(block_on(kube.list_nodes()).unwrap()[0].ready);
    assert!(!block_on(kube.list_nodes()).unwrap()[0].ready);
}
