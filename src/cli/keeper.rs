use std::cell::RefCell;
use std::future::poll_fn;
use std::path::PathBuf;
use std::rc::Rc;
use std::task::{Poll, Waker};

use eksodus::simulator::Simulator;
use eksodus::simulator::http::Answer;
use eksodus::snapshot::{Made, Snapshot};

use super::call_log::CallLog;
use super::error::CliError;

/// Keeps what happens to a served simulator: its folder the way it is, and its calls.
#[derive(Debug)]
pub struct Keeper {
    folder: Option<PathBuf>,
    log: Option<CallLog>,
    /// As it was written last.
    saved: RefCell<Option<(Snapshot, Made)>>,
    lost: RefCell<Option<CliError>>,
    waker: RefCell<Option<Waker>>,
}

impl Keeper {
    pub fn new(folder: Option<PathBuf>, log: Option<CallLog>) -> Rc<Self> {
        let (saved, lost, waker) = (RefCell::default(), RefCell::default(), RefCell::default());
        Rc::new(Self { folder, log, saved, lost, waker })
    }

    /// Writes what is new. When that fails, nobody is answered any more.
    pub fn keep(&self, simulator: &Simulator) -> Answer {
        if self.lost.borrow().is_some() {
            return Answer::Withhold;
        }
        match self.write(simulator) {
            Ok(()) => Answer::Send,
            Err(error) => {
                self.lost.replace(Some(error));
                if let Some(waker) = self.waker.take() {
                    waker.wake();
                }
                Answer::Withhold
            }
        }
    }

    fn write(&self, simulator: &Simulator) -> Result<(), CliError> {
        if let Some(log) = &self.log {
            log.write(simulator)?;
        }
        let Some(folder) = &self.folder else { return Ok(()) };
        let now = (simulator.to_snapshot(), simulator.made());
        if self.saved.borrow().as_ref() != Some(&now) {
            let (snapshot, made) = &now;
            snapshot.save(folder)?;
            made.save(folder)?;
            self.saved.replace(Some(now));
        }
        Ok(())
    }

    /// Ends when something could not be written.
    pub async fn lost(&self) {
        poll_fn(|context| {
            if self.lost.borrow().is_some() {
                return Poll::Ready(());
            }
            self.waker.replace(Some(context.waker().clone()));
            Poll::Pending
        })
        .await;
    }

    /// # Errors
    /// Why it could not be written.
    pub fn end(&self) -> Result<(), CliError> {
        self.lost.take().map_or(Ok(()), Err)
    }
}
