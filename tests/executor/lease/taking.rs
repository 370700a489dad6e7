use std::cell::RefCell;

use eksodus::kube::{KubeErrorKind, Lease};
use eksodus::lease::{HeldLease, LeaseLook, NotTaken, Operator};
use futures_util::future::join;

use super::world::{Fault, Machine, Server, Time};

const ALICE: &str = "alice@laptop run 0123456789ab-1";
const BOB: &str = "bob@runner run 0123456789ab-2";

async fn take(server: &Server, machine: &Machine, identity: &str) -> Result<Operator, NotTaken> {
    Operator::take(server, machine, identity, |_| {}).await
}

fn world() -> (Time, Server, Machine) {
    let time = Time::default();
    (time.clone(), Server::new(&time), Machine::new(&time))
}

#[test]
fn the_first_takes_it_at_once_and_so_does_who_comes_after_it_was_given_back() {
    let (time, server, machine) = world();
    let alice = time.run(take(&server, &machine, ALICE)).unwrap();
    assert!(time.now().as_secs() < 1);
    let lease: Lease = server.lease.borrow().clone().unwrap();
    assert!(lease.holder.unwrap().starts_with(ALICE));
    assert_eq!((lease.duration.as_secs(), lease.transitions), (30, 0));

    time.run(alice.give_back(&server, &machine)).unwrap();
    assert_eq!(server.holder(), None);
    time.run(take(&server, &machine, BOB)).unwrap();
    assert!(time.now().as_secs() < 1);
    let lease = server.lease.borrow().clone().unwrap();
    assert!(lease.holder.unwrap().starts_with(BOB));
    assert_eq!(lease.transitions, 1);
}

#[test]
fn while_somebody_renews_it_everybody_else_is_refused() {
    let (time, server, machine) = world();
    let other = Machine::new(&time);
    // neither clock tells anything of the other
    other.jump(86_400 * 365);
    let alice = time.run(take(&server, &machine, ALICE)).unwrap();
    let told = RefCell::new(Vec::new());
    let refused = time.run(alice.keep(&server, &machine, async {
        let watching = |held: &HeldLease| told.borrow_mut().push(held.clone());
        Operator::take(&server, &other, BOB, watching).await.unwrap_err()
    }));
    assert!(time.now().as_secs() < 14, "{:?}", time.now());
    assert_eq!(told.borrow().len(), 1);
    assert!(told.borrow()[0].by.starts_with(ALICE));
    let text = refused.to_string();
    assert!(text.starts_with(ALICE), "{text}");
    assert!(text.ends_with("holds the lock (Lease kube-system/eksodus), renewed just now"));
    assert_eq!(alice.lost(&machine), None);
}

#[test]
fn one_that_is_not_renewed_is_taken_over_when_it_was_seen_so_for_as_long_as_it_lasts() {
    // by the wall clock it may look long gone or not yet begun
    for renewed in
        ["2020-01-01T00:00:00.000000Z", "2026-11-21T12:00:00.000000Z", "2099-01-01T00:00:00.000000Z", ""]
    {
        for jump in [0, 3600, -3600] {
            let (time, server, machine) = world();
            server.set("gone@nowhere", renewed);
            let taken = time.run(async {
                let jumping = async {
                    time.sleep(5).await;
                    machine.jump(jump);
                };
                join(take(&server, &machine, BOB), jumping).await.0
            });
            taken.unwrap();
            let after = time.now().as_secs_f64();
            assert!((30.0..34.0).contains(&after), "{renewed} {jump}: {after}");
            assert_eq!(server.lease.borrow().as_ref().unwrap().transitions, 8);
        }
    }
}

#[test]
fn what_a_lease_says_of_how_long_it_lasts_is_not_believed_without_end() {
    for (says, waits) in [(0, 30), (45, 45), (1_000_000, 300)] {
        let (time, server, machine) = world();
        server.set("gone@nowhere", "");
        server.lease.borrow_mut().as_mut().unwrap().duration = std::time::Duration::from_secs(says);
        time.run(take(&server, &machine, BOB)).unwrap();
        assert!((waits..waits + 4).contains(&time.now().as_secs()), "{says}: {:?}", time.now());
    }
}

#[test]
fn of_two_at_once_one_gets_it() {
    for stale in [false, true] {
        let (time, server, machine) = world();
        let other = Machine::new(&time);
        if stale {
            server.set("gone@nowhere", "");
        }
        // whoever gets it keeps it
        let work = async |machine: &Machine, identity| {
            let operator = take(&server, machine, identity).await?;
            operator.keep(&server, machine, time.sleep(60)).await;
            assert_eq!(operator.lost(machine), None);
            Ok::<_, NotTaken>(())
        };
        let (one, two) = time.run(join(work(&machine, ALICE), work(&other, BOB)));
        let both = [one, two];
        assert_eq!(both.iter().filter(|done| done.is_ok()).count(), 1, "{both:?}");
        let refused = both.into_iter().find_map(Result::err).unwrap();
        assert!(matches!(refused, NotTaken::Held(_)), "{refused}");
    }
}

#[test]
fn a_write_whose_answer_was_lost_is_known_again() {
    for stale in [false, true] {
        let (time, server, machine) = world();
        if stale {
            server.set("gone@nowhere", "");
        }
        server.writes.borrow_mut().push_back(Fault::LostAnswer);
        let operator = time.run(take(&server, &machine, ALICE)).unwrap();
        assert!(server.holder().unwrap().starts_with(ALICE));
        assert!(time.now().as_secs() < if stale { 36 } else { 3 }, "not watched as if somebody else's");
        time.run(operator.give_back(&server, &machine)).unwrap();
    }
}

#[test]
fn whether_nobody_had_it_since_the_first_look_is_known() {
    let (time, server, machine) = world();
    let first = time.run(take(&server, &machine, ALICE)).unwrap();
    assert!(first.was_free());
    time.run(first.give_back(&server, &machine)).unwrap();
    let second = time.run(take(&server, &machine, BOB)).unwrap();
    assert!(second.was_free(), "it was given back");
    time.run(second.give_back(&server, &machine)).unwrap();

    // somebody comes and goes between the look and the write
    let look = time.run(LeaseLook::at(&server, &machine));
    assert!(look.is_free());
    let other = time.run(take(&server, &machine, BOB)).unwrap();
    time.run(other.give_back(&server, &machine)).unwrap();
    let late = time.run(Operator::take_from(&server, &machine, ALICE, look, |_| {})).unwrap();
    assert!(!late.was_free());
    assert!(server.holder().unwrap().starts_with(ALICE));

    // and stays: an old look takes nothing from them
    let look = time.run(LeaseLook::at(&server, &machine));
    assert!(!look.is_free());
    let refused = Operator::take_from(&server, &machine, BOB, look, |_| {});
    assert!(matches!(time.run(late.keep(&server, &machine, refused)), Err(NotTaken::Held(_))));

    for fault in [None, Some(Fault::LostAnswer)] {
        let (time, server, machine) = world();
        if fault.is_none() {
            server.set("gone@nowhere", "");
        }
        server.writes.borrow_mut().extend(fault);
        assert!(!time.run(take(&server, &machine, ALICE)).unwrap().was_free());
    }
}

#[test]
fn another_process_of_the_same_name_is_somebody_else() {
    let (time, server, machine) = world();
    let first = time.run(take(&server, &machine, ALICE)).unwrap();
    let refused = time.run(first.keep(&server, &machine, take(&server, &machine, ALICE)));
    assert!(matches!(refused, Err(NotTaken::Held(_))));
}

#[test]
fn what_may_pass_is_tried_again_and_what_may_not_is_told() {
    let (time, server, machine) = world();
    let passing = [KubeErrorKind::Server, KubeErrorKind::Throttled, KubeErrorKind::Transport];
    server.writes.borrow_mut().extend(passing.map(Fault::Fails));
    time.run(take(&server, &machine, ALICE)).unwrap();

    let (time, server, machine) = world();
    server.always.set(Some(Fault::Fails(KubeErrorKind::Forbidden)));
    assert!(matches!(time.run(take(&server, &machine, ALICE)), Err(NotTaken::Forbidden(_))));
    assert!(time.now().as_secs() < 1, "a right does not come by waiting");

    server.always.set(Some(Fault::Fails(KubeErrorKind::Transport)));
    assert!(matches!(time.run(take(&server, &machine, ALICE)), Err(NotTaken::Failed(_))));
    assert!(time.now().as_secs() < 30);
}

#[test]
fn a_holder_cannot_write_on_the_terminal_of_others() {
    let (time, server, machine) = world();
    server.set(&format!("\u{1b}[2Jroot\n{}", "x".repeat(1000)), "");
    let renewing = async {
        time.sleep(3).await;
        server.set("\u{1b}[2Jroot\n", "later");
    };
    let (refused, ()) = time.run(join(take(&server, &machine, BOB), renewing));
    let text = refused.unwrap_err().to_string();
    assert!(text.starts_with("[2Jroot holds the lock"), "{text}");
    assert!(!text.contains(char::is_control), "{text}");
}
