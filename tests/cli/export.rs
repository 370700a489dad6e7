//! What a plan makes, in the form of other tools.

use eksodus::snapshot::{RbacFile, Snapshot};

use crate::apply::planned;

#[test]
fn role_bindings_are_manifests_that_say_what_the_plan_makes() {
    let bench = planned();
    let exported = bench.run(&["export", "plan.json", "--to", "manifests"]);
    assert_eq!((exported.code, exported.stderr.as_str()), (Some(0), ""), "{}", exported.all());
    insta::assert_snapshot!(exported.stdout);
    // as the cluster has it once the plan is applied
    assert_eq!(
        bench.run(&["apply", "plan.json", "--simulate", "sim", "--allow-irreversible", "--yes"]).code,
        Some(0)
    );
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
