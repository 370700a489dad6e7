//! What stops before anything is done, and what a user reads of it.

use serde_json::{Value, json};

use super::ground::Ground;
use super::objects::{LEASE, NO_LEASES, RBAC, binding};
use crate::servers::apiserver::{ADMIN, ApiServer};

/// Nobody has begun anything.
fn is_untouched(ground: &Ground) {
    assert_eq!(ground.mode(), "CONFIG_MAP");
    assert!(!ground.path(".eksodus").exists());
    assert_eq!(ground.server.request(ADMIN, "GET", LEASE, None).0, 404);
}

#[test]
fn a_kubeconfig_of_another_cluster_is_refused_before_it_is_asked() {
    let test = "journey::a_kubeconfig_of_another_cluster_is_refused_before_it_is_asked";
    let Some(ground) = Ground::new(test, &[]) else { return };
    ground.ends(0, &["plan", "--out", "plan.json"]);
    let own = std::fs::read_to_string(ground.path("kubeconfig")).expect("a kubeconfig");
    let other = own.replace(&ground.endpoint, "https://other.example.com");
    std::fs::write(ground.path("kubeconfig"), other).expect("a kubeconfig");
    let all: [&[&str]; 6] = [
        &["snapshot", "--out", "seen"],
        &["plan"],
        &["apply", "plan.json", "--allow-irreversible", "--yes"],
        &["verify", "plan.json"],
        &["rollback", "--yes"],
        &["status"],
    ];
    for args in all {
        let ran = ground.ends(5, args);
        insta::assert_snapshot!("other_cluster", ran.shown());
    }
    is_untouched(&ground);
}

#[test]
fn all_rights_that_are_missing_are_named_at_once() {
    let test = "journey::all_rights_that_are_missing_are_named_at_once";
    let denied = ["--fault", "deny:eks:CreateAccessEntry", "--fault", "deny:iam:PassRole"];
    let Some(ground) = Ground::new(test, &denied) else { return };
    ground.ends(0, &["plan", "--out", "plan.json"]);
    ground.log_in_as("bob");
    for through in ["verify", "prune"] {
        let args = ["apply", "plan.json", "--allow-irreversible", "--yes", "--through", through];
        let ran = ground.ends(5, &args);
        insta::assert_snapshot!(format!("rights_{through}"), ran.shown());
    }
    is_untouched(&ground);
}

fn hold(server: &ApiServer, holder: &str) -> Value {
    let lease = json!({
        "metadata": {"name": "eksodus", "namespace": "kube-system"},
        "spec": {
            "holderIdentity": holder,
            "leaseDurationSeconds": 30,
            "renewTime": "2026-01-01T00:00:00.000000Z",
            "leaseTransitions": 3,
        },
    });
    server.create("/apis/coordination.k8s.io/v1/namespaces/kube-system/leases", &lease)
}

#[test]
fn of_two_operators_one_is_told_of_the_other() {
    let test = "journey::of_two_operators_one_is_told_of_the_other";
    let Some(ground) = Ground::new(test, &[]) else { return };
    ground.ends(0, &["plan", "--out", "plan.json"]);
    hold(ground.server, "olga on laptop-7 [0123456789abcdef]");
    let server = ground.server;
    let stop = std::sync::atomic::AtomicBool::new(false);
    let apply = ["apply", "plan.json", "--allow-irreversible", "--yes"];
    let ran = std::thread::scope(|threads| {
        threads.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::SeqCst) {
                let (_, mut lease) = server.request(ADMIN, "GET", LEASE, None);
                let beat = lease["spec"]["leaseTransitions"].as_u64().unwrap_or_default() + 1;
                lease["spec"]["leaseTransitions"] = beat.into();
                server.request(ADMIN, "PUT", LEASE, Some(&lease));
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
        });
        let ran = ground.run(&apply);
        stop.store(true, std::sync::atomic::Ordering::SeqCst);
        ran
    });
    insta::assert_snapshot!("lease_held", ran.shown());
    assert_eq!((ground.mode().as_str(), ran.code), ("CONFIG_MAP", Some(5)));
    // reading needs no Lease
    ground.ends(0, &["status"]);
    ground.ends(0, &["rollback"]);
    // and whoever knows better needs none either
    ground.ends(0, &[&apply[..], &["--no-lock"]].concat());
    let (_, lease) = server.request(ADMIN, "GET", LEASE, None);
    assert_eq!(lease["spec"]["holderIdentity"], "olga on laptop-7 [0123456789abcdef]");
}

/// Half a minute: as long as the Lease lasts, by the clock of the one who looks.
#[test]
fn the_lease_of_a_machine_that_vanished_is_taken_over() {
    let test = "journey::the_lease_of_a_machine_that_vanished_is_taken_over";
    let Some(ground) = Ground::new(test, &[]) else { return };
    ground.ends(0, &["plan", "--out", "plan.json"]);
    hold(ground.server, "olga on laptop-7 [0123456789abcdef]");
    let ran = ground.ends(0, &["apply", "plan.json", "--allow-irreversible", "--yes"]);
    let first: Vec<&str> = ran.stderr.lines().take(2).collect();
    insta::assert_snapshot!("lease_stale", first.join("\n"));
    let (_, lease) = ground.server.request(ADMIN, "GET", LEASE, None);
    // given back
    assert_eq!(
        (&lease["spec"]["holderIdentity"], lease["spec"]["leaseTransitions"].as_u64()),
        (&Value::Null, Some(4))
    );
}

#[test]
fn without_the_right_to_the_lease_the_way_around_is_named() {
    let test = "journey::without_the_right_to_the_lease_the_way_around_is_named";
    let Some(ground) = Ground::new(test, &[]) else { return };
    ground.ends(0, &["plan", "--out", "plan.json"]);
    // everything but Leases
    let rules = json!([
        {"apiGroups": ["", "rbac.authorization.k8s.io", "authorization.k8s.io", "apps"], "resources": ["*"], "verbs": ["*"]},
    ]);
    let role = json!({"metadata": {"name": NO_LEASES}, "rules": rules});
    ground.server.create(&format!("{RBAC}/clusterroles"), &role);
    let binding = binding(NO_LEASES, NO_LEASES, "User", "carol");
    ground.server.create(&format!("{RBAC}/clusterrolebindings"), &binding);
    ground.log_in_as("carol");
    // a role that was only now bound takes a moment
    let apply = ["apply", "plan.json", "--allow-irreversible", "--yes"];
    let mut ran = ground.run(&apply);
    for _ in 0..50 {
        if ran.stderr.matches("may not").count() <= 1 {
            break;
        }
        ran = ground.run(&apply);
    }
    insta::assert_snapshot!("lease_forbidden", ran.shown());
    assert_eq!(ran.code, Some(5));
    is_untouched(&ground);
}
