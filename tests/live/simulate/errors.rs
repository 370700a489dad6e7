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
    let half = aws.run(&list).expect_err("half an answer comes");
    assert!(half.contains("IncompleteRead") || half.contains("Connection broken"), "{half}");
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
