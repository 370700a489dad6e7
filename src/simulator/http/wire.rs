use super::message::Response;
use crate::simulator::change::Target;
use crate::simulator::faults::{Break, Breakable, Failure};
use crate::simulator::refusal::Refusal;
use crate::simulator::state::State;
use crate::simulator::{Operation, Simulator};

/// How a protocol says no.
pub(super) trait Wire {
    type Kind: Breakable;

    fn refuse(&self, refusal: &Refusal<Self::Kind>) -> Response;
}

/// One call, from the rules to the wire: what a fault breaks looks there as it does when AWS breaks it.
pub(super) fn call<T, W: Wire>(
    simulator: &Simulator,
    wire: &W,
    (operation, target): (Operation, Target<'_>),
    work: impl FnOnce(&mut State) -> Result<T, Refusal<W::Kind>>,
    show: impl FnOnce(T) -> Response,
) -> Response {
    match simulator.call(simulator.answered(), operation, target, work) {
        Ok(answer) => show(answer),
        Err(Failure::Refused(refusal)) => wire.refuse(&refusal),
        Err(Failure::Broken { how, refusal, answer }) => match (how, answer) {
            (Break::Denied | Break::Throttled | Break::Server, _) => wire.refuse(&refusal),
            (Break::Half, Some(Ok(answer))) => show(answer).halved(),
            (Break::Half, Some(Err(refusal))) => wire.refuse(&refusal).halved(),
            (Break::Transport | Break::Half, _) => Response::none(),
        },
    }
}
