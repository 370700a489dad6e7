//! Preflight and checks by the real server's reviews.

use std::sync::Arc;

use eksodus::checks::{access, login_as};
use eksodus::kube::client::{KubeClient, Login};
use eksodus::kube::{KubeApi as _, TokenSource};
use eksodus::model::PrincipalArn;
use eksodus::planner::{Decisions, Plan, plan};
use eksodus::preflight::Task::{Lock, Read};
use eksodus::preflight::{Extra, needs_of_tasks, preflight};
use eksodus::rbac::{Binding, PolicyRule, Rbac, Role, RoleRef, Subject, SubjectKind};
use eksodus::snapshot::Snapshot;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::json;

use super::{Wall, block_on, connect_as, connect_as_admin, snapshot, somebody};
use crate::servers::apiserver::ApiServer;

const NAMESPACE: &str = "/apis/rbac.authorization.k8s.io/v1/namespaces/default";

/// A plan in which somebody in one group comes to an entry with `after` as groups.
fn plan_of(line_group: &str, after: &[&str]) -> Plan {
    let text = format!(
        "kind: ConfigMap\nmetadata: {{name: aws-auth, namespace: kube-system}}\ndata:\n  mapRoles: |\n    \
         - rolearn: arn:aws:iam::111122223333:role/checks\n      username: checks:{{{{SessionName}}}}\n      groups: [{line_group}]\n"
    );
    let aws_auth = eksodus::reader::Manifest::parse("aws-auth.yaml", text.as_bytes()).unwrap();
    let mut plan = plan(&Snapshot { aws_auth: Some(aws_auth), ..Snapshot::default() }, &Decisions::default());
    plan.targets[0].entry.groups =
        after.iter().map(|group| eksodus::model::GroupName::new(*group).unwrap()).collect();
    plan
}

#[test]
fn a_lost_right_is_found_and_a_kept_one_is_not() {
    let Some(server) = ApiServer::shared("checks::a_lost_right_is_found_and_a_kept_one_is_not") else {
        return;
    };
    let group = somebody();
    let rule = json!({"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "patch"]});
    server.create(&format!("{NAMESPACE}/roles"), &json!({"metadata": {"name": group}, "rules": [rule]}));
    let binding = json!({
        "metadata": {"name": group},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": group},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": group}],
    });
    server.create(&format!("{NAMESPACE}/rolebindings"), &binding);
    block_on(async {
        let client = connect_as_admin(server).await;
        let rbac = client.list_rbac().await.unwrap();
        let kept = access(&Wall, &client, &plan_of(&group, &[&group]), &rbac, 4).await;
        assert_eq!(kept.len(), 1);
        assert!(kept[0].to_string().ends_with("keeps its RBAC permissions (2 checks)"), "{}", kept[0]);

        // the authorizer hears of bindings a moment later
        let mut lost = access(&Wall, &client, &plan_of(&group, &["checks-other"]), &rbac, 4).await;
        for _ in 0..500 {
            if lost[0].is_failed() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            lost = access(&Wall, &client, &plan_of(&group, &["checks-other"]), &rbac, 4).await;
        }
        let text = lost[0].to_string();
        assert!(lost[0].is_failed(), "{text}");
        for part in [
            "deployments (apps) in namespace default",
            &group,
            "checks-other",
            "checks:eksodus-check",
            "(and 1 more)",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    });
}

#[test]
fn a_caller_that_may_not_review_others_is_told_so() {
    let Some(server) = ApiServer::shared("checks::a_caller_that_may_not_review_others_is_told_so") else {
        return;
    };
    let strings = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
    let rule = PolicyRule {
        api_groups: strings(&[""]),
        resources: strings(&["pods"]),
        verbs: strings(&["get"]),
        ..PolicyRule::default()
    };
    let rbac = Rbac {
        roles: vec![Role { namespace: None, name: "r".to_owned(), rules: vec![rule], ..Role::default() }],
        bindings: vec![Binding {
            namespace: None,
            name: "b".to_owned(),
            role_ref: RoleRef { kind: "ClusterRole".to_owned(), name: "r".to_owned() },
            subjects: vec![Subject { kind: SubjectKind::Group, name: "g".to_owned(), namespace: None }],
        }],
    };
    block_on(async {
        let client = connect_as(server, &somebody(), &[]).await;
        let checks = access(&Wall, &client, &plan_of("g", &["g"]), &rbac, 4).await;
        let text = checks[0].to_string();
        assert!(text.contains("could not be checked") && text.contains("subjectaccessreviews"), "{text}");
    });
}

/// Kubernetes 1.20 has no SelfSubjectReview, and says so only to whom it would let ask.
#[test]
fn a_server_that_does_not_say_who_one_is_leaves_the_login_unknown() {
    let Some(server) = ApiServer::shared("checks::a_server_that_does_not_say_who_one_is") else { return };
    let role: PrincipalArn = "arn:aws:iam::111122223333:role/checks".parse().unwrap();
    let plan = plan_of("g", &["g"]);
    block_on(async {
        let admin = connect_as_admin(server).await;
        let check = login_as(&Wall, &admin, &plan, &role, "s").await;
        assert!(
            check.to_string().contains("the API server has no SelfSubjectReview (Kubernetes 1.28 and later)"),
            "{check}"
        );
        let somebody = connect_as(server, &somebody(), &[]).await;
        let check = login_as(&Wall, &somebody, &plan, &role, "s").await;
        assert!(check.to_string().contains("could not be checked"), "{check}");
    });
}

#[test]
fn a_login_that_is_turned_away_fails() {
    let Some(server) = ApiServer::shared("checks::a_login_that_is_turned_away_fails") else { return };
    let role: PrincipalArn = "arn:aws:iam::111122223333:role/checks".parse().unwrap();
    block_on(async {
        let tokens = Arc::new(Wrong);
        let ca = server.ca().as_bytes().to_vec();
        let login = Login::Token { endpoint: server.endpoint().to_owned(), ca, tokens };
        let client = KubeClient::connect(login).await.unwrap();
        let check = login_as(&Wall, &client, &plan_of("g", &["g"]), &role, "s").await;
        assert!(check.is_failed(), "{check}");
        assert!(check.to_string().contains("does not accept these credentials"), "{check}");
        assert!(!check.to_string().contains("no-such-token"), "{check}");
    });
}

struct Wrong;

impl TokenSource for Wrong {
    fn token(&self) -> BoxFuture<'_, Result<String, String>> {
        std::future::ready(Ok("no-such-token".to_owned())).boxed()
    }
}

#[test]
fn preflight_names_what_the_real_server_would_forbid() {
    let Some(server) = ApiServer::shared("checks::preflight_names_what_the_real_server_would_forbid") else {
        return;
    };
    let cluster = eksodus::simulator::Simulator::from_snapshot(&snapshot(), Default::default()).unwrap();
    let id = snapshot().cluster.unwrap().id;
    let needs = needs_of_tasks(&[Read, Lock], &id, Extra::default());
    block_on(async {
        let nobody = connect_as(server, &somebody(), &[]).await;
        let report = preflight(&cluster, &cluster, &cluster, &nobody, &needs, 4).await;
        let missing: Vec<String> = report.missing.iter().map(ToString::to_string).collect();
        assert_eq!(missing.len(), 9, "{missing:#?}");
        assert!(missing.iter().any(|it| it.contains("get configmaps aws-auth in namespace kube-system")));

        let admin = connect_as_admin(server).await;
        assert!(preflight(&cluster, &cluster, &cluster, &admin, &needs, 4).await.passes());
    });
}
