use std::cell::RefCell;
use std::future::poll_fn;
use std::path::PathBuf;
use std::rc::Rc;
use std::task::{Poll, Waker};

use eksodus::eks::Simulator;
use eksodus::eks::simulator::http::Answer;
use eksodus::snapshot::{FolderError, Snapshot};

/// Keeps a folder the way a served simulator is.
#[derive(Debug)]
pub struct Keeper {
    folder: PathBuf,
    /// As it was written last.
    saved: RefCell<Option<Snapshot>>,
    lost: RefCell<Option<FolderError>>,
    waker: RefCell<Option<Waker>>,
}

impl Keeper {
    pub fn new(folder: PathBuf) -> Rc<Self> {
        let (saved, lost, waker) = (RefCell::default(), RefCell::default(), RefCell::default());
        Rc::new(Self { folder, saved, lost, waker })
    }

    /// Writes the folder whenever the world is another one. When that fails, nobody is answered any more.
    pub fn keep(&self, simulator: &Simulator) -> Answer {
        if self.lost.borrow().is_some() {
            return Answer::Withhold;
        }
        let now = simulator.to_snapshot();
        if self.saved.borrow().as_ref() == Some(&now) {
            return Answer::Send;
        }
        match now.save(&self.folder) {
            Ok(()) => {
                self.saved.replace(Some(now));
                Answer::Send
            }
            Err(error) => {
                self.lost.replace(Some(error));
                if let Some(waker) = self.waker.take() {
                    waker.wake();
                }
                Answer::Withhold
            }
        }
    }

    /// Ends when the folder could not be written.
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
    /// Why the folder could not be written.
    pub fn end(&self) -> Result<(), FolderError> {
        self.lost.take().map_or(Ok(()), Err)
    }
}
