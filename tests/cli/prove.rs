use crate::bench::{Bench, Ran};

/// A cluster with a saved plan.
fn planned() -> Bench {
    let bench = Bench::new();
    bench.copy("quickstart", "sim");
    let saved = bench.run(&["plan", "--snapshot", "sim", "--out", "plan.json"]);
    assert_eq!(saved.code, Some(0), "{}", saved.all());
    bench
}

/// All of it. What comes next is applied to the cluster itself by a build that can reach one.
fn shown(ran: &Ran) -> String {
    let [live, simulated] = ["--cluster prod-eu --region eu-west-1", "--simulate sim"]
        .map(|target| format!("  eksodus apply plan.json {target} --allow-irreversible\n"));
    match cfg!(feature = "live") {
        true => {
            assert!(ran.stdout.contains(&live), "{}", ran.all());
            ran.all().replace(&live, &simulated)
        }
        false => ran.all(),
    }
}

#[test]
fn a_plan_is_proved_by_asking() {
    let ran = planned().run(&["prove", "plan.json", "--snapshot", "sim"]);
    insta::assert_snapshot!(shown(&ran));
}

#[test]
fn as_json() {
    let ran = planned().run(&["prove", "plan.json", "--snapshot", "sim", "-o", "json"]);
    insta::assert_snapshot!(ran.all());
}

#[test]
fn a_sample_is_called_one() {
    let ran = planned().run(&["prove", "plan.json", "--snapshot", "sim", "--limit", "100"]);
    insta::assert_snapshot!(shown(&ran));
}

#[test]
fn redacted_it_shows_no_account() {
    let bench = planned();
    for format in ["text", "json"] {
        let ran = bench.run(&["prove", "plan.json", "--snapshot", "sim", "--redact", "-o", format]);
        assert_eq!(ran.code, Some(0), "{}", ran.all());
        assert!(
            ran.stdout.contains("arn:aws:iam::") && !ran.stdout.contains("111122223333"),
            "{}",
            ran.stdout
        );
    }
}

#[test]
fn of_another_cluster_nothing_is_proved() {
    let bench = planned();
    let rbac = bench.read("sim/rbac.yaml").replacen("verbs:", "verbs: [] #", 1);
    bench.write("sim/rbac.yaml", rbac);
    let other = bench.read("sim/aws-auth.yaml").replacen("role/", "role/another-", 1);
    bench.write("sim/aws-auth.yaml", other);
    insta::assert_snapshot!(bench.run(&["prove", "plan.json", "--snapshot", "sim"]).all());
}

#[test]
fn without_a_cluster_or_a_plan_it_says_so() {
    let bench = planned();
    let told = [
        bench.run(&["prove", "plan.json"]).all(),
        bench.run(&["prove", "none.json", "--snapshot", "sim"]).all(),
        bench.run(&["prove", "plan.json", "--snapshot", "sim", "-o", "markdown"]).all(),
    ];
    insta::assert_snapshot!(told.join("\n"));
}
