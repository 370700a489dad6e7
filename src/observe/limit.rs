use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

/// At most so many of something at once, among futures of one task.
#[derive(Debug)]
pub(crate) struct Limit {
    free: Cell<usize>,
    waiting: RefCell<Vec<Waker>>,
}

/// Given back when it is dropped.
pub(crate) struct Permit<'a>(&'a Limit);

impl Limit {
    pub fn of(number: usize) -> Self {
        Self { free: Cell::new(number.max(1)), waiting: RefCell::default() }
    }

    pub async fn permit(&self) -> Permit<'_> {
        poll_fn(|context| match self.free.get().checked_sub(1) {
            Some(left) => {
                self.free.set(left);
                Poll::Ready(Permit(self))
            }
            None => {
                self.waiting.borrow_mut().push(context.waker().clone());
                Poll::Pending
            }
        })
        .await
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.0.free.set(self.0.free.get() + 1);
        // all of them: one waker may stand for several futures, or for one that has its permit by now
        self.0.waiting.take().into_iter().for_each(Waker::wake);
    }
}

/// Lets everything else that can go on do so once.
pub(crate) async fn others_first() {
    let mut yielded = false;
    poll_fn(|context| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use futures_util::stream::{self, StreamExt};
    use pollster::block_on;

    use super::*;

    #[test]
    fn never_more_than_the_limit_and_all_come_to_their_turn() {
        let limit = Limit::of(3);
        let (now, most, done) = (Cell::new(0), Cell::new(0), Cell::new(0));
        let work = async || {
            let _permit = limit.permit().await;
            now.set(now.get() + 1);
            most.set(most.get().max(now.get()));
            others_first().await;
            now.set(now.get() - 1);
            done.set(done.get() + 1);
        };
        block_on(async {
            let joined = join_all((0..10).map(|_| work()));
            let streamed = stream::iter(0..10).map(|_| work()).buffer_unordered(5).count();
            futures_util::future::join(joined, streamed).await;
        });
        assert_eq!((most.get(), done.get(), now.get()), (3, 20, 0));
    }
}
