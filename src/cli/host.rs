use std::ffi::OsString;
use std::io::{IsTerminal, stderr, stdin, stdout};
use std::path::PathBuf;

use anstream::ColorChoice;
use eksodus::journal::{Stamps, Writer};
use eksodus::render::WIDTH;
use jiff::Timestamp;

use super::args::ColorWhen;

/// What the surroundings say: the only place that looks at them.
#[derive(Debug, Clone)]
pub struct Host {
    /// What the environment says about colour, if anything.
    colored: Option<bool>,
    /// `EKSODUS_CONFIG`, in place of `--config`: one file, or several as `PATH` has folders.
    pub config: Vec<PathBuf>,
    /// `AWS_CA_BUNDLE`: who signs the certificates of AWS here, in place of the roots of the system.
    #[cfg_attr(not(feature = "live"), expect(dead_code, reason = "only live clusters are reached by TLS"))]
    pub aws_ca_bundle: Option<PathBuf>,
    /// `AWS_ENDPOINT_URL_S3`, or `AWS_ENDPOINT_URL`.
    #[cfg_attr(
        not(feature = "live"),
        expect(dead_code, reason = "journals are kept on S3 for live clusters only")
    )]
    pub s3_endpoint: Option<String>,
    /// `AWS_USE_FIPS_ENDPOINT`.
    #[cfg_attr(
        not(feature = "live"),
        expect(dead_code, reason = "journals are kept on S3 for live clusters only")
    )]
    pub fips: bool,
    /// User and machine, for people: who holds the Lease of a live cluster.
    #[cfg_attr(
        not(feature = "live"),
        expect(dead_code, reason = "only live clusters have several operators")
    )]
    pub identity: String,
    /// The name of this machine, for the records of journals.
    pub machine: String,
    /// The job of CI that this runs in, by its URL.
    ci: Option<String>,
    /// `COLUMNS`, or that of the terminal, or what fits most screens.
    pub width: usize,
    pub stdin_is_terminal: bool,
    stdout_is_terminal: bool,
    pub stderr_is_terminal: bool,
}

impl Host {
    #[expect(clippy::disallowed_methods, reason = "this is the host value that reads the environment")]
    pub fn read() -> Self {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let text = |name| set(name)?.into_string().ok();
        let machine = machine(text("HOSTNAME"));
        let is_named = |path: &PathBuf| !path.as_os_str().is_empty();
        let columns = set("COLUMNS").and_then(|value| value.to_str()?.parse().ok());
        Self {
            colored: colored(set),
            config: set("EKSODUS_CONFIG").iter().flat_map(std::env::split_paths).filter(is_named).collect(),
            s3_endpoint: text("AWS_ENDPOINT_URL_S3").or_else(|| text("AWS_ENDPOINT_URL")),
            fips: text("AWS_USE_FIPS_ENDPOINT").is_some_and(|it| it.eq_ignore_ascii_case("true")),
            identity: identity(text("USER").or_else(|| text("USERNAME")), machine.as_deref()),
            machine: machine.unwrap_or_else(|| "unknown".to_owned()),
            ci: ci_job(text),
            aws_ca_bundle: set("AWS_CA_BUNDLE").map(PathBuf::from),
            width: columns.or_else(of_terminal).unwrap_or(WIDTH),
            stdin_is_terminal: stdin().is_terminal(),
            stdout_is_terminal: stdout().is_terminal(),
            stderr_is_terminal: stderr().is_terminal(),
        }
    }

    /// Who writes the records of a run, and when; the caller is not known here.
    pub fn stamps(&self, note: Option<&str>) -> Stamps {
        let by = Writer {
            caller: None,
            host: self.machine.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: env!("EKSODUS_COMMIT").to_owned(),
            built: Some(env!("EKSODUS_DATE")).filter(|day| *day != "unknown").map(str::to_owned),
            note: note.map(str::to_owned),
            ci: self.ci.clone(),
        };
        Stamps::new(by, Timestamp::now)
    }

    /// A variable, for what is read before the host is.
    #[expect(clippy::disallowed_methods, reason = "this is the host value that reads the environment")]
    pub fn variable(name: &str) -> Option<OsString> {
        std::env::var_os(name)
    }

    /// As journals tell it.
    #[expect(clippy::unused_self, reason = "the clock is part of the surroundings")]
    pub fn now(&self) -> String {
        format!("{:.3}", Timestamp::now())
    }

    /// `EKSODUS_FAULT_POINT`, which a release build does not look at.
    #[cfg(debug_assertions)]
    #[expect(clippy::disallowed_methods, reason = "this is the host value that reads the environment")]
    pub fn fault_point() -> Option<String> {
        std::env::var("EKSODUS_FAULT_POINT").ok()
    }

    /// `EKSODUS_HASTE`, by which waits are divided; a release build does not look at it.
    #[cfg(all(debug_assertions, feature = "live"))]
    #[expect(clippy::disallowed_methods, reason = "this is the host value that reads the environment")]
    pub fn test_speed() -> u32 {
        let speed = std::env::var("EKSODUS_HASTE").ok().and_then(|text| text.parse().ok());
        speed.filter(|speed| *speed > 0).unwrap_or(1)
    }

    pub fn stdout_color(&self, when: ColorWhen) -> ColorChoice {
        self.color(when, self.stdout_is_terminal)
    }

    pub fn stderr_color(&self, when: ColorWhen) -> ColorChoice {
        self.color(when, self.stderr_is_terminal)
    }

    /// What is asked for counts more than what is usual.
    fn color(&self, when: ColorWhen, terminal: bool) -> ColorChoice {
        match when {
            ColorWhen::Always => ColorChoice::Always,
            ColorWhen::Never => ColorChoice::Never,
            ColorWhen::Auto if self.colored.unwrap_or(terminal) => ColorChoice::Always,
            ColorWhen::Auto => ColorChoice::Never,
        }
    }
}

/// `NO_COLOR` counts most (<https://no-color.org>), then `CLICOLOR_FORCE` and `CLICOLOR` (<https://bixense.com/clicolors>) and
/// `FORCE_COLOR` (<https://force-color.org>), which CI sets where there is no terminal.
fn colored(set: impl Fn(&'static str) -> Option<OsString>) -> Option<bool> {
    let is_on = |name| set(name).is_some_and(|value| value != "0");
    if set("NO_COLOR").is_some() {
        return Some(false);
    }
    if is_on("CLICOLOR_FORCE") || is_on("FORCE_COLOR") {
        return Some(true);
    }
    let is_off = ["CLICOLOR", "FORCE_COLOR"].iter().any(|name| set(name).is_some_and(|value| value == "0"));
    (is_off || set("TERM").is_some_and(|term| term == "dumb")).then_some(false)
}

/// In columns; of stdout, or of stderr where stdout goes elsewhere.
fn of_terminal() -> Option<usize> {
    let size = |of: &dyn Fn() -> Option<(terminal_size::Width, terminal_size::Height)>| of().map(|it| it.0);
    let width = size(&|| terminal_size::terminal_size_of(stdout()))
        .or_else(|| size(&|| terminal_size::terminal_size_of(stderr())))?;
    Some(usize::from(width.0))
}

/// GitHub Actions has no variable for it (docs.github.com, "Variables reference"), GitLab has one (docs.gitlab.com,
/// "Predefined CI/CD variables reference").
fn ci_job(text: impl Fn(&'static str) -> Option<String>) -> Option<String> {
    let github = || {
        let [server, repository, run] =
            ["GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID"].map(&text);
        let attempt = text("GITHUB_RUN_ATTEMPT").map(|attempt| format!("/attempts/{attempt}"));
        Some(format!("{}/{}/actions/runs/{}{}", server?, repository?, run?, attempt.unwrap_or_default()))
    };
    github().or_else(|| text("CI_JOB_URL"))
}

fn identity(user: Option<String>, machine: Option<&str>) -> String {
    let user = user.unwrap_or_else(|| "somebody".to_owned());
    machine.map_or_else(|| user.clone(), |machine| format!("{user}@{machine}"))
}

fn machine(told: Option<String>) -> Option<String> {
    // shells do not always hand their HOSTNAME on
    let read = || std::fs::read_to_string("/etc/hostname").ok().map(|text| text.trim().to_owned());
    told.or_else(read).filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_as_the_conventions_say() {
        let found = |variables: &[(&str, &str)]| {
            colored(|name| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
            })
        };
        assert_eq!(found(&[]), None);
        assert_eq!(found(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]), Some(false));
        assert_eq!(found(&[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")]), Some(true));
        assert_eq!(found(&[("CLICOLOR_FORCE", "0")]), None);
        assert_eq!(found(&[("FORCE_COLOR", "3")]), Some(true));
        assert_eq!(found(&[("FORCE_COLOR", "0")]), Some(false));
        assert_eq!(found(&[("CLICOLOR", "0")]), Some(false));
        assert_eq!(found(&[("CLICOLOR", "1")]), None);
        assert_eq!(found(&[("TERM", "dumb")]), Some(false));
    }
}
