use super::{AfterPlan, Answer, By, Candidate, Overridden, Source, Waits, WhoView};
use crate::render::page::{Page, Shown, paint};
use crate::render::style::{BAD, CARE, HEADING};
use crate::render::words::{list, or_empty};

impl Answer {
    /// `file` is the name of what the mappings stand in.
    pub fn text(&self, file: &str) -> Page {
        let mut page = Page::default();
        page.line(0, self.identity.as_str());
        self.today(&mut page, file);
        for Overridden { what, who, why } in &self.overrides {
            let word = if matches!(what, By::Entry { .. }) { "dead" } else { "overridden" };
            page.line(0, format!("{word}: {}, {}: {why}", what.text(file), who.in_words()));
        }
        self.notes.iter().for_each(|note| page.line(0, format!("note: {note}")));
        match &self.after_plan {
            Some(after) => after.write(&mut page, file),
            None if self.result == "identity-rejected" => {}
            None => page.line(0, "after the plan: unknown, because no plan can be made"),
        }
        page
    }

    fn today(&self, page: &mut Page, file: &str) {
        let by = |page: &mut Page| {
            self.by.iter().for_each(|by| page.line(0, format!("by {}", by.text(file))));
        };
        let why = |page: &mut Page| self.why.iter().for_each(|why| page.line(0, why.as_str()));
        match self.result {
            "entry" | "mapped" => {
                self.who.write(page, 0);
                by(page);
            }
            "nondeterministic" => {
                page.line(0, Shown::from("is ").and(paint(CARE, "one of several, at random")));
                why(page);
                for Candidate { result: _, who, source, why } in &self.candidates {
                    page.blank();
                    match why {
                        Some(why) => {
                            page.line(1, paint(BAD, "cannot authenticate"));
                            page.line(1, why.as_str());
                        }
                        None => who.write(page, 1),
                    }
                    page.line(1, format!("by {}", source.text(file)));
                }
                page.blank();
            }
            "not-mapped" if self.mode.is_none() => {
                page.line(0, Shown::from("is ").and(paint(BAD, "not in aws-auth")));
                why(page);
            }
            "not-mapped" => {
                page.line(0, paint(BAD, "has no access"));
                why(page);
            }
            "unknown" => {
                page.line(0, Shown::from("is ").and(paint(CARE, "not known")));
                why(page);
            }
            _ => {
                page.line(0, paint(BAD, "cannot authenticate"));
                why(page);
                by(page);
            }
        }
    }
}

impl AfterPlan {
    fn write(&self, page: &mut Page, file: &str) {
        let why = self.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        match self.result {
            "same" => page.line(0, format!("after the plan: the same{why}")),
            "no-access" => {
                page.line(0, Shown::from("after the plan: ").and(paint(BAD, "no access")).and(why));
            }
            "unknown" => page.line(0, format!("after the plan: unknown{why}")),
            "waits" => {
                page.line(0, Shown::from("after the plan: ").and(paint(CARE, "needs a decision")).and(why));
            }
            _ => {
                page.line(0, format!("after the plan{why}:"));
                self.who.write(page, 1);
                self.by.iter().for_each(|by| page.line(1, format!("by {}", by.text(file))));
            }
        }
        for Waits { rule, phase, message, help } in &self.waits_for {
            page.line(1, format!("[{rule}] before {phase}: {message}"));
            help.iter().for_each(|help| page.line(2, format!("- {help}")));
        }
    }
}

impl WhoView {
    fn write(&self, page: &mut Page, level: usize) {
        let name = self.username.as_deref().map_or("named by EKS", or_empty);
        page.line(level, Shown::from("is ").and(paint(HEADING, name)));
        page.line(level, format!("in {}", self.groups_in_words()));
        if let Some([_, ..]) = self.policies.as_deref() {
            page.line(level, format!("with {}", self.policies_in_words()));
        }
    }

    fn groups_in_words(&self) -> String {
        match self.groups.as_deref() {
            None | Some([]) => "no groups".to_owned(),
            Some(groups) => list(groups.iter().map(|group| or_empty(group))),
        }
    }

    fn policies_in_words(&self) -> String {
        list(self.policies.iter().flatten().map(|it| format!("{} ({})", it.policy, it.scope)))
    }

    fn in_words(&self) -> String {
        let name = self.username.as_deref().map_or("everybody of the account", or_empty);
        let policies = match self.policies.as_deref() {
            None | Some([]) => String::new(),
            Some(_) => format!(" with {}", self.policies_in_words()),
        };
        format!("{name} in {}{policies}", self.groups_in_words())
    }
}

impl By {
    fn text(&self, file: &str) -> String {
        match self {
            Self::Entry { principal, entry_type } => format!("the access entry {principal} ({entry_type})"),
            Self::Mapping(source) | Self::Account(source) => source.text(file),
        }
    }
}

impl Source {
    fn text(&self, file: &str) -> String {
        let place = self.place.map(|place| format!(":{place}")).unwrap_or_default();
        format!("{file}{place}: {}[{}]", self.section, self.entry)
    }
}
