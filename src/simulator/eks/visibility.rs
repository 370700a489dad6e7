use std::collections::VecDeque;
use std::time::Duration;

/// A value that writers see at once and readers only some time after it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delayed<T> {
    shown: T,
    /// Later values in the order they were written, each with the time from which it shows.
    pending: VecDeque<(Duration, T)>,
}

impl<T> Delayed<T> {
    pub fn new(value: T) -> Self {
        Self { shown: value, pending: VecDeque::new() }
    }

    pub fn truth(&self) -> &T {
        self.pending.back().map_or(&self.shown, |(_, value)| value)
    }

    /// What a reader sees; call [`Delayed::settle`] first.
    pub fn shown(&self) -> &T {
        &self.shown
    }

    pub fn write(&mut self, value: T, shows_at: Duration) {
        self.pending.push_back((shows_at, value));
    }

    pub fn settle(&mut self, now: Duration) {
        while self.pending.front().is_some_and(|(at, _)| *at <= now) {
            if let Some((_, value)) = self.pending.pop_front() {
                self.shown = value;
            }
        }
    }

    pub fn is_settled(&self) -> bool {
        self.pending.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_see_each_value_only_when_its_time_has_come() {
        let second = Duration::from_secs;
        let mut value = Delayed::new('a');
        value.write('b', second(5));
        value.write('c', second(7));
        value.settle(second(4));
        assert_eq!((*value.truth(), *value.shown()), ('c', 'a'));
        value.settle(second(5));
        assert_eq!(*value.shown(), 'b');
        value.settle(second(9));
        assert_eq!(*value.shown(), 'c');
        assert!(value.is_settled());
    }
}
