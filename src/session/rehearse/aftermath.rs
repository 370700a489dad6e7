//! What became of each call that a fault struck, by the calls and events after it.

use super::stage::Stage;
use crate::calls::Resource;
use crate::executor::{Ending, Event, Reporter};
use crate::planner::Step;
use crate::session::{News, Tell};
use crate::simulator::{Effect, Fault, Missed, Simulator, Strike};

/// A fault that was set.
#[derive(Debug, Clone, PartialEq)]
pub struct FaultReport {
    pub fault: Fault,
    pub strikes: Vec<Struck>,
    /// Why it struck nothing.
    pub missed: Option<Missed>,
}

/// A call that a fault struck, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Struck {
    pub strike: Strike,
    pub aftermath: Aftermath,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aftermath {
    /// What the call was about was checked, and it was there: the call was not made again.
    FoundDone,
    /// The call was made again, so many times, until it was done.
    MadeAgain { times: u32 },
    /// The run went on.
    Continued,
    /// The run ended there; `resumed`: whether the one that resumed it was done, `None` where none was tried.
    Stopped { resumed: Option<bool> },
}

/// What came of the first run.
pub(super) struct First {
    pub reports: Vec<FaultReport>,
}

/// Listens to a run, and tells of each strike where it comes.
pub(super) struct Recorder<'r> {
    world: &'r Simulator,
    steps: &'r [Step],
    faults: &'r [Fault],
    tell: &'r mut dyn Tell,
    /// How many strikes were told of.
    told: usize,
    /// Each event, with the number of calls that had been answered by then.
    events: Vec<(usize, Event)>,
}

impl<'r> Recorder<'r> {
    pub fn new(stage: &'r Stage<'_>, faults: &'r [Fault], tell: &'r mut dyn Tell) -> Self {
        let Stage { world, plan, .. } = stage;
        Self { world, steps: &plan.steps, faults, tell, told: 0, events: Vec::new() }
    }

    fn tell_strikes(&mut self) {
        for strike in self.world.strikes().iter().skip(self.told) {
            self.told += 1;
            if let Some(fault) = self.faults.get(strike.fault) {
                self.tell.tell(News::Struck { fault, strike });
            }
        }
    }

    pub fn into_first(mut self, ending: &Ending) -> First {
        self.tell_strikes();
        let strikes = self.world.strikes();
        let missed = self.world.missed();
        let last = strikes.last().map(|strike| strike.call);
        let is_stopped = !matches!(ending, Ending::Done);
        let reports = self.faults.iter().enumerate().map(|(index, fault)| FaultReport {
            fault: fault.clone(),
            strikes: strikes
                .iter()
                .filter(|strike| strike.fault == index)
                .map(|strike| Struck {
                    strike: strike.clone(),
                    aftermath: match is_stopped && Some(strike.call) == last {
                        true => Aftermath::Stopped { resumed: None },
                        false => self.aftermath(strike),
                    },
                })
                .collect(),
            missed: missed.iter().find(|(place, _)| *place == index).map(|(_, why)| why.clone()),
        });
        First { reports: reports.collect() }
    }

    /// Of a call that the run got over.
    fn aftermath(&self, strike: &Strike) -> Aftermath {
        let (Effect::Broken { done, .. } | Effect::Halted { done }) = strike.effect else {
            return Aftermath::Continued;
        };
        if !strike.operation.is_write() {
            let again = |call: &crate::simulator::Call| call.operation == strike.operation;
            let times = self.world.calls().iter().skip(strike.call).any(again);
            return if times { Aftermath::MadeAgain { times: 1 } } else { Aftermath::Continued };
        }
        let steps: Vec<&Step> = self.steps.iter().filter(|step| is_about(step, &strike.target)).collect();
        let mut times = 0;
        for (_, event) in self.events.iter().filter(|(calls, _)| *calls >= strike.call) {
            match event {
                Event::Retrying { step, .. } if steps.iter().any(|it| it.id == *step) => times += 1,
                Event::CallDone { step, call, .. }
                    if call.operation() == strike.operation.as_str()
                        && steps.iter().any(|it| it.id == *step) =>
                {
                    return match times {
                        0 if done => Aftermath::FoundDone,
                        0 => Aftermath::Continued,
                        times => Aftermath::MadeAgain { times },
                    };
                }
                _ => {}
            }
        }
        Aftermath::Continued
    }
}

impl Reporter for Recorder<'_> {
    fn event(&mut self, event: &Event) {
        self.tell_strikes();
        self.events.push((self.world.answered(), event.clone()));
        self.tell.tell(News::Run(event));
    }
}

impl First {
    /// The run that a fault had stopped was resumed, and came to this.
    pub fn resumed(&mut self, ending: &Ending) {
        let done = matches!(ending, Ending::Done);
        for struck in self.reports.iter_mut().flat_map(|report| &mut report.strikes) {
            if let Aftermath::Stopped { resumed } = &mut struck.aftermath {
                *resumed = Some(done);
            }
        }
    }
}

/// Whether a call on this target, as the simulator names it, is one of the step.
fn is_about(step: &Step, target: &str) -> bool {
    match Resource::of(step) {
        Some(Resource::Entry(principal)) => principal.as_str() == target,
        Some(Resource::Binding { namespace: Some(namespace), name }) => {
            target == format!("rolebinding/{namespace}/{name}")
        }
        Some(Resource::Binding { namespace: None, name }) => target == format!("clusterrolebinding/{name}"),
        Some(Resource::AwsAuth) => target == "configmap/kube-system/aws-auth",
        Some(Resource::Mode) => step.id.ends_with(target),
        None => false,
    }
}
