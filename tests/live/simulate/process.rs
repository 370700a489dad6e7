use std::path::Path;
use std::process::Command;
use std::thread;

use crate::servers::http::ask;
use crate::servers::simulated::{Simulated, quickstart};

const BINDINGS: &str = "/kubernetes/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";

fn binding(name: &str) -> String {
    format!(
        r#"{{"metadata": {{"name": "{name}"}}, "roleRef": {{"kind": "ClusterRole", "name": "view"}}, "subjects": []}}"#
    )
}

fn rbac(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("rbac.yaml")).unwrap()
}

#[test]
fn with_save_the_folder_tells_of_a_change_before_the_client_does() {
    let folder = quickstart();
    let server = Simulated::start(folder.path(), &["--save"]);
    assert!(!rbac(folder.path()).contains("made-over-http"));
    assert_eq!(ask(server.port(), "POST", BINDINGS, &binding("made-over-http")).unwrap().0, 201);
    assert!(rbac(folder.path()).contains("made-over-http"));
    // who changes the folder is alone
    let other = serve(folder.path(), &["--save"]);
    assert_eq!(other.status.code(), Some(5), "{other:?}");
}

#[test]
fn with_log_each_call_is_in_the_file_before_it_is_answered() {
    let folder = quickstart();
    let log = folder.path().join("calls.jsonl");
    let server = Simulated::start(folder.path(), &["--log", log.to_str().unwrap(), "--fault", "fail:3"]);
    let mut told = Vec::new();
    for status in [201, 409, 500] {
        assert_eq!(ask(server.port(), "POST", BINDINGS, &binding("b")).unwrap().0, status);
        let text = std::fs::read_to_string(&log).unwrap();
        told = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()).collect();
    }
    let calls: Vec<_> =
        told.iter().map(|call| (&call["number"], &call["operation"], &call["result"])).collect();
    let create = &serde_json::json!("kube:CreateBinding");
    let of = [(1, "done"), (2, "refused"), (3, "not done")]
        .map(|(n, it)| (serde_json::json!(n), serde_json::json!(it)));
    assert_eq!(calls, of.each_ref().map(|(number, result)| (number, create, result)));
    assert_eq!(told[0]["target"], "clusterrolebinding/b");
}

#[test]
fn without_save_the_folder_stays_as_it_was() {
    let folder = quickstart();
    let before = rbac(folder.path());
    let server = Simulated::start(folder.path(), &[]);
    assert_eq!(ask(server.port(), "POST", BINDINGS, &binding("made-over-http")).unwrap().0, 201);
    drop(server);
    assert_eq!(rbac(folder.path()), before);
}

#[test]
fn an_address_that_others_reach_is_an_open_door() {
    let folder = quickstart();
    let refused = serve(folder.path(), &["--listen", "0.0.0.0:0"]);
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(refused.stderr).unwrap(),
        "error: 0.0.0.0:0 is reachable by others: anyone who can reach it has full control\n\
         hint: listen on 127.0.0.1, or pass --allow-remote\n"
    );
}

#[test]
fn many_clients_are_answered_at_a_time_and_each_waits_its_latency() {
    let folder = quickstart();
    let server = Simulated::start(folder.path(), &["--latency", "300"]);
    let port = server.port();
    let start = std::time::Instant::now();
    let clients: Vec<_> = (0..100)
        .map(|number| {
            thread::spawn(move || ask(port, "POST", BINDINGS, &binding(&format!("b{number}"))).unwrap().0)
        })
        .collect();
    assert!(clients.into_iter().all(|client| client.join().unwrap() == 201));
    let took = start.elapsed().as_millis();
    // one after the other they would take half a minute
    assert!((300..20_000).contains(&took), "{took} ms");
}

fn serve(folder: &Path, options: &[&str]) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eksodus"));
    command.args(["simulate", "serve", "--snapshot"]).arg(folder).args(options).env_clear();
    command.output().unwrap()
}
