use std::sync::mpsc;
use std::{io, thread};

use futures_util::future::LocalBoxFuture;
use tokio::sync::oneshot;

type Job = Box<dyn FnOnce() -> LocalBoxFuture<'static, ()> + Send>;

/// A thread with a runtime of its own, which ends with this value.
#[derive(Debug)]
pub(super) struct Worker {
    jobs: mpsc::Sender<Job>,
}

impl Worker {
    pub fn start() -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (jobs, queue) = mpsc::channel::<Job>();
        thread::Builder::new().name("s3".to_owned()).spawn(move || {
            while let Ok(job) = queue.recv() {
                runtime.block_on(job());
            }
        })?;
        Ok(Self { jobs })
    }

    /// Blocks until the future has ended, which is made and run on the thread; `None` when that is gone.
    pub fn wait<T, F>(&self, call: impl FnOnce() -> F + Send + 'static) -> Option<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + 'static,
    {
        let (done, answer) = mpsc::sync_channel(1);
        self.begin(call, move |value| drop(done.send(value)))?;
        answer.recv().ok()
    }

    /// The same, while other futures of the caller's task go on.
    pub async fn ask<T, F>(&self, call: impl FnOnce() -> F + Send + 'static) -> Option<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + 'static,
    {
        let (done, answer) = oneshot::channel();
        self.begin(call, move |value| drop(done.send(value)))?;
        answer.await.ok()
    }

    fn begin<T, F>(
        &self,
        call: impl FnOnce() -> F + Send + 'static,
        done: impl FnOnce(T) + Send + 'static,
    ) -> Option<()>
    where
        F: Future<Output = T> + 'static,
    {
        self.jobs.send(Box::new(move || Box::pin(async move { done(call().await) }))).ok()
    }
}
