//! Workflow commands (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>). The runner reads each line
//! of a step's output. One that begins with `::NAME`, after spaces, is a command; its properties end with the next `::`, a
//! property with a comma; and it decodes `%25`, `%0D`, `%0A`, in properties also `%3A` and `%2C` (`ActionCommand.cs`).

use std::fmt;

use super::{Annotation, Region};
use crate::findings::Severity;
use crate::render::escape::terminal;
use crate::render::verdict::{Mark, Verdict};

/// A line that makes the runner show an annotation. Its parts are escaped when it is written, and only then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkflowCommand {
    pub level: Level,
    /// `None`: of the run as a whole.
    pub file: Option<String>,
    pub region: Option<Region>,
    pub title: String,
    /// Lines; none of them is one of the log.
    pub message: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Error,
    Warning,
    Notice,
}

impl Level {
    fn of(severity: Severity) -> Self {
        match severity {
            Severity::Blocks(_) => Self::Error,
            Severity::Warning => Self::Warning,
            Severity::Info => Self::Notice,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// The most severe first: GitHub keeps ten of each kind of a step, and drops the rest.
pub fn workflow_commands(annotations: Vec<Annotation>) -> Vec<WorkflowCommand> {
    let mut commands: Vec<WorkflowCommand> = annotations.into_iter().map(WorkflowCommand::of).collect();
    commands.sort_by_key(|command| command.level);
    commands
}

impl WorkflowCommand {
    fn of(annotation: Annotation) -> Self {
        let Annotation { rule, severity, subject: _, section: _, title, lines, file, region } = annotation;
        let message = if lines.is_empty() { vec![title.clone()] } else { lines };
        Self {
            level: Level::of(severity),
            region: region.filter(|_| file.is_some()),
            file,
            title: format!("{rule}: {title}"),
            message,
        }
    }

    /// How all of it stands.
    pub fn of_verdict(verdict: Verdict) -> Self {
        let level = match verdict.mark {
            Mark::Good | Mark::Idle => Level::Notice,
            Mark::Care => Level::Warning,
            Mark::Bad => Level::Error,
        };
        Self { level, file: None, region: None, title: "eksodus".to_owned(), message: vec![verdict.said] }
    }

    fn properties(&self) -> Vec<(&'static str, String)> {
        let mut properties = Vec::new();
        properties.extend(self.file.as_ref().map(|file| ("file", property(file))));
        if let Some(Region { start, end }) = &self.region {
            properties.push(("line", start.line.to_string()));
            properties.push(("col", start.column.to_string()));
            // a column alone would be one of the first line
            if let Some(end) = end {
                properties.push(("endLine", end.line.to_string()));
                properties.extend((end.line == start.line).then(|| ("endColumn", end.column.to_string())));
            }
        }
        properties.push(("title", property(&self.title)));
        properties
    }
}

impl fmt::Display for WorkflowCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let properties =
            self.properties().into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        let message = self.message.iter().map(|line| data(line)).collect::<Vec<_>>().join("%0A");
        write!(f, "::{} {}::{message}", self.level.as_str(), properties.join(","))
    }
}

/// What stands behind the command. A line break is one of ours, for those of a name are visible by then.
fn data(text: &str) -> String {
    terminal(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::Place;

    #[test]
    fn a_command_is_one_line_of_the_form_that_github_documents() {
        let command = WorkflowCommand {
            level: Level::Error,
            file: Some("a,b:c%.yaml".to_owned()),
            region: Some(Region {
                start: Place { line: 3, column: 5 },
                end: Some(Place { line: 3, column: 9 }),
            }),
            title: "x::y\n".to_owned(),
            message: vec!["50%: a, b".to_owned(), "\r\n::error::".to_owned()],
        };
        let expected = "::error file=a%2Cb%3Ac%25.yaml,line=3,col=5,endLine=3,endColumn=9,\
                        title=x%3A%3Ay\\n::50%25: a, b%0A\\r\\n::error::";
        assert_eq!(command.to_string(), expected);
    }
}
