use std::time::Duration;

use super::{Hostile, Ran, answer};
use crate::servers::relay::Act;

#[test]
fn what_is_waited_for_is_told_and_given_up_in_the_time_that_was_given() {
    for (target, operation) in [
        ("/clusters/prod-eu", "eks:DescribeCluster"),
        ("/kubernetes/api/v1/namespaces/kube-system/configmaps/aws-auth", "GetConfigMap"),
    ] {
        let world = Hostile::new(move |asked| match asked.target == target {
            true => Act::Silence,
            false => Act::Pass,
        });
        for args in [&["plan"][..], &["status"], &["snapshot", "--out", "there"]] {
            let ran = world.run(&[args, &["--timeout", "7"]].concat());
            if ran.code == Some(0) {
                // nothing of this server was needed
                assert_eq!((args[0], operation), ("status", "GetConfigMap"), "{ran:?}");
                continue;
            }
            assert_eq!(ran.code, Some(1), "{args:?} {target}: {ran:?}");
            assert!(ran.stderr.contains(&format!("waiting for {operation}, for 5 s")), "{args:?}: {ran:?}");
            assert!(ran.stderr.contains("error: ") && ran.stderr.contains(operation), "{args:?}: {ran:?}");
            assert!(ran.took >= Duration::from_secs(6) && ran.took < Duration::from_secs(15), "{ran:?}");
        }
    }
}

#[test]
fn an_apply_gives_up_looking_and_has_done_nothing() {
    let world = Hostile::new(|asked| match asked.target.starts_with("/clusters/prod-eu/access-policies") {
        true => Act::Silence,
        false if asked.target.starts_with("/access-policies") => Act::Silence,
        false => Act::Pass,
    });
    let ran = world.run(&["apply", "--yes", "--no-lock", "--timeout", "7"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("eks:ListAccessPolicies: stopped: the --timeout of 7 s is over"), "{ran:?}");
    assert!(!world.dir.path().join(".eksodus").exists(), "{ran:?}");
}

#[test]
fn a_plugin_of_the_kubeconfig_that_hangs_is_told_and_left() {
    let world = Hostile::new(|_| Act::Pass);
    let kubeconfig = format!(
        r#"{{"apiVersion": "v1", "kind": "Config", "current-context": "c",
            "contexts": [{{"name": "c", "context": {{"cluster": "c", "user": "u"}}}}],
            "clusters": [{{"name": "c", "cluster": {{"server": "{}/kubernetes"}}}}],
            "users": [{{"name": "u", "user": {{"exec": {{"apiVersion": "client.authentication.k8s.io/v1",
                "command": "sleep", "args": ["30"], "interactiveMode": "Never"}}}}}}]}}"#,
        world.relay.url()
    );
    std::fs::write(world.dir.path().join("kubeconfig"), kubeconfig).unwrap();
    let mut command = world.command(&["plan", "--kubeconfig", "kubeconfig", "--timeout", "7"]);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    // the plugin holds stderr as long as it runs
    let ran = Ran::of(command.stdin(std::process::Stdio::null()));
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("waiting for the kubeconfig's exec plugin, for 5 s"), "{ran:?}");
    assert!(ran.stderr.contains("exec plugin: stopped: the --timeout of 7 s is over"), "{ran:?}");
}

#[test]
fn quiet_is_quiet() {
    let world = Hostile::new(|_| Act::Silence);
    let ran = world.run(&["plan", "--timeout", "6", "--quiet"]);
    assert!(ran.code == Some(1) && !ran.stderr.contains("waiting for"), "{ran:?}");
}

#[test]
fn a_redirect_is_told_at_once_and_not_followed() {
    let to = "location: https://login.example.com/?token=secret\r\n";
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "303 See Other",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let act = answer(status, to, "");
        let world = Hostile::new(move |_| act);
        let ran = world.run(&["plan"]);
        assert_eq!((ran.code, world.relay.requests()), (Some(1), 1), "{ran:?}");
        assert!(
            ran.stderr.contains("redirects to login.example.com") && ran.stderr.contains("hint: "),
            "{ran:?}"
        );
        assert!(!ran.stderr.contains("secret") && ran.took < Duration::from_secs(5), "{ran:?}");

        let world = Hostile::new(move |asked| match asked.target.starts_with("/kubernetes/") {
            true => act,
            false => Act::Pass,
        });
        let ran = world.run(&["lint"]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(
            ran.stderr.contains("redirects to login.example.com") && ran.stderr.contains("hint: "),
            "{ran:?}"
        );
        assert!(!ran.stderr.contains("secret") && ran.took < Duration::from_secs(5), "{ran:?}");
    }
}

#[test]
fn a_web_page_in_the_place_of_aws_is_told_at_once() {
    let act = answer("200 OK", "content-type: text/html; charset=utf-8\r\n", "<html>log in here</html>");
    let world = Hostile::new(move |_| act);
    let ran = world.run(&["plan"]);
    assert_eq!((ran.code, world.relay.requests()), (Some(1), 1), "{ran:?}");
    assert!(ran.stderr.contains("the endpoint is a web page, not AWS"), "{ran:?}");
}
