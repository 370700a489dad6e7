//! What a plan makes, in the form of other tools.

use eksodus::planner::Plan;
use eksodus::snapshot::{RbacFile, Snapshot};

use crate::apply::{apply, planned};
use crate::bench::{Bench, Ran};

/// Every form, with the options that are its own.
pub const FORMS: [&[&str]; 12] = [
    &["--to", "terraform"],
    &["--to", "terraform", "--module", "--bindings"],
    &["--to", "cloudformation"],
    &["--to", "cloudformation", "--imports"],
    &["--to", "cdk"],
    &["--to", "pulumi"],
    &["--to", "eksctl"],
    &["--to", "ack"],
    &["--to", "crossplane"],
    &["--to", "aws-cli"],
    &["--to", "manifests"],
    &["--to", "manifests", "--pruned"],
];

fn exported(bench: &Bench, args: &[&str]) -> Ran {
    let ran = bench.run(&[&["export"], args].concat());
    assert_eq!(ran.code, Some(0), "{args:?}: {}", ran.all());
    ran
}

#[test]
fn role_bindings_are_manifests_that_say_what_the_plan_makes() {
    let bench = planned();
    let exported = exported(&bench, &["plan.json", "--to", "manifests"]);
    assert_eq!(exported.stderr, "");
    insta::assert_snapshot!(exported.stdout);
    // as the cluster has it once the plan is applied
    assert_eq!(apply(&bench, &["--yes"]).code, Some(0));
    let after = Snapshot::load(&bench.path("sim")).unwrap().rbac.unwrap();
    bench.write("bindings.yaml", &exported.stdout);
    let read = RbacFile::load(&bench.path("bindings.yaml")).unwrap().rbac.bindings;
    assert!(!read.is_empty() && read.iter().all(|binding| after.bindings.contains(binding)), "{read:?}");
    let applied = bench.run(&["plan", "--snapshot", "sim", "--out", "again.json"]);
    assert_eq!(applied.code, Some(0), "{}", applied.all());
    let none = bench.run(&["export", "again.json", "--to", "manifests"]);
    assert_eq!((none.code, none.stdout.as_str()), (Some(0), ""));
    assert!(none.stderr.contains("makes no role bindings"), "{}", none.all());
}

#[test]
fn aws_auth_as_the_plan_leaves_it_is_a_manifest_on_request() {
    let bench = planned();
    let pruned = exported(&bench, &["plan.json", "--to", "manifests", "--pruned"]).stdout;
    insta::assert_snapshot!(pruned);
    assert_eq!(apply(&bench, &["--yes", "--through", "prune"]).code, Some(0));
    let left = Snapshot::load(&bench.path("sim")).unwrap().aws_auth.unwrap();
    let last = pruned.rsplit("---\n").next().unwrap();
    let read = eksodus::reader::Manifest::parse("x", last.as_bytes()).unwrap();
    assert_eq!(read.config_map.data, left.config_map.data);
}

#[test]
fn each_form_of_the_quick_start() {
    let bench = planned();
    for (name, args) in [
        ("terraform", &["--to", "terraform", "--bindings"][..]),
        ("terraform_module", &["--to", "terraform", "--module=cluster", "--applied"]),
        ("cloudformation", &["--to", "cloudformation"]),
        ("cloudformation_imports", &["--to", "cloudformation", "--imports", "--applied"]),
        ("cdk", &["--to", "cdk"]),
        ("pulumi", &["--to", "pulumi", "--applied"]),
        ("eksctl", &["--to", "eksctl"]),
        ("ack", &["--to", "ack"]),
        ("crossplane", &["--to", "crossplane"]),
        ("aws_cli", &["--to", "aws-cli"]),
    ] {
        let ran = exported(&bench, &[&["plan.json"], args].concat());
        insta::assert_snapshot!(name, ran.all());
    }
}

#[test]
fn what_is_there_by_now_is_imported_and_a_cluster_is_exported_by_itself() {
    let bench = planned();
    let count = |text: &str| text.matches("import {").count();
    let before = exported(&bench, &["plan.json", "--to", "terraform"]);
    assert_eq!(count(&before.stdout), 0, "{}", before.stdout);
    assert_eq!(apply(&bench, &["--yes"]).code, Some(0));
    let now = exported(&bench, &["plan.json", "--to", "terraform", "--snapshot", "sim"]);
    let applied = exported(&bench, &["plan.json", "--to", "terraform", "--applied"]);
    let is_import = |line: &&str| line.starts_with("  to = ") || line.starts_with("  id = ");
    let imports = |text: &str| text.lines().filter(is_import).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(imports(&now.stdout), imports(&applied.stdout));
    let plan = Plan::parse(&bench.read("plan.json")).unwrap();
    let policies: usize = plan.targets.iter().map(|target| target.entry.policies.len()).sum();
    assert_eq!(count(&now.stdout), plan.targets.len() + policies);
    // the same entries, asked of the cluster
    let of_cluster = exported(&bench, &["--to", "terraform", "--snapshot", "sim"]);
    assert_eq!(imports(&of_cluster.stdout), imports(&now.stdout));
    // no plan tells what becomes of aws-auth
    let ran = bench.run(&["export", "--to", "manifests", "--pruned", "--snapshot", "sim"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{}", ran.all());
}

#[test]
fn what_cannot_be_exported_is_told_by_its_exit_code() {
    let bench = planned();
    let refused: Vec<String> = [
        // no cluster, and none that shows its entries
        &["export", "file.json", "--to", "terraform"][..],
        &["export", "--to", "terraform", "--snapshot", "sim"],
        // another cluster than the plan's
        &["export", "plan.json", "--to", "terraform", "--snapshot", "other"],
        // an option of another form, and none at all
        &["export", "plan.json", "--to", "eksctl", "--module"],
        &["export", "plan.json", "--to", "terraform", "--pruned"],
        &["export", "--to", "terraform"],
        // their values stand behind a sign, since a plan would be taken for one
        &["export", "--to", "terraform", "--module", "cluster", "plan.json"],
        // what does nothing here, and what no tool could run
        &["export", "--to", "terraform", "--aws-auth", "sim/aws-auth.yaml"],
        &["export", "plan.json", "--to", "aws-cli", "--redact"],
        // a run of another plan, and what is no run
        &["export", "plan.json", "--to", "terraform", "--applied=sim"],
        &["export", "plan.json", "--to", "terraform", "--module=a b"],
        // a value that the form has no words for
        &["export", "--to", "eksctl", "--snapshot", "tagged"],
    ]
    .iter()
    .map(|args| {
        if args.contains(&"other") {
            std::fs::create_dir(bench.path("other")).unwrap();
            let other = bench.read("sim/cluster.json").replace("prod-eu", "prod-us");
            bench.write("other/cluster.json", other);
        }
        if args.contains(&"file.json") {
            let args = ["plan", "--aws-auth", "sim/aws-auth.yaml", "--out", "file.json"];
            assert!(matches!(bench.run(&args).code, Some(0 | 4)));
        }
        if args.contains(&"tagged") {
            bench.copy("quickstart", "tagged");
            let dual = bench.read("tagged/cluster.json").replace("CONFIG_MAP", "API_AND_CONFIG_MAP");
            bench.write("tagged/cluster.json", dual);
            bench.write("tagged/access-entries.json", TAGGED);
        }
        let ran = bench.run(args);
        assert_eq!(ran.stdout, "", "{args:?}");
        format!("$ eksodus {}\n{}", args.join(" "), ran.told())
    })
    .collect();
    insta::assert_snapshot!(refused.join("\n"));
}

/// The run that `apply` has kept on the simulated cluster.
fn run_of(bench: &Bench) -> String {
    let runs = "sim/runs/111122223333/eu-west-1/prod-eu";
    let all =
        std::fs::read_dir(bench.path(runs)).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
    let names: Vec<String> = all.filter(|name| !name.starts_with('.')).collect();
    assert_eq!(names.len(), 1, "{names:?}");
    format!("{runs}/{}", names[0])
}

/// The first plan of whatever imports them changes nothing: each entry has the tag that `apply` gave it, and no other.
#[test]
fn the_tag_of_the_run_is_where_the_cluster_has_it() {
    let bench = planned();
    let tags = |text: &str| text.matches("\"eksodus:run\" = ").count();
    let planned = exported(&bench, &["plan.json", "--to", "terraform"]);
    assert_eq!(tags(&planned.stdout), 0, "{}", planned.stdout);
    assert_eq!(apply(&bench, &["--yes"]).code, Some(0));
    let run = run_of(&bench);
    let of_cluster = exported(&bench, &["--to", "terraform", "--snapshot", "sim"]).stdout;
    let name = run.rsplit('/').next().unwrap();
    assert!(of_cluster.contains(&format!("\"eksodus:run\" = \"{name}\"")), "{of_cluster}");
    let entries = |text: &str| {
        text.split("\n\n").filter(|it| it.contains("aws_eks_access")).map(str::to_owned).collect::<Vec<_>>()
    };
    let of_plan = exported(&bench, &["plan.json", "--to", "terraform", "--snapshot", "sim"]);
    let of_run = exported(&bench, &["plan.json", "--to", "terraform", &format!("--applied={run}")]);
    assert_eq!(entries(&of_run.stdout), entries(&of_plan.stdout));
    assert_eq!((entries(&of_plan.stdout), of_run.stderr.contains("warning")), (entries(&of_cluster), false));
    // where `apply` keeps its runs of a live cluster, nobody has to name them
    std::fs::rename(bench.path("sim/runs"), bench.path(".eksodus")).unwrap();
    assert_eq!(exported(&bench, &["plan.json", "--to", "terraform", "--applied"]).stdout, of_run.stdout);
    std::fs::rename(bench.path(".eksodus"), bench.path("elsewhere")).unwrap();
    let unknown = exported(&bench, &["plan.json", "--to", "terraform", "--applied"]);
    assert_eq!(tags(&unknown.stdout), 0);
    assert!(unknown.stderr.contains("pass --applied=RUN"), "{}", unknown.stderr);
    // of another plan it says nothing of this one
    let other = bench.run(&["plan", "--snapshot", "sim", "--out", "other.json"]);
    assert_eq!(other.code, Some(0), "{}", other.all());
    let run = format!("--applied={}", run.replace("sim/runs", "elsewhere"));
    let wrong = bench.run(&["export", "other.json", "--to", "terraform", &run]);
    assert_eq!((wrong.code, wrong.stdout.as_str()), (Some(5), ""), "{}", wrong.all());
    // eksctl has no tags, and nothing of value is lost
    let eksctl = exported(&bench, &["--to", "eksctl", "--snapshot", "sim"]).stdout;
    assert!(eksctl.starts_with("# The tag eksodus:run") && !eksctl.contains(name), "{eksctl}");
}

#[test]
fn your_own_entry_is_the_last_of_a_script_about_a_cluster_too() {
    let bench = planned();
    assert_eq!(apply(&bench, &["--yes"]).code, Some(0));
    let of_plan = exported(&bench, &["plan.json", "--to", "aws-cli"]).stdout;
    let of_cluster = exported(&bench, &["--to", "aws-cli", "--snapshot", "sim"]).stdout;
    let last = |script: &str| {
        let entry = script.lines().rfind(|it| it.starts_with("entry ")).unwrap();
        entry.split(' ').nth(1).unwrap().to_owned()
    };
    assert_eq!(last(&of_cluster), last(&of_plan));
}

#[test]
fn the_stack_that_owns_an_entry_is_named() {
    let bench = planned();
    assert_eq!(apply(&bench, &["--yes"]).code, Some(0));
    let entries = bench.read("sim/access-entries.json").replacen(
        "\"eksodus:run\":",
        "\"aws:cloudformation:stack-name\":",
        1,
    );
    bench.write("sim/access-entries.json", entries);
    let ran = exported(&bench, &["--to", "cloudformation", "--snapshot", "sim"]);
    assert!(ran.stdout.starts_with("# arn:aws:iam::") && !ran.stdout.contains("Key: aws:"), "{}", ran.stdout);
    assert!(ran.stderr.contains("owns this entry. Take it out of the stack first"), "{}", ran.stderr);
}

/// What was asked for and cannot be given is an error that says why.
#[test]
fn an_aws_auth_that_the_plan_leaves_alone_is_no_manifest() {
    let bench = planned();
    // a mapping of a whole account stands against a deletion
    let decided = bench.read("eksodus.yaml") + "\nprune: delete\n";
    bench.write("eksodus.yaml", decided);
    let saved = bench.run(&["plan", "--snapshot", "sim", "--out", "kept.json"]);
    assert!(matches!(saved.code, Some(0 | 4)), "{}", saved.all());
    let ran = bench.run(&["export", "kept.json", "--to", "manifests", "--pruned"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{}", ran.all());
    insta::assert_snapshot!(ran.stderr);
}

const TAGGED: &str = r#"[{
    "accessEntry": {
        "clusterName": "prod-eu",
        "principalArn": "arn:aws:iam::111122223333:role/monitoring",
        "kubernetesGroups": [],
        "accessEntryArn": "arn:aws:eks:eu-west-1:111122223333:access-entry/prod-eu/role/111122223333/monitoring/1",
        "createdAt": "2026-01-01T00:00:00+00:00",
        "modifiedAt": "2026-01-01T00:00:00+00:00",
        "tags": {"team": "shop", "cost-center": "17"},
        "username": "deployer",
        "type": "STANDARD"
    },
    "associatedAccessPolicies": []
}]
"#;
