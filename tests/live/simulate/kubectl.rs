use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::servers::simulated::{Simulated, quickstart};

/// kubectl is on the developer's own PATH, or not at all.
fn kubectl() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let found = std::env::split_paths(&path).map(|folder| folder.join("kubectl")).find(|it| it.is_file());
    if found.is_none() {
        let _ = std::io::stderr().write_all(b"SKIPPED simulate::kubectl: no kubectl on PATH\n");
    }
    found
}

#[test]
fn kubectl_reads_and_patches_aws_auth_and_lists_the_rest() {
    let Some(kubectl) = kubectl() else { return };
    let folder = quickstart();
    let server = Simulated::start(folder.path(), &[]);
    let run = |arguments: &[&str]| {
        let mut command = Command::new(&kubectl);
        command.args(["--server", &format!("{}/kubernetes", server.origin)]).args(arguments).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", folder.path());
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
    };
    let map = ["-n", "kube-system", "get", "configmap", "aws-auth", "-o", "json"];
    let read = || -> Value { serde_json::from_str(&run(&map).unwrap()).unwrap() };
    let before = read();
    assert!(before["data"]["mapRoles"].as_str().unwrap().contains("prod-eu-workers"));
    let patch = r#"[{"op": "add", "path": "/data/mapAccounts", "value": "[]"}]"#;
    let patch = ["-n", "kube-system", "patch", "configmap", "aws-auth", "--type", "json", "-p", patch];
    run(&patch).unwrap();
    let after = read();
    assert_eq!(after["data"]["mapAccounts"], "[]");
    assert_ne!(after["metadata"]["resourceVersion"], before["metadata"]["resourceVersion"]);
    assert!(run(&["get", "nodes"]).unwrap().contains("workers-a-1"));
    assert!(run(&["get", "clusterrolebindings", "-o", "name"]).unwrap().contains("clusterrolebinding"));
    assert_eq!(run(&["auth", "can-i", "get", "configmaps"]).unwrap().trim(), "yes");
    let missing = run(&["-n", "kube-system", "get", "configmap", "other"]).unwrap_err();
    assert!(missing.contains("Error from server (NotFound): configmaps \"other\" not found"), "{missing}");
}
