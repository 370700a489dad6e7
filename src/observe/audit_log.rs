use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{ApiError, reading};
use crate::eks::{AwsError, AwsErrorKind, LogsApi};
use crate::world::Clock;

/// Reads the audit log of a live cluster between two moments, by its time: `each` is given the events of a page, and says
/// whether more are wanted. Nothing is kept, so that a log of any size is read in the memory of a page.
///
/// # Errors
/// When a page cannot be read after all tries, or the log leads back to a page that was read already.
pub async fn audit_log(
    logs: &impl LogsApi,
    clock: &impl Clock,
    (from, until): (Timestamp, Timestamp),
    mut each: impl FnMut(&[String]) -> bool,
) -> Result<(), ApiError> {
    let mut next: Option<String> = None;
    // of a month of a busy cluster there are some ten thousand
    let mut seen = BTreeSet::new();
    loop {
        let page = reading(clock, async || logs.audit_events(from, until, next.as_deref()).await).await?;
        if !each(&page.items) {
            return Ok(());
        }
        let Some(token) = page.next else { return Ok(()) };
        if !seen.insert(blake3::hash(token.as_bytes()).as_bytes().to_owned()) {
            let message = "the list returned the same page twice".to_owned();
            return Err(
                AwsError { operation: "logs:FilterLogEvents", kind: AwsErrorKind::Server, message }.into()
            );
        }
        next = Some(token);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::time::Duration;

    use pollster::block_on;

    use super::*;
    use crate::eks::Page;

    /// Answers one after another; the last one again and again.
    struct Answers(RefCell<Vec<Result<Page<String>, AwsErrorKind>>>, RefCell<Vec<Option<String>>>);

    impl Answers {
        fn of(mut answers: Vec<Result<Page<String>, AwsErrorKind>>) -> Self {
            answers.reverse();
            Self(RefCell::new(answers), RefCell::default())
        }
    }

    impl LogsApi for Answers {
        async fn audit_events(
            &self,
            _: Timestamp,
            _: Timestamp,
            next: Option<&str>,
        ) -> Result<Page<String>, AwsError> {
            self.1.borrow_mut().push(next.map(str::to_owned));
            let mut left = self.0.borrow_mut();
            let answer = if left.len() > 1 { left.pop() } else { left.first().cloned() };
            answer.unwrap().map_err(|kind| AwsError {
                operation: "logs:FilterLogEvents",
                kind,
                message: String::new(),
            })
        }
    }

    #[derive(Default)]
    struct Still(RefCell<Duration>);

    impl Clock for Still {
        async fn sleep(&self, duration: Duration) {
            *self.0.borrow_mut() += duration;
        }

        fn elapsed(&self) -> Duration {
            *self.0.borrow()
        }

        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "an answer among errors")]
    fn page(items: &[&str], next: Option<&str>) -> Result<Page<String>, AwsErrorKind> {
        let items = items.iter().map(|item| (*item).to_owned()).collect();
        Ok(Page { items, next: next.map(str::to_owned) })
    }

    fn read(answers: &Answers, clock: &Still, most: usize) -> (Result<(), ApiError>, Vec<String>) {
        let mut all = Vec::new();
        let period = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
        let ended = block_on(audit_log(answers, clock, period, |events| {
            all.extend_from_slice(events);
            all.len() < most
        }));
        (ended, all)
    }

    #[test]
    fn pages_follow_each_other_empty_ones_too_and_a_throttled_one_is_asked_for_again() {
        let throttled = || Err(AwsErrorKind::Throttled);
        let answers = Answers::of(vec![
            page(&["1", "2"], Some("a")),
            throttled(),
            throttled(),
            page(&[], Some("b")),
            page(&["3"], None),
        ]);
        let clock = Still::default();
        let (ended, all) = read(&answers, &clock, usize::MAX);
        assert_eq!((ended, all), (Ok(()), ["1", "2", "3"].map(str::to_owned).to_vec()));
        let asked = answers.1.take();
        let asked: Vec<Option<&str>> = asked.iter().map(Option::as_deref).collect();
        assert_eq!(asked, [None, Some("a"), Some("a"), Some("a"), Some("b")]);
        assert!(clock.elapsed() >= Duration::from_secs(1), "{:?}", clock.elapsed());
    }

    #[test]
    fn it_ends_where_nothing_more_is_wanted_or_to_be_had() {
        let endless = || Answers::of(vec![page(&["1"], Some("a")), page(&["2"], Some("b"))]);
        let clock = Still::default();
        let (ended, all) = read(&endless(), &clock, 2);
        assert_eq!((ended, all.len()), (Ok(()), 2));
        let (ended, all) = read(&endless(), &clock, usize::MAX);
        assert!(ended.unwrap_err().to_string().contains("same page twice"));
        assert_eq!(all.len(), 3);
        let denied = Answers::of(vec![page(&["1"], Some("a")), Err(AwsErrorKind::AccessDenied)]);
        let (ended, _) = read(&denied, &clock, usize::MAX);
        assert!(ended.unwrap_err().is_denied());
        // no patience is without an end
        let throttled = Answers::of(vec![Err(AwsErrorKind::Throttled)]);
        let (ended, _) = read(&throttled, &clock, usize::MAX);
        assert!(ended.unwrap_err().is_retryable());
        assert_eq!(throttled.1.take().len(), 8);
    }
}
