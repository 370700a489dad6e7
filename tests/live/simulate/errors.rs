use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};

use crate::servers::aws_cli::AwsCli;
use crate::servers::simulated::{Simulated, quickstart};

const USER: &str = "arn:aws:iam::111122223333:user/break-glass";

#[test]
fn the_aws_cli_prints_what_it_prints_of_aws() {
    let folder = quickstart();
    let options = ["--fault", "throttle:eks:ListNodegroups:1", "--fault", "fail:iam:ListUsers:1"];
    let server = Simulated::start(folder.path(), &options);
    let Some(aws) = AwsCli::of(server.environment(), "simulate::errors") else { return };
    let said = |arguments: &[&str]| {
        let text = aws.run(arguments).expect_err("it is refused");
        text.replace("\n", " ").trim_start_matches("aws: [ERROR]: ").to_owned()
    };
    for (arguments, text) in [
        (
            ["eks", "list-access-entries", "--cluster-name", "prod-eu"].as_slice(),
            "(InvalidRequestException) when calling the ListAccessEntries operation: The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.",
        ),
        (
            &["eks", "describe-cluster", "--name", "other"],
            "(ResourceNotFoundException) when calling the DescribeCluster operation: No cluster found for name: other.",
        ),
        (
            &[
                "eks",
                "update-cluster-config",
                "--name",
                "prod-eu",
                "--access-config",
                "authenticationMode=API",
            ],
            "(InvalidParameterException) when calling the UpdateClusterConfig operation: Unsupported authentication mode update from CONFIG_MAP to API",
        ),
        (
            &["eks", "list-nodegroups", "--cluster-name", "prod-eu"],
            "(ThrottlingException) when calling the ListNodegroups operation",
        ),
        (
            &["iam", "get-role", "--role-name", "nobody"],
            "(NoSuchEntity) when calling the GetRole operation: The role with name nobody cannot be found.",
        ),
        (&["iam", "list-users"], "(ServiceFailure) when calling the ListUsers operation"),
    ] {
        assert!(said(arguments).contains(text), "{arguments:?}: {}", said(arguments));
    }
}

#[test]
fn a_lost_answer_is_a_cut_connection_and_the_work_is_done() {
    let folder = quickstart();
    dual(folder.path());
    let faults =
        ["--fault", "lost-answer:eks:CreateAccessEntry:1", "--fault", "half-answer:eks:ListAccessEntries:1"];
    let server = Simulated::start(folder.path(), &faults);
    let Some(aws) = AwsCli::of(server.environment(), "simulate::lost") else { return };
    let create = ["eks", "create-access-entry", "--cluster-name", "prod-eu", "--principal-arn", USER];
    let cut = aws.run(&create).expect_err("no answer comes");
    assert!(cut.contains("Connection was closed before we received a valid response"), "{cut}");
    let list = ["eks", "list-access-entries", "--cluster-name", "prod-eu"];
    let half = half_of(server.port(), "/clusters/prod-eu/access-entries");
    assert_eq!(half.1.len(), half.0 / 2, "{half:?}");
    assert!(half.1.starts_with(b"{\"accessEntries\":"), "{half:?}");
    assert_eq!(aws.run(&list).unwrap()["accessEntries"][0], USER);
    let again = aws.run(&create).expect_err("it is there");
    assert!(
        again.contains("(ResourceInUseException) when calling the CreateAccessEntry operation: The specified access entry resource is already in use on this cluster."),
        "{again}"
    );
}

/// The cluster of the folder, in a mode that has entries.
fn dual(folder: &std::path::Path) {
    let file = folder.join("cluster.json");
    let text = std::fs::read_to_string(&file).unwrap();
    let changed = text.replace("\"CONFIG_MAP\"", "\"API_AND_CONFIG_MAP\"");
    assert_ne!(text, changed);
    std::fs::write(&file, changed).unwrap();
}

/// The length that the head of an answer names, and what came of its body before the connection ended.
fn half_of(port: u16, path: &str) -> (usize, Vec<u8>) {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("a head") + 4;
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
    (length.parse().unwrap(), answer[end..].to_vec())
}
