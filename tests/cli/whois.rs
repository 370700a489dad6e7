use crate::bench::{Bench, fixture_path};

fn whois(args: &[&str]) -> String {
    let aws_auth = fixture_path("quickstart/aws-auth.yaml");
    let bench = Bench::new();
    bench.write("aws-auth.yaml", std::fs::read(aws_auth).unwrap());
    bench.run(&[&["whois", "--aws-auth", "aws-auth.yaml"], args].concat()).all()
}

#[test]
fn each_kind_of_answer_as_text() {
    let asked: [&[&str]; 6] = [
        &[
            "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_PlatformAdmin_0123456789abcdef/maria@example.com",
        ],
        &["arn:aws:iam::111122223333:role/monitoring", "--session-name", "x"],
        &["arn:aws:iam::444455556666:user/bob"],
        &["arn:aws:iam::111122223333:role/nobody"],
        &["arn:aws:iam::111122223333:role/prod-eu-workers", "--session-name", "x"],
        &["arn:aws:iam::111122223333:group/Dev"],
    ];
    insta::assert_snapshot!(asked.map(whois).join("\n"));
}

#[test]
fn json_names_the_line() {
    insta::assert_snapshot!(whois(&["arn:aws:iam::111122223333:user/ops/maria", "--output", "json"]));
}

#[test]
fn placeholders_get_their_values_from_options() {
    let session = ["--session-name", "i-0123456789abcdef0", "--ec2-private-dns-name", "ip-10-0-0-1.internal"];
    let answer = whois(&[&["arn:aws:iam::111122223333:role/prod-eu-workers"], &session[..]].concat());
    assert!(answer.contains("is system:node:ip-10-0-0-1.internal\n"), "{answer}");
}
