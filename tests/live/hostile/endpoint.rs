use std::sync::atomic::Ordering;

use super::tls::{Authority, Secure};
use super::{Hostile, Ran};
use crate::servers::relay::Act;

fn described(endpoint: &str) -> String {
    serde_json::json!({"cluster": {
        "name": "prod-eu",
        "arn": "arn:aws:eks:eu-west-1:111122223333:cluster/prod-eu",
        "version": "1.34",
        "platformVersion": "eks.9",
        "status": "ACTIVE",
        "endpoint": endpoint,
        "certificateAuthority": {"data": ""},
        "accessConfig": {"authenticationMode": "CONFIG_MAP"},
    }})
    .to_string()
}

/// Somebody on the way to AWS, whose certificates this machine trusts, answers DescribeCluster.
#[test]
fn a_token_goes_to_no_endpoint_but_those_of_eks() {
    let names = "DNS:eks.eu-west-1.amazonaws.com,DNS:x.example,IP:127.0.0.1";
    let Some(authority) = Authority::new("hostile::endpoint", names, false) else { return };
    // who would get the token
    let thief = Secure::start(authority.config(), false, |_| String::new());
    let endpoint = format!("https://127.0.0.1:{}", thief.port);
    let foreign = described(&endpoint);
    let proxy = Secure::start(authority.config(), true, move |_| foreign.clone());
    let world = Hostile::new(|_| Act::Pass);
    let at_proxy = |args: &[&str]| {
        let mut command = world.command(args);
        command.env_remove("AWS_ENDPOINT_URL").env("AWS_CA_BUNDLE", authority.ca());
        command.env("HTTPS_PROXY", format!("http://127.0.0.1:{}", proxy.port));
        command
    };
    for args in [&["plan"][..], &["whois", "arn:aws:iam::111122223333:role/x"], &["apply", "--yes"]] {
        let ran = Ran::of(&mut at_proxy(args));
        assert_eq!(ran.code, Some(5), "{ran:?}");
        let says = format!("{endpoint} is not an EKS endpoint in eu-west-1");
        assert!(ran.stderr.contains(&says) && ran.stderr.contains("hint: "), "{ran:?}");
    }
    assert_eq!(thief.connections.load(Ordering::SeqCst), 0);
    // whoever names a server for EKS knows where its clusters are
    let mut named = at_proxy(&["lint"]);
    named.env("AWS_ENDPOINT_URL_EKS", "https://eks.eu-west-1.amazonaws.com");
    let ran = Ran::of(&mut named);
    assert!(!ran.stderr.contains("is not an EKS endpoint"), "{ran:?}");
}
