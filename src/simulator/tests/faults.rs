use std::cell::RefCell;
use std::rc::Rc;

use crate::eks::{IamApi, StsApi};
use crate::kube::{KubeApi, KubeErrorKind};
use crate::simulator::Outcome;
use crate::simulator::tests::*;

fn entries(eks: &Simulator) -> usize {
    eks.to_snapshot().access_entries.map_or(0, |entries| entries.len())
}

#[test]
fn a_failing_call_does_nothing_and_the_next_one_works() {
    let eks = dual();
    eks.set_faults(faults(&["fail:eks:CreateAccessEntry:1"]));
    assert_eq!(said(create(&eks, DEV)).0, AwsErrorKind::Server);
    assert_eq!(entries(&eks), 0);
    assert!(create(&eks, DEV).is_ok());
}

#[test]
fn a_lost_answer_leaves_the_work_done_and_the_token_finds_it() {
    let eks = dual();
    eks.set_faults(faults(&["lost-answer:eks:CreateAccessEntry:1", "fail-after:eks:DeleteAccessEntry:1"]));
    assert_eq!(said(create(&eks, DEV)).0, AwsErrorKind::Transport);
    assert_eq!(entries(&eks), 1);
    assert!(create(&eks, DEV).is_ok());
    assert_eq!(said(block_on(eks.delete_access_entry(&arn(DEV)))).0, AwsErrorKind::Server);
    assert_eq!(entries(&eks), 0);
    let outcomes: Vec<Outcome> = eks.calls().into_iter().map(|call| call.outcome).collect();
    assert!(matches!(&outcomes[0], Outcome::Broken { took_effect: true, .. }));
    assert_eq!(outcomes[1], Outcome::Done);
}

#[test]
fn throttling_covers_its_range_and_every_kth_call() {
    let eks = dual();
    eks.set_faults(faults(&["throttle:sts:GetCallerIdentity:2-3"]));
    let results: Vec<bool> = (0..4).map(|_| block_on(eks.get_caller_identity()).is_ok()).collect();
    assert_eq!(results, [true, false, false, true]);
    eks.set_faults(faults(&["throttle-every:3"]));
    let results: Vec<bool> = (0..6).map(|_| block_on(eks.get_caller_identity()).is_ok()).collect();
    assert_eq!(results, [true, true, false, true, true, false]);
    assert!(block_on(eks.get_aws_auth()).is_ok());
    eks.set_faults(faults(&["throttle:1"]));
    assert_eq!(block_on(eks.get_aws_auth()).unwrap_err().kind, KubeErrorKind::Throttled);
}

#[test]
fn a_halt_is_for_good_until_the_faults_are_set_anew() {
    for (fault, done) in [("halt:2", 0), ("halt-after:2", 1)] {
        let eks = dual();
        eks.set_faults(faults(&[fault]));
        block_on(eks.get_caller_identity()).unwrap();
        assert!(!eks.is_halted());
        assert_eq!(said(create(&eks, DEV)).0, AwsErrorKind::Transport);
        assert!(eks.is_halted());
        assert_eq!(said(create(&eks, ALICE)).0, AwsErrorKind::Transport);
        assert_eq!(block_on(eks.get_aws_auth()).unwrap_err().kind, KubeErrorKind::Transport);
        assert_eq!(entries(&eks), done, "{fault}");
        eks.set_faults([]);
        assert!(create(&eks, ALICE).is_ok());
        assert_eq!(eks.calls().last().unwrap().number, 5);
    }
}

#[test]
fn a_denied_action_says_who_may_not_do_what() {
    let eks = dual();
    eks.set_faults(faults(&["deny:eks:CreateAccessEntry", "deny:kube:GetAwsAuth"]));
    let (kind, message) = said(create(&eks, DEV));
    assert_eq!(kind, AwsErrorKind::AccessDenied);
    assert!(message.ends_with(&format!("perform: eks:CreateAccessEntry on resource: {DEV}")), "{message}");
    assert_eq!(block_on(eks.get_aws_auth()).unwrap_err().kind, KubeErrorKind::Forbidden);
}

#[test]
fn the_log_tells_each_call_and_how_it_ended() {
    let eks = dual();
    create(&eks, DEV).unwrap();
    let _refused = create(&eks, "arn:aws:iam::111122223333:role/Nobody");
    let log: Vec<String> = eks.calls().iter().map(ToString::to_string).collect();
    assert_eq!(log[0], format!("1 eks:CreateAccessEntry {DEV}: done"));
    assert_eq!(
        log[1],
        "2 eks:CreateAccessEntry arn:aws:iam::111122223333:role/Nobody: refused: The specified principalArn is invalid: invalid principal."
    );
}

#[test]
fn a_call_is_told_of_before_its_answer_and_what_cannot_be_kept_is_not_answered() {
    let eks = dual();
    let told: Rc<RefCell<Vec<String>>> = Rc::default();
    let kept = Rc::clone(&told);
    eks.before_answer(move |eks, call| {
        kept.borrow_mut().push(format!("{call}, of {}", entries(eks)));
        if call.number < 3 { Ok(()) } else { Err("the disk is full".to_owned()) }
    });
    create(&eks, DEV).unwrap();
    eks.set_faults(faults(&["lost-answer:1"]));
    assert!(create(&eks, NODE).is_err());
    let (kind, message) = said(create(&eks, ALICE));
    assert_eq!((kind, message.as_str()), (AwsErrorKind::Transport, "the disk is full"));
    // it was done, and nothing is done any more
    assert_eq!(eks.answers(), Err("the disk is full".to_owned()));
    assert_eq!(said(create(&eks, FOREIGN)), (kind, message));
    assert_eq!(eks.calls().len(), 3);
    let ends = ["done, of 1", "done, but: the connection broke before an answer came, of 2", "done, of 3"];
    for (told, end) in told.borrow().iter().zip(ends) {
        assert!(told.ends_with(end), "{told}");
    }
    assert_eq!(told.borrow().len(), 3);
}

#[test]
fn iam_lists_come_in_pages_and_say_whether_they_are_whole() {
    let behaviour = || Behaviour { iam_page_size: 2, ..Behaviour::default() };
    let eks = simulator_with(AuthenticationMode::Api, behaviour());
    let first = block_on(eks.list_roles(None)).unwrap();
    let second = block_on(eks.list_roles(first.page.next.as_deref())).unwrap();
    assert_eq!((first.page.items.len(), second.page.items.len(), second.page.next), (2, 1, None));
    assert!(first.complete && second.complete);
    assert!(block_on(eks.list_users(first.page.next.as_deref())).is_err());

    let mut partial = snapshot(AuthenticationMode::Api);
    partial.iam_roles.as_mut().unwrap().complete = false;
    let eks = Simulator::from_snapshot(&partial, behaviour()).unwrap();
    let first = block_on(eks.list_roles(None)).unwrap();
    assert_eq!((first.page.items.len(), first.complete), (2, false));
}

#[test]
fn what_the_snapshot_does_not_know_may_not_be_listed() {
    let unknown = Snapshot {
        iam_roles: None,
        iam_users: None,
        nodegroups: None,
        fargate_profiles: None,
        ..snapshot(AuthenticationMode::Api)
    };
    let eks = Simulator::from_snapshot(&unknown, Behaviour::default()).unwrap();
    assert_eq!(said(block_on(eks.list_roles(None))).0, AwsErrorKind::AccessDenied);
    assert_eq!(said(block_on(eks.list_users(None))).0, AwsErrorKind::AccessDenied);
    assert_eq!(said(block_on(eks.list_nodegroups(None))).0, AwsErrorKind::AccessDenied);
    assert_eq!(said(block_on(eks.list_fargate_profiles(None))).0, AwsErrorKind::AccessDenied);
}
