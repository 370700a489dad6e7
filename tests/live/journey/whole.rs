use super::ground::Ground;

#[test]
fn explore() {
    let Some(ground) = Ground::new("journey::explore", &[]) else { return };
    let steps: &[&[&str]] = &[
        &["snapshot", "--out", "seen"],
        &["lint"],
        &["plan", "--out", "plan.json"],
        &["status"],
        &["apply", "plan.json"],
        &["apply", "plan.json", "--allow-irreversible"],
        &["apply", "plan.json", "--allow-irreversible", "--yes"],
        &["status"],
        &["verify", "plan.json"],
        &["apply", "plan.json", "--resume", "--through", "prune"],
        &["status"],
        &["rollback"],
        &["rollback", "--yes"],
        &["status"],
        &["apply", "--yes", "--through", "api-mode", "--allow-irreversible"],
        &["status"],
        &["rollback"],
        &["rollback", "--yes"],
        &["status"],
    ];
    for step in steps {
        println!("$ eksodus {}\n{}\n", step.join(" "), ground.run(step).shown());
    }
}
