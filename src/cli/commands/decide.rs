use std::path::Path;

use clap::Args;
use eksodus::files::write_atomic;
use eksodus::planner::{Asking, extended, with_open_questions};
use eksodus::render::{Page, decide as render};
use eksodus::snapshot::Snapshot;
use jiff::Zoned;

use crate::cli::asking::{Answer, Person, ask};
use crate::cli::output::{CliError, Console, Exit};
use crate::cli::{Context, inputs, next_step};

#[derive(Debug, Args)]
pub struct DecideArgs {
    /// Ask nothing: put all open questions into the file, commented out, each with its options and effects
    #[arg(long)]
    write: bool,
}

pub fn run(args: DecideArgs, mut context: Context<'_>) -> Result<Exit, CliError> {
    let global = context.global;
    let is_json = global.output.is_json();
    if !args.write && !is_json && !context.console.can_ask() {
        return Err(CliError::NobodyToDecide);
    }
    let snapshot = inputs::snapshot("decide", &mut context)?;
    let (file, text) = inputs::own_decisions(&context, global.snapshot.as_deref())?;
    // a file that is named may be one that is only now made
    let decisions = match text.is_empty() {
        false => inputs::decisions(&mut context, global.snapshot.as_deref())?,
        true => inputs::layered(inputs::named_configs(&context), EMPTY.to_owned())?,
    };
    let asking = Asking::of(&snapshot, decisions, &Zoned::now().date().to_string());
    context.console.seed_redaction(|| asking.plan.to_json());
    if is_json {
        context.console.data(inputs::json(&render::view(&asking))?)?;
    }
    if args.write {
        write_questions(&asking, &file, &text, context.console)?;
    }
    if args.write || is_json {
        return conclude(&asking, context);
    }
    let mut taken = Vec::new();
    let decided = ask(asking, &mut Typed { console: context.console, full: global.full }, &mut taken)?;
    write_answers(&snapshot, &decided, (&file, &text), taken, &mut context)?;
    conclude(&decided, context)
}

/// A decisions file that decides nothing.
const EMPTY: &str = "version: 1\n";

/// What is typed at the terminal.
struct Typed<'c> {
    console: &'c mut Console,
    full: bool,
}

impl Person for Typed<'_> {
    type Error = CliError;

    fn full(&self) -> bool {
        self.full
    }

    fn show(&mut self, page: Page) {
        self.console.page(page);
    }

    fn ask(&mut self, prompt: &str) -> Result<Option<String>, CliError> {
        Ok(self.console.ask(prompt))
    }
}

/// All answers at once, so that a file is never left half decided. What cannot be added to it safely is printed, to be added
/// by hand.
fn write_answers(
    snapshot: &Snapshot,
    decided: &Asking<'_>,
    (file, before): (&Path, &str),
    taken: Vec<Answer>,
    context: &mut Context<'_>,
) -> Result<(), CliError> {
    if taken.is_empty() {
        context.console.note("nothing was decided, and nothing is written");
        return Ok(());
    }
    let name = file.display().to_string();
    let mut text = before.to_owned();
    let mut by_hand = Vec::new();
    for Answer { choice, about } in taken {
        match extended(&name, &text, &choice, &about) {
            Ok(longer) => text = longer,
            Err(why) => by_hand.push((choice, why.to_string())),
        }
    }
    let named = inputs::named_configs(context);
    // with the more general files below it, it must come to what was agreed to
    let again = Asking::of(snapshot, inputs::layered(named, text.clone())?, "");
    let console = &mut *context.console;
    if by_hand.is_empty() && !is_same(&again, decided) {
        console.warn(&format!("{name} is saved, but decisions of the other files give another plan with it"));
        console.hint("plan again, and compare");
    }
    if text != before {
        write_atomic(file, text.as_bytes())?;
        console.note(&format!("saved to {name}"));
    }
    for (choice, why) in by_hand {
        console.warn(&format!("{name} is not changed for this decision: {why}"));
        console.hint("add to it by hand:");
        console.data(choice.yaml())?;
    }
    Ok(())
}

/// The same entries, and the same that is open; places of decisions in files apart.
fn is_same(one: &Asking<'_>, other: &Asking<'_>) -> bool {
    let entries = |of: &Asking<'_>| of.plan.targets.iter().map(|it| it.entry.clone()).collect::<Vec<_>>();
    one.plan.lines == other.plan.lines && entries(one) == entries(other)
}

fn write_questions(
    asking: &Asking<'_>,
    file: &Path,
    before: &str,
    console: &mut Console,
) -> Result<(), CliError> {
    let questions: Vec<_> = asking
        .questions()
        .iter()
        .map(|question| render::written(&asking.plan, question, asking.offers(question)))
        .collect();
    let name = file.display().to_string();
    if questions.is_empty() {
        console.note("no question is open, and nothing is written");
        return Ok(());
    }
    let text = with_open_questions(&name, before, &questions)
        .map_err(|source| CliError::CannotExtend { name: name.clone(), source: Box::new(source) })?;
    if text == before {
        console.note(&format!("{name} has all open questions already"));
        return Ok(());
    }
    write_atomic(file, text.as_bytes())?;
    console.note(&format!("saved to {name}: uncomment one option of each question"));
    Ok(())
}

/// What is left, and what to type next.
fn conclude(asking: &Asking<'_>, context: Context<'_>) -> Result<Exit, CliError> {
    let left = asking.questions().len();
    let elsewhere: Vec<_> = asking.elsewhere().collect();
    let exit = if left + elsewhere.len() == 0 { Exit::Done } else { Exit::Blocked };
    if context.global.output.is_json() {
        return Ok(exit);
    }
    let said = match (left, elsewhere.len()) {
        (0, 0) => "no question is left".to_owned(),
        (0, n) => format!("no question is left; {} to be settled elsewhere", findings(n)),
        (left, 0) => questions(left),
        (left, n) => format!("{}; {} to be settled elsewhere", questions(left), findings(n)),
    };
    let next = next_step::after_decisions(&context);
    for finding in elsewhere {
        let words = finding.words();
        context.console.warn(&format!("{}: {}", finding.subject, words.message()));
        words.help.iter().for_each(|help| context.console.hint(help));
    }
    context.console.data(format!("{said}\n\nNEXT\n  {next}\n"))?;
    Ok(exit)
}

fn questions(n: usize) -> String {
    if n == 1 { "1 question is left".to_owned() } else { format!("{n} questions are left") }
}

fn findings(n: usize) -> String {
    if n == 1 { "1 finding is".to_owned() } else { format!("{n} findings are") }
}
