use std::cell::Cell;
use std::time::Duration;

use jiff::Timestamp;

/// The time that has passed by two clocks, whichever says more.
///
/// A machine that sleeps stops its monotonic clock on many systems, and somebody may set its wall clock: the Lease is others'
/// as soon as either says so. It never goes back; a wall clock that does is only not believed.
#[derive(Debug)]
pub struct Elapsed {
    last: Cell<(Duration, Timestamp)>,
    passed: Cell<Duration>,
}

impl Elapsed {
    pub fn since(monotonic: Duration, wall: Timestamp) -> Self {
        Self { last: Cell::new((monotonic, wall)), passed: Cell::default() }
    }

    /// How much has passed since it was made, now that the clocks say this.
    pub fn at(&self, monotonic: Duration, wall: Timestamp) -> Duration {
        let (before, wall_before) = self.last.replace((monotonic, wall));
        let by_wall = Duration::try_from(wall.duration_since(wall_before)).unwrap_or_default();
        let passed = self.passed.get() + monotonic.saturating_sub(before).max(by_wall);
        self.passed.set(passed);
        passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whichever_clock_says_more_is_believed_and_none_goes_back() {
        let (second, wall) = (Duration::from_secs, |seconds| Timestamp::from_second(seconds).unwrap());
        let elapsed = Elapsed::since(second(100), wall(1_000));
        assert_eq!(elapsed.at(second(101), wall(1_001)), second(1));
        // it slept for an hour, which only the wall clock has seen
        assert_eq!(elapsed.at(second(102), wall(4_602)), second(3_602));
        // somebody sets the wall clock back
        assert_eq!(elapsed.at(second(105), wall(1)), second(3_605));
        assert_eq!(elapsed.at(second(106), wall(2)), second(3_606));
        // a clock that counts sleep, and a wall clock that does not move
        assert_eq!(elapsed.at(second(706), wall(2)), second(4_206));
        assert_eq!(elapsed.at(second(0), wall(2)), second(4_206));
    }
}
