use std::collections::BTreeSet;

use eksodus::planner::{Phase, Plan};
use eksodus::preflight::{Extra, Need, Needed, Preflight, needs_of_plan, preflight};
use eksodus::snapshot::{ClusterStatus, Snapshot};
use pollster::block_on;

use super::fake::{Fake, quickstart, rbac, simulator};

fn needs(snapshot: &Snapshot, plan: &Plan, through: Phase) -> Vec<Need> {
    let extra = Extra { lock: true, verify: true, ..Extra::default() };
    needs_of_plan(plan, &|phase| phase <= through, extra, Some(&rbac(snapshot))).unwrap()
}

fn actions(needs: &[Need]) -> BTreeSet<&str> {
    needs
        .iter()
        .filter_map(|need| match &need.what {
            Needed::Iam { action, .. } => Some(*action),
            Needed::Kube { .. } => None,
        })
        .collect()
}

fn kube(needs: &[Need]) -> BTreeSet<String> {
    needs
        .iter()
        .filter_map(|need| match &need.what {
            Needed::Kube { what, .. } => Some(what.to_string()),
            Needed::Iam { .. } => None,
        })
        .collect()
}

fn run(fake: &Fake, through: Phase) -> Preflight {
    let (snapshot, plan) = quickstart();
    let cluster = simulator(&snapshot);
    block_on(preflight(&cluster, &cluster, fake, fake, &needs(&snapshot, &plan, through), 4))
}

fn missing(report: &Preflight) -> Vec<String> {
    report.missing.iter().map(ToString::to_string).collect()
}

#[test]
fn each_phase_needs_its_own_rights_and_no_others() {
    let (snapshot, plan) = quickstart();
    let verify = needs(&snapshot, &plan, Phase::Verify);
    let entries = actions(&verify);
    for needed in
        ["eks:CreateAccessEntry", "eks:AssociateAccessPolicy", "iam:PassRole", "eks:UpdateClusterConfig"]
    {
        assert!(entries.contains(needed), "{needed}");
    }
    for not in ["eks:DeleteAccessEntry", "eks:UpdateAccessEntry", "eks:DisassociateAccessPolicy"] {
        assert!(!entries.contains(not), "{not}: no step of this plan does it");
    }
    let read = needs(&snapshot, &plan, Phase::Preflight);
    assert!(!actions(&read).contains("eks:UpdateClusterConfig"));
    let update = "update configmaps aws-auth in namespace kube-system";
    assert!(!kube(&verify).contains(update));
    assert!(kube(&needs(&snapshot, &plan, Phase::Prune)).contains(update));
    assert!(kube(&verify).contains("create rolebindings (rbac.authorization.k8s.io) in namespace shop"));
    assert!(
        kube(&verify).contains("bind clusterroles (rbac.authorization.k8s.io) deployer in namespace shop")
    );
    assert!(!kube(&verify).iter().any(|it| it.contains("clusterrolebindings") && it.contains("create")));
}

#[test]
fn sources_that_the_plan_did_without_need_no_rights() {
    let (mut snapshot, _) = quickstart();
    snapshot.iam_users = None;
    snapshot.nodegroups = None;
    let plan = eksodus::planner::plan(&snapshot, &eksodus::planner::Decisions::default());
    let needs = needs(&snapshot, &plan, Phase::Verify);
    assert!(!actions(&needs).contains("iam:ListUsers"));
    assert!(!actions(&needs).contains("eks:DescribeNodegroup"));
    assert!(actions(&needs).contains("iam:ListRoles"));
}

#[test]
fn without_a_gap_nothing_is_said() {
    let report = run(&Fake::default(), Phase::ApiMode);
    assert_eq!(report, Preflight::default());
    assert!(report.passes());
    assert_eq!((report.policy(), report.roles("eksodus")), (None, None));
}

#[test]
fn all_that_is_missing_is_named_at_once_with_what_to_add() {
    let fake = Fake {
        denied: ["eks:AssociateAccessPolicy", "iam:PassRole"].into(),
        may_not: [
            "list nodes in the whole cluster",
            "get leases (coordination.k8s.io) in namespace kube-system",
        ]
        .into(),
        ..Fake::default()
    };
    let report = run(&fake, Phase::Verify);
    assert!(!report.passes());
    insta::assert_snapshot!(missing(&report).join("\n"), @"
    you may not eks:AssociateAccessPolicy on arn:aws:eks:eu-west-1:111122223333:access-entry/prod-eu/* with eks:policyArn arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy: needed to give an entry its access policy
    you may not eks:AssociateAccessPolicy on arn:aws:eks:eu-west-1:111122223333:access-entry/prod-eu/* with eks:policyArn arn:aws:eks::aws:cluster-access-policy/AmazonEKSSecretReaderPolicy: needed to give an entry its access policy
    you may not iam:PassRole on arn:aws:iam::111122223333:role/prod-eu-workers with iam:PassedToService eks.amazonaws.com: needed to create the access entry of a node role
    you may not list nodes in the whole cluster: needed to see whether the nodes are ready
    you may not get leases (coordination.k8s.io) in namespace kube-system: needed to see who holds the lock
    ");
    insta::assert_snapshot!(report.policy().unwrap(), @r#"
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Effect": "Allow",
          "Action": [
            "eks:AssociateAccessPolicy"
          ],
          "Resource": [
            "arn:aws:eks:eu-west-1:111122223333:access-entry/prod-eu/*"
          ],
          "Condition": {
            "StringEquals": {
              "eks:policyArn": [
                "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
                "arn:aws:eks::aws:cluster-access-policy/AmazonEKSSecretReaderPolicy"
              ]
            }
          }
        },
        {
          "Effect": "Allow",
          "Action": [
            "iam:PassRole"
          ],
          "Resource": [
            "arn:aws:iam::111122223333:role/prod-eu-workers"
          ]
        }
      ]
    }
    "#);
    insta::assert_snapshot!(report.roles("eksodus").unwrap(), @r#"
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata:
      name: "eksodus"
    rules:
    - apiGroups: [""]
      resources: ["nodes"]
      verbs: ["list"]
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata:
      name: "eksodus"
      namespace: "kube-system"
    rules:
    - apiGroups: ["coordination.k8s.io"]
      resources: ["leases"]
      verbs: ["get"]
    "#);
}

#[test]
fn who_may_not_ask_iam_is_told_so_once_and_kubernetes_is_asked_all_the_same() {
    let fake = Fake {
        may_not_ask_iam: true,
        may_not: ["list nodes in the whole cluster"].into(),
        ..Fake::default()
    };
    let report = run(&fake, Phase::Verify);
    assert_eq!(fake.asked_iam.borrow().len(), 1);
    assert_eq!(report.missing.len(), 1);
    let unchecked: Vec<String> = report.unchecked.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(unchecked.join("\n"), @"rights in IAM could not be checked: no permission to check them (iam:SimulatePrincipalPolicy: User: arn:… is not authorized to perform: iam:SimulatePrincipalPolicy); the first call that is denied names its action");
}

#[test]
fn calls_are_asked_for_with_the_condition_keys_that_they_carry() {
    let fake = Fake::default();
    run(&fake, Phase::ApiMode);
    let asked = fake.asked_iam.borrow();
    let values = |action: &str, key: &str| -> BTreeSet<String> {
        let of_action = asked.iter().filter(|(actions, _, _)| actions.iter().any(|it| it == action));
        of_action.filter_map(|(_, _, context)| context.get(key).cloned()).collect()
    };
    let set = |items: &[&str]| -> BTreeSet<String> { items.iter().map(|item| (*item).to_owned()).collect() };
    assert_eq!(
        values("eks:CreateAccessEntry", "eks:accessEntryType"),
        set(&["EC2_LINUX", "FARGATE_LINUX", "STANDARD"])
    );
    assert_eq!(
        values("eks:UpdateClusterConfig", "eks:authenticationMode"),
        set(&["API_AND_CONFIG_MAP", "API"])
    );
    assert_eq!(values("iam:PassRole", "iam:PassedToService"), set(&["eks.amazonaws.com"]));
}

#[test]
fn who_holds_the_rules_of_a_role_need_not_be_allowed_to_bind_it() {
    let bind = "bind clusterroles (rbac.authorization.k8s.io) deployer in namespace shop";
    let may_not = BTreeSet::from([bind]);
    let report = run(&Fake { may_not: may_not.clone(), ..Fake::default() }, Phase::Verify);
    assert!(report.passes(), "{:?}", missing(&report));
    assert!(report.unchecked[0].to_string().contains("by an access policy"), "{}", report.unchecked[0]);

    let mut may_not = may_not;
    may_not.insert("patch statefulsets (apps) in namespace shop");
    let report = run(&Fake { may_not, ..Fake::default() }, Phase::Verify);
    assert_eq!(missing(&report), [format!("you may not {bind}: needed to bind a ClusterRole")]);
}

#[test]
fn a_cluster_that_is_being_updated_is_named_and_one_that_does_not_work_does_not_pass() {
    for (status, passes) in [("UPDATING", true), ("FAILED", false), ("CREATING", false)] {
        let (mut snapshot, plan) = quickstart();
        if let Some(cluster) = &mut snapshot.cluster {
            cluster.status = ClusterStatus(status.to_owned());
        }
        let cluster = simulator(&snapshot);
        let fake = Fake::default();
        let report =
            block_on(preflight(&cluster, &cluster, &fake, &fake, &needs(&snapshot, &plan, Phase::Verify), 4));
        assert_eq!(report.status, Some(ClusterStatus(status.to_owned())));
        assert_eq!(report.passes(), passes, "{status}");
    }
}

#[test]
fn the_update_in_progress_is_named_where_the_caller_may_look() {
    let (mut snapshot, plan) = quickstart();
    if let Some(cluster) = &mut snapshot.cluster {
        cluster.status = ClusterStatus("UPDATING".to_owned());
    }
    let cluster = simulator(&snapshot);
    let fake = Fake::default();
    let needs = needs(&snapshot, &plan, Phase::Verify);
    let named = block_on(preflight(&cluster, &cluster, &fake, &fake, &needs, 4)).running.unwrap().to_string();
    let [id, kind, since] = &named.split(", ").collect::<Vec<_>>()[..] else { panic!("{named}") };
    assert!(
        id.starts_with("00000000-") && *kind == "ConfigUpdate" && since.starts_with("since 20"),
        "{named}"
    );

    cluster.set_faults(["deny:eks:ListUpdates".parse().unwrap()]);
    let report = block_on(preflight(&cluster, &cluster, &fake, &fake, &needs, 4));
    assert_eq!((report.status, report.running), (Some(ClusterStatus::updating()), None));
}

#[test]
fn a_right_that_a_run_can_do_without_is_told_and_stops_nobody() {
    let fake = Fake { denied: ["eks:TagResource", "eks:ListUpdates"].into(), ..Fake::default() };
    let report = run(&fake, Phase::Verify);
    assert!(report.passes() && report.policy().is_none(), "{:?}", missing(&report));
    assert!(report.lacks("eks:TagResource") && !report.lacks("eks:CreateAccessEntry"));
    let lacking: Vec<String> = report.lacking.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(lacking.join("\n"), @"
    you may not eks:ListUpdates on arn:aws:eks:eu-west-1:111122223333:cluster/prod-eu: optional, to name the update that is in progress
    you may not eks:TagResource on arn:aws:eks:eu-west-1:111122223333:access-entry/prod-eu/*: optional, to mark each new entry with the run that created it
    ");
}
