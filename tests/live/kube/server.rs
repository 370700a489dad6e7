use crate::servers::apiserver::ApiServer;

/// What the other tests stand on.
#[test]
fn the_server_knows_its_users_and_asks_rbac() {
    let Some(server) = ApiServer::shared("the_server_knows_its_users_and_asks_rbac") else { return };
    let namespaces = |user| server.request(user, "GET", "/api/v1/namespaces", None);
    assert_eq!(namespaces("admin").0, 200);
    let (status, answer) = namespaces("bob");
    assert_eq!(status, 403);
    let text = r#"namespaces is forbidden: User "bob" cannot list resource "namespaces" in API group "" at the cluster scope"#;
    assert_eq!(answer["message"], text);
}
