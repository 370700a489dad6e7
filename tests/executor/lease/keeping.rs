use eksodus::kube::KubeErrorKind;
use eksodus::lease::{Lost, Operator};

use super::world::{Fault, Machine, Server, Time};

struct Held {
    time: Time,
    server: Server,
    machine: Machine,
    operator: Operator,
}

fn held() -> Held {
    let time = Time::default();
    let (server, machine) = (Server::new(&time), Machine::new(&time));
    let operator = time.run(Operator::take(&server, &machine, "alice@laptop", |_| {})).unwrap();
    Held { time, server, machine, operator }
}

impl Held {
    /// A run of one call each second, which stops when it is told to; what it was told, and after how many.
    fn run(&self, calls: u64, mut before: impl FnMut(u64)) -> (Option<Lost>, u64) {
        let run = async {
            for call in 0..calls {
                before(call);
                if let Some(lost) = self.operator.lost(&self.machine) {
                    return (Some(lost), call);
                }
                self.time.sleep(1).await;
            }
            (self.operator.lost(&self.machine), calls)
        };
        self.time.run(self.operator.keep(&self.server, &self.machine, run))
    }
}

impl Held {
    /// The same, of a run that asks before each call as the engine does.
    fn run_careful(&self, calls: u64, mut before: impl FnMut(u64)) -> (Option<Lost>, u64) {
        let run = async {
            for call in 0..calls {
                before(call);
                if let Some(lost) = self.operator.confirm(&self.server, &self.machine).await {
                    return (Some(lost), call);
                }
                self.time.sleep(1).await;
            }
            (self.operator.lost(&self.machine), calls)
        };
        self.time.run(self.operator.keep(&self.server, &self.machine, run))
    }
}

/// By a clock that counts sleep, or by the wall clock alone.
fn sleeps() -> [fn(&Machine, u64); 2] {
    [
        |machine, seconds| machine.suspend(seconds),
        |machine, seconds| {
            machine.jump(i64::try_from(seconds).unwrap());
        },
    ]
}

#[test]
fn a_machine_that_slept_finds_out_before_its_next_write_that_somebody_else_has_it() {
    for sleep in sleeps() {
        for seconds in [31, 60, 3600] {
            let it = held();
            let (lost, after) = it.run_careful(100, |call| {
                if call == 15 {
                    sleep(&it.machine, seconds);
                    it.server.set("bob@runner", "");
                }
            });
            assert_eq!((lost, after), (Some(Lost::Taken { by: "bob@runner".to_owned() }), 15));
        }
    }
}

#[test]
fn a_machine_that_slept_goes_on_when_nobody_came() {
    for sleep in sleeps() {
        let it = held();
        let done = it.run_careful(100, |call| {
            if call % 30 == 15 {
                sleep(&it.machine, 600);
            }
        });
        assert_eq!(done, (None, 100));
        assert!(it.server.holder().unwrap().starts_with("alice@laptop"));
    }
}

#[test]
fn a_machine_that_slept_and_does_not_reach_the_server_makes_no_write() {
    for sleep in sleeps() {
        for fault in [Fault::Fails(KubeErrorKind::Transport), Fault::Hangs] {
            let it = held();
            let (lost, after) = it.run_careful(100, |call| {
                if call == 15 {
                    sleep(&it.machine, 600);
                    it.server.always.set(Some(fault));
                }
            });
            assert!(matches!(lost, Some(Lost::NotRenewed { why: Some(_) })), "{lost:?}");
            assert_eq!(after, 15, "{fault:?}");
        }
    }
}

#[test]
fn many_that_ask_at_once_after_a_sleep_make_one_renewal() {
    let it = held();
    it.machine.suspend(20);
    let before = it.server.version();
    let ask = || it.operator.confirm(&it.server, &it.machine);
    let answers = it.time.run(futures_util::future::join_all((0..8).map(|_| ask())));
    assert!(answers.iter().all(Option::is_none));
    assert_eq!(it.server.version(), before + 1);
}

#[test]
fn it_is_renewed_for_as_long_as_the_run_goes_on_whatever_the_wall_clock_does() {
    let it = held();
    let mut seen = Vec::new();
    let done = it.run(300, |call| {
        // back and forth by an hour, and standing still in between
        it.machine.jump(if call % 20 == 0 {
            3600
        } else if call % 20 == 10 {
            -3600
        } else {
            0
        });
        let renewed = it.server.lease.borrow().as_ref().unwrap().renewed.clone();
        if seen.last() != Some(&renewed) {
            seen.push(renewed);
        }
    });
    assert_eq!(done, (None, 300));
    assert!((29..=31).contains(&seen.len()), "{seen:?}");
}

#[test]
fn a_run_is_told_to_stop_when_somebody_else_has_it() {
    let it = held();
    let (lost, after) = it.run(100, |call| {
        if call == 15 {
            it.server.set("bob@runner", "");
        }
    });
    assert_eq!(lost, Some(Lost::Taken { by: "bob@runner".to_owned() }));
    assert!((16..=25).contains(&after), "{after}");
    assert_eq!(
        lost.unwrap().to_string(),
        "stopped: bob@runner has taken over the lock (Lease kube-system/eksodus)"
    );
    it.time.run(it.operator.give_back(&it.server, &it.machine)).unwrap();
    assert_eq!(it.server.holder().as_deref(), Some("bob@runner"), "what is lost is not given back");
}

#[test]
fn one_that_was_deleted_is_made_again_unless_somebody_was_faster() {
    let it = held();
    let done = it.run(100, |call| {
        if [5, 35, 65].contains(&call) {
            it.server.lease.borrow_mut().take();
        }
    });
    assert_eq!(done, (None, 100));
    assert!(it.server.holder().unwrap().starts_with("alice@laptop"));

    let it = held();
    let (lost, after) = it.run(100, |call| {
        if call == 5 {
            it.server.lease.borrow_mut().take();
            it.server.set("bob@runner", "");
        }
    });
    assert_eq!(lost, Some(Lost::Taken { by: "bob@runner".to_owned() }));
    assert!(after <= 13, "{after}");
}

#[test]
fn one_that_was_emptied_is_nobodys() {
    let it = held();
    let (lost, _) = it.run(100, |call| {
        if call == 5 {
            it.server.set("", "");
            it.server.lease.borrow_mut().as_mut().unwrap().holder = None;
        }
    });
    assert_eq!(lost, Some(Lost::Emptied));
    assert_eq!(it.server.holder(), None);
}

#[test]
fn a_run_that_cannot_renew_it_stops_before_somebody_else_may_begin() {
    for fault in
        [Fault::Fails(KubeErrorKind::Transport), Fault::Fails(KubeErrorKind::Forbidden), Fault::Hangs]
    {
        let it = held();
        let (lost, after) = it.run(100, |call| {
            if call == 12 {
                it.server.always.set(Some(fault));
            }
        });
        assert!(matches!(&lost, Some(Lost::NotRenewed { why: Some(_) })), "{fault:?}: {lost:?}");
        // the last renewal was at 10, and it would be free at 40
        assert!((34..=36).contains(&after), "{fault:?}: {after}");
    }
}

#[test]
fn trouble_that_passes_in_time_is_none() {
    let it = held();
    let done = it.run(100, |call| match call {
        12 => it.server.always.set(Some(Fault::Fails(KubeErrorKind::Server))),
        28 => it.server.always.set(None),
        50 => it.server.writes.borrow_mut().extend([Fault::LostAnswer, Fault::LostAnswer, Fault::Hangs]),
        _ => {}
    });
    assert_eq!(done, (None, 100));
    it.time.run(it.operator.give_back(&it.server, &it.machine)).unwrap();
    assert_eq!(it.server.holder(), None);
}

#[test]
fn a_change_that_is_not_of_the_holder_does_not_lose_it() {
    let it = held();
    let done = it.run(40, |call| {
        if call % 7 == 0 {
            let lease = it.server.lease.borrow().clone().unwrap();
            let version = format!("{}-labelled", lease.resource_version);
            it.server.lease.borrow_mut().as_mut().unwrap().resource_version = version;
        }
    });
    assert_eq!(done, (None, 40));
}

#[test]
fn whoever_took_their_time_before_the_run_goes_on_if_nobody_came() {
    let it = held();
    it.time.run(it.time.sleep(600));
    assert_eq!(it.run(50, |_| {}), (None, 50));

    let it = held();
    it.time.run(it.time.sleep(600));
    it.server.set("bob@runner", "");
    assert_eq!(it.run(50, |_| {}), (Some(Lost::Taken { by: "bob@runner".to_owned() }), 0));
}

#[test]
fn it_is_given_back_although_answers_are_lost() {
    for faults in [vec![Fault::LostAnswer], vec![Fault::Fails(KubeErrorKind::Server), Fault::LostAnswer]] {
        let it = held();
        it.server.writes.borrow_mut().extend(faults);
        it.time.run(it.operator.give_back(&it.server, &it.machine)).unwrap();
        assert_eq!(it.server.holder(), None);
    }
    let it = held();
    it.server.always.set(Some(Fault::Fails(KubeErrorKind::Transport)));
    it.time.run(it.operator.give_back(&it.server, &it.machine)).unwrap_err();
    assert!(it.time.now().as_secs() < 20);
}
