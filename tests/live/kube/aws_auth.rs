use std::collections::BTreeMap;

use eksodus::kube::{KubeApi as _, KubeErrorKind, owners};
use eksodus::model::ConfigMapParts;
use serde_json::{Value, json};

use super::run;
use crate::servers::apiserver::{ADMIN, ApiServer};

const PATH: &str = "/api/v1/namespaces/kube-system/configmaps/aws-auth";

fn data(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn data_comes_back_byte_for_byte() {
    let Some(server) = ApiServer::shared("data_comes_back_byte_for_byte") else { return };
    let _guard = server.aws_auth();
    let texts = [
        ("mapRoles", "# näme\r\n- rolearn: \"x\"  \r\n\tusername: a\n  groups:   \n\n\n"),
        ("mapUsers", " leading, \u{feff}a mark, \u{1f511}, \\ \" ' and no end of line"),
        ("mapAccounts", ""),
        ("other.key_-1", "\n\n"),
    ];
    run(server, ADMIN, async |kube| {
        assert_eq!(kube.get_aws_auth().await.unwrap(), None);
        let created = kube.create_aws_auth(&data(&texts), &Default::default()).await.unwrap();
        assert_eq!(created.data, data(&texts));
        assert_eq!(kube.get_aws_auth().await.unwrap().unwrap(), created);
        let texts = [("mapRoles", "- rolearn: y \t\r\n# the end"), ("mapUsers", "[]")];
        let replaced = kube.replace_aws_auth(&data(&texts), &created.resource_version).await.unwrap();
        assert_eq!(replaced.data, data(&texts));
        assert_ne!(replaced.resource_version, created.resource_version);
        assert_eq!(kube.get_aws_auth().await.unwrap().unwrap(), replaced);

        let again = kube.create_aws_auth(&data(&[]), &Default::default()).await.unwrap_err();
        assert_eq!(
            (again.kind, again.message.as_str()),
            (KubeErrorKind::AlreadyExists, r#"configmaps "aws-auth" already exists"#)
        );
    });
}

/// The very object, fields that this program knows nothing of included.
#[test]
fn a_replacement_changes_the_data_and_nothing_else() {
    let Some(server) = ApiServer::shared("a_replacement_changes_the_data_and_nothing_else") else { return };
    let _guard = server.aws_auth();
    let namespace = server.request(ADMIN, "GET", "/api/v1/namespaces/kube-system", None).1;
    let owner = json!({"apiVersion": "v1", "kind": "Namespace", "name": "kube-system", "uid": namespace["metadata"]["uid"]});
    let before = server.create(
        "/api/v1/namespaces/kube-system/configmaps?fieldManager=Terraform",
        &json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": "aws-auth",
                "labels": {"app.kubernetes.io/managed-by": "Terraform"},
                "annotations": {"note": "a\nb "},
                "ownerReferences": [owner],
            },
            "data": {"mapRoles": "one", "mapUsers": "two"},
            "binaryData": {"blob": "AAEC/w=="},
        }),
    );
    run(server, ADMIN, async |kube| {
        let seen = kube.get_aws_auth().await.unwrap().unwrap();
        assert_eq!(seen.metadata["ownerReferences"][0]["name"], "kube-system");
        assert!(!seen.metadata.contains_key("resourceVersion"));
        let found = owners(&seen);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].tool.to_string(), "Terraform");
        kube.replace_aws_auth(&data(&[("mapRoles", "1")]), &seen.resource_version).await.unwrap();

        let object = server.request(ADMIN, "GET", PATH, None).1;
        let managers = object["metadata"]["managedFields"].as_array().unwrap();
        assert!(managers.iter().any(|entry| entry["manager"] == "eksodus"), "{managers:?}");
        let rest = |mut object: Value| {
            object["data"].take();
            object["metadata"]["managedFields"].take();
            object["metadata"]["resourceVersion"].take();
            object
        };
        assert_eq!(rest(object.clone()), rest(before.clone()));
        assert_eq!(object["data"], json!({"mapRoles": "1"}));
        let again = kube.get_aws_auth().await.unwrap().unwrap();
        assert_eq!(owners(&again)[0].tool.to_string(), "Terraform");
    });
}

#[test]
fn what_changed_meanwhile_is_neither_replaced_nor_deleted() {
    let Some(server) = ApiServer::shared("what_changed_meanwhile_is_neither_replaced_nor_deleted") else {
        return;
    };
    let _guard = server.aws_auth();
    run(server, ADMIN, async |kube| {
        let first = kube.create_aws_auth(&data(&[("mapRoles", "1")]), &Default::default()).await.unwrap();
        let second =
            kube.replace_aws_auth(&data(&[("mapRoles", "2")]), &first.resource_version).await.unwrap();

        let stale =
            kube.replace_aws_auth(&data(&[("mapRoles", "3")]), &first.resource_version).await.unwrap_err();
        assert_eq!(stale.kind, KubeErrorKind::Conflict, "{stale}");
        assert!(stale.message.contains("has been modified"), "{stale}");
        let stale = kube.delete_aws_auth(&first.resource_version).await.unwrap_err();
        assert_eq!(stale.kind, KubeErrorKind::Conflict, "{stale}");
        assert_eq!(kube.get_aws_auth().await.unwrap().unwrap(), second);

        kube.delete_aws_auth(&second.resource_version).await.unwrap();
        assert_eq!(kube.get_aws_auth().await.unwrap(), None);
        let gone = kube.delete_aws_auth(&second.resource_version).await.unwrap_err();
        assert_eq!(gone.kind, KubeErrorKind::NotFound);
        let gone = kube.replace_aws_auth(&data(&[]), &second.resource_version).await.unwrap_err();
        assert_eq!(
            (gone.kind, gone.message.as_str()),
            (KubeErrorKind::NotFound, r#"configmaps "aws-auth" not found"#)
        );
    });
}

/// All of them read the same version before the first of them writes: the server decides.
#[test]
fn of_many_who_replace_the_same_version_one_wins() {
    let Some(server) = ApiServer::shared("of_many_who_replace_the_same_version_one_wins") else { return };
    let _guard = server.aws_auth();
    run(server, ADMIN, async |kube| {
        let first = kube.create_aws_auth(&data(&[("mapRoles", "start")]), &Default::default()).await.unwrap();
        let texts: Vec<String> = (0..16).map(|number| format!("by {number}")).collect();
        let (kube, version) = (&kube, &first.resource_version);
        let writes =
            texts.iter().map(async |text| kube.replace_aws_auth(&data(&[("mapRoles", text)]), version).await);
        let written = futures_util::future::join_all(writes).await;
        let winners: Vec<_> = written.iter().filter_map(|it| it.as_ref().ok()).collect();
        assert_eq!(winners.len(), 1, "{written:?}");
        assert_eq!(kube.get_aws_auth().await.unwrap().unwrap(), *winners[0]);
        let losers = written.iter().filter_map(|it| it.as_ref().err());
        assert!(losers.clone().all(|error| error.kind == KubeErrorKind::Conflict), "{written:?}");
        let by_the_server = losers.filter(|error| error.message.contains("Operation cannot be fulfilled"));
        assert!(by_the_server.count() > 0, "{written:?}");
    });
}

#[test]
fn data_is_given_to_a_map_without_any_and_taken_away() {
    let Some(server) = ApiServer::shared("data_is_given_to_a_map_without_any_and_taken_away") else { return };
    let _guard = server.aws_auth();
    let object = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "aws-auth"}});
    server.create("/api/v1/namespaces/kube-system/configmaps", &object);
    run(server, ADMIN, async |kube| {
        let empty = kube.get_aws_auth().await.unwrap().unwrap();
        assert_eq!(empty.data, data(&[]));
        let full = kube.replace_aws_auth(&data(&[("mapRoles", "x")]), &empty.resource_version).await.unwrap();
        assert_eq!(full.data, data(&[("mapRoles", "x")]));
        let empty = kube.replace_aws_auth(&data(&[]), &full.resource_version).await.unwrap();
        assert_eq!(empty.data, data(&[]));
    });
}

#[test]
fn what_the_server_refuses_is_said_in_its_words() {
    let Some(server) = ApiServer::shared("what_the_server_refuses_is_said_in_its_words") else { return };
    let _guard = server.aws_auth();
    run(server, ADMIN, async |kube| {
        let map = kube.create_aws_auth(&data(&[("mapRoles", "1")]), &Default::default()).await.unwrap();
        let long = "x".repeat(1024 * 1024 + 1);
        let refused =
            kube.replace_aws_auth(&data(&[("mapRoles", &long)]), &map.resource_version).await.unwrap_err();
        assert_eq!(refused.kind, KubeErrorKind::Invalid);
        assert!(refused.message.starts_with(r#"ConfigMap "aws-auth" is invalid"#), "{}", refused.message);
        assert_eq!(kube.get_aws_auth().await.unwrap().unwrap(), map);
    });
    run(server, "bob", async |kube| {
        let refused = kube.get_aws_auth().await.unwrap_err();
        let text = r#"GetConfigMap: configmaps "aws-auth" is forbidden: User "bob" cannot get resource "configmaps" in API group "" in the namespace "kube-system""#;
        assert_eq!((refused.kind, refused.to_string().as_str()), (KubeErrorKind::Forbidden, text));
    });
}

#[test]
fn what_was_deleted_is_made_again_with_all_its_parts() {
    let Some(server) = ApiServer::shared("what_was_deleted_is_made_again_with_all_its_parts") else { return };
    let _guard = server.aws_auth();
    run(server, ADMIN, async |kube| {
        let parts: ConfigMapParts = serde_json::from_value(json!({
            "binaryData": {"logo": "eA=="}, "immutable": true,
            "metadata": {"labels": {"team": "a"}, "annotations": {"note": "a\nb "}},
        }))
        .unwrap();
        let made = kube.create_aws_auth(&data(&[("mapRoles", "1")]), &parts).await.unwrap();
        assert_eq!(made.parts(), parts);
        let refused = kube.replace_aws_auth(&data(&[]), &made.resource_version).await.unwrap_err();
        assert_eq!(refused.kind, KubeErrorKind::Invalid);
        assert!(
            refused.message.contains("field is immutable when `immutable` is set"),
            "{}",
            refused.message
        );
        kube.delete_aws_auth(&made.resource_version).await.unwrap();
        let again = kube.create_aws_auth(&made.data, &made.parts()).await.unwrap();
        assert_eq!((again.parts(), again.data), (parts, made.data));
    });
}
