//! Command lines that are wrong: each is told in one sentence, with one thing to do, and nothing is done.

use crate::bench::Bench;

const LINES: &str = "
version
migrate
diff
check aws-auth.yaml
undo
init
can-i get pods
resume
import
aply
lnit
plan --auto-approve
apply plan.json --auto-approve
apply plan.json --approve
apply plan.json --force
apply plan.json -f
apply plan.json --dry-run
plan --dry-run
plan --no-color
plan --json
plan --name prod
plan --cluster-name prod
plan --debug
plan --role x
plan --kube-context x
plan --cluter prod
plan --snapshot a --cluster b
plan --snapshot a --snapshot b
plan --snapshot
plan --snapshot a --region eu-west-1
plan --region eu-west-1
plan --audit-days 3 --snapshot a
plan --cluster prod --audit-days 0
plan --cluster prod --audit-days many
plan --cluster prod --timeout 0
plan --cluster prod --timeout soon
plan --cluster arn:aws:eks:eu-west-1:111122223333:nodegroup/x
plan --cluster arn:aws:eks:eu-west-1:111122223333:cluster/x --region eu-west-2
plan --cluster prod --role-arn admin
plan --cluster prod --role-arn arn:aws:iam::111122223333:user/x
plan -o xml
plan -o yaml
plan --prune all
plan -q -v
plan plan.json
lint -o markdown
lint -o html
lint a.yaml b.yaml
lint a.yaml --aws-auth b.yaml
show
show plan.json --cluster prod
show plan.json --snapshot a
show plan.json -o sarif
apply
apply --resume
apply plan.json --resume --new --simulate a
apply plan.json --through someday --simulate a
apply plan.json --through api --simulate a
apply plan.json --snapshot a
apply plan.json --simulate a --cluster b
apply plan.json --simulate a --no-lock
apply plan.json --fault fail:1
apply plan.json --simulate a --fault explode
apply plan.json --simulate a --fault lost-anwser:2
apply plan.json --simulate a --fault lost-answer:eks:CreateAccesEntry:2
apply plan.json --simulate a --fault delay:5
apply plan.json --simulate a --accept-lost many
apply plan.json --simulate a --plan-digest xyz
verify
verify plan.json
verify plan.json --simulate a --watch 5
verify plan.json --simulate a --config b
status
status --simulate a --state b
rollback
rollback --simulate a --through entries
rehearse
rehearse --fault fail:1
rehearse plan.json
whois
whois alice
whois arn:aws:iam::111122223333:role/x
explain need-path
explain arn:aws:iam::111122223333:role/x --verb get
explain arn:aws:iam::111122223333:role/x --resource pods
explain arn:aws:iam::111122223333:role/x --verb get --path metrics
who-can get
who-can --dangerous get pods
who-can get pods -n a -A
policies --for-group a b
policies -n a
policies NoSuchPolicy
assert
assert a.yaml --record
replay
replay a.jsonl
status prod
prove
prove plan.json --limit 0
report
export plan.json
export plan.json --to cobol
decide
completions
completions tcsh
completions bash --cluster prod
man nothing
demo a b
";

#[test]
fn each_is_told_in_one_sentence_with_one_thing_to_do() {
    let bench = Bench::new();
    let mut told = Vec::new();
    for line in LINES.lines().filter(|line| !line.is_empty()) {
        let args: Vec<&str> = line.split(' ').collect();
        let ran = bench.run(&args);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{line}: {}", ran.all());
        let errors = ran.stderr.lines().filter(|line| line.starts_with("error: ")).count();
        assert_eq!(errors, 1, "{line}: {}", ran.stderr);
        let leads_on = ["hint: ", "tip: ", "Usage: ", "[possible values: ", "For more information"];
        assert!(leads_on.iter().any(|it| ran.stderr.contains(it)), "{line}: {}", ran.stderr);
        assert!(!ran.stderr.contains("panicked"), "{line}");
        told.push(format!("$ eksodus {line}\n{}", ran.stderr));
    }
    assert!(told.len() >= 100);
    insta::assert_snapshot!(told.join("\n"));
}
