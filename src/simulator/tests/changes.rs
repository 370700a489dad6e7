use crate::eks::{IamApi, StsApi};
use crate::kube::{KubeApi, KubeErrorKind};
use crate::rbac::{Binding, RoleRef};
use crate::simulator::Change;
use crate::simulator::tests::*;

#[test]
fn somebody_else_takes_the_entry_first() {
    let eks = dual();
    eks.set_faults(faults(&["foreign-entry:eks:CreateAccessEntry:2"]));
    create(&eks, DEV).unwrap();
    assert_eq!(said(create(&eks, ALICE)).0, AwsErrorKind::InUse);
    assert_eq!(block_on(eks.describe_access_entry(ALICE)).unwrap().groups, groups(&["someone-else"]));
}

#[test]
fn somebody_else_deletes_the_entry_or_the_role() {
    let eks = dual();
    create(&eks, DEV).unwrap();
    eks.set_faults(faults(&["delete-entry", "delete-role"]));
    let view = policy("AmazonEKSViewPolicy");
    let associated = block_on(eks.associate_access_policy(&arn(DEV), &view, &AccessScope::Cluster));
    assert_eq!(said(associated).0, AwsErrorKind::NotFound);
    assert_eq!(said(create(&eks, ALICE)).1, "The specified principalArn is invalid: invalid principal.");
}

#[test]
fn somebody_else_edits_aws_auth_between_read_and_write() {
    let eks = dual();
    eks.set_faults(faults(&["edit-aws-auth"]));
    let map = block_on(eks.get_aws_auth()).unwrap().unwrap();
    let replaced = block_on(eks.replace_aws_auth(&data(""), &map.resource_version));
    assert_eq!(replaced.unwrap_err().kind, KubeErrorKind::Conflict);
    let now = block_on(eks.get_aws_auth()).unwrap().unwrap();
    assert_eq!(
        now.data["mapRoles"],
        format!(
            "- rolearn: {NODE}\n- rolearn: arn:aws:iam::111122223333:role/someone-else\n  username: someone-else\n  groups: [someone-else]\n"
        )
    );
}

#[test]
fn somebody_else_updates_the_cluster() {
    let eks = simulator(AuthenticationMode::ConfigMap);
    eks.set_faults(faults(&["foreign-update"]));
    let update = block_on(eks.update_authentication_mode(AuthenticationMode::ApiAndConfigMap, "t"));
    assert_eq!(said(update).0, AwsErrorKind::InUse);
}

#[test]
fn a_change_can_come_before_any_call() {
    let eks = dual();
    eks.set_faults(faults(&["foreign-entry:2"]));
    block_on(eks.get_caller_identity()).unwrap();
    assert!(block_on(eks.list_access_entries(None)).unwrap().items.is_empty());
    // somebody-else's role is not in IAM, so EKS refused their entry as it would ours
    eks.change(&Change::RecreatePrincipal(None));
    eks.change(&Change::TouchEntry(None));
    assert_eq!(
        block_on(eks.list_access_entries(None)).unwrap().items,
        ["arn:aws:iam::111122223333:role/someone-else"]
    );
}

#[test]
fn somebody_else_takes_the_name_of_a_binding() {
    let eks = dual();
    eks.set_faults(faults(&["foreign-binding"]));
    let ours = Binding {
        namespace: None,
        name: "eksodus-dev".to_owned(),
        role_ref: RoleRef { kind: "ClusterRole".to_owned(), name: "edit".to_owned() },
        subjects: Vec::new(),
    };
    let created = block_on(eks.create_binding(&ours));
    assert_eq!(created.unwrap_err().kind, KubeErrorKind::AlreadyExists);
    let theirs = block_on(eks.list_rbac()).unwrap().bindings.remove(0);
    assert_eq!((theirs.name.as_str(), theirs.role_ref.name.as_str()), ("eksodus-dev", "view"));
    eks.change(&Change::DeleteBinding(theirs));
    assert!(block_on(eks.create_binding(&ours)).is_ok());
}

#[test]
fn somebody_else_changes_policies_and_deletes_aws_auth() {
    let eks = dual();
    create(&eks, DEV).unwrap();
    let view = policy("AmazonEKSViewPolicy");
    eks.change(&Change::Associate(arn(DEV), view.clone(), AccessScope::Cluster));
    assert_eq!(eks.entry_in_force(&arn(DEV)).unwrap().policies.len(), 1);
    eks.change(&Change::Disassociate(arn(DEV), view));
    assert!(eks.entry_in_force(&arn(DEV)).unwrap().policies.is_empty());
    eks.change(&Change::AwsAuth(None));
    assert_eq!(block_on(eks.get_aws_auth()).unwrap(), None);
    eks.change(&Change::AwsAuth(Some(data("- a"))));
    assert_eq!(block_on(eks.get_aws_auth()).unwrap().unwrap().data, data("- a"));
}

#[test]
fn a_recreated_principal_has_an_id_that_nobody_has() {
    let mut known = snapshot(AuthenticationMode::Api);
    known.iam_roles.as_mut().unwrap().items[0].id = format!("AROA{:017}", 1);
    known.iam_roles.as_mut().unwrap().items[1].id = format!("AROA{:017}", 2);
    let eks = Simulator::from_snapshot(&known, Behaviour::default()).unwrap();
    eks.change(&Change::RecreatePrincipal(Some(arn(DEV))));
    let ids = block_on(eks.list_roles(None)).unwrap().page.items.into_iter().map(|role| role.id);
    let ids: Vec<String> = ids.collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
    assert!(!ids.contains(&format!("AROA{:017}", 1)), "{ids:?}");
}
