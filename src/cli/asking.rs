//! Open questions, one by one: whoever answers is behind [`Person`].

use eksodus::findings::{Ask, Choice, choice_words};
use eksodus::planner::{Asking, Matter, Offer, Question};
use eksodus::render::{Page, decide as render};

/// Who is asked.
pub trait Person {
    type Error;

    /// ARNs are shown as they are.
    fn full(&self) -> bool;

    fn show(&mut self, page: Page);

    /// A line; `None`: nobody answers any more.
    ///
    /// # Errors
    /// When nothing can be asked.
    fn ask(&mut self, prompt: &str) -> Result<Option<String>, Self::Error>;
}

/// What was chosen, and the finding that it answers, in a few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub choice: Choice,
    pub about: String,
}

/// What somebody does with a question.
enum Said {
    Take(Choice),
    Skip,
    Back,
    Quit,
}

/// Asks until nothing is open, or nobody wants to answer any more; the answers are in `taken`, in their order.
///
/// # Errors
/// When nothing can be asked.
pub fn ask<'s, P: Person>(
    asking: Asking<'s>,
    person: &mut P,
    taken: &mut Vec<Answer>,
) -> Result<Asking<'s>, P::Error> {
    let mut before: Vec<Asking<'s>> = Vec::new();
    let mut now = asking;
    // by what they are about: they come again after each answer
    let mut skipped: Vec<Question> = Vec::new();
    loop {
        let questions = now.questions();
        let open: Vec<&Question> = questions.iter().filter(|question| !skipped.contains(question)).collect();
        let Some(question) = open.first() else { return Ok(now) };
        let of = (taken.len() + skipped.len() + 1, taken.len() + skipped.len() + open.len());
        match one(&now, question, of, person)? {
            Said::Quit => return Ok(now),
            Said::Skip => skipped.push((*question).clone()),
            Said::Back => {
                // what was skipped last comes before what was answered earlier
                if skipped.pop().is_none()
                    && let Some(earlier) = before.pop()
                {
                    taken.pop();
                    now = earlier;
                }
            }
            Said::Take(choice) => {
                let Some(then) = now.with(&choice) else { continue };
                taken.push(Answer { about: about(question), choice });
                before.push(std::mem::replace(&mut now, then));
            }
        }
    }
}

fn one<P: Person>(
    asking: &Asking<'_>,
    question: &Question,
    of: (usize, usize),
    person: &mut P,
) -> Result<Said, P::Error> {
    let offers = asking.offers(question);
    person.show(render::question(&asking.plan, question, &offers, of, person.full()));
    loop {
        let numbers = if offers.len() == 1 { "1".to_owned() } else { format!("1-{}", offers.len()) };
        let prompt = match offers.is_empty() {
            true => "No option answers this. s skip, b back, q quit: ".to_owned(),
            false => format!("Your answer [{numbers}; s skip, b back, q quit]: "),
        };
        let Some(line) = person.ask(&prompt)? else { return Ok(Said::Quit) };
        match line.trim() {
            "s" | "skip" => return Ok(Said::Skip),
            "b" | "back" => return Ok(Said::Back),
            "q" | "quit" => return Ok(Said::Quit),
            number => {
                let offer = number.parse::<usize>().ok().and_then(|n| offers.get(n.checked_sub(1)?));
                let Some(offer) = offer else {
                    person.show(Page::from("that is none of the options".to_owned()));
                    continue;
                };
                if let Some(choice) = completed(asking, question, offer, person)? {
                    return Ok(Said::Take(choice));
                }
            }
        }
    }
}

/// The choice with all that it asks for; `None`: another one is to be chosen after all.
fn completed<P: Person>(
    asking: &Asking<'_>,
    question: &Question,
    offer: &Offer,
    person: &mut P,
) -> Result<Option<Choice>, P::Error> {
    let mut choice = offer.choice.clone();
    while let Some(ask) = choice.open() {
        let Some(line) = person.ask(&format!("{} (empty: choose again): ", prompt(&ask)))? else {
            return Ok(None);
        };
        // an entry may have no groups at all
        if line.trim().is_empty() && ask != Ask::Groups {
            return Ok(None);
        }
        match choice.answered(&line) {
            Ok(more) => choice = more,
            Err(why) => person.show(Page::from(why.to_string())),
        }
    }
    if offer.effect.is_some() {
        return Ok(Some(choice));
    }
    let Some(effect) = asking.effect(question, &choice) else {
        person.show(Page::from("that does not answer the question: the plan would refuse it".to_owned()));
        return Ok(None);
    };
    person.show(Page::from(format!("{}: {}", choice_words(&choice), render::effect_words(&effect))));
    let line = person.ask("Take it? [y/n]: ")?;
    Ok(line.is_some_and(|line| matches!(line.trim(), "y" | "yes")).then_some(choice))
}

fn prompt(ask: &Ask) -> String {
    match ask {
        Ask::Arn => "The real ARN, with its path".to_owned(),
        Ask::Arns(account) => format!("ARNs of account {account}, with spaces between them"),
        Ask::Username => "The username".to_owned(),
        Ask::Group => "The group".to_owned(),
        Ask::Groups => "The groups, with spaces between them".to_owned(),
        Ask::Reason => "The reason, for whoever reads the file".to_owned(),
        Ask::Until => "The last day on which it holds, such as 2026-12-31".to_owned(),
    }
}

/// A comment for the file.
fn about(question: &Question) -> String {
    match &question.asked {
        Matter::Finding(finding) => {
            let at = finding.at.as_ref().map(|at| format!(", {at}")).unwrap_or_default();
            format!("{}{at}", finding.rule)
        }
        Matter::Change { principal, is_lost, change, .. } => {
            let verb = if *is_lost { "loses" } else { "gains" };
            format!("{principal} {verb} {} permissions", change.permissions)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::convert::Infallible;

    use eksodus::planner::Decisions;
    use eksodus::snapshot::Snapshot;

    use super::*;

    /// Answers in their order, and what was shown for them.
    struct Script {
        answers: VecDeque<&'static str>,
        shown: String,
    }

    impl Person for Script {
        type Error = Infallible;

        fn full(&self) -> bool {
            true
        }

        fn show(&mut self, page: Page) {
            self.shown += &page.at(200);
        }

        fn ask(&mut self, prompt: &str) -> Result<Option<String>, Infallible> {
            let answer = self.answers.pop_front();
            self.shown += &format!("{prompt}{}\n", answer.unwrap_or("(end)"));
            Ok(answer.map(str::to_owned))
        }
    }

    fn quickstart() -> Snapshot {
        Snapshot::load(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/quickstart").as_ref()).unwrap()
    }

    /// What was taken, how many questions are left, and what was shown.
    fn asked(answers: &[&'static str]) -> (Vec<Answer>, usize, String) {
        let snapshot = quickstart();
        let asking = Asking::of(&snapshot, Decisions::default(), "2026-01-01");
        let mut script = Script { answers: answers.iter().copied().collect(), shown: String::new() };
        let mut taken = Vec::new();
        let Ok(after) = ask(asking, &mut script, &mut taken);
        (taken, after.questions().len(), script.shown)
    }

    fn open() -> usize {
        asked(&[]).1
    }

    #[test]
    fn the_first_option_answers_and_loses_nothing() {
        let (taken, left, shown) = asked(&["1", "q"]);
        assert_eq!((taken.len(), left), (1, open() - 1), "{shown}");
        assert_eq!(
            taken[0].choice.yaml().lines().last().unwrap().trim(),
            "username: \"AWSReservedSSO_Developer_fedcba9876543210:{{SessionName}}\""
        );
        assert!(shown.contains("nobody loses or gains permissions"), "{shown}");
    }

    #[test]
    fn nobody_who_answers_decides_nothing() {
        assert!(open() > 1);
        assert_eq!(asked(&["q"]).0, []);
        let every = vec!["s"; open()];
        let (taken, left, shown) = asked(&every);
        assert_eq!((taken.len(), left), (0, open()), "{shown}");
        assert!(!shown.contains("(end)"), "{shown}");
    }

    #[test]
    fn back_takes_back_what_was_said_last() {
        let (taken, left, shown) = asked(&["1", "b", "q"]);
        assert_eq!((taken.len(), left), (0, open()), "{shown}");
        // of what was skipped, too: the first question comes again
        let (taken, _, shown) = asked(&["s", "back", "1", "quit"]);
        assert_eq!(taken.len(), 1, "{shown}");
        assert_eq!(shown.matches("1 of ").count(), 2, "{shown}");
    }

    #[test]
    fn a_reason_is_asked_for_and_an_empty_one_chooses_again() {
        // the last but one of the options for a username
        let (taken, _, shown) = asked(&["4", "", "4", "<why>", " left the company ", "q"]);
        assert_eq!(taken.len(), 1, "{shown}");
        assert!(taken[0].choice.yaml().ends_with("skip: left the company\n"), "{shown}");
        assert!(shown.contains("stands there until you say it"), "{shown}");
    }

    #[test]
    fn what_must_be_said_first_is_tried_before_it_is_taken() {
        let (taken, _, shown) =
            asked(&["2", "system:x", "dev:{{SessionName}}", "n", "9", "2", "dev:{{SessionName}}", "y", "q"]);
        assert_eq!(taken.len(), 1, "{shown}");
        assert!(
            shown.contains("cannot begin with system:") && shown.contains("none of the options"),
            "{shown}"
        );
        assert!(shown.contains("created; nobody loses or gains"), "{shown}");
    }
}
