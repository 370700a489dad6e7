#[test]
fn sizes() {
    let ground = super::ground::Ground::planned(super::shape::Shape::LARGE);
    let ran = ground.run(&[
        "apply",
        "plan.json",
        "--simulate",
        "sim",
        "--quiet",
        "--allow-irreversible",
        "--yes",
        "--through",
        "prune",
    ]);
    println!(
        "{ran:?} plan {} journal {}",
        std::fs::metadata(ground.path("plan.json")).unwrap().len(),
        ground.journal().len()
    );
    for (i, l) in ground.journal().lines().enumerate() {
        if l.len() > 1500 {
            println!("{i} {}", l.len());
        }
    }
    for name in ["aws-auth.yaml", "iam-roles.json", "access-entries.json"] {
        println!("{name} {}", std::fs::metadata(ground.path("sim").join(name)).unwrap().len());
    }
}
