use clap::ValueEnum;

// a documented value would make the help of every command a long one
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    #[default]
    Text,
    Json,
    // for a comment on a pull request
    Markdown,
    // SARIF 2.1.0, for code scanning
    Sarif,
    // workflow commands, which GitHub shows at the lines they are about
    Github,
    // one page for a browser
    Html,
}

impl Format {
    /// Of what has two forms.
    pub fn is_json(self) -> bool {
        self == Self::Json
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Html => "html",
        }
    }

    /// Those that a command has; the first is what it prints unless another is asked for.
    pub fn all_of(command: &str) -> &'static [Self] {
        use Format::{Github, Html, Json, Markdown, Sarif, Text};
        match command {
            "lint" => &[Text, Json, Sarif, Github],
            "plan" => &[Text, Json, Markdown, Html, Sarif, Github],
            "show" | "rollback" => &[Text, Json, Markdown, Html],
            "report" => &[Text, Json, Html],
            "export" | "simulate" | "completions" | "man" => &[Text],
            _ => &[Text, Json],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_called_as_it_is_typed() {
        for format in Format::value_variants() {
            assert_eq!(format.to_possible_value().unwrap().get_name(), format.name());
        }
    }
}
