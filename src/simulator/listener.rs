use std::fmt;

use super::{Call, Simulator};

/// Somebody who is told of each call before its answer is given.
#[derive(Default)]
pub(super) enum Listener {
    #[default]
    Nobody,
    Listens(Box<Listen>),
    /// Could not keep what it was told, for this reason.
    Lost(String),
}

type Listen = dyn FnMut(&Simulator, &Call) -> Result<(), String>;

impl Simulator {
    /// From now on `listen` is told of each call before its answer, with the simulator as the call has left it. When it
    /// fails the answer is lost, as in a connection that breaks, and no later call is made.
    pub fn before_answer(&self, listen: impl FnMut(&Self, &Call) -> Result<(), String> + 'static) {
        self.listener.replace(Listener::Listens(Box::new(listen)));
    }

    /// # Errors
    /// Why nobody is answered any more.
    pub fn answers(&self) -> Result<(), String> {
        match &*self.listener.borrow() {
            Listener::Nobody | Listener::Listens(_) => Ok(()),
            Listener::Lost(why) => Err(why.clone()),
        }
    }

    /// Tells of the last call.
    pub(super) fn tell(&self) -> Result<(), String> {
        // taken out meanwhile: it may look at everything
        let Listener::Listens(mut listen) = self.listener.take() else { return Ok(()) };
        let call = self.inner.borrow().log.last().cloned();
        let kept = call.map_or(Ok(()), |call| listen(self, &call));
        self.listener.replace(match &kept {
            Ok(()) => Listener::Listens(listen),
            Err(why) => Listener::Lost(why.clone()),
        });
        kept
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nobody => "Nobody",
            Self::Listens(_) => "Listens",
            Self::Lost(_) => "Lost",
        })
    }
}
