use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};

use eksodus::eks::aws::Aws;
use eksodus::kube::TokenSource as _;

use super::{caller, options, run, sdk};
use crate::servers::ministack::{Flavour, Ministack};

/// What STS answers to the request in a token, sent as the Kubernetes server sends it.
fn redeem(port: u16, token: &str, cluster: &str) -> String {
    let mut encoded = token.strip_prefix("k8s-aws-v1.").unwrap().replace('-', "+").replace('_', "/");
    while !encoded.len().is_multiple_of(4) {
        encoded.push('=');
    }
    let url = String::from_utf8(aws_smithy_types::base64::decode(encoded).unwrap()).unwrap();
    let (host, target) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    let request = format!(
        "GET /{target} HTTP/1.1\r\nHost: {host}\r\nx-k8s-aws-id: {cluster}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_token_is_good_for_its_caller_and_its_cluster_alone() {
    // it judges, so it checks signatures
    let flavour = Flavour { judges: true, ..Flavour::default() };
    let Some(server) = Ministack::of(&flavour, "aws::tokens") else { return };
    run(async {
        let account = "600000000001";
        let iam = aws_sdk_iam::Client::new(&sdk(&server.url(), account, "us-east-1").await);
        iam.create_user().user_name("alice").send().await.unwrap();
        let key = iam.create_access_key().user_name("alice").send().await.unwrap().access_key.unwrap();
        let (id, secret) = (key.access_key_id, key.secret_access_key);
        let credentials = aws_credential_types::Credentials::new(id, secret, None, None, "tests");
        let loader = caller(&server.url(), account).credentials_provider(credentials);
        let aws = Aws::connect_with(loader, &options("prod", "us-east-1")).await.unwrap();
        let tokens = aws.tokens();
        let token = tokens.token().await.unwrap();
        assert_eq!(tokens.token().await.unwrap(), token, "it is kept");

        let answer = redeem(server.port, &token, "prod");
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(":user/alice</Arn>"), "{answer}");
        let answer = redeem(server.port, &token, "other");
        assert!(answer.starts_with("HTTP/1.1 403") && answer.contains("SignatureDoesNotMatch"), "{answer}");
    });
}
