use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::task::{Poll, Waker};

use futures_util::stream::{self, Stream};

/// Items that one future of a task brings, and another takes as they come.
pub(super) struct Arriving<T> {
    items: RefCell<VecDeque<T>>,
    has_ended: Cell<bool>,
    taker: Cell<Option<Waker>>,
}

impl<T> Default for Arriving<T> {
    fn default() -> Self {
        Self { items: RefCell::default(), has_ended: Cell::default(), taker: Cell::default() }
    }
}

impl<T> Arriving<T> {
    pub fn add(&self, items: impl IntoIterator<Item = T>) {
        self.items.borrow_mut().extend(items);
        self.wake();
    }

    /// No more come.
    pub fn end(&self) {
        self.has_ended.set(true);
        self.wake();
    }

    /// All items in their order, for one taker; it ends when all are taken and no more come.
    pub fn stream(&self) -> impl Stream<Item = T> {
        stream::poll_fn(|context| match self.items.borrow_mut().pop_front() {
            Some(item) => Poll::Ready(Some(item)),
            None if self.has_ended.get() => Poll::Ready(None),
            None => {
                self.taker.set(Some(context.waker().clone()));
                Poll::Pending
            }
        })
    }

    fn wake(&self) {
        if let Some(taker) = self.taker.take() {
            taker.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;
    use futures_util::future::join;
    use pollster::block_on;

    use super::super::limit::others_first;
    use super::*;

    #[test]
    fn what_comes_is_taken_before_the_rest_is_there() {
        let (arriving, taken) = (Arriving::default(), RefCell::new(Vec::new()));
        let bring = async {
            for n in 0..3 {
                arriving.add([2 * n, 2 * n + 1]);
                while taken.borrow().len() < 2 * n + 2 {
                    others_first().await;
                }
            }
            arriving.end();
        };
        let take = arriving.stream().for_each(async |item| taken.borrow_mut().push(item));
        block_on(join(bring, take));
        assert_eq!(*taken.borrow(), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn it_ends_when_nothing_came() {
        let arriving = Arriving::<()>::default();
        arriving.end();
        assert_eq!(block_on(arriving.stream().count()), 0);
    }
}
