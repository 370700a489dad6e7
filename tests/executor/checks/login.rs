use eksodus::checks::{Check, login_as, own_login};
use eksodus::model::PrincipalArn;
use pollster::block_on;

use super::fake::{Fake, quickstart, simulator, user};

fn me(username: &str, groups: &[&str]) -> Fake {
    Fake { me: Some(user(username, groups)), ..Fake::default() }
}

fn own(fake: &Fake) -> Check {
    let (snapshot, plan) = quickstart();
    block_on(own_login(fake, &simulator(&snapshot), fake, &plan))
}

#[test]
fn the_callers_session_is_rendered_into_its_username() {
    let check = own(&me("platform:maria-example.com", &["platform"]));
    assert!(!check.is_failed(), "{check}");
    assert!(check.to_string().contains(r#"authenticates as "platform:maria-example.com""#), "{check}");
}

#[test]
fn another_username_or_other_groups_fail() {
    for fake in [
        me("platform:somebody", &["platform"]),
        me("platform:maria-example.com", &[]),
        me("platform:maria-example.com", &["platform", "extra"]),
    ] {
        let check = own(&fake);
        assert!(check.is_failed(), "{check}");
        assert!(check.to_string().contains("expected to authenticate as"), "{check}");
    }
}

#[test]
fn a_server_without_self_subject_review_leaves_it_unknown() {
    let check = own(&Fake::default());
    assert!(!check.is_failed());
    assert!(check.to_string().contains("Kubernetes 1.28 and later"), "{check}");
}

#[test]
fn a_caller_that_the_plan_does_not_let_in_is_unknown() {
    let (mut snapshot, plan) = quickstart();
    if let Some(caller) = &mut snapshot.caller {
        "arn:aws:iam::111122223333:user/creator".clone_into(&mut caller.arn);
    }
    let cluster = simulator(&snapshot);
    let check = block_on(own_login(&cluster, &cluster, &me("x", &[]), &plan));
    assert_eq!(
        check.to_string(),
        "login of arn:aws:iam::111122223333:user/creator could not be checked: the plan has no access entry for it"
    );
}

#[test]
fn a_role_logs_in_as_its_entry_says() {
    let (_, plan) = quickstart();
    let role: PrincipalArn = "arn:aws:iam::111122223333:role/deployer".parse().unwrap();
    let login = |fake: &Fake, role: &PrincipalArn| block_on(login_as(fake, fake, &plan, role, "ci-17"));
    let target = plan.targets.iter().find(|target| target.entry.principal.name() == "deployer").unwrap();
    let role = if target.entry.principal == role { role } else { target.entry.principal.clone() };
    let username = target.entry.effective_username().unwrap();
    let groups: Vec<&str> = target.entry.groups.iter().map(|group| group.as_str()).collect();
    assert!(!login(&me(&username, &groups), &role).is_failed());
    assert!(login(&me("nobody", &groups), &role).is_failed());
    let unknown: PrincipalArn = "arn:aws:iam::111122223333:role/not-in-the-plan".parse().unwrap();
    assert!(login(&me("x", &[]), &unknown).to_string().contains("the plan has no access entry for it"));
}
