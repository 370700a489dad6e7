use std::io;
use std::sync::mpsc;
use std::thread;

use futures_util::future::LocalBoxFuture;

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
        let job: Job = Box::new(move || {
            Box::pin(async move {
                let _ = done.send(call().await);
            })
        });
        self.jobs.send(job).ok()?;
        answer.recv().ok()
    }
}
