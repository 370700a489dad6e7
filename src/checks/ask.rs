use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{self, StreamExt as _};

use crate::kube::KubeAccess;
use crate::observe::{ApiError, reading};
use crate::rbac::{Attributes, UserInfo};
use crate::world::Clock;

/// What is asked of the server: whether somebody may do something.
pub(super) type Question = (UserInfo, Attributes);

/// The answers to questions, each asked once. A question without an answer was not asked: the caller may not ask.
#[derive(Debug, Default)]
pub(super) struct Answers {
    answers: BTreeMap<Question, Result<bool, ApiError>>,
    /// Why nothing could be asked.
    pub denied: Option<ApiError>,
}

impl Answers {
    pub fn of(&self, who: &UserInfo, what: &Attributes) -> Option<&Result<bool, ApiError>> {
        self.answers.get(&(who.clone(), what.clone()))
    }

    /// Asks what was not asked before, at most `limit` questions at a time.
    pub async fn ask(
        &mut self,
        clock: &impl Clock,
        access: &impl KubeAccess,
        questions: BTreeSet<Question>,
        limit: usize,
    ) {
        if self.denied.is_some() {
            return;
        }
        let mut open =
            questions.into_iter().filter(|it| !self.answers.contains_key(it)).collect::<Vec<_>>().into_iter();
        // the first alone: who may not ask need not ask again
        let Some(first) = open.next() else { return };
        let (first, answer) = review(clock, access, first).await;
        if let Err(error) = &answer
            && error.is_denied()
        {
            self.denied = Some(error.clone());
            return;
        }
        self.answers.insert(first, answer);
        let rest = stream::iter(open.map(|question| review(clock, access, question)));
        let rest: Vec<_> = rest.buffer_unordered(limit.max(1)).collect().await;
        self.answers.extend(rest);
    }
}

async fn review(
    clock: &impl Clock,
    access: &impl KubeAccess,
    question: Question,
) -> (Question, Result<bool, ApiError>) {
    let (who, what) = &question;
    let answer = reading(clock, async || access.is_allowed(who, what).await).await;
    (question, answer)
}
